"""A guest asks for somebody: staff write, the bot is silent, and somebody or the clock hands the guest back."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.conversation import texts
from core.conversation.stages.staffing import SILENT_FOR, WORDS_LIMIT
from core.domain.statuses import MessageStatus
from core.errors import Rejected
from core.services import conversation_history as history
from core.services.conversation_history import Line
from core.services.followup import Followup
from core.services.relay import follow_up, sweep_outbox
from core.services.staff_calls import open_calls
from core.services.staff_writing import (
    DAY_IS_OVER,
    NOT_TALKING,
    Words,
    checked,
    hand_back,
    standing,
    write_to_guest,
)
from core.store.sql.tables import Outbox
from tests.integration.letters.guest import Guest, activity, rows, somebody
from tests.integration.money.house import House
from tests.integration.sql.bar import all_at_once, open_bar

COMING = "We are bringing a fresh glass"


@pytest.fixture
def talking(guest: Guest) -> Guest:
    """A guest who asked for somebody."""
    guest.says("staff")
    guest.is_served()
    return guest


def words(guest: Guest, text: str = COMING, key: UUID | None = None, user_id: UUID | None = None) -> Words:
    user_id = user_id or somebody(guest.house).user_id
    assert user_id
    return Words(guest.house.bar.workspace_id, user_id, guest.box, key or uuid4(), text)


def writes(guest: Guest, said: Words) -> None:
    """A member of staff sends the form, and the guest's turn is taken."""
    follow_up(guest.house.program, write_to_guest(guest.house.program, said))
    guest.is_served()


def back(guest: Guest) -> None:
    """A member of staff hands the guest back."""
    house = guest.house
    user_id = somebody(house).user_id
    assert user_id
    with house.bar.sessions.begin() as db:
        followup = hand_back(db, house.bar.workspace_id, guest.box, user_id)
    follow_up(house.program, followup)
    guest.is_served()


def thread(guest: Guest) -> list[Line]:
    with guest.house.bar.sessions.begin() as db:
        return history.messages(db, guest.house.bar.workspace_id, guest.box)[0]


def on_the_way(guest: Guest) -> list[Line]:
    with guest.house.bar.sessions.begin() as db:
        who = history.person(db, guest.house.bar.workspace_id, guest.box)
        return history.on_the_way(db, guest.house.bar.workspace_id, who.conversation_id) if who.conversation_id else []


def barrier(guest: Guest) -> str:
    return standing(guest.house.program, guest.house.bar.workspace_id, guest.box).barrier


def test_the_guest_reads_it_and_the_history_says_who_wrote(talking: Guest) -> None:
    writes(talking, words(talking))
    assert talking.reads()[-1] == texts.STAFF_SAYS.format(text=COMING)
    asked, answered, written = thread(talking)
    assert (asked.words, asked.incoming) == ("staff", True)
    assert (answered.by, written.by, written.status) == ("", "Wanjiru", MessageStatus.QUEUED)
    assert COMING in written.words and on_the_way(talking) == []


def test_a_form_that_is_sent_again_and_again_says_it_once(talking: Guest) -> None:
    said = words(talking)
    followups = all_at_once(5, lambda _: write_to_guest(talking.house.program, said))
    assert sum(followup != Followup() for followup in followups) == 1
    for followup in followups:
        follow_up(talking.house.program, followup)
    writes(talking, said)
    assert talking.reads().count(texts.STAFF_SAYS.format(text=COMING)) == 1
    assert len(activity(talking.house, "staff_wrote_to_guest")) == 1


def test_who_goes_back_and_writes_something_else_has_said_two_things(talking: Guest) -> None:
    key = uuid4()
    writes(talking, words(talking, key=key))
    writes(talking, words(talking, "And a straw", key))
    assert "And a straw" in talking.reads()[-1] and COMING in talking.reads()[-2]


def test_what_was_sent_stays_sent_when_the_day_is_over_before_the_form_comes_again(talking: Guest) -> None:
    said = words(talking)
    writes(talking, said)
    talking.house.program.store.window_closed(talking.box)
    assert write_to_guest(talking.house.program, said) == Followup()


def test_a_process_that_dies_right_after_loses_nothing(talking: Guest) -> None:
    write_to_guest(talking.house.program, words(talking))
    assert [line.words for line in on_the_way(talking)] == [COMING], "the page shows it as on its way"
    assert on_the_way(talking)[0].by == "Wanjiru"
    with talking.house.bar.sessions.begin() as db:
        for row in db.scalars(select(Outbox).where(Outbox.relayed_at.is_(None))):
            row.created_at -= timedelta(seconds=5)
    for _ in range(2):
        sweep_outbox(talking.house.program)
        talking.is_served()
    assert talking.reads().count(texts.STAFF_SAYS.format(text=COMING)) == 1


def test_the_bot_is_silent_while_they_talk_and_staff_see_what_the_guest_writes(talking: Guest) -> None:
    writes(talking, words(talking))
    before = len(talking.reads())
    talking.says("2 dawa please")
    talking.is_served()
    assert len(talking.reads()) == before
    assert thread(talking)[-1].words == "2 dawa please"


def test_handed_back_the_bot_listens_again_and_the_call_is_off_the_board(talking: Guest) -> None:
    house = talking.house
    writes(talking, words(talking))
    back(talking)
    assert talking.reads()[-1] == texts.STAFF_BACK
    with house.bar.sessions.begin() as db:
        assert open_calls(db, house.bar.workspace_id) == []
    talking.says("cart")
    talking.is_served()
    assert "empty" in talking.reads()[-1] and barrier(talking) == NOT_TALKING


def test_handed_back_twice_says_so_once(talking: Guest) -> None:
    back(talking)
    back(talking)
    assert talking.reads().count(texts.STAFF_BACK) == 1


def test_time_hands_the_guest_back_too_but_who_still_calls_can_be_answered(talking: Guest) -> None:
    talking.forgets_the_time(SILENT_FOR.total_seconds() + 1)
    now = standing(talking.house.program, talking.house.bar.workspace_id, talking.box)
    assert (now.silent, now.called, now.barrier) == (False, True, "")
    writes(talking, words(talking))
    assert COMING in talking.reads()[-1]
    assert standing(talking.house.program, talking.house.bar.workspace_id, talking.box).silent


def test_a_guest_who_talks_with_the_bot_is_left_to_it(guest: Guest) -> None:
    guest.says("2 dawa to table 7")
    guest.is_served()
    assert barrier(guest) == NOT_TALKING
    with pytest.raises(Rejected, match=NOT_TALKING):
        write_to_guest(guest.house.program, words(guest))


def test_outside_the_24_hours_nobody_can_write(talking: Guest) -> None:
    until = standing(talking.house.program, talking.house.bar.workspace_id, talking.box).until
    assert until is not None
    talking.house.program.store.window_closed(talking.box)
    assert barrier(talking) == DAY_IS_OVER
    with pytest.raises(Rejected, match=DAY_IS_OVER):
        write_to_guest(talking.house.program, words(talking))


def test_another_venue_cannot_write_to_this_guest(talking: Guest) -> None:
    other = open_bar(talking.house.bar.sessions)
    user_id = somebody(talking.house).user_id
    assert user_id
    with pytest.raises(Rejected):
        write_to_guest(talking.house.program, Words(other.workspace_id, user_id, talking.box, uuid4(), COMING))
    with pytest.raises(Rejected, match="not_found"), other.sessions.begin() as db:
        hand_back(db, other.workspace_id, talking.box, user_id)
    assert on_the_way(talking) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  Two lines:\r\nhttps://bar.example/a_b*c \n", "Two lines:\nhttps://bar.example/a_b*c"),
        ("\u202eevil\x00\x07 \ud800", "evil"),
        ("x" * WORDS_LIMIT, "x" * WORDS_LIMIT),
    ],
)
def test_what_is_written_is_what_is_read_but_for_what_nobody_can_see(text: str, read: str) -> None:
    assert checked(text) == read


@pytest.mark.parametrize(("text", "why"), [("", "empty"), (" \n\u200b", "empty"), ("x" * 901, "too_long")])
def test_too_little_and_too_much_are_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(Rejected, match=why) as refusal:
        checked(text)
    assert refusal.value.detail == ("901" if why == "too_long" else "")


def test_the_longest_message_reaches_the_guest_whole(talking: Guest) -> None:
    writes(talking, words(talking, checked("é" * WORDS_LIMIT)))
    assert "é" * WORDS_LIMIT in talking.reads()[-1] and "…" not in talking.reads()[-1]


def test_a_message_of_staff_that_does_not_reach_the_guest_says_why(talking: Guest, house: House) -> None:
    writes(talking, words(talking))
    store = house.program.store
    while letter := store.outbox.claim("bell"):
        failed = {"type": "failed", "code": "131047", "workspace": "", "cause": letter.item["cause"], "id": letter.id}
        store.outbox.given_up(letter, failed)
    talking.is_served()
    written = thread(talking)[-1]
    assert (written.status, written.code) == (MessageStatus.FAILED, "131047")


def test_the_outbox_is_done_once_the_guest_was_told(talking: Guest) -> None:
    writes(talking, words(talking))
    store = talking.house.program.store
    while letter := store.outbox.claim("bell"):
        sent = [{"type": "sent", "external": "wamid.1", "id": i["id"], "cause": i["cause"]} for i in letter.items]
        store.outbox.sent(letter, *sent)
    talking.is_served()
    assert thread(talking)[-1].status is MessageStatus.SENT
    assert [row.done_at is not None for row in rows(talking.house, select(Outbox).where(Outbox.kind == "staff_said"))]
