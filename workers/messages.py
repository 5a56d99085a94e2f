"""Queue `messages`: doorbells for replies to send."""

from core.jobs import SEND_MESSAGES
from core.services import doorbells
from workers.app import app, program


@app.task(name=SEND_MESSAGES)
def send_messages(bell: str) -> None:
    """Send the replies that wait."""
    doorbells.send_replies(program(), bell)
