"""What sells most is known to the menu that guests search."""

from core.services.menu import load_menu
from tests.integration.sql.bar import Bar


def popular(bar: Bar) -> dict[str, int]:
    with bar.sessions.begin() as db:
        return {product.name: product.popularity for product in load_menu(db, bar.workspace_id).products}


def test_what_was_paid_for_counts_and_what_was_only_ordered_does_not(bar: Bar) -> None:
    assert set(popular(bar).values()) == {0}
    bar.settle(bar.order(bar.guest(), pay=False, Dawa=2, Wings=5)[0]["order_id"])
    bar.settle(bar.order(bar.guest(2), pay=False, Dawa=1)[0]["order_id"])
    bar.order(bar.guest(3), pay=False, Tusker=50)
    assert popular(bar) == {"Wings": 1, "Dawa": 2, "Tusker": 0}
