"""A list as files: everything that is filtered, or what somebody chose; where that is much, the workers write it."""

from flask import Response, jsonify, make_response, request, url_for
from sqlalchemy.orm import Session

from core.domain.listing.asked import Unreadable, read
from core.domain.listing.columns import Column, Kind
from core.errors import TryAgain
from core.jobs import make_documents
from core.services import exports
from core.services.activity import record
from core.services.exports import Wanted, want_list
from core.services.followup import Followup
from core.services.listing import pages as reading
from core.services.listing.pages import Cells
from core.services.listing.writing import House, file
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from webapp.admin.listed import ListPage, house_of, ids_in, refused
from webapp.admin.login import actor, staff
from webapp.held import current_program

MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# A web process answers others meanwhile only between two rows it writes: larger files are left to the workers.
MOST_ROWS = {"csv": 5_000, "xlsx": 2_000, "pdf": 500}
SLOW = "That takes too long over so many rows. Choose fewer days, or a status, and look again."


def list_file(one: ListPage, form: str) -> Response:
    """Everything that is filtered, or what was chosen, as a file; 202 with an address where that takes a worker."""
    if form not in MIME:
        return refused("A list comes as csv, xlsx or pdf.", 404)
    try:
        with transaction(current_program().sessions) as db:
            house, columns = house_of(db), _columns(one)
            rows = _chosen(db, one) if request.method == "POST" else _filtered(db, one, house, form)
            count = rows if isinstance(rows, int) else len(rows)
            record(db, actor(), "list_exported", one.listing.name, None, detail={"form": form, "rows": count})
        if isinstance(rows, int):
            return _later(one, form, columns, rows)
        content = file(house, one.listing, form, columns, rows)
    except Unreadable as error:
        return refused(str(error), 400)
    except TryAgain:
        return refused(SLOW, 503)
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
    return reading.rows(db, one.listing, staff().workspace_id, ids_in(request.form.getlist("ids")))


def _columns(one: ListPage) -> list[Column]:
    """Those the page shows, in its order; without any, those shown to begin with."""
    known = one.listing.columns
    named = [name for name in request.values.get("cols", "").split(",") if name]
    if unknown := [name for name in named if name not in known]:
        raise Unreadable(f"The list has no column “{unknown[0][:40]}”.")
    wanted = [known[name] for name in dict.fromkeys(named)] or [column for column in known.values() if column.shown]
    return [column for column in wanted if column.kind is not Kind.IMAGE]
