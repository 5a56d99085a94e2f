"""Keys of WhatsApp and of those who take money: typed by an owner, sealed, tested, never shown again."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from core.domain.connections import KINDS
from core.domain.statuses import PaymentStatus, Provider, Role
from core.services.connections import Connection, connections_of, seal
from core.store.sql.tables import Activity, Channel, ProviderAccount
from tests.integration.admin.test_erasing import paid
from tests.integration.admin.venue import DID, Browser, Venue, open_venue
from tests.integration.money.standin import Call, StandIn, stand_in

HERE = "/admin/settings/connections"
TOKEN, SECRET = "EAAG-a-token-of-meta", "a-secret-of-the-app"
WHATSAPP = {
    "phone_number_id": "1065000000", "display_number": "+254 712 345678", "business_account_id": "", "throughput": "80",
    "access_token": TOKEN, "app_secrets": SECRET, "verify_token": "a-word", "active": "y",
}  # fmt: skip
KOPOKOPO = {
    "till_number": "K514459", "calls_per_second": "5", "client_id": "the-client", "client_secret": "the-secret",
    "api_key": "the-key", "active": "y",
}  # fmt: skip
PAYSTACK = {"api_key": "sk_test_abc", "active": "y"}


@pytest.fixture
def owner(venue: Venue) -> Browser:
    venue.role(Role.OWNER)
    with venue.program.sessions.begin() as db:
        number = str(venue.channel_id.int)[:15]
        db.execute(update(Channel).where(Channel.id == venue.channel_id).values(phone_number_id=number))
    return venue.signed_in()


@pytest.fixture
def provider() -> Iterator[StandIn]:
    with stand_in() as server:
        yield server


def seen(venue: Venue, name: str) -> Connection:
    with venue.program.sessions.begin() as db:
        return connections_of(db, venue.workspace_id)[name]


def save(browser: Browser, name: str, typed: dict[str, str], version: int | None = None) -> Any:
    now = seen(browser.venue, name).version if version is None else version
    return browser.post(f"{HERE}/{name}", data=typed | {"version": str(now)})


def check(browser: Browser, name: str) -> str:
    said = browser.post(f"{HERE}/{name}/check", follow_redirects=True)
    assert said.status_code == 200
    return str(said.text)


def whatsapp(venue: Venue) -> Channel:
    with venue.program.sessions.begin() as db:
        return db.get_one(Channel, venue.channel_id)


def account(venue: Venue, provider: Provider) -> ProviderAccount:
    mine = (ProviderAccount.workspace_id == venue.workspace_id, ProviderAccount.provider == provider)
    with venue.program.sessions.begin() as db:
        return db.scalars(select(ProviderAccount).where(*mine)).one()


def pointed(venue: Venue, provider: Provider, server: StandIn) -> None:
    """The account calls the stand-in."""
    row = account(venue, provider)
    with venue.program.sessions.begin() as db:
        db.get_one(ProviderAccount, row.id).settings = row.settings | {"api_url": server.url, "oauth_url": server.url}


def answers(status: int, body: Any) -> Any:
    def reply(call: Call) -> None:
        call.answer(status, json.dumps(body).encode())

    return reply


def test_keys_are_for_owners_alone(venue: Venue, owner: Browser) -> None:
    assert owner.get(HERE).status_code == 200
    venue.role(Role.MANAGER)
    assert owner.get(HERE).status_code == 403
    assert save(owner, "kopokopo", KOPOKOPO).status_code == 403
    assert owner.post(f"{HERE}/kopokopo/check").status_code == 403
    assert HERE not in owner.get("/admin/settings/venue").text


def test_what_was_typed_is_sealed_counts_at_once_and_is_never_shown(venue: Venue, owner: Browser) -> None:
    number = str(venue.channel_id.int)[:14]
    before = venue.program.store.client.get("directory:version")
    assert save(owner, "whatsapp", WHATSAPP | {"phone_number_id": number}).status_code == 302
    assert venue.program.store.client.get("directory:version") != before
    row = whatsapp(venue)
    assert row.secrets == {"access_token": TOKEN, "app_secrets": [SECRET], "verify_token": "a-word"}
    assert row.display_number == "254712345678" and row.phone_number_id == number
    page = owner.get(HERE).text
    assert TOKEN not in page and SECRET not in page and "Set on " in page and number in page
    with venue.program.sessions.begin() as db:
        raw = db.execute(text("select secrets from channels where id = :id"), {"id": venue.channel_id}).scalar_one()
        log = db.scalars(select(Activity).where(Activity.workspace_id == venue.workspace_id, DID)).all()
    assert TOKEN not in raw
    line = next(one for one in log if one.action == "connection_changed")
    assert set(line.detail["secrets"]) == {"access_token", "app_secrets", "verify_token"}
    assert not any(word in json.dumps(line.detail) for word in (TOKEN, SECRET, "254712345678"))


def test_a_key_that_is_not_typed_stays_and_a_typed_one_replaces_it(venue: Venue, owner: Browser) -> None:
    assert save(owner, "kopokopo", KOPOKOPO).status_code == 302
    kept = {"till_number": "K514459", "calls_per_second": "5", "active": "y"}
    assert save(owner, "kopokopo", kept | {"client_secret": "another"}).status_code == 302
    row = account(venue, Provider.KOPOKOPO)
    assert row.secrets == {"client_id": "the-client", "client_secret": "another", "api_key": "the-key"}
    assert row.settings["till_number"] == "K514459" and row.settings["api_url"].startswith("https://")
    assert row.secrets_set["client_secret"] > row.secrets_set["client_id"]
    assert save(owner, "kopokopo", {"till_number": "K1", "calls_per_second": "5"}).status_code == 302
    assert not account(venue, Provider.KOPOKOPO).active and "switched off" in owner.get(HERE).text


def test_what_cannot_be_a_key_is_said_and_no_key_comes_back(venue: Venue, owner: Browser) -> None:
    typed = KOPOKOPO | {"client_secret": "two words", "calls_per_second": "fast"}
    answer = save(owner, "kopokopo", typed)
    assert answer.status_code == 400 and "A key is one word" in answer.text and "Write a whole number" in answer.text
    assert "two words" not in answer.text and "the-key" not in answer.text and 'value="fast"' in answer.text
    missing = save(owner, "paystack", {"active": "y"})
    assert missing.status_code == 409 and "This is needed." in missing.text
    assert save(owner, "mpesa", {}, version=0).status_code == 404
    assert save(owner, "whatsapp", WHATSAPP | {"display_number": "12", "phone_number_id": "x"}).status_code == 400


def test_a_number_belongs_to_one_house(app: Flask, venue: Venue, owner: Browser) -> None:
    other = open_venue(app)
    with venue.program.sessions.begin() as db:
        db.execute(update(Channel).where(Channel.id == other.channel_id).values(phone_number_id="77700077700"))
    answer = save(owner, "whatsapp", WHATSAPP | {"phone_number_id": "77700077700"})
    assert answer.status_code == 409 and "belongs to another house" in answer.text
    with venue.program.sessions.begin() as db:
        db.execute(update(Channel).where(Channel.id == other.channel_id).values(phone_number_id=other.email))
    assert whatsapp(venue).secrets == {}


def test_two_owners_do_not_write_over_each_other(venue: Venue, owner: Browser) -> None:
    assert save(owner, "paystack", PAYSTACK, version=0).status_code == 302
    late = save(owner, "paystack", PAYSTACK | {"api_key": "sk_test_late"}, version=0)
    assert late.status_code == 409 and "Wanjiru changed this" in late.text and "sk_test_late" not in late.text
    assert account(venue, Provider.PAYSTACK).secrets == {"api_key": "sk_test_abc"}


def test_a_whatsapp_number_is_tested_in_plain_words(venue: Venue, owner: Browser, provider: StandIn) -> None:
    assert "Type what is missing first" in check(owner, "whatsapp")
    number = str(venue.channel_id.int)[:13]
    save(owner, "whatsapp", WHATSAPP | {"phone_number_id": number})
    with venue.program.sessions.begin() as db:
        here = {"api_url": provider.url, "api_version": "v25.0"}
        db.execute(update(Channel).where(Channel.id == venue.channel_id).values(**here))
    route = f"GET /v25.0/{number}?fields=display_phone_number,verified_name"
    provider.routes[route] = answers(200, {"display_phone_number": "+254 712 345678", "id": number})
    assert "this is +254 712 345678" in check(owner, "whatsapp")
    assert provider.calls[-1].headers["authorization"] == f"Bearer {TOKEN}"
    refusals = [
        (401, 190, "does not know this access token"),
        (400, 100, "knows no number with this id"),
        (403, 10, "may not use the number"),
        (400, 4711, "with its error 4711"),
    ]
    for status, code, said in refusals:
        provider.routes[route] = answers(status, {"error": {"code": code, "message": "secret words of Meta"}})
        page = check(owner, "whatsapp")
        assert said in page and "secret words" not in page
    provider.routes[route] = answers(500, {})
    assert "does not answer just now" in check(owner, "whatsapp")
    provider.routes[route] = answers(200, {"id": number})
    assert "does not answer just now" in check(owner, "whatsapp")


@pytest.mark.parametrize(
    ("name", "typed", "route", "good", "bad"),
    [
        ("kopokopo", KOPOKOPO, "POST /oauth/token", {"access_token": "t", "expires_in": 3600}, (401, {})),
        ("pesapal", {"consumer_key": "k", "consumer_secret": "s", "active": "y"}, "POST /api/Auth/RequestToken",
         {"token": "t", "status": "200"}, (200, {"error": {"code": "invalid_consumer_key_or_secret_provided"}})),
        ("paystack", PAYSTACK, "GET /transaction?perPage=1", {"status": True, "data": []}, (401, {"status": False})),
    ],
)  # fmt: skip
def test_those_who_take_money_are_asked_whether_they_know_us(
    venue: Venue, owner: Browser, provider: StandIn, name: str, typed: dict[str, str], route: str, good: Any,
    bad: tuple[int, Any],
) -> None:  # fmt: skip
    assert "Type what is missing first" in check(owner, name)
    assert save(owner, name, typed).status_code == 302
    kind = KINDS[name].provider
    assert kind is not None
    pointed(venue, kind, provider)
    provider.routes[route] = answers(200, good)
    assert "and knows these keys" in check(owner, name)
    provider.routes[route] = answers(*bad)
    assert "does not know these keys" in check(owner, name)
    provider.routes[route] = answers(503, {})
    assert "does not answer just now" in check(owner, name)
    assert {urlsplit(call.path).path for call in provider.calls} == {urlsplit(route.split()[1]).path}


def test_who_changes_an_account_reads_what_is_on_its_way_there(app: Flask, venue: Venue, owner: Browser) -> None:
    save(owner, "kopokopo", KOPOKOPO)
    assert "on the way there now" not in owner.get(HERE).text
    for whose in (venue, open_venue(app)):
        prompt = paid(whose, whose.order(), None)
        prompt.status = PaymentStatus.PENDING
        whose.write(prompt)
    assert "1 payment is on the way there now" in owner.get(HERE).text


def test_keys_are_tested_before_the_account_is_switched_on(venue: Venue, owner: Browser, provider: StandIn) -> None:
    save(owner, "kopokopo", {name: value for name, value in KOPOKOPO.items() if name != "active"})
    pointed(venue, Provider.KOPOKOPO, provider)
    provider.routes["POST /oauth/token"] = answers(200, {"access_token": "t", "expires_in": 3600})
    assert "and knows these keys" in check(owner, "kopokopo")
    assert not account(venue, Provider.KOPOKOPO).active


def test_pesapal_is_told_where_to_post_and_again_for_another_merchant(
    venue: Venue, owner: Browser, provider: StandIn
) -> None:
    keys = {"consumer_key": "k", "consumer_secret": "s", "active": "y"}
    assert "Type what is missing first" in owner.post(f"{HERE}/pesapal/arrange", follow_redirects=True).text
    save(owner, "pesapal", keys)
    pointed(venue, Provider.PESAPAL, provider)
    assert "tells us nothing yet" in owner.get(HERE).text
    assert "does not answer just now" in owner.post(f"{HERE}/pesapal/arrange", follow_redirects=True).text
    provider.routes["POST /api/Auth/RequestToken"] = answers(200, {"token": "t", "status": "200"})
    provider.routes["POST /api/URLSetup/RegisterIPN"] = answers(200, {"ipn_id": "an-id", "status": "200"})
    assert "Pesapal tells us of money from now on" in owner.post(f"{HERE}/pesapal/arrange", follow_redirects=True).text
    assert account(venue, Provider.PESAPAL).settings["ipn_id"] == "an-id"
    save(owner, "pesapal", {"consumer_secret": "another", "active": "y"})
    assert account(venue, Provider.PESAPAL).settings["ipn_id"] == "an-id"
    save(owner, "pesapal", {"consumer_key": "another", "active": "y"})
    assert "ipn_id" not in account(venue, Provider.PESAPAL).settings
    assert owner.post(f"{HERE}/paystack/arrange").status_code == 404


def test_the_page_says_that_the_environment_is_stronger(app: Flask, venue: Venue, owner: Browser) -> None:
    with venue.program.sessions.begin() as db:
        db.execute(text("update workspaces set created_at = '2000-01-01' where id = :id"), {"id": venue.workspace_id})
    assert "written over what stands here" in owner.get(HERE).text
    with venue.program.sessions.begin() as db:
        db.execute(text("update workspaces set created_at = now() where id = :id"), {"id": venue.workspace_id})
    open_venue(app)
    assert "written over what stands here" not in owner.get(HERE).text


def test_what_the_environment_writes_anew_has_a_new_date_and_what_it_repeats_has_not() -> None:
    row = Channel(secrets={"access_token": "a", "verify_token": "v"}, secrets_set={"access_token": "long ago"})
    assert seal(row, {"access_token": "a", "verify_token": "v"}) == [] and row.secrets_set == {
        "access_token": "long ago"
    }
    assert seal(row, {"access_token": "b", "verify_token": "v"}) == ["access_token"]
    assert row.secrets == {"access_token": "b", "verify_token": "v"} and row.secrets_set["access_token"] != "long ago"
