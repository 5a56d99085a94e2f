"""Who works in a venue, as what, and until when: an owner and the managers decide."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from core import clock
from core.domain.permissions import may_manage
from core.domain.statuses import Role
from core.errors import Rejected
from core.services import second_factor
from core.services.activity import Actor, record
from core.store.sql.tables import Invitation, Membership, SecondFactor, User


@dataclass(frozen=True)
class Boss:
    """Who decides about people, and what they are themselves."""

    actor: Actor
    role: Role


@dataclass(frozen=True)
class Member:
    """One person of a venue. `manageable`: whoever looks may change them."""

    user_id: UUID
    name: str
    email: str
    role: Role
    active: bool
    has_codes: bool
    last_login_at: datetime | None
    manageable: bool


def members(db: Session, boss: Boss) -> list[Member]:
    """Everybody of the venue, owners first, those who left last."""
    query = (
        select(User, Membership, SecondFactor.confirmed_at)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(Membership.workspace_id == boss.actor.workspace_id)
        .order_by(Membership.active.desc(), Membership.role, User.name, User.id)
    )
    return [_member(boss, *row) for row in db.execute(query)]


def change_role(db: Session, boss: Boss, user_id: UUID, role: Role) -> None:
    """From now on they are something else. Raises Rejected: not_found, not_yours, last_owner."""
    member = _manageable(db, boss, user_id)
    if not may_manage(boss.role, role):
        raise Rejected("not_yours")
    if member.role is role:
        return
    if member.role is Role.OWNER:
        _another_owner(db, member)
    before, member.role = member.role, role
    record(db, boss.actor, "role_changed", "user", user_id, {"role": before}, {"role": role})


def set_active(db: Session, boss: Boss, user_id: UUID, *, active: bool) -> None:
    """They work here no longer, and are out at once; or they are back. Raises Rejected as `change_role`."""
    member = _manageable(db, boss, user_id)
    if member.active is active:
        return
    if member.role is Role.OWNER and not active:
        _another_owner(db, member)
    member.active = active
    record(db, boss.actor, "member_back" if active else "member_left", "user", user_id)
    _end_invitations(db, boss, user_id)


def reset_codes(db: Session, boss: Boss, user_id: UUID) -> None:
    """Their phone is gone and so is the paper: they set codes up anew. All their logins end. Raises Rejected:
    not_found, not_yours, elsewhere."""
    only_ours(db, boss, user_id)
    second_factor.remove(db, boss.actor, user_id)
    ended = User.session_version + 1
    db.execute(update(User).where(User.id == user_id).values(session_version=ended))


def only_ours(db: Session, boss: Boss, user_id: UUID) -> None:
    """Who works in another venue, too, is let into both by a new password: that is not ours to give. Raises Rejected:
    not_found, not_yours, elsewhere."""
    member = _manageable(db, boss, user_id)
    other = (Membership.user_id == user_id, Membership.workspace_id != member.workspace_id, Membership.active)
    if db.scalar(select(exists().where(*other))):
        raise Rejected("elsewhere")


def _member(boss: Boss, user: User, member: Membership, confirmed_at: datetime | None) -> Member:
    return Member(
        user_id=user.id,
        name=user.name,
        email=user.email,
        role=member.role,
        active=member.active and user.active,
        has_codes=confirmed_at is not None,
        last_login_at=user.last_login_at,
        manageable=may_manage(boss.role, member.role),
    )


def _manageable(db: Session, boss: Boss, user_id: UUID) -> Membership:
    """Locked together with all owners, in one order: two who step down at once wait for each other in no ring."""
    these = or_(Membership.user_id == user_id, Membership.role == Role.OWNER)
    query = select(Membership).where(Membership.workspace_id == boss.actor.workspace_id, these).order_by(Membership.id)
    locked = db.scalars(query.with_for_update().execution_options(populate_existing=True))
    member = next((one for one in locked.all() if one.user_id == user_id), None)
    if member is None:
        raise Rejected("not_found")
    if not may_manage(boss.role, member.role):
        raise Rejected("not_yours")
    return member


def _end_invitations(db: Session, boss: Boss, user_id: UUID) -> None:
    """Who left comes back by no link that is still open, neither one to them, nor one they made for another address;
    and who is back becomes nothing else by one."""
    theirs = Invitation.email == select(User.email).where(User.id == user_id).scalar_subquery()
    still_open = (Invitation.workspace_id == boss.actor.workspace_id, Invitation.ended_at.is_(None))
    ended = update(Invitation).where(*still_open, or_(theirs, Invitation.invited_by == user_id))
    for invitation_id in db.scalars(ended.values(ended_at=clock.now()).returning(Invitation.id)):
        record(db, boss.actor, "invitation_taken_back", "invitation", invitation_id)


def _another_owner(db: Session, member: Membership) -> None:
    """Of two who leave at once the second sees that the first has gone: all owners are locked by now."""
    owners = (Membership.workspace_id == member.workspace_id, Membership.role == Role.OWNER, Membership.active)
    others = select(Membership.id).join(User, User.id == Membership.user_id).where(*owners, User.active)
    if db.scalar(others.where(Membership.id != member.id).limit(1)) is None:
        raise Rejected("last_owner")
