"""The people who work at the running product's bar, each with a role and a login of their own."""

from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import Page

from core.domain.statuses import Role
from tests.functional.outside import Outside
from tests.integration.admin.venue import PASSWORD, PASSWORD_HASH

HIRE = """with person as (
    insert into users (email, name, password_hash, second_factor_exempt) values (%s, %s, %s, true) returning id)
insert into memberships (workspace_id, user_id, role)
select channels.workspace_id, person.id, %s::role from person, channels
where channels.phone_number_id = %s"""


@dataclass(frozen=True)
class Colleague:
    """Somebody of the staff, with the password alone: how codes are asked for has a test of its own."""

    name: str
    email: str

    def signs_in(self, page: Page, *, by_keyboard: bool = False) -> None:
        """On the page that asks for it. `by_keyboard`: as the page puts them, field after field."""
        if not by_keyboard:
            page.get_by_label("E-mail").focus()
        page.keyboard.type(self.email)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")


def hired(outside: Outside, role: Role) -> Colleague:
    """Somebody new, of this role."""
    colleague = Colleague(role.value.capitalize(), f"{role.value}-{uuid4().hex[:8]}@bar.example")
    outside.change(HIRE, colleague.email, colleague.name, PASSWORD_HASH, role.value, outside.number)
    return colleague
