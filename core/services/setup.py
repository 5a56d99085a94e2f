"""A workspace comes into being: the demo venue outside production, the first real one in production."""

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.paying import Way
from core.domain.statuses import ChannelKind, MovementReason, Provider, Role, Station
from core.errors import Rejected
from core.services import demo, demo_swahili
from core.services.connections import seal
from core.services.demo_options import seed_questions
from core.services.sign_in import hash_password
from core.services.venues import venue_called
from core.settings import Settings
from core.store.sql.tables import (
    Category,
    Channel,
    Membership,
    Product,
    ProviderAccount,
    StockMovement,
    User,
    VenueTable,
    Workspace,
)

SHORTEST_PASSWORD = 12


@dataclass(frozen=True)
class Seeded:
    """The demo venue, and its owner's password where this call set it."""

    workspace_id: UUID
    owner_email: str
    owner_password: str = field(repr=False)


def seed_demo(db: Session, settings: Settings) -> Seeded:
    """Write what is missing of the demo venue, and the settings' channel and provider over the first workspace's."""
    if settings.production:
        raise Rejected("no_demo_in_production")
    workspace = _demo_workspace(db)
    _demo_tables(db, workspace)
    _demo_printer(workspace, settings.demo_printer)
    for position, heading in enumerate(demo.HEADINGS):
        _demo_heading(db, workspace, position, *heading)
    seed_questions(db, workspace)
    write_connections(db, _first_workspace(db) or workspace, settings)
    return Seeded(workspace.id, demo.OWNER_EMAIL, _demo_owner(db, workspace, settings.demo_owner_password))


def set_up(db: Session, settings: Settings, name: str) -> UUID:
    """The first workspace of a production system, once. Alcohol is off until the owner turns it on."""
    if _first_workspace(db) is not None:
        raise Rejected("already_set_up")
    workspace = Workspace(name=name, slug=slug(name))
    db.add(workspace)
    db.flush()
    write_connections(db, workspace, settings)
    return workspace.id


def create_user(db: Session, workspace_slug: str, email: str, name: str, role: Role, password: str) -> UUID:
    """A person may sign in; where the address is known, they get the role and keep their password."""
    workspace = venue_called(db, workspace_slug)
    if len(password) < SHORTEST_PASSWORD:
        raise Rejected("password_too_short")
    user = db.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        user = User(email=email.strip().lower(), name=name, password_hash=hash_password(password))
        db.add(user)
        db.flush()
    membership = insert(Membership).values(workspace_id=workspace.id, user_id=user.id, role=role)
    key = ["workspace_id", "user_id"]
    again = {"role": role, "active": True}
    db.execute(membership.on_conflict_do_update(index_elements=key, set_=again))
    return user.id


def write_connections(db: Session, workspace: Workspace, settings: Settings) -> None:
    """The settings' channel and provider account, over what the workspace had. Empty settings change nothing."""
    if settings.whatsapp.phone_number_id:
        _write_channel(db, workspace, settings)
    for provider, (secret, plain) in _accounts(settings).items():
        if all(secret.values()):
            _write_account(db, workspace, provider, secret, plain)


def slug(name: str) -> str:
    """`Piña Colada` as `pina-colada`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _first_workspace(db: Session) -> Workspace | None:
    return db.scalar(select(Workspace).order_by(Workspace.created_at, Workspace.id).limit(1))


def _write_channel(db: Session, workspace: Workspace, settings: Settings) -> None:
    mine = (Channel.workspace_id == workspace.id, Channel.kind == ChannelKind.WHATSAPP)
    channel = db.scalar(select(Channel).where(*mine).order_by(Channel.created_at).limit(1))
    if channel is None:
        channel = Channel(workspace_id=workspace.id, kind=ChannelKind.WHATSAPP)
        db.add(channel)
    whatsapp = settings.whatsapp
    channel.phone_number_id = whatsapp.phone_number_id
    channel.api_url = whatsapp.api_url
    channel.api_version = whatsapp.api_version
    channel.business_account_id = whatsapp.business_account_id
    channel.throughput = whatsapp.throughput
    channel.display_number = whatsapp.display_number or channel.display_number or ""
    secrets = {
        "access_token": whatsapp.access_token,
        "app_secrets": [secret.strip() for secret in whatsapp.app_secret.split(",")],
        "verify_token": whatsapp.verify_token,
    }
    seal(channel, secrets)


def _accounts(settings: Settings) -> dict[Provider, tuple[dict[str, str], dict[str, Any]]]:
    """What each provider's account keeps sealed, and what it keeps as it is. `api_key` signs webhooks."""
    k2, pesapal, paystack = settings.kopokopo, settings.pesapal, settings.paystack
    return {
        Provider.KOPOKOPO: (
            {"client_id": k2.client_id, "client_secret": k2.client_secret, "api_key": k2.api_key},
            {
                "api_url": k2.api_url,
                "oauth_url": k2.oauth_url,
                "till_number": k2.till_number,
                "calls_per_second": k2.calls_per_second,
            },
        ),
        Provider.PESAPAL: (
            {"consumer_key": pesapal.consumer_key, "consumer_secret": pesapal.consumer_secret},
            {"api_url": pesapal.api_url} | ({"ipn_id": pesapal.ipn_id} if pesapal.ipn_id else {}),
        ),
        Provider.PAYSTACK: ({"api_key": paystack.secret_key}, {"api_url": paystack.api_url}),
    }


def _write_account(
    db: Session, workspace: Workspace, provider: Provider, sealed: dict[str, str], plain: dict[str, Any]
) -> None:
    """Over what was there; what a command found out (subscriptions, an address' id) stays."""
    mine = (ProviderAccount.workspace_id == workspace.id, ProviderAccount.provider == provider)
    account = db.scalar(select(ProviderAccount).where(*mine))
    if account is None:
        account = ProviderAccount(workspace_id=workspace.id, provider=provider, settings={})
        db.add(account)
    seal(account, sealed)
    account.settings = {**account.settings, **plain}


def _demo_workspace(db: Session) -> Workspace:
    found = db.scalar(select(Workspace).where(Workspace.slug == demo.SLUG))
    if found is not None:
        return found
    workspace = Workspace(name=demo.NAME, slug=demo.SLUG, serves_alcohol=True, payment_methods=list(Way))
    db.add(workspace)
    db.flush()
    return workspace


def _demo_tables(db: Session, workspace: Workspace) -> None:
    rows = [{"workspace_id": workspace.id, "number": number} for number in range(1, demo.TABLES + 1)]
    db.execute(insert(VenueTable).values(rows).on_conflict_do_nothing())


def _demo_printer(workspace: Workspace, address: str) -> None:
    """Bar and kitchen print on the same one, until somebody says otherwise."""
    host, _, port = address.rpartition(":")
    if host:
        workspace.printers = {station.value: {"host": host, "port": int(port)} for station in Station}


def _demo_heading(
    db: Session,
    workspace: Workspace,
    position: int,
    name: str,
    alcoholic: bool,
    station: str,
    entries: tuple[demo.Entry, ...],
) -> None:
    heading = {"workspace_id": workspace.id, "name": name, "slug": slug(name), "position": position}
    heading |= demo_swahili.names(name)
    db.execute(insert(Category).values(heading).on_conflict_do_nothing())
    mine = (Category.workspace_id == workspace.id, Category.slug == slug(name))
    category_id = db.execute(select(Category.id).where(*mine)).scalar_one()
    for place, (product, price, nicknames) in enumerate(entries):
        row = {
            "workspace_id": workspace.id,
            "category_id": category_id,
            "name": product,
            "slug": slug(product),
            "price": price,
            "description": demo.DESCRIPTIONS.get(product, ""),
            "nicknames": list(nicknames),
            "alcoholic": alcoholic,
            "station": station,
            "position": place,
        }
        _demo_product(db, row | demo_swahili.words(product))


def _demo_product(db: Session, row: dict[str, object]) -> None:
    stocked = insert(Product).values(**row, on_hand=demo.STOCK).on_conflict_do_nothing()
    made = db.scalar(stocked.returning(Product.id))
    if made is not None:
        delivery = {"quantity": demo.STOCK, "reason": MovementReason.RECEIVED}
        db.execute(insert(StockMovement).values(workspace_id=row["workspace_id"], product_id=made, **delivery))


def _demo_owner(db: Session, workspace: Workspace, wished: str) -> str:
    """The password that counts from now on; empty where the owner is there already and nothing is wished."""
    user = db.scalar(select(User).where(User.email == demo.OWNER_EMAIL))
    if user is None:
        password = wished or secrets.token_urlsafe(12)
        user_id = create_user(db, workspace.slug, demo.OWNER_EMAIL, demo.OWNER_NAME, Role.OWNER, password)
        db.get_one(User, user_id).second_factor_exempt = True
        return password
    if wished:
        user.password_hash = hash_password(wished)
    return wished
