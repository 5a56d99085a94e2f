"""What a guest tells of themselves, and what is forgotten when another number or id stands behind the chat."""

from sqlalchemy.orm import Session

from core import clock
from core.cipher import installed
from core.conversation.effects import Outcome
from core.conversation.profile import DETAILS
from core.domain.phone import masked
from core.services.activity import Actor, record
from core.services.customers import Guest, by_bsuid, by_phone, remember_former
from core.store.sql.tables import Customer


def remember(guest: Guest, details: dict[str, str]) -> Outcome:
    """Write down what was told; what was refused is not asked again either."""
    customer = guest.customer
    known = {name: value for name, value in details.items() if name in DETAILS}
    customer.asked = sorted({*customer.asked, *known})
    customer.given_name = known.get("name") or customer.given_name
    customer.email = known.get("email") or customer.email
    customer.birthday = known.get("birthday") or customer.birthday
    return {"result": "remembered"}


def change_identity(db: Session, guest: Guest, phone: str, bsuid: str) -> Outcome:
    """WhatsApp says that this guest has another number or id. It may be another person: what they had confirmed, and
    what they had told, counts no longer. An opt-out stays."""
    customer = guest.customer
    _note(db, guest, phone)
    remember_former(customer)
    if bsuid and bsuid != customer.bsuid:
        _take(db, by_bsuid(db, customer.workspace_id, bsuid), bsuid=True)
        customer.bsuid = bsuid
    if phone and phone != customer.phone:
        _take(db, by_phone(db, customer.workspace_id, phone), bsuid=False)
        customer.phone, customer.phone_index = phone, installed().index(phone)
    customer.age_confirmed_at = None
    customer.given_name, customer.email, customer.birthday, customer.asked = "", None, "", []
    db.flush()
    return {"result": "changed"}


def _take(db: Session, other: Customer | None, *, bsuid: bool) -> None:
    """What belongs to this guest now belonged to another row; one that is left without any is closed."""
    if other is None:
        return
    remember_former(other)
    if bsuid:
        other.bsuid = None
    else:
        other.phone = other.phone_index = None
    if other.bsuid is None and other.phone is None:
        other.deleted_at = clock.now()
    db.flush()


def _note(db: Session, guest: Guest, phone: str) -> None:
    customer = guest.customer
    before, after = {"phone": masked(customer.phone or "")}, {"phone": masked(phone)}
    record(db, Actor(customer.workspace_id), "guest_identity_changed", "customer", customer.id, before, after)
