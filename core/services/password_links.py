"""A link to a new password: it counts once, and not for long."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from core import clock
from core.domain.people import HANDED_LINK_LASTS, MAILED_LINK_LASTS, read_email
from core.errors import Rejected
from core.jobs import send_mails
from core.services.activity import Actor, record
from core.services.followup import Followup
from core.services.mails import owe_mail
from core.services.people import Boss, only_ours
from core.services.profile import check_password, set_password
from core.services.sign_in import hash_password, hashed
from core.store.sql.engine import transaction
from core.store.sql.tables import Membership, PasswordLink, User

SUBJECT = "A new password"
TEXT = """Hello {},

somebody asked for a new password for your login. Choose one here, within an hour:

{}

If that was not you, do nothing: your password stays as it is.
"""


def hand_over(db: Session, boss: Boss, user_id: UUID) -> str:
    """Whoever runs the house makes a link for somebody who forgot; answers its token, which is kept nowhere.

    Raises Rejected: not_found, not_yours, elsewhere.
    """
    only_ours(db, boss, user_id)
    record(db, boss.actor, "password_link_made", "user", user_id)
    return make_link(db, user_id, HANDED_LINK_LASTS)


def mail_link(db: Session, house_url: str, email: str) -> Followup:
    """Somebody says they forgot the password of this address. The answer is the same whether anybody has it."""
    user = db.scalar(select(User).where(User.email == read_email(email), User.active))
    if user is None or _house_of(db, user.id) is None:
        return Followup(jobs=(send_mails(),))
    record(db, _themselves(db, user.id), "password_link_asked", "user", user.id)
    link = f"{house_url}/admin/password/{make_link(db, user.id, MAILED_LINK_LASTS)}"
    return owe_mail(db, user.email, SUBJECT, TEXT.format(user.name, link))


def make_link(db: Session, user_id: UUID, lasts: timedelta) -> str:
    """Earlier links still count: who asks in somebody else's name takes nothing from them."""
    token = secrets.token_urlsafe(32)
    db.add(PasswordLink(user_id=user_id, token_hash=hashed(token), expires_at=clock.now() + lasts))
    return token


def whose(db: Session, token: str) -> str:
    """The address of whoever may choose a password behind this link. Raises Rejected("link_over")."""
    return db.get_one(User, _of(db, token).user_id).email


def choose_password(sessions: sessionmaker[Session], token: str, password: str) -> None:
    """They choose one. Every login of theirs ends. Raises Rejected: link_over, password_short, password_long."""
    check_password(password)
    with transaction(sessions) as db:
        _of(db, token)
    fresh = hash_password(password)
    with transaction(sessions) as db:
        link = _of(db, token, lock=True)
        theirs = (PasswordLink.user_id == link.user_id, PasswordLink.ended_at.is_(None))
        db.execute(update(PasswordLink).where(*theirs).values(ended_at=clock.now()))
        set_password(db, _themselves(db, link.user_id), link.user_id, fresh)


def _themselves(db: Session, user_id: UUID) -> Actor:
    """Of several venues the first: what they do concerns their login alone."""
    workspace_id = _house_of(db, user_id)
    if workspace_id is None:
        raise Rejected("link_over")
    return Actor(workspace_id, user_id)


def _house_of(db: Session, user_id: UUID) -> UUID | None:
    mine = select(Membership.workspace_id).where(Membership.user_id == user_id, Membership.active)
    return db.scalar(mine.order_by(Membership.created_at, Membership.id).limit(1))


def _of(db: Session, token: str, *, lock: bool = False) -> PasswordLink:
    valid = (PasswordLink.token_hash == hashed(token), PasswordLink.ended_at.is_(None))
    query = select(PasswordLink).where(*valid, PasswordLink.expires_at > clock.now())
    link = db.scalar(query.with_for_update() if lock else query)
    if link is None or not db.get_one(User, link.user_id).active:
        raise Rejected("link_over")
    return link
