"""Queue `history`: messages and the journal into PostgreSQL in batches."""

from core.jobs import SAVE_JOURNAL, SAVE_MESSAGES
from core.services import history, journal
from workers.app import app, program


@app.task(name=SAVE_MESSAGES)
def save_messages() -> None:
    """Save the messages that wait."""
    history.save_messages(program())


@app.task(name=SAVE_JOURNAL)
def save_journal() -> None:
    """Write down the webhooks that came."""
    journal.save_journal(program())
