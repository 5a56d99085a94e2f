"""Cash at the bar, a till paid by hand, the page on the web: each ends with one thank-you and a paid order."""

import re
from uuid import uuid4

import pytest
import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE, Guest, Message
from tests.functional.outside import Outside
from tests.waiting import eventually

CODE = re.compile(r"\*([A-Z]{4})\*")
HIDDEN = re.compile(r'name="(csrf_token|entry|stamp)" value="([^"]+)"')


def reviews(guest: Guest) -> None:
    """An order in one line."""
    guest.says("1 coke to table 5")
    guest.reads("Total")


def thanked(guest: Guest, receipt: str) -> list[Message]:
    return [message for message in guest.messages if receipt in message.text]


def is_paid(outside: Outside, guest: Guest) -> None:
    def paid() -> bool:
        order = outside.order_of(guest.name)
        return order is not None and order["status"] == "PAID"

    eventually(paid, what="the paid order")


def test_cash_at_the_bar(outside: Outside, guest: Guest) -> None:
    reviews(guest)
    guest.says("cash")
    code = CODE.search(guest.reads("at the bar").text)
    assert code
    staff = outside.staff()
    given = {"code": code[1], "received": "200", "entry": str(uuid4())}
    page = staff.posts("/admin/cash", **given)
    assert "Change KES&nbsp;50" in page.text
    guest.reads("150 received in cash")
    is_paid(outside, guest)


@pytest.mark.parametrize("first", ["the code", "the money"])
def test_a_till_paid_by_hand(outside: Outside, simulators: Simulators, guest: Guest, first: str) -> None:
    reviews(guest)
    simulators.kopokopo.rule("cancelled")
    guest.taps("M-Pesa")
    guest.reads("cancelled")
    if first == "the money":
        receipt = simulators.kopokopo.pays_till(guest.phone, 150)
        eventually(lambda: outside.rows("select 1 from receipts where reference = %s", receipt), what="the money")
        guest.says(f"{receipt} Confirmed. Ksh150.00 paid to DESTINATION COCKTAILS.")
        guest.reads("found your payment")
    else:
        guest.says("UC65K2T9QX")
        guest.reads("not seen this payment")
        receipt = simulators.kopokopo.pays_till(guest.phone, 150)
        guest.says(f"nimelipa, code {receipt}")
    is_paid(outside, guest)
    eventually(lambda: thanked(guest, receipt), what="the thank-you")
    guest.says("status")
    guest.reads("paid")
    assert len(thanked(guest, receipt)) == 1


def test_confirmed_and_paid_on_the_web(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    reviews(guest)
    guest.says("pay on the web")
    link = str(guest.reads("browser").body["interactive"]["action"]["parameters"]["url"])
    browser = requests.Session()
    form = dict(HIDDEN.findall(browser.get(link, timeout=PATIENCE).text)) | {"way": "MPESA", "phone": ""}
    answer = browser.post(link, data=form, headers={"Referer": link}, timeout=PATIENCE)
    assert answer.ok, answer.status_code
    is_paid(outside, guest)
    receipt = str(simulators.kopokopo.wait_for(phone=guest.phone, status="Success")["receipt"])
    eventually(lambda: thanked(guest, receipt), what="the thank-you")
    assert receipt in browser.get(link, timeout=PATIENCE).text
