"""The web: webhooks, the staff's pages, health, metrics. It verifies, keeps and shows; the work is done elsewhere."""

from flask import Flask, render_template
from werkzeug.middleware.proxy_fix import ProxyFix

from core import bootstrap, log
from core.services.sign_in import LONGEST
from core.settings import Settings
from publishing import publisher
from webapp import (
    admin,
    assets,
    commands,
    csrf,
    documents,
    errors,
    headers,
    health,
    metrics,
    pay,
    pay_return,
    pictures,
    sandbox_proxy,
    uploads,
)
from webapp.sessions import Sessions
from webapp.strict_json import Json
from webapp.webhooks import money, pesapal, whatsapp
from webapp.webhooks.body import LARGEST
from webapp.webhooks.door import Door


def create_app(settings: Settings | None = None) -> Flask:
    """One application with everything it needs; made once per process."""
    settings = settings or bootstrap.settings_from()
    program = bootstrap.build(settings, publisher(settings.broker_url), bootstrap.WEBHOOK_STORE_SECONDS)
    app = Flask(__name__)
    app.session_interface = Sessions()
    app.json = Json(app)
    app.config.from_mapping(_config(settings))
    app.extensions |= {"program": program, "checks": health.checks(program)}
    if settings.production:  # behind the TLS proxy of deploy/; elsewhere nobody may claim an address
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.before_request(log.bind)  # a thread serves many: its last request's fields are not this one's
    uploads.register(app)
    csrf.register(app, settings.public_base_url)
    errors.register(app)
    headers.register(app, production=settings.production)
    assets.register(app)
    admin.register(app, program)
    commands.register(app)
    for blueprint in (health.blueprint, metrics.blueprint, documents.blueprint, pay.blueprint, whatsapp.blueprint):
        app.register_blueprint(blueprint)
    for blueprint in (*money.blueprints, pesapal.blueprint, pay_return.blueprint, pictures.blueprint):
        app.register_blueprint(blueprint)
    if settings.sandbox_url and not settings.production:
        sandbox_proxy.register(app, settings.sandbox_url)
    app.wsgi_app = Door(app.wsgi_app, program)  # type: ignore[method-assign]
    app.add_url_rule("/", "welcome", lambda: render_template("welcome.html", sandbox="sandbox" in app.blueprints))
    return app


def _config(settings: Settings) -> dict[str, object]:
    prefix = "__Host-" if settings.production else ""
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": LARGEST,
        "SESSION_COOKIE_NAME": f"{prefix}staff",
        "DEVICE_COOKIE_NAME": f"{prefix}device",
        "SESSION_COOKIE_SECURE": settings.production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": LONGEST,
    }
