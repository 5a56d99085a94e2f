"""Staff and a guest talk over the whole product, and a dead letter is played again by command."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from core.cipher import Cipher
from sandbox.simulators.guest import Guest
from tests.functional.outside import Outside, Row
from tests.product import PROJECT, Product
from tests.waiting import eventually


def box_of(outside: Outside, message_id: str) -> Row:
    """The mailbox and venue of the guest who sent this."""
    query = "select mailbox, workspace_id from messages where external_id = %s and direction = 'in'"
    return eventually(lambda: outside.rows(query, message_id), what="the history")[0]


def test_staff_write_to_a_guest_who_asked_for_somebody_and_hand_them_back(outside: Outside, guest: Guest) -> None:
    asked = guest.says("staff")
    guest.reads("called our staff")
    staff, address = outside.staff(), f"/admin/conversations/{box_of(outside, asked.id)['mailbox']}"
    form = {"text": "A towel is on its way", "key": str(uuid4())}
    for _ in range(3):
        assert staff.posts(f"{address}/messages", **form).status_code == 200
    guest.reads("A towel is on its way")
    guest.says("thank you, it is table 4")
    eventually(lambda: "thank you, it is table 4" in staff.reads(address), what="the guest's words on the page")
    eventually(lambda: (outside.message("A towel is on its way") or {}).get("status") == "read", what="read")
    staff.posts(f"{address}/back")
    guest.reads("handed you back")
    guest.says("cart")
    guest.reads("empty")
    assert [message.text for message in guest.messages].count("👤 A towel is on its way") == 1
    outside.clean()


def test_a_dead_letter_is_played_again_by_command_once_also_where_the_command_is_killed(
    product: Product, outside: Outside, guest: Guest, tmp_path: Path
) -> None:
    hello = guest.says("hi")
    guest.reads("Karibu")
    box, letter_id = box_of(outside, hello.id), str(uuid4())
    at = outside.rows("select extract(epoch from now()) as at")[0]["at"]
    body = {"kind": "text", "at": float(at), "data": {"text": "cart"}, "guest": guest_of(outside, guest, box)}
    sealed = Cipher(product.settings["FIELD_ENCRYPTION_KEYS"].split(",")).encrypt(json.dumps(body))
    insert = """insert into dead_letters (id, workspace_id, lane, mailbox, event_id, body, attempts, at)
                values (%s, %s, 'conversations', %s, %s, %s, 3, now())"""
    outside.change(insert, letter_id, str(box["workspace_id"]), box["mailbox"], uuid4().hex, sealed)
    eventually(lambda: outside.metric("bar_dead_letters_undecided") == 1, what="the counter")
    (tmp_path / "letters.pushed").touch()
    armed = product.environ | product.settings | {"CRASHPOINTS": str(tmp_path)}
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "dead-letters", "replay", letter_id]
    assert subprocess.run(words, cwd=PROJECT, env=armed, check=False).returncode == -signal.SIGKILL
    guest.reads("empty")
    replayed = product.flask("dead-letters", "replay", letter_id)
    assert replayed.returncode == 0, replayed.stderr
    assert product.flask("dead-letters", "replay", letter_id).returncode == 1
    eventually(lambda: outside.metric("bar_dead_letters_undecided") == 0, what="the counter")
    outside.clean()
    assert ["empty" in message.text for message in guest.messages].count(True) == 1


def guest_of(outside: Outside, guest: Guest, box: Row) -> Row:
    """How the guest is answered."""
    channel = outside.rows("select id from channels where workspace_id = %s", str(box["workspace_id"]))[0]["id"]
    known = {"phone": guest.phone, "bsuid": guest.bsuid, "name": guest.name}
    return known | {"channel": str(channel), "workspace": str(box["workspace_id"])}
