"""What stands in a day's closing: the same parts on paper, in a sheet, and as comma-separated values."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.conversation.catalogues import ENGLISH, money
from core.documents.layout import Block, Heading, Pair, Paper, Rule, Table, Words
from core.domain.closing import ClosingReport, Figure


@dataclass(frozen=True)
class Part:
    """One table of it: what each line is, how many (where they are counted), how much. `sums` are the lines that add
    the others up."""

    heading: str
    rows: tuple[tuple[str, int | None, Decimal], ...]
    sums: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether each line says how many."""
        return all(count is not None for _, count, _ in self.rows)


def parts(report: ClosingReport) -> tuple[Part, ...]:
    """Everything it says in numbers, in reading order; what nobody needs to know tonight is left out."""
    shared = (
        Part("By method", _figures(report.methods)),
        Part("By category", _figures(report.categories)),
        Part("By person", _figures(report.people)),
    )
    return (_sales(report), *(part for part in shared if part.rows), _drawer(report), _beside(report))


def closing(report: ClosingReport) -> Paper:
    """Everything on its paper, from top to bottom."""
    return Paper(title(report), report.closed_at, f"{report.venue} · {title(report)}", tuple(_blocks(report)))


def title(report: ClosingReport) -> str:
    """What it is called."""
    return f"Day closing {report.number}"


def facts(report: ClosingReport) -> tuple[tuple[str, str], ...]:
    """Who closed what, and when; in the venue's own time."""
    return (
        ("Venue", report.venue),
        ("Day closing", str(report.number)),
        ("Opened", f"{_moment(report, opened=True)} by {report.opened_by}"),
        ("Closed", f"{_moment(report, opened=False)} by {report.closed_by}"),
        ("Currency", report.currency),
        *((("Note", report.note),) if report.note else ()),
    )


def _sales(report: ClosingReport) -> Part:
    rows = (
        ("Sales", report.orders, report.sales),
        ("Discounts", None, -report.discounts),
        ("Taken back", None, -report.returns),
        ("Takings without an order", None, report.takings),
        ("Net sales", None, report.net),
        ("VAT contained", None, report.vat),
        ("Tips, apart from sales", None, report.tips),
    )
    return Part("Sales", rows, ("Net sales",))


def _drawer(report: ClosingReport) -> Part:
    rows = (
        ("Float", None, report.cash_float),
        ("Cash taken", None, report.cash_taken),
        ("Cash given back", None, -report.cash_refunded),
        ("Expected", None, report.cash_expected),
        ("Counted", None, report.cash_counted),
        ("Difference", None, report.cash_difference),
    )
    return Part("Cash drawer", rows, ("Expected", "Difference"))


def _beside(report: ClosingReport) -> Part:
    rows = (
        ("Refunds given", None, report.refunds),
        ("Refunds still to give", None, report.refunds_open),
        ("Money nobody has matched yet", None, report.unmatched),
    )
    return Part("Beside the sales", rows)


def _figures(figures: tuple[Figure, ...]) -> tuple[tuple[str, int | None, Decimal], ...]:
    return tuple((one.name, one.count, one.amount) for one in figures)


def _blocks(report: ClosingReport) -> Iterator[Block]:
    (_, venue), (_, number), *rest = facts(report)
    yield Heading(venue, large=True)
    yield Words(f"Day closing {number}")
    yield Rule()
    for label, value in rest:
        yield Pair(label, value)
    for part in parts(report):
        yield Heading(part.heading)
        yield from (_counted if part.counted else _plain)(report, part)


def _counted(report: ClosingReport, part: Part) -> Iterator[Block]:
    rows = tuple((name, str(count), money(ENGLISH, amount, report.currency)) for name, count, amount in part.rows)
    yield Table(("", "Count", "Amount"), (18, 34), rows)


def _plain(report: ClosingReport, part: Part) -> Iterator[Block]:
    for name, count, amount in part.rows:
        label = name if count is None else f"{name} ({count} orders)"
        yield Pair(label, money(ENGLISH, amount, report.currency), strong=name in part.sums)


def _moment(report: ClosingReport, *, opened: bool) -> str:
    at = report.opened_at if opened else report.closed_at
    return at.astimezone(ZoneInfo(report.timezone)).strftime("%d %b %Y, %H:%M")
