"""People with a browser, and the product the functional suite runs, too."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, ProxySettings, ViewportSize, expect

from sandbox.simulators.guest import PATIENCE
from tests.functional.conftest import guest, newcomer, outside, simulators

__all__ = ["guest", "newcomer", "outside", "simulators"]


class Visitor:
    """One person's browser: its pages, what they complained about, and whom they asked."""

    def __init__(
        self, chromium: Browser, size: ViewportSize, pictures: Path, by_way_of: ProxySettings | None = None
    ) -> None:
        self.context = chromium.new_context(viewport=size, reduced_motion="reduce", proxy=by_way_of)
        self.size = size
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self._pictures = pictures

    def opens(self, address: str) -> Page:
        """A page in a tab of its own."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.goto(address)
        return page

    def takes_picture(self, page: Page, name: str) -> None:
        """For whoever wants to see how it looked."""
        page.screenshot(path=self._pictures / f"{name}-{self.size['width']}.png")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def settled(page: Page) -> None:
    """Return when the page's scripts have drawn what they had to."""
    expect(page.locator("main h1").first).to_be_attached()
    expect(page.locator('[aria-busy="true"], #list:not(:has([role="grid"]))')).to_have_count(0)
