"""Whatever is typed, sent or guessed: an answer, never a failure, and never another house's rows."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from core.domain.documents import LISTS, DocumentState
from core.domain.report_times import Every, Way
from core.domain.statuses import OrderStatus, Role
from core.services.customers import GuestRef, find_guest
from core.store.sql.tables import Base, Document, Product, ReportSchedule, Workspace
from core.store.sql.tables.people import CustomerNote
from tests.integration.admin.venue import Browser, Venue, open_venue

SECRET, PHONE = "Zanzibar", "254712345678"
# What ends a text in PostgreSQL, markup, another direction; too large a number; a split header, a long word.
ODD = ("a\0b <script>alert(1)</script> \u202eمرحبا 🍹 ١٢", "9" * 400, "x\r\nSet-Cookie: a=b " + "x" * 5000)
NO_JSON = (b"\xff{", b'{"a":' * 5000)
JSON: tuple[Any, ...] = (
    [],
    {"status": [], "version": 2**70},
    {"column": {}, "version": 1, "value": "\ud800", "lines": [None]},
)
ASKED = ("q", "where", "sort", "page", "size", "before", "period", "days", "first", "last", "shift", "cols", "show")
TAP = {"status": "PREPARING", "version": 1, "column": "price", "value": "1"}
FIELD = re.compile(r'<(?:input|textarea|select|button)\b[^>]*\bname="([^"]+)"[^>]*>')
FORM = re.compile(r'<form\b([^>]*method="post"[^>]*)>(.*?)</form>', re.DOTALL)
ACTION = re.compile(r'\baction="([^"]*)"')
# Asked elsewhere: what ends the login that asks, and what goes on for ever.
ELSEWHERE = re.compile(r"/logout|/login|/devices|/switch|/events|/pin\b|/profile")


@pytest.fixture
def owner(venue: Venue) -> Browser:
    venue.role(Role.OWNER)
    return venue.signed_in()


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin.") and not ELSEWHERE.search(rule.rule):
            yield from ((rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def things_of(venue: Venue) -> dict[str, object]:
    """What a house has, by what addresses call it; each is named so that it would be known again anywhere."""
    order_id = venue.order(OrderStatus.PAID, SECRET)
    venue.call(SECRET, PHONE)
    with venue.program.sessions.begin() as db:
        ref = GuestRef(venue.workspace_id, venue.channel_id, venue.box(PHONE), "", PHONE, SECRET)
        guest = find_guest(db, ref)
        about = {"workspace_id": venue.workspace_id}
        asked = {"list": "orders", "needs": "see_orders", "form": "csv"}
        made = {"kind": LISTS["csv"], "state": DocumentState.MADE, "content": SECRET.encode(), "request": asked}
        file = Document(**about, **made, user_id=venue.user_id)
        note = CustomerNote(**about, customer_id=guest.customer.id, who=SECRET, body=SECRET)
        due = {"hour": 8, "due_at": guest.customer.created_at + timedelta(days=365)}
        sent = ReportSchedule(**about, **due, user_id=venue.user_id, every=Every.DAILY, way=Way.MAIL)
        db.add_all([file, note, sent])
        product = db.get_one(Product, venue.product_id)
        product.name = db.get_one(Workspace, venue.workspace_id).name = SECRET
        db.flush()
        return {
            "order_id": order_id, "product_id": product.id, "category_id": product.category_id, "row_id": product.id,
            "customer_id": guest.customer.id, "conversation_id": guest.conversation.id, "box": venue.box(PHONE),
            "user_id": venue.user_id, "document_id": file.id, "note_id": note.id, "schedule_id": sent.id,
        }  # fmt: skip


def address(app: Flask, rule: Rule, ids: dict[str, object], odd: str = "x") -> str:
    values = {name: ids.get(name, uuid4() if f"<uuid:{name}>" in rule.rule else odd) for name in rule.arguments}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def asks(browser: Browser, method: str, path: str, token: str, **more: Any) -> str:
    """What it is answered, whatever it is."""
    headers, came_from = {"X-CSRFToken": token, "Accept": "text/html"}, {"REMOTE_ADDR": browser.venue.address}
    answer = browser.client.open(path, method=method, headers=headers, environ_overrides=came_from, **more)
    assert answer.status_code < 500, (method, path[:200], answer.status_code, str(more)[:500])
    goes_on = answer.mimetype == "text/event-stream"  # what is live never ends by itself
    said = "" if goes_on else answer.get_data().decode("utf-8", "replace")
    assert "html" not in answer.content_type or "<script>alert(1)" not in said
    assert "a=b" not in answer.headers.getlist("Set-Cookie")
    answer.close()
    return said


def kept(venue: Venue) -> list[str]:
    """Every row of the house."""
    tables = [mapper.class_ for mapper in Base.registry.mappers if hasattr(mapper.class_, "workspace_id")]
    with venue.program.sessions.begin() as db:
        found = [db.scalars(select(table).filter_by(workspace_id=venue.workspace_id)).all() for table in tables]
        rows = [row for some in found for row in some]
        names = [(row, [one.key for one in row.__mapper__.column_attrs if one.key != "content"]) for row in rows]
        return sorted(f"{type(row).__name__} {[getattr(row, name) for name in columns]}" for row, columns in names)


def test_no_address_leads_into_another_house(app: Flask, venue: Venue, owner: Browser) -> None:
    other, token = open_venue(app), owner.token()
    theirs = things_of(other)
    assert SECRET in other.signed_in().get(f"/admin/customers/{theirs['customer_id']}").text
    before = kept(other)
    for rule, method in rules(app):
        path = address(app, rule, theirs)
        form = {"ids": str(theirs["order_id"]), "version": "1", "sure": "yes", "blocked": "yes"}
        said = asks(owner, method, path, token, **({"data": form} if method != "GET" else {}))
        assert SECRET not in said, (method, path)
        if method != "GET":
            asks(owner, method, path, token, json=TAP)
    assert kept(other) == before


def test_odd_addresses_get_an_answer(app: Flask, venue: Venue, owner: Browser) -> None:
    ours, token = things_of(venue), owner.token()
    for rule, method in rules(app):
        for odd in ODD[:2] if method == "GET" else ():
            query = "&".join(f"{name}={quote(odd[:60])}" for name in ASKED)
            asks(owner, method, f"{address(app, rule, ours, odd[:60])}?{query}", token)


def test_odd_forms_get_an_answer(app: Flask, venue: Venue, owner: Browser) -> None:
    ours, token = things_of(venue), owner.token()
    pages = {address(app, rule, ours) for rule, method in rules(app) if method == "GET"}
    for path in sorted(pages):
        for head, inside in FORM.findall(asks(owner, "GET", path, token)):
            action = ACTION.search(head)
            target, fields = unescape(action[1]) if action else path, FIELD.findall(inside)
            for odd in () if ELSEWHERE.search(target) or "/erase" in target else ODD:
                asks(owner, "POST", target, token, data=dict.fromkeys(fields, odd) | {"csrf_token": token})


def test_odd_bodies_get_an_answer(app: Flask, venue: Venue, owner: Browser) -> None:
    ours, token = things_of(venue), owner.token()
    for rule, method in rules(app):
        path = address(app, rule, ours)
        if method == "GET" or "/erase" in path:
            continue
        for body in JSON:
            asks(owner, method, path, token, json=body)
        for raw in NO_JSON:
            asks(owner, method, path, token, data=raw, content_type="application/json")
