"""The world outside, as the product meets it over HTTP: Meta, Kopo Kopo, staff; and a look into the books."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg2
import psycopg2.extras
import requests

from core.services.demo import OWNER_EMAIL
from sandbox.simulators.guest import PATIENCE
from sandbox.simulators.inbound import sign
from tests.product import Product
from tests.waiting import eventually

WHATSAPP, PAYMENT = "/api/webhooks/whatsapp", "/api/webhooks/payment"
TOKEN = re.compile(r'name="csrf-?_?token" (?:value|content)="([^"]+)"')
Row = dict[str, Any]


@dataclass(frozen=True)
class Outside:
    """Whoever speaks to a running product from outside."""

    product: Product

    @property
    def number(self) -> str:
        """The bar's phone_number_id."""
        return self.product.settings["WHATSAPP_PHONE_NUMBER_ID"]

    def signed(self, raw: bytes) -> str:
        """Meta's signature over these very bytes."""
        return sign(self.product.settings["WHATSAPP_APP_SECRET"], raw)

    def meta_posts(
        self, raw: bytes, signature: str | bytes | None = None, timeout: float = PATIENCE
    ) -> requests.Response:
        """A webhook from Meta, well signed unless a signature is given."""
        headers = {"X-Hub-Signature-256": self.signed(raw) if signature is None else signature}
        return requests.post(self.product.url + WHATSAPP, data=raw, headers=headers, timeout=timeout)

    def kopokopo_posts(self, raw: bytes, signature: str | bytes | None = None) -> requests.Response:
        """A webhook from Kopo Kopo, well signed unless a signature is given."""
        key = self.product.settings["KOPOKOPO_API_KEY"].encode()
        good = hmac.new(key, raw, hashlib.sha256).hexdigest()
        headers = {"X-KopoKopo-Signature": good if signature is None else signature}
        return requests.post(self.product.url + PAYMENT, data=raw, headers=headers, timeout=PATIENCE)

    def rows(self, query: str, *values: object) -> list[Row]:
        """What the books say."""
        with self._books() as cursor:
            cursor.execute(query, values)
            return [dict(row) for row in cursor.fetchall()]

    def change(self, query: str, *values: object) -> None:
        """Turn a clock in the books forward."""
        with self._books() as cursor:
            cursor.execute(query, values)

    def order_of(self, guest_name: str) -> Row | None:
        """The latest order under this name."""
        query = "select * from orders where customer_name = %s order by created_at desc limit 1"
        return next(iter(self.rows(query, guest_name)), None)

    def payments_of(self, guest_name: str) -> list[Row]:
        """All attempts to collect this guest's money, oldest first."""
        query = """select p.* from payments p join orders o on o.id = p.order_id
                   where o.customer_name = %s order by p.created_at"""
        return self.rows(query, guest_name)

    def message(self, text: str) -> Row | None:
        """The latest message of the history that contains this."""
        query = "select * from messages where position(%s in body) > 0 order by at desc limit 1"
        return next(iter(self.rows(query, text)), None)

    def journalled(self, reason: str, since: Row) -> list[Row]:
        """Webhooks with this outcome that arrived since a moment."""
        query = "select * from webhook_journal where position(%s in outcome) > 0 and arrived_at > %s"
        return self.rows(query, reason, since["now"])

    def now(self) -> Row:
        """The moment by the database's clock."""
        return self.rows("select clock_timestamp() as now")[0]

    def clean(self) -> None:
        """Everything comes to rest, and the audit finds nothing."""
        eventually(self.product.is_clean, every=1, what="a clean audit")

    def metric(self, name: str, **labels: str) -> float:
        """The sum of what is measured under these labels."""
        lines = requests.get(f"{self.product.url}/metrics", timeout=PATIENCE).text.splitlines()
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        mine = [line for line in lines if line.startswith(name) and all(one in line for one in wanted)]
        return sum(float(line.rpartition(" ")[2]) for line in mine)

    def staff(self) -> "Staff":
        """The owner, signed in."""
        staff = Staff(self.product.url)
        staff.sign_in(self.product.settings["DEMO_OWNER_PASSWORD"])
        return staff

    @contextmanager
    def _books(self) -> Iterator[Any]:
        connection = psycopg2.connect(self.product.settings["DATABASE_URL"], connect_timeout=5)
        try:
            with connection, connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
                yield cursor
        finally:
            connection.close()


class Staff:
    """Somebody of the staff at a browser without a window."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = requests.Session()

    def sign_in(self, password: str) -> None:
        """Sign in as the demo owner."""
        page = self._http.get(f"{self._url}/admin/login", timeout=PATIENCE).text
        form = {"csrf_token": token_in(page), "email": OWNER_EMAIL, "password": password}
        headers = {"Referer": f"{self._url}/admin/login"}
        answer = self._http.post(f"{self._url}/admin/login", data=form, headers=headers, timeout=PATIENCE)
        assert answer.url.endswith("/admin/board"), answer.status_code

    @property
    def cookie(self) -> str:
        """What their browser sends along."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies)

    def board(self) -> Row:
        """The open orders, and where the live stream stands."""
        answer = self._http.get(f"{self._url}/admin/board/orders", timeout=PATIENCE)
        answer.raise_for_status()
        return dict(answer.json())

    def shown(self, number: int) -> Row | None:
        """One order as the board shows it."""
        return next((order for order in self.board()["orders"] if order["number"] == number), None)

    def moves(self, order: Row, status: str) -> requests.Response:
        """A tap on the board."""
        page = self._http.get(f"{self._url}/admin/board", timeout=PATIENCE).text
        headers = {"X-CSRFToken": token_in(page), "Referer": f"{self._url}/admin/board"}
        body = {"status": status, "version": order["version"]}
        address = f"{self._url}/admin/board/orders/{order['id']}"
        return self._http.post(address, json=body, headers=headers, timeout=PATIENCE)

    def opens(self, path: str) -> requests.Response:
        """A page or a file of the staff's."""
        return self._http.get(f"{self._url}{path}", timeout=PATIENCE)

    def reads(self, address: str) -> str:
        """A page of theirs."""
        return self.opens(address).text

    def posts(self, address: str, **form: str) -> requests.Response:
        """A form of theirs, sent."""
        headers = {"X-CSRFToken": token_in(self.reads("/admin/board")), "Referer": f"{self._url}/admin/board"}
        return self._http.post(f"{self._url}{address}", data=form, headers=headers, timeout=PATIENCE)

    def changes(self, after: str) -> Iterator[Row]:
        """Listen from now on: what the live stream tells, change by change."""
        address = f"{self._url}/admin/board/events"
        return _changes(self._http.get(address, params={"after": after}, stream=True, timeout=30))


def _changes(stream: requests.Response) -> Iterator[Row]:
    with stream:
        kind = ""
        for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
            name, _, value = line.partition(": ")
            kind = value if name == "event" else kind
            if name == "data" and not kind:
                yield dict(json.loads(value))
            kind = kind if line else ""


def token_in(page: str) -> str:
    """The page's CSRF token."""
    found = TOKEN.search(page)
    assert found, page[:500]
    return found.group(1)


def new_name() -> str:
    """A name no other guest has, to find an order by."""
    return f"Guest {uuid4().hex[:8]}"
