"""A venue's rules by command: printed, changed, and refused where they make no sense."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from core.domain.table_codes import signed
from core.services.menu import load_menu
from core.services.program import Program
from core.store.sql.tables import Channel, Workspace
from tests.integration.sql.test_commands import app, shell

__all__ = ["app", "shell"]

RULES: dict[str, Any] = {
    "hours": {"alcohol": {"week": {"fri": [["17:00", "02:00"]]}, "dates": {"2026-12-25": []}}},
    "delivery": {"fee": "200", "pickup": True},
    "features": {"tracking": False},
    "asks": ["name", "email"],
    "minimum_order": 500,
    "payment_methods": ["CASH", "MPESA", "PESAPAL"],
    "paying": {"limits": {"CASH": {"least": "100", "most": "20000"}}, "tips": ["10%"]},
    "minimum_age": 21,
    "delivers": True,
}


def change(shell: FlaskCliRunner, rules: Any) -> Any:
    return shell.invoke(args=["rules", "--set", "-"], input=rules if isinstance(rules, str) else json.dumps(rules))


def test_the_demo_venue_is_open_and_serves_alcohol_round_the_clock(shell: FlaskCliRunner) -> None:
    shell.invoke(args=["seed"])
    rules = json.loads(shell.invoke(args=["rules"]).output)
    assert rules["hours"] == {} and rules["serves_alcohol"] is True and rules["minimum_order"] == "0"
    assert all(rules["features"].values())


def test_changed_rules_count_with_the_next_message(app: Flask, shell: FlaskCliRunner) -> None:
    shell.invoke(args=["seed"])
    program: Program = app.extensions["program"]
    with program.sessions.begin() as db:
        workspace_id = db.query(Workspace).one().id
    version = program.store.menus.version(str(workspace_id))
    said = change(shell, RULES)
    assert said.exit_code == 0, said.output
    shown = json.loads(said.output)
    assert shown["hours"] == RULES["hours"] and (shown["minimum_order"], shown["refund_limit"]) == ("500", "5000")
    assert program.store.menus.version(str(workspace_id)) != version
    with program.sessions.begin() as db:
        venue = load_menu(db, workspace_id).venue
    assert (venue.minimum_order, venue.minimum_age, venue.delivers, venue.delivery.fee) == (500, 21, True, 200)
    assert venue.asks == ("name", "email")
    assert venue.payment_methods == ("CASH", "MPESA")  # nobody at Pesapal knows this venue
    assert venue.paying.tips == ("10%",) and venue.paying.limits == {"CASH": (100, 20000)}
    assert venue.delivery.pickup and not venue.features.tracking and not venue.hours.alcohol.always


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ({"hours": {"bar": {"week": {"fri": [["9", "10"]]}}}}, "'9' is no time"),
        ({"hour": {}}, "'hour' is not one of"),
        ({"timezone": "Africa/Nowhere"}, "timezone"),
        ({"asks": ["shoe size"]}, "asks"),
        ({"asks": "name"}, "asks"),
        ({"minimum_order": "lots"}, "minimum_order"),
        ({"minimum_age": 200}, "minimum_age"),
        ({"delivers": "yes"}, "true or false"),
        ({"delivery": {"latitude": 1}}, "go together"),
        ({"features": {"games": True}}, "games"),
        ({"payment_methods": ["COWRIES"]}, "payment_methods"),
        ({"payment_methods": []}, "payment_methods"),
        ({"paying": {"limits": {"CASH": {"least": "500", "most": "100"}}}}, "CASH takes nothing"),
        ({"paying": {"tips": ["a lot"]}}, "'a lot'"),
        ({"paying": {"cash_minutes": 0}}, "cash_minutes"),
        ({"paying": {"cards": True}}, "cards"),
        ("[]", "one JSON object"),
        ("{", "Expecting"),
    ],
)
def test_rules_that_make_no_sense_change_nothing(shell: FlaskCliRunner, rules: Any, named: str) -> None:
    shell.invoke(args=["seed"])
    before = shell.invoke(args=["rules"]).output
    said = change(shell, rules | {"minimum_age": 50} if rules == {"hour": {}} else rules)
    assert said.exit_code == 1 and named in said.output and "Traceback" not in said.output
    assert shell.invoke(args=["rules"]).output == before


def test_every_table_gets_a_text_for_its_qr(shell: FlaskCliRunner) -> None:
    shell.invoke(args=["seed"])
    lines = shell.invoke(args=["table-codes"]).output.splitlines()
    found = [signed(line) for line in lines]
    assert [one and one[0] for one in found] == list(range(1, 21))
    assert len({one and one[1] for one in found}) == 20


def test_where_the_number_is_known_the_qr_s_address_stands_beside_it(
    shell: FlaskCliRunner, sessions: sessionmaker[Session]
) -> None:
    shell.invoke(args=["seed"])
    with sessions.begin() as db:
        db.execute(update(Channel).values(display_number="254700000000"))
    text, _, address = shell.invoke(args=["table-codes"]).output.splitlines()[6].partition(" https")
    assert signed(text) and address == f"://wa.me/254700000000?text={text.replace(' ', '%20')}"


@pytest.mark.parametrize("command", ["rules", "table-codes"])
def test_an_unknown_venue_is_named(shell: FlaskCliRunner, command: str) -> None:
    said = shell.invoke(args=[command, "--workspace", "nowhere"])
    assert said.exit_code == 1 and "No venue has this slug" in said.output
