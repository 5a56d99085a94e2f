"""What is true outside of our books: what the provider and the drawer hold, and what every payer got back.

A plain model that knows nothing of ours: told of each step by the test, asked after it what the books should say.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Outside:
    """Money by its reference. `told`: what we may know of; `whole`: reversed, by whomever, which happens only once."""

    paid: dict[str, Decimal] = field(default_factory=dict)
    back: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    told: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    unasked: set[str] = field(default_factory=set)
    arrived: set[str] = field(default_factory=set)
    drawer: Decimal = Decimal(0)
    cash: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    cash_back: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def held(self) -> Decimal:
        """What lies at the provider, as far as we were told of it."""
        return sum((self.paid[one] - self.back[one] for one in self.told), Decimal(0))

    def of(self, reference: str) -> Decimal:
        """What we still have of this money, wherever it lies."""
        return self.paid[reference] + self.cash[reference] - self.back[reference] - self.cash_back[reference]

    def pays(self, reference: str, amount: Decimal) -> None:
        """Money came into the till."""
        self.paid[reference] = amount

    def pays_cash(self, reference: str, amount: Decimal) -> None:
        """Money came into the drawer."""
        self.paid[reference] = Decimal(0)
        self.cash[reference] = amount
        self.drawer += amount

    def tells(self, reference: str) -> None:
        """We were told of money."""
        self.told.add(reference)

    def takes_back(self, reference: str) -> None:
        """The provider gives all of it back to its payer, or says once more that it did."""
        if reference not in self.whole:
            self.unasked.add(reference)
        self._reverse(reference)
        self.told.add(reference)

    def sends(self, reference: str, amount: Decimal, call: str) -> None:
        """A call of ours came about: the whole is reversed, a part is paid out."""
        if call in self.arrived:
            return
        self.arrived.add(call)
        if amount == self.paid[reference]:
            self._reverse(reference)
        else:
            self.back[reference] += amount

    def gives(self, reference: str, amount: Decimal) -> None:
        """Staff gave it from the drawer."""
        self.drawer -= amount
        self.cash_back[reference] += amount

    def _reverse(self, reference: str) -> None:
        if reference not in self.whole:
            self.whole.add(reference)
            self.back[reference] += self.paid[reference]
