"""What a turn asked the world to do, done once: one transaction that begins with the event's id."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.conversation import effects as kinds
from core.conversation.effects import Effect, Outcome
from core.crashpoint import crashpoint
from core.domain.statuses import Start
from core.jobs import request_payment
from core.services.ask_payment import ask_payment
from core.services.cash import promise_cash
from core.services.claim_receipt import claim_receipt
from core.services.customers import Guest, GuestRef, find_guest
from core.services.followup import Followup
from core.services.guest_requests import cancel_order, confirm_age, find_orders, resume_messages, stop_messages
from core.services.identities import change_identity, remember
from core.services.place_order import place_order
from core.services.receipt_requests import send_receipt
from core.services.staff_calls import call_staff
from core.services.web_links import Page, installed
from core.store.sql.tables import TurnEffects

__all__ = ["GuestRef", "abandon", "perform"]

ABANDONED = {"abandoned": True}

Result = tuple[Outcome, Followup]


def perform(db: Session, ref: GuestRef, event_id: str, effects: list[Effect]) -> tuple[list[Outcome], Followup]:
    """Carry out a turn's effects in the caller's transaction, or answer what they came to before."""
    if not _is_first(db, ref.workspace_id, event_id):
        return _before(db, event_id, effects), Followup()
    crashpoint("effects.begun")
    guest = find_guest(db, ref)
    outcomes: list[Outcome] = []
    followup = Followup()
    for effect in effects:
        outcome, after = _DO[effect["kind"]](db, guest, effect, outcomes)
        outcomes.append(outcome)
        followup |= after
        crashpoint(f"effects.{effect['kind']}")
    _store(db, event_id, {"outcomes": outcomes})
    crashpoint("effects.stored")
    return outcomes, followup


def abandon(db: Session, event_id: str, workspace_id: UUID) -> list[Outcome] | None:
    """The event becomes a dead letter: from now on its effects cannot happen. If they had, answers their outcomes."""
    if _is_first(db, workspace_id, event_id):
        _store(db, event_id, ABANDONED)
        return None
    outcome = _stored(db, event_id)
    return None if outcome == ABANDONED else outcome["outcomes"]


def _is_first(db: Session, workspace_id: UUID, event_id: str) -> bool:
    """Waits for another worker busy with the same event, and then comes second."""
    row = insert(TurnEffects).values(event_id=event_id, workspace_id=workspace_id).on_conflict_do_nothing()
    return db.scalar(row.returning(TurnEffects.event_id)) is not None


def _before(db: Session, event_id: str, effects: list[Effect]) -> list[Outcome]:
    outcome = _stored(db, event_id)
    if outcome == ABANDONED:
        return [{"result": "abandoned"} for _ in effects]
    outcomes: list[Outcome] = outcome["outcomes"]
    return outcomes


def _stored(db: Session, event_id: str) -> dict[str, Any]:
    return db.execute(select(TurnEffects.outcome).where(TurnEffects.event_id == event_id)).scalar_one() or ABANDONED


def _store(db: Session, event_id: str, outcome: dict[str, Any]) -> None:
    db.execute(update(TurnEffects).where(TurnEffects.event_id == event_id).values(outcome=outcome))


def _place(db: Session, guest: Guest, effect: Effect, _: list[Outcome]) -> Result:
    if guest.customer.blocked_at is not None:  # staff were quicker than what their turn knew
        return {"result": "closed", "reason": "", "products": []}, Followup()
    return place_order(db, guest.buyer, effect)


def _ask(db: Session, guest: Guest, effect: Effect, outcomes: list[Outcome]) -> Result:
    order_id = effect["order_id"] or _just_placed(outcomes)
    if order_id is None:
        return {"result": "not_placed"}, Followup()
    outcome, followup = ask_payment(db, guest.buyer, UUID(order_id), effect)
    return outcome, followup | _begin(outcome)


def _begin(outcome: Outcome) -> Followup:
    """A page to pay on needs no quiet phone: it is made at once. A prompt waits for "check your phone" (rule 9)."""
    at_once = outcome["result"] == "requested" and outcome["start"] != Start.PROMPT
    return Followup(jobs=(request_payment(outcome["payment_id"]),)) if at_once else Followup()


def _cash(db: Session, guest: Guest, effect: Effect, outcomes: list[Outcome]) -> Result:
    order_id = effect["order_id"] or _just_placed(outcomes)
    return promise_cash(db, guest, UUID(order_id)) if order_id else {"result": "not_placed"}, Followup()


def _claim(db: Session, guest: Guest, effect: Effect, outcomes: list[Outcome]) -> Result:
    order_id = effect["order_id"] or _just_placed(outcomes)
    return claim_receipt(db, guest, UUID(order_id) if order_id else None, effect["code"])


def _link(_db: Session, guest: Guest, effect: Effect, _: list[Outcome]) -> Result:
    page = Page(guest.conversation.workspace_id, guest.conversation.mailbox, effect["subject"])
    return {"result": "web_link", "url": installed().url(page)}, Followup()


def _just_placed(outcomes: list[Outcome]) -> str | None:
    return next((outcome["order_id"] for outcome in outcomes if outcome["result"] == "placed"), None)


def _cancel(db: Session, guest: Guest, effect: Effect, _: list[Outcome]) -> Result:
    return cancel_order(db, guest, UUID(effect["order_id"]))


def _find(db: Session, guest: Guest, _effect: Effect, _: list[Outcome]) -> Result:
    return find_orders(db, guest), Followup()


def _receipt(db: Session, guest: Guest, _effect: Effect, _: list[Outcome]) -> Result:
    return send_receipt(db, guest)


def _confirm(_db: Session, guest: Guest, _effect: Effect, _: list[Outcome]) -> Result:
    return confirm_age(guest), Followup()


def _call(db: Session, guest: Guest, effect: Effect, _: list[Outcome]) -> Result:
    return call_staff(db, guest, effect["reason"])


def _stop(_db: Session, guest: Guest, _effect: Effect, _: list[Outcome]) -> Result:
    return stop_messages(guest), Followup()


def _resume(_db: Session, guest: Guest, _effect: Effect, _: list[Outcome]) -> Result:
    return resume_messages(guest), Followup()


def _remember(db: Session, guest: Guest, effect: Effect, _: list[Outcome]) -> Result:
    return remember(guest, effect["details"]), Followup()


def _change(db: Session, guest: Guest, effect: Effect, _: list[Outcome]) -> Result:
    return change_identity(db, guest, effect["phone"], effect["bsuid"]), Followup()


_DO: dict[str, Callable[[Session, Guest, Effect, list[Outcome]], Result]] = {
    kinds.PLACE_ORDER: _place,
    kinds.REQUEST_PAYMENT: _ask,
    kinds.PAY_CASH: _cash,
    kinds.CLAIM_RECEIPT: _claim,
    kinds.WEB_LINK: _link,
    kinds.CANCEL_ORDER: _cancel,
    kinds.FIND_ORDERS: _find,
    kinds.SEND_RECEIPT: _receipt,
    kinds.CONFIRM_AGE: _confirm,
    kinds.CALL_STAFF: _call,
    kinds.REMEMBER: _remember,
    kinds.CHANGE_IDENTITY: _change,
    kinds.STOP_MESSAGES: _stop,
    kinds.RESUME_MESSAGES: _resume,
}
