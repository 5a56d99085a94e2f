"""A new provider touches its own package and one line of `core/services/payment_accounts.PACKAGES`."""

import re
from pathlib import Path

from core.domain.statuses import Provider
from core.services.payment_accounts import PACKAGES

PROJECT = Path(__file__).resolve().parents[2]
# What only one provider has: its list of accounts, what is arranged with it by command, and a hint that nobody signs.
KNOWN = {
    "core/services/payment_accounts.py",
    "core/services/provider_setup.py",
    "webapp/provider_commands.py",
    "webapp/webhooks/pesapal.py",
}


def test_every_provider_has_a_package() -> None:
    assert set(PACKAGES) == set(Provider)


def test_every_signed_webhook_has_an_address_of_its_own() -> None:
    paths = [package.path for package in PACKAGES.values() if package.webhook]
    assert all(paths) and len(set(paths)) == len(paths)


def test_nobody_else_knows_who_collects_the_money() -> None:
    names = "|".join(Provider)
    imports = re.compile(
        rf"^from core\.providers\.({names})[. ]|^from core\.providers import .*({names})", re.MULTILINE
    )
    sources = [path for folder in ("core", "webapp", "workers") for path in (PROJECT / folder).rglob("*.py")]
    inside = {path.relative_to(PROJECT).as_posix() for path in sources if imports.search(path.read_text())}
    assert {path for path in inside if not path.startswith("core/providers/")} == KNOWN
