"""The system as a whole: what nobody notices missing until a night goes wrong.

Routes behind the login: tests/integration/admin/test_pages.py. Up, down and up again through the migrations, empty and
seeded: tests/integration/sql/test_tables.py. What each state says: tests/unit/conversation/test_states.py.
"""

import base64
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from alembic.script import ScriptDirectory
from flask import Flask
from prometheus_client import REGISTRY

import celeryconfig
from core import jobs
from core.conversation import states, texts
from core.conversation.own_words import LIMITS, LONGEST
from core.conversation.session import State
from core.domain import orders, payments
from core.domain.statuses import MessageStatus, OrderStatus, PaymentStatus
from core.services import statuses
from core.settings import LOG_LEVELS, load_settings
from sandbox import programs
from sandbox.environment import Environment
from sandbox.folder import setting_names
from webapp import create_app
from workers.app import app as celery

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = [path for folder in ("core", "webapp", "workers", "sandbox") for path in (PROJECT / folder).rglob("*.py")]
NOBODY = "127.0.0.1:1"
ENVIRON = {
    "ENVIRONMENT": "test",
    "PUBLIC_BASE_URL": "http://localhost",
    "DATABASE_URL": f"postgresql://{NOBODY}/none",
    "REDIS_URL": f"redis://{NOBODY}/0",
    "CELERY_BROKER_URL": f"redis://{NOBODY}/1",
    "SECRET_KEY": "only for these tests",
    "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(bytes(32)).decode(),
}


def test_imports_point_inward() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


# --- queues, tasks, workers ---


def our_tasks() -> dict[str, Any]:
    celery.loader.import_default_modules()
    return {name: task for name, task in celery.tasks.items() if not name.startswith("celery.")}


def test_every_task_names_its_queue_and_is_sent_there() -> None:
    for name, task in our_tasks().items():
        assert jobs.queue_of(name) in jobs.QUEUES, name
        assert task.app.amqp.router.route({}, name)["queue"].name == jobs.queue_of(name), name


def test_every_name_of_a_task_is_a_task() -> None:
    words = {value for name, value in vars(jobs).items() if name.isupper() and isinstance(value, str)}
    assert words - set(jobs.QUEUES) == set(our_tasks())
    assert set(jobs.TASKS) == set(our_tasks())


def test_beat_asks_only_for_tasks_there_are() -> None:
    assert {entry["task"] for entry in celeryconfig.beat_schedule.values()} <= set(our_tasks())


def test_every_queue_is_consumed_by_one_group_of_workers() -> None:
    consumed = [queue for group in jobs.WORKER_GROUPS for queue in group.queues]
    assert sorted(consumed) == sorted(jobs.QUEUES)


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"])


def worker_words(command: list[str]) -> list[str]:
    return command[command.index("worker") :]


def test_compose_and_sandbox_start_the_same_workers(tmp_path: Path) -> None:
    environment = Environment({"FLOWER_PORT": "5555"}, tmp_path, (), simulated=False)
    ours = [list(program.command) for program in programs.lasting(environment)]
    sandbox = [worker_words(command) for command in ours if "worker" in command]
    services = [shlex.split(service.get("command") or "") for service in compose().values() if is_celery(service)]
    deployed = [worker_words(command) for command in services if "worker" in command]
    wanted = [["worker", *group.options(), *programs.WORKER_OPTIONS] for group in jobs.WORKER_GROUPS]
    assert sorted(sandbox) == sorted(wanted)
    assert sorted(deployed) == sorted(wanted)


def test_prometheus_asks_every_worker() -> None:
    asked = (PROJECT / "deploy/prometheus.yml").read_text()
    assert [name for name in compose() if name.startswith("worker-") and f"- {name}:9100" not in asked] == []


def is_celery(service: dict[str, Any]) -> bool:
    return str(service.get("command")).startswith("celery ")


@pytest.mark.parametrize("word", ["beat", "flower"])
def test_compose_starts_one_beat_and_one_flower(word: str) -> None:
    found = [service for service in compose().values() if is_celery(service) and f" {word} " in service["command"]]
    assert len(found) == 1 and "deploy" not in found[0]


def test_nothing_but_the_proxy_is_reached_from_outside() -> None:
    for name, service in compose().items():
        ports = [str(port) for port in service.get("ports", ())]
        assert name == "proxy" or all(port.startswith("127.0.0.1:") for port in ports), name


def test_the_proxy_reaches_every_refusal_of_its_own() -> None:
    """`handle` sorts before `respond`: beside one, a bare `respond` is never reached."""
    lines = (PROJECT / "deploy/Caddyfile").read_text().splitlines()
    handles = [number for number, line in enumerate(lines) if "respond" in line.split("#")[0]]
    assert handles and all(lines[number - 1].lstrip().startswith("handle @") for number in handles)


def test_the_image_has_every_module_of_ours() -> None:
    copied = (PROJECT / "deploy/Dockerfile").read_text()
    let_in = (PROJECT / ".dockerignore").read_text().split()
    for module in PROJECT.glob("*.py"):
        assert re.search(rf"^COPY .*\b{module.name} ", copied, re.MULTILINE), module.name
        assert f"!{module.name}" in let_in, module.name


def test_ours_always_come_back_and_never_run_as_root() -> None:
    for name, service in compose().items():
        assert service["restart"] in ("always", "on-failure"), name
    assert re.search(r"^USER (?!root)\w+", (PROJECT / "deploy/Dockerfile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("task_time_limit", 60),
        ("task_soft_time_limit", 45),
        ("worker_prefetch_multiplier", 1),
        ("task_ignore_result", True),
        ("result_backend", None),
        ("broker_connection_retry_on_startup", True),
        ("broker_connection_max_retries", None),
        ("task_serializer", "json"),
        ("accept_content", ["json"]),
        ("result_accept_content", ["json"]),
        ("worker_cancel_long_running_tasks_on_connection_loss", False),
        ("worker_max_tasks_per_child", 20_000),
        ("worker_max_memory_per_child", 300_000),
    ],
)
def test_each_setting_that_guards_against_an_incident_is_set(name: str, wanted: object) -> None:
    assert getattr(celeryconfig, name) == wanted
    assert celery.conf[name] == wanted


def test_every_connection_to_the_broker_is_bounded_in_time() -> None:
    options = celeryconfig.broker_transport_options
    wanted = {
        "visibility_timeout": 300, "unacked_restore_interval": 5, "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 30, "socket_timeout": 5, "socket_connect_timeout": 3, "socket_keepalive": True,
        "health_check_interval": 10,
    }  # fmt: skip
    assert options == wanted
    assert celeryconfig.task_time_limit * 2 <= options["visibility_timeout"]


# --- the store ---


def test_every_stream_of_the_store_is_bounded() -> None:
    scripts = "".join(path.read_text() for path in (PROJECT / "core/store/redis/lua").glob("*.lua"))
    appending = [line for line in scripts.splitlines() if "'XADD'" in line]
    assert appending and all("'MAXLEN'" in line for line in appending)


def test_every_alert_measures_what_there_is() -> None:
    rules = yaml.safe_load((PROJECT / "deploy/alerts.yml").read_text())["groups"][0]["rules"]
    known = {family.name + "_total" * (family.type == "counter") for family in REGISTRY.collect()}
    for rule in rules:
        assert set(re.findall(r"bar_\w+", rule["expr"])) <= known, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "action"}


# --- the web ---


@pytest.fixture(scope="module")
def web() -> Flask:
    return create_app(load_settings(ENVIRON))


def test_every_webhook_refuses_what_is_not_signed(web: Flask) -> None:
    rules = [rule for rule in web.url_map.iter_rules() if rule.rule.startswith("/api/webhooks/")]
    posts = [rule.rule for rule in rules if "POST" in (rule.methods or ())]
    assert {"/api/webhooks/whatsapp", "/api/webhooks/payment", "/api/webhooks/paystack"} <= set(posts)
    # Pesapal signs nothing: what it posts is a hint, and is answered alike whether it means anything or not.
    for address in set(posts) - {"/api/webhooks/pesapal"}:
        for body in (b"{}", b"", b"\xff"):
            assert web.test_client().post(address, data=body).status_code == 401, address


# --- the conversation ---


def test_every_state_is_reached_from_a_greeting_and_can_be_left() -> None:
    anywhere = {state for action in states.ACTIONS.values() for state in action.leads_to}
    assert set(states.STATES) == set(State)
    assert anywhere - {State.TALKING_TO_STAFF}, "from every state a word or a tap leads on"
    reached, left = {State.GREETING}, [State.GREETING]
    while left:
        fresh = (states.STATES[left.pop()].leads_to | anywhere) - reached
        reached |= fresh
        left += fresh
    conclusions = {state for conclusion in states.CONCLUSIONS.values() for state in conclusion.leads_to}
    news = {state for telling in states.NEWS.values() for state in telling.leads_to}
    assert reached | conclusions | news == set(State)


@pytest.mark.parametrize(
    ("names", "limit"),
    [*LIMITS.items(), ("", LONGEST)],
)
def test_what_guests_read_fits(names: str, limit: int) -> None:
    for name, text in vars(texts).items():
        mine = name.startswith(names) if names.endswith("_") or not names else name.endswith(names)
        if mine and name.isupper() and isinstance(text, str):
            filled = re.sub(r"\{\w+\}", "", text)
            assert len(filled.encode("utf-16-le")) // 2 <= limit, name


# --- statuses ---


def test_every_table_of_statuses_names_every_status() -> None:
    assert {status for move in orders.MOVES for status in move[:2]} == set(OrderStatus)
    assert {status for move in payments.MOVES for status in move[:2]} == set(PaymentStatus)
    assert set(statuses.RANK) == set(MessageStatus)
    ours = {MessageStatus.QUEUED, MessageStatus.UNKNOWN, MessageStatus.PRACTICE}  # of these Meta says nothing
    assert set(statuses.WORDS.values()) == set(MessageStatus) - ours
    assert set(texts.STATUS) == set(OrderStatus)


def test_every_reason_of_a_failed_payment_has_words_for_the_guest() -> None:
    assert set(texts.FAILED) <= set(payments.Reason)
    assert payments.Reason.OTHER in texts.FAILED


# --- settings and migrations ---


def test_every_setting_is_in_the_example_and_the_example_has_no_other() -> None:
    read = set(re.findall(r'"([A-Z][A-Z_]{3,})"', (PROJECT / "core/settings.py").read_text())) - set(LOG_LEVELS)
    known = set(setting_names())
    assert read <= known
    elsewhere = "".join(path.read_text() for path in SOURCES) + (PROJECT / "docker-compose.yml").read_text()
    assert not [name for name in known - read if name not in elsewhere]


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(PROJECT / "migrations")).get_heads()) == 1
