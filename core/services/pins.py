"""Taking over a shared tablet: a PIN that counts on this device alone, in place of the password."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from core.domain.pins import is_pin
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.sign_in import Place, begin, hash_password, hashed, verify
from core.store.sql.engine import transaction
from core.store.sql.tables import DevicePin, Membership, User


@dataclass(frozen=True)
class Known:
    """Somebody with a PIN on a device."""

    user_id: UUID
    name: str
    email: str


def known_on(db: Session, device: str) -> list[Known]:
    """Who may take this device over, by name."""
    return [Known(user.id, user.name, user.email) for user, _ in db.execute(_pins(device).order_by(User.name, User.id))]


def set_pin(sessions: sessionmaker[Session], actor: Actor, device: str, pin: str) -> None:
    """From now on it counts on this device. Raises Rejected("pin")."""
    if not is_pin(pin) or not device:
        raise Rejected("pin")
    fresh = hash_password(pin)
    with transaction(sessions) as db:
        version = db.get_one(User, actor.user_id).session_version
        row = insert(DevicePin).values(user_id=actor.user_id, device_hash=hashed(device), pin_hash=fresh,
                                       session_version=version)  # fmt: skip
        again = {"pin_hash": fresh, "session_version": version}
        db.execute(row.on_conflict_do_update(index_elements=["user_id", "device_hash"], set_=again))
        record(db, actor, "pin_set", "user", actor.user_id)


def forget_pin(db: Session, actor: Actor, device: str) -> None:
    """On this device the password counts again."""
    mine = delete(DevicePin).where(DevicePin.user_id == actor.user_id, DevicePin.device_hash == hashed(device))
    if db.scalars(mine.returning(DevicePin.id)).all():
        record(db, actor, "pin_forgotten", "user", actor.user_id)


def take_over(sessions: sessionmaker[Session], device: str, user_id: UUID, pin: str, place: Place) -> str | None:
    """Somebody typed their PIN. Answers their login's token, None where it is wrong; codes are asked for as always."""
    with transaction(sessions) as db:
        found = db.execute(_pins(device).where(User.id == user_id)).one_or_none()
    if found is None or not verify(found[1], pin):
        return None
    with transaction(sessions) as db:
        return begin(db, db.get_one(User, user_id), place)


def _pins(device: str) -> Select[User, str]:
    works = exists().where(Membership.user_id == User.id, Membership.active)
    counts = (DevicePin.device_hash == hashed(device), DevicePin.session_version == User.session_version)
    query = select(User, DevicePin.pin_hash).join(DevicePin, DevicePin.user_id == User.id)
    return query.where(*counts, User.active, works)
