"""What stands in a day's closing."""

from zoneinfo import ZoneInfo

from core.documents.statement import Part, Statement, paid_by, shared
from core.domain.closing import ClosingReport


def closing(report: ClosingReport) -> Statement:
    """Everything it says, as it is written down."""
    title = f"Day closing {report.number}"
    return Statement(title, report.closed_at, report.currency, _facts(report), parts(report))


def parts(report: ClosingReport) -> tuple[Part, ...]:
    """Everything it says in numbers, in reading order; what nobody needs to know tonight is left out."""
    said = (
        paid_by("By method", report.methods),
        shared("By category", report.categories),
        shared("By person", report.people),
    )
    return (_sales(report), *(part for part in said if part.rows), _drawer(report), _beside(report))


def _facts(report: ClosingReport) -> tuple[tuple[str, str], ...]:
    """Who closed what, and when; in the venue's own time."""
    return (
        ("Venue", report.venue),
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


def _moment(report: ClosingReport, *, opened: bool) -> str:
    at = report.opened_at if opened else report.closed_at
    return at.astimezone(ZoneInfo(report.timezone)).strftime("%d %b %Y, %H:%M")
