"""Queue `conversations`: doorbells for guests who wrote."""

from core.jobs import SERVE_CONVERSATIONS
from core.services import doorbells
from workers.app import app, program


@app.task(name=SERVE_CONVERSATIONS)
def serve_conversations(bell: str) -> None:
    """Take the turns of the conversations that wait."""
    doorbells.serve_conversations(program(), bell)
