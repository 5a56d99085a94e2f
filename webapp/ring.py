"""Publishing doorbells from the web: by name, bounded in time, without knowing the workers."""

from collections.abc import Callable

from celery import Celery

from core.jobs import Job
from core.settings import Settings

SECONDS = 0.2


def publisher(settings: Settings) -> Callable[[Job], None]:
    """Sends one job or raises, within about 0.2 s: with Celery's defaults a frozen broker holds a webhook for ever.

    Without `max_retries` kombu tries to connect for 6 s, whatever `retry` says.
    """
    app = Celery("web", config_source="celeryconfig")
    app.conf.update(
        broker_url=settings.broker_url,
        broker_transport_options={"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "max_retries": 0},
        broker_pool_limit=64,
    )

    def publish(job: Job) -> None:
        app.send_task(job.task, args=job.args, queue=job.queue, retry=False, ignore_result=True)

    return publish
