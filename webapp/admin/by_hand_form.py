"""What stands on the page where an order is taken by hand, read and checked: nothing on it is believed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from core.conversation.carts import MOST, MOST_LINES
from core.conversation.counter import read_lines
from core.conversation.here import Here
from core.conversation.profile import Profile
from core.conversation.session import Line, Session
from core.conversation.stages.ordering import set_table, unknown_table
from core.conversation.understanding.words import clean
from core.domain.menu import Menu
from core.domain.phone import is_kenyan_mobile, normalise

NAME, NOTE, TYPED = 40, 200, 60
NO_NUMBER = "This is no phone number. Write it like 0712 345 678."
NO_MPESA = "M-Pesa does not reach this number. Write a Kenyan mobile, like 0712 345 678."


class Kept(Schema):
    """One line, as the page carries it. Its price is what was shown; what counts is the menu's."""

    class Meta:
        """What else comes is not read."""

        unknown = EXCLUDE

    product_id = fields.UUID(required=True)
    name = fields.String(required=True, validate=validate.Length(1, 200))
    quantity = fields.Integer(required=True, validate=validate.Range(1, MOST))
    unit_price = fields.Decimal(required=True, validate=validate.Range(0, 10**7))
    note = fields.String(load_default="", validate=validate.Length(max=NOTE))
    options = fields.List(fields.String(validate=validate.Length(max=36)), load_default=list)


@dataclass(frozen=True)
class Slip:
    """What was typed so far. `entry` is made with the page: however often it is sent, it becomes one order."""

    entry: UUID = field(default_factory=uuid4)
    kept: Sequence[Mapping[str, Any]] = ()
    table: str = ""
    pickup: bool = False
    name: str = ""
    phone: str = field(default="", repr=False)
    note: str = ""

    @property
    def digits(self) -> str:
        """The guest's number in digits with country; empty where none was typed, or none that is one."""
        return normalise(self.phone) or "" if self.phone else ""


def read_slip(form: MultiDict[str, str]) -> Slip:
    """The slip of a form. Raises ValueError where it is none of ours."""
    try:
        lines = Kept(many=True).load(json.loads(form.get("lines", "[]")))
        kept = [one | {"product_id": str(one["product_id"])} for one in cast(list[dict[str, Any]], lines)]
        entry = UUID(form.get("entry", ""))
    except (ValidationError, RecursionError, TypeError) as error:
        raise ValueError("not a slip") from error
    if len(kept) > MOST_LINES:
        raise ValueError("too many lines")
    noted = [one | {"note": clean(form.get(f"note-{i}", one["note"]), NOTE)} for i, one in enumerate(kept)]
    typed = {name: form.get(name, "").strip()[:TYPED] for name in ("table", "phone")}
    words = {"name": clean(form.get("name", ""), NAME), "note": clean(form.get("order_note", ""), NOTE)}
    return Slip(entry, noted, pickup=bool(form.get("pickup")), **typed, **words)


def here_of(slip: Slip, menu: Menu, now: datetime, known: Mapping[str, Any], down: tuple[str, ...]) -> Here:
    """The cart of a slip as the chat would have it at this moment; a table that is none is left out."""
    here = Here(Session(), menu, now, guest_phone=slip.digits, known=Profile.of(dict(known)), down=down)
    seated = here.at(_placed(here, slip) or here.session)
    return seated.at(seated.session.but(lines=read_lines(seated, slip.kept), note=slip.note))


def with_lines(here: Here, lines: Sequence[Line]) -> Here:
    """The same with other lines."""
    return here.at(here.session.but(lines=tuple(lines)))


def problems_of(here: Here, slip: Slip) -> dict[str, str]:
    """What cannot be meant, by field."""
    found = {}
    if slip.table and not slip.pickup and _placed(here, slip) is None:
        known = slip.table.isdecimal() and slip.table.isascii()
        found["table"] = unknown_table(here, int(slip.table)) if known else "Write the table's number."
    if slip.phone and not slip.digits:
        found["phone"] = NO_NUMBER
    return found


def mpesa_number(typed: str) -> str:
    """In digits with country. Raises ValueError with a sentence."""
    digits = normalise(typed) if typed.strip() else ""
    if not digits:
        raise ValueError(NO_NUMBER)
    if not is_kenyan_mobile(digits):
        raise ValueError(NO_MPESA)
    return digits


def _placed(here: Here, slip: Slip) -> Session | None:
    """Where it goes: to be picked up where the house has that, to a table, else over the bar."""
    if slip.pickup and here.menu.venue.delivery.pickup:
        return here.session.but(pickup=True)
    if not slip.table:
        return here.session.but(table=0)
    known = slip.table.isdecimal() and slip.table.isascii() and len(slip.table) < 5
    return set_table(here, int(slip.table)) if known else None
