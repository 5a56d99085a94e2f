"""Welcome, categories, products: the first steps."""

from core.conversation import carts, opening, texts
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import Row
from core.conversation.session import State
from core.conversation.stages.ordering import add, checking_out, refusal
from core.conversation.stages.searching import ask_choices, ask_found, product_row, turn_page
from core.conversation.stages.written import order_or_puzzled
from core.conversation.turn import Turn
from core.conversation.understanding.request import Wanted
from core.conversation.wishes import Wish, from_card
from core.domain.menu import Product

PAGE = 9


def ask_greeting(here: Here) -> Turn:
    """Welcome, with the menu's headings."""
    name = f", {here.name}" if here.name else ""
    return _ask_headings(here, here.say(texts.WELCOME, venue=here.menu.venue.name, name=name))


def answer_greeting(here: Here, said: Said) -> Move:
    """The first words of a guest may already be an order."""
    return answer_list(here, said)


def ask_categories(here: Here) -> Turn:
    """The menu's headings."""
    return _ask_headings(here, here.say(texts.CATEGORIES))


def answer_categories(here: Here, said: Said) -> Move:
    """A heading by number or name, or an order."""
    return answer_list(here, said)


def ask_products(here: Here) -> Turn:
    """One page of the products under a heading, or the few a guest may have meant."""
    if "choices" in here.session.aside:
        return ask_choices(here) or _ask_headings(here, here.say(texts.CATEGORIES))
    if "found" in here.session.aside and (found := ask_found(here)):
        return found
    category = here.catalogue.category(here.session.category_id)
    if category is None:
        return _ask_headings(here, here.say(texts.CATEGORIES))
    products = here.catalogue.by_category[category.id]
    pages = -(-len(products) // PAGE)
    page = min(max(here.session.page, 0), pages - 1)
    rows = [product_row(here, p, f"prod:{p.id}") for p in products[page * PAGE : (page + 1) * PAGE]]
    rows.append(_last_row(here, category.id, page, pages))
    body = here.say(texts.PRODUCTS, category=category.called(here.language))
    return here.ask(
        body,
        rows=tuple(rows),
        label=here.say(texts.LABEL_PRODUCTS),
        title=category.called(here.language) or here.say(texts.TITLE_MENU),
        page=page,
    )


def answer_products(here: Here, said: Said) -> Move:
    """A product by number or name, or an order."""
    return answer_list(here, said)


def answer_list(here: Here, said: Said) -> Move:
    """A number means the row the guest saw; flow turns it into that row's tap. Anything else is an order."""
    if (several := _several(here, said)) is not None:
        return several
    if said.number is not None and here.session.shown:
        return stay(here, here.say(texts.PUZZLED_BY, text=max(min(said.number, 9999), -1)))
    return order_or_puzzled(here, said)


def _several(here: Here, said: Said) -> Move | None:
    """ "2 x 3" in a list: the second row, three times."""
    match said.words:
        case [row, "x", times] if row.isdecimal() and times.isdecimal() and len(row + times) < 5:
            action, _, product_id = "".join(here.session.shown[int(row) - 1 : int(row)]).partition(":")
            if action != "prod" or not 0 < int(times) <= carts.MOST:
                return None
            return add(here, Wish((Wanted(product_id, int(times), counted=True),), straight=checking_out(here)))
    return None


def open_menu(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: the menu."""
    page = int(args[0]) if args and args[0].isdecimal() and len(args[0]) < 4 else 0
    return Move(State.BROWSING_CATEGORIES, here.session, aside={"headings": page} if page else {})


def open_category(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: one heading, or its next page."""
    category, page = (*args, "0", "0")[:2]
    if here.catalogue.category(category) is None:
        return Move(State.BROWSING_CATEGORIES, here.session, here.say(texts.NOT_ON_MENU))
    number = int(page) if page.isdecimal() and len(page) < 4 else 0
    return Move(State.BROWSING_PRODUCTS, here.session.but(category_id=category, page=number))


def show_more(here: Here, args: tuple[str, ...]) -> Move:
    """Word: the next page of whatever list is open."""
    session = here.session
    if move := turn_page(here):
        return move
    if session.state == State.CHOOSING_OPTIONS and "pending" in session.aside:
        return Move(session.state, session, aside=session.aside | {"page": session.aside.get("page", 0) + 1})
    if "tables" in session.aside:
        return Move(session.state, session, aside={"tables": session.aside["tables"] + 1})
    if session.state == State.BROWSING_PRODUCTS and here.catalogue.category(session.category_id):
        return Move(State.BROWSING_PRODUCTS, session.but(page=session.page + 1))
    return open_menu(here, ())


def choose(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: one product."""
    product_id = args[0] if args else ""
    if said := refusal(here, product_id):
        return _beside(here, here.catalogue.products.get(product_id), said)
    return Move(State.COLLECTING_QUANTITY, here.session.but(product_id=product_id))


def add_some(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: so many of one product; a second tap on the same button finds the cart changed, and adds nothing."""
    product_id, quantity, *stamp = (*args, "", "")
    possible = quantity.isdecimal() and 0 < int(quantity[:3]) <= carts.MOST
    if ":".join(stamp[:2]) != carts.stamp(here.session) or not possible:
        return stay(here, here.say(texts.STALE))
    wanted = from_card(here, int(quantity), product_id)
    return add(here, Wish((wanted,), straight=checking_out(here), thorough=True))


def _beside(here: Here, product: Product | None, said: str) -> Move:
    """What cannot be had, and the list it stands in."""
    if product is None:
        return Move(State.BROWSING_CATEGORIES, here.session, said)
    return Move(State.BROWSING_PRODUCTS, here.session.but(category_id=product.category_id, page=0), said)


def _ask_headings(here: Here, body: str) -> Turn:
    closed = opening.house_shut(here)
    if closed and closed not in here.before:
        body = f"{body}\n{closed}"
    catalogue, session = here.catalogue, here.session
    if not catalogue.categories:
        return here.ask(here.say(texts.EMPTY_MENU))
    size = PAGE if len(catalogue.categories) + bool(session.lines) > PAGE + 1 else PAGE + 1
    pages = -(-len(catalogue.categories) // size)
    page = session.aside.get("headings", 0) % pages
    rows = [Row(f"cat:{c.id}", c.called(here.language)) for c in catalogue.categories[page * size : (page + 1) * size]]
    if pages > 1:
        rows.append(Row(f"menu:{(page + 1) % pages}", here.say(texts.MORE_ROW)))
    if session.lines:
        cart = here.say(
            texts.CART_SO_FAR, count=carts.count(session.lines), total=here.money(carts.total(session.lines))
        )
        body = f"{body}\n{cart}"
        rows = [*rows, Row("checkout", here.say(texts.CHECKOUT_ROW), cart)][: PAGE + 1]
    return here.ask(body, rows=tuple(rows), label=here.say(texts.LABEL_MENU), title=here.say(texts.TITLE_MENU))


def _last_row(here: Here, category_id: str, page: int, pages: int) -> Row:
    if page + 1 < pages:
        detail = here.say(texts.MORE_DETAIL, page=page + 2, pages=pages)
        return Row(f"cat:{category_id}:{page + 1}", here.say(texts.MORE_ROW), detail)
    return Row("menu", here.say(texts.BACK_ROW))
