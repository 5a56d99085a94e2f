"""Meta fetches what a message links to; what it cannot have it reports as failed (131053)."""

import asyncio
from typing import Any

import requests

NOT_FETCHED = 131053
SECONDS = 10.0
LARGEST = 100 * 1024 * 1024
KINDS = ("document",)


def linked(kind: str, fields: dict[str, Any]) -> str:
    """The link that has to be fetched, if there is one."""
    return str(fields[kind].get("link", "")) if kind in KINDS else ""


async def can_be_had(link: str) -> bool:
    """Whether somebody without any login gets a file there."""
    return await asyncio.to_thread(_fetched, link)


def _fetched(link: str) -> bool:
    try:
        with requests.get(link, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
            size = sum(len(chunk) for chunk in answer.iter_content(65536))
            kind = answer.headers.get("Content-Type", "")
            return answer.status_code == 200 and 0 < size <= LARGEST and not kind.startswith("text/html")
    except requests.RequestException:
        return False
