"""What every process of `make run` finds in its environment.

What is set wins: the process environment, then `.env`, then random values made once and kept in the data folder, then
the simulators' values.
"""

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from sandbox.servers import PostgresServer, RedisServer, Server
from sandbox.servers.ports import kept_port, why_not
from sandbox.servers.server import PREDECESSOR, wait_until

PROJECT = Path(__file__).resolve().parent.parent
OWNER = "owner@destination.example"
SENDER = "Destination Cocktails <bar@destination.example>"


class BadSetting(Exception):
    """One setting cannot be used as it is; the text names it."""


def _token() -> str:
    return secrets.token_urlsafe(24)


def _password() -> str:
    return secrets.token_urlsafe(9)


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


MADE_ONCE: dict[str, Callable[[], str]] = {
    "SECRET_KEY": _token,
    "FIELD_ENCRYPTION_KEYS": _key,
    "WHATSAPP_ACCESS_TOKEN": _token,
    "WHATSAPP_APP_SECRET": _token,
    "WHATSAPP_VERIFY_TOKEN": _token,
    "KOPOKOPO_CLIENT_SECRET": _token,
    "KOPOKOPO_API_KEY": _token,
    "PESAPAL_CONSUMER_SECRET": _token,
    "PAYSTACK_SECRET_KEY": lambda: f"sk_test_{secrets.token_hex(20)}",
    "FLOWER_BASIC_AUTH": lambda: f"operator:{_password()}",
    "DEMO_OWNER_PASSWORD": _password,
}
DEFAULTS = {
    "ENVIRONMENT": "development",
    "WEB_HOST": "127.0.0.1",
    "PORT": "8000",
    "FLOWER_PORT": "5555",
    "WHATSAPP_PHONE_NUMBER_ID": "100000000000001",
    "WHATSAPP_DISPLAY_NUMBER": "254700000001",
    "WHATSAPP_BUSINESS_ACCOUNT_ID": "100200300400500",
    "WHATSAPP_THROUGHPUT": "1000",
    "KOPOKOPO_CLIENT_ID": "sandbox",
    "KOPOKOPO_TILL_NUMBER": "K123456",
    "KOPOKOPO_CALLS_PER_SECOND": "100",
    "PESAPAL_CONSUMER_KEY": "sandbox",
    "PESAPAL_IPN_ID": "9a1b0000-0000-4000-8000-000000000001",
    "PYTHONUNBUFFERED": "1",
}
LISTENING = ("PORT", "FLOWER_PORT", "SANDBOX_PORT", "SANDBOX_PRINTER_PORT", "SANDBOX_MAIL_PORT")


@dataclass(frozen=True)
class Environment:
    """The values for every process, and what must run besides the program itself."""

    values: dict[str, str]
    data_dir: Path
    servers: tuple[Server, ...]
    simulated: bool

    def port(self, name: str) -> int:
        """One of the ports that are settings."""
        return int(self.values[name])


def settings_given(environ: Mapping[str, str], dotenv: Path = PROJECT / ".env") -> dict[str, str]:
    """What the operator set; an empty value counts as not set."""
    given = [*dotenv_values(dotenv).items(), *environ.items()]
    return {name: value for name, value in given if value}


def data_folder(given: Mapping[str, str]) -> Path:
    """Where this installation keeps its data; relative to the project."""
    return (PROJECT / given.get("DATA_DIR", ".data")).resolve()


def assemble(given: Mapping[str, str], data_dir: Path) -> Environment:
    """Fill in what the operator left open, and choose the servers to start for it."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    values = {**DEFAULTS, **made_once(data_dir / "secrets.env"), **given, "DATA_DIR": str(data_dir)}
    values.setdefault("PUBLIC_BASE_URL", f"http://127.0.0.1:{values['PORT']}")
    values.setdefault("PROMETHEUS_MULTIPROC_DIR", str(data_dir / "metrics"))
    simulated = _fill_providers(values, data_dir)
    servers = _fill_servers(values, data_dir)
    return Environment(values, data_dir, servers, simulated)


def check(values: Mapping[str, str]) -> None:
    """Refuse to start where it could not go well, before anything is started. Raises BadSetting."""
    if values["ENVIRONMENT"] == "production":
        raise BadSetting("ENVIRONMENT is production: `make run` is for development, see README.md for deployment.")
    if values["PORT"] == values["FLOWER_PORT"]:
        raise BadSetting("PORT and FLOWER_PORT must differ.")
    for name in LISTENING:
        if name in values:
            _check_port(name, values[name], values["WEB_HOST"])


def made_once(file: Path) -> dict[str, str]:
    """The random values of this data folder, made when first needed."""
    kept = {name: value for name, value in dotenv_values(file).items() if value}
    new = {name: make() for name, make in MADE_ONCE.items() if name not in kept}
    if new:
        write_private(file, "".join(f"{name}={value}\n" for name, value in sorted((kept | new).items())))
    return kept | new


def write_private(file: Path, text: str) -> None:
    """Write for our own eyes only, whole or not at all."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)


def next_database(url: str) -> str:
    """The same Redis server, next database: keys of broker and mailboxes must not meet."""
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{(number + 1) % 16}").geturl()


def _fill_providers(values: dict[str, str], data_dir: Path) -> bool:
    """Point providers without a base URL at the simulators, and tell whether those must be started."""
    if "KOPOKOPO_API_URL" in values:
        values.setdefault("KOPOKOPO_OAUTH_URL", values["KOPOKOPO_API_URL"])
    if "WHATSAPP_API_URL" in values and "KOPOKOPO_API_URL" in values:
        _leave_out_cards(values)
        return False
    ours = "SANDBOX_URL" not in values
    if ours:
        port = values.setdefault("SANDBOX_PORT", str(kept_port(data_dir / "sandbox-port")))
        values["SANDBOX_URL"] = f"http://127.0.0.1:{port}"
        printer = values.setdefault("SANDBOX_PRINTER_PORT", str(kept_port(data_dir / "printer-port")))
        values.setdefault("DEMO_PRINTER", f"127.0.0.1:{printer}")
        _fill_mail(values, data_dir)
    values.setdefault("FISCAL_API_URL", f"{values['SANDBOX_URL']}/etims")
    values.setdefault("WHATSAPP_API_URL", f"{values['SANDBOX_URL']}/graph")
    values.setdefault("KOPOKOPO_API_URL", f"{values['SANDBOX_URL']}/kopokopo")
    values.setdefault("KOPOKOPO_OAUTH_URL", f"{values['SANDBOX_URL']}/kopokopo")
    values.setdefault("PESAPAL_API_URL", f"{values['SANDBOX_URL']}/pesapal")
    values.setdefault("PAYSTACK_API_URL", f"{values['SANDBOX_URL']}/paystack")
    return ours


def _fill_mail(values: dict[str, str], data_dir: Path) -> None:
    """Mail goes to the simulated server, unless there is another."""
    port = values.setdefault("SANDBOX_MAIL_PORT", str(kept_port(data_dir / "mail-port")))
    if "SMTP_HOST" not in values:
        values |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_SECURITY": "none", "MAIL_FROM": SENDER}


def _leave_out_cards(values: dict[str, str]) -> None:
    """Without simulators nobody answers for the card providers: made-up keys must not go to the real ones."""
    for name, key in (("PESAPAL", "PESAPAL_CONSUMER_KEY"), ("PAYSTACK", "PAYSTACK_SECRET_KEY")):
        if f"{name}_API_URL" not in values:
            values[key] = ""


def _fill_servers(values: dict[str, str], data_dir: Path) -> tuple[Server, ...]:
    """Embedded servers for the URLs that are not set. A Redis of the operator's serves as broker too."""
    logs = data_dir / "logs"
    servers: list[tuple[str, Server]] = []
    if "DATABASE_URL" not in values:
        servers.append(("DATABASE_URL", PostgresServer(data_dir / "postgres", log=logs / "postgres.log")))
    if "REDIS_URL" in values:
        values.setdefault("CELERY_BROKER_URL", next_database(values["REDIS_URL"]))
    else:
        servers.append(("REDIS_URL", RedisServer(data_dir / "redis", log=logs / "redis.log")))
    if "CELERY_BROKER_URL" not in values:
        broker = RedisServer(data_dir / "broker", durable=False, log=logs / "broker.log", name="broker")
        servers.append(("CELERY_BROKER_URL", broker))
    values.update({name: server.url for name, server in servers})
    return tuple(server for _, server in servers)


def _check_port(name: str, value: str, host: str) -> None:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise BadSetting(f"{name} must be a port number from 1 to 65535.")
    if not wait_until(lambda: not why_not(int(value), host), PREDECESSOR):
        raise BadSetting(f"{name} {value} cannot be used: {why_not(int(value), host)}. Set {name} to another port.")
