"""The whole ordering conversation: one step from an event, and its conclusion once the world has answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.conversation import events, pieces, texts
from core.conversation.effects import PAY_CASH, PLACE_ORDER, REQUEST_PAYMENT, Effect, Outcome
from core.conversation.events import Event
from core.conversation.here import Here, Move, Said, stay
from core.conversation.profile import Profile
from core.conversation.replies import Reply
from core.conversation.session import NEW, Session, State
from core.conversation.stages import choosing, details, languages, options, seating, staffing, table, written
from core.conversation.stages.after import greet
from core.conversation.stages.besides import with_caption
from core.conversation.stages.knowing import preference, remembered, turned_away
from core.conversation.stages.news import Data
from core.conversation.states import ACTIONS, BESIDES, CONCLUSIONS, MONEY, NEWS, STATES, Telling
from core.conversation.turn import Turn
from core.conversation.understanding import intents, keywords
from core.conversation.understanding.mpesa import read_code
from core.conversation.understanding.words import ORDINALS, tokens
from core.domain.menu import Menu
from core.errors import IllegalTransition

TOO_LATE = timedelta(minutes=30)
# After an outage: whoever wrote a day ago wants no answer any more.
LONG_AGO = timedelta(hours=24)
UNANSWERED = ("reaction", "system")
ABOUT_MONEY = (PLACE_ORDER, REQUEST_PAYMENT, PAY_CASH)


def step(session: Session | None, event: Event, menu: Menu, now: datetime) -> Turn:
    """One event: the next session, what to say, and what to do. With effects it is a plan for `conclude`."""
    guest = (event.id, event.guest_name, event.guest_phone)
    here = Here(session or NEW, menu, now, *guest, known=event.profile, down=event.down)
    here = staffing.after_silence(remembered(here, new=session is None))
    if event.kind in NEWS:
        return _tell(here, NEWS[event.kind], event.data)
    if _wants_no_answer(event, now):
        return Turn(here.session)
    if menu.debug and menu.debug != event.guest_phone and event.kind in events.FROM_GUESTS:
        return _planned(here, preference(here, {"stop": True})) if _asks_to_stop(event) else Turn(here.session)
    if here.known.blocked and event.kind in events.FROM_GUESTS and not _names_money(event):
        return turned_away(here)
    move, leads_to = _answer(here, event)
    if comes_too_late(move.effects, event.at, now):
        move = stay(here, here.say(texts.LATE))
    _check(here.session.state, move.to, leads_to | STATES[here.session.state].leads_to)
    return _planned(here, move) if move.effects else _arrive(here, move)


def comes_too_late(effects: Sequence[Effect], at: datetime, now: datetime) -> bool:
    """Whether a word or a tap of that time may no longer order or pay."""
    return now - at > TOO_LATE and any(effect["kind"] in ABOUT_MONEY for effect in effects)


def conclude(plan: Turn, outcomes: Sequence[Outcome], menu: Menu, now: datetime) -> Turn:
    """The final turn, from what became of the plan's effects."""
    note = plan.note
    conclusion = CONCLUSIONS[note["then"]]
    known, down = Profile.of(note.get("known")), tuple(note.get("down", ()))
    here = Here(plan.session, menu, now, note["event"], note["name"], note["phone"], known=known, down=down)
    move = conclusion.draw(here, note, outcomes)
    _check(plan.session.state, move.to, conclusion.leads_to | {State(note["to"])})
    return _arrive(here, move)


def _wants_no_answer(event: Event, now: datetime) -> bool:
    silent = event.kind == events.UNREADABLE and event.data.get("type") in UNANSWERED
    return silent or (event.kind in events.FROM_GUESTS and now - event.at > LONG_AGO)


def _asks_to_stop(event: Event) -> bool:
    """Whoever wants no messages gets none, answered or not."""
    return event.kind == events.TEXT and keywords.keyword(tokens(str(event.data.get("text", "")))) == "stop"


def _names_money(event: Event) -> bool:
    """The code of money that was sent: it is looked for, whoever types it."""
    return event.kind == events.TEXT and bool(read_code(str(event.data.get("text", ""))))


def _answer(here: Here, event: Event) -> tuple[Move, frozenset[State]]:
    if event.kind == events.TAP:
        return _tapped(here, str(event.data.get("id", "")))
    if event.kind == events.TEXT:
        text, wrong = seating.scanned(here, str(event.data.get("text", "")))
        if wrong:
            return stay(here, wrong), frozenset()
        said = pieces.heard(here, text)
        here = languages.heard(here, said)
        move, leads_to = _written(here, said)
        return with_caption(_greeted(move, here, text), here, str(event.data.get("media", ""))), leads_to
    if event.kind == events.LOCATION:
        return table.take_location(here, event.data), frozenset()
    taking = BESIDES.get(event.kind, BESIDES[events.UNREADABLE])
    return taking.take(here, event.data), taking.leads_to


def _greeted(move: Move, here: Here, text: str) -> Move:
    """Whoever says hello and orders in the next line, or the next message, is welcomed and served at once."""
    first, _, rest = text.partition("\n")
    if not rest.strip() or keywords.keyword(tokens(first)) != "hello":
        return move
    return move.saying(greet(here, ()).say.partition("\n")[0])


def _tapped(here: Here, tap: str) -> tuple[Move, frozenset[State]]:
    name, *args = tap.split(":")
    action = ACTIONS.get(name)
    if action is None:
        return stay(here, here.say(texts.STALE)), frozenset()
    return action.take(here, tuple(args)), action.leads_to


def _written(here: Here, said: Said) -> tuple[Move, frozenset[State]]:
    """A word that always works, an answer to an open question, a row by its number, or what the state makes of it."""
    if here.session.aside.get("question") and said.short in ("yes", "no"):
        return _tapped(here, "clear" if said.short == "yes" else "keep")
    if code := read_code(said.text):
        return choosing.take_code(here, code), MONEY
    if name := details.introduced(said.text):
        return details.take_name(here, name), frozenset()
    if here.session.state is State.CHOOSING_OPTIONS and (named := options.take_named(here, said)):
        return named, STATES[State.CHOOSING_OPTIONS].leads_to
    if (name := _word(here, said)) or (name := _row(here, said)):
        return _tapped(here, name)
    if name := _beside_table(said):
        return _tapped(written.at_table(here, said.request.table), name)
    move = STATES[here.session.state].answer(here, said)
    near = (keywords.misspelt(said.words) or intents.intent(said.words)) if move.puzzled else ""
    return _tapped(here, near) if near else (move, frozenset())


def _word(here: Here, said: Said) -> str:
    """The action the message names; "food menu" is about the food, "where is my food" is not."""
    name = keywords.keyword(said.words)
    if name and not here.catalogue.mentions(said.words):
        return name
    if not said.request.category or said.request.items:
        return name
    about = intents.intent(said.words)
    return about if about in intents.ABOUT_ORDERS else "" if name == "menu" else name


def _beside_table(said: Said) -> str:
    """ "Same again for table 4": the action beside the table."""
    request = said.request
    if request.table is None or request.phone or request.items or request.out or request.choices:
        return ""
    name = keywords.keyword(request.rest) or intents.intent(request.rest)
    return "" if name in (*intents.GREETINGS, "change") else name


def _row(here: Here, said: Said) -> str:
    """The tap of a row shown last, named by its number or by its product."""
    shown = here.session.shown
    if not shown:
        return ""
    number = ORDINALS.get(said.core) if said.number is None else said.number
    if number is not None:
        return shown[number - 1] if 0 < number <= len(shown) else ""
    product_id = said.only_product
    named = [tap for tap in shown if product_id and product_id == _product_of(here, tap)]
    return named[0] if named else _partly_named(here, said)


def _partly_named(here: Here, said: Said) -> str:
    """The one row whose product is called so among other words: "passion" means what is shown."""
    called = here.catalogue.called
    words = set(said.core.split())
    fits = [tap for tap in here.session.shown if words and words <= called.get(_product_of(here, tap), frozenset())]
    return fits[0] if len(fits) == 1 else ""


def _product_of(here: Here, tap: str) -> str:
    action, _, rest = tap.partition(":")
    thing = rest.partition(":")[0]
    if action == "line" and thing.isdecimal():
        return "".join(line.product_id for line in here.session.lines[int(thing) : int(thing) + 1])
    return thing if action in ("prod", "qty") else ""


def _tell(here: Here, telling: Telling, data: Data) -> Turn:
    told = telling.tell(here, data)
    _check(here.session.state, told.session.state, telling.leads_to)
    over = str(data.get("payment_id", "")) if telling.payment else ""
    return Turn(told.session, told.reply(), quiet_over=over)


def _planned(here: Here, move: Move) -> Turn:
    """Everything the conclusion needs, decided now (rule 3)."""
    note = {
        "then": move.then or "go",
        "to": move.to.value,
        "say": move.say,
        "aside": move.aside,
        "event": here.event_id,
        "name": here.name,
        "phone": here.guest_phone,
        "known": here.known.to_dict(),
        "down": list(here.down),
    }
    return Turn(move.session.but(state=here.session.state), effects=move.effects, note=note | move.note)


def _arrive(here: Here, move: Move) -> Turn:
    session = move.session.but(state=move.to, aside=move.aside)
    if move.silent:
        return Turn(session)
    if move.prompt:
        return Turn(session.but(shown=()), (Reply(move.prompt, prompt=True),), quiet_for=move.quiet_for)
    if move.reply is not None:
        return Turn(session, (move.reply,))
    return STATES[move.to].ask(here.at(session, move.say))


def _check(origin: State, to: State, leads_to: frozenset[State]) -> None:
    if to != origin and to not in leads_to:
        raise IllegalTransition(f"{origin} does not lead to {to}")
