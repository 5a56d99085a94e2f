"""Files of long lists: written by the workers, with their progress, for who asked and nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from core import clock
from core.domain.statuses import Role
from core.services import documents, exports
from core.services.exports import forget_exports
from core.services.listing.every import ACTS, LISTINGS
from core.store.sql.tables import Document
from tests.integration.admin.venue import Browser, Venue, open_venue
from webapp.admin import list_files
from webapp.admin.records import LISTS

FILE = "/admin/orders/file.{}?cols=customer_name,total&sort=customer_name"


@pytest.fixture
def browser(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Three orders, where a web process writes no more than two lines."""
    for form in list_files.MOST_ROWS:
        monkeypatch.setitem(list_files.MOST_ROWS, form, 2)
    for guest in ("Amina", "=HYPERLINK(1)", "Otieno"):
        venue.order(guest=guest)
    venue.role(Role.MANAGER)
    return venue.signed_in()


def asked(browser: Browser, form: str = "csv") -> str:
    answer = browser.get(FILE.format(form))
    assert answer.status_code == 202
    return str(answer.json["address"])


def only(venue: Venue) -> Document:
    with venue.program.sessions.begin() as db:
        return db.scalars(select(Document).where(Document.workspace_id == venue.workspace_id)).one()


def test_a_file_of_many_rows_is_written_by_the_workers_and_fetched_from_its_page(
    browser: Browser, venue: Venue
) -> None:
    address = asked(browser)
    assert asked(browser) == address, "asked for twice, it is the same file"
    page = browser.get(address)
    assert "0 % of about 3 rows" in page.text and page.headers["Refresh"] and "Download" not in page.text
    assert browser.get(f"{address}/file").status_code == 404
    documents.make_documents(venue.program)
    page = browser.get(address)
    assert "Download" in page.text and "Refresh" not in page.headers
    file = browser.get(f"{address}/file")
    lines = file.data.decode("utf-8-sig").splitlines()
    assert lines == ["Guest,Total", "'=HYPERLINK(1),1400.00", "Amina,1400.00", "Otieno,1400.00"]
    assert 'filename="orders.csv"' in file.headers["Content-Disposition"]


@pytest.mark.parametrize(("form", "begins"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_excel_and_pdf_are_written_as_well(browser: Browser, venue: Venue, form: str, begins: bytes) -> None:
    address = asked(browser, form)
    documents.make_documents(venue.program)
    assert browser.get(f"{address}/file").data.startswith(begins)


def test_nobody_else_fetches_it_and_who_may_not_see_the_list_any_more_does_not(
    app: Flask, browser: Browser, venue: Venue
) -> None:
    address = asked(browser)
    documents.make_documents(venue.program)
    stranger = open_venue(app)
    stranger.role(Role.MANAGER)
    for path in (address, f"{address}/file"):
        assert stranger.signed_in().get(path).status_code == 404
    venue.role(Role.KITCHEN)
    for path in (address, f"{address}/file"):
        assert browser.get(path).status_code == 404


def test_who_dies_over_it_leaves_its_progress_and_the_next_writes_it_whole(
    browser: Browser, venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "NOTED", 1)
    address = asked(browser)
    with monkeypatch.context() as patched:
        patched.setattr(exports, "file", dies_after(2))
        documents.make_documents(venue.program)
    assert only(venue).progress == 33 and "33 % of about 3 rows" in browser.get(address).text
    past = clock.now() - timedelta(seconds=1)
    with venue.program.sessions.begin() as db:
        db.execute(update(Document).where(Document.next_try_at.is_not(None)).values(next_try_at=past))
    documents.make_documents(venue.program)
    assert len(browser.get(f"{address}/file").data.splitlines()) == 4


def dies_after(count: int) -> Callable[..., bytes]:
    def write(*args: Any) -> bytes:
        rows = iter(args[-1])
        for _ in range(count):
            next(rows)
        raise OSError

    return write


def test_more_than_a_worker_writes_is_refused_with_what_to_do(
    browser: Browser, venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exports.MOST_ROWS, "csv", 2)
    answer = browser.get(FILE.format("csv"))
    assert answer.status_code == 400 and "Filter the list first" in answer.json["error"]


def test_a_list_that_turns_out_longer_than_was_thought_is_never_cut(
    browser: Browser, venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = asked(browser)
    monkeypatch.setitem(exports.MOST_ROWS, "csv", 2)
    documents.make_documents(venue.program)
    assert "could not be written" in browser.get(address).text and only(venue).tries == 1
    assert browser.get(f"{address}/file").status_code == 404


@pytest.mark.parametrize("bound", [10, 70])
def test_a_file_that_grows_too_large_is_given_up_at_once_and_stops_no_other(
    browser: Browser, venue: Venue, monkeypatch: pytest.MonkeyPatch, bound: int
) -> None:
    address = asked(browser)
    monkeypatch.setattr(exports, "LARGEST_BYTES", bound)
    documents.make_documents(venue.program)
    assert "could not be written" in browser.get(address).text and only(venue).tries == 1


def test_after_a_day_it_is_gone(browser: Browser, venue: Venue) -> None:
    address = asked(browser)
    forget_exports(venue.program)
    assert browser.get(address).status_code == 200
    with venue.program.sessions.begin() as db:
        mine = update(Document).where(Document.workspace_id == venue.workspace_id)
        db.execute(mine.values(created_at=clock.now() - timedelta(hours=25)))
    assert browser.get(address).status_code == 404, "also before the night in which it is thrown away"
    forget_exports(venue.program)
    with venue.program.sessions.begin() as db:
        assert db.scalars(select(Document).where(Document.workspace_id == venue.workspace_id)).all() == []


def test_workers_know_every_list_there_is() -> None:
    assert {one.listing.name: one.listing for one in LISTS} == LISTINGS
    assert {one.listing.name: one.acts for one in LISTS if one.acts} == ACTS
