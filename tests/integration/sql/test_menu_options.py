"""What staff decide about options, prices by the hour and hours of products, and what guests' menus make of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.domain.menu import Menu
from core.errors import Rejected
from core.services.activity import Actor
from core.services.menu import load_menu
from core.services.menu_options import (
    GroupDraft,
    OptionDraft,
    ask_questions,
    create_group,
    delete_group,
    options_of,
    set_option_available,
    update_group,
)
from core.services.price_lists import PriceListDraft, create_list, delete_list, set_hours, update_list
from core.store.sql.tables import Activity, Category, Invoice, OptionGroup, OrderItem, PriceList, Product
from tests.integration.sql.bar import Bar, open_bar

FRIDAY = {"week": {"fri": [["17:00", "19:00"]]}}
IN_HAPPY_HOUR, LATER = datetime(2026, 11, 20, 15, tzinfo=UTC), datetime(2026, 11, 20, 17, tzinfo=UTC)
MIXER = GroupDraft("Mixer", (OptionDraft("Tonic"), OptionDraft("Ginger ale", Decimal(50))), least=1)


def menu_of(bar: Bar) -> Menu:
    with bar.sessions.begin() as db:
        menu = load_menu(db, bar.workspace_id)
    assert Menu.from_dict(menu.to_dict()) == menu
    return menu


def actor(bar: Bar) -> Actor:
    return Actor(bar.workspace_id, name="Amina")


def asks_mixer(bar: Bar, draft: GroupDraft = MIXER) -> UUID:
    with bar.sessions.begin() as db:
        group_id, _ = create_group(db, actor(bar), draft)
        followup = ask_questions(db, actor(bar), bar.products["Dawa"], [group_id])
        assert followup.menus == {bar.workspace_id}
    return group_id


def actions(bar: Bar) -> list[str]:
    with bar.sessions.begin() as db:
        delivered = Activity.action == "stock_received"
        return list(db.scalars(select(Activity.action).where(~delivered).order_by(Activity.seq)))


def test_a_product_asks_its_questions_in_the_guests_menu(bar: Bar) -> None:
    version = menu_of(bar).version
    asks_mixer(bar)
    product = menu_of(bar).product(str(bar.products["Dawa"]))
    assert product is not None and menu_of(bar).version != version
    (group,) = product.groups
    assert (group.name, group.least, group.most) == ("Mixer", 1, 1)
    assert [(option.name, option.price) for option in group.options] == [("Tonic", 0), ("Ginger ale", 50)]
    assert actions(bar) == ["options_created", "product_questions_changed"]


def test_an_option_that_is_out_is_not_offered_and_without_any_the_product_is_not_either(bar: Bar) -> None:
    group_id = asks_mixer(bar)
    with bar.sessions.begin() as db:
        ids = [option.id for option in options_of(db, bar.workspace_id, group_id)]
        set_option_available(db, actor(bar), ids[0], False)
    product = menu_of(bar).product(str(bar.products["Dawa"]))
    assert product is not None and product.available
    assert [option.name for option in product.groups[0].options] == ["Ginger ale"]
    with bar.sessions.begin() as db:
        set_option_available(db, actor(bar), ids[1], False)
    product = menu_of(bar).product(str(bar.products["Dawa"]))
    assert product is not None and not product.available
    assert actions(bar)[-2:] == ["option_out", "option_out"]


def test_an_answer_that_runs_out_while_its_question_is_changed_stays_out(bar: Bar) -> None:
    group_id = asks_mixer(bar)
    with bar.sessions.begin() as db:
        tonic = options_of(db, bar.workspace_id, group_id)[0]
    changed = replace(MIXER, options=(OptionDraft("Tonic water", id=tonic.id),))
    with bar.sessions.begin() as db:
        set_option_available(db, actor(bar), tonic.id, False)
    with bar.sessions.begin() as db:
        update_group(db, actor(bar), group_id, 1, changed)
        [now] = options_of(db, bar.workspace_id, group_id)
    assert (now.name, now.available) == ("Tonic water", False)


def test_who_looked_at_an_older_version_changes_nothing(bar: Bar) -> None:
    group_id = asks_mixer(bar)
    with bar.sessions.begin() as db:
        kept = options_of(db, bar.workspace_id, group_id)
        options = (OptionDraft("Soda water"), OptionDraft("Tonic", id=kept[0].id))
        update_group(db, actor(bar), group_id, 1, replace(MIXER, options=options))
    with pytest.raises(Rejected, match="changed"), bar.sessions.begin() as db:
        update_group(db, actor(bar), group_id, 1, MIXER)
    with bar.sessions.begin() as db:
        now = options_of(db, bar.workspace_id, group_id)
        assert [one.name for one in now] == ["Soda water", "Tonic"] and now[1].id == kept[0].id
        delete_group(db, actor(bar), group_id, 2)
    product = menu_of(bar).product(str(bar.products["Dawa"]))
    assert product is not None and product.groups == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"least": 3}, "least"),
        ({"most": 0}, "most"),
        ({"options": ()}, "options"),
        ({"options": (OptionDraft("Tonic"), OptionDraft("tonic "))}, "options"),
        ({"options": (OptionDraft("Tonic", Decimal("0.50")), OptionDraft("Ale"))}, "options"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_beside_its_field(
    bar: Bar, changes: dict[str, Any], field: str
) -> None:
    draft = replace(MIXER, **changes)
    assert field in draft.problems()
    with pytest.raises(ValueError, match=r"\."), bar.sessions.begin() as db:
        create_group(db, actor(bar), draft)


def test_another_venues_rows_are_not_there(bar: Bar) -> None:
    group_id, other = asks_mixer(bar), open_bar(bar.sessions)
    for refused in (
        lambda db: update_group(db, actor(other), group_id, 1, MIXER),
        lambda db: ask_questions(db, actor(other), other.products["Dawa"], [group_id]),
        lambda db: ask_questions(db, actor(bar), other.products["Dawa"], [group_id]),
        lambda db: create_list(db, actor(bar), PriceListDraft("Ours", {}, {other.products["Dawa"]: Decimal(1)})),
        lambda db: set_hours(db, actor(bar), Product, other.products["Dawa"], 1, {}),
        lambda db: set_option_available(db, actor(bar), uuid4(), False),
    ):
        with pytest.raises(Rejected, match="gone"), bar.sessions.begin() as db:
            refused(db)


def test_happy_hour_is_on_the_menu_while_it_lasts(bar: Bar) -> None:
    draft = PriceListDraft("Happy hour", FRIDAY, {bar.products["Dawa"]: Decimal(500)})
    with bar.sessions.begin() as db:
        list_id, followup = create_list(db, actor(bar), draft)
    assert followup.menus == {bar.workspace_id}
    menu = menu_of(bar)
    product = menu.product(str(bar.products["Dawa"]))
    assert product is not None
    assert (menu.price(product, IN_HAPPY_HOUR), menu.price(product, LATER)) == (500, 700)
    with pytest.raises(Rejected, match="name_taken"), bar.sessions.begin() as db:
        create_list(db, actor(bar), replace(draft, name="happy Hour"))
    with bar.sessions.begin() as db:
        update_list(db, actor(bar), list_id, 1, replace(draft, active=False))
    assert menu_of(bar).price_lists == ()
    with bar.sessions.begin() as db:
        delete_list(db, actor(bar), list_id, 2)
        assert db.get_one(PriceList, list_id).deleted_at is not None
    assert actions(bar) == ["price_list_created", "price_list_changed", "price_list_deleted"]


def test_hours_of_a_product_and_of_its_heading_both_count(bar: Bar) -> None:
    with bar.sessions.begin() as db:
        row = db.get_one(Product, bar.products["Dawa"])
        set_hours(db, actor(bar), Product, row.id, row.version, FRIDAY)
        heading = db.get_one(Category, row.category_id)
        set_hours(db, actor(bar), Category, heading.id, heading.version, {"week": {"fri": [["18:00", "20:00"]]}})
    product = menu_of(bar).product(str(bar.products["Dawa"]))
    assert product is not None and len(product.hours) == 2
    with pytest.raises(ValueError, match="no time"), bar.sessions.begin() as db:
        set_hours(db, actor(bar), Product, bar.products["Dawa"], 2, {"week": {"fri": [["25:00", "19:00"]]}})


def test_a_question_needs_at_least_one_and_no_more_than_there_are(bar: Bar) -> None:
    asks_mixer(bar)
    with bar.sessions.begin() as db:
        group = db.scalars(select(OptionGroup)).one()
        assert (group.least, group.most, group.version) == (1, 1, 1)


# --- what becomes of an order ---


def test_an_order_keeps_what_was_chosen_at_its_price_and_the_receipt_says_it(bar: Bar) -> None:
    place = bar.place(Dawa=2, Tusker=1)
    place["lines"][0] |= {
        "unit_price": "950",
        "options": [{"id": "t", "name": "Tonic", "price": "0"}, {"id": "d", "name": "Double", "price": "250"}],
    }
    outcome = bar.perform(bar.guest(), place)[0]
    assert outcome["total"] == "2250"
    assert bar.settle(outcome["order_id"])
    with bar.sessions.begin() as db:
        items = db.scalars(select(OrderItem).order_by(OrderItem.position)).all()
        assert [(i.name, i.price_at_time, [o["name"] for o in i.options]) for i in items] == [
            ("Dawa", 950, ["Tonic", "Double"]),
            ("Tusker", 350, []),
        ]
        assert [line["name"] for line in db.scalars(select(Invoice)).one().lines] == ["Dawa (Tonic, Double)", "Tusker"]
    assert bar.breaches() == []


def test_outside_its_hours_a_product_is_not_ordered_whatever_the_chat_was_shown(bar: Bar) -> None:
    gone_by = {"week": {(datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower(): [["10:00", "11:00"]]}}
    bar.change(Product, bar.products["Dawa"], hours=gone_by)
    outcome = bar.order(bar.guest(), pay=False, Dawa=1, Tusker=1)[0]
    assert (outcome["result"], outcome["reason"]) == ("closed", "item")
    assert [one["name"] for one in outcome["products"]] == ["Dawa"]
    assert bar.order(bar.guest(), pay=False, Tusker=1)[0]["result"] == "placed"
