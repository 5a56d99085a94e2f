"""What a reader of a PDF of ours can select: enough of the format for that, and for nobody else's files."""

import re
import zlib
from collections.abc import Iterator

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
UNICODE = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
DRAWN = re.compile(rb"/F(\d) [\d.]+ Tf|\(((?:[^()\\]|\\.)*)\) Tj", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

Letters = dict[bytes, str]


def pages(pdf: bytes) -> list[str]:
    """The text of each page, a line for each piece."""
    streams = [_plain(found) for found in STREAM.findall(pdf)]
    fonts = [dict(_letters(stream)) for stream in streams if b"beginbfchar" in stream]
    return ["\n".join(_pieces(stream, fonts)) for stream in streams if b" Tf ET" in stream]


def text(pdf: bytes) -> str:
    """All of it."""
    assert pdf.startswith(b"%PDF-")
    return "\n".join(pages(pdf))


def _plain(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _letters(stream: bytes) -> Iterator[tuple[bytes, str]]:
    for glyph, letter in UNICODE.findall(stream):
        yield bytes.fromhex(glyph.decode()), bytes.fromhex(letter.decode()).decode("utf-16-be")


def _pieces(page: bytes, fonts: list[Letters]) -> Iterator[str]:
    letters: Letters = {}
    for number, shown in DRAWN.findall(page):
        if number:
            letters = fonts[int(number) - 1]
            continue
        glyphs = re.sub(rb"\\(.)", lambda found: ESCAPED.get(found[1], found[1]), shown, flags=re.DOTALL)
        yield "".join(letters[glyphs[at : at + 2]] for at in range(0, len(glyphs), 2))
