"""Meta did not take a message: wait, rest, say it another way, or give up and let staff know."""

import random
import time
from collections.abc import Callable
from typing import Any

from core import metrics
from core.log import get_logger
from core.providers.whatsapp.client import Action, Refused
from core.services.alerts import alert
from core.services.opt_outs import opt_out
from core.services.program import Program
from core.store.redis.outbox import Letter

BACK_OFF_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0, 3600.0)
SLOWEST_SECONDS = 256.0
REST_SECONDS = {4: 60.0, 80007: 60.0, 131048: 300.0}
BUSY_SECONDS = 2.0
STOPPED_SECONDS = 30.0
MAINTENANCE, MAINTENANCE_SECONDS = 131057, 60.0
KEPT_SECONDS = 24 * 3600
SPAM = 131048

log = get_logger(__name__)


def refused(program: Program, letter: Letter, answer: Refused) -> bool:
    """Meta said no. Answers whether this was the end of the letter."""
    return _HANDLERS[answer.action](program, letter, answer.code)


def later(program: Program, letter: Letter, reason: str, delay: float, rest: float = 0.0, closed: bool = False) -> bool:
    """Surely not sent: again in a while, unless it is a day old."""
    if time.time() - letter.item["at"] > KEPT_SECONDS:
        return give_up(program, letter, reason)
    metrics.sends.labels(reason).inc()
    program.store.outbox.later(letter, delay, rest, closed)
    return False


def give_up(program: Program, letter: Letter, code: str) -> bool:
    """These words will not arrive; the operators' page shows those that matter."""
    metrics.sends.labels("given_up").inc()
    log.error("message_given_up", code=code)
    program.store.outbox.given_up(letter, *(note | {"code": code} for note in notes(letter, "failed")))
    return True


def withhold(program: Program, letter: Letter) -> bool:
    """The guest wants nothing unasked, and this is: it stays in the house."""
    metrics.sends.labels("withheld").inc()
    program.store.outbox.given_up(letter, *(note | {"code": "stopped"} for note in notes(letter, "failed")))
    return True


def notes(letter: Letter, kind: str, external_id: str = "") -> list[dict[str, Any]]:
    """For the history: what became of each message that left, or did not, with this letter."""
    shared = {"type": kind, "external": external_id, "box": letter.box, "again": letter.again, "at": time.time()}
    shared["workspace"] = letter.guest.get("workspace", "")
    return [shared | {"id": item["id"], "cause": item["cause"]} for item in letter.items]


def back_off(tries: int) -> float:
    """Longer and longer, and not in step with others."""
    return BACK_OFF_SECONDS[min(tries, len(BACK_OFF_SECONDS) - 1)] * random.uniform(0.8, 1.2)


def _retry(program: Program, letter: Letter, code: int) -> bool:
    if letter.tries >= len(BACK_OFF_SECONDS):
        return give_up(program, letter, str(code))
    delay = back_off(letter.tries)
    return later(program, letter, "retry", max(delay, MAINTENANCE_SECONDS) if code == MAINTENANCE else delay)


def _once(program: Program, letter: Letter, code: int) -> bool:
    return give_up(program, letter, str(code)) if letter.tries else _retry(program, letter, code)


def _slow_down(program: Program, letter: Letter, code: int) -> bool:
    """Too much for this guest: 4^x seconds, as Meta advises."""
    return later(program, letter, "slow_down", min(4.0**letter.tries, SLOWEST_SECONDS))


def _pause(program: Program, letter: Letter, code: int) -> bool:
    """Too much for this number: it rests as a whole."""
    if code == SPAM:
        _tell(program, letter, code)
    rest = REST_SECONDS.get(code, BUSY_SECONDS)
    return later(program, letter, "pause", rest, rest)


def _stop(program: Program, letter: Letter, code: int) -> bool:
    """Nothing will leave this number before somebody acts: a token, a restriction, a bill. The messages wait."""
    _tell(program, letter, code)
    return later(program, letter, "stop", STOPPED_SECONDS, STOPPED_SECONDS)


def _use_template(program: Program, letter: Letter, code: int) -> bool:
    """The 24 hours are over after all: what has a template goes as one."""
    has_another_way = letter.window and any("template" in item for item in letter.items)
    if not has_another_way:
        return give_up(program, letter, str(code))
    return later(program, letter, "use_template", 0.0, closed=True)


def _opted_out(program: Program, letter: Letter, code: int) -> bool:
    """The guest told WhatsApp to stop us."""
    opt_out(program, letter.guest.get("workspace", ""), letter.box)
    return give_up(program, letter, str(code))


def _tell_staff(program: Program, letter: Letter, code: int) -> bool:
    _tell(program, letter, code)
    return give_up(program, letter, str(code))


def _give_up(program: Program, letter: Letter, code: int) -> bool:
    """Not like this, ever; but where the guest's number was asked for by WhatsApp's button, plain words ask as well."""
    if not letter.tries and any(item["reply"].get("contact") for item in letter.items):
        return later(program, letter, "plain", 0.0)
    return give_up(program, letter, str(code))


def _tell(program: Program, letter: Letter, code: int) -> None:
    log.error("sending_stopped", code=code)
    alert(program, letter.guest.get("workspace", ""), letter.guest.get("channel", ""), code)


_HANDLERS: dict[Action, Callable[[Program, Letter, int], bool]] = {
    Action.RETRY: _retry,
    Action.ONCE: _once,
    Action.SLOW_DOWN: _slow_down,
    Action.PAUSE: _pause,
    Action.STOP: _stop,
    Action.USE_TEMPLATE: _use_template,
    Action.OPTED_OUT: _opted_out,
    Action.TELL_STAFF: _tell_staff,
    Action.GIVE_UP: _give_up,
}
