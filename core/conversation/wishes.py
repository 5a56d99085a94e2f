"""What a guest wants in the cart, and what must be known of it before it can be there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.conversation.here import Here
from core.conversation.understanding.request import Wanted
from core.domain.options import OptionGroup, fitting


@dataclass(frozen=True)
class Wish:
    """Things to be put into the cart; `straight` goes on to the review, `choices` are still to be picked from.

    `thorough`: what may be left open is asked, too. `passed` are the questions that the guest left, `at` the last one.
    """

    items: Sequence[Wanted]
    straight: bool = False
    choices: tuple[str, ...] = ()
    quantity: int = 1
    said: list[str] = field(default_factory=list)
    thorough: bool = False
    passed: tuple[str, ...] = ()
    at: str = ""

    def kept(self) -> dict[str, Any]:
        """As the session keeps it while the guest's age or an option is asked."""
        aside = {"straight": self.straight, "choices": list(self.choices), "quantity": self.quantity}
        questions = {"thorough": self.thorough, "passed": list(self.passed), "at": self.at}
        return aside | {"pending": [_kept(w) for w in self.items]} | {k: v for k, v in questions.items() if v}

    @classmethod
    def of(cls, aside: dict[str, Any]) -> "Wish":
        """Inverse of `kept`."""
        items = [Wanted(i, quantity, note, True, tuple(*options)) for i, quantity, note, *options in aside["pending"]]
        wish = cls(items, aside["straight"], tuple(aside["choices"]), aside["quantity"])
        questions = aside.get("thorough", False), tuple(aside.get("passed", ())), aside.get("at", "")
        return replace(wish, thorough=questions[0], passed=questions[1], at=questions[2])

    @property
    def steps(self) -> int:
        """How many answers it has: a tap belongs to one question only, however often it is tapped."""
        return len(self.passed) + sum(len(wanted.options) for wanted in self.items)


@dataclass(frozen=True)
class Question:
    """One group of options, about one of the things wanted."""

    index: int
    wanted: Wanted
    group: OptionGroup

    @property
    def key(self) -> str:
        """What a wish remembers it by."""
        return f"{self.wanted.product_id}:{self.group.id}"

    @property
    def chosen(self) -> int:
        """How much of it is answered."""
        return len(self.group.among(self.wanted.options))

    @property
    def needed(self) -> bool:
        """Whether it cannot be left like this."""
        return self.chosen < self.group.least


def next_question(here: Here, wish: Wish) -> Question | None:
    """What to ask first, if anything: what is needed, what the guest is just answering, and all else if thorough."""
    for index, wanted in enumerate(wish.items):
        for group in here.catalogue.products[wanted.product_id].groups:
            question = Question(index, wanted, group)
            room = question.chosen < min(group.most, len(group.options)) and question.key not in wish.passed
            if question.needed or (room and (wish.thorough or question.key == wish.at)):
                return question
    return None


def answered(here: Here, wish: Wish, question: Question, ids: Sequence[str], note: str = "") -> Wish:
    """The wish with these options of the product asked about, no more of a group than it takes."""
    wanted, groups = question.wanted, here.catalogue.products[question.wanted.product_id].groups
    made = replace(wanted, options=fitting(groups, (*wanted.options, *ids)), note=note or wanted.note)
    items = tuple(made if i == question.index else w for i, w in enumerate(wish.items))
    return replace(wish, items=items, at=question.key)


def from_card(here: Here, quantity: int, product_id: str = "", note: str = "") -> Wanted:
    """So many of the product whose card the guest is looking at, as far as they said how."""
    aside = here.session.aside
    options = tuple(aside.get("options", ()))
    return Wanted(product_id or here.session.product_id, quantity, note or str(aside.get("note", "")), True, options)


def _kept(wanted: Wanted) -> list[Any]:
    options = [list(wanted.options)] if wanted.options else []
    return [wanted.product_id, wanted.quantity, wanted.note, *options]
