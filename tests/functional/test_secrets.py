"""After an evening nobody can read off a log, a key, a queue or a page who the guests were and what opens our doors."""

import base64
import json
import os
import pickle
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
import requests

from core.jobs import HISTORY, QUEUES
from core.settings import load_settings
from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE, Guest
from tests.functional.outside import Outside
from tests.product import Product
from tests.waiting import eventually

SECRETS = (
    "SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN",
    "KOPOKOPO_CLIENT_SECRET", "KOPOKOPO_API_KEY", "FLOWER_BASIC_AUTH",
)  # fmt: skip
BODY = re.compile(rb'"body": ?"([A-Za-z0-9+/=]+)"')
ESSAY = "mango without sugar for my aunt"


@pytest.fixture
def evening(simulators: Simulators, guest: Guest, outside: Outside) -> Guest:
    """A guest with an odd name writes, orders, pays, and is served."""
    guest.name += "\nCRITICAL order paid"
    guest.says(ESSAY)
    guest.reads()
    guest.says("1 coke to table 5")
    guest.taps("M-Pesa")
    guest.reads(simulators.kopokopo.wait_for(phone=guest.phone, status="Success")["receipt"])
    eventually(lambda: outside.message(ESSAY), what="the history")
    return guest


def told(guest: Guest) -> tuple[str, ...]:
    """What gives a guest away: the number in every form, what was written, the name."""
    local = guest.phone.removeprefix("254")
    return (guest.phone, f"0{local}", f"0{local[:3]} {local[3:6]} {local[6:]}", ESSAY, guest.name.partition("\n")[0])


def secrets(product: Product) -> list[str]:
    values = [product.settings[name] for name in SECRETS]
    return [*values, product.settings["FLOWER_BASIC_AUTH"].partition(":")[2], *passwords(product)]


def passwords(product: Product) -> list[str]:
    urls = (product.settings[name] for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"))
    return [found.group(1) for url in urls if (found := re.search(r":([^:@/]+)@", url))]


def test_logs_name_no_guest_and_no_secret(product: Product, evening: Guest) -> None:
    logs = product.logs()
    assert len(logs) > 1000
    assert [word for word in told(evening) if word in logs] == []
    assert [number for number, word in enumerate(secrets(product)) if word in logs] == []


def test_a_name_with_a_line_break_forges_no_line(product: Product, evening: Guest) -> None:
    for log in (product.folder / "data/logs").glob("w*.log"):
        lines = log.read_text(errors="replace").splitlines()
        assert not [line for line in lines if line.startswith("CRITICAL")], log.name
        assert all(json.loads(line) for line in lines if line.startswith("{")), log.name


def test_one_id_leads_from_the_webhook_to_the_reply(product: Product, evening: Guest) -> None:
    found = {path.stem: traces(path) for path in (product.folder / "data/logs").glob("worker-*.log")}
    assert found["worker-turns"] & found["worker-messages"]


def traces(log: Path) -> set[str]:
    return set(re.findall(r'"trace": "([^"]{8,})"', log.read_text(errors="replace")))


def test_keys_of_the_stores_name_no_guest(product: Product, evening: Guest) -> None:
    for name in ("REDIS_URL", "CELERY_BROKER_URL"):
        keys = " ".join(redis.Redis.from_url(product.settings[name], decode_responses=True).scan_iter(count=1000))
        assert keys and [word for word in told(evening) if word in keys] == []


def test_the_broker_was_told_ids_only(product: Product, evening: Guest) -> None:
    """Its append-only file has every task there ever was."""
    written = b"".join(path.read_bytes() for path in (product.folder / "data/broker/appendonlydir").glob("*.aof"))
    bodies = BODY.findall(written)
    assert len(bodies) > 10
    everything = written + b" ".join(base64.b64decode(body) for body in bodies)
    assert [word for word in told(evening) if word.encode() in everything] == []
    assert [number for number, word in enumerate(secrets(product)) if word.encode() in everything] == []


def test_phones_are_sealed_in_the_database(outside: Outside, evening: Guest) -> None:
    sealed = "select c.phone, c.phone_index from customers c where c.name like %s"
    [row] = outside.rows(sealed, evening.name.partition("\n")[0] + "%")
    assert evening.phone[-9:] not in row["phone"] and evening.phone[-9:] not in row["phone_index"]


# --- Flower ---


def flower(product: Product, path: str, signed_in: bool = True) -> requests.Response:
    user, _, password = product.settings["FLOWER_BASIC_AUTH"].partition(":")
    address = f"http://127.0.0.1:{product.environ['FLOWER_PORT']}{path}"
    return requests.get(address, auth=(user, password) if signed_in else None, timeout=PATIENCE)


@pytest.mark.parametrize("path", ["/", "/workers", "/tasks", "/broker", "/api/workers", "/api/tasks"])
def test_flower_opens_to_nobody_without_the_password(product: Product, path: str) -> None:
    assert flower(product, path, signed_in=False).status_code == 401


def test_flower_shows_every_queue_and_no_guest(product: Product, evening: Guest) -> None:
    tasks = eventually(lambda: flower(product, "/api/tasks?limit=2000").json())
    pages = json.dumps(tasks) + flower(product, "/tasks").text
    assert [word for word in told(evening) if word in pages] == []
    eventually(lambda: queues_in_flower(product) >= set(QUEUES), every=1, what="every queue in Flower")


def queues_in_flower(product: Product) -> set[str]:
    flower(product, "/api/workers?refresh=1")  # as its own page of workers does
    return {queue["name"] for queue in flower(product, "/api/queues/length").json()["active_queues"]}


def test_flower_listens_on_this_machine_only(product: Product) -> None:
    [process] = [one for one in product.processes("flower") if "guard" not in " ".join(one.cmdline())]
    assert {one.laddr.ip for one in process.net_connections() if one.status == "LISTEN"} == {"127.0.0.1"}


# --- pickle, and what Python prints ---


class Bomb:
    """Runs something as soon as somebody reads it."""

    def __init__(self, crater: Path) -> None:
        self._crater = crater

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self._crater),)


def test_a_pickle_on_a_queue_is_not_opened(product: Product, outside: Outside, guest: Guest, tmp_path: Path) -> None:
    crater = tmp_path / "crater"
    message = {
        "body": base64.b64encode(pickle.dumps(Bomb(crater))).decode(),
        "content-type": "application/x-python-serialize",
        "content-encoding": "binary",
        "headers": {"task": "history.save_messages", "id": str(uuid4()), "lang": "py"},
        "properties": {
            "delivery_tag": str(uuid4()), "body_encoding": "base64", "delivery_mode": 2, "priority": 0,
            "delivery_info": {"exchange": "", "routing_key": HISTORY},
        },
    }  # fmt: skip
    broker = redis.Redis.from_url(product.settings["CELERY_BROKER_URL"])
    broker.lpush(HISTORY, json.dumps(message))
    text = f"after the bomb {uuid4().hex}"
    guest.says(text)
    eventually(lambda: outside.message(text), what="the same worker at work again")
    eventually(lambda: not broker.llen(HISTORY) and "ContentDisallowed" in product.logs(), what="the refusal")
    assert not crater.exists()


def test_settings_do_not_show_their_secrets(product: Product) -> None:
    shown = repr(load_settings(product.settings))
    assert [number for number, word in enumerate(secrets(product)) if word in shown] == []
