"""What a manager's phone gets of a report: the file within the day, else the template with its link."""

from typing import Any
from uuid import UUID

import pytest

from core.conversation.events import REPORT_READY
from core.services.letters import template_of
from core.services.template_book import hand_in
from tests.integration.sending.house import House
from tests.integration.sending.test_templates import line

LINK = "0e0f9a3e-6f3b-4a3e-9d0f-3f0c5b9a7d11"
NEWS: dict[str, Any] = {
    "first": "2026-10-26", "last": "2026-11-01", "orders": 1204, "amount": "1250400", "currency": "KES",
    "link": LINK, "file": "report-2026-10-26-to-2026-11-01.pdf",
}  # fmt: skip
BODY = {"kind": REPORT_READY, "data": NEWS}


@pytest.mark.parametrize(("language", "days"), [("en", "26 Oct 2026 – 1 Nov 2026"), ("sw", "26 Okt 2026 – 1 Nov 2026")])
def test_figures_and_days_are_written_as_each_language_does(language: str, days: str) -> None:
    filled = template_of(REPORT_READY, NEWS, language)
    assert filled is not None
    assert filled["values"] == {"orders": 1204, "link": LINK, "amount": "KES 1,250,400", "days": days}


def test_who_has_not_written_for_a_day_gets_the_figures_and_a_link(house: House) -> None:
    list(hand_in(house.program.http, line(house)))
    house.says("news", body=BODY)
    [body] = house.sends()
    values = {one["parameter_name"]: one["text"] for one in body["template"]["components"][0]["parameters"]}
    assert body["template"]["name"] == "report_ready" and values["amount"] == "KES 1,250,400"
    assert values["link"].endswith(".pdf") and LINK not in values["link"] and "/receipts/" in values["link"]


@pytest.mark.parametrize(
    ("wrote", "said"), [("hi", "1204 orders, KES 1,250,400"), ("habari, naomba menu", "oda 1204, KES 1,250,400")]
)
def test_who_has_written_gets_the_file(house: House, wrote: str, said: str) -> None:
    house.talks(wrote)
    house.is_told(BODY)
    [body] = house.sends()
    assert body["type"] == "document" and body["document"]["filename"] == NEWS["file"]
    assert said in body["document"]["caption"] and str(UUID(LINK)) not in body["document"]["link"]
