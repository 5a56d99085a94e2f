"""A list's question: read from an address with every bound, and written back alike."""

from datetime import date
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from core.domain.listing.asked import Asked, Condition, Sort, Unreadable, query_string, read, written
from core.domain.listing.columns import FITTING, Column, Kind, Operator

COLUMNS = {
    column.name: column
    for column in (
        Column("number", "Order", Kind.NUMBER, sortable=True),
        Column("total", "Total", Kind.MONEY, sortable=True),
        Column("at", "Ordered", Kind.MOMENT, sortable=True),
        Column("status", "Status", Kind.STATUS, {"PAID": "Paid", "READY": "Ready"}),
        Column("guest", "Guest"),
        Column("phone", "Phone", Kind.PHONE),
        Column("spent", "Spent", Kind.MONEY, filterable=False),
    )
}
EVERYTHING = Asked(
    conditions=(
        Condition("number", Operator.IS, 12),
        Condition("total", Operator.FROM, Decimal("1500.50")),
        Condition("at", Operator.TO, date(2026, 11, 20)),
        Condition("status", Operator.NOT_AMONG, ("PAID", "READY")),
        Condition("guest", Operator.CONTAINS, "O'Brien & Söhne. 50% = مرحبا 🍹"),
        Condition("phone", Operator.IS, "254712345678"),
    ),
    groups=((Condition("total", Operator.TO, Decimal(9)), Condition("guest", Operator.IS, "Amina")),
            (Condition("number", Operator.FROM, -3),)),
    search="two dawa",
    sorts=(Sort("total", descending=True), Sort("number")),
    page=7,
    size=50,
)  # fmt: skip


def asked(**given: str | list[str]) -> Asked:
    return read(COLUMNS, list(MultiDict(given).items(multi=True)))


def test_what_is_asked_survives_the_way_through_the_address() -> None:
    assert read(COLUMNS, written(EVERYTHING)) == EVERYTHING
    assert iri_to_uri(query_string(EVERYTHING)) == query_string(EVERYTHING)


def test_nothing_asked_is_the_whole_list_and_an_empty_address() -> None:
    assert asked() == Asked() == asked(q="", where="", unknown="x")
    assert written(Asked()) == []


def test_a_day_an_amount_and_a_phone_are_read_as_what_they_are() -> None:
    found = asked(where=["at.from.2026-11-20", "total.to.99.5", "phone.is.0712 345 678"]).conditions
    assert [one.value for one in found] == [date(2026, 11, 20), Decimal("99.5"), "254712345678"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"where": "nonsense"}, "names no column"),
        ({"where": "password.is.x"}, "names no column"),
        ({"where": "total.is"}, "names no column"),
        ({"where": "total.contains.5"}, "Total cannot be filtered by “contains”"),
        ({"where": "spent.from.5"}, "what fits is nothing"),
        ({"where": "total.from.many"}, "an amount like 1500"),
        ({"where": "total.from.1e9"}, "an amount like 1500"),
        ({"where": "number.is.9999999999"}, "a whole number"),
        ({"where": "number.is.1_0"}, "a whole number"),
        ({"where": "at.is.yesterday"}, "a day like 2026-11-20"),
        ({"where": "at.is.0001-01-01"}, "a day like 2026-11-20"),
        ({"where": "at.is.9999-12-31"}, "a day like 2026-11-20"),
        ({"where": "status.in.500"}, "Status is never “500”; choose among PAID, READY"),
        ({"where": "status.in."}, "Status is never “”"),
        ({"where": "guest.contains."}, "between 1 and 100 letters"),
        ({"where": "guest.contains." + "x" * 101}, "between 1 and 100 letters"),
        ({"where": "guest.contains.\0"}, "between 1 and 100 letters"),
        ({"where": "phone.is.12"}, "the whole number"),
        ({"where": ["number.is.1"] * 21}, "too many filters"),
        ({"or1": ["number.is.1"] * 11, "or2": ["number.is.1"] * 10}, "too many filters"),
        ({"q": "x" * 101}, "at most 100 letters"),
        ({"q": "ab"}, "at least 3 letters"),
        ({"sort": "guest"}, "cannot be sorted by “guest”"),
        ({"sort": "--total"}, "cannot be sorted"),
        ({"sort": "total,-total"}, "each column once"),
        ({"sort": "total,number,at,total,number"}, "at most 4 columns"),
        ({"size": "1000000"}, "A page has 10, 25, 50, 100 rows"),
        ({"size": "x"}, "A page has"),
        ({"page": "0"}, "counted from 1"),
        ({"page": "-1"}, "counted from 1"),
        ({"page": "x"}, "counted from 1"),
        ({"page": "401"}, "the first 10,000 rows"),
        ({"page": "101", "size": "100"}, "the first 10,000 rows"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(given: dict[str, str | list[str]], said: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        asked(**given)
    assert said in str(refusal.value) and str(refusal.value).endswith(".")


def test_the_last_page_is_read() -> None:
    assert asked(page="400").page == 400
    assert asked(page="100", size="100").page == 100


def test_a_number_may_be_short_where_a_word_may_not() -> None:
    assert asked(q="7").search == "7"


def test_every_kind_of_column_answers_some_question() -> None:
    assert set(FITTING) == set(Kind)
    assert {operator for fitting in FITTING.values() for operator in fitting} == set(Operator)
