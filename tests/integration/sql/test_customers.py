"""Guests are known by BSUID, by phone, or by both, in whichever order we learn of them."""

from dataclasses import replace

from sqlalchemy import select, text

from core.cipher import Cipher, install
from core.conversation.profile import Profile
from core.services.customers import Guest, GuestRef, find_guest, read_profile
from core.store.sql.rotation import rotate_keys
from core.store.sql.tables import Base, Channel, Conversation, Customer, Payment
from tests.integration.sql.bar import Bar, all_at_once


def find(bar: Bar, ref: GuestRef) -> Guest:
    with bar.sessions.begin() as db:
        guest = find_guest(db, ref)
        db.refresh(guest.customer)
        return guest


def test_a_guest_who_comes_again_is_the_same(bar: Bar) -> None:
    first, again = find(bar, bar.guest()), find(bar, bar.guest())
    assert (first.customer.id, first.conversation.id) == (again.customer.id, again.conversation.id)
    assert first.conversation.mailbox == "box-1"


def test_a_guest_known_by_phone_who_gets_a_bsuid_stays_the_same(bar: Bar) -> None:
    by_phone = find(bar, bar.guest())
    both = find(bar, replace(bar.guest(), bsuid="KE.1", name="Wanjiru"))
    only = find(bar, replace(bar.guest(), bsuid="KE.1", phone="", mailbox="box-2", name=""))
    assert by_phone.customer.id == both.customer.id == only.customer.id
    assert (only.customer.name, only.customer.phone) == ("Wanjiru", "254700000001")
    assert only.conversation.id == by_phone.conversation.id and only.conversation.mailbox == "box-2"


def test_a_guest_with_a_bsuid_only_is_served(bar: Bar) -> None:
    ref = replace(bar.guest(), bsuid="KE.1", phone="")
    assert bar.perform(ref, bar.place(Dawa=1))[0]["result"] == "placed"
    assert find(bar, ref).customer.phone is None


def test_a_number_that_belongs_to_another_guest_stays_there(bar: Bar) -> None:
    owner = find(bar, bar.guest(1))
    other = find(bar, replace(bar.guest(2), bsuid="KE.2", phone=""))
    again = find(bar, replace(bar.guest(2), bsuid="KE.2", phone=bar.guest(1).phone))
    assert other.customer.id == again.customer.id != owner.customer.id and again.customer.phone is None


def test_a_new_guest_in_ten_places_at_once_is_one_customer(bar: Bar) -> None:
    found = all_at_once(10, lambda _: find(bar, bar.guest()).customer.id)
    assert len(set(found)) == 1 and bar.count(Conversation) == 1


def test_phones_and_tokens_are_unreadable_in_the_database(bar: Bar) -> None:
    bar.order(bar.guest(), Dawa=1)
    with bar.sessions.begin() as db:
        for table in Base.metadata.tables:
            stored = str(db.execute(text(f"select * from {table}")).all())
            assert "254700000001" not in stored and "verify_token" not in stored
        assert db.scalars(select(Payment)).one().phone == "254700000001"


def test_rotating_keys_reseals_everything_and_guests_are_still_found(bar: Bar) -> None:
    before = find(bar, bar.guest())
    bar.order(bar.guest(), Dawa=1)
    install(Cipher(["a new key", "a key for these tests"]))
    assert find(bar, bar.guest()).customer.id == before.customer.id
    live = bar.order(bar.guest(), Tusker=1)[1]
    assert live["result"] == "live_attempt"
    counts = rotate_keys(bar.sessions)
    assert (counts["customers"], counts["payments"], counts["channels"]) == (1, 1, 1)
    assert set(rotate_keys(bar.sessions).values()) == {0}
    install(Cipher(["a new key"]))
    assert find(bar, bar.guest()).customer.id == before.customer.id
    assert bar.order(bar.guest(), Tusker=1)[1]["result"] == "live_attempt"
    with bar.sessions.begin() as db:
        assert db.scalars(select(Channel)).one().secrets["verify_token"] == "v"
        assert db.scalars(select(Customer)).one().phone == "254700000001"


def test_a_number_that_came_to_another_person_finds_nothing_of_the_first(bar: Bar) -> None:
    first = find(bar, replace(bar.guest(1), bsuid="KE.1"))
    second = find(bar, replace(bar.guest(1), bsuid="KE.2", mailbox="box-2"))
    assert first.customer.id != second.customer.id and second.customer.phone == bar.guest(1).phone
    again = find(bar, replace(bar.guest(1), bsuid="KE.1", phone=""))
    assert again.customer.id == first.customer.id and again.customer.phone is None


def profile(bar: Bar, ref: GuestRef) -> Profile:
    with bar.sessions.begin() as db:
        return Profile.of(read_profile(db, ref, "sw"))


def test_what_is_known_of_a_guest_is_read_from_their_row(bar: Bar) -> None:
    ref = bar.guest()
    bar.perform(ref, {"kind": "confirm_age"}, {"kind": "remember", "details": {"name": "Shiru", "email": ""}})
    known = profile(bar, ref)
    assert known.known and known.name == "Shiru" and known.language == "sw"
    assert known.age_confirmed_at and known.asked == ("email", "name")


def test_another_number_drops_what_was_confirmed_and_keeps_the_orders(bar: Bar) -> None:
    ref = replace(bar.guest(), bsuid="KE.1")
    placed = bar.perform(ref, {"kind": "confirm_age"}, bar.place(Dawa=1))[1]
    moved = replace(ref, phone="254711000111", bsuid="KE.9")
    bar.perform(moved, {"kind": "change_identity", "phone": "254711000111", "bsuid": "KE.9"})
    found = find(bar, moved)
    assert (found.customer.bsuid, found.customer.phone) == ("KE.9", "254711000111")
    assert profile(bar, moved).age_confirmed_at == ""
    shown = bar.perform(moved, {"kind": "find_orders"})[0]["orders"]
    assert [one["order_id"] for one in shown] == [placed["order_id"]]


def test_an_identity_that_another_row_had_moves_to_the_guest_who_has_it_now(bar: Bar) -> None:
    other = find(bar, replace(bar.guest(2), bsuid=""))
    ref = replace(bar.guest(1), bsuid="KE.1")
    find(bar, ref)
    bar.perform(ref, {"kind": "change_identity", "phone": bar.guest(2).phone, "bsuid": ""})
    assert find(bar, replace(ref, phone="")).customer.phone == bar.guest(2).phone
    with bar.sessions.begin() as db:
        assert db.get_one(Customer, other.customer.id).deleted_at is not None
