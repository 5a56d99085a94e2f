"""Stock on hand, stock held, and the ledger between them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from core.domain.statuses import OrderStatus
from core.errors import Rejected
from core.services.holds import expire_holds
from core.services.menu import load_menu
from core.services.orders import lock_order
from core.services.stock import release_holds, sell_holds
from core.store.sql.tables import Order, Product, StockHold
from tests.integration import shelf
from tests.integration.sql.bar import Bar


def expired_order(bar: Bar, **quantities: int) -> str:
    order_id: str = bar.order(bar.guest(), pay=False, **quantities)[0]["order_id"]
    bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    expire_holds(bar.sessions)
    assert bar.status(order_id) is OrderStatus.FAILED
    return order_id


def test_rule_15_a_sale_turns_what_was_held_into_movements(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=2, Wings=1)[0]["order_id"]
    assert bar.settle(order_id)
    assert (bar.stock("Dawa"), bar.stock("Wings")) == ((98, 0), (99, 0))
    assert bar.movements("Dawa") == [100, -2] and bar.holds(order_id) == ["SOLD", "SOLD"]


def test_rule_15_stock_that_went_back_is_taken_again_when_late_money_comes(bar: Bar) -> None:
    order_id = expired_order(bar, Dawa=2)
    assert bar.stock("Dawa") == (100, 0)
    assert bar.settle(order_id) and bar.status(order_id) is OrderStatus.PAID
    assert bar.stock("Dawa") == (98, 0) and bar.movements("Dawa") == [100, -2]


def test_rule_15_late_money_buys_nothing_when_one_product_is_gone(bar: Bar) -> None:
    order_id = expired_order(bar, Dawa=60, Tusker=1, Wings=1)
    assert bar.order(bar.guest(2), pay=False, Dawa=50)[0]["result"] == "placed"
    assert not bar.settle(order_id)
    assert bar.status(order_id) is OrderStatus.FAILED and set(bar.holds(order_id)) == {"RELEASED"}
    assert bar.stock("Tusker") == (100, 0) and bar.movements("Tusker") == [100]


def test_rule_15_selling_twice_sells_once(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=2)[0]["order_id"]
    bar.settle(order_id)
    with bar.sessions.begin() as db:
        order = db.get_one(Order, order_id)
        assert sell_holds(db, order)
        assert not release_holds(db, order).menus
    assert bar.stock("Dawa") == (98, 0)


def test_releasing_twice_gives_back_once(bar: Bar) -> None:
    order_id = expired_order(bar, Dawa=2)
    with bar.sessions.begin() as db:
        order = lock_order(db, bar.workspace_id, db.get_one(Order, order_id).id)
        assert order is not None
        release_holds(db, order)
    assert bar.stock("Dawa") == (100, 0)


def test_selling_out_and_coming_back_ask_for_a_new_menu(bar: Bar) -> None:
    def available() -> dict[str, bool]:
        with bar.sessions.begin() as db:
            return {product.name: product.available for product in load_menu(db, bar.workspace_id).products}

    _, followup = bar.perform_all(bar.guest(), [bar.place(Dawa=99, Tusker=1)])
    assert not followup.menus
    _, followup = bar.perform_all(bar.guest(2), [bar.place(Dawa=1)])
    assert followup.menus == {bar.workspace_id} and available() == {"Dawa": False, "Tusker": True, "Wings": True}
    with bar.sessions.begin() as db:
        assert shelf.receive(db, bar.workspace_id, bar.products["Dawa"], 5).menus
    assert available()["Dawa"]


def test_counting_writes_the_difference(bar: Bar) -> None:
    with bar.sessions.begin() as db:
        shelf.count(db, bar.workspace_id, bar.products["Dawa"], 93)
        shelf.count(db, bar.workspace_id, bar.products["Dawa"], 93)
    assert bar.movements("Dawa") == [100, -7]


def test_counting_below_what_is_held_is_refused(bar: Bar) -> None:
    bar.order(bar.guest(), pay=False, Dawa=10)
    with pytest.raises(Rejected, match="held"), bar.sessions.begin() as db:
        shelf.count(db, bar.workspace_id, bar.products["Dawa"], 9)
    assert bar.stock("Dawa") == (100, 10)


@pytest.mark.parametrize("wrong", [{"held": 101}, {"held": -1}, {"on_hand": -1}, {"price": 0}])
def test_the_database_refuses_impossible_stock_and_prices(bar: Bar, wrong: dict[str, int]) -> None:
    with pytest.raises(IntegrityError):
        bar.change(Product, bar.products["Dawa"], **wrong)


def test_the_database_refuses_a_hold_of_nothing(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=1)[0]["order_id"]
    with pytest.raises(IntegrityError), bar.sessions.begin() as db:
        db.add(
            StockHold(
                workspace_id=bar.workspace_id,
                order_id=db.get_one(Order, order_id).id,
                product_id=bar.products["Tusker"],
                quantity=0,
            )
        )
