"""List pages: each is a declaration (`core.services.listing`) with its links, and gets a page, its rows, and files.

    add_list(pages, ListPage(PRODUCTS, needs=Permission.SEE_MENU, opens="/admin/products/{id}"))

adds, under the names `list_products`, `list_products_rows` and `list_products_file`:

    GET  /admin/products               the page; the query string says what is shown
    GET  /admin/products/rows          the same as JSON {data, last_page, last_row, about}; 400 {error} with a sentence;
                                       `ids` asks for these rows as they are now, whatever is filtered
    GET  /admin/products/file.csv      (.xlsx, .pdf) all that is filtered, `cols` in their order; POST with `ids`: these
                                  202 {address} where a worker writes it: there it will be

`{id}` in an address is replaced by what the row has under that name: a column, or one of the listing's `keys`.

Editing in place: for each column of a page's `edits`

    PATCH /admin/products/rows/<id>/price    JSON {"version": 3, "value": "750"} and the CSRF header

answered 200 {row} with the row as it is now; 409 {error, row} where somebody else was quicker ("Amina changed this a
minute ago."), raised as `Overtaken`; 422 {error} where the value does not fit, raised as `Unfitting` with a sentence.
Rows carry `raw`, the values as they are typed.

Acts, on one row or many: for each of a page's `acts`

    POST /admin/products/acts/out      JSON {"ids": […]}, or {"all": true} with the query string, and the CSRF header;
                                       `value` where something was chosen

answered 200 {done, left, why}. What can be chosen for a column or an act is at /admin/products/choices/<name>.
"""

import json
from functools import partial
from typing import Any

from flask import Response, jsonify, make_response, render_template, request

from core.domain.listing.asked import DEEPEST, SIZES, Unreadable, query_string, read
from core.domain.permissions import Permission
from core.errors import TryAgain
from core.services.activity import record
from core.services.listing import pages as reading
from core.store.sql.engine import transaction
from webapp.admin.access import Pages
from webapp.admin.list_edits import act_on, choices, edit_cell
from webapp.admin.list_files import MIME, SLOW, list_file
from webapp.admin.listed import MOST_CHOSEN, Link, ListPage, house_of, ids_in, refused, row_of
from webapp.admin.login import actor, may, staff
from webapp.held import current_program


def add_list(pages: Pages, one: ListPage) -> None:
    """Its addresses."""
    name, needs = one.listing.name, one.needs
    pages.add(f"/{name}", f"list_{name}", partial(_page, one), needs=needs)
    pages.add(f"/{name}/rows", f"list_{name}_rows", partial(_rows, one), needs=needs, data=True)
    both = ("GET", "POST")
    pages.add(
        f"/{name}/file.<form>", f"list_{name}_file", partial(list_file, one), needs=needs, methods=both, data=True
    )
    for column, edit in one.edits.items():
        rule, view = f"/{name}/rows/<uuid:row_id>/{column}", partial(edit_cell, one, edit)
        pages.add(rule, f"list_{name}_edit_{column}", view, needs=edit.needs, methods=("PATCH",), data=True)
    for act in one.acts:
        rule, view = f"/{name}/acts/{act.name}", partial(act_on, one, act)
        pages.add(rule, f"list_{name}_act_{act.name}", view, needs=act.needs, methods=("POST",), data=True)
    if one.edits or one.acts:
        pages.add(f"/{name}/choices/<name>", f"list_{name}_choices", partial(choices, one), needs=needs, data=True)


def _page(one: ListPage) -> Response:
    """The page; its script reads the rows."""
    try:
        asked, problem, code = read(one.listing.columns, request.args.items(multi=True)), "", 200
    except Unreadable as error:
        asked, problem, code = read({}, ()), str(error), 400
    if one.noted:
        with transaction(current_program().sessions) as db:
            record(db, actor(), one.noted, one.listing.name, None)
    known = {"one": one, "described": _described(one), "page": one.page, "query": query_string(asked), "forms": MIME}
    return make_response(render_template("admin/list.html", problem=problem, **known, above=_allowed(one.above)), code)


def _rows(one: ListPage) -> Response:
    """One page of rows as the page's script reads them, or single rows once more."""
    try:
        asked = read(one.listing.columns, request.args.items(multi=True))
        named = [name for name in request.args.get("ids", "").split(",") if name]
        with transaction(current_program().sessions) as db:
            house = house_of(db)
            if named:
                again = reading.rows(db, one.listing, staff().workspace_id, ids_in(named))
                return jsonify(data=[row_of(one, house, cells) for cells in again])
            found = reading.page(db, one.listing, staff().workspace_id, asked, house.zone)
    except Unreadable as error:
        return refused(str(error), 400)
    except TryAgain:
        return refused(SLOW, 503)
    last = max(1, -(-min(found.count, DEEPEST) // asked.size))
    data = [row_of(one, house, cells) for cells in found.rows]
    return jsonify(data=data, last_page=last, last_row=found.count, about=found.about)


def _described(one: ListPage) -> str:
    """The declaration, for the page's script."""
    editable = {name: bool(edit.options) for name, edit in one.edits.items() if may(edit.needs)}
    columns = [
        {
            "name": column.name, "label": column.label, "kind": column.kind, "words": dict(column.words),
            "tones": dict(column.tones), "sortable": column.sortable, "operators": column.operators,
            "shown": column.shown, "link": one.cells.get(column.name, ""), "edited": column.name in editable,
            "chosen": editable.get(column.name, False),
        }
        for column in one.listing.columns.values()
    ]  # fmt: skip
    acts = [
        {"name": act.name, "label": act.label, "ask": act.ask, "chosen": bool(act.options), "danger": act.danger}
        for act in one.acts
        if may(act.needs)
    ]
    about = {"name": one.listing.name, "many": one.listing.many, "inside": one.inside, "empty": one.empty}
    ways = {"opens": one.opens if _is_allowed(one.opens_needs) else "", "address": one.address, "hears": one.hears}
    sorts = [("-" if sort.descending else "") + sort.column for sort in one.listing.sorts]
    links = [(link.label, link.address) for link in _allowed(one.links)]
    rest = {"links": links, "sizes": SIZES, "most": MOST_CHOSEN, "acts": acts, "sorts": sorts}
    return json.dumps({"columns": columns, **about, **ways, **rest})


def _allowed(links: tuple[Link, ...]) -> list[Link]:
    return [link for link in links if _is_allowed(link.needs)]


def _is_allowed(needs: Permission | None) -> Any:
    return needs is None or may(needs)
