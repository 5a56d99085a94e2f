"""Who may do what: one table, which the gate before every page reads."""

from collections.abc import Mapping
from enum import StrEnum

from core.domain.statuses import Role


class Permission(StrEnum):
    """What a page or a tap asks of whoever comes to it."""

    OWN_LOGIN = "own_login"  # one's own profile and devices
    SEE_BOARD = "see_board"
    MOVE_ORDERS = "move_orders"
    TAKE_ORDERS = "take_orders"  # for a guest, by hand; another table; call one off
    MARK_OUT = "mark_out"  # sold out now, back again
    PRINT_TICKETS = "print_tickets"
    READ_CHATS = "read_chats"
    ANSWER_GUESTS = "answer_guests"
    TAKE_CASH = "take_cash"
    SEE_MONEY = "see_money"
    SHARE_RECEIPTS = "share_receipts"
    DECIDE_MONEY = "decide_money"
    CLOSE_SHIFTS = "close_shifts"
    SEE_TROUBLE = "see_trouble"
    HANDLE_TROUBLE = "handle_trouble"
    DECIDE_LETTERS = "decide_letters"
    SEE_ORDERS = "see_orders"
    SEE_MENU = "see_menu"
    EDIT_MENU = "edit_menu"
    COUNT_STOCK = "count_stock"
    EDIT_TABLES = "edit_tables"
    SEE_CUSTOMERS = "see_customers"
    EDIT_CUSTOMERS = "edit_customers"
    SEE_REPORTS = "see_reports"
    EDIT_SETTINGS = "edit_settings"
    EDIT_CREDENTIALS = "edit_credentials"  # where the venue's money and messages go
    SEE_ACTIVITY = "see_activity"
    MANAGE_PEOPLE = "manage_people"


_P = Permission
_EVERYBODY = frozenset({_P.OWN_LOGIN, _P.SEE_BOARD, _P.SEE_MENU})
_KITCHEN = _EVERYBODY | {_P.MOVE_ORDERS, _P.MARK_OUT, _P.PRINT_TICKETS}
_BAR = _KITCHEN | {
    _P.TAKE_ORDERS, _P.READ_CHATS, _P.ANSWER_GUESTS, _P.TAKE_CASH, _P.SEE_MONEY, _P.SHARE_RECEIPTS, _P.SEE_TROUBLE,
    _P.HANDLE_TROUBLE, _P.SEE_ORDERS, _P.SEE_CUSTOMERS, _P.COUNT_STOCK,
}  # fmt: skip
_VIEWER = _EVERYBODY | {_P.SEE_MONEY, _P.SEE_TROUBLE, _P.SEE_ORDERS, _P.SEE_REPORTS}

ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: frozenset(Permission) - {_P.EDIT_CREDENTIALS},
    Role.BAR: _BAR,
    Role.KITCHEN: _KITCHEN,
    Role.VIEWER: _VIEWER,
}

# With these a stolen password alone must open nothing.
SECOND_FACTOR_REQUIRED = frozenset({Role.OWNER, Role.MANAGER})

WORDS: Mapping[Role, str] = {
    Role.OWNER: "an owner",
    Role.MANAGER: "a manager",
    Role.BAR: "the bar",
    Role.KITCHEN: "the kitchen",
    Role.VIEWER: "a viewer",
}


def may(role: Role, permission: Permission) -> bool:
    """Whether somebody of this role may."""
    return permission in ALLOWED[role]


def may_manage(mine: Role, theirs: Role) -> bool:
    """Whether `mine` may make somebody `theirs`, or change who is: managers run the floor, owners everybody."""
    return mine is Role.OWNER or (mine is Role.MANAGER and theirs not in SECOND_FACTOR_REQUIRED)


def who_may(permission: Permission) -> str:
    """`an owner or a manager`."""
    words = [WORDS[role] for role in Role if may(role, permission)]
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
