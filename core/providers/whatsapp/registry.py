"""The account's message templates at Meta: which there are, and registering one."""

from typing import Any

from core.errors import Rejected
from core.providers.http import Answer, Http
from core.providers.whatsapp.templates import Template

PAGES_MOST = 50
SECONDS = 20.0

Statuses = dict[tuple[str, str], str]


def registered(http: Http, line: Any) -> Statuses:
    """What Meta says of each template and language. Raises Rejected with Meta's code, or TryAgain."""
    found: Statuses = {}
    after = ""
    for _ in range(PAGES_MOST):
        page = _body(http.ask("GET", f"{_address(line)}?limit=100{after}", headers=_headers(line), seconds=SECONDS))
        found |= {(one["name"], one["language"]): one["status"] for one in page["data"]}
        cursor = page.get("paging", {}).get("cursors", {}).get("after")
        if not cursor or not page["data"]:
            break
        after = f"&after={cursor}"
    return found


def register(http: Http, line: Any, template: Template, language: str) -> str:
    """Hand one in; answers its status. Raises as `registered`, and OutcomeUnknown: look before doing it again."""
    what = template.definition(language)
    answer = _body(http.send("POST", _address(line), headers=_headers(line), payload=what, seconds=SECONDS))
    return str(answer.get("status", "PENDING"))


def _address(line: Any) -> str:
    return f"{line.api_url}/{line.api_version}/{line.business_account_id}/message_templates"


def _headers(line: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {line.access_token}"}


def _body(answer: Answer) -> dict[str, Any]:
    body = answer.json()
    if answer.ok and isinstance(body, dict):
        return body
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else answer.status
    raise Rejected("refused_by_meta", str(code))
