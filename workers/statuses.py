"""Queue `statuses`: what became of our messages."""

from core.jobs import SAVE_STATUSES
from core.services import statuses
from workers.app import app, program


@app.task(name=SAVE_STATUSES)
def save_statuses() -> None:
    """Apply the statuses that wait."""
    statuses.save_statuses(program())
