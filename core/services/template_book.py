"""The owner registers the message templates, or asks how they stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import Rejected
from core.providers.http import Http
from core.providers.whatsapp.registry import register, registered
from core.providers.whatsapp.templates import templates
from core.services.directory import Line

MISSING = "MISSING"


@dataclass(frozen=True)
class Standing:
    """How one template in one language stands with Meta; MISSING: not handed in yet."""

    name: str
    language: str
    status: str


def standings(http: Http, line: Line) -> list[Standing]:
    """All our templates, as the account behind this number has them."""
    if not line.business_account_id:
        raise Rejected("no_business_account")
    known = registered(http, line)
    return [Standing(name, language, known.get((name, language), MISSING)) for name, language in _ours()]


def hand_in(http: Http, line: Line) -> Iterator[Standing]:
    """Register what is missing, one after the other; what is there already is left alone."""
    for standing in standings(http, line):
        if standing.status == MISSING:
            status = register(http, line, templates()[standing.name], standing.language)
            standing = Standing(standing.name, standing.language, status)
        yield standing


def _ours() -> Iterator[tuple[str, str]]:
    for template in templates().values():
        for language in template.texts:
            yield template.name, language
