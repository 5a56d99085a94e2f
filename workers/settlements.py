"""Queue `settlements`: doorbells for what payment providers told us."""

from core.jobs import SETTLE_PAYMENTS
from core.services import doorbells
from workers.app import app, program


@app.task(name=SETTLE_PAYMENTS)
def settle_payments(bell: str) -> None:
    """Settle the notices that wait."""
    doorbells.settle_payments(program(), bell)
