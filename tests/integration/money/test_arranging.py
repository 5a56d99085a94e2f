"""What is arranged with providers by command, and where a guest's browser comes back to."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.domain.statuses import Provider
from core.errors import Rejected, TryAgain
from core.providers.kopokopo.subscriptions import TOPICS
from core.services import provider_setup, web_links
from core.services.payment_accounts import account_of, reference_of
from core.store.sql.tables import Payment, Workspace
from sandbox.simulators.control import Simulators
from tests.integration.money.house import House
from tests.integration.money.simulated import IPN_ID, simulated, simulators, web_port
from tests.integration.money.test_links import asks, order
from webapp import pay_return

__all__ = ["simulated", "simulators", "web_port"]


@pytest.fixture
def slug(house: House) -> str:
    with house.bar.sessions.begin() as db:
        return db.get_one(Workspace, house.bar.workspace_id).slug


def test_the_till_is_subscribed_and_looked_after(house: House, simulators: Simulators, slug: str) -> None:
    before = provider_setup.check_till(house.program, slug)
    assert [(one.topic, one.status) for one in before] == [(topic, "never made") for topic in TOPICS]
    made = provider_setup.subscribe_till(house.program, slug)
    assert all(one.active and one.handle for one in made)
    assert provider_setup.check_till(house.program, slug) == made


def test_a_subscription_that_leads_elsewhere_is_not_ours(house: House, simulators: Simulators, slug: str) -> None:
    provider_setup.subscribe_till(house.program, slug)
    object.__setattr__(house.program.settings, "public_base_url", "https://moved.example.co.ke")
    assert {one.status for one in provider_setup.check_till(house.program, slug)} == {"leads elsewhere"}


def test_an_address_for_notifications_is_registered_and_used(house: House, simulators: Simulators, slug: str) -> None:
    ipn_id = provider_setup.register_ipn(house.program, slug)
    found, ours = provider_setup.list_ipns(house.program, slug)
    assert ours == ipn_id != IPN_ID
    assert {one["ipn_id"] for one in found} >= {IPN_ID, ipn_id}
    with house.bar.sessions.begin() as db:
        account = account_of(db, house.bar.workspace_id, Provider.PESAPAL)
    assert account and account.settings["ipn_id"] == ipn_id and account.settings["api_url"]
    assert asks(house, order(house), "pesapal")["result"] == "requested"


def test_a_provider_that_does_not_answer_or_is_not_there_is_said(
    house: House, simulators: Simulators, slug: str
) -> None:
    simulators.pesapal.fails("register", "garbage")
    with pytest.raises(TryAgain):
        provider_setup.register_ipn(house.program, slug)
    with pytest.raises(Rejected, match="no_such_workspace"):
        provider_setup.register_ipn(house.program, "nowhere")


# --- coming back ---


@pytest.fixture
def client(house: House, simulators: Simulators) -> FlaskClient:
    web_links.install(web_links.WebLinks("a secret of these tests", "https://bar.example.co.ke"))
    app = Flask(__name__)
    app.extensions["program"] = house.program
    app.register_blueprint(pay_return.blueprint)
    return app.test_client()


def test_who_comes_back_is_shown_where_things_stand_and_we_go_and_ask(house: House, client: FlaskClient) -> None:
    order_id = order(house)
    payment_id = asks(house, order_id, "paystack")["payment_id"]
    house.rung.clear()
    address = f"/pay/return/{reference_of(house.program, payment_id)}"
    answers = [client.get(address) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 3
    page = web_links.installed().read(answers[0].headers["Location"].rpartition("/")[2])
    assert (page.workspace_id, page.subject) == (house.bar.workspace_id, order_id)
    assert [job.args for job in house.rung] == [(payment_id,)]


def test_the_address_of_an_older_payment_leads_nowhere(house: House, client: FlaskClient) -> None:
    payment_id = asks(house, order(house), "paystack")["payment_id"]
    with house.bar.sessions.begin() as db:
        db.get_one(Payment, UUID(payment_id)).created_at -= timedelta(days=1)
    assert client.get(f"/pay/return/{reference_of(house.program, payment_id)}").status_code == 404


@pytest.mark.parametrize("reference", ["x", "5b0f6a0e-0000-4000-8000-000000000009", "a.b"])
def test_an_address_we_never_gave_is_nowhere(house: House, client: FlaskClient, reference: str) -> None:
    assert client.get(f"/pay/return/{reference}").status_code == 404
    assert house.rung == []
