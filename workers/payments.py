"""Queue `payments`: asking for money, and asking what became of it."""

from core.jobs import CHECK_PAYMENT, REQUEST_PAYMENT
from core.services import check_payments, payments
from core.services.relay import follow_up
from workers.app import app, program


@app.task(name=REQUEST_PAYMENT)
def request_payment(payment_id: str) -> None:
    """Prompt the guest's phone for one payment."""
    follow_up(program(), payments.request_payment(program(), payment_id))


@app.task(name=CHECK_PAYMENT)
def check_payment(payment_id: str, hinted: str = "") -> None:
    """Ask how one payment stands."""
    follow_up(program(), check_payments.check_payment(program(), payment_id, hinted))
