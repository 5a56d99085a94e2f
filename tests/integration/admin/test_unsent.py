"""A login ends while somebody fills in a form: they sign in again, and nothing is lost."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select

from core.domain.statuses import Role
from core.store.sql.tables import Category, Membership, SignIn, User
from core.store.sql.tables.people import CustomerNote
from tests.integration.admin.test_by_hand import Counter, stocked
from tests.integration.admin.venue import PASSWORD_HASH, Browser, Venue, open_venue

WORDS = "Likes the corner\n<b>table</b> 🍹"


def end_login(venue: Venue) -> None:
    with venue.program.sessions.begin() as db:
        db.execute(delete(SignIn).where(SignIn.user_id == venue.user_id))


def cut_off(venue: Venue, manager: Browser, path: str, **form: str) -> Any:
    """They send a form with the token of the page it stood on, after their login was ended."""
    token = manager.token()
    end_login(venue)
    return manager.post(path, token, data=form, headers={"Accept": "text/html"})


def notes(venue: Venue) -> list[str]:
    with venue.program.sessions.begin() as db:
        return list(db.scalars(select(CustomerNote.body).where(CustomerNote.workspace_id == venue.workspace_id)))


def test_what_was_typed_is_there_after_signing_in_and_is_sent_once(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    away = cut_off(venue, manager, f"/admin/customers/{client_id}/notes", note=WORDS)
    assert away.status_code == 303 and away.location.endswith("?next=/admin/unsent")
    assert "What you typed waits" in manager.get(away.location).text
    assert manager.sign_in().location == "/admin/unsent"
    page = manager.get("/admin/unsent").text
    assert "&lt;b&gt;table&lt;/b&gt; 🍹" in page and 'name="note"' in page
    sent = manager.post("/admin/unsent", data={"note": WORDS})
    assert sent.status_code == 307 and sent.location == f"/admin/customers/{client_id}/notes"
    assert manager.post(sent.location, data={"note": WORDS}).status_code == 302
    assert notes(venue) == [WORDS]
    assert manager.get("/admin/unsent").location == "/admin/board"


def test_somebody_else_at_the_same_tablet_does_not_see_it(venue: Venue, manager: Browser, client_id: UUID) -> None:
    colleague = User(id=uuid4(), email=f"{uuid4().hex}@bar.example", name="Otieno", password_hash=PASSWORD_HASH)
    venue.write(colleague, Membership(workspace_id=venue.workspace_id, user_id=colleague.id, role=Role.BAR))
    cut_off(venue, manager, f"/admin/customers/{client_id}/notes", note=WORDS)
    name = manager.client.get_cookie("unsent", path="/admin")
    assert name is not None and name.http_only and name.same_site == "Lax"
    manager.sign_in(colleague.email)
    assert manager.get("/admin/unsent").location == "/admin/board"
    store = venue.program.store.client
    assert all(WORDS[:5] not in str(store.get(key)) for key in store.scan_iter("laid_by:*"))


def test_a_login_that_ends_once_more_before_it_is_sent_loses_nothing_either(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    cut_off(venue, manager, f"/admin/customers/{client_id}/notes", note=WORDS)
    manager.sign_in()
    assert cut_off(venue, manager, "/admin/unsent", note=WORDS).location == "/admin/login?next=/admin/unsent"
    assert manager.sign_in().location == "/admin/unsent"
    assert "table" in manager.get("/admin/unsent").text
    assert manager.post("/admin/unsent", data={"note": WORDS}).location == f"/admin/customers/{client_id}/notes"


def test_what_its_address_asked_for_is_kept_with_it(venue: Venue, manager: Browser) -> None:
    cut_off(venue, manager, "/admin/tables?of=caf%C3%A9&next=//evil.example", numbers="7", do="add")
    manager.sign_in()
    assert manager.post("/admin/unsent", data={"numbers": "7"}).location == (
        "/admin/tables?of=caf%C3%A9&next=//evil.example"
    )


def test_whose_it_is_finds_it_again_when_somebody_else_had_the_tablet_meanwhile(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    colleague = User(id=uuid4(), email=f"{uuid4().hex}@bar.example", name="Otieno", password_hash=PASSWORD_HASH)
    venue.write(colleague, Membership(workspace_id=venue.workspace_id, user_id=colleague.id, role=Role.BAR))
    cut_off(venue, manager, f"/admin/customers/{client_id}/notes", note=WORDS)
    manager.sign_in(colleague.email)
    assert manager.get("/admin/unsent").location == "/admin/board"
    for tap in ("", "/discard"):
        assert manager.post(f"/admin/unsent{tap}", data={"note": "mine"}).location == "/admin/board"
    manager.post("/admin/logout")
    assert manager.sign_in().location == "/admin/unsent"
    assert "&lt;b&gt;table&lt;/b&gt; 🍹" in manager.get("/admin/unsent").text


def test_it_goes_to_the_house_it_was_typed_for(app: Flask, venue: Venue, manager: Browser) -> None:
    other = open_venue(app)
    venue.write(Membership(workspace_id=other.workspace_id, user_id=venue.user_id, role=Role.MANAGER))
    manager.post(f"/admin/houses/{other.workspace_id}")
    typed = {"name": "Beer", "active": "y"}
    assert cut_off(venue, manager, "/admin/categories/new", **typed).status_code == 303
    assert manager.sign_in().location == "/admin/unsent"
    page = manager.get("/admin/unsent", follow_redirects=True).text
    assert "Send it now" in page
    sent = manager.post("/admin/unsent", data=typed)
    assert (sent.status_code, manager.post(sent.location, data=typed).status_code) == (307, 302)
    with venue.program.sessions.begin() as db:
        houses = db.scalars(select(Category.workspace_id).where(Category.name == "Beer"))
        assert set(houses) & {venue.workspace_id, other.workspace_id} == {other.workspace_id}


def test_an_order_put_together_at_the_counter_is_not_lost_either(venue: Venue, manager: Browser) -> None:
    counter = Counter(venue, stocked(venue))
    counter.add()
    end_login(venue)
    tapped = counter.browser.post(
        "/admin/by-hand", counter.token, data=counter.fields | {"tap": f"add:{venue.product_id}", "table": "7"},
        headers={"HX-Request": "true", "Accept": "text/html"},
    )  # fmt: skip
    assert tapped.headers["HX-Redirect"] == "/admin/login?next=/admin/unsent"
    counter.browser.sign_in()
    page = counter.browser.get("/admin/unsent").text
    assert (
        "Table" in page
        and "1 × Dawa" in page
        and "<bdi>[{" not in page
        and f"<bdi>{counter.fields['entry']}" not in page
    )
    again = counter.browser.post("/admin/unsent", data=counter.fields)
    assert again.status_code == 307
    counter.token = counter.browser.token()
    counter.tap(f"add:{venue.product_id}")
    assert [line["quantity"] for line in counter.lines] == [2]


@pytest.mark.parametrize("field", ["password", "new_password", "pin", "code", "api_key", "client_secret"])
def test_passwords_and_codes_are_never_kept(venue: Venue, manager: Browser, client_id: UUID, field: str) -> None:
    path = f"/admin/customers/{client_id}/notes"
    assert cut_off(venue, manager, path, note="x", **{field: "1234"}).status_code == 401


def test_what_is_too_large_and_who_never_signed_in_is_refused_as_before(
    venue: Venue, manager: Browser, client_id: UUID
) -> None:
    path = f"/admin/customers/{client_id}/notes"
    assert cut_off(venue, manager, path, note="x" * 40_000).status_code == 401
    stranger = venue.browser()
    assert stranger.post(path, data={"note": "x"}).status_code == 401


@pytest.mark.parametrize("lines", ["", "x", "[1]", "{}", "null", '[{"name": 1}]', "[" * 9000])
def test_odd_lines_of_an_order_are_no_failure(venue: Venue, manager: Browser, lines: str) -> None:
    assert cut_off(venue, manager, "/admin/by-hand", lines=lines, table="7").status_code == 303
    manager.sign_in()
    assert "Table" in manager.get("/admin/unsent").text


def test_it_can_be_thrown_away(venue: Venue, manager: Browser, client_id: UUID) -> None:
    cut_off(venue, manager, f"/admin/customers/{client_id}/notes", note=WORDS)
    manager.sign_in()
    assert manager.post("/admin/unsent/discard").status_code == 303
    assert manager.get("/admin/unsent").location == "/admin/board" and notes(venue) == []
