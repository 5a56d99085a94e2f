"""What is counted, for `/metrics`. Labels are few and closed: never a phone, a name or an id."""

import os

from prometheus_client import Counter, Gauge, Histogram, values

_names: list[str] = []
_ids: list[str] = []
os.register_at_fork(after_in_child=_ids.clear)


def count_as(name: str) -> None:
    """This process adds to the figures of the one that had its name before. Named by its own id, each short-lived child
    would leave its files behind for ever, and every scrape reads them all."""
    _names[:] = [name.replace("_", "-")]


def _name() -> str:
    """Asked for at every count."""
    if not _names and not _ids:
        _ids.append(str(os.getpid()))
    return (_names or _ids)[0]


if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    values.ValueClass = values.MultiProcessValue(_name)  # type: ignore[no-untyped-call]

_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)

webhooks = Counter("bar_webhooks_total", "Webhook answers", ["source", "answer"])
webhook_seconds = Histogram("bar_webhook_seconds", "Time to acknowledge a webhook", ["source"], buckets=_FAST)
rings = Counter("bar_rings_total", "Doorbells published", ["queue", "result"])
turns = Counter("bar_turns_total", "Turns by the state they ended in", ["state"])
turn_seconds = Histogram("bar_turn_seconds", "Time to take one turn", ["effects"], buckets=_FAST)
turn_failures = Counter("bar_turn_failures_total", "Turns that did not end", ["reason"])
dead_letters = Counter("bar_dead_letters_total", "Events given up after three tries", ["lane"])
sends = Counter("bar_sends_total", "Messages to Meta by result", ["result"])
send_seconds = Histogram("bar_send_seconds", "Time of one send to Meta", buckets=_FAST)
provider_calls = Counter("bar_provider_calls_total", "Calls to payment providers", ["provider", "call", "result"])
hints = Counter("bar_payment_hints_total", "Unsigned notices that only make us ask", ["source", "result"])
circuits_opened = Counter("bar_circuits_opened_total", "Providers that were given a rest", ["provider"])
account_notices = Counter("bar_account_notices_total", "What WhatsApp says of the account", ["loud"])
payments = Counter("bar_payments_total", "Payment outcomes", ["provider", "outcome"])
documents = Counter("bar_documents_total", "Receipts and closings in writing", ["kind", "result"])
fiscal = Counter("bar_fiscal_total", "Invoices brought to the tax authority", ["result"])
swept = Counter("bar_leases_returned_total", "Leases of dead workers returned by the sweep", ["lane"])


def _gauge(name: str, meaning: str, labels: tuple[str, ...] = ()) -> Gauge:
    return Gauge(name, meaning, labels, multiprocess_mode="mostrecent")


waiting = _gauge("bar_events_waiting", "Events in mailboxes, replies in outboxes", ("lane",))
oldest_seconds = _gauge("bar_oldest_waiting_seconds", "Time the longest waiting event has had no answer", ("lane",))
stream_entries = _gauge("bar_stream_entries", "Entries not yet written down in PostgreSQL", ("stream",))
dead_letters_undecided = _gauge("bar_dead_letters_undecided", "Dead letters nobody has decided on", ("lane",))
journal_missed = _gauge("bar_journal_missed", "Webhooks the journal had no room for while PostgreSQL was away")
open_payments = _gauge("bar_open_payments", "Payments without a final outcome", ("status",))
oldest_payment_seconds = _gauge("bar_oldest_open_payment_seconds", "Age of the oldest open payment")
provider_down = _gauge("bar_provider_down", "1 while a provider is not asked because it fails", ("provider",))
book_breaches = _gauge("bar_book_breaches", "Rows of the books that do not add up", ("invariant",))
