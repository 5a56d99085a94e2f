"""Nobody else's page may act in a member of staff's name."""

from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFProtect

# Who calls these proves it otherwise (a signature), or there is nothing to protect (the sandbox's phone). By path, not
# by view, so that a new page is protected without anybody thinking of it.
EXEMPT = ("/api/webhooks/", "/sandbox/")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def register(app: Flask, public_base_url: str) -> None:
    """Before every other request that may change something: the origin must be ours and the token right."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the login: a board stays open for a night
    tokens = CSRFProtect(app)
    ours = urlsplit(public_base_url).netloc

    @app.before_request
    def protect() -> None:
        if request.method in _SAFE or request.path.startswith(EXEMPT):
            return
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc not in (request.host, ours):
            abort(403)
        tokens.protect()
