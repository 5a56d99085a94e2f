"""The usual way in Python: a Flask view that checks the signature and delays one Celery task for each webhook.

`gunicorn tests.bench.naive:app`, `celery -A tests.bench.naive:queue worker`. Celery's own defaults, but for JSON.
"""

import hashlib
import hmac
import json
import os

import requests
from celery import Celery
from flask import Flask, request

SECRET = os.environ["WHATSAPP_APP_SECRET"].encode()
MESSAGES_URL = os.environ.get("NAIVE_MESSAGES_URL", "")

app = Flask(__name__)
queue = Celery("naive", broker=os.environ["CELERY_BROKER_URL"])
queue.conf.update(task_ignore_result=True)


@app.post("/api/webhooks/whatsapp")
def receive() -> tuple[str, int]:
    """Check the signature, queue the body, 200."""
    raw = request.get_data()
    wanted = "sha256=" + hmac.new(SECRET, raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, request.headers.get("X-Hub-Signature-256", "")):
        return "", 401
    answer.delay(raw.decode())
    return "", 200


@queue.task
def answer(raw: str) -> None:
    """Read the message and answer it with one POST."""
    for entry in json.loads(raw)["entry"]:
        for change in entry["changes"]:
            for message in change["value"].get("messages", ()):
                _reply(message)


def _reply(message: dict[str, str]) -> None:
    text = {"body": "Karibu! Type *menu* to see what we have."}
    payload = {"messaging_product": "whatsapp", "to": "+" + message["from"], "type": "text", "text": text}
    requests.post(MESSAGES_URL, json=payload, headers={"Authorization": "Bearer token"}, timeout=15)
