"""Cocktails and what they are made of: sold out together, held together, given back together, and never too much."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from core.domain.statuses import MovementReason, OrderStatus, Unit
from core.errors import Rejected, TryAgain
from core.services import holds, place_order
from core.services.activity import Actor
from core.services.followup import Followup
from core.services.holds import expire_holds, expire_order
from core.services.ingredients import remove_ingredient, save_ingredient
from core.services.menu_edit import mark_sold_out, remove_product, save_product
from core.services.recipe_edit import set_recipe
from core.services.shutting import shut
from core.services.stock import move_stock
from core.store.sql.tables import Activity, Order, OrderItem, Product, RecipeLine, StockMovement
from tests.integration import shelf
from tests.integration.sql.bar import Bar, all_at_once, open_bar


@pytest.fixture
def bar(sessions: sessionmaker[Session]) -> Iterator[Bar]:
    """Dawa and Wings are mixed of the same vodka, and Tusker is not."""
    bar = open_bar(sessions)
    bar.keeps("Vodka", 1000)
    bar.keeps("Honey", 500, Unit.GRAM)
    bar.keeps("Lime", 40, Unit.PIECE)
    bar.mixes("Dawa", {"Vodka": 50, "Honey": 20, "Lime": 1})
    bar.mixes("Wings", {"Vodka": 60}, counted=True)
    yield bar
    assert bar.breaches() == []


def shelves(bar: Bar, *names: str) -> list[tuple[int, int]]:
    return [bar.stock(name) for name in names or ("Vodka", "Honey", "Lime")]


def lapse(bar: Bar, order_id: str) -> None:
    bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    expire_holds(bar.sessions)
    assert bar.status(order_id) is OrderStatus.FAILED


def receive(bar: Bar, name: str, quantity: int) -> bool:
    """Whether every chat reads the menu anew."""
    with bar.sessions.begin() as db:
        return bool(shelf.receive(db, bar.workspace_id, bar.products[name], quantity).menus)


def test_ordering_a_cocktail_holds_what_is_in_it_and_paying_sells_that(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=2, Tusker=1)[0]["order_id"]
    assert shelves(bar) == [(1000, 100), (500, 40), (40, 2)] and bar.stock("Dawa") == (100, 0)
    assert bar.settle(order_id)
    assert shelves(bar) == [(900, 0), (460, 0), (38, 0)] and bar.stock("Tusker") == (99, 0)
    assert bar.movements("Vodka") == [1000, -100] and bar.movements("Dawa") == [100]
    assert bar.holds(order_id) == ["SOLD"] * 4


def test_what_is_counted_beside_its_recipe_needs_both(bar: Bar) -> None:
    bar.order(bar.guest(), pay=False, Wings=3)
    assert bar.stock("Wings") == (100, 3) and bar.stock("Vodka") == (1000, 180)
    with bar.sessions.begin() as db:
        move_stock(db, bar.workspace_id, bar.products["Wings"], -96, MovementReason.CORRECTED, None)
    outcome = bar.order(bar.guest(), pay=False, Wings=2)[0]
    assert outcome["result"] == "sold_out" and outcome["short"][0]["left"] == 1


def test_an_ingredient_in_two_lines_and_sold_by_itself_is_held_once_for_all(bar: Bar) -> None:
    bar.mixes("Wings", {"Vodka": 60, "Tusker": 2}, counted=True)
    order_id = bar.order(bar.guest(), pay=False, Dawa=1, Wings=2, Tusker=3)[0]["order_id"]
    assert bar.stock("Vodka") == (1000, 170) and bar.stock("Tusker") == (100, 7)
    assert bar.settle(order_id) and bar.movements("Tusker") == [100, -7]


def test_the_refusal_names_what_was_asked_for_and_what_the_whole_cart_can_have(bar: Bar) -> None:
    with bar.sessions.begin() as db:
        move_stock(db, bar.workspace_id, bar.products["Vodka"], -830, MovementReason.WASTED, None)
    outcome, followup = bar.perform_all(bar.guest(), [bar.place("", Dawa=2, Wings=2, Tusker=1)])
    assert outcome[0]["result"] == "sold_out" and followup.menus
    assert [(one["name"], one["left"]) for one in outcome[0]["short"]] == [("Wings", 1)]
    assert shelves(bar) == [(170, 0), (500, 0), (40, 0)]
    assert bar.order(bar.guest(), pay=False, Dawa=2, Wings=1, Tusker=1)[0]["result"] == "placed"


def test_the_last_vodka_makes_both_cocktails_sold_out_and_a_bottle_brings_them_back(bar: Bar) -> None:
    with bar.sessions.begin() as db:
        followup = move_stock(db, bar.workspace_id, bar.products["Vodka"], -850, MovementReason.WASTED, None)
    assert not followup.menus and bar.available() == {"Dawa", "Tusker", "Wings"}
    # Of 150 ml two Dawa leave enough for one more of them, and too little for what takes 60.
    _, followup = bar.perform_all(bar.guest(), [bar.place("", Dawa=2)])
    assert followup.menus and bar.available() == {"Dawa", "Tusker"}
    _, followup = bar.perform_all(bar.guest(2), [bar.place("", Dawa=1)])
    assert followup.menus and bar.available() == {"Tusker"}
    assert receive(bar, "Vodka", 50) and bar.available() == {"Tusker", "Dawa"}
    assert not receive(bar, "Vodka", 9) and bar.available() == {"Tusker", "Dawa"}
    assert receive(bar, "Vodka", 1) and bar.available() == {"Tusker", "Dawa", "Wings"}


def test_one_tap_takes_a_cocktail_off_and_one_on_an_ingredient_all_that_has_it(bar: Bar) -> None:
    actor = Actor(bar.workspace_id)

    def tap(name: str, out: bool) -> set[str]:
        with bar.sessions.begin() as db:
            assert mark_sold_out(db, actor, bar.products[name], out).menus
        return bar.available()

    assert tap("Dawa", True) == {"Tusker", "Wings"}
    outcome = bar.order(bar.guest(), pay=False, Dawa=1)[0]
    assert [(one["name"], one["left"]) for one in outcome["short"]] == [("Dawa", 0)]
    assert tap("Dawa", False) == {"Dawa", "Tusker", "Wings"}
    assert tap("Vodka", True) == {"Tusker"}
    outcome = bar.order(bar.guest(), pay=False, Wings=1, Tusker=2)[0]
    assert [(one["name"], one["left"]) for one in outcome["short"]] == [("Wings", 0)]
    assert bar.stock("Tusker") == (100, 0)
    assert tap("Vodka", False) == {"Dawa", "Tusker", "Wings"}


def test_what_lapsed_before_another_could_not_is_back_in_every_chat(bar: Bar, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (bar.order(bar.guest(n), pay=False, Dawa=many)[0]["order_id"] for n, many in ((1, 16), (2, 4)))
    now = datetime.now(UTC)
    for order_id, seconds in ((first, 2), (second, 1)):
        bar.change(Order, order_id, expires_at=now - timedelta(seconds=seconds))

    def but_one(db: Session, order_id: UUID, now: datetime) -> Followup:
        if str(order_id) == second:
            raise TryAgain("a lock was not had")
        return expire_order(db, order_id, now)

    assert bar.available() == {"Tusker"}
    with monkeypatch.context() as away:
        away.setattr(holds, "expire_order", but_one)
        assert expire_holds(bar.sessions).menus
    assert (bar.status(first), bar.status(second)) == (OrderStatus.FAILED, OrderStatus.PENDING)
    lapse(bar, second)


def test_rule_15_late_money_takes_all_of_a_cocktail_again_or_nothing(bar: Bar) -> None:
    late, hopeless = (bar.order(bar.guest(n), pay=False, Dawa=4)[0]["order_id"] for n in (1, 2))
    lapse(bar, late)
    lapse(bar, hopeless)
    assert shelves(bar) == [(1000, 0), (500, 0), (40, 0)] and set(bar.holds(late)) == {"RELEASED"}
    assert bar.settle(late) and shelves(bar) == [(800, 0), (420, 0), (36, 0)]
    with bar.sessions.begin() as db:
        move_stock(db, bar.workspace_id, bar.products["Honey"], -341, MovementReason.WASTED, None)
    assert not bar.settle(hopeless) and shelves(bar) == [(800, 0), (79, 0), (36, 0)]
    assert set(bar.holds(hopeless)) == {"RELEASED"}


def test_rule_15_late_money_buys_no_cocktail_that_is_out_meanwhile(bar: Bar) -> None:
    held, lapsed = (bar.order(bar.guest(n), pay=False, Dawa=1)[0]["order_id"] for n in (1, 2))
    lapse(bar, lapsed)
    bar.change(Product, bar.products["Dawa"], sold_out=True)
    assert not bar.settle(lapsed)
    assert bar.settle(held), "what was ordered before is still made"


def test_who_calls_it_off_gives_every_ingredient_back(bar: Bar) -> None:
    guest = bar.guest()
    order_id = bar.order(guest, pay=False, Dawa=19)[0]["order_id"]
    cancel = {"kind": "cancel_order", "order_id": order_id}
    assert bar.order(bar.guest(2), pay=False, Wings=1)[0]["result"] == "sold_out"
    _, followup = bar.perform_all(guest, [cancel])
    assert followup.menus and shelves(bar) == [(1000, 0), (500, 0), (40, 0)]
    bar.perform_all(guest, [cancel])
    assert shelves(bar) == [(1000, 0), (500, 0), (40, 0)]


def test_an_order_takes_what_the_recipe_said_when_it_was_placed(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=2)[0]["order_id"]
    bar.mixes("Dawa", {"Vodka": 30})
    assert bar.settle(order_id)
    assert bar.movements("Vodka") == [1000, -100] and bar.movements("Honey") == [500, -40]
    bar.mixes("Dawa", {})
    assert bar.order(bar.guest(), pay=False, Dawa=1)[0]["result"] == "placed" and bar.stock("Dawa") == (100, 1)
    with bar.sessions.begin() as db:
        vodka = str(bar.products["Vodka"])
        takes = db.scalars(select(OrderItem.takes).order_by(OrderItem.created_at)).all()
    assert [one.get(vodka) for one in takes] == [50, None]


def test_a_recipe_that_is_taken_away_while_somebody_orders_leaves_the_own_count_to_take(
    bar: Bar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*of: Any) -> Any:
        """The products of the order are read, and what they are made of is not yet."""
        bar.mixes("Dawa", {})
        return shut(*of)

    monkeypatch.setattr(place_order, "shut", meanwhile)
    assert bar.order(bar.guest(), pay=False, Dawa=2)[0]["result"] == "placed"
    assert bar.stock("Dawa") == (100, 2)


def test_many_guests_at_once_for_the_last_vodka_in_two_cocktails_never_get_too_much(
    sessions: sessionmaker[Session],
) -> None:
    bar = open_bar(sessions)
    bar.keeps("Vodka", 550)
    bar.mixes("Dawa", {"Vodka": 50})
    bar.mixes("Wings", {"Vodka": 50, "Tusker": 1})

    def order(number: int) -> tuple[str, list[str]]:
        mine = ({"Dawa": 1}, {"Wings": 1}, {"Wings": 1, "Dawa": 1})[number % 3]
        outcome = bar.order(bar.guest(number), pay=False, **mine)[0]
        return outcome["result"], [one["name"] for one in outcome.get("short", ())]

    outcomes = all_at_once(60, order, workers=20)
    assert bar.stock("Vodka") == (550, 550)
    assert {result for result, _ in outcomes} == {"placed", "sold_out"}
    assert {name for _, names in outcomes for name in names} <= {"Dawa", "Wings"}
    assert all(names for result, names in outcomes if result == "sold_out")
    assert bar.breaches() == []


def test_rule_14_cocktails_and_their_ingredients_in_any_order_never_deadlock(bar: Bar) -> None:
    bar.mixes("Wings", {"Tusker": 1, "Lime": 1, "Vodka": 10})
    bar.mixes("Dawa", {"Honey": 1, "Vodka": 10, "Tusker": 1})
    receive(bar, "Vodka", 5000)

    def evening(number: int) -> str:
        names = ("Dawa", "Tusker", "Wings") if number % 2 else ("Wings", "Tusker", "Dawa")
        order_id = bar.order(bar.guest(number), pay=False, **dict.fromkeys(names, 1))[0]["order_id"]
        if number % 3:
            bar.settle(order_id)
        else:
            bar.perform(bar.guest(number), {"kind": "cancel_order", "order_id": order_id})
        # Staff change what is in it, and what is on the shelf, meanwhile.
        if number % 5 == 0:
            try:
                bar.mixes("Dawa", {"Vodka": 10, "Tusker": 1, "Honey": 1 + number % 2})
            except Rejected as error:
                assert error.reason == "changed"
        return str(bar.status(order_id))

    told = all_at_once(30, evening, workers=10)
    assert (told.count("PAID"), told.count("CANCELLED")) == (20, 10)
    assert bar.stock("Tusker") == (100 - 3 * 20, 0) and bar.stock("Lime") == (20, 0)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_what_has_no_recipe_costs_no_statement_more(bar: Bar, engine: Engine) -> None:
    """Recipes are asked for only where one is in the cart; an order of two products took 22 before there were any."""
    bar.order(bar.guest(), pay=False, Tusker=1)
    bar.mixes("Wings", {})
    with counted(engine) as plain:
        bar.order(bar.guest(), pay=False, Tusker=2, Wings=1)
    assert len(plain) <= 22 and not [one for one in plain if one.startswith("SELECT recipe_lines")]
    with counted(engine) as mixed:
        bar.order(bar.guest(), pay=False, Dawa=1)
    assert len([one for one in mixed if one.startswith("SELECT recipe_lines")]) == 1


def test_nothing_is_made_of_what_is_made_nor_of_itself(bar: Bar) -> None:
    for name, part, reason in (
        ("Tusker", "Dawa", "part_mixed"),
        ("Vodka", "Lime", "gone"),
        ("Dawa", "Dawa", "part_gone"),
    ):
        with pytest.raises(Rejected, match=reason):
            bar.mixes(name, {part: 1})
    bar.mixes("Dawa", {"Tusker": 1})
    with pytest.raises(Rejected, match="in_use"):
        bar.mixes("Tusker", {"Lime": 1})


def test_two_who_mix_each_of_the_other_s_at_once_do_not_make_a_ring(bar: Bar) -> None:
    bar.mixes("Dawa", {})
    bar.mixes("Wings", {})

    def mix(number: int) -> str:
        name, part = (("Dawa", "Wings"), ("Wings", "Dawa"))[number % 2]
        try:
            bar.mixes(name, {part: 1})
        except Rejected as error:
            return error.reason
        return "saved"

    told = all_at_once(2, mix)
    assert sorted(told) in (["in_use", "saved"], ["part_mixed", "saved"])


def test_what_is_in_a_recipe_stays_until_it_is_in_none(bar: Bar) -> None:
    actor = Actor(bar.workspace_id)
    with pytest.raises(Rejected, match="in_use") as refused, bar.sessions.begin() as db:
        remove_ingredient(db, actor, bar.products["Vodka"], 1)
    assert refused.value.detail == "Dawa, Wings"
    bar.mixes("Dawa", {"Tusker": 1})
    with pytest.raises(Rejected, match="in_use"), bar.sessions.begin() as db:
        remove_product(db, actor, bar.products["Tusker"], 1)
    with bar.sessions.begin() as db:
        remove_product(db, actor, bar.products["Dawa"], 3)
    assert bar.mixes("Tusker", {"Vodka": 1}).menus, "nobody makes a Dawa of it any more"
    with bar.sessions.begin() as db:
        remove_product(db, actor, bar.products["Tusker"], 2)
        remove_ingredient(db, actor, bar.products["Lime"], 1)


def test_an_ingredient_is_no_product(bar: Bar) -> None:
    actor = Actor(bar.workspace_id)
    assert "Vodka" not in bar.available()
    line = bar.place("", Tusker=1)
    line["lines"][0]["product_id"] = str(bar.products["Vodka"])
    assert bar.perform(bar.guest(), line)[0]["result"] == "closed"
    with bar.sessions.begin() as db:
        category_id = db.get_one(Product, bar.products["Dawa"]).category_id
    with pytest.raises(Rejected, match="gone"), bar.sessions.begin() as db:
        save_product(db, actor, bar.products["Vodka"], None, {"name": "Vodka", "category_id": category_id})
    with pytest.raises(Rejected, match="name_taken"), bar.sessions.begin() as db:
        save_ingredient(db, actor, None, 0, {"name": "vodka", "unit": Unit.PIECE, "low_stock": 0})
    with pytest.raises(Rejected, match="gone"), bar.sessions.begin() as db:
        save_ingredient(db, actor, bar.products["Tusker"], 1, {"name": "Beer", "low_stock": 0})


def test_a_recipe_saved_twice_is_one_change_in_the_log(bar: Bar) -> None:
    assert not bar.mixes("Dawa", {"Vodka": 50, "Honey": 20, "Lime": 1}).menus
    assert bar.mixes("Dawa", {"Vodka": 50, "Honey": 20}).menus
    with bar.sessions.begin() as db:
        said = db.scalars(select(Activity).where(Activity.action == "recipe_changed").order_by(Activity.seq)).all()
    assert said[-1].before == {"recipe": ["50 ml Vodka", "20 g Honey", "1 Lime"], "counted": False}
    assert said[-1].after == {"recipe": ["50 ml Vodka", "20 g Honey"], "counted": False} and len(said) == 3
    with pytest.raises(Rejected, match="changed"), bar.sessions.begin() as db:
        set_recipe(db, Actor(bar.workspace_id), bar.products["Dawa"], 1, [], False)


@pytest.mark.parametrize(
    "wrong",
    [
        ("Tusker", {"counted": False}),
        ("Tusker", {"unit": Unit.GRAM}),
        ("Vodka", {"in_menu": True}),
        ("Vodka", {"mixed": True}),
        ("Dawa", {"price": 0}),
    ],
)
def test_the_database_refuses_what_would_sell_without_end(bar: Bar, wrong: tuple[str, dict[str, Any]]) -> None:
    with pytest.raises(IntegrityError):
        bar.change(Product, bar.products[wrong[0]], **wrong[1])
    with pytest.raises(IntegrityError), bar.sessions.begin() as db:
        dawa = bar.products["Dawa"]
        db.add(RecipeLine(workspace_id=bar.workspace_id, product_id=dawa, ingredient_id=dawa, quantity=1))


def test_the_history_of_an_ingredient_names_the_orders_and_adds_up(bar: Bar) -> None:
    for number in range(3):
        bar.settle(bar.order(bar.guest(number), pay=False, Dawa=1, Wings=1)[0]["order_id"])
    with bar.sessions.begin() as db:
        mine = StockMovement.product_id == bar.products["Vodka"]
        query = select(Order.number, StockMovement.quantity).join(Order, Order.id == StockMovement.order_id)
        told = [tuple(row) for row in db.execute(query.where(mine).order_by(StockMovement.seq))]
    assert told == [(1, -110), (2, -110), (3, -110)] and bar.stock("Vodka") == (670, 0)
