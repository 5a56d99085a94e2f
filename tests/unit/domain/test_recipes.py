"""What staff type of a recipe, and what of it cannot be meant."""

from uuid import uuid4

from core.domain.recipes import Part, measured, read_recipe
from core.domain.statuses import Unit

DAWA = uuid4()
VODKA = Part(uuid4(), "Vodka", Unit.MILLILITRE)
LIME = Part(uuid4(), "Lime", Unit.PIECE)
MOJITO = Part(uuid4(), "Mojito", Unit.PIECE, mixed=True, sold=True)
PARTS = {str(one.id): one for one in (VODKA, LIME, MOJITO, Part(DAWA, "Dawa", Unit.PIECE, sold=True))}


def test_lines_keep_their_order_and_empty_ones_are_none() -> None:
    typed = [(str(LIME.id), "1"), ("", " "), (str(VODKA.id), "1,050")]
    assert read_recipe(typed, DAWA, PARTS) == ([(LIME.id, 1), (VODKA.id, 1050)], {})
    assert read_recipe([("", "")] * 3, DAWA, PARTS) == ([], {})


def test_each_mistake_stands_beside_its_field() -> None:
    typed = [
        (str(VODKA.id), "5 cl"), (str(LIME.id), ""), ("", "3"), (str(MOJITO.id), "1"), (str(DAWA), "1"),
        (str(LIME.id), "2"), (str(uuid4()), "2"), ("drop table", "2"),
    ]  # fmt: skip
    _, problems = read_recipe(typed, DAWA, PARTS)
    assert problems == {
        "0-quantity": "Write a whole number.",
        "1-quantity": "Write a whole number.",
        "2-part": "Choose of what.",
        "3-part": "Mojito has a recipe itself. Write down what is in it instead.",
        "4-part": "Nothing is made of itself.",
        "5-part": "This stands in a line above already.",
        "6-part": "This is not there any more. Choose again.",
        "7-part": "This is not there any more. Choose again.",
    }
    for wrong in ("0", "-1", "1.5", "10001"):
        assert "0-quantity" in read_recipe([(str(VODKA.id), wrong)], DAWA, PARTS)[1], wrong


def test_amounts_are_told_in_their_unit() -> None:
    assert [measured(1250, unit) for unit in Unit] == ["1,250", "1,250 ml", "1,250 g"]
