"""What somebody's sheet would change of the menu."""

from uuid import UUID, uuid4

import pytest

from core.domain.menu_sheet import Known, Plan, columns, plan
from core.domain.recipes import Part
from core.domain.statuses import Unit

LANGUAGES = ("sw",)
COLUMNS = columns(LANGUAGES)


def known(**typed: str) -> Known:
    said = dict.fromkeys(COLUMNS, "") | {
        "name": "Dawa", "category": "Cocktail", "price": "700", "station": "bar", "in_menu": "yes", "alcoholic": "yes",
        "position": "0", "low_stock": "0",
    }  # fmt: skip
    return Known(uuid4(), said | typed)


DAWA, TUSKER = known(sku="D-1"), known(name="Tusker", category="Beer", price="350")


VODKA, LIME = Part(uuid4(), "Vodka", Unit.MILLILITRE), Part(uuid4(), "Lime", Unit.PIECE)


def look(*lines: str, on_menu: tuple[Known, ...] = (DAWA, TUSKER)) -> Plan:
    header, *rows = (line.split("|") for line in lines)
    sold = [Part(one.id, one.name, Unit.PIECE, bool(one.typed["recipe"]), sold=True) for one in on_menu]
    return plan(header, rows, on_menu, ("Cocktail", "Beer"), LANGUAGES, (VODKA, LIME, *sold))


def said(found: Plan) -> list[tuple[int, str]]:
    return [(one.row, one.column) for one in found.problems]


def test_a_row_changes_what_it_names_and_leaves_the_rest() -> None:
    found = look("Name|Price|In menu", "dawa|750|yes", "Tusker|350|no")
    assert [(one.name, one.differences) for one in found.changes] == [
        ("dawa", (("name", "Dawa", "dawa"), ("price", "700", "750"))),
        ("Tusker", (("in_menu", "yes", "no"),)),
    ]
    assert {one.product_id for one in found.changes} == {DAWA.id, TUSKER.id} and not found.problems


def test_what_is_as_it_was_changes_nothing() -> None:
    rows = ["|".join(one.typed[name] for name in COLUMNS) for one in (DAWA, TUSKER)]
    found = look("|".join(COLUMNS), *rows, "", "||")
    assert found == Plan(unchanged=2)


def test_the_code_counts_before_the_name() -> None:
    found = look("sku|name", "d-1|Dawa Kali")
    ids: list[UUID | None] = [one.product_id for one in found.changes]
    assert ids == [DAWA.id] and found.changes[0].differences == (("name", "Dawa", "Dawa Kali"), ("sku", "D-1", "d-1"))


def test_a_new_product_brings_its_category() -> None:
    found = look("name|category|price", "Chai|Hot drinks|150", "Kahawa|HOT DRINKS|200", "Mojito|cocktail|800")
    assert [(one.product_id, one.category) for one in found.changes] == [
        (None, "Hot drinks"), (None, "Hot drinks"), (None, "Cocktail"),
    ]  # fmt: skip
    assert found.categories == ("Hot drinks",) and found.changes[0].values["in_menu"] is True


def test_every_row_says_what_is_wrong_with_it() -> None:
    found = look(
        "name|category|price|allergens", "Chai||x|", "Dawa||700|", "=1+1|Beer|5|", "Tusker|Beer|0|moon", "|Beer|5|"
    )
    assert sorted(said(found)) == [
        (2, "category"), (2, "price"), (3, "category"), (4, "name"), (5, "allergens"), (5, "price"), (6, "name"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ("name|price", "Dawa|700", "DAWA|750"),
        ("sku|name|price", "D-1|Dawa|700", "|Dawa|750"),
        ("name|category|price", "Chai|Beer|1", "chai|Beer|2"),
        ("sku|name|category|price", "N-1|Chai|Beer|1", "n-1|Kahawa|Beer|2"),
    ],
)
def test_two_rows_about_one_product_are_refused(lines: tuple[str, ...]) -> None:
    found = look(*lines)
    assert [one.said for one in found.problems] == ["Row 2 is about the same product."]


def test_a_name_that_two_products_have_needs_a_code() -> None:
    found = look("name|price", "Tusker|400", on_menu=(TUSKER, known(name="Tusker", sku="T-2")))
    assert said(found) == [(2, "name")] and "Several products" in found.problems[0].said


@pytest.mark.parametrize("header", ["prize|name", "name|name", "price", "Ã¯Â»Â¿name", "", "\x89PNG"])
def test_wrong_columns_are_named(header: str) -> None:
    found = look(header, "a|b")
    assert found.problems and not found.changes and all(one.row == 1 for one in found.problems)


def test_an_empty_code_takes_no_code_away_and_an_empty_text_empties_the_text() -> None:
    product = known(sku="D-1", description="Strong", nicknames="dawas")
    found = look("name|sku|description|nicknames", "Dawa|||", on_menu=(product,))
    assert {name for name, _, _ in found.changes[0].differences} == {"description", "nicknames"}


def test_a_recipe_is_a_cell_of_amounts_and_names() -> None:
    found = look("name|recipe", "Dawa| 50ml vodka ; 1 LIME;", "Tusker|")
    assert found.problems == () and found.unchanged == 1
    assert found.changes[0].values["recipe"] == ((VODKA, 50), (LIME, 1))
    assert found.changes[0].differences[1:] == () and found.changes[0].differences[0][2] == "50 ml Vodka; 1 Lime"
    mixed = known(name="Mule", recipe="50 ml Vodka; 1 Tusker")
    again = look("name|recipe", "Mule|50 ml Vodka; 1 Tusker", on_menu=(DAWA, TUSKER, mixed))
    assert again == Plan(unchanged=1)
    emptied = look("name|recipe", "Mule|", on_menu=(DAWA, TUSKER, mixed))
    assert emptied.changes[0].differences == (("recipe", "50 ml Vodka; 1 Tusker", ""),)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("Vodka", "Write “Vodka” like 50 ml Vodka"),
        ("50 Vodka", "Vodka is counted in ml: write 50 ml Vodka."),
        ("5 cl Vodka", "Vodka is counted in ml"),
        ("2 g Lime", "Lime is counted in pieces: write 2 Lime."),
        ("1 Gin", "There is no “gin” on the shelves"),
        ("1 Lime; 2 lime", "Lime stands there twice"),
        ("0 Lime", "Write a number from 1"),
        ("1 Dawa", "Nothing is made of itself"),
    ],
)
def test_what_a_recipe_cannot_mean_is_said_by_row(cell: str, why: str) -> None:
    found = look("name|recipe", f"Dawa|{cell}")
    assert said(found) == [(2, "recipe")] and why in found.problems[0].said


def test_a_file_makes_nothing_of_what_is_made_itself() -> None:
    found = look("name|recipe", "Dawa|1 Tusker", "Tusker|1 Lime")
    assert said(found) == [(2, "recipe"), (3, "recipe")]
    assert "Tusker has a recipe itself" in found.problems[0].said and "Dawa is made of this" in found.problems[1].said
    mixed = known(name="Mule", recipe="1 Tusker")
    assert said(look("name|recipe", "Tusker|1 Lime", on_menu=(DAWA, TUSKER, mixed))) == [(2, "recipe")]
    both = look("name|recipe", "Tusker|1 Lime", "Mule|", on_menu=(DAWA, TUSKER, mixed))
    assert both.problems == () and len(both.changes) == 2
    assert said(look("name|category|price|recipe", "Mojito|Cocktail|800|1 Mule", on_menu=(TUSKER, mixed))) == [
        (2, "recipe")
    ]
