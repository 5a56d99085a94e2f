"""Questions, price lists and hours in the office, as guests meet them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.domain.menu import Menu
from core.domain.statuses import Role
from core.services.menu import load_menu
from core.services.menu_options import groups_of, options_of, questions_of
from core.services.price_lists import lists_of, prices_of
from core.store.sql.tables import Product
from tests.integration.admin.venue import Browser, Venue, open_venue

SIZE = {
    "name": "Size", "name_sw": "Ukubwa", "least": "1", "most": "1", "version": "0",
    "0-name": "Small", "1-name": "Large", "1-price": "+200", "1-name_sw": "Kubwa",
}  # fmt: skip


def size_of(venue: Venue) -> UUID:
    with venue.program.sessions.begin() as db:
        return groups_of(db, venue.workspace_id)[0].id


def answers(venue: Venue) -> list[tuple[str, int, bool]]:
    with venue.program.sessions.begin() as db:
        found = options_of(db, venue.workspace_id, groups_of(db, venue.workspace_id)[0].id)
    return [(one.name, int(one.price), one.available) for one in found]


def menu(venue: Venue) -> Menu:
    with venue.program.sessions.begin() as db:
        return load_menu(db, venue.workspace_id)


def product(venue: Venue) -> Product:
    with venue.program.sessions.begin() as db:
        return db.scalars(select(Product).where(Product.id == venue.product_id)).one()


def happy(venue: Venue, browser: Browser, **typed: str) -> Any:
    data = {"name": "Happy hour", "active": "y", "day_fri": "17-19", f"price-{venue.product_id}": "500"} | typed
    return browser.post("/admin/prices/new", data=data)


def test_a_question_is_made_chosen_at_a_product_and_an_answer_is_out(venue: Venue, manager: Browser) -> None:
    assert manager.post("/admin/options/new", data=SIZE).status_code == 302
    assert answers(venue) == [("Small", 0, True), ("Large", 200, True)]
    address = f"/admin/products/{venue.product_id}"
    assert "Size" in manager.get(f"{address}/serving").text
    assert manager.post(f"{address}/questions", data={"question": str(size_of(venue))}).status_code == 302
    with venue.program.sessions.begin() as db:
        assert questions_of(db, venue.workspace_id, venue.product_id) == [size_of(venue)]
        large = options_of(db, venue.workspace_id, size_of(venue))[1].id
    assert manager.post(f"/admin/options/{large}/out", data={"out": "yes"}).status_code == 302
    assert answers(venue)[1] == ("Large", 200, False) and "1 product asks this" in manager.get("/admin/options").text
    page = manager.get(f"/admin/options/{size_of(venue)}").text
    assert 'value="Kubwa"' in page and 'value="Ukubwa"' in page
    changed = SIZE | {"version": "1", "1-id": str(large), "1-price": "-50", "2-name": "Jug", "2-price": "900"}
    assert manager.post(f"/admin/options/{size_of(venue)}", data=changed).status_code == 302
    assert answers(venue) == [("Small", 0, True), ("Large", -50, False), ("Jug", 900, True)]


def test_what_cannot_be_meant_of_a_question_is_said_and_kept(venue: Venue, manager: Browser) -> None:
    answer = manager.post("/admin/options/new", data=SIZE | {"most": "x", "1-price": "much", "name": "Size <b>"})
    assert answer.status_code == 400 and "Option 2: Write a whole number" in answer.text
    assert 'value="much"' in answer.text and "Size &lt;b&gt;" in answer.text and 'value="Kubwa"' in answer.text
    none = manager.post("/admin/options/new", data={"name": "Size", "least": "0", "most": "1"})
    assert none.status_code == 400 and "Write 1 to 30 options" in none.text
    twice = manager.post("/admin/options/new", data=SIZE | {"0-name": "large"})
    assert "Two options have the same name" in twice.text


def test_two_people_at_one_question_do_not_write_over_each_other(venue: Venue, manager: Browser) -> None:
    manager.post("/admin/options/new", data=SIZE)
    address = f"/admin/options/{size_of(venue)}"
    assert manager.post(address, data=SIZE | {"version": "1"}).status_code == 302
    late = manager.post(address, data=SIZE | {"version": "1", "0-name": "Tiny"})
    assert late.status_code == 409 and "Wanjiru changed this" in late.text and 'value="Tiny"' in late.text
    assert manager.post(f"{address}/remove", data={"version": "2"}).status_code == 302
    assert manager.get(address).status_code == 404


def test_two_people_at_the_questions_of_one_product_do_not_either(venue: Venue, manager: Browser) -> None:
    manager.post("/admin/options/new", data=SIZE)
    manager.post("/admin/options/new", data=SIZE | {"name": "Mixer"})
    with venue.program.sessions.begin() as db:
        mixer, size = (str(one.id) for one in groups_of(db, venue.workspace_id))
    address = f"/admin/products/{venue.product_id}/questions"
    assert manager.post(address, data={"before": "", "question": size}).status_code == 302
    late = manager.post(address, data={"before": "", "question": mixer})
    assert late.status_code == 409 and "changed this meanwhile" in late.text
    assert f'name="before" value="{size}"' in late.text
    assert [box for box in (mixer, size) if f'id="g-{box}" checked' in late.text] == [mixer], "what they had ticked"
    assert manager.post(address, data={"before": size, "question": mixer}).status_code == 302
    with venue.program.sessions.begin() as db:
        assert [str(one) for one in questions_of(db, venue.workspace_id, venue.product_id)] == [mixer]


def test_happy_hour_is_made_changed_and_taken_away(venue: Venue, manager: Browser) -> None:
    assert happy(venue, manager).status_code == 302
    with venue.program.sessions.begin() as db:
        row = lists_of(db, venue.workspace_id)[0]
        assert row.hours == {"week": {"fri": [["17:00", "19:00"]]}}
        assert prices_of(db, venue.workspace_id, row.id) == {venue.product_id: 500}
    assert "Fri 17:00-19:00" in manager.get("/admin/prices").text
    page = manager.get(f"/admin/prices/{row.id}").text
    assert 'value="17:00-19:00"' in page and 'value="500"' in page
    for path in (f"/admin/prices/{row.id}", f"/admin/prices/{row.id}/remove"):
        late = manager.post(path, data={"name": "Late", "version": "7"})
        assert late.status_code == 409, path
    assert manager.post(f"/admin/prices/{row.id}/remove", data={"version": "1"}).status_code == 302
    assert "No price list yet" in manager.get("/admin/prices").text


def test_what_cannot_be_meant_of_a_list_is_said_beside_it(venue: Venue, manager: Browser) -> None:
    for typed, said in (
        ({"name": ""}, "Write a name"),
        ({f"price-{venue.product_id}": "0"}, "whole shillings"),
        ({"day_fri": "evening"}, "Friday: write hours"),
        ({"day_fri": "17-20, 18-19"}, "Friday: these"),
    ):
        answer = happy(venue, manager, **typed)
        assert answer.status_code == 400 and said in answer.text, typed
    happy(venue, manager)
    assert "Another list has this name" in happy(venue, manager).text


def test_a_product_and_a_heading_have_hours_of_their_own(venue: Venue, manager: Browser) -> None:
    address, version = f"/admin/products/{venue.product_id}/serving", product(venue).version
    data = {"day_sat": "10:00-14:00, 22:00-02:00", "version": str(version)}
    assert manager.post(address, data=data).status_code == 302
    assert product(venue).hours == {"week": {"sat": [["10:00", "14:00"], ["22:00", "02:00"]]}}
    assert manager.post(address, data=data).status_code == 409
    assert manager.post(address, data={"version": str(version + 1)}).status_code == 302 and product(venue).hours == {}
    heading = f"/admin/categories/{product(venue).category_id}/serving"
    assert manager.get(heading).status_code == 200
    assert manager.post(heading, data={"day_sun": "25:00-26:00", "version": "1"}).status_code == 400
    assert manager.post(heading, data={"day_sun": "12-16", "version": "1"}).status_code == 302


def test_nobody_touches_another_venues_questions_lists_and_hours(venue: Venue, manager: Browser) -> None:
    other = open_venue(venue.app)
    other.role(Role.MANAGER)
    theirs = other.signed_in()
    theirs.post("/admin/options/new", data=SIZE)
    happy(other, theirs)
    with venue.program.sessions.begin() as db:
        group, prices = groups_of(db, other.workspace_id)[0].id, lists_of(db, other.workspace_id)[0].id
        option = options_of(db, other.workspace_id, group)[0].id
    for path in (f"options/{group}", f"prices/{prices}", f"products/{other.product_id}/serving"):
        assert manager.get(f"/admin/{path}").status_code == 404, path
        assert manager.post(f"/admin/{path}", data=SIZE | {"version": "1"}).status_code == 404, path
    assert manager.post(f"/admin/options/{option}/out", data={"out": "yes"}).status_code == 404
    assert happy(other, manager).status_code == 409
    asked = manager.post(f"/admin/products/{venue.product_id}/questions", data={"question": str(group)})
    assert asked.status_code == 409 and "taken away meanwhile" in asked.text


def test_what_no_keyboard_types_is_left_out_of_names(venue: Venue, manager: Browser) -> None:
    strange = SIZE | {"name": "Si\0ze\u202e", "0-name": "Sm\0all\n cup", "1-name": "\u2066Large"}
    assert manager.post("/admin/options/new", data=strange).status_code == 302
    assert [name for name, _, _ in answers(venue)] == ["Small cup", "Large"]
    assert happy(venue, manager, name="Happy\0 hour").status_code == 302
    with venue.program.sessions.begin() as db:
        assert [one.name for one in groups_of(db, venue.workspace_id)] == ["Size"]
        assert [one.name for one in lists_of(db, venue.workspace_id)] == ["Happy hour"]
