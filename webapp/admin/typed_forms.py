"""Forms of the office: they keep what was typed, and `core.domain` says what it means."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields
from wtforms import BooleanField, Form, IntegerField
from wtforms.widgets import HiddenInput

from core.conversation.catalogues import ENGLISH, LOCALES
from core.domain.typed import Reader, paragraph, read
from core.domain.typed_hours import WEEK

CHANGED = (
    "{who} changed this {when}. Nothing of yours was written yet: compare below, then save again to put yours over it."
)
SOMEBODY = "Somebody"
LONGEST_WORDS = 1000


class Words(fields.String):
    """What somebody wrote, in a schema: without what no keyboard types, and no database keeps."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        try:
            return str(paragraph(LONGEST_WORDS)(super()._deserialize(value, attr, data, **kwargs) or ""))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class TypedForm(Form):
    """`version` is the row's when the form was opened."""

    version = IntegerField(widget=HiddenInput())

    def read(self, readers: Mapping[str, Reader]) -> dict[str, Any] | None:
        """The values; None where some cannot be meant, each with a sentence beside its field."""
        values, problems = read({name: self.typed(name) for name in readers if name in self}, readers)
        for name, sentence in problems.items():
            self.refuse(name, sentence)
        return None if problems else values

    def typed(self, name: str) -> str:
        """What stands in a field, as text."""
        field = self[name]
        if isinstance(field, BooleanField):
            return "yes" if field.data else "no"
        return "" if field.data is None else str(field.data)

    def refuse(self, name: str, sentence: str) -> None:
        """Say beside a field what is wrong."""
        self[name].errors = [sentence]

    def renew(self, version: int) -> None:
        """Saved once more, it is written over what is there now."""
        self.version.data, self.version.raw_data = version, None

    def differing(self, theirs: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """Where a row stands otherwise than typed: label, what is there now, what was typed."""
        now = type(self)(data=theirs)
        names = [name for name in theirs if name in self and name != "version" and now.typed(name) != self.typed(name)]
        return [(self[name].label.text, now.typed(name) or "nothing", self.typed(name) or "nothing") for name in names]


def english_name(language: str) -> str:
    """`Swahili`."""
    return str(LOCALES[language].get_language_name(ENGLISH))


def overtaken(who: str, at: datetime | None) -> str:
    """`Changed by Amina 2 minutes ago`."""
    return CHANGED.format(who=who or SOMEBODY, when=ago(at) if at else "meanwhile")


def ago(at: datetime, now: datetime | None = None) -> str:
    """How long since, as people say it."""
    seconds = int(((now or datetime.now(UTC)) - at).total_seconds())
    if seconds < 60:
        return "just now"
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"a{'n' if word == 'hour' else ''} {word} ago" if count == 1 else f"{count} {word}s ago"
    return "just now"


def version_in(form: Mapping[str, str]) -> int:
    """The version of the row that a form was opened with; 0, which no row has, where it carries none."""
    typed = form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 10 else 0


def week_in(form: Mapping[str, str]) -> dict[str, str]:
    """The hours that were typed, by day."""
    return {day: form.get(f"day_{day}", "")[:100] for day in WEEK}


def uuid_of(text: str) -> UUID | None:
    """The id that a field or an address carries; None where it carries none."""
    try:
        return UUID(text)
    except ValueError:
        return None
