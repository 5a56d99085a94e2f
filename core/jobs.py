"""Names of queues, tasks and worker groups, shared by those who send work and those who do it."""

from dataclasses import dataclass
from typing import Any

CONVERSATIONS = "conversations"
MESSAGES = "messages"
PAYMENTS = "payments"
SETTLEMENTS = "settlements"
STATUSES = "statuses"
HISTORY = "history"
DOCUMENTS = "documents"
SCHEDULED = "scheduled"
QUEUES = (CONVERSATIONS, MESSAGES, PAYMENTS, SETTLEMENTS, STATUSES, HISTORY, DOCUMENTS, SCHEDULED)

SERVE_CONVERSATIONS = "conversations.serve_conversations"
SEND_MESSAGES = "messages.send_messages"
MARK_READ = "messages.mark_read"
SEND_MAILS = "messages.send_mails"
REQUEST_PAYMENT = "payments.request_payment"
CHECK_PAYMENT = "payments.check_payment"
PROBE_PROVIDER = "payments.probe_provider"
SEND_REFUND = "payments.send_refund"
CHECK_REFUND = "payments.check_refund"
SETTLE_PAYMENTS = "settlements.settle_payments"
SAVE_STATUSES = "statuses.save_statuses"
SAVE_MESSAGES = "history.save_messages"
SAVE_JOURNAL = "history.save_journal"
MAKE_DOCUMENTS = "documents.make_documents"
SIGN_INVOICES = "documents.sign_invoices"
PRINT_TICKETS = "documents.print_tickets"
SWEEP_PAYMENTS = "scheduled.sweep_payments"
SWEEP_HOLDS = "scheduled.sweep_holds"
SWEEP_OUTBOX = "scheduled.sweep_outbox"
SWEEP_REFUNDS = "scheduled.sweep_refunds"
CHECK_BOOKS = "scheduled.check_books"
RECONCILE = "scheduled.reconcile"
COUNT_LETTERS = "scheduled.count_letters"
CHECK_STOCK = "scheduled.check_stock"
FINISH_ERASURES = "scheduled.finish_erasures"
ORDER_REPORTS = "scheduled.order_reports"
KEEP_JOURNAL = "scheduled.keep_journal"
TASKS = (
    SERVE_CONVERSATIONS,
    SEND_MESSAGES,
    MARK_READ,
    SEND_MAILS,
    REQUEST_PAYMENT,
    CHECK_PAYMENT,
    PROBE_PROVIDER,
    SETTLE_PAYMENTS,
    SAVE_STATUSES,
    SAVE_MESSAGES,
    SAVE_JOURNAL,
    MAKE_DOCUMENTS,
    SIGN_INVOICES,
    PRINT_TICKETS,
    SWEEP_PAYMENTS,
    SWEEP_HOLDS,
    SWEEP_OUTBOX,
    SEND_REFUND,
    CHECK_REFUND,
    SWEEP_REFUNDS,
    CHECK_BOOKS,
    RECONCILE,
    COUNT_LETTERS,
    CHECK_STOCK,
    FINISH_ERASURES,
    ORDER_REPORTS,
    KEEP_JOURNAL,
)


@dataclass(frozen=True)
class Job:
    """One task to send after commit. `args` carry ids only, never phones, names or texts."""

    task: str
    args: tuple[Any, ...] = ()

    @property
    def queue(self) -> str:
        """Where it goes."""
        return queue_of(self.task)

    @property
    def expires(self) -> int:
        """Seconds after which it is not to be done any more: the sweeps have sent another one long since, and a broker
        that kept thousands of them would hold up the guests of the moment."""
        return 30 if self.queue == PAYMENTS else 10


def queue_of(task: str) -> str:
    """A task's name begins with its queue."""
    return task.partition(".")[0]


@dataclass(frozen=True)
class WorkerGroup:
    """One `celery … worker` process: which queues it consumes, with which pool, and how far it stands back when the
    processors are busy (`nice`: 0 to 19)."""

    name: str
    queues: tuple[str, ...]
    pool: str
    concurrency: int
    niceness: int = 0

    def options(self) -> list[str]:
        """Command-line options of `celery -A workers.app:app worker`."""
        return ["-n", f"{self.name}@%h", "-Q", ",".join(self.queues), "--pool", self.pool, "-c", str(self.concurrency)]


WORKER_GROUPS = (
    WorkerGroup("turns", (CONVERSATIONS, SETTLEMENTS), "prefork", 3),
    WorkerGroup("messages", (MESSAGES,), "threads", 32),
    WorkerGroup("payments", (PAYMENTS,), "prefork", 6),
    WorkerGroup("records", (STATUSES, HISTORY), "threads", 4, niceness=10),
    WorkerGroup("scheduled", (SCHEDULED,), "prefork", 2),
    WorkerGroup("documents", (DOCUMENTS,), "prefork", 2, niceness=10),
)


def group_of(worker: str) -> WorkerGroup | None:
    """The group of a worker by its name, `group@host`; None for a worker started under a name of its own."""
    return next((group for group in WORKER_GROUPS if group.name == worker.partition("@")[0]), None)


def probe_provider(name: str) -> Job:
    """Ask whether a provider that failed answers again."""
    return Job(PROBE_PROVIDER, (name,))


def send_refund(refund_id: str) -> Job:
    """Ask the provider to send the money of one refund back."""
    return Job(SEND_REFUND, (refund_id,))


def check_refund(refund_id: str) -> Job:
    """Ask the provider how one refund stands."""
    return Job(CHECK_REFUND, (refund_id,))


def request_payment(payment_id: str) -> Job:
    """Ask the provider for the money of one payment."""
    return Job(REQUEST_PAYMENT, (payment_id,))


def check_payment(payment_id: str, hinted: str = "") -> Job:
    """Ask the provider how one payment stands; `hinted`: what the provider says it is called there."""
    return Job(CHECK_PAYMENT, (payment_id, hinted) if hinted else (payment_id,))


def send_mails() -> Job:
    """Post the mail that is due."""
    return Job(SEND_MAILS)


def make_documents() -> Job:
    """Make the documents that are wanted."""
    return Job(MAKE_DOCUMENTS)
