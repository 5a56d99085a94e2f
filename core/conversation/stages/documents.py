"""What goes out in writing: a receipt, asked for with a word or by the wish of the venue, and reports for the house."""

from collections.abc import Sequence
from typing import Any

from core.conversation import catalogues, texts
from core.conversation.catalogues import Text
from core.conversation.effects import SEND_RECEIPT, Outcome
from core.conversation.here import Here, Move
from core.conversation.replies import Reply
from core.conversation.session import State
from core.conversation.stages.news import Data, News
from core.conversation.stages.staffing import for_staff

_NOT_NOW: dict[str, Text] = {
    "receipt_coming": texts.RECEIPT_COMING,
    "receipt_failed": texts.RECEIPT_FAILED,
    "no_receipt": texts.NO_RECEIPT,
}


def ask_receipt(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: my receipt, please. The guest stays where they are."""
    session = here.session
    if session.state == State.TALKING_TO_STAFF:
        return for_staff(here)
    return Move(session.state, session, aside=session.aside, effects=({"kind": SEND_RECEIPT},), then="receipt")


def conclude_receipt(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """The document itself, or when it comes."""
    outcome = outcomes[0] if outcomes else {}
    result = str(outcome.get("result"))
    if result == "receipt":
        reply = _document(here, outcome)
    else:
        reply = Reply(here.say(_NOT_NOW.get(result, texts.WENT_WRONG), number=outcome.get("number")))
    return Move(here.session.state, here.session, aside=here.session.aside, reply=reply)


def document_ready(here: Here, data: Data) -> News:
    """It is made: here it is."""
    return News(here.session, _said(here, data), document=str(data.get("link", "")), file=str(data.get("file", "")))


def report_ready(here: Here, data: Data) -> News:
    """Somebody of the house gets what some days came to."""
    amount, days = here.money(data.get("amount")), catalogues.days(here.language, data["first"], data["last"])
    said = here.say(texts.REPORT_HERE, days=days, amount=amount, count=int(data.get("orders", 0)))
    return News(here.session, said, document=str(data.get("link", "")), file=str(data.get("file", "")))


def _document(here: Here, data: Data) -> Reply:
    return Reply(_said(here, data), document=str(data.get("link", "")), file=str(data.get("file", "")))


def _said(here: Here, data: Data) -> str:
    return here.say(texts.RECEIPT_HERE, number=data.get("number"))
