"""A window of a real browser; heard are errors of scripts, what the policy stopped, and who else was asked."""

from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

OURS = ("data:", "blob:")


def window(
    chromium: Browser, address: str, complaints: list[str], *, width: int = 360, height: int = 740, **more: Any
) -> Page:
    """Of this size; `more` as Playwright takes it for a context."""

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def see(asked: Request) -> None:
        if not asked.url.startswith((address, *OURS)):
            complaints.append(asked.url)

    page = chromium.new_context(viewport={"width": width, "height": height}, **more).new_page()
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", see)
    return page
