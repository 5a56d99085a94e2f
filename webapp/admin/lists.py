"""List pages: each is a declaration (`core.services.listing`) with its links, and gets a page, its rows, and files.

    add_list(pages, ListPage(PRODUCTS, needs=Permission.SEE_MENU, opens="/admin/products/{id}"))

adds, under the names `list_products`, `list_products_rows` and `list_products_file`:

    GET  /admin/products               the page; the query string says what is shown
    GET  /admin/products/rows          the same as JSON {data, last_page, last_row, about}; 400 {error} with a sentence
    GET  /admin/products/file.csv      (.xlsx, .pdf) all that is filtered, `cols` in their order; POST with `ids`: these
                                  202 {address} where a worker writes it: there it will be

`{id}` in an address is replaced by what the row has under that name: a column, or one of the listing's `keys`.

Editing in place: a page with `edit` also has

    PATCH /admin/products/rows/<id>    JSON {"version": 3, "column": "price", "value": "750"} and the CSRF header

answered 200 {row} with the row as it is now; 409 {error, row} where somebody else was quicker ("Changed by Amina a
minute ago."), raised as `Overtaken`; 422 {error} where the value does not fit, raised as `Unfitting` with a sentence.
`edit` is called as `edit(db, staff, id, version, column, value)` in one transaction; it locks the row, compares the
version that the rows carry under the key `version`, writes, and records the activity; it answers what is to be done
after the commit. Only columns named in `editable` can be edited; their rows carry `raw`, the values as they are typed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, jsonify, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

from core.domain.listing.asked import DEEPEST, SIZES, Unreadable, query_string, read
from core.domain.listing.columns import Column
from core.domain.permissions import Permission
from core.errors import TryAgain
from core.jobs import make_documents
from core.services import exports
from core.services.activity import record
from core.services.exports import Wanted, want_list
from core.services.followup import Followup
from core.services.listing import pages as reading
from core.services.listing.declared import Listing
from core.services.listing.pages import Cells
from core.services.listing.writing import House, file, shown
from core.services.relay import follow_up
from core.services.sign_in import Staff
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, may, staff
from webapp.admin.trouble import zone_of
from webapp.held import current_program

MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# A web process answers others meanwhile only between two rows it writes: larger files are left to the workers.
MOST_ROWS = {"csv": 5_000, "xlsx": 2_000, "pdf": 500}
MOST_CHOSEN = 500
SLOW = "That takes too long over so many rows. Choose fewer days, or a status, and look again."

Edit = Callable[[Session, Staff, UUID, int, str, Any], Callable[[], object]]


class Overtaken(Exception):
    """Somebody else has changed the row since; the text says who and when."""


class Unfitting(Exception):
    """The value cannot stand there; the text says why."""


@dataclass(frozen=True)
class Link:
    """One line in a row's menu."""

    label: str
    address: str
    needs: Permission | None = None


@dataclass(frozen=True)
class ListPage:
    """A listing as a page. `opens` is where a row leads, `inside` what it unfolds to, `cells` where single cells lead;
    `empty` is said while there are no rows at all. `page` marks the menu's entry. `noted`: that somebody opened it is
    written down under this name."""

    listing: Listing
    needs: Permission
    opens: str = ""
    inside: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    empty: str = "Nothing is here yet."
    noted: str = ""
    edit: Edit | None = None
    editable: tuple[str, ...] = ()
    edit_needs: Permission | None = None

    @property
    def page(self) -> str:
        """As the menu knows it."""
        return self.listing.name


def add_list(pages: Pages, one: ListPage) -> None:
    """Its addresses."""
    name, needs = one.listing.name, one.needs
    pages.add(f"/{name}", f"list_{name}", partial(_page, one), needs=needs)
    pages.add(f"/{name}/rows", f"list_{name}_rows", partial(_rows, one), needs=needs, data=True)
    chosen = ("GET", "POST")
    pages.add(f"/{name}/file.<form>", f"list_{name}_file", partial(_file, one), needs=needs, methods=chosen, data=True)
    if one.edit is not None:
        edit_needs = one.edit_needs or needs
        rule, view = f"/{name}/rows/<uuid:row_id>", partial(_edit, one, one.edit)
        pages.add(rule, f"list_{name}_edit", view, needs=edit_needs, methods=("PATCH",), data=True)


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
    return make_response(render_template("admin/list.html", problem=problem, **known), code)


def _rows(one: ListPage) -> Response:
    """One page of rows as the page's script reads them."""
    try:
        asked = read(one.listing.columns, request.args.items(multi=True))
        with transaction(current_program().sessions) as db:
            house = _house(db)
            found = reading.page(db, one.listing, staff().workspace_id, asked, house.zone)
    except Unreadable as error:
        return make_response(jsonify(error=str(error)), 400)
    except TryAgain:
        return make_response(jsonify(error=SLOW), 503)
    last = max(1, -(-min(found.count, DEEPEST) // asked.size))
    data = [_row(one, house, cells) for cells in found.rows]
    return jsonify(data=data, last_page=last, last_row=found.count, about=found.about)


def _file(one: ListPage, form: str) -> Response:
    """Everything that is filtered, or what was chosen, as a file; 202 with an address where that takes a worker."""
    if form not in MIME:
        return _refused("A list comes as csv, xlsx or pdf.", 404)
    try:
        with transaction(current_program().sessions) as db:
            house, columns = _house(db), _columns(one)
            rows = _chosen(db, one) if request.method == "POST" else _filtered(db, one, house, form)
            count = rows if isinstance(rows, int) else len(rows)
            record(db, actor(), "list_exported", one.listing.name, None, detail={"form": form, "rows": count})
        if isinstance(rows, int):
            return _later(one, form, columns, rows)
        content = file(house, one.listing, form, columns, rows)
    except Unreadable as error:
        return _refused(str(error), 400)
    except TryAgain:
        return _refused(SLOW, 503)
    response = make_response(content)
    response.headers["Content-Type"] = MIME[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{one.listing.name}.{form}"'
    return response


def _later(one: ListPage, form: str, columns: list[Column], count: int) -> Response:
    """The workers write it: where it will be."""
    asked, who = read(one.listing.columns, request.args.items(multi=True)), staff()
    wanted = Wanted(one.listing, form, asked, [column.name for column in columns], count, one.needs)
    with transaction(current_program().sessions) as db:
        document_id = want_list(db, who.workspace_id, who.user_id, wanted)
    follow_up(current_program(), Followup(jobs=(make_documents(),)))
    return make_response(jsonify(address=url_for("admin.export", document_id=document_id)), 202)


def _edit(one: ListPage, edit: Edit, row_id: UUID) -> Response:
    """One cell is changed in place."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or given.get("column") not in one.editable or not _is_version(given.get("version")):
        return _refused("That cell cannot be changed here.", 400)
    try:
        with transaction(current_program().sessions) as db:
            then = edit(db, staff(), row_id, given["version"], given["column"], given.get("value"))
        then()
    except Overtaken as error:
        return make_response(jsonify(error=str(error), row=_again(one, row_id)), 409)
    except Unfitting as error:
        return _refused(str(error), 422)
    return jsonify(row=_again(one, row_id))


def _is_version(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _again(one: ListPage, row_id: UUID) -> dict[str, Any] | None:
    with transaction(current_program().sessions) as db:
        rows = reading.rows(db, one.listing, staff().workspace_id, [row_id])
        return _row(one, _house(db), rows[0]) if rows else None


def _filtered(db: Session, one: ListPage, house: House, form: str) -> list[Cells] | int:
    """All that is filtered; how many rows that is where they are too many to be written at once."""
    asked = read(one.listing.columns, request.args.items(multi=True))
    reading.be_quick(db)
    count, about = reading.counted(db, one.listing, staff().workspace_id, asked, house.zone)
    if count > exports.MOST_ROWS[form]:
        many = f"{'about ' if about else ''}{count:,} {one.listing.many}"
        most = f"{exports.MOST_ROWS[form]:,}"
        raise Unreadable(f"These are {many}, and such a file takes {most}. Filter the list first, by days for example.")
    if count > MOST_ROWS[form]:
        return count
    return list(reading.all_rows(db, one.listing, staff().workspace_id, asked, house.zone, MOST_ROWS[form]))


def _chosen(db: Session, one: ListPage) -> list[Cells]:
    given = request.form.getlist("ids")
    try:
        ids = [UUID(one_id) for one_id in given[: MOST_CHOSEN + 1]]
    except ValueError:
        raise Unreadable("Choose rows of this list.") from None
    if not 1 <= len(ids) <= MOST_CHOSEN:
        raise Unreadable(f"Choose between 1 and {MOST_CHOSEN} rows.")
    return reading.rows(db, one.listing, staff().workspace_id, ids)


def _columns(one: ListPage) -> list[Column]:
    """Those the page shows, in its order; without any, those shown to begin with."""
    known = one.listing.columns
    named = [name for name in request.values.get("cols", "").split(",") if name]
    if unknown := [name for name in named if name not in known]:
        raise Unreadable(f"The list has no column “{unknown[0][:40]}”.")
    return [known[name] for name in dict.fromkeys(named)] or [column for column in known.values() if column.shown]


def _row(one: ListPage, house: House, cells: Cells) -> dict[str, Any]:
    columns = one.listing.columns
    row = {name: shown(house, columns[name], cells[name]) for name in columns}
    raw = {"raw": {name: str(cells[name]) for name in one.editable}} if one.editable else {}
    return row | {name: value for name, value in cells.items() if name not in columns} | raw


def _house(db: Session) -> House:
    venue = db.get_one(Workspace, staff().workspace_id)
    return House(venue.name, zone_of(venue.timezone), venue.currency)


def _described(one: ListPage) -> str:
    """The declaration, for the page's script."""
    columns = [
        {
            "name": column.name, "label": column.label, "kind": column.kind, "words": dict(column.words),
            "tones": dict(column.tones), "sortable": column.sortable, "operators": column.operators,
            "shown": column.shown, "link": one.cells.get(column.name, ""),
        }
        for column in one.listing.columns.values()
    ]  # fmt: skip
    links = [(link.label, link.address) for link in one.links if link.needs is None or may(link.needs)]
    editable = one.editable if one.edit is not None and may(one.edit_needs or one.needs) else ()
    sorts = [("-" if sort.descending else "") + sort.column for sort in one.listing.sorts]
    rest = {"name": one.listing.name, "many": one.listing.many, "opens": one.opens, "inside": one.inside}
    more = {"links": links, "editable": editable, "sizes": SIZES, "empty": one.empty, "sorts": sorts}
    return json.dumps(
        {"columns": columns, "address": f"/admin/{one.listing.name}", "most": MOST_CHOSEN, **rest, **more}
    )


def _refused(sentence: str, code: int) -> Response:
    return make_response(jsonify(error=sentence), code)
