"""Settings as one typed object, read from the environment once. A bad value stops the program by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ENVIRONMENTS = ("production", "development", "test")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
META_API = "https://graph.facebook.com"
KOPOKOPO_API = "https://api.kopokopo.com"
PESAPAL_API = "https://pay.pesapal.com/v3"
PAYSTACK_API = "https://api.paystack.co"


class SettingsError(Exception):
    """A setting is missing or malformed; the message names it and says what it should be."""


@dataclass(frozen=True)
class WhatsAppSettings:
    """What the first workspace's channel is set up with."""

    api_url: str
    api_version: str
    phone_number_id: str
    business_account_id: str
    throughput: int
    access_token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    display_number: str = ""


@dataclass(frozen=True)
class KopoKopoSettings:
    """What the first workspace's M-Pesa account is set up with."""

    api_url: str
    oauth_url: str
    client_id: str
    till_number: str
    calls_per_second: int
    client_secret: str = field(repr=False)
    api_key: str = field(repr=False)


@dataclass(frozen=True)
class PesapalSettings:
    """What the first workspace's Pesapal account is set up with, if it has one."""

    api_url: str
    consumer_key: str
    ipn_id: str
    consumer_secret: str = field(repr=False)


@dataclass(frozen=True)
class PaystackSettings:
    """What the first workspace's Paystack account is set up with, if it has one."""

    api_url: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True)
class MailSettings:
    """The server our mail is handed to. `security`: starttls, tls, or none, which production refuses."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything the program reads from its environment. URLs carry passwords, so they stay out of `repr`."""

    environment: str
    port: int
    flower_port: int
    public_base_url: str
    log_level: str
    sandbox_url: str
    fiscal_api_url: str
    whatsapp: WhatsAppSettings
    kopokopo: KopoKopoSettings
    pesapal: PesapalSettings
    paystack: PaystackSettings
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)
    demo_owner_password: str = field(repr=False, default="")
    demo_printer: str = ""
    mail: MailSettings | None = None
    journal_days: int = 90

    @property
    def production(self) -> bool:
        """True where nothing simulated may be switched on."""
        return self.environment == "production"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment. Raises SettingsError naming the first value that is missing or malformed."""
    settings = _read(_Reader(environ))
    _check(settings)
    return settings


class _Reader:
    """Looks values up by name in the given mapping, and names what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.required = environ.get("ENVIRONMENT", "production") == "production"

    def text(self, name: str, default: str | None = None) -> str:
        value = self._environ.get(name, "").strip()
        if value:
            return value
        if default is None:
            raise SettingsError(f"{name} is missing: set it in the environment or in .env (see .env.example)")
        return default

    def provider(self, name: str, default: str = "") -> str:
        """A provider's value: needed in production, optional where a stand-in may take its place."""
        return self.text(name, None if self.required and not default else default)

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdigit() or not 0 < int(value) < 65536:
            raise SettingsError(f"{name} must be a port number from 1 to 65535")
        return int(value)

    def count(self, name: str, default: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isdigit() or not 0 < int(value) <= most:
            raise SettingsError(f"{name} must be a whole number from 1 to {most}")
        return int(value)

    def phone(self, name: str) -> str:
        digits = re.sub(r"[ ()+-]", "", self.text(name, ""))
        if digits and not re.fullmatch(r"[1-9][0-9]{7,14}", digits):
            raise SettingsError(f"{name} must be a phone number with its country, like +254 712 345678")
        return digits

    def url(self, name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default).rstrip("/")
        if value and (urlsplit(value).scheme not in schemes or not urlsplit(value).netloc):
            raise SettingsError(f"{name} must be a URL starting with {' or '.join(s + '://' for s in schemes)}")
        return value


def _read(read: _Reader) -> Settings:
    return Settings(
        environment=read.text("ENVIRONMENT", "production"),
        port=read.number("PORT", 8000),
        flower_port=read.number("FLOWER_PORT", 5555),
        public_base_url=read.url("PUBLIC_BASE_URL", ("http", "https")),
        log_level=read.text("LOG_LEVEL", "INFO").upper(),
        sandbox_url=read.url("SANDBOX_URL", ("http",), ""),
        fiscal_api_url=read.url("FISCAL_API_URL", ("http", "https"), ""),
        whatsapp=_whatsapp(read),
        kopokopo=_kopokopo(read),
        pesapal=_pesapal(read),
        paystack=_paystack(read),
        database_url=_psycopg2(read.url("DATABASE_URL", ("postgres", "postgresql", "postgresql+psycopg2"))),
        redis_url=read.url("REDIS_URL", ("redis", "rediss")),
        broker_url=read.url("CELERY_BROKER_URL", ("redis", "rediss")),
        secret_key=read.text("SECRET_KEY"),
        encryption_keys=tuple(key.strip() for key in read.text("FIELD_ENCRYPTION_KEYS").split(",") if key.strip()),
        demo_owner_password=read.text("DEMO_OWNER_PASSWORD", ""),
        demo_printer=read.text("DEMO_PRINTER", ""),
        mail=_mail(read),
        journal_days=read.count("JOURNAL_DAYS", 90, 3660),
    )


def _whatsapp(read: _Reader) -> WhatsAppSettings:
    return WhatsAppSettings(
        api_url=read.url("WHATSAPP_API_URL", ("http", "https"), META_API),
        api_version=read.text("WHATSAPP_API_VERSION", "v25.0"),
        phone_number_id=read.provider("WHATSAPP_PHONE_NUMBER_ID"),
        business_account_id=read.text("WHATSAPP_BUSINESS_ACCOUNT_ID", ""),
        throughput=read.count("WHATSAPP_THROUGHPUT", 80, 10_000),
        access_token=read.provider("WHATSAPP_ACCESS_TOKEN"),
        app_secret=read.provider("WHATSAPP_APP_SECRET"),
        verify_token=read.provider("WHATSAPP_VERIFY_TOKEN"),
        display_number=read.phone("WHATSAPP_DISPLAY_NUMBER"),
    )


def _kopokopo(read: _Reader) -> KopoKopoSettings:
    return KopoKopoSettings(
        api_url=read.url("KOPOKOPO_API_URL", ("http", "https"), KOPOKOPO_API),
        oauth_url=read.url("KOPOKOPO_OAUTH_URL", ("http", "https"), KOPOKOPO_API),
        client_id=read.provider("KOPOKOPO_CLIENT_ID"),
        client_secret=read.provider("KOPOKOPO_CLIENT_SECRET"),
        api_key=read.provider("KOPOKOPO_API_KEY"),
        till_number=read.provider("KOPOKOPO_TILL_NUMBER"),
        calls_per_second=read.count("KOPOKOPO_CALLS_PER_SECOND", 5, 1_000),
    )


def _pesapal(read: _Reader) -> PesapalSettings:
    return PesapalSettings(
        api_url=read.url("PESAPAL_API_URL", ("http", "https"), PESAPAL_API),
        consumer_key=read.text("PESAPAL_CONSUMER_KEY", ""),
        consumer_secret=read.text("PESAPAL_CONSUMER_SECRET", ""),
        ipn_id=read.text("PESAPAL_IPN_ID", ""),
    )


def _paystack(read: _Reader) -> PaystackSettings:
    return PaystackSettings(
        api_url=read.url("PAYSTACK_API_URL", ("http", "https"), PAYSTACK_API),
        secret_key=read.text("PAYSTACK_SECRET_KEY", ""),
    )


def _mail(read: _Reader) -> MailSettings | None:
    """None where no server is named: then no mail leaves the house, and the pages say so."""
    host = read.text("SMTP_HOST", "")
    if not host:
        return None
    security = read.text("SMTP_SECURITY", "starttls")
    if security not in ("starttls", "tls") and (security != "none" or read.required):
        raise SettingsError("SMTP_SECURITY must be starttls or tls")
    return MailSettings(
        host=host,
        port=read.number("SMTP_PORT", 465 if security == "tls" else 587),
        security=security,
        user=read.text("SMTP_USER", ""),
        sender=read.text("MAIL_FROM"),
        password=read.text("SMTP_PASSWORD", ""),
    )


def _psycopg2(url: str) -> str:
    # SQLAlchemy 2.1 reads a bare postgresql:// as psycopg 3, which is not installed.
    _, _, rest = url.partition("://")
    return f"postgresql+psycopg2://{rest}"


def _check(settings: Settings) -> None:
    if settings.environment not in ENVIRONMENTS:
        raise SettingsError(f"ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}")
    if settings.log_level not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
    if len(settings.secret_key) < 16:
        raise SettingsError("SECRET_KEY must have at least 16 characters")
    if not settings.encryption_keys:
        raise SettingsError("FIELD_ENCRYPTION_KEYS must hold at least one key")
    if settings.production:
        _check_production(settings)


def _check_production(settings: Settings) -> None:
    urls = {
        "PUBLIC_BASE_URL": settings.public_base_url,
        "WHATSAPP_API_URL": settings.whatsapp.api_url,
        "KOPOKOPO_API_URL": settings.kopokopo.api_url,
        "KOPOKOPO_OAUTH_URL": settings.kopokopo.oauth_url,
        "PESAPAL_API_URL": settings.pesapal.api_url,
        "PAYSTACK_API_URL": settings.paystack.api_url,
    } | ({"FISCAL_API_URL": settings.fiscal_api_url} if settings.fiscal_api_url else {})
    for name, url in urls.items():
        if urlsplit(url).scheme != "https":
            raise SettingsError(f"{name} must start with https:// in production")
    if settings.sandbox_url:
        raise SettingsError("SANDBOX_URL must not be set in production")
