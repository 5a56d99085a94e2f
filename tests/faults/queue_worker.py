"""A Celery worker that does nothing but serve mailboxes: each turn remembers its event's number and answers it.

The queue core alone, without the bar: `celery -A tests.faults.queue_worker:app worker`.
"""

import os
import threading
from time import monotonic

from celery import Celery
from celery.signals import worker_ready

from core.errors import StoreUnavailable
from core.jobs import CONVERSATIONS, MESSAGES, Job
from core.services.ring import Ring
from core.services.serving import serve
from core.store.redis.mailbox import Claim, Ending
from core.store.redis.store import Store
from publishing import publisher

app = Celery("queue", config_source="celeryconfig")
app.conf.update(task_routes=None, beat_schedule={}, worker_send_task_events=False)
store = Store(os.environ["REDIS_URL"])
ring = Ring(publisher(os.environ["CELERY_BROKER_URL"]))
SENT = os.environ["QUEUE_SENT_FILE"]


@app.task(name="conversations.serve", queue=CONVERSATIONS)
def serve_mailboxes(bell: str) -> None:
    """Serve what waits."""
    successor = serve(store.conversations, bell, _take, limit=16)
    if successor:
        ring(Job("conversations.serve", (successor,)))


@app.task(name="messages.send", queue=MESSAGES)
def send(bell: str) -> None:
    """Drain the outbox into a file; one line is one POST."""
    while letter := store.outbox.claim(bell):
        with open(SENT, "a") as sent:
            sent.write(f"{letter.box} {letter.item['number']}\n")
        store.outbox.sent(letter, {"type": "sent", "id": letter.id})


def _take(claims: list[Claim]) -> None:
    bells = store.conversations.commit([(claim, _ending(claim)) for claim in claims])
    ring.all(Job("messages.send", (bell,)) for bell in bells)


def _ending(claim: Claim) -> Ending:
    number = claim.body["number"]
    numbers = [*(claim.session or {"numbers": []})["numbers"], number]
    return Ending(
        session={"numbers": numbers},
        replies=({"id": f"reply-{claim.id}", "number": number},),
        history={"box": claim.box, "number": number},
    )


@worker_ready.connect
def sweep_every_second(**_: object) -> None:
    """The sweep, as the product's workers run it."""
    threading.Thread(target=_sweep_for_ever, daemon=True).start()


def _sweep_for_ever() -> None:
    pause = threading.Event()
    while not pause.wait(1.0):
        try:
            for lane, task in ((store.conversations, "conversations.serve"), (store.outbox, "messages.send")):
                bell = lane.sweep().bell
                if bell:
                    ring(Job(task, (bell,)))
        except StoreUnavailable:
            started = monotonic()
            while monotonic() - started < 0.1:
                pause.wait(0.05)
