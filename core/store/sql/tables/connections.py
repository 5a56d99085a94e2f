"""How a workspace reaches its guests and its money. Tokens are encrypted at rest."""

from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.statuses import ChannelKind, Provider
from core.store.sql.base import Edited, Owned, Versioned, is_parent, words
from core.store.sql.encrypted import EncryptedJson

PROVIDER = words(Provider, "provider")


class Channel(Owned, Edited, Versioned):
    """`secrets`: {access_token, app_secrets: [...], verify_token}. Messages are routed here by `phone_number_id`.

    `throughput`: messages a second, in and out, that Meta allows this number. `business_account_id` owns the templates.
    `display_number`: the number itself, digits with country; empty where nobody has said it.
    `secrets_set`: by the name of each secret that staff typed, the moment (ISO, UTC).
    """

    __tablename__ = "channels"

    kind: Mapped[ChannelKind] = mapped_column(words(ChannelKind, "channel_kind"))
    phone_number_id: Mapped[str] = mapped_column(unique=True)
    api_url: Mapped[str]
    api_version: Mapped[str]
    secrets: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    throughput: Mapped[int] = mapped_column(default=80, server_default="80")
    business_account_id: Mapped[str] = mapped_column(default="", server_default="")
    secrets_set: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    display_number: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (is_parent(), CheckConstraint("throughput between 1 and 10000", name="throughput"))


class ProviderAccount(Owned, Edited, Versioned):
    """`secrets`: {client_id, client_secret, api_key}; `settings`: {api_url, oauth_url, till_number}.

    `secrets_set`: as a channel's.
    """

    __tablename__ = "provider_accounts"

    provider: Mapped[Provider] = mapped_column(PROVIDER)
    secrets: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    settings: Mapped[dict[str, Any]]
    secrets_set: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")

    __table_args__ = (UniqueConstraint("workspace_id", "provider"),)
