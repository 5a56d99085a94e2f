"""What staff put together for a guest at the counter: the cart of the chat, told by the buttons of a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.conversation import carts, opening, ways
from core.conversation.effects import Effect
from core.conversation.here import Here
from core.conversation.session import Line
from core.conversation.stages.ordering import too_little
from core.conversation.stages.paying import placing
from core.conversation.understanding.request import Wanted
from core.domain.menu import Product
from core.domain.options import OptionGroup, choices, fitting, open_group
from core.domain.paying import Way


@dataclass(frozen=True)
class Tray:
    """The lines after a tap. `asking`: whose options are chosen next, with the question that `lacks` an answer;
    `problem`: why nothing was added."""

    lines: tuple[Line, ...]
    asking: str = ""
    lacks: OptionGroup | None = None
    problem: str = ""


def read_lines(here: Here, kept: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """Lines as `written_lines` left them on the page; a product that nobody knows any more keeps its name."""
    products = here.catalogue.products
    found = []
    for one in kept:
        product = products.get(one["product_id"])
        chosen = choices(product.groups, one["options"]) if product else ()
        price = Decimal(one["unit_price"])
        found.append(Line(one["product_id"], one["name"], one["quantity"], price, one["note"], chosen))
    return tuple(found)


def written_lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """JSON-ready; `read_lines` reads it back."""
    return [line.to_dict() | {"options": list(line.chosen)} for line in lines]


def tapped(here: Here, tap: str, about: str, chosen: Sequence[str] = (), note: str = "") -> Tray:
    """`add`, `open` and `put` are about a product, `more` and `less` about the place of a line; `fewer` about a product
    again, of which one is taken away. A tap that means nothing changes nothing."""
    lines, product = here.session.lines, here.catalogue.products.get(about)
    if tap in ("more", "less") and (place := _place(about)) < len(lines):
        step = 1 if tap == "more" else -1
        return _checked(here, carts.with_quantity(lines, place, lines[place].quantity + step))
    if product is None or not sold(here, product):
        return Tray(lines)
    if tap == "fewer":
        return Tray(_fewer(lines, about))
    if tap == "open" or (tap == "add" and product.groups):
        return Tray(lines, product.id)
    return _put(here, product, chosen, note) if tap in ("add", "put") else Tray(lines)


def sold(here: Here, product: Product) -> bool:
    """Whether it can be ordered just now."""
    return product.available and opening.shut(here, product) is None


def not_yet(here: Here) -> str:
    """Why this cart cannot be ordered as it is; empty where it can."""
    return opening.house_shut(here) or too_little(here, here.session)


def takes_prompt(here: Here) -> bool:
    """Whether this can be paid by a prompt on a phone."""
    return here.menu.venue.features.payments and Way.MPESA in ways.offered(here, here.session)


def ordered(here: Here, name: str) -> Effect:
    """The cart as an order, as the page showed it."""
    return placing(here) | {"customer_name": name, "discount_percent": str(here.discount)}


def _place(about: str) -> int:
    """Of a line; beyond all of them where it is no place."""
    return int(about) if about.isdecimal() and len(about) < 3 else carts.MOST_LINES


def _put(here: Here, product: Product, chosen: Sequence[str], note: str) -> Tray:
    options = fitting(product.groups, chosen)
    if lacks := open_group(product.groups, options):
        return Tray(here.session.lines, product.id, lacks)
    return _checked(here, carts.with_line(here, here.session.lines, Wanted(product.id, 1, note, True, options)))


def _checked(here: Here, lines: tuple[Line, ...]) -> Tray:
    problem = carts.too_much(here, lines)
    return Tray(here.session.lines, problem=problem) if problem else Tray(lines)


def _fewer(lines: tuple[Line, ...], product_id: str) -> tuple[Line, ...]:
    """One less of the line that was added last."""
    last = max((i for i, line in enumerate(lines) if line.product_id == product_id), default=None)
    return lines if last is None else carts.with_quantity(lines, last, lines[last].quantity - 1)
