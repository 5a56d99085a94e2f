"""The menu as the guest's phone shows it, with the answers the chat would really give."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request

from core.conversation.catalogues import ENGLISH, LOCALES
from core.conversation.rehearsal import rehearse
from core.domain.permissions import Permission
from core.services.menu import load_menu
from core.store.sql.engine import transaction
from webapp.admin.access import Pages
from webapp.admin.login import staff
from webapp.admin.typed_forms import english_name
from webapp.held import current_program

MOST_STEPS, LONGEST_WORD = 20, 300
FIRST = "menu"


def register(admin: Blueprint) -> None:
    """Its page."""
    Pages(admin).add("/menu/preview", "menu_preview", preview, needs=Permission.SEE_MENU)


def preview() -> str:
    """What was said and tapped stands in the address: nothing is kept, and nothing is done."""
    said = [word[:LONGEST_WORD] for word in request.args.getlist("s") if word.strip()][:MOST_STEPS] or [FIRST]
    language = request.args.get("language", ENGLISH)
    language = language if language in LOCALES else ENGLISH
    with transaction(current_program().sessions) as db:
        menu = load_menu(db, staff().workspace_id)
    steps = rehearse(menu, said, language, datetime.now(UTC))
    shown = {"steps": steps, "said": said, "language": language, "full": len(said) >= MOST_STEPS}
    return render_template("admin/menu_preview.html", **shown, languages={one: english_name(one) for one in LOCALES})
