"""A new password by mail, over a mail server: whether the address exists is not told, and nobody's box is filled."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select, text

from core.clock import now
from core.domain.statuses import Role
from core.services.mails import owe_mail, post_due
from core.settings import MailSettings
from core.store.sql.tables import Mail
from sandbox.simulators.mail.endpoint import LINK, Post
from tests.integration.admin.test_codes import at_the_door, set_up
from tests.integration.admin.test_users import follow, invited
from tests.integration.admin.venue import Venue
from tests.simulating import taking

NEW = "a new and long password"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Post, int]]:
    post = Post()
    with taking(post.take) as port:
        yield post, port


@pytest.fixture
def post(venue: Venue, server: tuple[Post, int]) -> Iterator[Post]:
    """An empty box, and a house that posts into it."""
    box, port = server
    box.reset()
    with venue.program.sessions.begin() as db:
        db.execute(text("delete from mails"))
    settings, before = venue.program.settings, venue.program.settings.mail
    object.__setattr__(settings, "mail", MailSettings("127.0.0.1", port, "none", "", "The Bar <bar@bar.example>", ""))
    yield box
    object.__setattr__(settings, "mail", before)


def ask(venue: Venue, email: str = "") -> Any:
    return venue.browser().post("/admin/forgotten", data={"email": email or venue.email})


def link_in(post: Post, number: int = -1) -> str:
    found = LINK.search(post.mails[number].text)
    assert found
    return found.group(0).removeprefix("http://localhost")


def test_who_forgot_gets_a_link_by_mail_and_chooses_anew(venue: Venue, post: Post) -> None:
    answer = ask(venue, f" {venue.email.upper()} ")
    assert answer.status_code == 200 and "on its way" in answer.text
    assert post_due(venue.program) == 1
    assert post.mails[0].to == venue.email and "Wanjiru" in post.mails[0].text
    browser = venue.browser()
    assert follow(browser, link_in(post), new=NEW, again=NEW).location == "/admin/login"
    assert venue.browser().get(link_in(post)).status_code == 410
    assert venue.browser().sign_in(password=NEW).status_code == 302


def test_an_unknown_address_and_who_left_get_the_same_answer_and_no_mail(venue: Venue, post: Post) -> None:
    known = ask(venue).text.replace(venue.email, "X")
    unknown = ask(venue, "nobody@bar.example").text.replace("nobody@bar.example", "X")
    venue.dismiss()
    left = ask(venue).text.replace(venue.email, "X")
    assert known == unknown == left
    assert post_due(venue.program) == 1


@pytest.mark.parametrize("email", ["", "x" * 10_000, "\0", "a@b.co\nBcc: c@d.co", "<script>alert(1)</script>"])
def test_odd_addresses_get_the_same_answer(venue: Venue, post: Post, email: str) -> None:
    answer = ask(venue, email or " ")
    assert answer.status_code == 200 and "<script>alert" not in answer.text
    assert post_due(venue.program) == 0


def test_a_link_ends_after_an_hour(venue: Venue, post: Post) -> None:
    ask(venue)
    post_due(venue.program)
    with time_machine.travel(now() + timedelta(minutes=61), tick=True):
        assert venue.browser().get(link_in(post)).status_code == 410


def test_who_asks_in_somebody_elses_name_fills_no_box_and_ends_no_link(venue: Venue, post: Post) -> None:
    answers = {ask(venue).status_code for _ in range(6)}
    assert answers == {200} and post_due(venue.program) == 3
    assert follow(venue.browser(), link_in(post, 0), new=NEW, again=NEW).status_code == 302
    assert venue.browser().get(link_in(post, 1)).status_code == 410, "one used, all are over"


def test_a_new_password_does_not_spare_the_code(venue: Venue, post: Post) -> None:
    set_up(at_the_door(venue))
    ask(venue)
    post_due(venue.program)
    follow(venue.browser(), link_in(post), new=NEW, again=NEW)
    browser = venue.browser()
    browser.sign_in(password=NEW)
    assert browser.get("/admin/board").location.startswith("/admin/login/code")


def test_a_house_without_a_mail_server_says_so(venue: Venue) -> None:
    page = venue.browser().get("/admin/forgotten").text
    assert "This house sends no mail" in page and "<form" not in page
    assert ask(venue).status_code == 302


def test_a_server_that_is_away_gets_it_later_and_what_was_posted_is_forgotten(venue: Venue, post: Post) -> None:
    post.change({"away": 1})
    ask(venue)
    assert post_due(venue.program) == 0 and not post.mails
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        assert post_due(venue.program) == 1
    with venue.program.sessions.begin() as db:
        [mail] = db.scalars(select(Mail)).all()
        assert (mail.tries, mail.text, mail.next_try_at, mail.error) == (2, None, None, "") and mail.sent_at


def test_a_server_that_is_away_is_asked_once_a_round(venue: Venue, post: Post) -> None:
    post.change({"away": 1})
    for _ in range(3):
        ask(venue)
    assert post_due(venue.program) == 0
    with venue.program.sessions.begin() as db:
        assert sorted(mail.tries for mail in db.scalars(select(Mail))) == [0, 0, 1]
    assert post_due(venue.program) == 2


def test_a_recipient_nobody_knows_is_not_tried_again(venue: Venue, post: Post) -> None:
    post.change({"refuse": 1})
    ask(venue)
    assert post_due(venue.program) == 0
    with venue.program.sessions.begin() as db:
        [mail] = db.scalars(select(Mail)).all()
        assert (mail.error, mail.next_try_at, mail.text) == ("mail_refused", None, None)


def test_neither_address_nor_link_can_be_read_in_the_database(venue: Venue, post: Post) -> None:
    ask(venue)
    with venue.program.sessions.begin() as db:
        [row] = db.execute(text("select mails::text from mails")).scalars().all()
    assert venue.email not in row and "/admin/password/" not in row


def test_an_invitation_goes_by_mail(venue: Venue, post: Post) -> None:
    venue.role(Role.OWNER)
    link, email = invited(venue.signed_in())
    assert post_due(venue.program) == 1
    assert (post.mails[0].to, link_in(post)) == (email, link)


def test_a_mail_arrives_as_it_was_written(venue: Venue, post: Post) -> None:
    words = ".dots\n..and more\nKaribu, Zoë 🍹\n" + "x" * 2000
    with venue.program.sessions.begin() as db:
        owe_mail(db, f"{uuid4().hex}@bar.example", "Habari, Zoë", words)
    post_due(venue.program)
    assert (post.mails[0].subject, post.mails[0].text.rstrip("\n")) == ("Habari, Zoë", words)


def test_who_wants_to_be_remembered_is_for_a_month(venue: Venue) -> None:
    kept, other = venue.browser(), venue.signed_in()
    token = kept.token()
    kept.post(
        "/admin/login",
        token=token,
        data={"email": venue.email, "password": "a long enough password", "remember": "yes"},
    )
    with time_machine.travel(now() + timedelta(days=20), tick=True):
        assert kept.get("/admin/board/orders").status_code == 200
        assert other.get("/admin/board/orders").status_code == 401
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert kept.get("/admin/board/orders").status_code == 401
