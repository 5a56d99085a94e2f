"""The staff's pages. Each says who may come to it, and the gate asks."""

from uuid import uuid4

from flask import Blueprint, Flask, request

from core.domain.permissions import Permission
from core.services.activity import come_from
from core.services.program import Program
from webapp.admin import (
    board,
    by_hand,
    cash,
    categories,
    changes,
    closings,
    codes,
    connections,
    conversations,
    dashboard,
    debugging,
    dev_mode,
    exports,
    floor,
    frame,
    ingredients,
    letters,
    links,
    login,
    menu_preview,
    menu_sheets,
    money,
    options,
    pins,
    prices,
    products,
    profile,
    queues,
    receipts,
    recipes,
    records,
    report_schedules,
    reports,
    serving,
    settings,
    stock,
    tables,
    taken_by_hand,
    tickets,
    users,
    wordings,
)
from webapp.admin.access import gate
from webapp.admin.streams import Streams

SECTIONS = (
    frame,
    login,
    codes,
    profile,
    pins,
    users,
    links,
    dashboard,
    reports,
    report_schedules,
    board,
    changes,
    floor,
    by_hand,
    taken_by_hand,
    cash,
    closings,
    conversations,
    letters,
    money,
    queues,
    receipts,
    products,
    categories,
    recipes,
    stock,
    ingredients,
    tickets,
    tables,
    menu_sheets,
    records,
    exports,
    options,
    serving,
    prices,
    menu_preview,
    settings,
    connections,
    wordings,
    debugging,
    dev_mode,
)


LIST_STREAMS = 12  # of a process's 64 threads; 40 are for boards


def register(app: Flask, program: Program) -> None:
    """The whole admin on one page: its sections, and the gate before them."""
    app.extensions["streams"], app.extensions["list_streams"] = Streams(), Streams(LIST_STREAMS)
    login.remember(app, program)
    admin = Blueprint("admin", __name__, url_prefix="/admin")
    admin.before_request(_note_address)
    admin.before_request(gate)
    admin.teardown_request(lambda _: come_from(""))
    admin.add_app_template_global(lambda: uuid4().hex, "new_key")
    admin.add_app_template_global(lambda name: login.may(Permission(name)), "may")
    for section in SECTIONS:
        section.register(admin)
    app.register_blueprint(admin)


def _note_address() -> None:
    come_from(request.remote_addr or "")
