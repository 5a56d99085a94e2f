"""Meta's webhook: verify, split, one round trip to the mailbox store, ring if told to, 200. No SQL."""

import time

from flask import Response, make_response, request

from core.errors import BadSignature
from core.services import journal, receiving
from core.services.program import Program
from webapp.held import current_program
from webapp.webhooks.answers import acknowledge, webhook

blueprint = webhook("whatsapp")


@blueprint.get("")
def verify() -> Response:
    """Meta asks whether this address is ours; the challenge goes back as plain text."""
    asked = request.args
    known = current_program().directory.verifies(asked.get("hub.verify_token", ""))
    challenge = asked.get("hub.challenge", "")
    if asked.get("hub.mode") != "subscribe" or not known or not challenge.isascii() or not challenge.isalnum():
        return make_response("", 403)
    return make_response(challenge, 200, {"Content-Type": "text/plain; charset=utf-8"})


@blueprint.post("")
def receive() -> Response:
    """Messages and statuses from Meta. 200 means kept."""
    signature = request.headers.get("X-Hub-Signature-256", "")
    return acknowledge(blueprint.name, lambda program, raw: keep_signed(program, raw, signature))


def keep_signed(program: Program, raw: bytes, signature: str) -> None:
    """Keep what a signed body brings, and the body itself for the journal: one round trip for all of it; then ring, if
    the store says so. Raises BadSignature or StoreUnavailable."""
    signers = program.directory.signers(raw, signature)
    if not signers:
        raise BadSignature
    now = time.time()
    taken = receiving.take_in(program, raw, signers, now)
    arrival = journal.arrived(receiving.SOURCE, raw, now, taken.workspaces, taken.outcome)
    pushed = program.store.intake.push(taken.items, taken.statuses, taken.notes, [arrival])
    program.directory.saw_version(pushed.directory_version)
    receiving.announce(taken.notices)
    if pushed.bell:
        program.ring.conversations(pushed.bell)
