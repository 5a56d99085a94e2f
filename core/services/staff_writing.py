"""Staff write to a guest who asked for somebody; the bot is silent until they hand the guest back, or time does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core import clock
from core.conversation.events import STAFF_DONE, STAFF_SAID
from core.conversation.session import Session as Remembered
from core.conversation.stages.staffing import WORDS_LIMIT, readable, staff_have_the_word
from core.domain.statuses import CallStatus
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.conversation_history import conversation_of
from core.services.followup import Followup
from core.services.program import Program
from core.services.staff_calls import see_call
from core.store.sql.engine import transaction
from core.store.sql.outbox import owe, owe_once
from core.store.sql.tables import Conversation, Outbox, StaffCall

# Why staff cannot write now.
NOT_TALKING, DAY_IS_OVER = "not_talking", "day_is_over"


@dataclass(frozen=True)
class Standing:
    """How a guest and staff stand. `silent`: the bot is; `called`: the board shows their call.

    `until`: so long WhatsApp lets us write; None where the guest's 24 hours are over.
    """

    silent: bool
    called: bool
    until: datetime | None

    @property
    def barrier(self) -> str:
        """Why staff cannot write now; empty where they can."""
        if not (self.silent or self.called):
            return NOT_TALKING
        return "" if self.until else DAY_IS_OVER


@dataclass(frozen=True)
class Words:
    """What a member of staff wants to say. `key` is that of the form: the same words from it are said once."""

    workspace_id: UUID
    user_id: UUID
    box: str
    key: UUID
    text: str

    @property
    def event_id(self) -> UUID:
        """Other words under the same key are something else to say: who went back and wrote anew wants them sent."""
        return uuid5(self.key, f"{self.workspace_id} {self.box} {self.text}")


def standing(program: Program, workspace_id: UUID, box: str) -> Standing:
    """Whether staff may write to this guest now. Raises StoreUnavailable."""
    session, left = program.store.chat(box)
    now = clock.now()
    silent = session is not None and staff_have_the_word(Remembered.from_dict(session), now)
    with transaction(program.sessions) as db:
        called = open_call(db, workspace_id, box) is not None
    return Standing(silent, called, now + timedelta(seconds=left) if left else None)


def open_call(db: Session, workspace_id: UUID, box: str) -> UUID | None:
    """The call of this guest that nobody has seen to."""
    mine = (StaffCall.workspace_id == workspace_id, StaffCall.status == CallStatus.OPEN, Conversation.mailbox == box)
    query = select(StaffCall.id).join(Conversation, Conversation.id == StaffCall.conversation_id)
    return db.scalar(query.where(*mine, Conversation.workspace_id == workspace_id))


def checked(text: str) -> str:
    """What the guest will read. Raises Rejected ("empty", "too_long" with the number of characters)."""
    words = readable(text)
    if not words:
        raise Rejected("empty")
    if len(words) > WORDS_LIMIT:
        raise Rejected("too_long", str(len(words)))
    return words


def write_to_guest(program: Program, words: Words) -> Followup:
    """Staff wrote: the guest's conversation is owed these words, once however often the form is sent.

    Raises Rejected ("not_found", or a barrier) and StoreUnavailable.
    """
    with transaction(program.sessions) as db:
        mine = (Outbox.workspace_id == words.workspace_id, Outbox.id == words.event_id)
        if db.scalar(select(exists().where(*mine))):
            return Followup()
    if barrier := standing(program, words.workspace_id, words.box).barrier:
        raise Rejected(barrier)
    with transaction(program.sessions) as db:
        return _owe(db, words)


def _owe(db: Session, words: Words) -> Followup:
    conversation = conversation_of(db, words.workspace_id, words.box)
    if conversation is None:
        raise Rejected("not_found")
    said = {"text": words.text, "by": str(words.user_id)}
    if not owe_once(db, words.event_id, conversation, STAFF_SAID, said):
        return Followup()
    _note(db, conversation, "staff_wrote_to_guest", words.user_id, event=str(words.event_id))
    return Followup(conversations=frozenset({conversation.id}))


def hand_back(db: Session, workspace_id: UUID, box: str, user_id: UUID) -> Followup:
    """The bot has the word again, and the call is off the board. Raises Rejected ("not_found")."""
    if call_id := open_call(db, workspace_id, box):
        return see_call(db, workspace_id, call_id, user_id)
    conversation = conversation_of(db, workspace_id, box)
    if conversation is None:
        raise Rejected("not_found")
    _note(db, conversation, "guest_handed_back", user_id)
    owe(db, conversation.id, STAFF_DONE, {})
    return Followup(conversations=frozenset({conversation.id}))


def _note(db: Session, conversation: Conversation, action: str, user_id: UUID, **detail: str) -> None:
    actor = Actor(conversation.workspace_id, user_id)
    record(db, actor, action, "conversation", conversation.id, detail=detail)
