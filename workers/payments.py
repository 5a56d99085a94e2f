"""Queue `payments`: asking for money, and asking what became of it."""

from core.jobs import CHECK_PAYMENT, CHECK_REFUND, PROBE_PROVIDER, REQUEST_PAYMENT, SEND_REFUND
from core.services import check_payments, payments, provider_probe, refund_calls
from core.services.relay import follow_up
from workers.app import app, program


@app.task(name=REQUEST_PAYMENT)
def request_payment(payment_id: str) -> None:
    """Prompt the guest's phone for one payment."""
    follow_up(program(), payments.request_payment(program(), payment_id))


@app.task(name=PROBE_PROVIDER)
def probe_provider(name: str) -> None:
    """Ask whether a provider that failed answers again."""
    provider_probe.probe(program(), name)


@app.task(name=CHECK_PAYMENT)
def check_payment(payment_id: str, hinted: str = "") -> None:
    """Ask how one payment stands."""
    follow_up(program(), check_payments.check_payment(program(), payment_id, hinted))


@app.task(name=SEND_REFUND)
def send_refund(refund_id: str) -> None:
    """Send the money of one refund back."""
    follow_up(program(), refund_calls.send_refund(program(), refund_id))


@app.task(name=CHECK_REFUND)
def check_refund(refund_id: str) -> None:
    """Ask how one refund stands."""
    follow_up(program(), refund_calls.check_refund(program(), refund_id))
