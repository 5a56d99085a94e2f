"""What stands around every staff page: the venue, the menus, and who is signed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import phonenumbers
from flask import Blueprint, abort, redirect, session, url_for

from core.domain.permissions import Permission, may
from core.errors import Rejected
from core.log import get_logger
from core.services.houses import House, houses_of
from core.services.sign_in import Staff, enter
from webapp.admin.access import Pages
from webapp.admin.entries import ENTRIES, PROFILE, SETTINGS, Entry
from webapp.admin.login import staff
from webapp.admin.unsent import HOUSE
from webapp.held import current_program

logger = get_logger(__name__)


@dataclass(frozen=True)
class Frame:
    """As `admin/layout.html` shows it."""

    who: Staff
    house: House
    others: list[House]
    groups: dict[str, list[Entry]]
    settings: list[Entry]
    profile: list[Entry]

    @property
    def initials(self) -> str:
        """Two letters at most, for the round button."""
        return initials(self.who.name)

    @property
    def number(self) -> str:
        """The number guests write to, as people write it."""
        return self.number_of(self.house)

    @staticmethod
    def number_of(house: House) -> str:
        """The number guests of this house write to."""
        return written(house.number)

    @property
    def debug(self) -> str:
        """The end of the one number that is answered while the house is tried out; empty where all are."""
        return self.house.debug_phone[-3:]


def register(admin: Blueprint) -> None:
    """Make it known to the templates. Asked for by the layout alone: an error page must not need the database."""
    admin.add_app_template_global(frame, "frame")
    entering = "/houses/<uuid:workspace_id>"
    Pages(admin).add(entering, "enter", enter_house, needs=Permission.OWN_LOGIN, methods=("POST",))


def frame() -> Frame:
    """For whoever is signed in."""
    who = staff()
    with current_program().sessions.begin() as db:
        houses = {house.workspace_id: house for house in houses_of(db, who.user_id)}
    house = houses.pop(who.workspace_id)
    groups = {heading: allowed for heading, entries in ENTRIES.items() if (allowed := _allowed(who, entries))}
    return Frame(who, house, list(houses.values()), groups, _allowed(who, SETTINGS), _allowed(who, PROFILE))


def enter_house(workspace_id: UUID) -> Any:
    """Tap: from now on this device shows another of their houses."""
    who = staff()
    try:
        with current_program().sessions.begin() as db:
            enter(db, who, workspace_id)
    except Rejected:
        abort(404)
    session[HOUSE] = str(workspace_id)
    session.pop("csrf_token", None)  # forms of the house they left, open in another tab, must not write into this one
    logger.info("house entered", user_id=str(who.user_id), workspace_id=str(workspace_id))
    return redirect(url_for("admin.home"))


def initials(name: str) -> str:
    """`Amina Wanjiru Otieno` → `AO`."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def written(digits: str) -> str:
    """`254712345678` → `+254 712 345678`."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _allowed(who: Staff, entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if may(who.role, entry.needs)]
