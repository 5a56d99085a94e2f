"""What is arranged with a provider once, by a command: who is told of what, and where."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from core.domain.statuses import Provider
from core.errors import Rejected
from core.providers.desk import Desk
from core.providers.kopokopo import account as kopokopo
from core.providers.kopokopo.api import Api as KopoKopoApi
from core.providers.kopokopo.subscriptions import Subscription, check, subscribe
from core.providers.pesapal import account as pesapal
from core.providers.pesapal.api import Api as PesapalApi
from core.providers.pesapal.ipn import register, registered
from core.services.payment_accounts import account_of, desk_for
from core.services.program import Program
from core.services.venues import venue_called
from core.store.sql.engine import transaction

KEPT = "subscriptions"
Api = TypeVar("Api")


def subscribe_till(program: Program, slug: str) -> tuple[Subscription, ...]:
    """Have Kopo Kopo tell us of the till. Raises TryAgain or Rejected."""
    workspace_id, api = _kopokopo(program, slug)
    made = subscribe(api)
    _keep(program, workspace_id, Provider.KOPOKOPO, {KEPT: {one.topic: one.handle for one in made if one.handle}})
    return made


def check_till(program: Program, slug: str) -> tuple[Subscription, ...]:
    """Whether Kopo Kopo still does. Raises TryAgain or Rejected."""
    workspace_id, api = _kopokopo(program, slug)
    with transaction(program.sessions) as db:
        account = account_of(db, workspace_id, Provider.KOPOKOPO)
        handles = dict(account.settings.get(KEPT, {})) if account else {}
    return check(api, handles)


def register_ipn(program: Program, slug: str) -> str:
    """Have Pesapal post to us, and remember under which id. Raises TryAgain or Rejected."""
    workspace_id, api = _pesapal(program, slug)
    ipn_id = register(api, program.settings.public_base_url + pesapal.IPN_PATH)
    _keep(program, workspace_id, Provider.PESAPAL, {"ipn_id": ipn_id})
    return ipn_id


def list_ipns(program: Program, slug: str) -> tuple[tuple[dict[str, Any], ...], str]:
    """What Pesapal has registered, and the id in use here. Raises TryAgain or Rejected."""
    _, api = _pesapal(program, slug)
    return registered(api), api.credentials.ipn_id


def _kopokopo(program: Program, slug: str) -> tuple[UUID, KopoKopoApi]:
    return _opened(program, slug, Provider.KOPOKOPO, kopokopo.open_api)


def _pesapal(program: Program, slug: str) -> tuple[UUID, PesapalApi]:
    return _opened(program, slug, Provider.PESAPAL, pesapal.open_api)


def _opened(program: Program, slug: str, provider: Provider, opens: Callable[[Desk], Api | None]) -> tuple[UUID, Api]:
    with transaction(program.sessions) as db:
        workspace_id = venue_called(db, slug).id
        desk = desk_for(program, db, workspace_id, provider, begun=True)
    if desk is None:
        raise Rejected("no_account")
    api = opens(desk)
    if api is None:
        raise Rejected("account_not_filled_in")
    return workspace_id, api


def _keep(program: Program, workspace_id: UUID, provider: Provider, more: dict[str, Any]) -> None:
    with transaction(program.sessions) as db:
        account = account_of(db, workspace_id, provider)
        if account is not None:
            account.settings = {**account.settings, **more}
