"""What staff take off the menu for tonight, or for good, while guests have it in their carts."""

from datetime import UTC, datetime, timedelta

from core.domain.menu import Product as MenuProduct
from core.services.holds import expire_holds
from core.services.menu import load_menu
from core.store.sql.tables import Category, Order, Product
from tests.integration.sql.bar import Bar


def test_what_is_out_for_tonight_cannot_be_had_though_it_is_counted(bar: Bar) -> None:
    bar.change(Product, bar.products["Dawa"], sold_out=True)
    outcome = bar.order(bar.guest(), pay=False, Dawa=1, Tusker=1)[0]
    assert outcome["result"] == "sold_out"
    assert [(one["name"], one["left"]) for one in outcome["short"]] == [("Dawa", 0)]
    assert bar.stock("Tusker") == (100, 0)
    assert {one.name: one.available for one in products(bar)}["Dawa"] is False


def test_what_was_ordered_before_it_ran_out_is_still_sold(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=2)[0]["order_id"]
    bar.change(Product, bar.products["Dawa"], sold_out=True)
    assert bar.settle(order_id) and bar.stock("Dawa") == (98, 0)


def test_late_money_buys_nothing_that_is_out_meanwhile(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=2)[0]["order_id"]
    bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    expire_holds(bar.sessions)
    bar.change(Product, bar.products["Dawa"], sold_out=True)
    assert not bar.settle(order_id) and bar.stock("Dawa") == (100, 0)


def test_a_heading_that_is_switched_off_takes_its_products_with_it(bar: Bar) -> None:
    with bar.sessions.begin() as db:
        category_id = str(db.get_one(Product, bar.products["Dawa"]).category_id)
    bar.change(Category, category_id, active=False)
    assert products(bar) == ()
    assert bar.order(bar.guest(), pay=False, Dawa=1)[0]["result"] == "closed"


def test_a_product_taken_away_while_in_a_cart_is_not_ordered(bar: Bar) -> None:
    bar.change(Product, bar.products["Dawa"], deleted_at=datetime.now(UTC))
    assert bar.order(bar.guest(), pay=False, Dawa=1)[0]["result"] == "closed"


def products(bar: Bar) -> tuple[MenuProduct, ...]:
    with bar.sessions.begin() as db:
        return load_menu(db, bar.workspace_id).products
