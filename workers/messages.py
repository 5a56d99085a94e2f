"""Queue `messages`: doorbells for replies to send, read marks, and mail."""

from core.jobs import MARK_READ, SEND_MAILS, SEND_MESSAGES
from core.services import doorbells, mails, reading
from workers.app import app, program


@app.task(name=SEND_MESSAGES)
def send_messages(bell: str) -> None:
    """Send the replies that wait."""
    doorbells.send_replies(program(), bell)


@app.task(name=MARK_READ)
def mark_read() -> None:
    """Show guests that their messages were read."""
    reading.mark_as_read(program())


@app.task(name=SEND_MAILS)
def send_mails() -> None:
    """Post the mail that is due."""
    mails.post_due(program())
