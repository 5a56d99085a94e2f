"""Reports that come by themselves: each daily or weekly, by WhatsApp or by mail."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from core.domain.permissions import Permission
from core.domain.phone import normalise
from core.domain.report_times import HOURS, Every, Way
from core.errors import Rejected
from core.log import get_logger
from core.services.report_schedules import Wish, schedule, schedules, unschedule
from core.store.sql.engine import transaction
from core.store.sql.tables import User
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.typed_forms import TypedForm
from webapp.held import current_program

logger = get_logger(__name__)

EVERY = {Every.DAILY: "Every day, about the day before", Every.WEEKLY: "Every Monday, about the week before"}
BY_MAIL, BY_WHATSAPP = "By mail, to {}", "By WhatsApp"
NO_MAIL = "This house has no mail server: ask whoever runs it, or take WhatsApp."
NO_NUMBER = "Write the number as on your phone, 0712 345 678."
NO_CHANNEL = "This house has no WhatsApp number yet: take mail, or connect one first."
EIGHT = "8"
OFTEN = [SelectChoice(every.value, words) for every, words in EVERY.items()]
CLOCK = [SelectChoice(str(hour), f"{hour:02}:00") for hour in HOURS]


class ScheduleForm(TypedForm):
    """How somebody wants to have it."""

    every = RadioField("How often", choices=OFTEN, default=Every.DAILY.value, validate_choice=False)
    way = RadioField("How it comes", default=Way.MAIL.value, validate_choice=False)
    phone = StringField("Your number on WhatsApp", render_kw={"inputmode": "tel", "autocomplete": "tel"})
    hour = SelectField("At", [InputRequired()], choices=CLOCK, default=EIGHT, validate_choice=False)


def register(admin: Blueprint) -> None:
    """The page and its taps."""
    pages, needs = Pages(admin), Permission.EDIT_SETTINGS
    pages.add("/reports/schedules", "report_schedules", mine, needs=needs)
    pages.add("/reports/schedules", "schedule_report", save, needs=needs, methods=("POST",))
    rule = "/reports/schedules/<uuid:schedule_id>/end"
    pages.add(rule, "unschedule_report", end, needs=needs, methods=("POST",))


def mine() -> Response:
    """What comes to this person."""
    return _page(ScheduleForm())


def save() -> Any:
    """They want one."""
    form = ScheduleForm(request.form)
    wish = _wish(form)
    if wish is None:
        return _page(form, 400)
    try:
        with transaction(current_program().sessions) as db:
            schedule(current_program(), db, actor(), wish)
    except Rejected:
        form.refuse("way", NO_CHANNEL)
        return _page(form, 409)
    logger.info("report scheduled", every=wish.every.value, way=wish.way.value)
    flash("It comes by itself from now on.", "success")
    return redirect(url_for("admin.report_schedules"))


def end(schedule_id: UUID) -> Any:
    """They want it no more."""
    with transaction(current_program().sessions) as db:
        unschedule(db, actor(), schedule_id)
    flash("It does not come any more.", "success")
    return redirect(url_for("admin.report_schedules"))


def _wish(form: ScheduleForm) -> Wish | None:
    every, way, hour = form.typed("every"), form.typed("way"), form.typed("hour")
    phone = normalise(form.typed("phone")) or ""
    if every not in list(Every):
        form.refuse("every", "Choose how often.")
    elif way not in list(Way):
        form.refuse("way", "Choose how it comes.")
    elif way == Way.MAIL and current_program().settings.mail is None:
        form.refuse("way", NO_MAIL)
    elif way == Way.WHATSAPP and not phone:
        form.refuse("phone", NO_NUMBER)
    elif hour not in map(str, HOURS):
        form.refuse("hour", "Choose an hour.")
    else:
        return Wish(Every(every), Way(way), int(hour), phone)
    return None


def _page(form: ScheduleForm, status: int = 200) -> Response:
    with transaction(current_program().sessions) as db:
        found = schedules(db, staff().workspace_id, staff().user_id)
        email = db.get_one(User, staff().user_id).email
    ways = {Way.MAIL: BY_MAIL.format(email), Way.WHATSAPP: BY_WHATSAPP}
    form.way.choices = [SelectChoice(way.value, words) for way, words in ways.items()]
    shown = {"form": form, "schedules": found, "every": EVERY, "email": email}
    return make_response(render_template("admin/report_schedules.html", **shown), status)
