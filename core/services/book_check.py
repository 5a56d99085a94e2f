"""Every few minutes: do the books add up? Where they do not, staff and operators hear of it at once."""

from core import metrics
from core.log import get_logger
from core.services.audit import breaches_of
from core.services.program import Program
from core.store.sql.engine import transaction

BOOKS = ("I3", "I4", "I5", "I8")

log = get_logger(__name__)


def check_books(program: Program) -> int:
    """Look for breaches of the invariants about money and stock; answers how many there are."""
    with transaction(program.sessions) as db:
        found = {name: breaches_of(db, name) for name in BOOKS}
    for name, breaches in found.items():
        metrics.book_breaches.labels(name).set(len(breaches))
        for breach in breaches[:5]:
            log.critical("books_do_not_add_up", invariant=name, **{key: str(value) for key, value in breach.items()})
    return sum(len(breaches) for breaches in found.values())
