"""What is in a cocktail, in the office: ingredients, recipes, what is left for guests, and two people at once."""

import re
from typing import Any
from uuid import UUID, uuid4

from core.domain.statuses import Role, Unit
from core.services.activity import Actor
from core.services.ingredients import save_ingredient
from core.store.sql.tables import Activity, Product
from tests.integration import shelf
from tests.integration.admin.test_by_hand import Counter
from tests.integration.admin.test_menu_sheets import look, write
from tests.integration.admin.test_products import load, logged, on_menu
from tests.integration.admin.venue import Browser, Venue, open_venue


def kept(venue: Venue, name: str, quantity: int = 0, unit: Unit = Unit.MILLILITRE) -> UUID:
    """An ingredient on the shelf."""
    with venue.program.sessions.begin() as db:
        said = {"name": name, "unit": unit, "low_stock": 0}
        made = save_ingredient(db, Actor(venue.workspace_id, venue.user_id), None, 0, said)
        if quantity:
            shelf.receive(db, venue.workspace_id, made, quantity)
    return made


def mix(browser: Browser, *lines: tuple[object, object], version: object = 0, **more: str) -> Any:
    typed = {f"{at}-{name}": str(said) for at, line in enumerate(lines)
             for name, said in zip(("part", "quantity"), line, strict=True)}  # fmt: skip
    product = row(browser.venue)
    known = {"version": str(version or product.version)}
    return browser.post(f"/admin/products/{product.id}/recipe", data=known | typed | more)


def row(venue: Venue, product_id: UUID | None = None) -> Product:
    with venue.program.sessions.begin() as db:
        return db.get_one(Product, product_id or venue.product_id)


def test_a_recipe_is_typed_and_the_next_turn_of_every_chat_knows_it(venue: Venue, manager: Browser) -> None:
    assert not on_menu(venue)["Dawa"].available
    vodka, lime = kept(venue, "Vodka", 1000), kept(venue, "Lime", 7, Unit.PIECE)
    assert mix(manager, (vodka, "50"), ("", ""), (lime, " 2 ")).status_code == 302
    assert on_menu(venue)["Dawa"].available and (row(venue).mixed, row(venue).counted) == (True, False)
    page = manager.get(f"/admin/products/{venue.product_id}/recipe").text
    assert "Enough for 3 more" in page and "1,000 ml left, for 20" in page and "50 ml each" in page
    assert "50 ml <bdi>Vodka</bdi>, 2 <bdi>Lime</bdi>" in manager.get(f"/admin/products/{venue.product_id}").text
    assert manager.get("/admin/products/rows").json["data"][0]["left"]["value"] == 3
    assert logged(venue)[-1].after == {"recipe": ["50 ml Vodka", "2 Lime"], "counted": False}
    assert mix(manager, (vodka, "50"), (lime, "8")).status_code == 302 and not on_menu(venue)["Dawa"].available
    assert manager.get("/admin/products/rows?where=availability.in.none").json["last_row"] == 1
    assert "this count rests" in manager.get(f"/admin/stock/{venue.product_id}").text
    assert f"/admin/stock/{venue.product_id}" not in manager.get("/admin/stock").text
    assert mix(manager).status_code == 302 and not row(venue).mixed and row(venue).counted


def test_what_cannot_be_meant_is_said_beside_its_field_and_stays_typed(venue: Venue, manager: Browser) -> None:
    vodka = kept(venue, "Vodka <b>", 1000)
    answer = mix(manager, (vodka, "5 cl"), (vodka, "3"), ("", "7"), (venue.product_id, "1"), (uuid4(), "1"))
    assert answer.status_code == 400 and not row(venue).mixed
    for said in ("Write a whole number", "in a line above", "Choose of what", "made of itself", "not there any more"):
        assert said in answer.text, said
    assert 'value="5 cl"' in answer.text and 'value="7"' in answer.text and "Vodka &lt;b&gt;" in answer.text
    assert 'aria-describedby="0-quantity-error"' in answer.text
    for version in ("x", "99999999999999"):
        assert mix(manager, (vodka, "5"), version=version).status_code == 409


def test_nothing_is_made_of_what_is_made_itself(venue: Venue, manager: Browser) -> None:
    vodka = kept(venue, "Vodka", 1000)
    data = {"name": "Shot", "price": "300", "station": "bar", "position": "0", "low_stock": "0", "in_menu": "y"}
    data |= {"category_id": str(row(venue).category_id), "version": "0"}
    assert manager.post("/admin/products/new", data=data).status_code == 302
    shot = UUID(on_menu(venue)["Shot"].id)
    assert mix(manager, (shot, "1")).status_code == 302
    refused = manager.post(f"/admin/products/{shot}/recipe", data={"version": "1", "0-part": vodka, "0-quantity": "40"})
    assert refused.status_code == 409 and "Dawa is made of this" in refused.text
    kept_it = manager.post(f"/admin/products/{shot}/remove", data={"version": "1"})
    assert kept_it.status_code == 409 and "Something is made of it: Dawa" in kept_it.text
    assert mix(manager, (vodka, "40")).status_code == 302
    answer = manager.post(f"/admin/products/{shot}/recipe", data={"version": "1", "0-part": str(venue.product_id)})
    assert answer.status_code == 400 and "Dawa has a recipe itself" in answer.text


def test_two_people_at_one_recipe_do_not_write_over_each_other(venue: Venue, manager: Browser) -> None:
    vodka = kept(venue, "Vodka", 1000)
    assert mix(manager, (vodka, "50"), version=1).status_code == 302
    second = mix(manager, (vodka, "60"), version=1)
    assert second.status_code == 409 and "Wanjiru changed this just now" in second.text
    assert re.search(r"What is in it</th><td><bdi>50 ml Vodka</bdi></td><td><bdi>60 ml Vodka", second.text)
    assert mix(manager, (vodka, "60")).status_code == 302


def test_an_ingredient_comes_is_counted_is_called_otherwise_and_goes(venue: Venue, manager: Browser) -> None:
    made = manager.post(
        "/admin/ingredients/new", data={"name": " Honey ", "unit": "g", "low_stock": "250", "version": ""}
    )
    assert made.status_code == 302
    shelf = made.location
    delivery = {"kind": "received", "quantity": "1,500,000", "note": "", "entry": str(uuid4())}
    assert manager.post(shelf, data=delivery).status_code == 302
    page = manager.get(shelf).text
    assert "1,500,000 g" in page and "Ingredient, counted in g" in page and "250 g" in page
    stock = manager.get("/admin/stock").text
    assert ">Ingredients</h2>" in stock and "1,500,000 g left" in stock
    honey = UUID(shelf.rpartition("/")[2])
    assert mix(manager, (honey, "20")).status_code == 302
    assert "Dawa</bdi></a> (20 g)" in manager.get(shelf).text and "Dawa" not in manager.get("/admin/stock").text
    address = f"/admin/ingredients/{honey}"
    assert manager.post(address, data={"name": "Wild honey", "low_stock": "0", "version": "1"}).status_code == 302
    late = manager.post(address, data={"name": "Honey", "low_stock": "5", "version": "1"})
    assert late.status_code == 409 and "<bdi>Wild honey</bdi></td><td><bdi>Honey" in late.text
    used = manager.post(f"{address}/remove", data={"version": "2"})
    assert used.status_code == 409 and "Something is made of it: Dawa" in used.text
    assert mix(manager).status_code == 302
    assert manager.post(f"{address}/remove", data={"version": "2"}).status_code == 302
    assert manager.get(address).status_code == 404 and "Wild honey" not in manager.get("/admin/stock").text
    assert manager.post(address, data={"name": "Honey", "low_stock": "0", "version": "2"}).status_code == 410


def test_what_cannot_be_an_ingredient_is_said_beside_its_field(venue: Venue, manager: Browser) -> None:
    kept(venue, "Lime", 1, Unit.PIECE)
    for said, typed in (
        ("This is needed", {"name": ""}),
        ("Write pieces or ml or g", {"unit": "litres"}),
        ("Write a number from 0", {"low_stock": "-1"}),
    ):
        answer = manager.post("/admin/ingredients/new", data={"name": "Sugar", "unit": "g", "low_stock": "0"} | typed)
        assert answer.status_code == 400 and said in answer.text, said
    answer = manager.post("/admin/ingredients/new", data={"name": "LIME", "unit": "g", "low_stock": "0"})
    assert answer.status_code == 409 and "of this name already" in answer.text


def test_an_ingredient_is_off_with_two_taps_and_its_cocktails_with_it(venue: Venue, manager: Browser) -> None:
    vodka = kept(venue, "Vodka", 1000)
    mix(manager, (vodka, "50"))
    venue.role(Role.BAR)
    assert "sold out now, with all that is made of it" in manager.get(f"/admin/stock/{vodka}").text
    out = f"/admin/products/{vodka}/out"
    tapped = manager.post(out, data={"sold_out": "yes", "from": "stock"})
    assert tapped.location.endswith(f"/admin/stock/{vodka}") and not on_menu(venue)["Dawa"].available
    assert "marked sold out" in manager.get("/admin/stock").text
    manager.post(out, data={"sold_out": "no", "from": "stock"})
    assert on_menu(venue)["Dawa"].available


def test_an_ingredient_is_on_no_page_of_the_menu(venue: Venue, manager: Browser) -> None:
    vodka = kept(venue, "Vodka", 1000)
    assert manager.get(f"/admin/products/{vodka}").status_code == 404
    assert manager.get(f"/admin/products/{vodka}/recipe").status_code == 404
    assert "Vodka" not in manager.get("/admin/products").text and load(venue) == {"Dawa"}
    assert "Vodka" not in manager.get("/admin/products/menu.csv").text
    assert manager.get(f"/admin/ingredients/{venue.product_id}").status_code == 404


def test_recipes_go_out_with_the_menu_and_come_back_in(venue: Venue, manager: Browser) -> None:
    vodka, _ = kept(venue, "Vodka", 1000), kept(venue, "Lime", 9, Unit.PIECE)
    mix(manager, (vodka, "50"), counted="yes")
    file = manager.get("/admin/products/menu.csv").data
    assert b"50 ml Vodka" in file and "0 new, 0 changed, 1 as they are" in look(manager, file).text
    page = look(
        manager,
        "name,category,price,recipe\r\nDawa,Cocktail,700,40 ml Vodka; 1 Lime\r\nShot,Cocktail,300,40 ml Vodka\r\n",
    )
    assert "<bdi>40 ml Vodka; 1 Lime</bdi>" in page.text and write(manager, page.text).status_code == 302
    dawa, shot = row(venue), row(venue, UUID(on_menu(venue)["Shot"].id))
    assert (dawa.mixed, dawa.counted, shot.mixed, shot.counted) == (True, True, True, False)
    assert "40 ml <bdi>Vodka</bdi>, 1 <bdi>Lime</bdi>" in manager.get(f"/admin/products/{dawa.id}").text
    wrong = look(manager, "name,recipe\r\nDawa,1 Shot\r\n")
    assert wrong.status_code == 400 and "Shot has a recipe itself" in wrong.text
    page = look(manager, "name,recipe\r\nDawa,1 Shot\r\nShot,\r\n")
    assert page.status_code == 200 and write(manager, page.text).status_code == 302
    assert row(venue, shot.id).mixed is False and "1 <bdi>Shot</bdi>" in manager.get(f"/admin/products/{dawa.id}").text


def test_an_order_by_hand_takes_from_the_shelf_and_names_the_cocktail(venue: Venue, manager: Browser) -> None:
    vodka = kept(venue, "Vodka", 100)
    mix(manager, (vodka, "50"))
    counter = Counter(venue, manager)
    for _ in range(3):
        counter.add()
    counter.tap("pay")
    refused = counter.tap("cash", received="2100")
    assert refused.status_code == 409 and "Dawa: 2 left" in refused.text and row(venue, vodka).held == 0
    counter.tap(f"fewer:{venue.product_id}")
    counter.tap("pay")
    assert counter.tap("cash", received="1400").status_code == 303
    assert (row(venue, vodka).on_hand, row(venue, vodka).held) == (0, 0) and not on_menu(venue)["Dawa"].available


def test_nobody_mixes_with_another_venues_bottles(venue: Venue, manager: Browser) -> None:
    other = open_venue(venue.app)
    theirs = kept(other, "Gin", 1000)
    assert "not there any more" in mix(manager, (theirs, "50")).text
    assert manager.get(f"/admin/products/{other.product_id}/recipe").status_code == 404
    assert manager.get(f"/admin/ingredients/{theirs}").status_code == 404
    answer = manager.post(f"/admin/ingredients/{theirs}", data={"name": "Ours", "low_stock": "0", "version": "1"})
    assert answer.status_code == 410 and row(other, theirs).name == "Gin"
    with venue.program.sessions.begin() as db:
        ours = (Activity.workspace_id == venue.workspace_id, Activity.subject_id == theirs)
        assert not db.query(Activity).filter(*ours).count()


def test_who_counts_the_stock_changes_no_recipe(venue: Venue, manager: Browser) -> None:
    vodka = kept(venue, "Vodka", 1000)
    venue.role(Role.BAR)
    assert mix(manager, (vodka, "50")).status_code == 403
    assert manager.get("/admin/ingredients/new").status_code == 403
    assert "New ingredient" not in manager.get("/admin/stock").text
    wasted = {"kind": "wasted", "quantity": "700", "note": "The bottle fell", "entry": str(uuid4())}
    assert manager.post(f"/admin/stock/{vodka}", data=wasted).status_code == 302 and row(venue, vodka).on_hand == 300
