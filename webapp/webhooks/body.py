"""The raw bytes of a webhook, as signed: read before anything is parsed."""

from flask import abort, request

LARGEST = 4 * 1024 * 1024


def read_body(limit: int = LARGEST) -> bytes:
    """All of the body, or 413. One that comes in chunks names no length and would otherwise be cut at the limit."""
    if (request.content_length or 0) > limit:
        abort(413)
    # At its own limit Flask cuts such a body off without a word: it must not stop before we have seen too much.
    request.max_content_length = limit + 1
    raw = request.stream.read(limit + 1)
    if len(raw) > limit:
        abort(413)
    return raw
