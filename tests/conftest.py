"""What every suite shares: a mailbox store, a browser and a running product; and no silent skips in CI."""

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from core.store.redis.store import Store
from sandbox.servers import RedisServer
from sandbox.simulators.guest import PATIENCE
from tests.product import Product

# Where nothing may be kept compiled, each of the hundred processes of a run compiles the whole program again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# How fast examples are found says something of the machine, nothing of the program.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# Whoever has servers of their own, or needs none, may run beside the rest of the folder.
ALONE = ("tests/faults/", "tests/unit/", "tests/model/", "tests/functional/test_night.py")
LONGEST = ("test_crash_points", "test_chaos_night", "tests/functional")
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def mailbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real store, durable as in production."""
    with RedisServer(tmp_path_factory.mktemp("mailboxes")) as server:
        yield server


@pytest.fixture
def store(mailbox_server: RedisServer) -> Store:
    """An empty mailbox store."""
    store = Store(mailbox_server.url)
    store.client.flushall()
    return store


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, running: one for all who come to it from outside, unless they hurt it in a way of their own."""
    with Product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser per process: Playwright refuses a second one beside the first."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE * 1000)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Full lengths only where they are asked for. What takes long begins first, so that nobody waits for it alone."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))
    if not os.environ.get("PROVE"):
        slow = [item for item in items if "slow" in item.keywords]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if "slow" not in item.keywords]


class BySuite(LoadScopeScheduling):
    """A suite with servers of its own stays in one process, from its first test to its last."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(ALONE):
            return nodeid.partition("::")[0]
        folder, *inside = Path(nodeid.partition("::")[0]).parts[1:-1] or ("tests",)
        return "/".join(("functional" if folder == "browser" else folder, *inside))  # those two share one product


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySuite:
    """Who runs what under `-n`."""
    return BySuite(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one: there everything it needs can be installed."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
