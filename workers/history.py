"""Queue `history`: messages into PostgreSQL in batches."""

from core.jobs import SAVE_MESSAGES
from core.services import history
from workers.app import app, program


@app.task(name=SAVE_MESSAGES)
def save_messages() -> None:
    """Save the messages that wait."""
    history.save_messages(program())
