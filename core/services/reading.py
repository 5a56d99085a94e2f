"""Guests see that we have read what they wrote, and that we are writing where it takes a while. It never matters."""

from core import metrics
from core.domain.practice import leaves
from core.errors import OutcomeUnknown, TryAgain
from core.providers.whatsapp.client import mark_read
from core.services.program import Program


def mark_as_read(program: Program) -> int:
    """Mark what is due; answers how much. Where Meta does not answer, the rest is let go."""
    marked, due = 0, program.store.reads.take()
    if due:
        program.directory.up_to(program.store.directory_version())
    for unread in due:
        line = program.directory.line(unread.guest.get("channel", ""))
        if line is None or not leaves(None, line.practises):
            continue
        try:
            marked += mark_read(program.http, line, unread.message_id, unread.typing)
        except (TryAgain, OutcomeUnknown):
            metrics.sends.labels("read_mark_lost").inc()
            break
    return marked
