"""Queue `history`: messages into PostgreSQL in batches."""

from core.jobs import HISTORY, SAVE_MESSAGES
from core.services import history
from workers.app import app, program


@app.task(name=SAVE_MESSAGES, queue=HISTORY)
def save_messages() -> None:
    """Save the messages that wait."""
    history.save_messages(program())
