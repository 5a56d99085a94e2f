"""Guests are known by BSUID, by phone, or by both, in whichever order we learn of them."""

from dataclasses import replace

from sqlalchemy import select, text

from core.cipher import Cipher, install
from core.services.customers import Guest, GuestRef, find_guest
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
