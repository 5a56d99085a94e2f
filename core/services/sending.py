"""A reply waits in the outbox: send it through the channel it belongs to, in order per guest."""

import time
from dataclasses import replace
from time import monotonic
from uuid import UUID

from core import metrics
from core.conversation.replies import Reply
from core.crashpoint import crashpoint
from core.domain.practice import leaves
from core.errors import OutcomeUnknown, TryAgain
from core.jobs import request_payment
from core.log import bind, get_logger
from core.providers.whatsapp.client import SEND_SECONDS, Refused, Sent, send
from core.providers.whatsapp.templates import Filled
from core.services.directory import Line
from core.services.document_links import url
from core.services.letters import content
from core.services.program import Program
from core.services.refusals import back_off, give_up, later, notes, refused, withhold
from core.store.redis.outbox import CAMPAIGN, LEASE_SECONDS, Delivered, Letter

SERVE_SECONDS = 20.0
PAUSE_SECONDS = 5.0

log = get_logger(__name__)


def send_messages(program: Program, bell: str) -> str:
    """Send what is due until nothing is, or the doorbell's time is up. Answers a successor's bell, "" if none."""
    end = monotonic() + SERVE_SECONDS
    before: Delivered | None = None
    while monotonic() < end:
        claimed_at = monotonic()
        letter = program.store.outbox.next(bell, before)
        _written(program, before)
        before = None
        if letter is None:
            return ""
        if isinstance(letter, float):
            time.sleep(letter)
            continue
        bind(trace=letter.item.get("trace", ""), message=letter.id)
        before = _deliver(program, letter, claimed_at)
    if before:
        program.store.outbox.sent(before.letter, *before.history)
        _written(program, before)
    return program.store.outbox.leave(bell)


def _written(program: Program, before: Delivered | None) -> None:
    """The end of a letter that left is kept: what waited for it may go on."""
    if before:
        crashpoint("send.after_end")
        _release_prompt(program, before.letter)


def _deliver(program: Program, letter: Letter, claimed_at: float) -> Delivered | None:
    """One attempt; answers what is still to be written of a letter that left."""
    came = _attempt(program, letter, claimed_at)
    if came is True:
        _release_prompt(program, letter)
    return came if isinstance(came, Delivered) else None


def _attempt(program: Program, letter: Letter, claimed_at: float) -> Delivered | bool:
    """One attempt with the head of one conversation's outbox; it stays `sending` until its end is known (rule 8).

    Answers how it left, or else whether its end is known and written.
    """
    program.directory.up_to(letter.directory)
    line = program.directory.line(letter.guest.get("channel", ""))
    if letter.again > 1:
        return give_up(program, letter, "unknown")
    if letter.item.get("rank") == CAMPAIGN and letter.stopped:
        return withhold(program, letter)
    if line is None:
        return later(program, letter, "no_channel", PAUSE_SECONDS)
    if not any(leaves(item.get("practice"), line.practises) for item in letter.items):
        metrics.sends.labels("practice").inc()
        return Delivered(letter, tuple(notes(letter, "practice")))
    # No POST after its own deadline: a process that was frozen since its claim may no longer speak for this guest.
    if monotonic() - claimed_at > LEASE_SECONDS - SEND_SECONDS:
        program.store.outbox.later(letter, PAUSE_SECONDS)
        return False
    try:
        answer = _post(program, letter, line)
    except OutcomeUnknown:
        metrics.sends.labels("unknown").inc()
        program.store.outbox.unknown(letter)
        return False
    except TryAgain:
        return later(program, letter, "unreachable", back_off(letter.tries))
    if isinstance(answer, Refused):
        return refused(program, letter, answer)
    metrics.sends.labels("sent").inc()
    return Delivered(letter, tuple(notes(letter, "sent", answer.external_id)))


def _post(program: Program, letter: Letter, line: Line) -> Sent | Refused:
    with metrics.send_seconds.time():
        crashpoint("send.before_post")
        answer = send(program.http, line, letter.guest, _addressed(program, letter), letter.callback)
        crashpoint("send.after_post")
    return answer


def _addressed(program: Program, letter: Letter) -> Reply | Filled:
    """A document is fetched by Meta from its link; where that failed (131053), the guest gets the link itself."""
    what = content(letter)
    if isinstance(what, Filled):
        return what.with_link(lambda id: url(program.settings, UUID(id)))
    if not what.document:
        return what
    link = url(program.settings, UUID(what.document))
    return Reply(f"{what.body}\n{link}") if letter.tries or not what.file else replace(what, document=link)


def _release_prompt(program: Program, letter: Letter) -> None:
    """ "Check your phone" has left the house, or never will: now the prompt may open (rule 9)."""
    if letter.item.get("releases"):
        log.info("prompt_released", payment=letter.item["releases"])
        program.ring(request_payment(letter.item["releases"]))
