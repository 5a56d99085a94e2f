"""Every page: behind the login, with its headers, and without a stack trace when it breaks."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from core.settings import Settings, load_settings
from tests.integration.admin.venue import Venue
from webapp import create_app
from webapp.admin.access import NEEDS

NOT_STAFF = frozenset({"health.healthz", "health.readyz", "metrics.metrics", "welcome", "static"})
WEBHOOKS = ("whatsapp.", "payment.", "paystack.", "pesapal.")
GUESTS = ("pay.", "pay_return.", "documents.", "pictures.")


def routes(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Every address of the application, with a method it takes."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            values: dict[str, Any] = {name: str(uuid4()) for name in rule.arguments}
            with app.test_request_context():
                yield rule, method, app.url_for(rule.endpoint, **values)


def open_to_all(app: Flask) -> set[str]:
    """The staff's pages that need no login."""
    return {endpoint for endpoint, need in app.extensions[NEEDS].items() if need.permission is None}


def test_only_signing_in_and_what_a_link_leads_to_is_open_to_all(app: Flask) -> None:
    by_link = {"admin.invitation", "admin.accept_invitation", "admin.new_password", "admin.choose_password"}
    others = {"admin.forgotten", "admin.ask_password", "admin.pin", "admin.type_pin"}
    assert open_to_all(app) == {"admin.login", "admin.sign_in"} | by_link | others


def test_every_route_is_known_here_or_needs_a_login(app: Flask, venue: Venue) -> None:
    browser = venue.browser()
    token = browser.token()
    for rule, method, address in routes(app):
        if rule.endpoint in NOT_STAFF | open_to_all(app) or rule.endpoint.startswith((*WEBHOOKS, *GUESTS)):
            continue
        assert rule.endpoint.startswith("admin."), f"{rule.endpoint} is neither known nor behind the login"
        answer = browser.client.open(address, method=method, headers={"X-CSRFToken": token})
        led_away = answer.status_code == 302 and answer.location.startswith("/admin/login")
        assert led_away or answer.status_code == 401, f"{method} {address}: {answer.status}"


def test_every_post_but_webhooks_needs_a_token(app: Flask, venue: Venue) -> None:
    browser = venue.signed_in()
    for rule, method, address in routes(app):
        if method != "GET" and not rule.endpoint.startswith(WEBHOOKS):
            assert browser.client.open(address, method=method).status_code == 400, address


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/admin/login", "/admin/board", "/nowhere",
                                  "/static/board.js", "/admin/nowhere", "/api/webhooks/nowhere"])  # fmt: skip
def test_every_answer_carries_the_security_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert ("no-store" in headers.get("Cache-Control", "")) == path.startswith("/admin")


def test_letters_are_fetched_at_once_and_once(app: Flask) -> None:
    browser = app.test_client()
    [font] = re.findall(r'<link rel="preload" href="/static/([^"]+)" as="font"', browser.get("/admin/login").text)
    assert f'url("{font}")' in browser.get("/static/tokens.css").text
    assert browser.get(f"/static/{font}").headers["Cache-Control"] == "public, max-age=604800"


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Every view fails with a message nobody outside should read."""

    def fail(**_: object) -> None:
        raise RuntimeError("a secret detail")

    for endpoint in app.view_functions:
        monkeypatch.setitem(app.view_functions, endpoint, fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return app


def test_a_failure_shows_an_id_and_nothing_else(broken: Flask, venue: Venue) -> None:
    for rule, _method, address in routes(broken):
        if rule.endpoint.startswith("admin.") and rule.endpoint not in open_to_all(broken):
            continue
        if "GET" in (rule.methods or ()):
            answer = broken.test_client().get(address)
            assert answer.status_code == 500, address
            assert "secret" not in answer.text and "Traceback" not in answer.text
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_program_gets_its_error_as_json(app: Flask) -> None:
    answer = app.test_client().get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404 and set(answer.get_json()) == {"error", "id"}


def test_a_person_gets_a_page(app: Flask) -> None:
    answer = app.test_client().get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and answer.mimetype == "text/html"


def test_a_body_that_is_too_large_is_refused(venue: Venue) -> None:
    answer = venue.browser().post("/admin/login", data={"email": "x" * 5 * 1024 * 1024})
    assert answer.status_code == 413


def test_outside_the_sandbox_nobody_may_frame_us_and_the_phone_is_not_there(environ: dict[str, str]) -> None:
    app = create_app(production(environ))
    answer = app.test_client().get("/admin/login")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "__Host-staff=" in answer.headers["Set-Cookie"] and "Secure" in answer.headers["Set-Cookie"]
    assert app.test_client().get("/sandbox/").status_code == 404
    assert "/sandbox/" not in app.test_client().get("/").text


def test_a_sandbox_address_is_ignored_in_production(environ: dict[str, str]) -> None:
    settings = replace(production(environ), sandbox_url="http://127.0.0.1:1")
    assert "sandbox" not in create_app(settings).blueprints


def production(environ: dict[str, str]) -> Settings:
    names = ("WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN",
             "KOPOKOPO_CLIENT_ID", "KOPOKOPO_CLIENT_SECRET", "KOPOKOPO_API_KEY", "KOPOKOPO_TILL_NUMBER")  # fmt: skip
    more = {"ENVIRONMENT": "production", "PUBLIC_BASE_URL": "https://bar.example"}
    return load_settings(environ | dict.fromkeys(names, "x") | more)
