"""Invoices go to the tax authority for its signature; while it is down they wait, and are asked about again."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from core import clock, metrics
from core.domain.documents import FiscalState
from core.domain.invoices import Fiscal
from core.domain.invoices import Invoice as Facts
from core.errors import Rejected, TryAgain
from core.log import bind, get_logger
from core.providers.fiscal import FiscalProvider
from core.providers.fiscal.client import SigningService
from core.services.invoices import facts_of
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.tables import FiscalEntry, Invoice, Order

SERVE_SECONDS = 20.0
# Longer than one call: who claimed an invoice and died is taken over after that.
CLAIM = timedelta(seconds=20)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900))

log = get_logger(__name__)


@dataclass(frozen=True)
class Unsigned:
    """An invoice to be signed."""

    id: UUID
    invoice: Facts
    tries: int


def signer_of(program: Program) -> FiscalProvider | None:
    """Who signs for this installation, if anybody."""
    url = program.settings.fiscal_api_url
    return SigningService(program.http, url) if url else None


def sign_invoices(program: Program) -> None:
    """Sign what is due, oldest first. One failure says that the authority is away: the others wait with it."""
    signer = signer_of(program)
    end = time.monotonic() + SERVE_SECONDS
    while signer and time.monotonic() < end and (unsigned := _claim(program)):
        bind(invoice=str(unsigned.id))
        try:
            _signed(program, unsigned, signer.sign(unsigned.invoice))
        except Rejected as refusal:
            _refused(program, unsigned, refusal.detail)
        except TryAgain as error:
            metrics.fiscal.labels("try_again").inc()
            log.warning("invoice_not_signed_yet", error=str(error))
            return _rest(program, unsigned)
    return None


def _claim(program: Program) -> Unsigned | None:
    with transaction(program.sessions) as db:
        due = select(FiscalEntry).where(FiscalEntry.next_try_at <= clock.now())
        by_age = due.order_by(FiscalEntry.created_at, FiscalEntry.id).limit(1)
        waiting = db.scalar(by_age.with_for_update(skip_locked=True))
        if waiting is None:
            return None
        waiting.tries += 1
        waiting.next_try_at = clock.now() + CLAIM
        invoice = db.get_one(Invoice, waiting.invoice_id)
        return Unsigned(waiting.id, facts_of(invoice, db.get_one(Order, invoice.order_id).number), waiting.tries)


def _signed(program: Program, unsigned: Unsigned, signature: Fiscal) -> None:
    metrics.fiscal.labels("signed").inc()
    _end(program, unsigned, FiscalState.SIGNED, number=signature.number, qr=signature.qr, signed_at=clock.now())


def _refused(program: Program, unsigned: Unsigned, reason: str) -> None:
    """It never will be signed: the receipt goes out without, and staff see why."""
    metrics.fiscal.labels("refused").inc()
    log.error("invoice_refused_by_the_tax_authority", reason=reason)
    _end(program, unsigned, FiscalState.REFUSED, reason=reason)


def _end(program: Program, unsigned: Unsigned, state: FiscalState, **values: object) -> None:
    """The first answer counts; a later one, of a worker thought dead, is the same."""
    waits = (FiscalEntry.id == unsigned.id, FiscalEntry.state == FiscalState.WAITING)
    with transaction(program.sessions) as db:
        db.execute(update(FiscalEntry).where(*waits).values(state=state, next_try_at=None, **values))


def _rest(program: Program, unsigned: Unsigned) -> None:
    """The longer it lasts, the rarer we ask."""
    again = clock.now() + PAUSES[min(unsigned.tries, len(PAUSES)) - 1]
    sooner = or_(FiscalEntry.id == unsigned.id, FiscalEntry.next_try_at < again)
    with transaction(program.sessions) as db:
        waits = (FiscalEntry.state == FiscalState.WAITING, sooner)
        db.execute(update(FiscalEntry).where(*waits).values(next_try_at=again))
