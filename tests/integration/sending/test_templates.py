"""The templates: complete in their languages, registered by command, and what is sent fits what was registered."""

import re

import pytest
from flask import Flask
from sqlalchemy import update

from core.conversation.catalogues import LOCALES
from core.errors import Rejected
from core.providers.whatsapp.templates import Filled, Template, templates
from core.services.directory import Line
from core.services.letters import _TEMPLATES
from core.services.template_book import MISSING, hand_in, standings
from core.store.sql.tables import Channel
from tests.integration.sending.house import READY, House
from tests.waiting import eventually
from webapp.template_commands import group


def line(house: House) -> Line:
    [found] = house.program.directory.lines()
    return found


@pytest.mark.parametrize("template", templates().values(), ids=templates())
def test_every_language_has_the_text_with_the_same_parameters(template: Template) -> None:
    assert set(template.texts) == set(LOCALES)
    for text in template.texts.values():
        assert set(re.findall(r"\{\{(\w+)\}\}", text)) == set(template.parameters)
        assert not text.startswith("{{") and not text.endswith("}}") and len(text) <= 1024


def test_every_template_is_used_and_every_one_used_exists() -> None:
    assert set(_TEMPLATES.values()) == set(templates())


def test_a_parameter_is_one_line_and_never_empty() -> None:
    filled = Filled("payment_received", "en", {"amount": "KES\n1", "number": 7}).content()
    values = [one["text"] for one in filled["template"]["components"][0]["parameters"]]
    assert values == ["KES 1", "7", "-"]


def test_what_is_missing_is_handed_in_once_and_then_approved(house: House) -> None:
    before = standings(house.program.http, line(house))
    assert {one.status for one in before} == {MISSING} and len(before) == 2 * len(templates())
    assert {one.status for one in hand_in(house.program.http, line(house))} == {"APPROVED"}
    assert {one.status for one in standings(house.program.http, line(house))} == {"APPROVED"}
    assert [one.status for one in hand_in(house.program.http, line(house))] == ["APPROVED"] * len(before)


@pytest.mark.parametrize("kind", list(_TEMPLATES))
def test_what_is_sent_fits_what_was_registered(house: House, kind: str) -> None:
    list(hand_in(house.program.http, line(house)))
    house.simulators.graph.set(templates_needed=True)
    name, _, status = kind.partition(":")
    data = {"number": 7, "receipt": "SJL41ABCDE", "amount": "1750", "currency": "KES", "status": status}
    house.says("news", body={"kind": name, "data": data})
    [body] = house.sends()
    assert body["template"]["name"] == _TEMPLATES[kind]


def test_a_template_that_is_not_approved_is_given_up_and_staff_are_told(house: House) -> None:
    house.simulators.graph.set(templates_needed=True)
    house.says("Your order is ready", body=READY)
    assert house.sends() == [] and house.alerts() == [{"code": 132001}]


def test_without_the_business_account_there_is_nothing_to_register_at(house: House) -> None:
    nowhere = Line(**vars(line(house)) | {"business_account_id": ""})
    with pytest.raises(Rejected, match="no_business_account"):
        standings(house.program.http, nowhere)
    wrong = Line(**vars(line(house)) | {"business_account_id": "1"})
    with pytest.raises(Rejected, match="refused_by_meta"):
        standings(house.program.http, wrong)


def test_the_commands_list_hand_in_and_say_what_is_wrong(house: House) -> None:
    app = Flask(__name__)
    app.extensions["program"] = house.program
    app.cli.add_command(group)
    flask = app.test_cli_runner()

    before = flask.invoke(args=["templates", "status"])
    assert before.exit_code == 1 and "order_ready          sw   MISSING" in before.output
    assert flask.invoke(args=["templates", "push"]).exit_code == 0
    after = flask.invoke(args=["templates", "status"])
    assert after.exit_code == 0 and after.output.count("APPROVED") == 2 * len(templates())

    with house.bar.sessions.begin() as db:
        db.execute(update(Channel).values(business_account_id=""))
    house.program.directory.saw_version("changed")
    eventually(lambda: not house.program.directory.lines()[0].business_account_id, what="the change")
    refused = flask.invoke(args=["templates", "push"])
    assert refused.exit_code == 1 and "WHATSAPP_BUSINESS_ACCOUNT_ID" in refused.output
