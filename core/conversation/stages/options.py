"""Size, mixer, doneness: what is asked of a product before it is in the cart, one question a message."""

from dataclasses import replace

from core.conversation import carts, texts
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import BUTTON_TITLE_LIMIT, BUTTONS_LIMIT, ROW_TITLE_LIMIT, ROWS_LIMIT, Button, Row
from core.conversation.session import State
from core.conversation.stages.cart import ask_adding
from core.conversation.stages.ordering import add
from core.conversation.stages.written import order_or_puzzled
from core.conversation.turn import Turn
from core.conversation.understanding.choices import Rest, named_options
from core.conversation.understanding.keywords import core_of
from core.conversation.understanding.orders import read_order
from core.conversation.understanding.request import Request
from core.conversation.understanding.words import stems
from core.conversation.wishes import Question, Wish, answered, next_question
from core.domain.options import Option

PAGE = 8
WITHOUT = frozenset(" ".join(stems(text)) for text in ("without", "bila", "plain", "as it is", "nothing", "hakuna"))


def ask_options(here: Here) -> Turn:
    """The next question about what the guest wants; a tap or a word answers it."""
    wish, question = _asked(here)
    if question is None:
        return ask_adding(here)
    body, step = _body(here, question), f"{wish.steps}:{carts.stamp(here.session)}"
    left = [o for o in question.group.options if o.id not in question.wanted.options]
    rows = [Row(f"option:{o.id}:{step}", o.called(here.language), _difference(here, o)) for o in left]
    leave = () if question.needed else (_leave(here, question, step),)
    if _fit_buttons(rows, len(leave)):
        priced = [f"*{row.title}* {row.description}" for row in rows if row.description]
        turn = here.ask("\n".join([body, *priced]), buttons=(*(Button(row.id, row.title) for row in rows), *leave))
        return replace(turn, session=turn.session.but(shown=tuple(row.id for row in rows)))
    rows = _page(here, rows, len(leave), step) + [Row(one.id, one.title) for one in leave]
    return here.ask(
        body, rows=tuple(rows), label=here.say(texts.LABEL_PRODUCTS), title=question.group.called(here.language)
    )


def answer_options(here: Here, said: Said) -> Move:
    """Options by name, "without", or more of the menu, which waits for the answer, too."""
    wish, question = _asked(here)
    if question is None:
        return order_or_puzzled(here, said)
    ids, rest = _named(here, question, said)
    if ids:
        more = read_order([word for word, _ in rest], here.catalogue, [word for _, word in rest])
        made = answered(here, wish, question, ids, more.note)
        return add(here, replace(made, items=(*made.items, *(() if more.impossible else more.items))))
    if said.short in ("no", "skip") or said.core in WITHOUT:
        return _leave_open(here, wish, question)
    request = said.request
    if request.understood and request.plain and not request.impossible:
        return add(here, replace(wish, items=(*wish.items, *request.items)))
    return _about_it(here, wish, question, request) or order_or_puzzled(here, said)


def take_named(here: Here, said: Said) -> Move | None:
    """Nothing but options of what is asked about: before "well done" can thank anybody."""
    wish, question = _asked(here)
    if question is None:
        return None
    ids, rest = _named(here, question, said)
    return add(here, answered(here, wish, question, ids)) if ids and not core_of([w for w, _ in rest]) else None


def choose_option(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: one option, for the question that is open."""
    wish, question = _asked(here)
    option_id, *step = (*args, "")
    offered = question is not None and any(option.id == option_id for option in question.group.options)
    if question is None or not offered or not _fresh(here, wish, step):
        return stay(here, here.say(texts.STALE))
    return add(here, answered(here, wish, question, (option_id,)))


def leave_question(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: nothing of this, or nothing more."""
    wish, question = _asked(here)
    if question is None or not _fresh(here, wish, args):
        return stay(here, here.say(texts.STALE))
    return _leave_open(here, wish, question)


def turn_options(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: the next page of a long question."""
    wish, question = _asked(here)
    page, *step = (*args, "")
    if question is None or not _fresh(here, wish, step) or not (page.isdecimal() and len(page) < 3):
        return stay(here, here.say(texts.STALE))
    return Move(State.CHOOSING_OPTIONS, here.session, aside=here.session.aside | {"page": int(page)})


def _asked(here: Here) -> tuple[Wish, Question | None]:
    """What is open. The menu may have changed since: what is not on it any more is asked about no longer."""
    if here.session.state != State.CHOOSING_OPTIONS or "pending" not in here.session.aside:
        return Wish(()), None
    wish = Wish.of(here.session.aside)
    there = tuple(wanted for wanted in wish.items if wanted.product_id in here.catalogue.products)
    return wish, next_question(here, replace(wish, items=there)) if len(there) == len(wish.items) else None


def _named(here: Here, question: Question, said: Said) -> tuple[tuple[str, ...], Rest]:
    return named_options(said.words, said.spoken, here.catalogue.products[question.wanted.product_id], here.catalogue)


def _about_it(here: Here, wish: Wish, question: Question, request: Request) -> Move | None:
    """ "No ice", "make that 3": about what is being asked of, not about what is in the cart."""
    quantity = request.quantity if request.verb == "set" else None
    if request.items or request.out or (quantity is None and not request.note):
        return None
    if quantity is not None and not 1 <= quantity <= carts.MOST:
        return stay(here, here.say(texts.QUANTITY_RANGE))
    wanted = replace(question.wanted, quantity=quantity or question.wanted.quantity)
    return add(here, answered(here, wish, replace(question, wanted=wanted), (), request.note))


def _fresh(here: Here, wish: Wish, step: list[str] | tuple[str, ...]) -> bool:
    return ":".join(step[:3]) == f"{wish.steps}:{carts.stamp(here.session)}"


def _leave_open(here: Here, wish: Wish, question: Question) -> Move:
    if question.needed:
        return stay(here, here.say(texts.OPTION_NEEDED))
    return add(here, replace(wish, passed=(*wish.passed, question.key)))


def _body(here: Here, question: Question) -> str:
    wanted, group = question.wanted, question.group
    line = carts.line_of(here, here.catalogue.products[wanted.product_id], wanted.quantity, wanted.note, wanted.options)
    item = here.say(texts.ITEM, quantity=wanted.quantity, name=here.described(line))
    left = group.most - question.chosen
    count = min(left, len(group.options) - question.chosen)
    return here.say(texts.WHICH_OPTIONS, item=item, group=group.called(here.language), count=count)


def _difference(here: Here, option: Option) -> str:
    if not option.price:
        return ""
    return here.say(texts.DEARER if option.price > 0 else texts.CHEAPER, amount=here.money(abs(option.price)))


def _leave(here: Here, question: Question, step: str) -> Button:
    return here.button(f"leave:{step}", texts.B_ENOUGH if question.chosen else texts.B_SKIP_DETAIL)


def _fit_buttons(rows: list[Row], more: int) -> bool:
    titles = {row.title for row in rows if len(row.title.encode("utf-16-le")) // 2 <= BUTTON_TITLE_LIMIT}
    return len(titles) == len(rows) <= BUTTONS_LIMIT - more


def _page(here: Here, rows: list[Row], more: int, step: str) -> list[Row]:
    """As many as fit, with the way to the next ones. What is too long for a title stands below it."""
    longer = [
        replace(r, description=f"{r.title} {r.description}".strip()) if len(r.title) > ROW_TITLE_LIMIT else r
        for r in rows
    ]
    if len(longer) + more <= ROWS_LIMIT:
        return longer
    pages = -(-len(longer) // PAGE)
    page = int(here.session.aside.get("page", 0)) % pages
    following = (page + 1) % pages
    detail = here.say(texts.MORE_DETAIL, page=following + 1, pages=pages)
    return [
        *longer[page * PAGE : (page + 1) * PAGE],
        Row(f"options:{following}:{step}", here.say(texts.MORE_ROW), detail),
    ]
