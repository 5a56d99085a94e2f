"""An order taken at the counter: the menu's prices, the till's money, once, whoever the guest is."""

import html
import json
import re
import time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.domain.statuses import OrderStatus, PaymentStatus, Role
from core.store.redis.mailbox import Item
from core.store.sql.engine import transaction
from core.store.sql.tables import (
    Activity,
    CashEntry,
    Conversation,
    Customer,
    Option,
    Order,
    OrderEvent,
    OrderItem,
    Outbox,
    Payment,
    Product,
    ProductGroup,
    VenueTable,
    Workspace,
)
from core.store.sql.tables import (
    OptionGroup as GroupRow,
)
from tests.integration import shelf
from tests.integration.admin.venue import Browser, Venue, open_venue

PAGE = "/admin/by-hand"


def stocked(venue: Venue, count: int = 20) -> Browser:
    """A shelf with something on it, and somebody behind the bar."""
    with transaction(venue.program.sessions) as db:
        shelf.receive(db, venue.workspace_id, venue.product_id, count)
        db.get_one(Workspace, venue.workspace_id).serves_alcohol = True
    venue.program.store.menus.changed(str(venue.workspace_id))
    return venue.signed_in()


class Counter:
    """One order on the page, as a browser without scripts would send it."""

    def __init__(self, venue: Venue, browser: Browser) -> None:
        self.venue, self.browser = venue, browser
        self.fields: dict[str, Any] = {}
        self.token = browser.token()
        self.read(browser.get(PAGE))

    def read(self, answer: Any) -> Any:
        page = answer.text
        for name in ("entry", "lines", "shown"):
            if found := re.search(rf'name="{name}" value="([^"]*)"', page):
                self.fields[name] = html.unescape(found[1])
        return answer

    def tap(self, tap: str, **typed: Any) -> Any:
        self.fields |= typed
        return self.read(self.send(tap))

    def send(self, tap: str) -> Any:
        return self.browser.post(PAGE, self.token, data=self.fields | {"tap": tap})

    def add(self, product_id: UUID | None = None) -> Any:
        return self.tap(f"add:{product_id or self.venue.product_id}")

    @property
    def lines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.fields["lines"])
        return found


def taps(venue: Venue, tap: str, phone: str) -> None:
    """The guest taps a button of the chat."""
    known = {"channel": str(venue.channel_id), "workspace": str(venue.workspace_id), "phone": phone, "name": "Amina"}
    id, at = uuid4().hex, time.time()
    body = {"kind": "tap", "at": at, "data": {"id": tap, "title": "Pay"}, "external": f"wamid.{id}"}
    venue.program.store.conversations.push([Item(id, (venue.box(phone),), at, body, known)])
    venue.serve()


def rows(venue: Venue, table: Any) -> list[Any]:
    with venue.program.sessions.begin() as db:
        return list(db.scalars(select(table).where(table.workspace_id == venue.workspace_id)))


def asks_for_size(venue: Venue) -> dict[str, str]:
    """The Dawa comes small or large: the ids of both."""
    group, small, large = (uuid4() for _ in range(3))
    own = {"workspace_id": venue.workspace_id}
    venue.write(
        GroupRow(id=group, name="Size", least=1, most=1, **own),
        Option(id=small, group_id=group, name="Small", price=Decimal(0), position=1, **own),
        Option(id=large, group_id=group, name="Large", price=Decimal(200), position=2, **own),
        ProductGroup(product_id=venue.product_id, group_id=group, position=1, **own),
    )
    venue.program.store.menus.changed(str(venue.workspace_id))
    return {"Small": str(small), "Large": str(large)}


def test_two_taps_and_the_money_put_an_order_on_the_board(venue: Venue) -> None:
    browser = stocked(venue)
    counter = Counter(venue, browser)
    counter.add()
    counter.add()
    assert "KES 1,400" in counter.tap("pay", table="7", name="Otieno").text.replace("\xa0", " ")
    answer = counter.tap("cash", received="2,000")
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Paid" in page and "Change KES&nbsp;600" in page and "Table 7" in page
    [card] = browser.board()["orders"]
    assert (card["guest"], card["table"], card["paid_by"]) == ("Otieno", 7, ["CASH"])
    assert [(item["name"], item["quantity"]) for item in card["items"]] == [("Dawa", 2)]
    [order] = rows(venue, Order)
    assert (order.customer_id, order.conversation_id, order.total) == (None, None, 1400)
    [placed] = [event for event in rows(venue, OrderEvent) if event.from_status is None]
    assert (placed.cause, placed.user_id) == ("taken_by_hand", venue.user_id)
    assert {line.action for line in rows(venue, Activity)} >= {"order_taken", "cash_taken"}
    assert not rows(venue, Customer) and "taken by hand" in browser.get(f"/admin/orders/{order.id}").text


def test_the_same_form_sent_twice_is_one_order_and_takes_the_money_once(venue: Venue) -> None:
    counter = Counter(venue, stocked(venue))
    counter.add()
    counter.tap("pay")
    counter.fields["received"] = "1000"
    assert len({counter.send("cash").location for _ in range(3)}) == 1
    assert len(rows(venue, Order)) == len(rows(venue, CashEntry)) == len(rows(venue, Payment)) == 1
    assert [line.action for line in rows(venue, Activity)].count("order_taken") == 1


def test_a_known_guest_is_thanked_in_their_own_chat_and_pays_their_own_price(venue: Venue) -> None:
    browser = stocked(venue)
    venue.hears("hi", "254712345678", "Amina")
    venue.call("Amina", "254712345678")
    with venue.program.sessions.begin() as db:
        guest = db.scalars(select(Customer).where(Customer.workspace_id == venue.workspace_id)).one()
        guest.discount_percent, guest.discount_active = Decimal(10), True
    counter = Counter(venue, browser)
    counter.add()
    assert "KES 630" in counter.tap("pay", phone="0712 345 678", name="Somebody").text.replace("\xa0", " ")
    assert counter.tap("cash", received="630").status_code == 303
    [order], [chat] = rows(venue, Order), rows(venue, Conversation)
    assert (order.conversation_id, order.total) == (chat.id, 630)
    [thanks] = [row for row in rows(venue, Outbox) if row.kind == "payment_settled"]
    assert thanks.conversation_id == chat.id and thanks.relayed_at
    assert rows(venue, Customer)[0].name == "Amina"


def test_a_new_number_becomes_a_guest_whose_first_message_finds_the_same_chat(venue: Venue) -> None:
    browser = stocked(venue)
    counter = Counter(venue, browser)
    counter.add()
    counter.tap("pay", phone="0722 000 111", name="Njeri")
    assert counter.tap("cash", received="700").status_code == 303
    venue.serve()
    [guest], [chat] = rows(venue, Customer), rows(venue, Conversation)
    assert (guest.phone, guest.name, chat.mailbox) == ("254722000111", "Njeri", venue.box("254722000111"))
    said = venue.program.store.client.lrange(f"outbox:{chat.mailbox}", 0, -1)
    assert all("payment_received" in one for one in said)
    venue.hears("menu", "254722000111", "Njeri W.")
    assert len(rows(venue, Customer)) == len(rows(venue, Conversation)) == 1


def test_what_is_needed_is_asked_and_what_is_chosen_is_paid(venue: Venue) -> None:
    browser, sizes = stocked(venue), asks_for_size(venue)
    counter = Counter(venue, browser)
    assert "Size" in counter.add().text and counter.lines == []
    assert "Choose a “Size”" in counter.tap(f"put:{venue.product_id}").text
    counter.tap(f"put:{venue.product_id}", option=sizes["Large"], note="no ice")
    counter.fields.pop("option")
    [line] = counter.lines
    assert (line["unit_price"], line["note"], line["options"]) == ("900", "no ice", [sizes["Large"]])
    counter.fields["note"] = ""
    counter.tap("more:0")
    counter.tap("pay", **{"note-0": "no ice, cold glass"})
    assert counter.tap("cash", received="1800").status_code == 303
    [item] = rows(venue, OrderItem)
    assert (item.quantity, item.price_at_time, item.note) == (2, 900, "no ice, cold glass")
    assert [one["name"] for one in item.options] == ["Large"]


def test_taken_out_again_nothing_is_left_to_pay(venue: Venue) -> None:
    counter = Counter(venue, stocked(venue))
    counter.add()
    counter.tap(f"fewer:{venue.product_id}")
    assert counter.lines == []
    assert "Nothing is in the order yet" in counter.tap("pay").text
    assert counter.tap("cash", received="700").status_code == 409 and not rows(venue, Order)


def test_a_price_that_changed_is_said_before_money_is_taken(venue: Venue) -> None:
    counter = Counter(venue, stocked(venue))
    counter.add()
    counter.tap("pay")
    with venue.program.sessions.begin() as db:
        db.get_one(Product, venue.product_id).price = Decimal(800)
    venue.program.store.menus.changed(str(venue.workspace_id))
    answer = counter.tap("cash", received="1000")
    assert answer.status_code == 409 and "800" in answer.text and "Something changed" in answer.text
    assert not rows(venue, Order)
    assert counter.tap("cash", received="1000").status_code == 303
    assert rows(venue, Order)[0].total == 800


def test_a_price_written_into_the_form_is_not_believed(venue: Venue) -> None:
    counter = Counter(venue, stocked(venue))
    counter.add()
    counter.tap("pay")
    counter.fields |= {"lines": counter.fields["lines"].replace('"700"', '"1"'), "shown": "1", "received": "1"}
    assert counter.send("cash").status_code == 409
    assert not rows(venue, Order)


def test_the_last_one_gone_meanwhile_is_said_and_nobody_is_noted(venue: Venue) -> None:
    counter = Counter(venue, stocked(venue, 1))
    counter.add()
    counter.add()
    counter.tap("pay", phone="0722 000 111")
    answer = counter.tap("cash", received="1400")
    assert answer.status_code == 409 and "Dawa: 1 left" in answer.text
    assert not rows(venue, Order) and not rows(venue, Customer)


def test_what_was_typed_wrongly_stands_beside_its_field_and_stays(venue: Venue) -> None:
    browser = stocked(venue)
    venue.write(VenueTable(workspace_id=venue.workspace_id, number=7))
    venue.program.store.menus.changed(str(venue.workspace_id))
    counter = Counter(venue, browser)
    counter.add()
    page = counter.tap("pay", table="12", phone="12345", name="<b>Otieno").text
    assert "We have no table 12" in page and "no phone number" in page and 'value="12345"' in page
    assert "<b>Otieno" not in page
    counter.tap("pay", table="7", phone="")
    for received in ("", "0", "-1", "a lot", "7.5", "9" * 9):
        answer = counter.tap("cash", received=received)
        assert answer.status_code == 422 and 'id="received-error"' in answer.text, received
    for payer in ("", "hello", "+44 7911 123456"):
        answer = counter.tap("mpesa", payer=payer)
        assert answer.status_code == 422 and 'id="payer-error"' in answer.text, payer
    assert counter.tap("chat").status_code == 422 and not rows(venue, Order)


def test_a_form_of_nobodys_making_is_refused_without_a_failure(venue: Venue) -> None:
    browser = stocked(venue)
    token, entry = browser.token(), str(uuid4())
    line = {"product_id": str(uuid4()), "name": "x", "quantity": 1, "unit_price": "1", "note": "", "options": []}
    wrong = ({"quantity": 100}, {"unit_price": "NaN"}, {"product_id": "x"}, {"options": [7]}, {"note": "x" * 201})
    bad = ("no json", "[1]", "{}", "null", "[" * 5000, json.dumps([line] * 31))
    for lines in (*bad, *(json.dumps([line | one]) for one in wrong)):
        sent = browser.post(PAGE, token, data={"entry": entry, "lines": lines, "tap": "pay"})
        assert sent.status_code == 400, lines
    assert browser.post(PAGE, token, data={"entry": "x", "lines": "[]"}).status_code == 400
    for tap in ("more:7", "more:" + "9" * 5000, "less:²", "add:x", "less:", "put:" + str(uuid4()), "zzz", ""):
        assert browser.post(PAGE, token, data={"entry": entry, "lines": "[]", "tap": tap}).status_code == 200
    unknown = browser.post(PAGE, token, data={"entry": entry, "lines": json.dumps([line]), "tap": "pay"})
    assert unknown.status_code == 200 and "x is not available any more" in unknown.text


def test_a_prompt_goes_out_at_once_and_its_page_waits_for_it(venue: Venue) -> None:
    browser = stocked(venue)
    counter = Counter(venue, browser)
    counter.add()
    assert "M-Pesa" in counter.tap("pay").text
    answer = counter.tap("mpesa", payer="0712 345 678")
    page = browser.get(answer.location).text
    assert "ending in 678" in page and "KES&nbsp;700 still to pay" in page
    [payment] = rows(venue, Payment)
    assert (payment.phone, payment.customer_id, payment.status) == ("254712345678", None, PaymentStatus.CREATED)
    seen = re.search(r'hx-get="([^"]+)"', page)
    assert seen
    waits = browser.get(html.unescape(seen[1]))
    assert waits.status_code == 204
    assert counter.send("mpesa").status_code == 303 and len(rows(venue, Payment)) == 1
    # The guest pays in coins after all.
    entry = re.search(r'name="entry" value="([^"]+)"', page)
    assert entry
    for _ in range(2):
        given = {"tap": "cash", "entry": entry[1], "received": "700"}
        paid = browser.post(answer.location, data=given)
        assert paid.status_code == 303
    assert browser.get(html.unescape(seen[1])).headers["HX-Refresh"] == "true"
    assert venue.shown(rows(venue, Order)[0].id)["status"] == OrderStatus.PAID and len(rows(venue, CashEntry)) == 1


def test_a_part_in_cash_leaves_the_rest_to_pay(venue: Venue) -> None:
    browser = stocked(venue)
    counter = Counter(venue, browser)
    counter.add()
    counter.tap("pay")
    page = browser.get(counter.tap("cash", received="500").location).text
    assert "KES&nbsp;500 taken" in page and "KES&nbsp;200 still to pay" in page


def test_a_guest_who_pays_in_the_chat_is_asked_there(venue: Venue) -> None:
    browser = stocked(venue)
    counter = Counter(venue, browser)
    counter.add()
    assert "WhatsApp lets us ask" in counter.tap("pay", phone="0712 345 678").text
    venue.hears("hi", "254712345678")
    assert "Send it to their chat" in counter.tap("pay").text
    answer = counter.tap("chat")
    assert answer.status_code == 303 and "still to pay" in browser.get(answer.location).text
    venue.serve()
    box = venue.box("254712345678")
    session, _ = venue.program.store.chat(box)
    assert session and session["order"]["order_id"] == str(rows(venue, Order)[0].id)
    taps(venue, f"way:MPESA:{session['order']['order_id']}", "254712345678")
    assert [payment.phone for payment in rows(venue, Payment)] == ["254712345678"]


def test_an_order_is_sent_to_the_chat_once_and_only_while_it_waits_for_money(venue: Venue) -> None:
    browser = stocked(venue)
    venue.hears("hi", "254712345678")
    counter = Counter(venue, browser)
    counter.add()
    counter.tap("pay", phone="0712 345 678")
    taken = {counter.send("chat").location for _ in range(2)}
    [address], asked = taken, "order_taken"
    assert [row.kind for row in rows(venue, Outbox) if row.conversation_id].count(asked) == 1
    page = browser.get(address).text
    again = {"tap": "chat", "entry": entry_in(page)}
    assert {browser.post(address, data=again).status_code for _ in range(2)} == {303}
    assert [row.kind for row in rows(venue, Outbox) if row.conversation_id].count(asked) == 2
    assert browser.post(address, data={"tap": "cash", "received": "700", "entry": entry_in(page)}).status_code == 303
    late = browser.post(address, data={"tap": "chat", "entry": str(uuid4())})
    assert late.status_code == 422 and "Paid" in late.text
    assert [row.kind for row in rows(venue, Outbox) if row.conversation_id].count(asked) == 2


def test_after_going_back_in_the_browser_another_order_is_another_order(venue: Venue) -> None:
    counter = Counter(venue, stocked(venue))
    counter.add()
    counter.tap("pay")
    before = dict(counter.fields)
    assert counter.tap("cash", received="700").status_code == 303
    counter.fields = before
    counter.add()
    counter.tap("pay")
    assert counter.tap("cash", received="1400").status_code == 303
    assert sorted(order.total for order in rows(venue, Order)) == [700, 1400]


def entry_in(page: str) -> str:
    """The id that the page's form carries."""
    found = re.search(r'name="entry" value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_only_who_takes_orders_sees_this_and_only_their_own_house(venue: Venue) -> None:
    browser = stocked(venue)
    counter = Counter(venue, browser)
    counter.add()
    counter.tap("pay")
    taken = counter.tap("cash", received="700").location
    stranger, given = open_venue(venue.app).signed_in(), {"tap": "chat", "entry": str(uuid4())}
    assert {stranger.get(taken).status_code, stranger.post(taken, data=given).status_code} == {404}
    venue.role(Role.KITCHEN)
    assert browser.get(PAGE).status_code == browser.get(taken).status_code == 403
    assert browser.post(PAGE, data=counter.fields | {"tap": "cash"}).status_code == 403
    venue.role(Role.BAR)
    assert browser.client.post(PAGE, data=counter.fields | {"tap": "cash"}).status_code == 400
