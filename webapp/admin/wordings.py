"""What the bot says, text by text and language by language, in the house's own words where it likes."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.conversation.catalogues import ENGLISH, LOCALES
from core.conversation.own_words import LONGEST, Entry, entries, fitted, forms, ours, problem, sample, twin
from core.domain.permissions import Permission
from core.domain.typed import typable
from core.errors import Rejected
from core.log import get_logger
from core.services.relay import follow_up
from core.services.wordings import OwnWords, own_words, put_in_own_words
from core.store.sql.engine import transaction
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.settings import SECTIONS
from webapp.admin.typed_forms import english_name
from webapp.held import current_program

logger = get_logger(__name__)

SAVED = "Saved. Every chat says so from its next message."
RESET = "Our words again."
CHANGED = "Somebody changed this meanwhile. Nothing of yours was written yet: look, then save again."
TWIN = "Another button says this: “{other}”. WhatsApp takes no two alike in one message."
NAMES = {language: english_name(language) for language in LOCALES}


@dataclass(frozen=True)
class Shown:
    """One text in a language. `own`: the house's forms, none where ours count; `typed`: what stands in the fields."""

    entry: Entry
    language: str
    own: tuple[str, ...]
    typed: tuple[str, ...]

    @property
    def standard(self) -> tuple[str, ...]:
        """Our forms."""
        return forms(ours(self.language, self.entry.text))


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages, one = Pages(admin), "/settings/texts/<language>/<key>"
    pages.add("/settings/texts", "wordings", wordings, needs=Permission.EDIT_SETTINGS)
    pages.add(one, "wording", wording, needs=Permission.EDIT_SETTINGS)
    pages.add(one, "save_wording", save, needs=Permission.EDIT_SETTINGS, methods=("POST",))


def wordings() -> str:
    """All texts in one language; with words to look for, those that hold them."""
    language = request.args.get("language", ENGLISH)
    if language not in LOCALES:
        abort(404)
    wanted, own = request.args.get("q", "").strip()[:100], _own()
    shown = [_shown(entry, language, own) for entry in entries().values()]
    found = [one for one in shown if _speaks_of(one, wanted)]
    more = {"language": language, "languages": NAMES, "wanted": wanted, "sections": SECTIONS, "total": len(shown)}
    return render_template("admin/wordings.html", found=found, **more)


def wording(language: str, key: str) -> Response:
    """One text."""
    return _page(_shown(_entry(language, key), language, _own()))


def save(language: str, key: str) -> Any:
    """Own words were typed, looked at first, or taken back."""
    entry, own = _entry(language, key), _own()
    back = "reset" in request.form
    standard, words = forms(ours(language, entry.text)), request.form.getlist("words")
    typed = tuple(fitted(form, _typed(text)) for form, text in zip(standard, words, strict=False))
    shown = _shown(entry, language, own, typed)
    problems = _problems(entry, language, standard if back else typed, own)
    if problems or "look" in request.form:
        return _page(shown, problems, status=400 if problems else 200)
    said = () if back or typed == standard else typed
    program, before = current_program(), tuple(map(_lines, request.form.getlist("before")))
    try:
        with transaction(program.sessions) as db:
            followup = put_in_own_words(db, actor(), language, entry, before, said)
    except Rejected as error:
        said_so = TWIN.format(other=error.detail) if error.reason == "twin" else CHANGED
        return _page(shown, problem=said_so, status=409)
    follow_up(program, followup)
    logger.info("wording saved", language=language, key=key, own=bool(said))
    flash(SAVED if said else RESET, "success")
    return redirect(url_for("admin.wordings", language=language, _anchor=key))


def _problems(entry: Entry, language: str, typed: tuple[str, ...], own: OwnWords) -> dict[int, str]:
    if len(typed) != len(entry.forms):
        abort(400)
    found = {form: problem(entry, form, text) for form, text in enumerate(typed)}
    other = twin(entry, typed[0], language, own.get(language, {}))
    found[0] = found[0] or (TWIN.format(other=other) if other else "")
    return {form: words for form, words in found.items() if words}


def _entry(language: str, key: str) -> Entry:
    return entries()[key] if language in LOCALES and key in entries() else abort(404)


def _own() -> OwnWords:
    with transaction(current_program().sessions) as db:
        return own_words(db, staff().workspace_id)


def _shown(entry: Entry, language: str, own: OwnWords, typed: tuple[str, ...] = ()) -> Shown:
    text = own.get(language, {}).get(entry.id)
    mine = forms(text) if text else ()
    return Shown(entry, language, mine, typed or mine or forms(ours(language, entry.text)))


def _speaks_of(one: Shown, wanted: str) -> bool:
    said = " ".join((*one.typed, *one.entry.forms, *one.entry.names))
    return wanted.casefold() in said.casefold()


def _typed(text: str) -> str:
    return typable(text[: 4 * LONGEST])


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _page(shown: Shown, problems: dict[int, str] | None = None, problem: str = "", status: int = 200) -> Response:
    text = shown.typed[0] if len(shown.typed) == 1 else (shown.typed[0], shown.typed[1])
    looks = () if problems else sample(shown.language, text)
    more = {"problems": problems or {}, "problem": problem, "looks": looks, "name": NAMES[shown.language]}
    return make_response(render_template("admin/wording.html", shown=shown, **more, sections=SECTIONS), status)
