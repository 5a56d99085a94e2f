"""What a message asks for, as far as the menu knows it."""

from dataclasses import dataclass, field

MOST = 99


@dataclass(frozen=True)
class Wanted:
    """Some of one product. `counted` says that the guest named the number. `options` are the ids of those chosen."""

    product_id: str
    quantity: int = 1
    note: str = ""
    counted: bool = False
    options: tuple[str, ...] = ()


@dataclass
class Request:
    """`items` are wanted, or with the verb "set" wanted to be so many; `out` is not wanted any more.

    `choices` are products of which the guest must pick one, `quantity` times; `quantity` without any product is about
    what is there already ("make that 3"), one more of it where `more` says so, and a `note` alone is about it too.
    `instead`: what is wanted takes the place of what goes out. `only`: so many and no more. `finished`: on to paying.
    `removing`: something goes out, but the words do not say what. `missing` are words that stood where a product
    should, `rest` all words but the table's.
    """

    items: list[Wanted] = field(default_factory=list)
    out: list[Wanted] = field(default_factory=list)
    choices: tuple[str, ...] = ()
    category: str = ""
    quantity: int | None = None
    table: int | None = None
    note: str = ""
    phone: str = ""
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    verb: str = "add"
    instead: bool = False
    more: bool = False
    only: bool = False
    asking: bool = False
    finished: bool = False
    removing: bool = False

    @property
    def understood(self) -> bool:
        """A story that merely mentions a drink is no order."""
        return bool(self.items) and len(self.unknown) <= 3 + len(self.items)

    @property
    def impossible(self) -> bool:
        """Whether some number cannot be served."""
        lowest = 0 if self.verb == "set" else 1
        return any(not lowest <= item.quantity <= MOST for item in (*self.items, *self.out))

    @property
    def plain(self) -> bool:
        """Whether it only names things to be added."""
        return self.verb == "add" and not (self.out or self.asking or self.only or self.instead)
