"""Gunicorn itself: streams from any of its processes, and an end that does not wait for open boards."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from json import loads
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
import requests

from core.store.sql.tables import Channel
from sandbox.servers import PostgresServer, free_port
from sandbox.simulators.guest import PATIENCE
from sandbox.simulators.inbound import Sender, inbound_text, sign
from tests.integration.admin.venue import PASSWORD, TOKEN, Venue
from tests.waiting import eventually

PROJECT = Path(__file__).resolve().parents[3]


class Web(NamedTuple):
    """A running gunicorn and where it answers."""

    process: subprocess.Popen[bytes]
    address: str

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz", timeout=2).ok
        except requests.RequestException:
            return False


@pytest.fixture
def web(environ: dict[str, str], tmp_path: Path) -> Iterator[Web]:
    with serving(environ, tmp_path) as web:
        yield web


@contextmanager
def serving(environ: dict[str, str], tmp_path: Path) -> Iterator[Web]:
    environment = os.environ | environ | {"PORT": str(free_port())}
    command = [sys.executable, "-m", "gunicorn", "-c", "webapp/gunicorn.py", "wsgi:app"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        web = Web(process, f"http://127.0.0.1:{environment['PORT']}")
        eventually(web.answers, seconds=40)
        yield web
    finally:
        process.terminate()
        process.wait()


def signed_in(address: str, venue: Venue) -> requests.Session:
    browser = requests.Session()
    token = TOKEN.search(browser.get(f"{address}/admin/login", timeout=PATIENCE).text)
    assert token
    data = {"email": venue.email, "password": PASSWORD, "csrf_token": token.group(1)}
    assert browser.post(f"{address}/admin/login", data=data, timeout=PATIENCE).url.endswith("/admin/board")
    return browser


def listen(browser: requests.Session, address: str, stream: str = "board/events") -> Iterator[str]:
    answer = browser.get(f"{address}/admin/{stream}", stream=True, timeout=PATIENCE)
    lines = (line for line in answer.iter_lines(chunk_size=None, decode_unicode=True) if line.startswith("data: "))
    assert loads(next(lines)[6:]) == {"live": True}
    return lines


def test_ten_boards_over_two_processes_all_hear_of_an_order(web: Web, venue: Venue) -> None:
    browser = signed_in(web.address, venue)
    boards = [listen(browser, web.address) for _ in range(10)]
    order_id = venue.order()
    assert {loads(next(board)[6:])["order_id"] for board in boards} == {str(order_id)}


def test_the_process_ends_in_time_although_boards_and_lists_are_open(web: Web, venue: Venue) -> None:
    browser = signed_in(web.address, venue)
    boards = [listen(browser, web.address, stream) for stream in ("board/events", "changes", "changes")]
    web.process.send_signal(signal.SIGTERM)
    assert web.process.wait(timeout=8) == 0
    assert [list(board) for board in boards] == [[], [], []]


def test_under_gevent_a_database_that_hangs_holds_up_no_webhook(
    environ: dict[str, str], tmp_path: Path, venue: Venue, postgres_server: PostgresServer
) -> None:
    with venue.program.sessions.begin() as db:
        channel = db.get_one(Channel, venue.channel_id)
        channel.secrets, number = {"app_secrets": [venue.email]}, channel.phone_number_id
    with serving(environ | {"WEB_WORKER_CLASS": "gevent_pywsgi", "WEB_WORKERS": "1"}, tmp_path) as web:
        eventually(lambda: posted(web, number, venue.email)[0] == 200, what="the first reading of the channels")
        postgres_server.freeze()
        try:
            venue.program.store.directory_changed()
            answers = [posted(web, number, venue.email) for _ in range(10)]
        finally:
            postgres_server.thaw()
    assert {code for code, _ in answers} == {200}
    assert max(seconds for _, seconds in answers) < 2


def posted(web: Web, number: str, secret: str) -> tuple[int, float]:
    raw = inbound_text(number, Sender(uuid4().hex, "254712345678", "Amina"), "hi")
    headers = {"X-Hub-Signature-256": sign(secret, raw)}
    answer = requests.post(f"{web.address}/api/webhooks/whatsapp", data=raw, headers=headers, timeout=PATIENCE)
    return answer.status_code, answer.elapsed.total_seconds()
