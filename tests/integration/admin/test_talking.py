"""Talking with a guest and playing a dead letter again, in a real browser on a small phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from core.conversation import texts
from core.domain.statuses import Role
from tests.integration.admin.test_browser import page
from tests.integration.admin.test_letters import dead
from tests.integration.admin.venue import Venue

__all__ = ["page"]

NASTY = "<img src=x onerror=document.title='run'>"

pytestmark = pytest.mark.browser


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def how_often(page: Page, words: str) -> int:
    return (page.get_by_role("list", name="Messages").text_content() or "").count(words)


def lose_the_answer(route: Route) -> None:
    """It was sent, and nobody hears that it was."""
    route.fetch()
    route.abort()


@pytest.fixture
def talk(page: Page, venue: Venue) -> Iterator[Page]:
    """A guest asked for somebody, and a member of staff went from the board to their conversation."""
    venue.hears("staff")
    page.get_by_role("link", name="Write to Amina").click()
    expect(page.get_by_role("heading", name="Amina")).to_be_visible()
    yield page


def test_staff_and_a_guest_talk_without_reloading_and_everything_is_said_once(
    talk: Page, venue: Venue, complaints: list[str]
) -> None:
    thread = talk.get_by_role("list", name="Messages")
    talk.get_by_label("Message", exact=True).fill("We are coming")
    talk.get_by_role("button", name="Send").dblclick()
    expect(thread).to_contain_text("We are coming")
    expect(talk.get_by_label("Message", exact=True)).to_have_value("")
    venue.serve()
    venue.hears(NASTY)
    expect(thread).to_contain_text(NASTY)
    talk.reload()
    expect(thread).to_contain_text("Wanjiru")
    assert how_often(talk, "We are coming") == 1
    assert talk.title() == "Amina" and fits(talk)
    box = talk.get_by_role("button", name="Send").bounding_box()
    assert box and box["height"] >= 44
    talk.get_by_role("button", name="Hand back to the bot").click()
    venue.serve()
    expect(thread).to_contain_text(texts.STAFF_BACK)
    expect(talk.get_by_role("button", name="Hand back to the bot")).to_be_hidden()
    expect(talk.get_by_role("button", name="Send")).to_be_hidden()
    assert complaints == []


def test_words_that_did_not_get_through_are_kept_and_sent_once_by_the_next_tap(talk: Page, venue: Venue) -> None:
    talk.route("**/messages", lose_the_answer)
    talk.get_by_label("Message", exact=True).fill("Coming with a towel")
    talk.get_by_role("button", name="Send").click()
    expect(talk.get_by_role("alert")).to_contain_text("did not get through")
    talk.unroute("**/messages")
    talk.get_by_role("button", name="Send").click()
    expect(talk.get_by_label("Message", exact=True)).to_have_value("")
    venue.serve()
    talk.reload()
    assert how_often(talk, "Coming with a towel") == 1


def test_a_dead_letter_on_the_board_is_read_and_played_again(page: Page, venue: Venue, complaints: list[str]) -> None:
    venue.role(Role.MANAGER)
    dead(venue, "cart")
    page.reload()
    page.get_by_role("link", name="1 dead letter").click()
    page.get_by_role("link", name="A message").click()
    expect(page.get_by_label("What happened")).to_contain_text("cart")
    assert fits(page)
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_label("What became of it")).to_contain_text("Wanjiru")
    venue.serve()
    page.get_by_role("link", name="The chat").click()
    expect(page.get_by_role("list", name="Messages")).to_contain_text("empty")
    assert complaints == []
