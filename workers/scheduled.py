"""Queue `scheduled`: what beat asks for every few seconds. Each job reads what is due from PostgreSQL."""

from core.jobs import (
    CHECK_BOOKS,
    CHECK_STOCK,
    COUNT_LETTERS,
    FINISH_ERASURES,
    KEEP_JOURNAL,
    ORDER_REPORTS,
    RECONCILE,
    SWEEP_HOLDS,
    SWEEP_OUTBOX,
    SWEEP_PAYMENTS,
    SWEEP_REFUNDS,
)
from core.services import (
    book_check,
    dead_letters,
    exports,
    holds,
    journal,
    practice,
    reconcile,
    refund_calls,
    relay,
    report_schedules,
    stock_alerts,
)
from core.services.check_payments import sweep_payments as due_payments
from core.services.erasing_journal import finish_erasures as erase_traces
from core.services.provider_probe import due_probes
from workers.app import app, program


@app.task(name=SWEEP_PAYMENTS)
def sweep_payments() -> None:
    """Payments past their date are asked for or asked about, and providers that failed whether they answer again."""
    relay.follow_up(program(), due_payments(program().sessions))
    program().ring.all(due_probes(program().store))


@app.task(name=SWEEP_HOLDS)
def sweep_holds() -> None:
    """Unpaid orders past their time give their stock back, and practice that is over ends."""
    relay.follow_up(program(), holds.expire_holds(program().sessions))
    relay.follow_up(program(), practice.end_practice(program().sessions))


@app.task(name=SWEEP_OUTBOX)
def sweep_outbox() -> None:
    """What is owed to conversations and boards, and was left behind, is brought there."""
    relay.sweep_outbox(program())


@app.task(name=SWEEP_REFUNDS)
def sweep_refunds() -> None:
    """Refunds past their date are sent or asked about."""
    relay.follow_up(program(), refund_calls.sweep_refunds(program().sessions))


@app.task(name=CHECK_BOOKS)
def check_books() -> None:
    """What does not add up is said at once."""
    book_check.check_books(program())


@app.task(name=RECONCILE)
def reconcile_days() -> None:
    """Each venue's last day is compared with its providers' lists, once."""
    relay.follow_up(program(), reconcile.reconcile_due(program()))


@app.task(name=KEEP_JOURNAL)
def keep_journal() -> None:
    """The months to come are made, those that are old enough go, and so do files of lists."""
    journal.keep_months(program())
    exports.forget_exports(program())


@app.task(name=COUNT_LETTERS)
def count_letters() -> None:
    """Dead letters nobody has decided on are counted, for whoever watches."""
    dead_letters.count_undecided(program())


@app.task(name=FINISH_ERASURES)
def finish_erasures() -> None:
    """Guests who were erased go from the journal, too."""
    erase_traces(program())


@app.task(name=CHECK_STOCK)
def check_stock() -> None:
    """What runs low is said on every board."""
    stock_alerts.warn_of_low_stock(program().sessions)


@app.task(name=ORDER_REPORTS)
def order_reports() -> None:
    """Whoever is to get a report at this hour gets it, once."""
    relay.follow_up(program(), report_schedules.order_due(program()))
