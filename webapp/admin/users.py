"""Who works here: everybody with their role, links that let somebody in, and what to do when a phone is lost."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from core.domain.people import INVITATION_LASTS, read_email
from core.domain.permissions import Permission, may_manage
from core.domain.statuses import Role
from core.errors import Rejected
from core.log import get_logger
from core.services import invitations, password_links
from core.services.devices import devices, end_device
from core.services.followup import Followup
from core.services.mails import owe_mail
from core.services.people import Boss, change_role, members, reset_codes, set_active
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.trouble import zone_of
from webapp.held import current_program

ROLES = {
    Role.OWNER: "Owner: everything, and where the money goes",
    Role.MANAGER: "Manager: everything but where the money goes",
    Role.BAR: "Bar: orders, guests, cash",
    Role.KITCHEN: "Kitchen: what is to be made",
    Role.VIEWER: "Viewer: looks, and changes nothing",
}
PROBLEMS = {
    "bad_email": "This is no e-mail address. Nobody was invited.",
    "member_already": "Somebody with this address works here already.",
    "not_yours": "Only an owner decides about owners and managers. Nothing was done.",
    "last_owner": "This is the last owner: make somebody else an owner first, else nobody could.",
    "elsewhere": "They work in another house as well, and a new way in would open both: they can only help themselves,"
    " with the codes they kept on paper.",
}

INVITATION = """Hello,

you are invited to work in {}. Come in here, within a week:

{}
"""

logger = get_logger(__name__)


def register(admin: Blueprint) -> None:
    """The addresses of these pages."""
    pages, needs = Pages(admin), Permission.MANAGE_PEOPLE
    pages.add("/users", "users", users, needs=needs)
    taps: dict[str, tuple[str, Callable[..., Any]]] = {
        "/users/invite": ("invite", invite),
        "/users/invitations/<uuid:invitation_id>/end": ("end_invitation", end_invitation),
        "/users/<uuid:user_id>/role": ("save_role", save_role),
        "/users/<uuid:user_id>/leave": ("member_leaves", leave),
        "/users/<uuid:user_id>/return": ("member_returns", come_back),
        "/users/<uuid:user_id>/codes": ("reset_codes", forget_codes),
        "/users/logins/<uuid:login_id>/end": ("end_device", end_one),
        "/users/<uuid:user_id>/password": ("password_link", password_link),
    }
    for rule, (name, view) in taps.items():
        pages.add(rule, name, view, needs=needs, methods=("POST",))


def users() -> Response:
    """Everybody."""
    return _page()


def invite() -> Any:
    """Somebody is to work here. The link is shown this once."""
    email, role = request.form.get("email", ""), _role()
    try:
        with transaction(current_program().sessions) as db:
            token = invitations.invite(db, _boss(), email, role)
            link = _address("admin.invitation", token)
            followup = _mailed(db, email, link)
    except Rejected as error:
        return _page(error.reason, email=email, role=role)
    logger.info("member invited", role=role.value, user_id=str(staff().user_id))
    days = INVITATION_LASTS.days
    follow_up(current_program(), followup or Followup())
    how = "It is on its way by mail; or give" if followup else "This house sends no mail: give"
    words = f"{how} them this link. It lets one person in, within {days} days, and is not shown again."
    return _page(link=link, link_words=words)


def end_invitation(invitation_id: UUID) -> Any:
    """Tap: the link lets nobody in any more."""
    return _done(lambda db: invitations.take_back(db, _boss(), invitation_id), "The link lets nobody in any more.")


def save_role(user_id: UUID) -> Any:
    """They are something else from now on."""
    role = _role()
    return _done(lambda db: change_role(db, _boss(), user_id, role), "Saved. It counts at once.")


def leave(user_id: UUID) -> Any:
    """Tap: they work here no longer."""
    return _done(lambda db: set_active(db, _boss(), user_id, active=False), "They are signed out everywhere.")


def come_back(user_id: UUID) -> Any:
    """Tap: they do again."""
    return _done(lambda db: set_active(db, _boss(), user_id, active=True), "They may sign in again.")


def forget_codes(user_id: UUID) -> Any:
    """Tap: their phone is gone."""
    said = "With their next sign-in they are asked for no code; who must have codes sets them up anew."
    return _done(lambda db: reset_codes(db, _boss(), user_id), said)


def end_one(login_id: UUID) -> Any:
    """Tap: one of somebody's devices is signed out."""
    return _done(lambda db: end_device(db, _boss(), login_id), "That device is signed out.")


def password_link(user_id: UUID) -> Any:
    """Tap: they forgot their password. The link is shown this once."""
    try:
        with transaction(current_program().sessions) as db:
            token = password_links.hand_over(db, _boss(), user_id)
    except Rejected as error:
        return _refused(error)
    words = "Give them this link: they choose a new password with it, within 24 hours. It is not shown again."
    return _page(link=_address("admin.new_password", token), link_words=words)


def _mailed(db: Session, email: str, link: str) -> Followup | None:
    """The link by mail, where there is a server for it."""
    if current_program().settings.mail is None:
        return None
    house = db.get_one(Workspace, staff().workspace_id).name
    return owe_mail(db, read_email(email), f"You are invited to {house}", INVITATION.format(house, link))


def _boss() -> Boss:
    return Boss(actor(), staff().role)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)


def _address(endpoint: str, token: str) -> str:
    return current_program().settings.public_base_url + url_for(endpoint, token=token)


def _done(change: Callable[[Session], None], said: str) -> Any:
    try:
        with transaction(current_program().sessions) as db:
            change(db)
    except Rejected as error:
        return _refused(error)
    flash(said, "success")
    return redirect(url_for("admin.users"))


def _refused(error: Rejected) -> Response:
    if error.reason == "not_found":
        abort(404)
    return _page(error.reason)


def _page(refused: str = "", **more: Any) -> Response:
    boss = _boss()
    with transaction(current_program().sessions) as db:
        zone = zone_of(db.get_one(Workspace, boss.actor.workspace_id).timezone)
        shown = {"people": members(db, boss), "waiting": invitations.open_invitations(db, boss.actor.workspace_id)}
        shown |= {"devices": devices(db, boss)}
    roles = {role: words for role, words in ROLES.items() if may_manage(boss.role, role)}
    beside = refused in ("bad_email", "member_already")
    problem = "" if beside else PROBLEMS.get(refused, "")
    shown |= {"zone": zone, "roles": roles, "me": staff().user_id, "problem": problem}
    shown |= {"email_problem": PROBLEMS[refused] if beside else "", **more}
    code = 409 if refused else 200
    return make_response(render_template("admin/users.html", **shown), code)
