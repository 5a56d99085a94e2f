"""A house practises in the running product: the whole way to the board, and nothing leaves; then it is real again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

import pytest

from core.store.redis.store import Store
from sandbox.simulators.inbound import Sender, inbound_text
from tests.functional.outside import Outside, Row, Staff, new_name
from tests.integration.money.kopokopo import KopoKopoStandIn
from tests.integration.money.standin import Call, StandIn, stand_in
from tests.waiting import eventually

# A house beside the first and like it, but for the address of whom it calls: all that leaves it comes to one place.
HOUSE = """
    with given as (select %s as number, %s as url, %s as till, c.*, c.workspace_id as first from channels c
                   where c.phone_number_id = %s),
        house as (insert into workspaces (name, slug) select 'Practice', number from given returning id),
        line as (
            insert into channels (workspace_id, kind, phone_number_id, api_url, api_version, secrets)
            select house.id, kind, number, url, 'v25.0', secrets from house, given),
        till as (
            insert into provider_accounts (workspace_id, provider, secrets, settings)
            select house.id, p.provider, p.secrets,
                jsonb_build_object('api_url', url, 'oauth_url', url, 'till_number', till)
            from house, given join provider_accounts p on p.workspace_id = given.first and p.provider = 'kopokopo'),
        staff as (
            insert into memberships (workspace_id, user_id, role)
            select house.id, m.user_id, m.role
            from house, given join memberships m on m.workspace_id = given.first and m.role = 'owner'),
        heading as (
            insert into categories (workspace_id, name, slug) select id, 'Soft drinks', 'soft' from house
            returning id, workspace_id),
        drink as (
            insert into products (workspace_id, category_id, name, slug, price, station, on_hand)
            select workspace_id, id, 'Sprite', 'sprite', 150, 'BAR', 9 from heading
            returning id, workspace_id, on_hand)
    insert into stock_movements (workspace_id, product_id, quantity, reason)
    select workspace_id, id, on_hand, 'RECEIVED' from drink
"""
Seen = TypeVar("Seen")
TILL = "K654321"
BOOKS = ("payments", "receipts", "ledger_lines", "invoices", "stock_movements")


@dataclass
class House:
    """The second house, and who works there."""

    outside: Outside
    number: str
    staff: Staff
    id: str

    def hears(self, guest: Sender, text: str, until: Callable[[], Seen | None]) -> Seen:
        """A guest writes to this house, which is new: each web process learns of its number when it meets it. So Meta
        says it again, one message all the same, until it is seen to have been heard."""
        said = inbound_text(self.number, guest, text)
        return eventually(
            lambda: (self.outside.meta_posts(said).status_code == 200 and until()) or None, every=0.5, what=text
        )

    def orders(self, guest: Sender, until: Callable[[], Seen | None]) -> Seen:
        """They order, and say that they pay once they were shown what; answers what came of it."""
        shown = len(self.reviews())
        self.hears(guest, "1 sprite to table 5", lambda: len(self.reviews()) > shown)
        return self.hears(guest, "pay", until)

    def reviews(self) -> list[Row]:
        """What the bot said of a Sprite."""
        return self.rows("messages", "and kind = 'reply' and position('Sprite' in body) > 0")

    def paid(self, guest: Sender) -> Row | None:
        """Their newest order, if it is."""
        order = self.outside.order_of(guest.name)
        return order if order and order["status"] == "PAID" else None

    def rows(self, table: str, more: str = "") -> list[Row]:
        """What stands there of this house."""
        return self.outside.rows(f"select * from {table} where workspace_id = %s {more}", self.id)

    def switches(self, **how: str) -> None:
        """The owner's tap."""
        [house] = self.outside.rows("select version from workspaces where id = %s", self.id)
        answer = self.staff.posts("/admin/settings/practice", version=str(house["version"]), **how)
        assert answer.status_code == 200, answer.status_code


@contextmanager
def second_house(outside: Outside, world: StandIn) -> Iterator[House]:
    staff, number, store = outside.staff(), uuid4().hex, Store(outside.product.settings["REDIS_URL"])
    outside.change(HOUSE, number, world.url, TILL, outside.number)
    [made] = outside.rows("select id from workspaces where slug = %s", number)
    store.directory_changed()
    staff.posts(f"/admin/houses/{made['id']}")
    try:
        yield House(outside, number, staff, str(made["id"]))
    finally:
        for table in ("channels", "provider_accounts", "memberships"):
            outside.change(f"update {table} set active = false where workspace_id = %s", made["id"])
        store.directory_changed()


@pytest.fixture
def world() -> Iterator[StandIn]:
    """Whom the second house calls; it remembers each call."""
    with stand_in() as server:
        yield server


@pytest.fixture
def house(outside: Outside, world: StandIn) -> Iterator[House]:
    with second_house(outside, world) as house:
        yield house


def take_message(call: Call) -> None:
    call.answer(200, {"messages": [{"id": f"wamid.{uuid4().hex}"}]})


def test_a_practised_order_is_made_and_nothing_leaves_the_house(house: House, outside: Outside, world: StandIn) -> None:
    kopokopo, guest = KopoKopoStandIn(world), Sender.of("254711000001", new_name())
    world.routes[f"POST /v25.0/{house.number}/messages"] = take_message

    house.switches()
    assert "nobody is charged" in house.staff.reads("/admin/board")
    practised = house.orders(guest, lambda: house.paid(guest))
    [card] = house.staff.board()["orders"]
    assert (card["id"], card["practice"]) == (str(practised["id"]), True)
    assert house.staff.moves(card, "READY").status_code == 200
    ready = "and kind = 'order_status' and status = 'practice'"
    eventually(lambda: house.rows("messages", ready), what="the news to stay in the house")
    assert {row["status"] for row in house.rows("messages", "and direction = 'out'")} == {"practice"}
    assert world.calls == []
    assert {table: len(house.rows(table)) for table in BOOKS} == dict.fromkeys(BOOKS, 0) | {"stock_movements": 1}
    assert "150" not in house.staff.reads("/admin/reports/report.csv")

    house.switches(off="yes")
    assert house.staff.board()["orders"] == []
    [prompt] = house.orders(guest, lambda: kopokopo.prompts)
    kopokopo.pay(prompt, till_number=TILL)
    eventually(lambda: house.rows("payments", "and status = 'PENDING'"), what="the answer to be written down")
    outside.change("update payments set next_check_at = now() where workspace_id = %s", house.id)
    real = eventually(lambda: house.paid(guest), what="the money")
    assert (real["practice"], len(house.rows("receipts"))) == (False, 1)
    sent = "and event_id in (select id::text from outbox where kind = 'payment_settled') and status = 'sent'"
    eventually(lambda: house.rows("messages", sent), what="the thank-you to leave")
    assert house.staff.moves(house.staff.board()["orders"][0], "SERVED").status_code == 200
    outside.clean()
