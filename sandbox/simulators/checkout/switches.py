"""Switches and looks at the pages of Pesapal and Paystack, for tests."""

from typing import Any

from sandbox.simulators.checkout.book import Book, Page
from sandbox.simulators.paystack.endpoint import Paystack
from sandbox.simulators.pesapal.endpoint import Pesapal
from sandbox.simulators.server import Answer, Request, Response, answer_json

NAMES = ("provider", "reference", "id", "status")


class CardSwitches:
    """What a test may do to both providers."""

    def __init__(self, book: Book, pesapal: Pesapal, paystack: Paystack) -> None:
        self._book = book
        self._pesapal = pesapal
        self._paystack = paystack

    def change(self, provider: str, wanted: dict[str, Any]) -> None:
        """Take over what a control request asks for."""
        wanted = dict(wanted)
        if wanted.pop("revoke_tokens", False):
            self._pesapal.revoke()
        self._book.faults[provider].change(wanted)

    def act(self, fields: dict[str, Any]) -> Response:
        """A guest decides on a page, or a payer's bank claims money back, or an event nobody expects is posted."""
        if "dispute" in fields:
            return answer_json({"done": self._paystack.dispute(fields["dispute"], fields.get("what", "create"))})
        if "event" in fields:
            self._paystack.event(fields["event"], fields["data"])
            return answer_json({"done": True})
        page = self._book.get(fields["id"])
        return answer_json({"done": page is not None and self._book.decide(page, fields["do"])})

    async def pages(self, request: Request) -> Answer:
        """Pages like these, oldest first; waits until there is one."""
        found = await self._book.news.found(
            lambda: [page.to_dict() for page in self._book.all() if _alike(page, request)],
            float(request.option("timeout", "0")),
        )
        return answer_json({"pages": found})

    def forget(self) -> None:
        """Start anew; tokens stay good, as they would."""
        self._book.forget()
        self._pesapal.forget()
        self._paystack.forget()


def _alike(page: Page, request: Request) -> bool:
    wanted = {name: request.option(name) for name in NAMES}
    return all(not value or getattr(page, name) in value.split(",") for name, value in wanted.items())
