"""A venue with somebody who works there, orders on its board, and browsers without a window."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, cast
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.domain.statuses import ChannelKind, OrderStatus, Role, Station
from core.services.conversations import take_turns
from core.services.effects import GuestRef, perform
from core.services.followup import Followup
from core.services.history import save_messages
from core.services.notices import save_notices
from core.services.orders import board_order
from core.services.program import Program
from core.services.relay import follow_up
from core.store.redis.mailbox import Item
from core.store.sql.outbox import owe_board
from core.store.sql.tables import Activity, Category, Channel, Membership, Order, OrderItem, Product, User, Workspace

PASSWORD = "a long enough password"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)  # quick to check
TOKEN = re.compile(r'name="csrf-?_?token" (?:value|content)="([^"]+)"')
# What staff did, besides coming and going.
DID = Activity.action.not_in(("signed_in", "signed_out"))
_numbers = count(1)


@dataclass
class Venue:
    """One workspace of its own, so that tests do not see each other's orders."""

    app: Flask
    workspace_id: UUID
    channel_id: UUID
    user_id: UUID
    product_id: UUID
    email: str
    address: str

    @property
    def program(self) -> Program:
        return cast(Program, self.app.extensions["program"])

    def browser(self) -> "Browser":
        return Browser(self.app.test_client(), self)

    def signed_in(self) -> "Browser":
        browser = self.browser()
        assert browser.sign_in().status_code == 302
        return browser

    def order(self, status: OrderStatus = OrderStatus.PAID, guest: str = "Amina", item: str = "Dawa") -> UUID:
        """An order on the board, and the board told of it."""
        with self.program.sessions.begin() as db:
            order = self._order(status, guest)
            db.add(order)
            db.flush()
            db.add(self._item(order.id, item))
            owe_board(db, self.workspace_id, order.id)
        self.tell()
        return order.id

    def call(self, guest: str = "Amina", phone: str = "254700000001", reason: str = "guest") -> None:
        """A guest asks for somebody, in a turn of their conversation."""
        ref = GuestRef(self.workspace_id, self.channel_id, f"box-{phone}", "", phone, guest)
        with self.program.sessions.begin() as db:
            _, followup = perform(db, ref, uuid4().hex, [{"kind": "call_staff", "reason": reason}])
        follow_up(self.program, followup)

    def hears(self, text: str, phone: str = "254700000001", guest: str = "Amina") -> None:
        """This guest wrote, and their turn was really taken and written down."""
        id, at = uuid4().hex, time.time()
        body = {"kind": "text", "at": at, "data": {"text": text}, "external": f"wamid.{id}"}
        known = {"channel": str(self.channel_id), "workspace": str(self.workspace_id), "phone": phone, "name": guest}
        item = Item(id, (self.box(phone),), at, body, known)
        self.program.store.conversations.push([item])
        self.serve()

    def box(self, phone: str = "254700000001") -> str:
        """The guest's mailbox."""
        return self.program.addresses.of(str(self.channel_id), "phone", phone)

    def serve(self) -> None:
        """All turns that are due are taken and written down, as workers would."""
        while claims := self.program.store.conversations.claim("bell", 16):
            take_turns(self.program, claims)
        save_messages(self.program)

    def role(self, role: Role) -> None:
        """What the member of staff is from now on."""
        with self.program.sessions.begin() as db:
            db.execute(update(Membership).where(Membership.user_id == self.user_id).values(role=role))

    def account_notice(self, event: str = "ACCOUNT_VIOLATION", *, loud: bool = True) -> None:
        """WhatsApp says something of the account."""
        note = {"workspace": str(self.workspace_id), "kind": "account_update", "moment": "1", "event": event}
        rest = {"body": event, "subject": "", "loud": loud, "at": datetime.now(UTC).timestamp()}
        with self.program.sessions.begin() as db:
            save_notices(db, [note | rest])

    def write(self, *rows: Any) -> None:
        """Rows as another part of the program would leave them, one after the other."""
        with self.program.sessions.begin() as db:
            for row in rows:
                db.add(row)
                db.flush()

    def tell(self) -> None:
        follow_up(self.program, Followup(boards=frozenset({self.workspace_id})))

    def shown(self, order_id: UUID) -> dict[str, Any]:
        with self.program.sessions.begin() as db:
            order = board_order(db, self.workspace_id, order_id)
        assert order is not None
        return order

    def set_password(self, password_hash: str) -> None:
        with self.program.sessions.begin() as db:
            db.execute(update(User).where(User.id == self.user_id).values(password_hash=password_hash))

    def dismiss(self) -> None:
        """The user leaves the house."""
        with self.program.sessions.begin() as db:
            db.execute(update(User).where(User.id == self.user_id).values(active=False))

    def _order(self, status: OrderStatus, guest: str) -> Order:
        now = datetime.now(UTC)
        return Order(
            workspace_id=self.workspace_id, cart_id=uuid4().hex, number=next(_numbers), status=status, table_number=7,
            customer_name=guest, total=Decimal(1400), currency="KES", vat_percent=Decimal(16), vat=Decimal(193),
            expires_at=now + timedelta(minutes=10), paid_at=now,
        )  # fmt: skip

    def _item(self, order_id: UUID, name: str) -> OrderItem:
        return OrderItem(
            workspace_id=self.workspace_id, order_id=order_id, product_id=self.product_id, position=1, name=name,
            quantity=2, price_at_time=Decimal(700), station=Station.BAR,
        )  # fmt: skip


def open_venue(app: Flask) -> Venue:
    """Everything a board needs."""
    slug = uuid4().hex[:8]
    workspace = Workspace(id=uuid4(), name="The Bar", slug=slug)
    user = User(id=uuid4(), email=f"{slug}@bar.example", name="Wanjiru", password_hash=PASSWORD_HASH,
                second_factor_exempt=True)  # fmt: skip
    category = Category(id=uuid4(), workspace_id=workspace.id, name="Cocktail", slug="cocktail")
    rest = [
        Membership(workspace_id=workspace.id, user_id=user.id, role=Role.BAR),
        channel := Channel(
            id=uuid4(), workspace_id=workspace.id, kind=ChannelKind.WHATSAPP, phone_number_id=slug, api_url="",
            api_version="", secrets={},
        ),
        product := Product(
            id=uuid4(), workspace_id=workspace.id, category_id=category.id, name="Dawa", slug="dawa",
            price=Decimal(700), station=Station.BAR,
        ),
    ]  # fmt: skip
    with app.extensions["program"].sessions.begin() as db:
        for rows in ([workspace, user], [category], rest):
            db.add_all(rows)
            db.flush()
    address = f"10.0.{int(slug[:2], 16)}.{int(slug[2:4], 16)}"
    return Venue(app, workspace.id, channel.id, user.id, product.id, user.email, address)


@dataclass
class Browser:
    """What a browser of the staff does, with its own cookies."""

    client: FlaskClient
    venue: Venue

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, environ_overrides={"REMOTE_ADDR": self.venue.address}, **more)

    def post(self, path: str, token: str | None = None, **more: Any) -> Any:
        headers = {"X-CSRFToken": self.token() if token is None else token} | more.pop("headers", {})
        overrides = {"REMOTE_ADDR": self.venue.address}
        return self.client.post(path, headers=headers, environ_overrides=overrides, **more)

    def token(self) -> str:
        """The CSRF token of the page they look at."""
        page = self.get("/admin/board", follow_redirects=True).text
        found = TOKEN.search(page)
        assert found, page
        return found.group(1)

    def sign_in(self, email: str = "", password: str = PASSWORD, **more: Any) -> Any:
        return self.post("/admin/login", data={"email": email or self.venue.email, "password": password}, **more)

    def see(self, call_id: str, **more: Any) -> Any:
        return self.post(f"/admin/board/calls/{call_id}/seen", json={}, **more)

    def move(self, order_id: UUID, status: str, version: int, **more: Any) -> Any:
        return self.post(f"/admin/board/orders/{order_id}", json={"status": status, "version": version}, **more)

    def board(self) -> dict[str, Any]:
        """What the page reads when it starts."""
        answer = self.get("/admin/board/orders")
        assert answer.status_code == 200
        return cast(dict[str, Any], answer.json)

    def listen(self, after: str = "", last_event_id: str = "") -> Iterator[dict[str, str]]:
        """The events of the live stream, as they come."""
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        answer = self.get(f"/admin/board/events?after={after}", headers=headers)
        assert answer.status_code == 200, answer.status
        return events(answer)


def events(answer: Any) -> Iterator[dict[str, str]]:
    """Server-Sent Events, as a browser reads them; closing the iterator closes the connection."""
    waiting = ""
    try:
        for piece in answer.response:
            waiting += piece.decode() if isinstance(piece, bytes) else piece
            while "\n\n" in waiting:
                block, waiting = waiting.split("\n\n", 1)
                pairs = (line.partition(":")[::2] for line in block.split("\n"))
                yield {name: value.removeprefix(" ") for name, value in pairs if name}
    finally:
        answer.close()
