"""A guest is found by whichever identity is known, and a number that comes to another person opens nothing."""

from time import time
from typing import Any
from uuid import uuid4

from core.store.redis.mailbox import Item
from core.store.redis.store import Store
from tests.integration.queue.guests import answer, commit, serve_one


def wrote(bsuid: str = "", phone: str = "", **more: Any) -> Item:
    addresses = tuple(filter(None, (bsuid, phone)))
    body = {"kind": "text", "at": time(), "data": {}}
    return Item(uuid4().hex, addresses, time(), body, {"channel": "c"}, bsuid, **more)


def box_of(store: Store, item: Item) -> str:
    store.conversations.push([item])
    claim = serve_one(store)
    commit(store, claim, answer())
    return claim.box


def test_a_guest_known_by_number_is_the_same_with_an_id(store: Store) -> None:
    assert box_of(store, wrote(phone="n1")) == box_of(store, wrote("b1", "n1")) == box_of(store, wrote("b1"))


def test_a_number_that_came_to_another_person_opens_no_old_mailbox(store: Store) -> None:
    before = box_of(store, wrote("b1", "n1"))
    after = box_of(store, wrote("b2", "n1"))
    assert before != after
    assert box_of(store, wrote("b1")) == before
    assert box_of(store, wrote(phone="n1")) == after


def test_whoever_changes_number_keeps_the_mailbox_and_the_old_number_leads_nowhere(store: Store) -> None:
    before = box_of(store, wrote("b1", "n1"))
    assert box_of(store, wrote("b2", "n2", former=("b1", "n1"))) == before
    assert box_of(store, wrote("b2", "n2")) == box_of(store, wrote(phone="n2")) == before
    assert box_of(store, wrote("b3", "n1")) != before


def test_an_id_that_changes_alone_keeps_number_and_mailbox(store: Store) -> None:
    before = box_of(store, wrote("b1", "n1"))
    assert box_of(store, wrote("b2", former=("b1",))) == before
    assert box_of(store, wrote("b2", "n1")) == before


def test_news_for_the_old_owner_of_a_number_go_to_the_old_owner(store: Store) -> None:
    before = box_of(store, wrote(phone="n1"))
    box_of(store, wrote("b1", "n1"))
    box_of(store, wrote("b2", "n1"))
    news = Item(uuid4().hex, (before,), time(), {"kind": "news", "at": time(), "data": {}}, fixed=True)
    assert box_of(store, news) == before


def test_a_profile_outlives_the_session_and_is_handed_to_every_turn(store: Store) -> None:
    store.conversations.push([wrote("b1")])
    claim = serve_one(store)
    assert claim.profile is None
    commit(store, claim, answer(profile={"name": "Jane"}))
    store.client.delete("user_session:b1")
    store.conversations.push([wrote("b1")])
    again = serve_one(store)
    assert (again.session, again.profile) == (None, {"name": "Jane"})
    commit(store, again, answer())
    assert 23 * 3600 < store.client.ttl("profile:b1") <= 24 * 3600


def said(bsuid: str, phone: str, name: str = "Amina") -> Item:
    """A message as Meta brings it: it opens the guest's day."""
    body = {"kind": "text", "at": time(), "data": {}, "external": uuid4().hex}
    addresses = tuple(filter(None, (bsuid, phone)))
    return Item(uuid4().hex, addresses, time(), body, {"channel": "c", "name": name}, bsuid)


def test_what_stands_of_a_guest_in_the_middle_of_an_order_is_not_written_again(store: Store) -> None:
    box = box_of(store, said("b1", "n1"))
    names = [f"guest:{box}", f"owner:{box}", "alias:b1", "alias:n1"]
    for name in names:
        store.client.expire(name, 3600)
    assert box_of(store, said("b1", "n1")) == box
    assert all(store.client.ttl(name) <= 3600 for name in names)
    store.client.expire(f"window:{box}", 1800)  # as if hours had gone by
    assert box_of(store, said("b1", "n1")) == box
    assert all(store.client.ttl(name) > 3600 for name in [*names, f"window:{box}"])


def test_what_changes_in_the_middle_of_an_order_is_written_at_once(store: Store) -> None:
    box = box_of(store, said("b1", "n1"))
    box_of(store, said("b1", "n1", name="Aisha"))
    assert '"Aisha"' in store.client.get(f"guest:{box}")
    box_of(store, said("b1", "n2"))
    assert store.client.get("alias:n2") == box
    store.client.delete("alias:n1", f"owner:{box}")
    box_of(store, said("b1", "n1"))
    assert store.client.get("alias:n1") == box and store.client.get(f"owner:{box}") == "b1"
