"""What stands in a report on some days."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.documents.statement import Part, Row, Statement, paid_by, shared
from core.domain.closing import Figure
from core.domain.reporting import Out, Report, Vat

NET = "Net sales"


def report_statement(report: Report) -> Statement:
    """Everything it says, as it is written down."""
    facts = (
        ("Venue", report.venue),
        ("From", _moment(report, report.since)),
        ("Until", _moment(report, report.until)),
        ("Currency", report.currency),
    )
    return Statement(f"Report, {report.title}", report.until, report.currency, facts, parts(report))


def parts(report: Report) -> tuple[Part, ...]:
    """Everything it says in numbers, in reading order; what is empty is left out."""
    said = (
        Part("VAT", tuple(row for rate in report.rates for row in _rate(rate))),
        shared("By day", _dated(report.days) if len(report.days) > 1 else ()),
        shared("By hour", report.hours),
        shared("By category", report.categories),
        shared("By product", report.products),
        paid_by("Paid by", report.methods),
        shared("Taken by", report.people),
        shared("Moved by", report.movers),
        shared("By table", report.tables),
        Part("Sold out, and what that cost", tuple(_out(one) for one in report.outs)),
    )
    return (_sales(report), *(part for part in said if part.rows))


def _sales(report: Report) -> Part:
    rows: tuple[Row, ...] = (
        ("Sales", report.orders, report.sales),
        ("Discounts", None, -report.discounts),
        ("Taken back", None, -report.returns),
        ("Takings without an order", None, report.takings),
        (NET, None, report.net),
        ("VAT contained", None, report.vat),
        ("Tips, apart from sales", None, report.tips),
        ("Refunds given", None, report.refunds),
        ("Taken back by providers", None, report.reversals),
        ("Cash taken", None, report.cash_taken),
        ("Cash given back", None, -report.cash_refunded),
    )
    return Part("Sales", rows, (NET,))


def _rate(rate: Vat) -> tuple[Row, Row]:
    return (f"{rate.name}: without VAT", None, rate.net), (f"{rate.name}: VAT", None, rate.vat)


def _out(out: Out) -> Row:
    return f"{out.name}: {out.hours} h, about {out.pieces} not sold", None, Decimal(out.cost)


def _dated(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    return tuple(replace(one, name=f"{date.fromisoformat(one.name):%a %d %b %Y}") for one in figures)


def _moment(report: Report, at: datetime) -> str:
    return at.astimezone(ZoneInfo(report.timezone)).strftime("%d %b %Y, %H:%M")
