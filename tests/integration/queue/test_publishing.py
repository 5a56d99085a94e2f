"""What is published goes to its queue, and is not done when it is long too late."""

import json
from datetime import UTC, datetime

import pytest
import redis

from core.jobs import CONVERSATIONS, PAYMENTS, SERVE_CONVERSATIONS, Job, request_payment
from publishing import publisher
from sandbox.servers import RedisServer


@pytest.mark.parametrize(
    ("job", "queue", "seconds"),
    [(Job(SERVE_CONVERSATIONS, ("bell",)), CONVERSATIONS, 10), (request_payment("one"), PAYMENTS, 30)],
)
def test_a_job_nobody_took_in_time_is_not_done_hours_later(
    mailbox_server: RedisServer, job: Job, queue: str, seconds: int
) -> None:
    broker_url = mailbox_server.url.removesuffix("0") + "1"
    publisher(broker_url)(job)
    headers = json.loads(str(redis.Redis.from_url(broker_url, decode_responses=True).lpop(queue)))["headers"]
    left = (datetime.fromisoformat(headers["expires"]) - datetime.now(UTC)).total_seconds()
    assert headers["task"] == job.task
    assert seconds - 5 < left <= seconds
