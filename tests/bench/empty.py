"""A Celery task that does nothing, under the product's own settings: `celery -A tests.bench.empty:app worker`."""

from celery import Celery

app = Celery("empty", config_source="celeryconfig")


@app.task(name="empty", queue="empty")
def empty() -> None:
    """Do nothing."""
