"""Publishing jobs, from the web and from workers alike: by name, bounded in time, never to be done hours late."""

from collections.abc import Callable

from celery import Celery

from core.jobs import Job

SECONDS = 0.2
CONNECTIONS = 64


def publisher(broker_url: str) -> Callable[[Job], None]:
    """Sends one job or raises, within about 0.2 s: with Celery's defaults a frozen broker holds a webhook for ever.

    Without `max_retries` kombu tries to connect for 6 s, whatever `retry` says, and a sweep that waits so long serves
    nobody.
    """
    app = Celery("publisher", config_source="celeryconfig", set_as_current=False)
    app.conf.update(
        broker_url=broker_url,
        broker_transport_options={"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "max_retries": 0},
        broker_pool_limit=CONNECTIONS,
    )

    def publish(job: Job) -> None:
        app.send_task(job.task, args=job.args, queue=job.queue, expires=job.expires, retry=False, ignore_result=True)

    return publish
