"""Staff sign in and out. A login is a row; the cookie carries a random token of which the row keeps a hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from core.domain.second_factor import Stage, stage_of
from core.domain.statuses import Role
from core.errors import Rejected, TryAgain
from core.services.activity import Actor, record
from core.store.sql.tables import Membership, SecondFactor, SignIn, User

UNUSED = timedelta(hours=12)
LONGEST = timedelta(days=30)
NOTE_USE_EVERY = timedelta(minutes=5)

_hasher = PasswordHasher()
# Each check takes 64 MiB: without a bound, a hundred tries at once take the machine's memory.
_at_once = BoundedSemaphore(2)
_PATIENCE = 10.0


@dataclass(frozen=True)
class Staff:
    """Who is signed in, and for which venue."""

    user_id: UUID
    workspace_id: UUID
    name: str
    role: Role
    token: str
    stage: Stage = Stage.OPEN
    email: str = ""


def hash_password(password: str) -> str:
    """An Argon2id hash with its own salt."""
    return _hasher.hash(password)


@dataclass(frozen=True)
class Place:
    """From where somebody signs in, as they will read it: `Chrome on Android`, and the network's address."""

    device: str = ""
    address: str = ""
    remembered: bool = False


def sign_in(sessions: sessionmaker[Session], email: str, password: str, place: Place | None = None) -> str | None:
    """Somebody wants to sign in. Answers the token for their cookie, None when address or password is wrong.

    Takes equally long in every case, and holds no connection while it does.
    """
    with sessions.begin() as db:
        user = _user(db, email)
    if not verify(user.password_hash if user else _nobodys_hash(), password) or user is None or not user.active:
        return None
    with sessions.begin() as db:
        return begin(db, user, place or Place())


def right_password(sessions: sessionmaker[Session], user_id: UUID, password: str) -> bool:
    """Whether it is theirs; takes as long as a sign-in, and holds no connection while it does."""
    with sessions.begin() as db:
        password_hash = db.get_one(User, user_id).password_hash
    return verify(password_hash, password)


def _user(db: Session, email: str) -> User | None:
    # PostgreSQL knows no NUL in a text.
    return db.scalar(select(User).where(User.email == email.strip().lower().replace("\0", "")))


def verify(password_hash: str, password: str) -> bool:
    """Whether it is the password of this hash, two of them at a time. Raises TryAgain."""
    if not _at_once.acquire(timeout=_PATIENCE):
        raise TryAgain("too many passwords to check at once")
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _at_once.release()


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe(32))


def begin(db: Session, user: User, place: Place) -> str:
    """A login begins; answers the token for its cookie."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    db.execute(delete(SignIn).where(SignIn.user_id == user.id, ~in_use(now)))
    said = {"device": place.device, "address": place.address, "remembered": place.remembered}
    login = SignIn(user_id=user.id, token_hash=hashed(token), session_version=user.session_version, seen_at=now, **said)
    db.add(login)
    db.execute(update(User).where(User.id == user.id).values(last_login_at=now))
    return token


def let_in(db: Session, who: Staff, how: str, device: str) -> None:
    """They have given all that was asked of them: a line in the log. `how`: by which of it, in a word."""
    record(db, Actor(who.workspace_id, who.user_id, who.name), "signed_in", "user", who.user_id,
           detail={"with": how, "device": device})  # fmt: skip


def sign_out(db: Session, who: Staff) -> None:
    """End this device's login; its cookie opens nothing any more."""
    ended = delete(SignIn).where(SignIn.token_hash == hashed(who.token)).returning(SignIn.device)
    if (device := db.scalar(ended)) is not None and who.stage is Stage.OPEN:
        actor = Actor(who.workspace_id, who.user_id, who.name)
        record(db, actor, "signed_out", "user", who.user_id, detail={"device": device})


def enter(db: Session, who: Staff, workspace_id: UUID) -> None:
    """They go over to another house they work in, on this device. Raises Rejected("not_found")."""
    mine = (Membership.user_id == who.user_id, Membership.workspace_id == workspace_id, Membership.active)
    if db.scalar(select(Membership.id).where(*mine)) is None:
        raise Rejected("not_found")
    db.execute(update(SignIn).where(SignIn.token_hash == hashed(who.token)).values(workspace_id=workspace_id))


def give_second_factor(db: Session, token: str) -> None:
    """This login proved more than a password."""
    db.execute(update(SignIn).where(SignIn.token_hash == hashed(token)).values(second_factor_at=datetime.now(UTC)))


def signed_in(db: Session, token: str, now: datetime | None = None, *, exempting: bool = False) -> Staff | None:
    """Who this token belongs to, while the login lasts and the user may work. `exempting`: not in production."""
    now = now or datetime.now(UTC)
    found = db.execute(
        select(SignIn, User, Membership, SecondFactor.confirmed_at)
        .join(User, User.id == SignIn.user_id)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(SignIn.token_hash == hashed(token), SignIn.session_version == User.session_version, User.active)
        .where(Membership.active)
        .where(in_use(now), SignIn.created_at > now - LONGEST)
        .order_by(func.coalesce(Membership.workspace_id == SignIn.workspace_id, False).desc())
        .order_by(Membership.created_at, Membership.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    login, user, membership, confirmed = found
    if login.seen_at < now - NOTE_USE_EVERY:
        login.seen_at = now
    stage = stage_of(
        membership.role,
        has_factor=confirmed is not None,
        given=login.second_factor_at is not None,
        exempt=exempting and user.second_factor_exempt,
    )
    return Staff(user.id, membership.workspace_id, user.name, membership.role, token, stage, user.email)


def in_use(now: datetime) -> ColumnElement[bool]:
    """Not left alone for too long."""
    return or_(SignIn.seen_at > now - UNUSED, SignIn.remembered)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
