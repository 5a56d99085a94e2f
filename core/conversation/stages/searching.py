"""What a guest looks for, in pages."""

from dataclasses import replace

from core.conversation import carts, opening, texts
from core.conversation.here import Here, Move
from core.conversation.replies import BUTTON_TITLE_LIMIT, BUTTONS_LIMIT, ROW_TITLE_LIMIT, ROWS_LIMIT, Button, Row
from core.conversation.session import State
from core.conversation.turn import Turn
from core.conversation.understanding.search import Search, find
from core.domain.menu import Product

PAGE = 9


def look_for(here: Here, search: Search, page: int = 0) -> Move:
    """The first page of what there is of it, or the headings where there is nothing."""
    if not find(search, here.catalogue, here.price):
        if search.category and search.dry:
            return look_for(here, replace(search, category=""))
        return Move(State.BROWSING_CATEGORIES, here.session, here.say(texts.NOTHING_FOUND))
    aside = {"found": search.code} | ({"page": page} if page else {})
    return Move(State.BROWSING_PRODUCTS, here.session, aside=aside)


def find_more(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: another page of a search."""
    page, code = (*args, "", "")[:2]
    return look_for(here, Search.of(code), int(page) if page.isdecimal() and len(page) < 4 else 0)


def turn_page(here: Here) -> Move | None:
    """Word: the next page of a search, if one is open."""
    aside = here.session.aside
    return look_for(here, Search.of(aside["found"]), aside.get("page", 0) + 1) if "found" in aside else None


def ask_found(here: Here) -> Turn | None:
    """One page of what was found; nothing where the menu has changed and none is left."""
    aside = here.session.aside
    search = Search.of(aside["found"])
    products = find(search, here.catalogue, here.price)
    if not products:
        return None
    pages = -(-len(products) // PAGE)
    page = aside.get("page", 0) % pages
    rows = [product_row(here, p, _tap(here, p, search)) for p in products[page * PAGE : (page + 1) * PAGE]]
    rows.append(_last_row(here, search, page, pages))
    label = here.say(texts.LABEL_PRODUCTS)
    return here.ask(here.say(texts.FOUND), rows=tuple(rows), label=label, title=label)


def ask_choices(here: Here) -> Turn | None:
    """The few a guest may have meant, as buttons where they fit; nothing where the menu has none of them any more."""
    aside, catalogue = here.session.aside, here.catalogue
    stamp = carts.stamp(here.session)
    found = [catalogue.products[i] for i in aside["choices"] if i in catalogue.products][:ROWS_LIMIT]
    rows = tuple(product_row(here, p, f"qty:{p.id}:{aside['quantity']}:{stamp}") for p in found)
    if not rows or not _fit_buttons(rows, found):
        label = here.say(texts.LABEL_PRODUCTS)
        return here.ask(here.say(texts.CHOICES), rows=rows, label=label, title=label) if rows else None
    body = "\n".join([here.say(texts.CHOICES), *(f"*{row.title}* {row.description}" for row in rows)])
    turn = here.ask(body, buttons=tuple(Button(row.id, row.title) for row in rows))
    return replace(turn, session=turn.session.but(shown=tuple(row.id for row in rows)))


def _fit_buttons(rows: tuple[Row, ...], products: list[Product]) -> bool:
    titles = {row.title for row in rows if len(row.title.encode("utf-16-le")) // 2 <= BUTTON_TITLE_LIMIT}
    return len(titles) == len(rows) <= BUTTONS_LIMIT and all(p.available for p in products)


def product_row(here: Here, product: Product, tap: str) -> Row:
    """One product in a list, with its price."""
    name, price = product.called(here.language), here.money(here.price(product))
    if not product.available:
        return Row(tap, name, here.say(texts.SOLD_OUT_ROW, price=price))
    if later := opening.later(here, product):
        return Row(tap, name, here.say(texts.LATER_DETAIL, price=price, hours=later))
    longer = name if len(name) > ROW_TITLE_LIMIT else ""
    detail = " ".join(f"{longer} {product.described(here.language)}".split())
    return Row(tap, name, here.say(texts.ROW_DETAIL, price=price, description=detail) if detail else price)


def _tap(here: Here, product: Product, search: Search) -> str:
    """Where the guest has said how many, one tap adds them."""
    if search.quantity:
        return f"qty:{product.id}:{search.quantity}:{carts.stamp(here.session)}"
    return f"prod:{product.id}"


def _last_row(here: Here, search: Search, page: int, pages: int) -> Row:
    if pages > 1:
        following = (page + 1) % pages
        detail = here.say(texts.MORE_DETAIL, page=following + 1, pages=pages)
        return Row(f"find:{following}:{search.code}", here.say(texts.MORE_ROW), detail)
    return Row("menu", here.say(texts.BACK_ROW))
