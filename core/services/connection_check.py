"""Whether a connection of the house works: one question that changes nothing, answered in plain words."""

from uuid import UUID

from core.domain.connections import Kind
from core.domain.statuses import Provider
from core.errors import Rejected, TryAgain
from core.providers.whatsapp.numbers import number_behind
from core.services.activity import Actor, record
from core.services.connections import channel_of
from core.services.payment_accounts import PACKAGES, desk_for, provider_name
from core.services.program import Program
from core.services.provider_setup import register_ipn, subscribe_till
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace

WORKS = "{name} answers, and knows these keys."
FOUND = "WhatsApp answers: this is {number}."
SILENT = "{name} does not answer just now. Nothing was changed: try again in a minute."
MISSING = "Type what is missing first, and save."
REFUSED = "{name} does not know these keys. Copy them once more, whole, and from the right account (live or test)."
BAD_KEY = "WhatsApp does not know this access token, or its time is over. Make one that never ends, and type it."
NUMBER = "WhatsApp knows no number with this id, or the token may not see it. Look at the id of the phone number."
PERMISSION = "This access token may not use the number. Give it the permission whatsapp_business_messaging."
ARRANGED = "{name} tells us of money from now on."
NOT_ARRANGED = "{name} did not take all of it. Test the connection, look at the till number, and try again."
META = {"0": BAD_KEY, "190": BAD_KEY, "401": BAD_KEY, "33": NUMBER, "100": NUMBER, "404": NUMBER, "10": PERMISSION}
OTHER = "WhatsApp refuses, with its error {code}. WhatsApp Manager says more."


def check_connection(program: Program, workspace_id: UUID, kind: Kind) -> tuple[bool, str]:
    """Whether it works, and the sentence for staff."""
    name = provider_name(kind.provider.value) if kind.provider else "WhatsApp"
    try:
        if not kind.provider:
            return True, FOUND.format(number=_number(program, workspace_id))
        _ask(program, workspace_id, kind)
        return True, WORKS.format(name=name)
    except TryAgain:
        return False, SILENT.format(name=name)
    except Rejected as error:
        return False, _refusal(error, name)


def arrange_connection(program: Program, actor: Actor, kind: Kind) -> tuple[bool, str]:
    """Have the service tell us of money from now on: whether it will, and the sentence for staff."""
    name = provider_name(kind.provider.value) if kind.provider else ""
    with transaction(program.sessions) as db:
        slug = db.get_one(Workspace, actor.workspace_id).slug
    try:
        arranged = _arrange(program, slug, kind)
    except TryAgain:
        return False, SILENT.format(name=name)
    except Rejected as error:
        return False, MISSING if error.reason in ("no_account", "account_not_filled_in") else REFUSED.format(name=name)
    with transaction(program.sessions) as db:
        record(db, actor, "connection_arranged", "connection", None, detail={"connection": kind.name, "all": arranged})
    return arranged, (ARRANGED if arranged else NOT_ARRANGED).format(name=name)


def _arrange(program: Program, slug: str, kind: Kind) -> bool:
    if kind.provider is Provider.KOPOKOPO:
        return all(one.active for one in subscribe_till(program, slug))
    return bool(register_ipn(program, slug))


def _number(program: Program, workspace_id: UUID) -> str:
    with transaction(program.sessions) as db:
        channel = channel_of(db, workspace_id)
    if channel is None or not channel.secrets.get("access_token"):
        raise Rejected("missing")
    return number_behind(program.http, channel, channel.secrets["access_token"])


def _ask(program: Program, workspace_id: UUID, kind: Kind) -> None:
    check = PACKAGES[kind.provider].check if kind.provider else None
    with transaction(program.sessions) as db:
        desk = desk_for(program, db, workspace_id, kind.provider, begun=True) if kind.provider else None
    if check is None or desk is None:
        raise Rejected("missing")
    check(desk)


def _refusal(error: Rejected, name: str) -> str:
    if error.reason == "missing":
        return MISSING
    if error.reason == "refused_by_meta":
        return META.get(error.detail, OTHER.format(code=error.detail))
    return REFUSED.format(name=name)
