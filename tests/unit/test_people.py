"""Addresses people may be invited with, and who manages whom."""

import pytest

from core.domain.people import read_email
from core.domain.permissions import may_manage
from core.domain.statuses import Role


@pytest.mark.parametrize("text", ["amina@bar.example", " Amina@Bar.Example ", "a.b+c@x-y.co.ke", "ünal@bar.example"])
def test_an_address_is_kept_in_lower_case(text: str) -> None:
    assert read_email(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    ["", "amina", "amina@", "@bar.example", "a@b", "a b@c.de", "a@b.c\nBcc: x@y.z", "<a@b.co>", "a@-b.co",
     "a@b.co,c@d.co", "x" * 260 + "@b.co", "a\0b@bar.example", "a\x7fb@bar.example", "=?utf-8?q?=0a?=@bar.example"],
)  # fmt: skip
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_email(text) == ""


@pytest.mark.parametrize("mine", list(Role))
@pytest.mark.parametrize("theirs", list(Role))
def test_owners_manage_everybody_managers_the_floor_and_others_nobody(mine: Role, theirs: Role) -> None:
    floor = {Role.BAR, Role.KITCHEN, Role.VIEWER}
    assert may_manage(mine, theirs) == (mine is Role.OWNER or (mine is Role.MANAGER and theirs in floor))
