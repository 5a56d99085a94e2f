"""Gunicorn itself: streams from any of its processes, and an end that does not wait for open boards."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from json import loads
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from sandbox.servers import free_port
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
    token = TOKEN.search(browser.get(f"{address}/admin/login", timeout=10).text)
    assert token
    data = {"email": venue.email, "password": PASSWORD, "csrf_token": token.group(1)}
    assert browser.post(f"{address}/admin/login", data=data, timeout=10).url.endswith("/admin/board")
    return browser


def listen(browser: requests.Session, address: str) -> Iterator[str]:
    answer = browser.get(f"{address}/admin/board/events", stream=True, timeout=30)
    lines = (line for line in answer.iter_lines(chunk_size=None, decode_unicode=True) if line.startswith("data: "))
    assert loads(next(lines)[6:]) == {"live": True}
    return lines


def test_ten_boards_over_two_processes_all_hear_of_an_order(web: Web, venue: Venue) -> None:
    browser = signed_in(web.address, venue)
    boards = [listen(browser, web.address) for _ in range(10)]
    order_id = venue.order()
    assert {loads(next(board)[6:])["order_id"] for board in boards} == {str(order_id)}


def test_the_process_ends_in_time_although_boards_are_open(web: Web, venue: Venue) -> None:
    boards = [listen(signed_in(web.address, venue), web.address) for _ in range(3)]
    web.process.send_signal(signal.SIGTERM)
    assert web.process.wait(timeout=8) == 0
    assert [list(board) for board in boards] == [[], [], []]
