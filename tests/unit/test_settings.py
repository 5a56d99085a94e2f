"""A bad setting stops the program and says which one it is."""

import runpy
from pathlib import Path

import pytest

from core.settings import SettingsError, load_settings

GUNICORN = Path(__file__).resolve().parents[2] / "webapp" / "gunicorn.py"
ENVIRON = {
    "ENVIRONMENT": "test",
    "PUBLIC_BASE_URL": "http://localhost",
    "DATABASE_URL": "postgresql://127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/1",
    "SECRET_KEY": "only for these tests",
    "FIELD_ENCRYPTION_KEYS": "a key for these tests",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "LOUD"),
        ("PORT", "none"),
        ("REDIS_URL", "http://localhost"),
        ("SECRET_KEY", "short"),
        ("ENVIRONMENT", "prod"),
        ("DATABASE_URL", ""),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(ENVIRON | {name: value})


def test_a_level_may_be_written_small() -> None:
    assert load_settings(ENVIRON | {"LOG_LEVEL": "debug"}).log_level == "DEBUG"


@pytest.mark.parametrize("name", ["WEB_WORKERS", "WEB_THREADS"])
@pytest.mark.parametrize("value", ["two", "0", "-1", "1.5"])
def test_a_bad_number_of_web_processes_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=name):
        runpy.run_path(str(GUNICORN))


def test_the_server_refuses_a_bad_log_level_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(SystemExit, match="LOG_LEVEL"):
        runpy.run_path(str(GUNICORN))["on_starting"](None)


@pytest.mark.parametrize("number", ["0712 345 678", "the bar", "+254", "+254 712 345 678 and more"])
def test_the_number_itself_is_written_with_its_country(number: str) -> None:
    said = load_settings(ENVIRON | {"WHATSAPP_DISPLAY_NUMBER": "+254 (712) 345-678"})
    assert said.whatsapp.display_number == "254712345678"
    with pytest.raises(SettingsError, match="WHATSAPP_DISPLAY_NUMBER"):
        load_settings(ENVIRON | {"WHATSAPP_DISPLAY_NUMBER": number})


def test_in_production_the_tax_authority_is_reached_over_https_or_not_at_all() -> None:
    https = dict.fromkeys(("PUBLIC_BASE_URL", "KOPOKOPO_API_URL", "KOPOKOPO_OAUTH_URL"), "https://one.example")
    needed = ("WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN")
    account = ("KOPOKOPO_CLIENT_ID", "KOPOKOPO_CLIENT_SECRET", "KOPOKOPO_API_KEY", "KOPOKOPO_TILL_NUMBER")
    environ = ENVIRON | https | dict.fromkeys((*needed, *account), "x") | {"ENVIRONMENT": "production"}
    assert load_settings(environ).fiscal_api_url == ""
    with pytest.raises(SettingsError, match="FISCAL_API_URL"):
        load_settings(environ | {"FISCAL_API_URL": "http://one.example"})
