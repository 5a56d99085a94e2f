"""A bar, its mailbox store, and the program between them."""

from tests.integration.relay.conftest import bar, engine, program, rung, server, sessions

__all__ = ["bar", "engine", "program", "rung", "server", "sessions"]
