"""What a venue may print on its invoices."""

import pytest

from core.domain.invoicing import Invoicing, read_invoicing, written_invoicing


def test_a_new_venue_prints_its_name_and_sends_nothing_by_itself() -> None:
    assert read_invoicing({}) == Invoicing() and written_invoicing(Invoicing()) == {}


def test_what_is_written_is_read_again() -> None:
    settings = Invoicing("Destination Ltd", "Westlands", "P051234567X", "0123456A", send=True, fiscal=True)
    assert read_invoicing(written_invoicing(settings)) == settings


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"logo": "x"}, "logo"),
        ({"pin": "12345"}, "pin"),
        ({"pin": "p051234567x"}, "pin"),
        ({"seller": "two\nlines"}, "seller"),
        ({"address": "x" * 121}, "address"),
        ({"vat_number": 7}, "vat_number"),
        ({"send": "yes"}, "send"),
        ({"fiscal": 1}, "fiscal"),
        (["pin"], "invoicing"),
    ],
)
def test_what_cannot_be_meant_is_named(data: object, names: str) -> None:
    with pytest.raises(ValueError, match=names):
        read_invoicing(data)  # type: ignore[arg-type]
