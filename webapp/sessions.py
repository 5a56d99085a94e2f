"""The staff's session cookies."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but none for webhooks: opening and saving it would cost as much as checking the signature."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie; None, which Flask takes for one that nobody may write to, for a webhook."""
        return None if request.path.startswith("/api/webhooks/") else super().open_session(app, request)
