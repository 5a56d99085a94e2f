"""Every webhook that came can be shown: whole, sealed, once, and never at a guest's expense."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from core.cipher import Cipher, UnknownKey, install
from core.errors import StoreUnavailable
from core.services import journal
from core.store.redis import mailbox
from core.store.redis.arrivals import Arrival
from core.store.sql import journal as books
from core.store.sql.engine import transaction
from core.store.sql.journal_packing import pack, unpack
from core.store.sql.rotation import rotate_keys
from sandbox.simulators.inbound import inbound_text, sign
from tests.integration.journal.house import House
from tests.integration.money.kopokopo import SAMPLES

WHATSAPP_SAMPLES = sorted((SAMPLES.parent / "whatsapp").glob("*[!d].json"))


def outcomes(house: House) -> list[tuple[str, str, str]]:
    return [(one.source, one.signature, one.outcome) for one in house.written()]


def test_a_message_is_there_as_it_came_with_time_and_venue(house: House) -> None:
    before = datetime.now(UTC).timestamp()
    raw = house.says("2 dawa 🍹")
    [entry] = house.written()
    assert (entry.body, entry.size) == (raw, len(raw))
    assert (entry.source, entry.signature, entry.outcome) == ("whatsapp", "good", "kept")
    assert entry.workspaces == (str(house.bar.workspace_id),)
    assert before <= entry.at <= datetime.now(UTC).timestamp()


def test_they_stand_in_the_order_of_arrival(house: House) -> None:
    posted = [house.says(f"{number} dawa") for number in range(5)]
    assert [entry.body for entry in house.written()] == posted


@pytest.mark.parametrize("raw", [b"", b"\xff\x00\xfe", b"not json", b"[" * 99_999, b'{"object": "\\ud800"}'])
def test_signed_nonsense_is_there_byte_by_byte(house: House, raw: bytes) -> None:
    assert house.meta(raw) == 200
    assert house.kopokopo(raw) == 200
    assert [(one.source, one.outcome, one.body) for one in house.written()] == [
        ("whatsapp", "malformed", raw),
        ("payment", "malformed", raw),
    ]


def test_a_message_for_a_strange_number_and_news_that_is_no_money(house: House) -> None:
    assert house.meta(inbound_text("999", "254712345678", "hi")) == 200
    assert house.kopokopo((SAMPLES / "customer_created.json").read_bytes()) == 200
    good = "good"
    assert outcomes(house) == [("whatsapp", good, "unknown number"), ("payment", good, "not about a payment")]


def test_money_is_there(house: House) -> None:
    raw = (SAMPLES / "buygoods_received.json").read_bytes()
    assert house.kopokopo(raw) == 200
    [entry] = house.written(house.bar.workspace_id)
    assert (entry.outcome, entry.body) == ("kept", raw)


def test_a_forged_webhook_is_there_but_cannot_fill_the_books(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "REFUSED_A_MINUTE", 3)
    refusals = journal.Refusals()
    monkeypatch.setattr("webapp.webhooks.answers._refusals", refusals)
    huge = b"x" * 100_000
    assert {house.meta(huge, "sha256=" + "0" * 64) for _ in range(20)} == {401}
    entries = house.written()
    assert len(entries) <= 6, "three a minute, and a minute may have begun"
    assert {(one.signature, one.outcome, one.size) for one in entries} == {("bad", "refused", 100_000)}
    assert {len(one.body) for one in entries} == {journal.REFUSED_BYTES}
    refusals._minute = 0
    assert house.kopokopo(huge, "nobody's") == 401
    last = max(house.written(), key=lambda one: one.position)
    assert (last.source, sum(one.others for one in house.kept())) == ("payment", 21 - len(entries) - 1)


def test_another_venue_does_not_see_it(house: House) -> None:
    house.says("hi")
    assert house.written(house.bar.channel_id) == []


def test_a_repeat_by_meta_is_a_line_of_its_own_but_one_message(house: House) -> None:
    raw = house.says("hi")
    assert house.meta(raw) == 200
    assert [one.body for one in house.written()] == [raw, raw]
    assert house.program.store.report()["conversations"]["events"] == 1


# --- batches ---


class Killed(Exception):
    """As far as this process is concerned, the end."""


def test_a_worker_killed_between_writing_and_forgetting_doubles_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = [house.says(f"{number} dawa") for number in range(7)]

    def killed(_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(house.program.store.arrivals, "done", killed)
        journal.save_journal(house.program)
    assert house.program.store.arrivals.length() == 7
    monkeypatch.setattr(house.program.store.arrivals, "_idle_ms", 0)
    assert [one.body for one in house.written()] == posted
    assert house.program.store.arrivals.length() == 0


def test_a_worker_killed_before_writing_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = house.says("hi")

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(journal, "save", killed)
        journal.save_journal(house.program)
    monkeypatch.setattr(house.program.store.arrivals, "_idle_ms", 0)
    assert [one.body for one in house.written()] == [raw]


def test_it_is_written_in_batches(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "BATCH", 4)
    monkeypatch.setattr(books, "BATCH", 3)
    posted = [house.says(f"{number} dawa") for number in range(10)]
    assert [one.body for one in house.written()] == posted


def test_while_postgresql_is_away_it_waits_within_bounds_and_no_webhook_fails(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.says("hi")
    monkeypatch.setattr(mailbox, "JOURNAL_BYTES", 3_000)
    for number in range(10):
        house.says(f"{number} dawa")
    report = house.program.store.report()
    assert report["journal"] + report["journal_missed"] == 11
    assert 0 < report["journal"] < 11
    assert report["conversations"]["events"] == 11, "every message is kept all the same"
    house.written()
    assert house.program.store.client.get("journal:bytes") is None, "there is room again"
    house.says("again")
    assert len(house.written()) == report["journal"] + 1


def test_what_is_written_down_makes_room_while_more_keeps_coming(house: House) -> None:
    house.says("hi")
    house.says("2 dawa and 1 tusker")
    store = house.program.store
    first, second = store.arrivals.read("journal", 1) + store.arrivals.read("journal", 1)
    store.arrivals.done([first])
    assert int(store.client.get("journal:bytes")) == len(second.body.encode())
    store.arrivals.done([first])
    assert int(store.client.get("journal:bytes")) == len(second.body.encode()), "a repeat gives nothing back"


def test_nothing_of_the_journal_fails_a_webhook(house: House) -> None:
    house.program.store.client.set("stream:journal", "no stream at all")
    house.says("hi")
    house.program.store.client.delete("stream:journal")
    assert house.program.store.report()["conversations"]["events"] == 1


def test_a_refusal_needs_no_store(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(house.program.store.conversations, "push", away)
    assert house.meta(b"{}", sign("nobody's secret", b"{}")) == 401


# --- months ---


def parts(house: House) -> list[str]:
    with transaction(house.program.sessions) as db:
        return books.partitions(db)


def arrival(at: datetime, position: int = 1, **more: Any) -> Arrival:
    return Arrival(at.timestamp(), "whatsapp", "good", "kept", (), b"{}", 2, position=position, **more)


def save(house: House, *arrivals: Arrival) -> None:
    with transaction(house.program.sessions) as db:
        books.save(db, list(arrivals))


def test_the_months_to_come_are_made_and_the_old_ones_go(house: House) -> None:
    now = datetime(2031, 11, 20, 12, tzinfo=UTC)
    save(house, arrival(datetime(2031, 7, 31, 23, 59, tzinfo=UTC)), arrival(datetime(2031, 8, 31, tzinfo=UTC), 2))
    journal.keep_months(house.program, now)
    left = [name for name in parts(house) if name >= "y2031"]
    assert left == ["y2031m08", "y2031m11", "y2031m12", "y2032m01"], "90 days before the 20th of November is in August"
    journal.keep_months(house.program, now)
    assert [name for name in parts(house) if name >= "y2031"] == left, "the second night finds nothing to do"
    with transaction(house.program.sessions) as db:
        books.drop_partitions(db, datetime(2040, 1, 1, tzinfo=UTC))
        books.make_partitions(db, books.months(datetime.now(UTC), 3))


def test_a_month_nobody_made_is_made_when_something_arrives(house: House) -> None:
    save(house, arrival(datetime(2033, 1, 1, tzinfo=UTC)))
    assert "y2033m01" in parts(house)
    with transaction(house.program.sessions) as db:
        db.execute(text("drop table journal.y2033m01"))


def test_a_migrated_database_has_room_for_three_months(house: House) -> None:
    with transaction(house.program.sessions) as db:
        books.make_partitions(db, [])
    wanted = [f"y{month:%Y}m{month:%m}" for month in books.months(datetime.now(UTC), 3)]
    assert set(wanted) <= set(parts(house))


def test_december_is_followed_by_january() -> None:
    december = datetime(2026, 12, 31, tzinfo=UTC)
    assert [str(month) for month in books.months(december, 3)] == ["2026-12-01", "2027-01-01", "2027-02-01"]


# --- sealed ---


def test_nobody_reads_a_body_without_the_keys(house: House) -> None:
    house.says("meet me behind the bar", "254712345678")
    house.written()
    with transaction(house.program.sessions) as db:
        [body] = db.scalars(text("select body from webhook_journal")).all()
    assert b"behind" not in bytes(body) and b"254712345678" not in bytes(body)
    install(Cipher(["somebody else's key"]))
    with pytest.raises(UnknownKey):
        house.kept()


def test_a_new_key_seals_the_journal_again(house: House) -> None:
    raw = house.says("hi")
    house.written()
    install(Cipher(["a new key", "a key for these tests"]))
    assert rotate_keys(house.program.sessions)["webhook_journal"] == 1
    assert rotate_keys(house.program.sessions)["webhook_journal"] == 0
    install(Cipher(["a new key"]))
    assert [one.body for one in house.kept()] == [raw]


def test_what_was_tampered_with_is_not_opened() -> None:
    cipher = Cipher(["a key"])
    sealed = bytearray(pack(b"a body", cipher))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        unpack(bytes(sealed), cipher)


@pytest.mark.parametrize("path", WHATSAPP_SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_packed_small_and_comes_back_whole(path: Path) -> None:
    cipher, raw = Cipher(["a key"]), json.dumps(json.loads(path.read_bytes())).encode()
    sealed = pack(raw, cipher)
    assert unpack(sealed, cipher) == raw
    assert len(sealed) < len(raw)
