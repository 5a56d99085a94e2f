"""The way to every page of the staff: what each needs, and the gate that asks for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, redirect, request, session, url_for
from flask_login import current_user

from core.domain.permissions import Permission, may, who_may
from core.domain.second_factor import Stage
from webapp.admin.unsent import HOUSE, keep_typed
from webapp.errors import failure, wants_json

NEEDS = "needs"
ELSEWHERE = "This page was of another house, where you are no longer. Nothing was done: go back and load it anew."
STAGES = {Stage.CODE: "admin.code", Stage.ENROL: "admin.enrol"}


@dataclass(frozen=True)
class Need:
    """What one address asks of its visitor; no permission: it is open to all. `data`: scripts read it, not people.
    `half_way`: it is on the way in, between the password and the code."""

    permission: Permission | None
    data: bool = False
    half_way: bool = False


class Pages:
    """Adds addresses to the staff's pages. What was not added here is closed to everybody."""

    def __init__(self, admin: Blueprint) -> None:
        self._admin = admin

    def add(
        self,
        rule: str,
        name: str,
        view: Callable[..., Any],
        *,
        needs: Permission,
        methods: Iterable[str] = ("GET",),
        data: bool = False,
        half_way: bool = False,
    ) -> None:
        """One address for those who may. `data`: without a login it answers 401, and leads nobody to the sign-in."""
        self._add(rule, name, view, methods, Need(needs, data, half_way))

    def add_open(self, rule: str, name: str, view: Callable[..., Any], methods: Iterable[str] = ("GET",)) -> None:
        """One address for whoever comes: signing in, and what leads there."""
        self._add(rule, name, view, methods, Need(None))

    def _add(self, rule: str, name: str, view: Callable[..., Any], methods: Iterable[str], need: Need) -> None:
        self._admin.add_url_rule(rule, name, view, methods=list(methods))
        endpoint = f"{self._admin.name}.{name}"
        self._admin.record(lambda state: state.app.extensions.setdefault(NEEDS, {}).update({endpoint: need}))


def gate() -> Any:
    """Before every page of the staff."""
    need = needs().get(request.endpoint or "")
    if need is None:
        abort(403)
    if need.permission is None:
        return None
    if not current_user.is_authenticated:
        return _sign_in_first(need, "admin.login")
    if current_user.staff.stage is not Stage.OPEN and not need.half_way:
        return _sign_in_first(need, STAGES[current_user.staff.stage])
    if need.permission is not Permission.OWN_LOGIN and not _in_its_house():
        return failure(409, sentence=ELSEWHERE)
    return None if may(current_user.staff.role, need.permission) else refused(need.permission)


def _in_its_house() -> bool:
    """Whether a form can be of the house it would be written into. Whoever went over to another in a second tab, or was
    let go in one of theirs, has forms of that house open, and the tokens of those count no longer."""
    house, before = str(current_user.staff.workspace_id), session.get(HOUSE)
    if before == house:
        return True
    if before is not None and request.method not in ("GET", "HEAD"):
        return False
    session[HOUSE] = house
    if before is not None:
        session.pop("csrf_token", None)
    return True


def needs() -> dict[str, Need]:
    """What every address of the staff's pages needs, by endpoint."""
    return cast(dict[str, Need], current_app.extensions[NEEDS])


def refused(permission: Permission) -> Response:
    """They are known, and this is not theirs: whom they can ask."""
    return failure(403, sentence=f"Only {who_may(permission)} may do that. Nothing was done: ask one of them.")


def _sign_in_first(need: Need, endpoint: str) -> Any:
    if request.method == "POST" and _is_form(need) and (kept := keep_typed()):
        return kept
    if need.data or request.method != "GET":
        return abort(401)
    return redirect(url_for(endpoint, next=request.path))


def _is_form(need: Need) -> bool:
    """Whether a person sent it from a page, and it may be kept until they are back."""
    by_script = need.data or wants_json()
    return not by_script and need.permission is not Permission.EDIT_CREDENTIALS
