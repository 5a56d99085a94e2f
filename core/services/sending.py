"""A reply waits in the outbox: send it through the channel it belongs to, in order per guest."""

import random
import time
from time import monotonic
from typing import Any

from core import metrics
from core.conversation.replies import Reply
from core.crashpoint import crashpoint
from core.errors import OutcomeUnknown, TryAgain
from core.jobs import request_payment
from core.log import bind, get_logger
from core.providers.whatsapp.client import SEND_SECONDS, Refused, Sent, send
from core.services.program import Program
from core.store.redis.outbox import LEASE_SECONDS, Letter

SERVE_SECONDS = 20.0
BACK_OFF_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0, 3600.0)
PAUSE_SECONDS = 5.0
STOPPED_SECONDS = 30.0
KEPT_SECONDS = 24 * 3600

log = get_logger(__name__)


def send_messages(program: Program, bell: str) -> str:
    """Send what is due until nothing is, or the doorbell's time is up. Answers a successor's bell, "" if none."""
    end = monotonic() + SERVE_SECONDS
    while monotonic() < end:
        claimed_at = monotonic()
        letter = program.store.outbox.claim(bell)
        if letter is None:
            return ""
        bind(trace=letter.item.get("trace", ""), message=letter.id)
        _deliver(program, letter, claimed_at)
    return program.store.outbox.leave(bell)


def _deliver(program: Program, letter: Letter, claimed_at: float) -> None:
    """One attempt with the head of one conversation's outbox; it stays `sending` until its end is known (rule 8)."""
    line = program.directory.line(letter.guest.get("channel", ""))
    if letter.again > 1:
        return _give_up(program, letter, "unknown")
    if line is None:
        return _later(program, letter, "no_channel", PAUSE_SECONDS)
    # No POST after its own deadline: a process that was frozen since its claim may no longer speak for this guest.
    if monotonic() - claimed_at > LEASE_SECONDS - SEND_SECONDS:
        return program.store.outbox.later(letter, PAUSE_SECONDS)
    try:
        with metrics.send_seconds.time():
            crashpoint("send.before_post")
            reply = Reply.from_dict(letter.item["reply"])
            answer = send(program.http, line, letter.guest, reply, letter.callback)
            crashpoint("send.after_post")
    except OutcomeUnknown:
        metrics.sends.labels("unknown").inc()
        return program.store.outbox.unknown(letter)
    except TryAgain:
        return _later(program, letter, "unreachable", _back_off(letter.tries))
    if isinstance(answer, Sent):
        return _sent(program, letter, answer)
    return _refused(program, letter, answer)


def _sent(program: Program, letter: Letter, answer: Sent) -> None:
    metrics.sends.labels("sent").inc()
    program.store.outbox.sent(letter, _note(letter, "sent", answer.external_id))
    crashpoint("send.after_end")
    _release_prompt(program, letter)


def _release_prompt(program: Program, letter: Letter) -> None:
    """ "Check your phone" has left the house: now the prompt may open (rule 9)."""
    if letter.item.get("releases"):
        log.info("prompt_released", payment=letter.item["releases"])
        program.ring(request_payment(letter.item["releases"]))


def _refused(program: Program, letter: Letter, answer: Refused) -> None:
    if answer.action == "give_up" or _is_old(letter):
        return _give_up(program, letter, str(answer.code))
    if answer.action == "slow_down":
        return _later(program, letter, answer.action, min(4.0**letter.tries, 256.0))
    if answer.action == "pause":
        return _later(program, letter, answer.action, PAUSE_SECONDS)
    if answer.action == "tell_staff":
        log.error("sending_stopped", code=answer.code)
        return _later(program, letter, answer.action, STOPPED_SECONDS)
    if letter.tries >= len(BACK_OFF_SECONDS):
        return _give_up(program, letter, str(answer.code))
    return _later(program, letter, answer.action, _back_off(letter.tries))


def _later(program: Program, letter: Letter, reason: str, delay: float) -> None:
    if _is_old(letter):
        return _give_up(program, letter, reason)
    metrics.sends.labels(reason).inc()
    return program.store.outbox.later(letter, delay)


def _give_up(program: Program, letter: Letter, code: str) -> None:
    """This reply will not arrive; staff see it, and the prompt it would have announced goes out all the same."""
    metrics.sends.labels("given_up").inc()
    log.error("message_given_up", code=code)
    program.store.outbox.given_up(letter, _note(letter, "failed", "") | {"code": code})
    _release_prompt(program, letter)


def _back_off(tries: int) -> float:
    return BACK_OFF_SECONDS[min(tries, len(BACK_OFF_SECONDS) - 1)] * random.uniform(0.8, 1.2)


def _is_old(letter: Letter) -> bool:
    return bool(time.time() - letter.item["at"] > KEPT_SECONDS)


def _note(letter: Letter, kind: str, external_id: str) -> dict[str, Any]:
    return {
        "type": kind,
        "id": letter.id,
        "cause": letter.item["cause"],
        "external": external_id,
        "box": letter.box,
        "workspace": letter.guest.get("workspace", ""),
        "again": letter.again,
        "at": time.time(),
    }
