"""The house with its providers simulated: they post to our own webhooks over HTTP."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.serving import make_server

from core.domain.statuses import Provider
from core.store.sql.tables import ProviderAccount
from sandbox.servers import free_port
from sandbox.simulators.control import Simulators
from tests.integration.money.house import House
from tests.integration.money.kopokopo import API_KEY, TILL
from tests.simulating import simulating
from webapp.webhooks import money, pesapal

IPN_ID, CARD_KEY = "9a1b0000-0000-4000-8000-000000000001", "sk_test_of_these_tests"


@pytest.fixture(scope="session")
def web_port() -> int:
    """Where our webhooks listen."""
    return free_port()


@pytest.fixture(scope="session")
def simulated(web_port: int) -> Iterator[str]:
    values = {
        "WHATSAPP_PHONE_NUMBER_ID": "1", "WHATSAPP_ACCESS_TOKEN": "t", "WHATSAPP_APP_SECRET": "s",
        "WHATSAPP_VERIFY_TOKEN": "v", "KOPOKOPO_CLIENT_ID": f"client of {TILL}", "KOPOKOPO_CLIENT_SECRET": "s",
        "KOPOKOPO_API_KEY": API_KEY, "KOPOKOPO_TILL_NUMBER": TILL, "PESAPAL_CONSUMER_KEY": "consumer",
        "PESAPAL_CONSUMER_SECRET": "s", "PESAPAL_IPN_ID": IPN_ID, "PAYSTACK_SECRET_KEY": CARD_KEY,
    }  # fmt: skip
    with simulating(values, f"http://127.0.0.1:{web_port}") as url:
        yield url


@pytest.fixture
def simulators(house: House, simulated: str, web_port: int) -> Iterator[Simulators]:
    """The simulators fresh, our accounts pointing at them, our webhooks listening."""
    _open_accounts(house, simulated)
    object.__setattr__(house.program.settings, "public_base_url", f"http://127.0.0.1:{web_port}")
    found = Simulators(simulated)
    found.reset()
    found.kopokopo.set(prompt_after=0, decide_after=0, callback_after=0, dialog_life=0.2)
    app = Flask(__name__)
    app.extensions["program"] = house.program
    for blueprint in (*money.blueprints, pesapal.blueprint):
        app.register_blueprint(blueprint)
    server = make_server("127.0.0.1", web_port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def _open_accounts(house: House, simulated: str) -> None:
    url = f"{simulated}/kopokopo"
    cards = {
        Provider.PESAPAL: (
            {"consumer_key": "consumer", "consumer_secret": "s"},
            {"api_url": f"{simulated}/pesapal", "ipn_id": IPN_ID},
        ),
        Provider.PAYSTACK: ({"api_key": CARD_KEY}, {"api_url": f"{simulated}/paystack"}),
    }
    with house.bar.sessions.begin() as db:
        settings = {"api_url": url, "oauth_url": url, "till_number": TILL}
        db.execute(update(ProviderAccount).values(settings=settings))
        for provider, (sealed, plain) in cards.items():
            db.add(
                ProviderAccount(workspace_id=house.bar.workspace_id, provider=provider, secrets=sealed, settings=plain)
            )
