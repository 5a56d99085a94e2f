"""A night runs again: into empty books it ends as it ended, into living ones it changes nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from core.domain.statuses import Direction, OrderStatus, ReceiptState
from core.errors import Rejected
from core.jobs import Job
from core.services import journal_replay, payments
from core.services.activity import Actor
from core.services.by_hand import ask_phone, cart_of, take_order
from core.services.customers import by_phone
from core.services.erasing import erase
from core.services.erasing_journal import finish_erasures
from core.services.orders import advance_order
from core.services.relay import follow_up
from core.store.redis.arrivals import Arrival
from core.store.redis.store import Store
from core.store.sql import journal as books
from core.store.sql.engine import transaction
from core.store.sql.tables import Customer, Message, Order, Payment, Product, Receipt, User, Workspace
from sandbox.simulators.inbound import inbound_text
from tests.integration.journal.evening import Evening, nothing_is_said
from tests.integration.journal.house import NUMBER, House, make_house
from tests.integration.money.house import make_program
from tests.integration.money.kopokopo import KopoKopoStandIn
from tests.integration.money.standin import stand_in
from tests.integration.sql.bar import Bar

ANN, BEN, CAT, DAN = (f"25471234567{last}" for last in range(4))
FRIDAY = datetime(2026, 11, 13, 17, 0, tzinfo=UTC)  # eight in the evening in Nairobi


@pytest.fixture
def evening(bar: Bar, store: Store) -> Iterator[Evening]:
    with stand_in() as server:
        rung: list[Job] = []
        program = make_program(bar, store, rung.append)
        yield Evening(make_house(bar, program, server.url), KopoKopoStandIn(server), rung)
        program.http.close()


def spend(evening: Evening) -> None:
    """Four guests: one pays, one at the second try, one goes without paying, one only looks."""
    evening.says(ANN, "2 dawa and 1 tusker to table 7")
    evening.says(BEN, "hi")
    evening.says(BEN, "3 tusker to table 2")
    evening.taps(BEN, "M-Pesa")
    evening.calls_back(evening.kopokopo.refuse(evening.kopokopo.prompts[-1]))
    evening.says(ANN, "pay")
    evening.taps(ANN, "M-Pesa")
    evening.pays()
    evening.taps(BEN, "Try again")
    evening.pays()
    evening.says(CAT, "2 wings to table 4")
    evening.taps(CAT, "M-Pesa")
    evening.says(DAN, "1 dawa")
    evening.says(ANN, "asante")
    evening.written_down()


def recorded(evening: Evening) -> list[Arrival]:
    now = datetime.now(UTC)
    span = books.Span(now - timedelta(days=1), now + timedelta(days=1))
    return list(books.read(evening.house.program.sessions, span))


def test_into_empty_books_the_night_ends_as_it_ended_as_often_as_you_like(evening: Evening) -> None:
    spend(evening)
    before, night = evening.books(), recorded(evening)
    assert [str(status) for _, status, *_ in before["payments"]].count("SUCCEEDED") == 2
    for _ in range(2):
        evening.forget_everything()
        replayed = journal_replay.replay_night(evening.house.program, night, datetime.now(UTC))
        assert replayed.webhooks == len(night)
        after = evening.books()
        assert open_as_open(after) == open_as_open(before)
    assert len(evening.kopokopo.prompts) == 4, "nobody was prompted again"


def open_as_open(found: dict[str, list[tuple[object, ...]]]) -> dict[str, object]:
    """What Kopo Kopo answered is no webhook: an attempt it never called back about is PENDING, or UNKNOWN."""
    return {name: str(rows).replace("PaymentStatus.UNKNOWN: 'UNKNOWN'", "PaymentStatus.PENDING: 'PENDING'")
            for name, rows in found.items()}  # fmt: skip


def nothing_comes_back(evening: Evening) -> None:
    """The store forgets everything; what was recorded changes no book all the same."""
    before, night = evening.books(), recorded(evening)
    evening.house.program.store.client.flushall()
    with nothing_is_said(evening):
        assert journal_replay.replay_missing(evening.house.program, night).events == 0
    assert evening.books() | {"chats": None} == before | {"chats": None}


def test_into_living_books_nothing_happens_twice(evening: Evening) -> None:
    spend(evening)
    before = evening.books()
    with nothing_is_said(evening):
        assert journal_replay.replay_missing(evening.house.program, recorded(evening)).events == 0
    assert evening.books() == before


def test_nor_where_the_store_has_forgotten_everything(evening: Evening) -> None:
    spend(evening)
    nothing_comes_back(evening)


def test_a_message_a_wiped_store_lost_is_answered_after_all(evening: Evening) -> None:
    spend(evening)
    assert evening.house.meta(inbound_text(NUMBER, DAN, "2 tusker to table 3")) == 200
    evening.written_down()
    night = recorded(evening)
    evening.house.program.store.client.flushall()
    assert journal_replay.replay_missing(evening.house.program, night).events == 1
    assert "2 × Tusker" in "".join(evening.serve())


def test_a_notice_a_wiped_store_lost_is_settled_after_all(evening: Evening) -> None:
    evening.says(ANN, "2 dawa to table 7")
    evening.taps(ANN, "M-Pesa")
    raw = json.dumps(evening.kopokopo.pay(evening.kopokopo.prompts[-1])).encode()
    assert evening.house.kopokopo(raw) == 200
    evening.written_down()
    night = recorded(evening)
    evening.house.program.store.client.flushall()
    assert journal_replay.replay_missing(evening.house.program, night).events == 1
    assert "Thank you" in "".join(evening.serve())
    with nothing_is_said(evening):
        assert journal_replay.replay_missing(evening.house.program, night).events == 0


# --- the clock of the night ---


def wrote(minutes: float, phone: str, words: str) -> Arrival:
    at = (FRIDAY + timedelta(minutes=minutes)).timestamp()
    raw = inbound_text(NUMBER, phone, words, at=at)
    return Arrival(at, "whatsapp", "good", "kept", (WORKSPACE[0],), raw, len(raw))


WORKSPACE: list[str] = [""]


@pytest.fixture
def friday(evening: Evening) -> Evening:
    WORKSPACE[0] = str(evening.house.bar.workspace_id)
    return evening


def orders(house: House) -> list[Order]:
    with house.bar.sessions.begin() as db:
        return list(db.scalars(select(Order).order_by(Order.number)))


def replay(house: House, *night: Arrival) -> None:
    journal_replay.replay_night(house.program, sorted(night, key=lambda one: one.at), datetime.now(UTC))


def said(house: House) -> list[str]:
    with house.bar.sessions.begin() as db:
        return list(db.scalars(select(Message.body).where(Message.direction == Direction.OUT).order_by(Message.at)))


def test_a_week_later_an_order_of_friday_is_placed_all_the_same(friday: Evening) -> None:
    replay(friday.house, wrote(0, ANN, "2 dawa to table 7"), wrote(1, ANN, "pay"), wrote(2, ANN, "m-pesa"))
    [order] = orders(friday.house)
    assert (order.status, order.table_number) == (OrderStatus.FAILED, 7)
    assert FRIDAY <= order.created_at <= FRIDAY + timedelta(minutes=3)
    assert order.created_at < order.expires_at <= FRIDAY + timedelta(minutes=13)


def test_an_order_nobody_paid_ran_out_in_the_night_it_was_placed(friday: Evening) -> None:
    replay(friday.house, wrote(0, ANN, "2 dawa to table 7"), wrote(1, ANN, "m-pesa"))
    assert [order.status for order in orders(friday.house)] == [OrderStatus.FAILED]
    assert friday.house.bar.stock("Dawa") == (100, 0)


def test_the_doors_are_open_when_they_were(friday: Evening) -> None:
    bar = friday.house.bar
    hours = {"house": {"week": {"fri": [["18:00", "23:00"]]}}}
    with bar.sessions.begin() as db:
        db.execute(update(Workspace).where(Workspace.id == bar.workspace_id).values(hours=hours))
    early, late = wrote(0, ANN, "2 dawa to table 7"), wrote(5 * 60, BEN, "2 dawa to table 8")
    replay(friday.house, early, wrote(1, ANN, "m-pesa"), late, wrote(5 * 60 + 1, BEN, "m-pesa"))
    assert [order.table_number for order in orders(friday.house)] == [7], said(friday.house)


def test_who_came_back_after_hours_began_anew(friday: Evening) -> None:
    replay(friday.house, wrote(0, ANN, "2 dawa"), wrote(181, ANN, "cart"))
    assert "empty" in said(friday.house)[-1]


def test_two_halves_of_a_thought_are_one_in_the_replay_too(friday: Evening) -> None:
    replay(friday.house, wrote(0, ANN, "2"), wrote(0.01, ANN, "dawa to table 7"), wrote(1, ANN, "m-pesa"))
    assert [order.total for order in orders(friday.house)] == [1400]


def test_limits_by_the_hour_count_the_hours_of_the_night(friday: Evening) -> None:
    replay(friday.house, wrote(0, ANN, "hi"), wrote(200, ANN, "2 dawa to table 7"), wrote(201, ANN, "m-pesa"))
    with friday.house.bar.sessions.begin() as db:
        assert db.scalar(select(Customer.created_at)) is not None
    assert all(order.created_at.date() == FRIDAY.date() for order in orders(friday.house))


# --- when it refuses ---


def refusal(house: House) -> str:
    with pytest.raises(Rejected) as refused:
        journal_replay.replay_night(house.program, [], datetime.now(UTC))
    return refused.value.reason


def test_it_does_not_run_over_books_that_are_not_empty(evening: Evening) -> None:
    spend(evening)
    assert refusal(evening.house) == "books_not_empty"


def test_it_does_not_run_where_workers_would_send(evening: Evening) -> None:
    evening.house.program.store.beat("messages")
    assert refusal(evening.house) == "workers_running"


def test_it_does_not_run_into_a_store_in_use(evening: Evening) -> None:
    evening.says(DAN, "hi")
    assert refusal(evening.house) == "store_not_empty"


def test_a_forged_webhook_is_not_run_again(evening: Evening) -> None:
    raw = inbound_text(NUMBER, ANN, "2 dawa to table 7")
    forged = Arrival(FRIDAY.timestamp(), "whatsapp", "bad", "refused", (), raw)
    assert journal_replay.replay_night(evening.house.program, [forged], FRIDAY).webhooks == 0


def test_what_its_sender_never_signs_is_not_run_again(evening: Evening) -> None:
    said = Arrival(FRIDAY.timestamp(), "pesapal", "none", "heard", (), b"OrderTrackingId=4e8d21c7")
    assert journal_replay.replay_night(evening.house.program, [said], FRIDAY).webhooks == 0
    assert journal_replay.replay_missing(evening.house.program, [said]).webhooks == 0


def test_another_venues_night_stays_its_own(friday: Evening) -> None:
    other = uuid4()
    night = [wrote(0, ANN, "2 dawa to table 7"), wrote(1, ANN, "m-pesa")]
    replayed = journal_replay.replay_night(friday.house.program, night, FRIDAY, other)
    assert replayed.events == 0 and orders(friday.house) == []


def test_a_product_that_ran_out_ran_out_again(friday: Evening) -> None:
    bar = friday.house.bar
    bar.change(Product, bar.products["Dawa"], held=0)
    night = [wrote(n, f"2547220000{n:02d}", "60 dawa to table 7") for n in range(2)]
    night += [wrote(n + 0.5, f"2547220000{n:02d}", "m-pesa") for n in range(2)]
    replay(friday.house, *night)
    assert [order.total for order in orders(friday.house)] == [60 * 700]


# --- who was erased, and what was ordered over the counter ---


def staff(evening: Evening) -> Actor:
    """Somebody behind the bar."""
    user = User(email=f"{uuid4().hex}@bar.example", name="Wanjiru", password_hash="-")
    with evening.house.program.sessions.begin() as db:
        db.add(user)
        db.flush()
        return Actor(evening.house.bar.workspace_id, user.id, "Wanjiru")


def erased(evening: Evening, phone: str) -> None:
    """All of theirs was served; then they wanted to be forgotten, and were."""
    program = evening.house.program
    with transaction(program.sessions) as db:
        customer = by_phone(db, evening.house.bar.workspace_id, phone)
        assert customer
        for order in db.scalars(select(Order).where(Order.customer_id == customer.id)):
            for to in (OrderStatus.PREPARING, OrderStatus.READY, OrderStatus.SERVED):
                advance_order(db, order.workspace_id, order.id, to, None)
        db.execute(update(Payment).where(Payment.customer_id == customer.id).values(next_check_at=None))
        erase(program, db, staff(evening), customer.id)
    assert finish_erasures(program, settled=timedelta(0)) == 1


def test_in_a_night_replayed_who_was_erased_never_wrote_and_their_money_is_nobodys(evening: Evening) -> None:
    spend(evening)
    erased(evening, ANN)
    night, money = recorded(evening), evening.books()["receipts"]
    assert not any(ANN[3:].encode() in one.body for one in night)
    evening.forget_everything()
    journal_replay.replay_night(evening.house.program, night, datetime.now(UTC))
    with evening.house.program.sessions.begin() as db:
        assert by_phone(db, evening.house.bar.workspace_id, ANN) is None
        assert 7 not in db.scalars(select(Order.table_number)).all(), "where Ann sat"
        states = Counter(db.scalars(select(Receipt.state)))
    assert states == {ReceiptState.MATCHED: 1, ReceiptState.UNMATCHED: 1}
    assert [(row[0], row[2]) for row in evening.books()["receipts"]] == [(row[0], row[2]) for row in money]


def test_into_living_books_nothing_of_who_was_erased_comes_back(evening: Evening) -> None:
    spend(evening)
    erased(evening, ANN)
    nothing_comes_back(evening)


def ordered_at_the_counter(evening: Evening) -> str:
    """A Dawa for somebody nobody knows, paid by a prompt to their phone; its receipt."""
    program, by = evening.house.program, staff(evening)
    effect = evening.house.bar.place(cart_of(uuid4()), Dawa=1) | {"customer_name": ""}
    with transaction(program.sessions) as db:
        order_id = take_order(program, db, by, "", effect)[0]
    with transaction(program.sessions) as db:
        outcome, _ = ask_phone(db, by, order_id, "254711222333")
    follow_up(program, payments.request_payment(program, outcome["payment_id"]))
    evening.pays()
    with program.sessions.begin() as db:
        assert db.get_one(Order, order_id).status is OrderStatus.PAID
        return db.scalars(select(Receipt.reference).where(Receipt.order_id == order_id)).one()


def test_what_was_ordered_over_the_counter_is_in_no_replay_and_its_money_is_kept(evening: Evening) -> None:
    receipt = ordered_at_the_counter(evening)
    spend(evening)
    night = recorded(evening)
    evening.forget_everything()
    journal_replay.replay_night(evening.house.program, night, datetime.now(UTC))
    with evening.house.program.sessions.begin() as db:
        kept = db.scalars(select(Receipt).where(Receipt.reference == receipt)).one()
        assert (kept.state, kept.order_id) == (ReceiptState.UNMATCHED, None)
        assert Counter(db.scalars(select(Receipt.state)))[ReceiptState.MATCHED] == 2, "the guests of the chat"


def test_into_living_books_the_counters_money_comes_once(evening: Evening) -> None:
    ordered_at_the_counter(evening)
    spend(evening)
    nothing_comes_back(evening)
