"""What an order costs: tips apart from the price, a guest's own discount on all but the tip."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskCliRunner

from core.conversation.profile import Profile
from core.services.customers import find_guest, read_profile
from core.services.program import Program
from core.store.redis.reads import look_at
from core.store.sql.engine import transaction
from core.store.sql.tables import Channel, Customer, Order, Workspace
from tests.integration.sql.bar import Bar, GuestRef
from tests.integration.sql.test_commands import app, shell

__all__ = ["app", "shell"]


def placed(bar: Bar, **changes: Any) -> Order:
    """Two Dawa, as the review showed them."""
    outcome = bar.perform(bar.guest(), bar.place("", Dawa=2) | changes)[0]
    with bar.sessions.begin() as db:
        return db.get_one(Order, UUID(outcome["order_id"]))


def let_off(bar: Bar, percent: int, active: bool = True) -> None:
    """Staff give the guest something off."""
    with transaction(bar.sessions) as db:
        customer = find_guest(db, bar.guest()).customer
        customer.discount_percent, customer.discount_active = Decimal(percent), active


def test_a_tip_is_paid_and_is_no_price(bar: Bar) -> None:
    order = placed(bar, tip="140")
    assert (order.total, order.tip, order.vat) == (1540, 140, Decimal("193.10"))
    asked = bar.perform(bar.guest(), bar.pay(bar.guest(), str(order.id)))[0]
    assert asked["amount"] == "1540"


def test_a_discount_is_off_goods_and_delivery_and_in_the_vat(bar: Bar) -> None:
    let_off(bar, 10)
    order = placed(bar, delivery_fee="200", tip="100", discount_percent="10")
    assert (order.discount, order.total) == (160, 1540)
    assert order.vat == Decimal("198.62")


def test_who_was_given_a_discount_since_the_review_pays_less(bar: Bar) -> None:
    let_off(bar, 10)
    assert placed(bar).total == 1260


def test_what_the_review_showed_is_never_exceeded(bar: Bar) -> None:
    let_off(bar, 10, active=False)
    assert placed(bar, discount_percent="10").total == 1260
    assert placed(bar).total == 1400


def test_the_chat_knows_of_it(bar: Bar) -> None:
    let_off(bar, 15)
    with transaction(bar.sessions) as db:
        assert Profile.of(read_profile(db, bar.guest())).discount == "15"


def test_a_discount_by_command_counts_with_the_next_message(app: Flask, shell: FlaskCliRunner) -> None:
    shell.invoke(args=["seed"])
    program: Program = app.extensions["program"]
    with transaction(program.sessions) as db:
        workspace_id = db.query(Workspace).one().id
        channel = db.query(Channel).filter_by(workspace_id=workspace_id).one()
        find_guest(db, GuestRef(workspace_id, channel.id, "box-1", "", "254712345678", "Jane"))
    said = shell.invoke(args=["discount", "--phone", "0712 345 678", "--percent", "10"])
    assert said.exit_code == 0, said.output
    assert (look_at(program.store.client, "box-1").profile or {})["discount"] == "10"
    assert shell.invoke(args=["discount", "--phone", "0712345678", "--off"]).exit_code == 0
    with transaction(program.sessions) as db:
        customer = db.query(Customer).one()
        assert (customer.discount_percent, customer.discount_active) == (10, False)
    assert "Nobody has written" in shell.invoke(args=["discount", "--phone", "0799000111", "--percent", "5"]).output
