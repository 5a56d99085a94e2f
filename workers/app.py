"""The Celery application, and the program each worker process holds."""

import os

from billiard.process import current_process
from celery import Celery, Task
from celery.signals import setup_logging, worker_init, worker_process_init, worker_ready
from celery.worker import WorkController

from core import bootstrap, log, metrics
from core.jobs import group_of
from core.services.program import Program
from core.store.sql import deadline
from core.store.sql.engine import forget_connections
from publishing import publisher
from workers import measuring, safety, sweeper

app = Celery("workers", config_source="celeryconfig")
app.conf.update(
    include=[
        "workers.conversations",
        "workers.messages",
        "workers.payments",
        "workers.settlements",
        "workers.statuses",
        "workers.history",
        "workers.documents",
        "workers.scheduled",
    ]
)

_held: list[Program] = []
_worker: list[str] = []  # its name, known before it forks
_store_check = safety.StoreCheck()


def program() -> Program:
    """This process's program, made at first use and after the fork."""
    if not _held:
        settings = bootstrap.settings_from()
        _held.append(bootstrap.build(settings, publisher(settings.broker_url)))
    return _held[0]


@setup_logging.connect
def _log_as_json(**_: object) -> None:
    log.configure(bootstrap.settings_from().log_level)


@worker_process_init.connect
def _begin(**_: object) -> None:
    metrics.count_as(f"{_worker[-1]}-{current_process().index}")
    # A connection used on both sides of a fork answers each with the other's rows.
    if _held:
        forget_connections(_held[0].engine)
        _held.clear()


@worker_init.connect
def _stand_back(sender: WorkController, **_: object) -> None:
    """Bookkeeping never takes the processor from a guest's reply."""
    group = group_of(sender.hostname)
    os.nice(group.niceness if group else 0)


@worker_init.connect
def _wait_for_nobody_without_end(**_: object) -> None:
    deadline.install()


@worker_init.connect
def _refuse_an_unsafe_store(sender: WorkController, **_: object) -> None:
    _worker.append(sender.hostname)
    _store_check.at_start(program())


@worker_ready.connect
def _start_sweeping(sender: Task, **_: object) -> None:
    measuring.serve(os.environ.get("METRICS_PORT", ""))
    threads = "thread" in type(sender.pool).__module__
    sweeper.start(program(), sender.app.amqp.queues.consume_from, threads, _store_check)
