"""Meta and Kopo Kopo post, in process; what they posted is looked up in the journal."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from core.services import journal
from core.services.program import Program
from core.store.redis.arrivals import Arrival
from core.store.sql.journal import Span, read
from core.store.sql.tables import Channel
from sandbox.simulators.inbound import inbound_text, sign
from tests.integration.money.house import open_account
from tests.integration.money.kopokopo import API_KEY
from tests.integration.sql.bar import Bar
from webapp.webhooks import payment, whatsapp

NUMBER = "109876543210987"


@dataclass
class House:
    """The bar and those who post to it."""

    bar: Bar
    program: Program
    client: FlaskClient

    def meta(self, raw: bytes, signature: str | None = None) -> int:
        """Meta posts; well signed unless a signature is given."""
        headers = {"X-Hub-Signature-256": sign("s", raw) if signature is None else signature}
        return self.client.post("/api/webhooks/whatsapp", data=raw, headers=headers).status_code

    def kopokopo(self, raw: bytes, signature: str | None = None) -> int:
        """Kopo Kopo posts."""
        good = hmac.new(API_KEY.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-KopoKopo-Signature": good if signature is None else signature}
        return self.client.post("/api/webhooks/payment", data=raw, headers=headers).status_code

    def says(self, text: str, phone: str = "254712345678") -> bytes:
        """A guest writes; the body that was posted."""
        raw = inbound_text(NUMBER, phone, text)
        assert self.meta(raw) == 200
        return raw

    def written(self, workspace_id: UUID | None = None) -> list[Arrival]:
        """What stands in the journal, after writing down what waits."""
        journal.save_journal(self.program)
        return self.kept(workspace_id)

    def kept(self, workspace_id: UUID | None = None) -> list[Arrival]:
        """What stands in the journal."""
        now = datetime.now(UTC)
        span = Span(now - timedelta(days=1), now + timedelta(days=1), workspace_id)
        return list(read(self.program.sessions, span))


def make_house(bar: Bar, program: Program, kopokopo_url: str = "http://127.0.0.1:1") -> House:
    """The bar with a number at Meta and a till at Kopo Kopo."""
    bar.change(Channel, bar.channel_id, phone_number_id=NUMBER)
    open_account(bar, kopokopo_url)
    app = Flask(__name__)
    app.extensions["program"] = program
    for blueprint in (whatsapp.blueprint, payment.blueprint):
        app.register_blueprint(blueprint)
    return House(bar, program, app.test_client())
