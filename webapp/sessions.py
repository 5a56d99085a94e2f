"""The staff's session cookies."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but without a signer made for every request that brings no cookie: webhooks never do."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """An empty session where there is no cookie to read."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)
