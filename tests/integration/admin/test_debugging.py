"""Debug mode: one number is answered, everybody else's messages are kept, and every page of the staff says so."""

from typing import Any

from sqlalchemy import select, text

from core.domain.statuses import Direction, Role
from core.store.sql.tables import Activity, Customer, Message, Workspace
from tests.integration.admin.venue import DID, Browser, Venue

HERE = "/admin/settings/debug"
OURS, GUEST = "254712345678", "254700000001"


def save(browser: Browser, typed: dict[str, str], version: int | None = None) -> Any:
    with browser.venue.program.sessions.begin() as db:
        now = db.get_one(Workspace, browser.venue.workspace_id).version
    return browser.post(HERE, data=typed | {"version": str(now if version is None else version)})


def messages(venue: Venue, direction: Direction) -> int:
    with venue.program.sessions.begin() as db:
        mine = (Message.workspace_id == venue.workspace_id, Message.direction == direction)
        return len(db.scalars(select(Message.id).where(*mine)).all())


def test_one_number_is_answered_and_everybody_elses_messages_are_kept(venue: Venue, manager: Browser) -> None:
    assert save(manager, {"phone": "0712 345 678"}).status_code == 302
    venue.hears("hi", phone=GUEST)
    assert (messages(venue, Direction.IN), messages(venue, Direction.OUT)) == (1, 0)
    venue.hears("hi", phone=OURS)
    assert messages(venue, Direction.IN) == 2 and messages(venue, Direction.OUT) > 0
    told = messages(venue, Direction.OUT)
    assert save(manager, {"phone": "0712 345 678", "off": "yes"}).status_code == 302
    venue.hears("hi", phone=GUEST)
    assert messages(venue, Direction.OUT) > told


def test_who_wants_no_messages_is_heard_without_a_word(venue: Venue, manager: Browser) -> None:
    save(manager, {"phone": OURS})
    venue.hears("stop", phone=GUEST)
    assert (messages(venue, Direction.IN), messages(venue, Direction.OUT)) == (1, 0)
    with venue.program.sessions.begin() as db:
        guest = db.scalars(select(Customer).where(Customer.workspace_id == venue.workspace_id)).one()
    assert guest.messages_stopped_at


def test_the_preview_of_the_menu_answers_all_the_same(venue: Venue, manager: Browser) -> None:
    save(manager, {"phone": OURS})
    assert "What would you like?" in manager.get("/admin/menu/preview").text


def test_every_page_says_so_and_no_page_shows_the_whole_number(venue: Venue, manager: Browser) -> None:
    pages = ("/admin/board", "/admin/cash", "/admin/settings/venue")
    assert not any("Debug mode.</strong>" in manager.get(page).text for page in pages)
    save(manager, {"phone": "+254 712 345678"})
    for page in pages:
        said = manager.get(page).text
        assert "Debug mode.</strong> Only the number that ends in 678 is answered" in said and OURS not in said
    assert "It is on" in manager.get(HERE).text
    venue.role(Role.KITCHEN)
    assert "Debug mode.</strong>" in manager.get("/admin/board").text
    assert manager.get(HERE).status_code == 403 and save(manager, {"off": "yes"}).status_code == 403


def test_the_number_is_sealed_and_who_switched_it_is_written_down(venue: Venue, manager: Browser) -> None:
    save(manager, {"phone": OURS})
    save(manager, {"off": "yes"})
    save(manager, {"phone": OURS})
    with venue.program.sessions.begin() as db:
        raw = db.execute(text("select debug_phone from workspaces where id = :id"), {"id": venue.workspace_id}).scalar()
        log = db.scalars(select(Activity).where(Activity.workspace_id == venue.workspace_id, DID)).all()
    assert raw and OURS not in raw
    said = [one.action for one in log if one.action.startswith("debug")]
    assert sorted(said) == ["debug_mode_off", "debug_mode_on", "debug_mode_on"]
    assert not any(OURS in str((one.before, one.after, one.detail)) for one in log)


def test_what_is_no_number_switches_nothing_and_two_managers_meet(venue: Venue, manager: Browser) -> None:
    for typed in ("", "12", "my phone"):
        answer = save(manager, {"phone": typed})
        assert answer.status_code == 400 and "Write a phone number" in answer.text
    assert save(manager, {"phone": OURS}).status_code == 302
    late = save(manager, {"phone": "0722 000 111"}, version=1)
    assert late.status_code == 409 and "Wanjiru changed this" in late.text and "0722 000 111" in late.text
