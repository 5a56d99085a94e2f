"""A mail server that delivers nothing: it keeps what is posted (RFC 5321) and shows it as a page."""

import asyncio
import html
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

from sandbox.simulators.server import NOT_FOUND, Request, Response, answer_json
from sandbox.simulators.switches import switch

MOST_KEPT = 100
LINK = re.compile(r"https?://[^\s<&]+")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mail</title><link rel="stylesheet" href="/sandbox/page.css"><h1>Mail</h1>{mails}</html>"""


@dataclass(frozen=True)
class Mail:
    """One that was posted."""

    to: str
    subject: str
    text: str


class Post:
    """Takes mail. Switches: `refuse` (so many recipients are turned away), `away` (so many connections are closed)."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.reset()

    def reset(self) -> None:
        """As new, with an empty box."""
        self.refuse = self.away = 0
        self.mails.clear()

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over what a control request asks for."""
        switch(self, "mail", ("refuse", "away"), wanted)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            if self.away:
                self.away -= 1
                writer.transport.abort()
                return
            writer.write(b"220 sandbox\r\n")
            while line := await reader.readline():
                words = line.decode("latin-1").strip().upper()
                writer.write(await self._answer(words, reader, writer))
                await writer.drain()
                if words == "QUIT":
                    return
        finally:
            writer.close()

    async def _answer(self, words: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        if words == "DATA":
            writer.write(b"354 go on\r\n")
            self._keep(await reader.readuntil(b"\r\n.\r\n"))
        elif words.startswith("RCPT") and self.refuse:
            self.refuse -= 1
            return b"550 nobody of that name\r\n"
        return b"221 bye\r\n" if words == "QUIT" else b"250 ok\r\n"

    def handle(self, request: Request) -> Any:
        """Everything below /mail, for tests."""
        if request.path == "/mail/_mails":
            return answer_json({"mails": [vars(mail) for mail in self.mails]})
        return NOT_FOUND

    def page(self, _: Request) -> Response:
        """The newest first."""
        shown = "".join(_shown(mail) for mail in reversed(self.mails)) or "<p>Nothing was posted yet.</p>"
        return Response(200, PAGE.format(mails=shown).encode(), "text/html; charset=utf-8")

    def _keep(self, raw: bytes) -> None:
        message = message_from_bytes(raw.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."), policy=policy.default)
        body = message.get_body(("plain",))
        text = body.get_content().replace("\r\n", "\n") if body else ""
        self.mails.append(Mail(str(message["To"]), str(message["Subject"]), text))
        del self.mails[:-MOST_KEPT]


def _shown(mail: Mail) -> str:
    text = LINK.sub(lambda link: f'<a href="{link[0]}">{link[0]}</a>', html.escape(mail.text))
    return f"<h2>{html.escape(mail.subject)}</h2><p>To {html.escape(mail.to)}</p><pre>{text}</pre>"
