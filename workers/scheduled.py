"""Queue `scheduled`: what beat asks for every few seconds. Each job reads what is due from PostgreSQL."""

from core.jobs import COUNT_LETTERS, KEEP_JOURNAL, SWEEP_HOLDS, SWEEP_OUTBOX, SWEEP_PAYMENTS
from core.services import dead_letters, holds, journal, relay
from core.services.check_payments import sweep_payments as due_payments
from workers.app import app, program


@app.task(name=SWEEP_PAYMENTS)
def sweep_payments() -> None:
    """Payments past their date are asked for or asked about."""
    relay.follow_up(program(), due_payments(program().sessions))


@app.task(name=SWEEP_HOLDS)
def sweep_holds() -> None:
    """Unpaid orders past their time give their stock back."""
    relay.follow_up(program(), holds.expire_holds(program().sessions))


@app.task(name=SWEEP_OUTBOX)
def sweep_outbox() -> None:
    """What is owed to conversations and boards, and was left behind, is brought there."""
    relay.sweep_outbox(program())


@app.task(name=KEEP_JOURNAL)
def keep_journal() -> None:
    """The months to come are made, those that are old enough go."""
    journal.keep_months(program())


@app.task(name=COUNT_LETTERS)
def count_letters() -> None:
    """Dead letters nobody has decided on are counted, for whoever watches."""
    dead_letters.count_undecided(program())
