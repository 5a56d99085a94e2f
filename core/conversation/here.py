"""What a state may look at, and the move it answers with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from core.conversation import catalogues, figures
from core.conversation.catalogues import Text
from core.conversation.copies import but
from core.conversation.effects import Effect
from core.conversation.profile import DETAILS, UNKNOWN, Profile
from core.conversation.replies import Button, Reply, Row
from core.conversation.session import Line, Session, State
from core.conversation.turn import Turn
from core.conversation.understanding import keywords
from core.conversation.understanding.catalogue import Catalogue, catalogue
from core.conversation.understanding.looking import read_search
from core.conversation.understanding.orders import read_order
from core.conversation.understanding.request import Request
from core.conversation.understanding.search import Search
from core.conversation.understanding.words import SEPARATORS, clean, number_at, spoken, stem
from core.domain import phone
from core.domain.menu import Menu, Product
from core.domain.options import named

SAY_LIMIT = 500
GUEST_NAME_LIMIT = 24
NAME_LIMIT = 40
DESCRIBED_LIMIT = 120


@dataclass(frozen=True)
class Here:
    """One moment of one conversation. `before` is said ahead of whatever the next state asks."""

    session: Session
    menu: Menu
    now: datetime
    event_id: str = ""
    guest_name: str = ""
    guest_phone: str = ""
    before: str = ""
    known: Profile = UNKNOWN
    down: tuple[str, ...] = ()

    @cached_property
    def catalogue(self) -> Catalogue:
        """The menu, ready for look-ups."""
        return catalogue(self.menu)

    @property
    def name(self) -> str:
        """The guest's name, safe to say."""
        if not self.menu.venue.features.recognition:
            return ""
        return clean(self.known.name or self.guest_name, GUEST_NAME_LIMIT)

    def missing_detail(self) -> str:
        """What the venue asks of its guests and this one was never asked, if anything."""
        asked = (*self.known.asked, *self.session.told)
        asks = self.menu.venue.asks if self.menu.venue.features.recognition else ()
        return next((name for name in asks if name in DETAILS and name not in asked), "")

    def payer(self) -> str:
        """The M-Pesa number we would ask: the one last given, else the chat's own, else none."""
        return self.session.phone or self.own_number()

    def own_number(self) -> str:
        """The chat's own number, if M-Pesa can reach it."""
        return mpesa_number(self.guest_phone)

    @property
    def discount(self) -> Decimal:
        """The guest's own discount, in percent."""
        return figures.amount(self.known.discount)

    @property
    def language(self) -> str:
        """The language the guest reads; where the venue speaks one only, that one."""
        return self.session.language if self.menu.venue.features.languages else catalogues.ENGLISH

    def say(self, text: Text, /, **values: object) -> str:
        """A text of ours with its values: the one place where a language is chosen."""
        return catalogues.wording(self.language, text, values, self._own(text) if self.menu.wordings else None)

    def _own(self, text: Text) -> Text | None:
        return self.menu.wordings.get(self.language, {}).get(catalogues.msgid(text))

    def button(self, tap: str, text: Text, /, **values: object) -> Button:
        """A tap under a text of ours."""
        return Button(tap, self.say(text, **values))

    def money(self, amount: Any) -> str:
        """An amount as this venue writes it."""
        return catalogues.money(self.language, figures.amount(amount), self.menu.venue.currency)

    def called(self, line: Line) -> str:
        """What a line of the cart is called where the guest reads it."""
        product = self.catalogue.products.get(line.product_id)
        return (product.called(self.language) if product else line.name)[:NAME_LIMIT]

    def described(self, line: Line) -> str:
        """A line with what was chosen: `Highball (Tonic, Double)`."""
        if not line.options:
            return self.called(line)
        product = self.catalogue.products.get(line.product_id)
        known = {
            one.id: one.called(self.language) for group in (product.groups if product else ()) for one in group.options
        }
        return named(self.called(line), [known.get(one.id, one.name) for one in line.options])[:DESCRIBED_LIMIT]

    def price(self, product: Product) -> Decimal:
        """What a product costs at this hour, without options."""
        return self.menu.price(product, self.now) if self.menu.price_lists else product.price

    def ask(
        self,
        body: str,
        *,
        buttons: tuple[Button, ...] = (),
        rows: tuple[Row, ...] = (),
        label: str = "",
        title: str = "",
        image: str = "",
        link: str = "",
        link_label: str = "",
        contact: bool = False,
        **changes: Any,
    ) -> Turn:
        """One message, with what was decided said first. A list's rows can be chosen by number."""
        said = f"{self.before}\n\n{body}" if self.before and body else self.before or body
        reply = Reply(said, buttons, rows, label, title, image=image, link=link, link_label=link_label, contact=contact)
        return Turn(self.session.but(shown=tuple(r.id for r in rows), **changes), (reply,))

    def at(self, session: Session, before: str = "") -> "Here":
        """The same moment with another session."""
        return but(self, session=session, before=clean_end(before))


@dataclass(frozen=True)
class Move:
    """Where an answer leads. The state `to` is asked, unless `reply` stands for it or effects must come first.

    `then` names the conclusion that is drawn from the effects' outcomes, with `note` to draw it from.
    `silent`: there is nothing to say.
    `aside` is what the next state must know for one answer. `prompt` is the one message that passes while a PIN
    dialog is open, and `quiet_for` the payment it is about. `puzzled`: nothing in the words made sense here.
    """

    to: State
    session: Session
    say: str = ""
    aside: dict[str, Any] = field(default_factory=dict)
    reply: Reply | None = None
    effects: tuple[Effect, ...] = ()
    then: str = ""
    note: dict[str, Any] = field(default_factory=dict)
    silent: bool = False
    prompt: str = ""
    quiet_for: str = ""
    puzzled: bool = False

    def saying(self, text: str) -> "Move":
        """The same move with something said first."""
        return but(self, say="\n".join(part for part in (text, self.say) if part))


class Said:
    """A text as the states read it."""

    def __init__(self, text: str, here: Here) -> None:
        self.text = text
        self.here = here
        self.spoken = spoken(text)
        self.words = [stem(word) for word in self.spoken]
        self.short = keywords.short_reply(self.words)

    @property
    def number(self) -> int | None:
        """The number, where the message is nothing but one number."""
        return self.number_among(keywords.FILLERS)

    def number_among(self, fillers: frozenset[str]) -> int | None:
        """The number, where the message is one number among words that say nothing."""
        words = [w for w in self.words if w not in fillers and w not in SEPARATORS]
        if not words or len(words) > 3 or words[0] in ("a", "an"):
            return None
        taken = number_at(words, 0)
        if taken is None or taken[1] != len(words):
            return -1 if words[0] == "-" and len(words) == 2 else None
        return taken[0]

    @property
    def core(self) -> str:
        """The message without politeness."""
        return keywords.core_of(self.words)

    @cached_property
    def request(self) -> Request:
        """The order in it, if any."""
        return _read(tuple(self.words), self.here.catalogue, tuple(self.spoken))

    @property
    def search(self) -> Search | None:
        """What it looks for, if anything."""
        return read_search(self.words, self.here.catalogue, self.request)

    @property
    def only_product(self) -> str:
        """The product, where the message only names one."""
        request = self.request
        plain = request.plain and request.understood and request.table is None and not request.choices
        lone = len(request.items) == 1 and not (request.items[0].counted or request.items[0].note or request.unknown)
        return request.items[0].product_id if plain and lone else ""

    @property
    def phone(self) -> str:
        """The M-Pesa number in it, if any."""
        digits = "".join(c for c in self.text if c.isdecimal() or c == "+")
        whole = mpesa_number(digits) if 9 <= len(digits) <= 16 else ""
        return whole or ("" if self.request.items else mpesa_number(self.request.phone))

    @property
    def any_phone(self) -> bool:
        """Whether it looks like a phone number at all, of whatever country."""
        return not self.request.phone and sum(c.isdecimal() for c in self.text) >= 9


Asking = Callable[[Here], Turn]
Answering = Callable[[Here, Said], Move]
Acting = Callable[[Here, tuple[str, ...]], Move]


def stay(here: Here, say: str = "") -> Move:
    """Ask the current state again, whatever it was waiting for kept."""
    return Move(here.session.state, here.session, say, here.session.aside)


@lru_cache(maxsize=16)
def _read(words: tuple[str, ...], catalogue: Catalogue, spoken: tuple[str, ...]) -> Request:
    """A turn looks at its text twice: does it need another one, and what does it say. Few are kept: old ones cost more
    to drop than they save."""
    return read_order(list(words), catalogue, spoken)


@lru_cache(maxsize=2048)
def mpesa_number(text: str) -> str:
    """E.164 digits of a Kenyan mobile number, else nothing."""
    digits = phone.normalise(text) if 0 < len(text) <= 32 else None
    return digits if digits and phone.is_kenyan_mobile(digits) else ""


def clean_end(text: str) -> str:
    """What is said first leaves room for the question itself."""
    return text if len(text) <= SAY_LIMIT else text[: SAY_LIMIT - 1].rstrip() + "…"
