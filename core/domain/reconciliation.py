"""A provider's list laid beside ours: what is in one and not in the other, or not the same in both."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from core.domain.money import plain
from core.domain.receipts import Outcome
from core.domain.statuses import DifferenceKind, ReceiptState

ACTIONS = {
    DifferenceKind.MISSING_HERE: "It is among the unmatched money now: assign it, give it back or take it as sales.",
    DifferenceKind.MISSING_THERE: "Look for it on the provider's own page; without it there, this money never arrived.",
    DifferenceKind.AMOUNT: "Compare with the provider's own page and ask them; our books keep what we were told first.",
    DifferenceKind.STATUS: "See on the provider's own page whether it was taken back, and what was served for it.",
    DifferenceKind.DUPLICATE: "The provider lists it twice: ask them which counts. We count it once.",
}


@dataclass(frozen=True)
class Theirs:
    """One line of the provider's list."""

    reference: str
    amount: Decimal
    currency: str
    outcome: Outcome


@dataclass(frozen=True)
class Ours:
    """One receipt of ours. `inside`: well within the day, so that it must be on the list of that day; `from_drawer`:
    some of it was given back in cash, so that it still lies with the provider."""

    receipt_id: UUID
    reference: str
    amount: Decimal
    currency: str
    state: ReceiptState
    inside: bool = True
    from_drawer: bool = False

    @property
    def gone(self) -> bool:
        """Whether the provider should have it no more."""
        return self.state is ReceiptState.REVERSED or (self.state is ReceiptState.REFUNDED and not self.from_drawer)


@dataclass(frozen=True)
class Difference:
    """One thing in which the lists disagree, in words for both sides, and what to do about it."""

    kind: DifferenceKind
    reference: str
    theirs: str = ""
    ours: str = ""
    receipt_id: UUID | None = None

    @property
    def action(self) -> str:
        """What somebody should do."""
        return ACTIONS[self.kind]


def differences(theirs: Iterable[Theirs], ours: Iterable[Ours]) -> list[Difference]:
    """Both directions, by reference; empty where both say the same."""
    listed = list(theirs)
    known = {one.reference: one for one in ours}
    found = _duplicates(listed)
    last: dict[str, Theirs] = {}
    for line in listed:
        if line.reference not in last or line.outcome is Outcome.REVERSED:
            last[line.reference] = line
    for reference, line in last.items():
        found += _compare(line, known.get(reference))
    missing = [one for one in known.values() if one.inside and one.reference not in last]
    return found + [_missing_there(one) for one in missing]


def _duplicates(listed: list[Theirs]) -> list[Difference]:
    counts = Counter((line.reference, line.outcome) for line in listed)
    return [
        Difference(DifferenceKind.DUPLICATE, reference, f"{count} times {outcome.value}")
        for (reference, outcome), count in counts.items()
        if count > 1
    ]


def _compare(line: Theirs, ours: Ours | None) -> list[Difference]:
    there = f"{line.currency} {plain(line.amount)}"
    if ours is None:
        return [Difference(DifferenceKind.MISSING_HERE, line.reference, f"{there} {line.outcome.value}")]
    here = f"{ours.currency} {plain(ours.amount)}"
    if here != there:
        return [Difference(DifferenceKind.AMOUNT, line.reference, there, here, ours.receipt_id)]
    if (line.outcome is Outcome.REVERSED) != ours.gone and _is_odd(line, ours):
        said = (line.outcome.value, ours.state.value.lower().replace("_", " "))
        return [Difference(DifferenceKind.STATUS, line.reference, *said, ours.receipt_id)]
    return []


def _is_odd(line: Theirs, ours: Ours) -> bool:
    """What we sent back ourselves may well stand in their list as paid."""
    return line.outcome is Outcome.REVERSED or ours.state is ReceiptState.REVERSED


def _missing_there(one: Ours) -> Difference:
    here = f"{one.currency} {plain(one.amount)} {one.state.value.lower().replace('_', ' ')}"
    return Difference(DifferenceKind.MISSING_THERE, one.reference, "", here, one.receipt_id)
