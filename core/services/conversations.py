"""A guest wrote to us, or something the guest waits for has happened: take the turns of the conversations claimed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core import clock, metrics
from core.conversation import flow, texts
from core.conversation.catalogues import ENGLISH, wording
from core.conversation.effects import RESUME_MESSAGES, STOP_MESSAGES
from core.conversation.events import Event
from core.conversation.profile import Profile
from core.conversation.replies import Reply
from core.conversation.session import Session
from core.conversation.turn import Turn
from core.crashpoint import crashpoint
from core.domain.menu import Menu
from core.errors import LeaseLost, StoreUnavailable, TryAgain
from core.log import bind, get_logger
from core.services.customers import read_profile
from core.services.effects import GuestRef, abandon, perform
from core.services.hearing import heard
from core.services.letters import letter
from core.services.mishaps import what_went_wrong
from core.services.program import Program
from core.services.relay import follow_up
from core.services.resting import resting
from core.store.redis.mailbox import Claim, Ending
from core.store.sql.engine import transaction

TRIES = 3
LATER_SECONDS = 1.0
WAITING_FIRST = -1
PATIENCE_SECONDS = 3.0
EFFECTS_SECONDS = 3.0

log = get_logger(__name__)


def take_turns(program: Program, claims: list[Claim]) -> None:
    """Decide all turns, end those without effects in one round trip, then carry out the others one by one."""
    browsing: list[tuple[Claim, Ending]] = []
    plans: list[tuple[Claim, Turn]] = []
    for claim in claims:
        with _kept_apart(program, claim, "no"):
            decided = _decide(program, claim)
            if decided and decided[1].effects:
                plans.append(decided)
            elif decided:
                browsing.append((decided[0], _ending(*decided)))
    if browsing:
        _commit(program, browsing)
    _carry_out_all(program, plans)


def _carry_out_all(program: Program, plans: list[tuple[Claim, Turn]]) -> None:
    """Effects need PostgreSQL: while it is slow or away the rest goes back, so that nobody waits behind."""
    end, hindered = time.monotonic() + EFFECTS_SECONDS, False
    for claim, turn in plans:
        if hindered or time.monotonic() > end:
            _give_back(program, claim, counts=False)
            continue
        with _kept_apart(program, claim, "yes") as attempt:
            _carry_out(program, claim, turn)
        hindered = attempt.hindered


@dataclass
class _Attempt:
    """How one step of a turn went. `hindered`: something of ours is away, and the next turn would find it so, too."""

    hindered: bool = False


@contextmanager
def _kept_apart(program: Program, claim: Claim, effects: str) -> Iterator[_Attempt]:
    """What goes wrong with this conversation stays with it."""
    bind(trace=claim.body.get("trace", ""), event=claim.id)
    attempt = _Attempt()
    try:
        with metrics.turn_seconds.labels(effects).time():
            yield attempt
    except LeaseLost:
        metrics.turn_failures.labels("lease_lost").inc()
    except StoreUnavailable:
        raise
    except TryAgain:
        attempt.hindered = True
        _give_back(program, claim, counts=False)
    except Exception as error:
        log.exception("turn_failed", tries=claim.tries)
        _give_back(program, claim, counts=True, error=what_went_wrong(error))


def _give_back(program: Program, claim: Claim, counts: bool, error: str = "") -> None:
    """The event stays; a guest whose message has waited for a while is told that it does."""
    metrics.turn_failures.labels("error" if counts else "try_again").inc()
    waited = clock.now().timestamp() - claim.body["at"] > PATIENCE_SECONDS and claim.body.get("external")
    reply = letter(claim, _sorry(claim, texts.ONE_MOMENT), nth=WAITING_FIRST) if waited and not counts else None
    bell = program.store.conversations.release(claim, counts, 0.0 if counts else LATER_SECONDS, reply, error)
    program.ring.senders([bell] if bell else [])


def _decide(program: Program, claim: Claim) -> tuple[Claim, Turn] | None:
    """What this event, and what is read together with it, leads to: the plan an earlier try stored, or a decision made
    now (rule 3). None: it has ended already, or waits for the other half of a thought."""
    if claim.tries > TRIES:
        _bury(program, claim)
        return None
    if claim.plan is not None:
        return claim, Turn.from_plan(claim.plan)
    session, menu = _session(claim), _menu(program, claim)
    whole = heard(claim, session, menu)
    if whole is None:
        program.store.conversations.rest(claim)
        return None
    return whole, flow.step(session, _event(program, whole), menu, clock.now())


def _carry_out(program: Program, claim: Claim, turn: Turn) -> None:
    """Store the plan, do all effects in one transaction, then tell the guest what came of it."""
    if claim.plan is not None and flow.comes_too_late(turn.effects, _event(program, claim).at, clock.now()):
        return _commit(program, [_called_off(program, claim)])
    crashpoint("turn.before_plan")
    plan = Turn.from_plan(program.store.conversations.plan(claim, turn.to_plan()))
    crashpoint("turn.after_plan")
    with transaction(program.sessions) as db:
        outcomes, followup = perform(db, _guest(claim), claim.id, list(plan.effects))
        profile = _still_told(claim, read_profile(db, _guest(claim), plan.session.language))
        crashpoint("turn.before_effects_commit")
    crashpoint("turn.after_effects_commit")
    final = flow.conclude(plan, outcomes, _menu(program, claim), clock.now())
    _commit(program, [(claim, replace(_ending(claim, final), stopped=_stopped(plan), profile=profile))])
    crashpoint("turn.before_followup")
    return follow_up(program, followup)


def _called_off(program: Program, claim: Claim) -> tuple[Claim, Ending]:
    """PostgreSQL was away for so long that this must not order or pay any more. If it has done so, its outcome is said;
    else it never will, and the guest hears where things stand."""
    if ending := _late_ending(program, claim):
        return claim, ending
    session, menu, now = _session(claim), _menu(program, claim), clock.now()
    whole = heard(replace(claim, plan=None, covers=()), session, menu) or claim
    turn = flow.step(session, _event(program, whole), menu, now)
    nothing = [{"result": "abandoned"} for _ in turn.effects]
    return whole, _ending(whole, flow.conclude(turn, nothing, menu, now) if nothing else turn)


def _commit(program: Program, endings: list[tuple[Claim, Ending]]) -> None:
    crashpoint("turn.before_commit")
    bells = program.store.conversations.commit(endings)
    crashpoint("turn.after_commit")
    program.ring.senders(bells)


def _bury(program: Program, claim: Claim) -> None:
    """Three tries failed: a dead letter, and the conversation goes on."""
    metrics.dead_letters.labels("conversations").inc()
    log.error("event_given_up", tries=claim.tries - 1)
    try:
        ending = _late_ending(program, claim)
    except (LeaseLost, TryAgain):
        raise
    except Exception:
        # What made three tries fail may fail this, too: the guest is told, and the conversation goes on without it.
        log.exception("given_up_without_its_outcome")
        ending = None
    _commit(program, [(claim, ending or _dead_ending(claim, program.store.conversations.error(claim)))])


def _late_ending(program: Program, claim: Claim) -> Ending | None:
    """A dead letter ends the effect too (rule 4); if that has happened already, its outcome is answered instead."""
    if claim.plan is None:
        return None
    with transaction(program.sessions) as db:
        outcomes = abandon(db, claim.id, UUID(claim.guest["workspace"]))
    if outcomes is None:
        return None
    final = flow.conclude(Turn.from_plan(claim.plan), outcomes, _menu(program, claim), clock.now())
    return _ending(claim, final)


def _ending(claim: Claim, turn: Turn) -> Ending:
    metrics.turns.labels(turn.session.state.value).inc()
    said = enumerate(turn.replies)
    replies = tuple(letter(claim, reply, turn.quiet_for, turn.session.language, nth) for nth, reply in said)
    history = _note(claim, replies) | {"state": turn.session.state.value}
    beside = tuple(_note(one, ()) for one in _covered(claim))
    known = turn.known.to_dict() if turn.known else None
    return Ending(turn.session.to_dict(), replies, history, turn.quiet_for, turn.quiet_over, known, beside=beside)


def _still_told(claim: Claim, profile: dict[str, Any]) -> dict[str, Any]:
    """Whoever is blocked and was told so is not told again: that is known beside the session only."""
    return profile | {"turned_away": profile["blocked"] and _known(claim).turned_away}


def _stopped(plan: Turn) -> bool | None:
    """Whether this turn was about messages nobody asked for: opted out of, or back in."""
    kinds = {effect["kind"] for effect in plan.effects}
    return STOP_MESSAGES in kinds if kinds & {STOP_MESSAGES, RESUME_MESSAGES} else None


def _dead_ending(claim: Claim, error: str) -> Ending:
    replies = (letter(claim, _sorry(claim, texts.WENT_WRONG)),)
    beside = tuple(_note(one, ()) | _dead(one, error) for one in _covered(claim))
    return Ending(None, replies, _note(claim, replies) | _dead(claim, error), beside=beside)


def _dead(claim: Claim, error: str) -> dict[str, Any]:
    return {"dead": {"body": claim.body | {"guest": claim.guest}, "attempts": claim.tries - 1, "error": error}}


def _covered(claim: Claim) -> list[Claim]:
    """What was read together with this event, each as it came in."""
    return [replace(claim, id=one.id, body=one.body, whole="") for one in claim.covers]


def _sorry(claim: Claim, text: str) -> Reply:
    """What is said where no turn was taken, in the language the guest was last spoken to."""
    return Reply(wording((claim.session or {}).get("language", ENGLISH), text, {}))


def _note(claim: Claim, replies: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {
        "type": "turn",
        "event": claim.id,
        "box": claim.box,
        "workspace": claim.guest.get("workspace", ""),
        "kind": claim.body["kind"],
        "at": claim.body["at"],
        "data": claim.body["data"],
        "external": claim.body.get("external", ""),
        "unknown": claim.profile is None,
        "replies": [_said(one) for one in replies],
    }


def _said(letter: dict[str, Any]) -> dict[str, Any]:
    return {name: letter[name] for name in ("id", "at", "kind", "important")} | {"body": letter["reply"]["body"]}


def _event(program: Program, claim: Claim) -> Event:
    body, guest = claim.body, claim.guest
    at, data = datetime.fromtimestamp(body["at"], UTC), body["data"]
    data = data | {"text": claim.whole} if claim.whole else data
    who = (guest.get("name", ""), guest.get("phone", ""), _known(claim))
    return Event(claim.id, body["kind"], at, data, *who, down=resting(program.store))


def _session(claim: Claim) -> Session | None:
    return None if claim.session is None else Session.from_dict(claim.session)


def _known(claim: Claim) -> Profile:
    return Profile.of(claim.profile)


def _menu(program: Program, claim: Claim) -> Menu:
    return program.menus.menu(claim.guest["workspace"], claim.menu_version)


def _guest(claim: Claim) -> GuestRef:
    guest = claim.guest
    return GuestRef(
        workspace_id=UUID(guest["workspace"]),
        channel_id=UUID(guest["channel"]),
        mailbox=claim.box,
        bsuid=guest.get("bsuid", ""),
        phone=guest.get("phone", ""),
        name=guest.get("name", ""),
    )
