"""The browsers and tablets on which a house's people are signed in, for whoever looks after the people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from core import clock
from core.domain.permissions import may_manage
from core.domain.statuses import Role
from core.errors import Rejected
from core.services.activity import record
from core.services.people import Boss
from core.services.sign_in import LONGEST, in_use
from core.store.sql.tables import Membership, SignIn, User


@dataclass(frozen=True)
class Device:
    """One browser somebody works with in this house. `device`: what it calls itself."""

    id: UUID
    device: str
    address: str
    seen_at: datetime


def devices(db: Session, boss: Boss) -> Mapping[UUID, Sequence[Device]]:
    """Of each person of the house, the one last used first."""
    found: dict[UUID, list[Device]] = defaultdict(list)
    for login, _ in db.execute(_here(boss.actor.workspace_id).order_by(SignIn.seen_at.desc(), SignIn.id)):
        found[login.user_id].append(Device(login.id, login.device, login.address, login.seen_at))
    return found


def end_device(db: Session, boss: Boss, login_id: UUID) -> None:
    """It is signed out at once; again does nothing. Raises Rejected("not_yours")."""
    found = db.execute(_here(boss.actor.workspace_id).where(SignIn.id == login_id)).one_or_none()
    if found is None:
        return
    login, role = found
    if not may_manage(boss.role, role):
        raise Rejected("not_yours")
    db.execute(delete(SignIn).where(SignIn.id == login.id))
    record(db, boss.actor, "login_ended", "user", login.user_id, detail={"device": login.device})


def _here(workspace_id: UUID) -> Select[SignIn, Role]:
    """Logins that are in use in this house, with the person's role: what they do in another house is not ours."""
    now, theirs = clock.now(), (Membership.user_id == User.id, Membership.active)
    first = select(Membership.workspace_id).where(*theirs).order_by(Membership.created_at, Membership.id).limit(1)
    house = func.coalesce(SignIn.workspace_id, first.correlate(User).scalar_subquery())
    return (
        select(SignIn, Membership.role)
        .join(User, User.id == SignIn.user_id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.workspace_id == workspace_id, Membership.active, house == workspace_id)
        .where(SignIn.session_version == User.session_version, in_use(now), SignIn.created_at > now - LONGEST)
    )
