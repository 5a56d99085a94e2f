"""What a sentence came to mean, read off the conversation after it, in the words of tests/samples/sentences.toml."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.conversation.session import Line, Session, State
from tests.unit.conversation.chat import Chat

SENTENCES = Path(__file__).resolve().parents[2] / "samples" / "sentences.toml"
STAYED = ("did not understand", "sikuelewa", "sijaelewa")


@dataclass(frozen=True)
class Sentence:
    """One line of the file."""

    kind: str
    before: tuple[str, ...]
    text: str
    meaning: str


def sentences() -> Iterator[Sentence]:
    """All lines of the file."""
    for talk in tomllib.loads(SENTENCES.read_text(encoding="utf-8"))["talk"]:
        for text, meaning in talk["sentences"]:
            yield Sentence(talk["kind"], tuple(talk.get("before", ())), text, meaning)


def understood(sentence: Sentence) -> str:
    """What it came to mean: the expected words where they fit, else what was seen."""
    chat = told(sentence.before)
    before, asked = chat.session or Session(), len(chat.world.prompts)
    chat.guest.says(sentence.text)
    if sentence.meaning.startswith("do "):
        return sentence.meaning if _same(chat, sentence) else f"not that; {_seen(chat, before, asked)}"
    return _seen(chat, before, asked)


def told(lines: Sequence[str]) -> Chat:
    """A guest of age who has said this."""
    chat = Chat()
    chat.session = Session(age_confirmed=True, language_chosen=True)
    for line in lines:
        if line.startswith("/"):
            getattr(chat.bar, line[1:])()
        else:
            chat.guest.says(line)
    return chat


def _same(chat: Chat, sentence: Sentence) -> bool:
    twin = told(sentence.before)
    twin.session = (twin.session or Session()).but(language=(chat.session or Session()).language)
    twin.guest.taps_id(sentence.meaning.removeprefix("do "))
    return twin.session == chat.session and twin.last.replies == chat.last.replies


def _seen(chat: Chat, before: Session, asked: int) -> str:
    session = chat.session or Session()
    parts = [_cart(session)] if _rows(session) != _rows(before) else []
    parts += [f"@{session.table}"] if session.table is not None and session.table != before.table else []
    prompts = chat.world.prompts[asked:]
    parts += [f"pay {_local(p['phone'])}" for p in prompts]
    if session.phone != before.phone and not prompts:
        parts.append(f"payer {_local(session.phone)}")
    parts += [part for part in (_asked(session, before, chat.guest.text),) if part]
    if parts:
        return " ".join(parts)
    return "unknown" if _puzzled(chat.guest.text) else "refused"


def _asked(session: Session, before: Session, text: str) -> str:
    aside: dict[str, Any] = session.aside
    if session.state == State.CHOOSING_OPTIONS and "pending" in aside:
        return "choose " + ", ".join(f"{quantity} {product_id}" for product_id, quantity, *_ in aside["pending"])
    if "choices" in aside:
        return f"ask {aside['quantity']} of {' | '.join(sorted(aside['choices']))}"
    if "half" in aside:
        return "half"
    if "found" in aside:
        return f"find {aside['found']}"
    if session.state == State.COLLECTING_QUANTITY and session.product_id:
        return f"card {session.product_id}"
    if session.state == State.BROWSING_PRODUCTS and not _puzzled(text):
        return f"list {session.category_id}"
    return ""


def _puzzled(text: str) -> bool:
    return any(words in text.lower() for words in STAYED)


def _rows(session: Session) -> list[tuple[int, str, str]]:
    return [(line.quantity, _named(line), line.note) for line in session.lines]


def _named(line: Line) -> str:
    return " ".join([line.product_id, *(f"+{one.name.lower()}" for one in line.options)])


def _cart(session: Session) -> str:
    rows = (f"{number} {name}" + (f" ({note})" if note else "") for number, name, note in _rows(session))
    return ", ".join(rows) or "nothing"


def _local(phone: str) -> str:
    return f"0{phone[3:]}"
