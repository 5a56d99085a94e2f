"""Meta's webhook: verify, split, one round trip to the mailbox store, ring if told to, 200. No SQL."""

import json
import time

from flask import Response, make_response, request

from core.errors import BadSignature
from core.log import get_logger
from core.providers.whatsapp.webhook import Intake, Status, read
from core.services import receiving
from core.services.directory import Line
from core.services.program import Program
from webapp.held import current_program
from webapp.webhooks.answers import acknowledge, webhook

blueprint = webhook("whatsapp")
log = get_logger(__name__)


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
    """Keep what a signed body brings. Raises BadSignature or StoreUnavailable."""
    signers = program.directory.signers(raw, signature)
    if not signers:
        raise BadSignature
    _keep(program, read(raw, time.time()), signers)


def _keep(program: Program, intake: Intake, signers: tuple[Line, ...]) -> None:
    """One round trip for all of it; then ring, if the store says so."""
    lines = {line.phone_number_id: line for line in signers}
    items = receiving.items(program, intake.messages, signers)
    statuses = [_status(s, lines[s.phone_number_id]) for s in intake.statuses if s.phone_number_id in lines]
    notes = [_note(*note) for note in [*intake.notes, *_strangers(program, intake, lines)]]
    notes += receiving.notes_of(intake.notices, signers)
    if not items and not statuses and not notes:
        return
    pushed = program.store.intake.push(items, statuses, notes)
    program.directory.saw_version(pushed.directory_version)
    if pushed.bell:
        program.ring.conversations(pushed.bell)


def _status(status: Status, line: Line) -> tuple[str, str]:
    body = {"status": status.status, "at": status.at, "callback": status.callback, "error": status.error_code}
    body["workspace"] = line.workspace_id
    return status.id, json.dumps(body)


def _strangers(program: Program, intake: Intake, lines: dict[str, Line]) -> list[tuple[str, str]]:
    """Signed, but for a number that is not ours, or not this signer's."""
    named = [*(m.phone_number_id for m in intake.messages), *(s.phone_number_id for s in intake.statuses)]
    numbers = set(named) - set(lines) - {""}
    if numbers:
        program.directory.look_again()
    return [("unknown number", number) for number in sorted(numbers)]


def _note(reason: str, number: str) -> str:
    log.warning("webhook_noted", reason=reason)
    detail = {"phone_number_id": number[:40], "at": time.time()}
    return json.dumps({"type": "webhook", "source": "whatsapp", "outcome": reason, "detail": detail})
