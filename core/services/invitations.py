"""Somebody is to work here: a link that lets one person in once, until it ends or is taken back."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from core import clock
from core.domain.people import INVITATION_LASTS, read_email
from core.domain.permissions import may_manage
from core.domain.statuses import Role
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.people import Boss
from core.services.profile import check_password, readable_name
from core.services.sign_in import Place, begin, hash_password, hashed, right_password
from core.store.sql.engine import transaction
from core.store.sql.tables import Invitation, Membership, PasswordLink, User, Workspace


@dataclass(frozen=True)
class Welcome:
    """What the page behind a link says. `known`: this address has an account, with a password of its own."""

    house: str
    email: str
    role: Role
    known: bool


def invite(db: Session, boss: Boss, email: str, role: Role) -> str:
    """Answers the link's token, which is kept nowhere; earlier links to this address end.

    Raises Rejected: bad_email, not_yours, member_already.
    """
    address = read_email(email)
    if not address:
        raise Rejected("bad_email")
    if not may_manage(boss.role, role):
        raise Rejected("not_yours")
    if _is_member(db, boss.actor.workspace_id, address):
        raise Rejected("member_already")
    token = secrets.token_urlsafe(32)
    _end(db, boss.actor.workspace_id, Invitation.email == address)
    invitation = Invitation(
        workspace_id=boss.actor.workspace_id, email=address, role=role, token_hash=hashed(token),
        expires_at=clock.now() + INVITATION_LASTS, invited_by=boss.actor.user_id,
    )  # fmt: skip
    db.add(invitation)
    db.flush()
    record(db, boss.actor, "member_invited", "invitation", invitation.id, after={"role": role})
    return token


def open_invitations(db: Session, workspace_id: UUID) -> list[Invitation]:
    """Those that still let somebody in, the newest first."""
    mine = select(Invitation).where(Invitation.workspace_id == workspace_id, *_open(clock.now()))
    return list(db.scalars(mine.order_by(Invitation.created_at.desc())))


def take_back(db: Session, boss: Boss, invitation_id: UUID) -> None:
    """The link lets nobody in any more. Raises Rejected("not_found", "not_yours")."""
    mine = (Invitation.workspace_id == boss.actor.workspace_id, Invitation.id == invitation_id)
    role = db.scalar(select(Invitation.role).where(*mine))
    if role is None:
        raise Rejected("not_found")
    if not may_manage(boss.role, role):
        raise Rejected("not_yours")
    if _end(db, boss.actor.workspace_id, Invitation.id == invitation_id):
        record(db, boss.actor, "invitation_taken_back", "invitation", invitation_id)


def welcome(db: Session, token: str) -> Welcome:
    """What a link is to. Raises Rejected("link_over")."""
    invitation = _of(db, token)
    house = db.get_one(Workspace, invitation.workspace_id).name
    known = db.scalar(select(User.id).where(User.email == invitation.email)) is not None
    return Welcome(house, invitation.email, invitation.role, known)


def accept(sessions: sessionmaker[Session], token: str, name: str, password: str, place: Place) -> str:
    """They come in: with a new account, or with the password of the one they have. Answers their login's token.

    Raises Rejected: link_over, wrong_password, name, password_short, password_long.
    """
    with transaction(sessions) as db:
        known = db.scalar(select(User).where(User.email == _of(db, token).email))
    if known is None:
        check_password(password)
        fresh = hash_password(password)
        with transaction(sessions) as db:
            if account := _account(db, _of(db, token).email, readable_name(name), fresh):
                return _come_in(db, token, account, place)
        # Another house's link to the same address made the account a moment ago: its password counts.
        return accept(sessions, token, name, password, place)
    if not (known.active and right_password(sessions, known.id, password)):
        raise Rejected("wrong_password")
    with transaction(sessions) as db:
        return _come_in(db, token, known.id, place)


def _come_in(db: Session, token: str, user_id: UUID, place: Place) -> str:
    user = db.get_one(User, user_id)
    _join(db, _of(db, token, lock=True), user)
    return begin(db, user, place)


def _account(db: Session, email: str, name: str, password_hash: str) -> UUID | None:
    """A new one; None where somebody has this address already."""
    row = insert(User).values(email=email, name=name, password_hash=password_hash)
    return db.scalar(row.on_conflict_do_nothing(index_elements=["email"]).returning(User.id))


def _join(db: Session, invitation: Invitation, user: User) -> None:
    row = insert(Membership).values(workspace_id=invitation.workspace_id, user_id=user.id, role=invitation.role)
    again = {"role": invitation.role, "active": True}
    db.execute(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=again))
    invitation.ended_at, invitation.accepted_by = clock.now(), user.id
    # What another house handed out while they worked there alone would open this one, too.
    handed = (PasswordLink.user_id == user.id, PasswordLink.ended_at.is_(None))
    db.execute(update(PasswordLink).where(*handed).values(ended_at=clock.now()))
    actor = Actor(invitation.workspace_id, user.id, user.name)
    record(db, actor, "invitation_accepted", "invitation", invitation.id, after={"role": invitation.role})


def _of(db: Session, token: str, *, lock: bool = False) -> Invitation:
    query = select(Invitation).where(Invitation.token_hash == hashed(token), *_open(clock.now()))
    found = db.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise Rejected("link_over")
    return found


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Invitation.ended_at.is_(None), Invitation.expires_at > now)


def _end(db: Session, workspace_id: UUID, which: ColumnElement[bool]) -> bool:
    mine = (Invitation.workspace_id == workspace_id, Invitation.ended_at.is_(None), which)
    ended = update(Invitation).where(*mine).values(ended_at=clock.now())
    return bool(db.scalars(ended.returning(Invitation.id)).all())


def _is_member(db: Session, workspace_id: UUID, email: str) -> bool:
    mine = (Membership.workspace_id == workspace_id, Membership.active, User.email == email)
    return db.scalar(select(User.id).join(Membership, Membership.user_id == User.id).where(*mine)) is not None
