"""Own words for what the bot says: looked for, looked at, written, heard in the chat, and taken back."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from core.conversation import texts
from core.conversation.own_words import Entry, entries
from core.domain.statuses import Role
from core.services.wordings import OwnWords, own_words, put_in_own_words
from core.store.sql.tables import Activity, Message
from tests.integration.admin.venue import DID, Browser, Venue

PAIR = ["{count} thing so far, {total}.", "{count} things so far, {total}."]


def entry(text: object) -> Entry:
    return next(one for one in entries().values() if one.text == text)


def address(text: object, language: str = "en") -> str:
    return f"/admin/settings/texts/{language}/{entry(text).key}"


def save(browser: Browser, text: object, *words: str, language: str = "en", before: Any = (), **more: str) -> Any:
    return browser.post(address(text, language), data={"words": list(words), "before": list(before)} | more)


def own(venue: Venue) -> OwnWords:
    with venue.program.sessions.begin() as db:
        return own_words(db, venue.workspace_id)


def heard(venue: Venue) -> str:
    with venue.program.sessions.begin() as db:
        mine = select(Message.body).where(Message.workspace_id == venue.workspace_id)
        return " ".join(db.scalars(mine.order_by(Message.created_at)))


def test_texts_are_for_managers_and_are_found_by_their_words(venue: Venue) -> None:
    bar = venue.signed_in()
    assert bar.get("/admin/settings/texts").status_code == 403
    assert save(bar, texts.CATEGORIES, "Thirsty?").status_code == 403
    venue.role(Role.MANAGER)
    assert f"{len(entries())} of {len(entries())} texts" in bar.get("/admin/settings/texts").text
    found = unescape(bar.get("/admin/settings/texts?language=sw&q=karibu").text)
    assert "Karibu *{venue}*" in found and "What would you like?" not in found
    assert "No text has these words" in bar.get("/admin/settings/texts?q=zzz").text
    assert bar.get("/admin/settings/texts?language=xx").status_code == 404
    assert bar.get("/admin/settings/texts/en/0000").status_code == 404


def test_own_words_reach_the_chat_with_the_next_message_and_ours_come_back(venue: Venue, manager: Browser) -> None:
    venue.hears("hi")
    assert "Karibu" in heard(venue)
    said = "Hey{name}! You are at {venue}."
    assert save(manager, texts.WELCOME, said).status_code == 302
    assert own(venue) == {"en": {texts.WELCOME: said}}
    assert "own words" in manager.get("/admin/settings/texts?q=Hey").text
    venue.hears("hi", phone="254700000002")
    assert "You are at The Bar." in heard(venue)
    assert save(manager, texts.WELCOME, said, before=[said], reset="yes").status_code == 302
    assert own(venue) == {}
    with venue.program.sessions.begin() as db:
        log = db.scalars(select(Activity).where(Activity.workspace_id == venue.workspace_id, DID)).all()
    line = next(one for one in log if one.action == "wording_changed")
    assert line.detail["language"] == "en" and (line.after or {})["words"]


def test_words_are_looked_at_before_they_are_kept(venue: Venue, manager: Browser) -> None:
    page = save(manager, texts.WELCOME, "Hey{name}! <b>{venue}</b>", look="yes")
    assert page.status_code == 200 and "Hey" in page.text and "&lt;b&gt;The Bar&lt;/b&gt;" in page.text
    assert own(venue) == {}


def test_singular_and_plural_are_kept_together_each_language_apart(venue: Venue, manager: Browser) -> None:
    assert save(manager, texts.CART_SO_FAR, *PAIR, language="sw").status_code == 302
    assert own(venue) == {"sw": {texts.CART_SO_FAR[0]: tuple(PAIR)}}
    page = unescape(manager.get(address(texts.CART_SO_FAR, "sw")).text)
    assert PAIR[0] in page and PAIR[1] in page and "In English" in page
    assert save(manager, texts.CART_SO_FAR, PAIR[0], language="sw", before=PAIR).status_code == 400


def test_what_does_not_fit_is_said_and_stays(venue: Venue, manager: Browser) -> None:
    for text, typed, said in (
        (texts.WELCOME, "Welcome!", "It must hold {name}, {venue}"),
        (texts.B_CHECKOUT, "x" * 21, "21 letters, and 20 fit"),
        (texts.B_STAFF, "Checkout", "Another button says this: “Checkout”"),
        (texts.WELCOME, "{venue.__class__}{name}", "Curly braces"),
    ):
        answer = save(manager, text, typed)
        assert answer.status_code == 400 and said in unescape(answer.text) and typed in unescape(answer.text)
    assert own(venue) == {}


def test_no_two_buttons_are_alike_when_one_gets_our_words_back(venue: Venue, manager: Browser) -> None:
    assert save(manager, texts.B_CHECKOUT, "To the till").status_code == 302
    assert save(manager, texts.B_STAFF, "Checkout").status_code == 302
    back = save(manager, texts.B_CHECKOUT, "To the till", before=["To the till"], reset="yes")
    assert back.status_code == 400 and "Another button says this: “Call staff”" in unescape(back.text)
    assert save(manager, texts.B_STAFF, "Checkout", before=["Checkout"], reset="yes").status_code == 302
    assert save(manager, texts.B_CHECKOUT, "To the till", before=["To the till"], reset="yes").status_code == 302
    assert own(venue) == {}


def test_two_managers_give_two_buttons_no_one_word(
    venue: Venue, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = venue.signed_in()

    def meanwhile(*wanted: Any) -> Any:
        monkeypatch.undo()
        assert save(other, texts.B_STAFF, "Till").status_code == 302
        return put_in_own_words(*wanted)

    monkeypatch.setattr("webapp.admin.wordings.put_in_own_words", meanwhile)
    late = save(manager, texts.B_CHECKOUT, "till")
    assert late.status_code == 409 and "Another button says this: “Call staff”" in unescape(late.text)
    assert own(venue) == {"en": {texts.B_STAFF: "Till"}}


def test_what_no_keyboard_types_is_in_no_text(venue: Venue, manager: Browser) -> None:
    assert save(manager, texts.B_CHECKOUT, "Pa\0y\u202e up\x07").status_code == 302
    assert own(venue) == {"en": {texts.B_CHECKOUT: "Pay up"}}
    for empty in ("\u200b", " \u2060 ", "\0"):
        assert save(manager, texts.B_STAFF, empty).status_code == 400


def test_our_own_words_typed_once_more_are_none_of_theirs(venue: Venue, manager: Browser) -> None:
    assert save(manager, texts.CATEGORIES, texts.CATEGORIES).status_code == 302
    assert own(venue) == {}


def test_two_managers_do_not_write_over_each_other(venue: Venue, manager: Browser) -> None:
    assert save(manager, texts.CATEGORIES, "Thirsty?").status_code == 302
    late = save(manager, texts.CATEGORIES, "Hungry?")
    assert late.status_code == 409 and "Somebody changed this meanwhile" in late.text and "Hungry?" in late.text
    assert 'name="before" value="Thirsty?"' in late.text
    assert save(manager, texts.CATEGORIES, "Hungry?", before=["Thirsty?"]).status_code == 302
    assert own(venue) == {"en": {texts.CATEGORIES: "Hungry?"}}
