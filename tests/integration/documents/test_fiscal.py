"""The tax authority signs invoices; while it is away they wait, and so do the receipts that must carry its number."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.domain.documents import DocumentState, FiscalState
from core.services.fiscal import sign_invoices
from core.store.sql.tables import FiscalEntry
from tests import pdf
from tests.integration.documents.office import Office
from tests.integration.sql.bar import all_at_once
from tests.waiting import eventually


@pytest.fixture
def signing(office: Office) -> Office:
    """A venue that wants its invoices signed."""
    office.invoicing(fiscal=True, pin="P051234567X")
    return office


def asked(office: Office) -> int:
    """How often the authority was asked."""
    return int(office.simulators.state()["invoices_asked"])


def goes_out(office: Office) -> bool:
    """Both doorbells ring: whether somebody was told of a receipt."""
    office.signs()
    office.makes()
    return bool(office.owed())


def all_signed(office: Office) -> bool:
    """The authority's doorbell rings: whether nothing waits any more."""
    office.signs()
    return all(one.number for one in office.signatures())


def test_nobody_is_asked_unless_the_venue_wants_it(office: Office) -> None:
    office.sold()
    office.signs()
    assert office.signatures() == [] and asked(office) == 0


def test_the_authoritys_number_and_code_are_on_the_receipt(signing: Office) -> None:
    signing.sold()
    signing.asks()
    signing.signs()
    [signed] = signing.signatures()
    assert signed.state is FiscalState.SIGNED and signed.qr.endswith(signed.number)
    signing.makes()
    said = pdf.text(signing.content())
    assert "Signed by the tax authority" in said and signed.number in said
    assert "PIN P051234567X" in said


@pytest.mark.parametrize("down", [True, "garbage", "drop"])
def test_while_it_is_away_invoices_and_receipts_wait_and_then_go_out_by_themselves(signing: Office, down: Any) -> None:
    signing.simulators.etims(down=down)
    signing.sold()
    assert signing.asks()["result"] == "receipt_coming"
    signing.signs()
    signing.makes()
    assert signing.signatures()[0].state is FiscalState.WAITING
    assert signing.owed() == [] and signing.documents()[0].state is DocumentState.WANTED
    signing.simulators.etims(down=False)
    eventually(lambda: goes_out(signing), what="the receipt")
    assert len(signing.owed()) == 1 and signing.signatures()[0].number in pdf.text(signing.content())


def test_one_failure_lets_all_the_others_wait(signing: Office) -> None:
    signing.simulators.etims(down=True)
    for guest in range(1, 6):
        signing.sold(guest)
    for waiting in signing.signatures():
        signing.bar.change(FiscalEntry, waiting.id, tries=4)
    signing.signs()
    assert asked(signing) == 1
    assert all(one.next_try_at and one.next_try_at > datetime.now(UTC) for one in signing.signatures())
    sign_invoices(signing.program)
    assert asked(signing) == 1, "not before its time"


def test_the_longer_it_is_away_the_rarer_it_is_asked(signing: Office) -> None:
    signing.simulators.etims(down=True)
    signing.sold()
    waits = []
    for _ in range(7):
        signing.signs()
        [waiting] = signing.signatures()
        assert waiting.next_try_at is not None
        waits.append((waiting.next_try_at - waiting.updated_at).total_seconds())
    assert all(pause - 4 < wait < pause + 4 for wait, pause in zip(waits, (5, 15, 60, 300, 900, 900, 900), strict=True))


def test_all_that_waited_is_signed_once_each(signing: Office) -> None:
    signing.simulators.etims(down=True)
    for guest in range(1, 9):
        signing.sold(guest)
    signing.signs()
    signing.simulators.etims(down=False)
    all_at_once(3, lambda _: signing.signs())
    eventually(lambda: all_signed(signing), what="all signatures")
    numbers = [one.number for one in signing.signatures()]
    assert all(numbers) and len(set(numbers)) == 8


def test_an_answer_that_was_lost_is_asked_for_again_and_is_the_same(signing: Office) -> None:
    signing.sold()
    signing.signs()
    [first] = signing.signatures()
    about = {"state": FiscalState.WAITING, "signed_at": None, "number": "", "next_try_at": datetime.now(UTC)}
    signing.bar.change(FiscalEntry, first.id, **about)
    signing.signs()
    assert signing.signatures()[0].number == first.number and asked(signing) == 2


def test_what_is_refused_for_good_goes_out_without_a_number_and_staff_see_why(signing: Office) -> None:
    signing.simulators.etims(refuse=1)
    signing.sold()
    signing.asks()
    signing.signs()
    [refused] = signing.signatures()
    assert (refused.state, refused.reason) == (FiscalState.REFUSED, "the PIN is not registered")
    signing.makes()
    assert len(signing.owed()) == 1 and "tax authority" not in pdf.text(signing.content())
    signing.signs()
    assert asked(signing) == 1


def test_who_dies_while_asking_is_taken_over(signing: Office) -> None:
    """The claim has a date: it is what a dead worker leaves behind."""
    signing.sold()
    signing.bar.change(FiscalEntry, signing.signatures()[0].id, tries=1, next_try_at=datetime.now(UTC))
    sign_invoices(signing.program)
    assert signing.signatures()[0].state is FiscalState.SIGNED
