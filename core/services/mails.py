"""Mail: written down with the change that owes it, and posted until the server has it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.errors import Rejected, TryAgain
from core.jobs import send_mails
from core.log import get_logger
from core.providers.mail.client import post
from core.services.followup import Followup
from core.services.program import Program
from core.settings import MailSettings
from core.store.sql.engine import transaction
from core.store.sql.tables import Mail

MOST_TRIES = 8
LEASE = timedelta(minutes=1)  # whoever dies while posting leaves it to the next

log = get_logger(__name__)


def owe_mail(db: Session, recipient: str, subject: str, text: str) -> Followup:
    """Somebody is to read this; it goes out after the commit."""
    db.add(Mail(recipient=recipient, subject=subject, text=text, next_try_at=clock.now()))
    return Followup(jobs=(send_mails(),))


def post_due(program: Program) -> int:
    """Post what is due, one after the other; answers how many went out.

    A server that is away ends the round: it keeps a thread that guests' replies need for ten seconds with each mail.
    """
    settings, posted = program.settings.mail, 0
    while settings is not None and (mail := _claim(program)) is not None:
        try:
            posted += _post(program, settings, *mail)
        except TryAgain:
            break
    return posted


def _claim(program: Program) -> tuple[UUID, str, str, str] | None:
    with transaction(program.sessions) as db:
        due = select(Mail).where(Mail.next_try_at <= clock.now()).order_by(Mail.next_try_at).limit(1)
        mail = db.scalar(due.with_for_update(skip_locked=True))
        if mail is None:
            return None
        mail.tries += 1
        mail.next_try_at = clock.now() + LEASE * 2 ** (mail.tries - 1)
        return mail.id, mail.recipient, mail.subject, mail.text or ""


def _post(program: Program, settings: MailSettings, mail_id: UUID, recipient: str, subject: str, text: str) -> bool:
    """Whether it went out. Raises TryAgain where it may go later."""
    error = ""
    try:
        post(settings, recipient, subject, text)
    except Rejected as refused:
        error = refused.reason
    except TryAgain as again:
        _note(program, mail_id, str(again), final=False)
        raise
    _note(program, mail_id, error, final=True)
    return not error


def _note(program: Program, mail_id: UUID, error: str, *, final: bool) -> None:
    with transaction(program.sessions) as db:
        mail = db.get_one(Mail, mail_id, with_for_update=True)
        mail.error, mail.sent_at = error, None if error else clock.now()
        if final or mail.tries >= MOST_TRIES:
            mail.next_try_at = mail.text = None
        if error:
            log.warning("mail_not_posted", mail=str(mail_id), error=error, tries=mail.tries)
