"""Message templates of the account: registered, listed, and held against what is sent."""

import itertools
import re
from dataclasses import dataclass
from typing import Any

from sandbox.simulators.graph.errors import Refused, refusal
from sandbox.simulators.graph.limits import INVALID, TEMPLATE_NAME, Fields, list_of, only, text_of
from sandbox.simulators.server import Request, Response, answer_json

CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
PARAMETER = re.compile(r"\{\{(\w+)\}\}")
TAKEN, WRONG_COUNT, NOT_THERE, BODY = 100, 132000, 132001, 1024
PAGE = 25


@dataclass(frozen=True)
class Registered:
    """One text in one language, approved at once."""

    id: str
    fields: Fields

    @property
    def parameters(self) -> list[str]:
        """What has to be filled in."""
        return PARAMETER.findall(self.fields["components"][0]["text"])

    def to_dict(self) -> dict[str, Any]:
        """As the account's list shows it."""
        return {"id": self.id, "status": "APPROVED"} | self.fields


class Templates:
    """`needed`: what is not registered is refused, as Meta does; otherwise only what is registered is checked."""

    def __init__(self) -> None:
        self.needed = False
        self._known: dict[tuple[str, str], Registered] = {}
        self._numbers = itertools.count(7_000_000_000)

    def handle(self, request: Request) -> Response:
        """`/{account}/message_templates`: list or register."""
        if request.method == "GET":
            return self._list(int(request.option("after", "0")))
        fields = request.json()
        try:
            return self._register(fields if isinstance(fields, dict) else {})
        except Refused as refused:
            return refusal(refused.code, refused.details)

    def check(self, template: Fields) -> None:
        """Refuse a message that does not fit what was registered."""
        known = self._known.get((template["name"], template["language"]["code"]))
        if known is None:
            if self.needed:
                raise Refused(NOT_THERE, "Template name does not exist in the translation")
            return
        bodies = [part for part in template.get("components", []) if part["type"] == "body"]
        given = [one.get("parameter_name") for part in bodies for one in part["parameters"]]
        if sorted(map(str, given)) != sorted(set(known.parameters)):
            raise Refused(WRONG_COUNT, "Number of parameters does not match the expected number of params")

    def _list(self, after: int) -> Response:
        page = list(self._known.values())[after : after + PAGE]
        more = {"cursors": {"after": str(after + PAGE)}} if after + PAGE < len(self._known) else {}
        return answer_json({"data": [one.to_dict() for one in page], "paging": more})

    def _register(self, fields: Fields) -> Response:
        only(fields, {"name", "language", "category", "components", "parameter_format"}, "template")
        name, language = text_of(fields, "name", 512, "template"), text_of(fields, "language", 16, "template")
        if not TEMPLATE_NAME.fullmatch(name) or fields.get("category") not in CATEGORIES:
            raise Refused(INVALID, "name or category is not allowed")
        if (name, language) in self._known:
            raise Refused(TAKEN, "There is already content in this language for this template")
        _check_body(fields)
        made = Registered(str(next(self._numbers)), fields)
        self._known[name, language] = made
        return answer_json({"id": made.id, "status": "APPROVED", "category": fields["category"]})


def _check_body(fields: Fields) -> None:
    component = list_of(fields, "components", 10, "template")[0]
    text = text_of(component, "text", BODY, "component")
    found = list(PARAMETER.finditer(text))
    if found and (found[0].start() == 0 or found[-1].end() == len(text)):
        raise Refused(INVALID, "a parameter may not open or close the text")
    examples = component.get("example", {}).get("body_text_named_params", [])
    if {one.get("param_name") for one in examples} != {match[1] for match in found}:
        raise Refused(INVALID, "each parameter needs an example")
