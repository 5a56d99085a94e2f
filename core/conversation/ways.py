"""Which ways of paying a guest is offered, in the venue's order, and the taps for them."""

from decimal import Decimal

from core.conversation import carts, figures, texts
from core.conversation.catalogues import Text
from core.conversation.here import Here
from core.conversation.replies import ROWS_LIMIT, Button, Row
from core.conversation.session import Session
from core.domain.paying import LINKS, Way, ways

TITLES: dict[Way, Text] = {
    Way.MPESA: texts.B_PAY,
    Way.PESAPAL: texts.B_CARD,
    Way.PAYSTACK: texts.B_CARD_OTHER,
    Way.CASH: texts.B_CASH,
}


def offered(here: Here, session: Session) -> tuple[Way, ...]:
    """What works just now for what is to be paid, the way the guest asked for first; of several links one is enough."""
    venue = here.menu.venue
    found = ways(venue.payment_methods, venue.paying, _due(here, session), here.down)
    links = [way for way in found if way in LINKS]
    return tuple(sorted((way for way in found if way not in links[1:]), key=lambda way: way != session.way))


def link_way(here: Here) -> Way | None:
    """Where cards are taken: a link that works, else one that does not just now."""
    links = [Way(one) for one in here.menu.venue.payment_methods if one in LINKS]
    return next((way for way in offered(here, here.session) if way in links), next(iter(links), None))


def has_page(here: Here) -> bool:
    """Whether the venue lets its guests confirm on the web."""
    return here.menu.venue.paying.page and here.menu.venue.features.payments


def button(here: Here, way: Way, target: str) -> Button:
    """The tap that pays this way for a cart or an order."""
    return here.button(f"way:{way}:{target}", TITLES[way])


def rows(here: Here, session: Session, target: str) -> tuple[Row, ...]:
    """All ways as a list, each with a word about it."""
    found = [row for way in offered(here, session) for row in _rows_of(here, way, target)]
    if has_page(here):
        found.append(Row(f"web:{target}", here.say(texts.WEB_ROW), here.say(texts.WEB_DETAIL)))
    if Way.MPESA in offered(here, session):
        found.append(Row("code", here.say(texts.CODE_ROW), here.say(texts.CODE_DETAIL)))
    return tuple(found[:ROWS_LIMIT])


def _rows_of(here: Here, way: Way, target: str) -> list[Row]:
    row = Row(f"way:{way}:{target}", here.say(TITLES[way]), here.say(texts.WAYS_DETAIL[way]))
    if way is not Way.MPESA:
        return [row]
    payer = here.payer()
    own = [Row(row.id, row.title, figures.local_phone(payer))] if payer else []
    return [*own, Row(f"other:{target}", here.say(texts.B_OTHER_NUMBER), row.description)]


def _due(here: Here, session: Session) -> Decimal | None:
    """What the guest would pay now; None where an order was taken up of which only the number is known."""
    if carts.waiting(session) and (carts.placed(session) or not session.lines or "retry" in session.aside):
        return figures.amount(session.order["due"]) if session.order.get("due") else None
    return carts.bill(here, session).total if session.lines else None
