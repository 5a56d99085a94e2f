"""Ringing doorbells from a test, as the web does."""

from celery import Celery

from core.services.ring import Ring


def ring_for(broker_url: str) -> Ring:
    """A bounded publisher to this broker."""
    app = Celery("test", config_source="celeryconfig")
    app.conf.update(
        broker_url=broker_url,
        task_routes=None,
        broker_transport_options={"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
    )
    return Ring(lambda job: app.send_task(job.task, args=job.args, queue=job.queue, retry=False, ignore_result=True))
