"""The printer's port, its paper tray as a page, and what goes wrong with it."""

import asyncio
import html
from typing import Any

from sandbox.simulators.printer.paper import Slip, read
from sandbox.simulators.server import NOT_FOUND, Request, Response, answer_json
from sandbox.simulators.switches import switch

MOST_KEPT = 200
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Printer</title><link rel="stylesheet" href="/sandbox/printer.css"><h1>Printer</h1>{slips}</html>"""


class SlipPrinter:
    """Prints, unless it was told not to.

    Switches: `away` (so many connections are closed at once), `tear` (so many slips end in the middle, hung up).
    """

    def __init__(self) -> None:
        self.slips: list[Slip] = []
        self.reset()

    def reset(self) -> None:
        """As new, with an empty tray."""
        self.away = self.tear = 0
        self.slips.clear()

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over what a control request asks for."""
        switch(self, "printer", ("away", "tear"), wanted)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one slip."""
        try:
            if self.away:
                self.away -= 1
                writer.transport.abort()
            elif self.tear:
                self.tear -= 1
                self._print(await reader.read(16))
                writer.transport.abort()
            else:
                self._print(await reader.read(-1))
        finally:
            writer.close()

    def handle(self, request: Request) -> Any:
        """Everything below /printer: the tray for tests, and as a page."""
        if request.path == "/printer/_slips":
            return answer_json({"slips": [{"text": slip.text, "cut": slip.cut} for slip in self.slips]})
        return NOT_FOUND

    def page(self, _: Request) -> Response:
        """The newest slip first."""
        shown = "".join(f"<pre>{html.escape(slip.text)}</pre>" for slip in reversed(self.slips))
        return Response(
            200, PAGE.format(slips=shown or "<p>Nothing printed yet.</p>").encode(), "text/html; charset=utf-8"
        )

    def _print(self, raw: bytes) -> None:
        if raw:
            self.slips.append(read(raw))
            del self.slips[:-MOST_KEPT]
