"""What a guest said in pieces: which of the texts that wait are one message, and whether half a thought may wait."""

from dataclasses import replace
from itertools import chain

from core.conversation import events, pieces
from core.conversation.session import Session
from core.domain.menu import Menu
from core.store.redis.mailbox import Claim

# What lies further apart was not said in one breath, although it waited for the same reason.
ONE_BREATH_SECONDS = 300.0


def heard(claim: Claim, session: Session | None, menu: Menu) -> Claim | None:
    """The claim with the texts behind it that are one message with its own; None where it waits for the other half."""
    texts = _texts(claim)
    if claim.plan is not None or not texts:
        return claim
    count, whole = pieces.read_together(texts, session, menu)
    if claim.may_rest and pieces.is_incomplete(whole, session, menu):
        return None
    return replace(claim, covers=claim.behind[: count - 1], whole=whole) if count > 1 else claim


def _texts(claim: Claim) -> list[str]:
    """The texts that wait one after another, from the claim's own on: nothing else is ever read together."""
    texts: list[str] = []
    for body in chain([claim.body], (one.body for one in claim.behind)):
        said = body["kind"] == events.TEXT and not body["data"].get("media")
        if not said or body["at"] - claim.body["at"] > ONE_BREATH_SECONDS:
            break
        texts.append(str(body["data"].get("text", "")))
    return texts
