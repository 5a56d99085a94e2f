"""What workers measure: in one folder with the web where they share a machine, else at a port of their own."""

from typing import Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from core import metrics


def serve(port: str) -> None:
    """Answer scrapes of this worker and its children; without a port the web answers for them."""
    if port:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
        start_http_server(int(port), registry=registry)


def note_backlog(report: dict[str, Any]) -> None:
    """How much waits in each lane, and for how long."""
    for lane in ("conversations", "payments", "outbox"):
        metrics.waiting.labels(lane).set(report[lane]["events"])
        metrics.oldest_seconds.labels(lane).set(report[lane]["oldest"])
    for stream in ("history", "statuses", "journal"):
        metrics.stream_entries.labels(stream).set(report[stream])
    metrics.journal_missed.set(report["journal_missed"])
