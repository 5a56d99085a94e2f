"""The simulated tax authority signs each invoice once, and may be away. Meta's own fetching of files is here, too."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests

from core.domain.invoices import Invoice, Line, Seller, vat_lines
from core.errors import Rejected, TryAgain
from core.providers.fiscal.client import SigningService
from core.providers.http import Http
from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE


def invoice(number: int = 1) -> Invoice:
    total, nothing = Decimal(1400), Decimal(0)
    sold = (Line("Dawa", 2, Decimal(700)),)
    about = (number, 77, datetime.now(UTC), "KES", Seller("Destination Cocktails", "", "P051234567X"))
    return Invoice(*about, sold, nothing, nothing, nothing, total, vat_lines(total, Decimal(16)))


@pytest.fixture
def authority(simulators: Simulators, base_url: str) -> SigningService:
    return SigningService(Http(), f"{base_url}/etims")


def test_an_invoice_is_numbered_once_however_often_it_is_brought(authority: SigningService) -> None:
    first, again, other = (authority.sign(invoice(number)) for number in (1, 1, 2))
    assert first == again and first.number != other.number
    assert first.number in requests.get(first.qr, timeout=PATIENCE).text


@pytest.mark.parametrize("down", [True, "drop", "garbage"])
def test_while_it_is_away_nothing_is_signed_and_nothing_is_lost(
    authority: SigningService, simulators: Simulators, down: Any
) -> None:
    simulators.etims(down=down)
    with pytest.raises(TryAgain):
        authority.sign(invoice())
    simulators.etims(down=False)
    assert authority.sign(invoice()).number


def test_what_it_refuses_it_refuses_with_the_reason(authority: SigningService, simulators: Simulators) -> None:
    simulators.etims(refuse=1)
    with pytest.raises(Rejected) as refusal:
        authority.sign(invoice())
    assert refusal.value.detail == "the PIN is not registered"
    assert authority.sign(invoice()).number


def test_half_an_invoice_is_refused(base_url: str) -> None:
    answer = requests.post(f"{base_url}/etims/invoices", json={"number": 1}, timeout=PATIENCE)
    assert answer.status_code == 422 and "seller" in answer.json()["reason"]


def test_a_switch_it_does_not_have_is_refused(base_url: str) -> None:
    answer = requests.post(f"{base_url}/control", json={"etims": {"lunch": True}}, timeout=PATIENCE)
    assert answer.status_code == 400


@pytest.mark.parametrize(("path", "status"), [("etims/nothing", "failed"), ("sandbox/icon.svg", "sent")])
def test_meta_fetches_what_a_message_links_to(graph: Any, webhook: Any, base_url: str, path: str, status: str) -> None:
    file = {"link": f"{base_url}/{path}", "filename": "receipt-1.pdf", "caption": "Your receipt"}
    body = {"messaging_product": "whatsapp", "to": "+254712345678", "type": "document", "document": file}
    assert graph.send(body).status_code == 200
    [post, *_] = webhook.wait(lambda post: b"statuses" in post.raw)
    said = json.loads(post.raw)["entry"][0]["changes"][0]["value"]["statuses"][0]
    assert said["status"] == status
    assert [error["code"] for error in said.get("errors", ())] == ([131053] if status == "failed" else [])


def test_a_link_that_is_none_and_a_file_name_without_end_are_refused(graph: Any) -> None:
    for file in ({"link": "ftp://bar/x.pdf"}, {"link": "https://bar/x.pdf", "filename": "x" * 241}):
        body = {"messaging_product": "whatsapp", "to": "+254712345678", "type": "document", "document": file}
        assert graph.send(body).status_code == 400
