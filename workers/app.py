"""The Celery application, and the program each worker process holds."""

import os

from celery import Celery, Task
from celery.signals import setup_logging, worker_init, worker_process_init, worker_ready

from core import bootstrap, log
from core.jobs import Job
from core.services.program import Program
from core.store.redis.store import HIDDEN, WANTED
from core.store.sql.engine import forget_connections
from workers import measuring, sweeper

app = Celery("workers", config_source="celeryconfig")
app.conf.update(
    include=[
        "workers.conversations",
        "workers.messages",
        "workers.payments",
        "workers.settlements",
        "workers.statuses",
        "workers.history",
        "workers.scheduled",
    ]
)

_producer = Celery("doorbells", config_source="celeryconfig")
# Without `max_retries` kombu tries to connect for 6 s, and a sweep that waits so long serves nobody.
_bounded = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "max_retries": 0}
_producer.conf.update(broker_transport_options=_bounded)
_held: list[Program] = []
logger = log.get_logger(__name__)


def publish(job: Job) -> None:
    """Send one job, bounded in time; the consumer's own connection may wait longer."""
    _producer.send_task(job.task, args=job.args, queue=job.queue, retry=False, ignore_result=True)


def program() -> Program:
    """This process's program, made at first use and after the fork."""
    if not _held:
        _held.append(bootstrap.build(bootstrap.settings_from(), publish))
    return _held[0]


@setup_logging.connect
def _log_as_json(**_: object) -> None:
    log.configure(bootstrap.settings_from().log_level)


@worker_process_init.connect
def _forget_parent(**_: object) -> None:
    # A connection used on both sides of a fork answers each with the other's rows.
    if _held:
        forget_connections(_held[0].engine)
        _held.clear()


@worker_init.connect
def _refuse_an_unsafe_store(**_: object) -> None:
    """A store that forgets, or throws away when full, loses what was acknowledged (rule 21)."""
    wrong = program().store.wrong_settings()
    if wrong == [HIDDEN]:
        logger.warning("mailbox_store_hides_its_settings", needed=WANTED)
    elif wrong:
        logger.critical("mailbox_store_can_lose_messages", needed=wrong)
        if program().settings.production:
            raise SystemExit(f"REDIS_URL: {', '.join(wrong)}")


@worker_ready.connect
def _start_sweeping(sender: Task, **_: object) -> None:
    measuring.serve(os.environ.get("METRICS_PORT", ""))
    sweeper.start(program(), sender.app.amqp.queues.consume_from, threads="thread" in type(sender.pool).__module__)
