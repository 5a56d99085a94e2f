"""The phone in the browser: a guest says hi, taps, opens a list, and pays, with nothing fetched from elsewhere."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.simulators.control import Simulators

PHONE = "254712345678"
pytestmark = pytest.mark.browser


class Watched:
    """A page with what it complained about and whom it asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["wide", "narrow"])
def phone(request: Any, chromium: Browser, base_url: str, simulators: Simulators) -> Iterator[Page]:
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    watched = Watched(context.new_page())
    watched.page.goto(f"{base_url}/sandbox/?guest={PHONE}&name=Achieng")
    expect(watched.page.locator("#presence")).to_have_text("online")
    yield watched.page
    context.close()
    assert watched.complaints == []
    assert watched.hosts == {urlsplit(base_url).netloc}


def choices() -> dict[str, Any]:
    rows = [{"id": f"r{n}", "title": f"Cocktail {n}", "description": "KES 700"} for n in range(10)]
    action = {"button": "See cocktails", "sections": [{"title": "Cocktails", "rows": rows}]}
    return interactive({"type": "list", "body": {"text": "What will it be?"}, "action": action})


def buttons() -> dict[str, Any]:
    replies = [
        {"type": "reply", "reply": {"id": f"b-{title}", "title": title}} for title in ("Confirm", "Change", "Cancel")
    ]
    body = {"text": "*Your order, table 7*\n2 × Dawa 1,400\n_VAT included_"}
    return interactive({"type": "button", "body": body, "action": {"buttons": replies}})


def interactive(inside: dict[str, Any]) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": f"+{PHONE}", "type": "interactive", "interactive": inside}


def last_message(webhook: Any, kind: bytes) -> dict[str, Any]:
    raw = webhook.wait(lambda post: kind in post.raw)[-1].raw
    return dict(json.loads(raw)["entry"][0]["changes"][0]["value"]["messages"][0])


def test_the_hint_sends_a_whole_order(phone: Page, webhook: Any) -> None:
    phone.get_by_role("button", name="2 dawa to table 7").click()
    expect(phone.locator(".bubble.mine .words")).to_have_text("2 dawa to table 7")
    expect(phone.locator(".ticks")).to_have_attribute("aria-label", "delivered")
    message = last_message(webhook, b"dawa")
    assert (message["from"], message["text"]["body"]) == (PHONE, "2 dawa to table 7")


def test_a_text_is_read_and_answered_with_taps(phone: Page, graph: Any, webhook: Any) -> None:
    phone.get_by_label("Message").fill("menu <b>please</b>")
    phone.keyboard.press("Enter")
    sent = last_message(webhook, b"menu")
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": sent["id"]}
    graph.send(read | {"typing_indicator": {"type": "text"}})
    expect(phone.locator("#presence")).to_have_text("typing…")
    expect(phone.locator(".ticks")).to_have_attribute("aria-label", "read")
    graph.send(buttons())
    expect(phone.locator(".bubble.theirs b")).to_have_text("Your order, table 7")
    expect(phone.locator("#presence")).to_have_text("online")
    phone.get_by_role("button", name="Confirm").click()
    expect(phone.locator(".bubble.mine .words").last).to_have_text("Confirm")
    assert last_message(webhook, b"button_reply")["interactive"]["button_reply"]["id"] == "b-Confirm"


def test_a_list_opens_as_a_sheet(phone: Page, graph: Any, webhook: Any) -> None:
    graph.send(choices())
    phone.get_by_role("button", name="See cocktails").click()
    expect(phone.get_by_role("dialog", name="See cocktails")).to_be_visible()
    phone.get_by_role("button", name="Cocktail 9").click()
    expect(phone.get_by_role("dialog", name="See cocktails")).to_be_hidden()
    assert last_message(webhook, b"list_reply")["interactive"]["list_reply"]["id"] == "r9"


@pytest.mark.parametrize(
    ("pin", "way", "status"), [("1234", "", "Success"), ("0000", "", "Failed"), ("1234", "no_balance", "Failed")]
)
def test_the_pin_decides(phone: Page, money: Any, simulators: Simulators, pin: str, way: str, status: str) -> None:
    money.ask(amount=1400)
    expect(phone.get_by_role("dialog", name="M-PESA")).to_contain_text("KES 1,400")
    phone.get_by_label("What happens").select_option(way)
    phone.get_by_label("Enter your PIN").fill(pin)
    phone.keyboard.press("Enter")
    prompt = simulators.kopokopo.wait_for(phone=PHONE, status="Success,Failed")
    assert prompt["status"] == status
    expect(phone.locator("#notice")).to_contain_text(prompt["receipt"] or prompt["errors"])
    expect(phone.get_by_role("dialog", name="M-PESA")).to_be_hidden()


def test_a_prompt_can_be_cancelled_or_ignored(phone: Page, money: Any, simulators: Simulators) -> None:
    money.ask()
    phone.get_by_role("dialog", name="M-PESA").get_by_role("button", name="Cancel").click()
    assert simulators.kopokopo.wait_for(phone=PHONE, status="Failed")["decision"] == "cancelled"
    money.ask()
    phone.get_by_role("button", name="Ignore it").click()
    expect(phone.get_by_role("dialog", name="M-PESA")).to_be_hidden()
    assert simulators.kopokopo.prompts(PHONE)[-1]["screen"] == "open"
    assert money.ask().status_code == 429


def test_one_tap_shares_the_number(phone: Page, webhook: Any, graph: Any) -> None:
    action = {"name": "request_contact_info"}
    graph.send(interactive({"type": "request_contact_info", "body": {"text": "Which number?"}, "action": action}))
    phone.get_by_role("button", name="Share contact info").click()
    [card] = last_message(webhook, b"contact_request")["contacts"]
    assert card["origin"] == "contact_request" and card["phones"][0]["wa_id"] == PHONE


def test_another_guest_takes_the_phone(phone: Page, webhook: Any) -> None:
    phone.get_by_text("change").click()
    phone.get_by_label("Name").fill("Zoë")
    phone.get_by_label("Phone", exact=True).fill("0733 000 111")
    phone.get_by_label("hides the number").check()
    phone.get_by_role("button", name="Use this phone").click()
    expect(phone.locator("#guest-name")).to_have_text("Zoë")
    phone.get_by_role("button", name="Hi", exact=True).click()
    assert "from" not in last_message(webhook, b'"Hi"')


def test_nothing_sticks_out_of_the_page(phone: Page, graph: Any) -> None:
    graph.send(buttons())
    graph.send(choices())
    expect(phone.locator(".bubble.theirs")).to_have_count(2)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
