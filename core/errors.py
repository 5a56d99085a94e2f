"""Errors, named by what to do next."""


class TryAgain(Exception):
    """Surely nothing happened: the same step may be repeated."""


class StoreUnavailable(TryAgain):
    """The mailbox store did not answer in time."""


class Rejected(Exception):
    """The other side said no for good: tell the guest, do not repeat."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class OutcomeUnknown(Exception):
    """The request may have had its effect (money may have moved): ask about it, never repeat it."""


class BadSignature(Exception):
    """The caller could not prove who they are: answer 401 and keep nothing."""


class IllegalTransition(Exception):
    """A status move that no table allows."""


class LeaseLost(Exception):
    """Another worker holds the conversation now: stop without touching anything."""
