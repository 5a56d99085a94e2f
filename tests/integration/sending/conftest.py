"""A bar whose number is at the simulated Meta."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from core.jobs import Job
from core.services.program import Program
from core.store.redis.store import Store
from core.store.sql.tables import Channel
from sandbox.servers import free_port
from sandbox.simulators.control import Simulators
from sandbox.simulators.inbound import WABA_ID
from tests.integration.money.house import make_program
from tests.integration.sending.house import NUMBER, House
from tests.integration.sql.bar import Bar
from tests.integration.sql.conftest import bar, engine, server, sessions
from tests.simulating import simulating

__all__ = ["bar", "engine", "server", "sessions"]


@pytest.fixture(scope="module")
def simulated() -> Iterator[str]:
    values = {
        "WHATSAPP_PHONE_NUMBER_ID": NUMBER, "WHATSAPP_ACCESS_TOKEN": "t", "WHATSAPP_APP_SECRET": "s",
        "WHATSAPP_VERIFY_TOKEN": "v", "KOPOKOPO_CLIENT_ID": "c", "KOPOKOPO_CLIENT_SECRET": "s",
        "KOPOKOPO_API_KEY": "k", "KOPOKOPO_TILL_NUMBER": "K123456",
    }  # fmt: skip
    with simulating(values, f"http://127.0.0.1:{free_port()}") as url:
        yield url


@pytest.fixture
def house(bar: Bar, store: Store, simulated: str) -> House:
    """The bar, its number and the simulator, all fresh."""
    with bar.sessions.begin() as db:
        at_meta: dict[str, Any] = {"api_url": f"{simulated}/graph", "business_account_id": WABA_ID}
        changes = at_meta | {"phone_number_id": NUMBER, "throughput": 1000}
        db.execute(update(Channel).where(Channel.id == bar.channel_id).values(changes))
    simulators = Simulators(simulated)
    simulators.reset()
    simulators.graph.set(statuses=False)
    rung: list[Job] = []
    program: Program = make_program(bar, store, rung.append)
    return House(bar, program, simulators, rung)
