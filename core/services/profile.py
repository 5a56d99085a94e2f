"""What somebody changes about their own login: the name, the password, and where they are signed in."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.setup import SHORTEST_PASSWORD
from core.services.sign_in import LONGEST, hash_password, hashed, in_use, right_password
from core.store.sql.engine import transaction
from core.store.sql.tables import SignIn, User

LONGEST_PASSWORD = 1024
LONGEST_NAME = 80


@dataclass(frozen=True)
class Login:
    """One browser somebody is signed in with."""

    id: UUID
    device: str
    address: str
    since: datetime
    seen_at: datetime
    this: bool


def logins(db: Session, user_id: UUID, token: str) -> list[Login]:
    """Where they are signed in, this browser first, then the one last used."""
    now = datetime.now(UTC)
    alive = (SignIn.session_version == User.session_version, in_use(now))
    query = select(SignIn).join(User, User.id == SignIn.user_id).where(User.id == user_id, *alive)
    rows = db.scalars(query.where(SignIn.created_at > now - LONGEST).order_by(SignIn.seen_at.desc()))
    found = [_login(row, hashed(token)) for row in rows]
    return sorted(found, key=lambda login: not login.this)


def _login(row: SignIn, mine: str) -> Login:
    return Login(row.id, row.device, row.address, row.created_at, row.seen_at, row.token_hash == mine)


def end_login(db: Session, actor: Actor, login_id: UUID) -> None:
    """One of their own browsers is signed out; again does nothing."""
    mine = delete(SignIn).where(SignIn.id == login_id, SignIn.user_id == actor.user_id)
    if (device := db.scalar(mine.returning(SignIn.device))) is not None:
        record(db, actor, "login_ended", "user", actor.user_id, detail={"device": device})


def end_other_logins(db: Session, actor: Actor, token: str) -> int:
    """Every browser but this one is signed out; answers how many."""
    others = delete(SignIn).where(SignIn.user_id == actor.user_id, SignIn.token_hash != hashed(token))
    count = len(db.scalars(others.returning(SignIn.id)).all())
    record(db, actor, "other_logins_ended", "user", actor.user_id, detail={"count": count})
    return count


def rename(db: Session, actor: Actor, name: str) -> None:
    """What colleagues read. Raises Rejected("name")."""
    user = db.get_one(User, actor.user_id)
    before, user.name = user.name, readable_name(name)
    if before != user.name:
        record(db, actor, "profile_renamed", "user", user.id, {"name": before}, {"name": user.name})


def readable_name(name: str) -> str:
    """Without what nobody sees. Raises Rejected("name") where nothing is left, or too much."""
    plain = " ".join("".join(letter for letter in name if letter.isprintable()).split())
    if not plain or len(plain) > LONGEST_NAME:
        raise Rejected("name")
    return plain


def change_password(sessions: sessionmaker[Session], actor: Actor, token: str, old: str, new: str) -> None:
    """They know the old one. All other browsers are signed out. Raises Rejected: wrong_password, password_short,
    password_long."""
    check_password(new)
    if actor.user_id is None or not right_password(sessions, actor.user_id, old):
        raise Rejected("wrong_password")
    fresh = hash_password(new)
    with transaction(sessions) as db:
        version = set_password(db, actor, actor.user_id, fresh)
        db.execute(update(SignIn).where(SignIn.token_hash == hashed(token)).values(session_version=version))


def set_password(db: Session, actor: Actor, user_id: UUID, password_hash: str) -> int:
    """From now on this one counts, and every login ends; answers the new `session_version`."""
    user = db.get_one(User, user_id, with_for_update=True)
    user.password_hash, user.session_version = password_hash, user.session_version + 1
    record(db, actor, "password_changed", "user", user_id)
    db.flush()
    return user.session_version


def check_password(password: str) -> None:
    """Length is what counts. Raises Rejected."""
    if len(password) < SHORTEST_PASSWORD:
        raise Rejected("password_short")
    if len(password) > LONGEST_PASSWORD:
        raise Rejected("password_long")
