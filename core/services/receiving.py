"""What came in from WhatsApp, as the mailbox store keeps it: whose it is, on which number, by which addresses."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from core import metrics
from core.log import get_logger
from core.providers.whatsapp.accounts import Notice
from core.providers.whatsapp.webhook import Intake, Message, Status, read
from core.services.directory import Line
from core.services.journal import outcome_of
from core.services.program import Program
from core.store.redis.mailbox import Item

SOURCE = "whatsapp"

log = get_logger(__name__)


@dataclass(frozen=True)
class Taken:
    """What a signed webhook brings: events, statuses by id, notes for the books; whom it is about, and how it went."""

    items: list[Item]
    statuses: list[tuple[str, str]]
    notes: list[str]
    notices: Sequence[Notice]
    workspaces: tuple[str, ...]
    outcome: str


def take_in(program: Program, raw: bytes, signers: Sequence[Line], at: float) -> Taken:
    """Sort a body that these numbers' secrets signed and that arrived `at` (epoch seconds). Never raises."""
    intake = read(raw, at)
    lines = {line.phone_number_id: line for line in signers}
    events = items(program, intake.messages, signers)
    statuses = [_status(one, lines[one.phone_number_id]) for one in intake.statuses if one.phone_number_id in lines]
    notes = notes_of(intake.notices, signers, at)
    reasons = [reason for reason, _ in intake.notes] + _strangers(program, intake, lines)
    for reason in reasons:
        log.warning("webhook_noted", reason=reason)
    outcome = outcome_of(bool(events or statuses or notes), reasons)
    return Taken(events, statuses, notes, intake.notices, _concerned(intake, lines), outcome)


def announce(notices: Sequence[Notice]) -> None:
    """What Meta says about the account is counted, and stands in the log."""
    for notice in notices:
        metrics.account_notices.labels("yes" if notice.loud else "no").inc()
        say = log.error if notice.loud else log.warning
        say("account_notice", field=notice.field, account_event=notice.event)


def items(program: Program, messages: Sequence[Message], signers: Sequence[Line]) -> list[Item]:
    """An event for each message; what is about a guest of the whole account goes to each of its numbers."""
    return [
        _item(program, message, line)
        for message in messages
        for line in lines_of(signers, message.phone_number_id, message.account_id)
    ]


def lines_of(signers: Sequence[Line], number: str, account_id: str) -> list[Line]:
    """The line with this number; without a number, all lines of the account (or of the signer, where it is not set)."""
    if number:
        return [line for line in signers if line.phone_number_id == number]
    return [line for line in signers if line.business_account_id in ("", account_id)]


def notes_of(notices: Sequence[Notice], signers: Sequence[Line], at: float) -> list[str]:
    """What Meta says about the account, for the books of every venue it concerns."""
    return [_note(notice, line, at) for notice in notices for line in _venues(notice, signers)]


def _status(status: Status, line: Line) -> tuple[str, str]:
    body = {"status": status.status, "at": status.at, "callback": status.callback, "error": status.error_code}
    body["workspace"] = line.workspace_id
    return status.id, json.dumps(body)


def _numbers(intake: Intake) -> set[str]:
    named = [*(one.phone_number_id for one in intake.messages), *(one.phone_number_id for one in intake.statuses)]
    return set(named) - {""}


def _strangers(program: Program, intake: Intake, lines: dict[str, Line]) -> list[str]:
    """Signed, but for a number that is not ours, or not this signer's."""
    strange = _numbers(intake) - set(lines)
    if strange:
        program.directory.look_again()
    return ["unknown number"] * len(strange)


def _concerned(intake: Intake, lines: dict[str, Line]) -> tuple[str, ...]:
    """The workspaces of the numbers it names; of all whose secret signed it, where it names none of theirs."""
    named = _numbers(intake) & set(lines) or lines
    return tuple(sorted({lines[number].workspace_id for number in named}))


def _venues(notice: Notice, signers: Sequence[Line]) -> list[Line]:
    lines = lines_of(signers, notice.phone_number_id, notice.account_id) or list(signers)
    return list({line.workspace_id: line for line in lines}.values())


def _note(notice: Notice, line: Line, at: float) -> str:
    return json.dumps(
        {
            "type": "account",
            "workspace": line.workspace_id,
            "kind": notice.field,
            "event": notice.event,
            "subject": notice.subject,
            "loud": notice.loud,
            "body": notice.body,
            "moment": notice.moment,
            "at": at,
        }
    )


def _item(program: Program, message: Message, line: Line) -> Item:
    trace = message.id[2:18]
    structlog.contextvars.bind_contextvars(trace=trace)
    body = {"kind": message.kind, "at": message.at, "data": message.data, "external": message.external_id}
    guest = {
        "channel": line.channel_id,
        "workspace": line.workspace_id,
        "rate": line.throughput,
        "phone": message.phone,
        "bsuid": message.bsuid,
        "name": message.name,
    }
    addresses = _addresses(program, line, message.phone, message.bsuid)
    return Item(
        message.id if message.phone_number_id else f"{message.id}:{line.channel_id[:8]}",
        addresses,
        message.at,
        body | {"trace": trace},
        guest,
        owner=addresses[0] if message.bsuid else "",
        former=_addresses(program, line, *message.former),
    )


def _addresses(program: Program, line: Line, phone: str, bsuid: str) -> tuple[str, ...]:
    found = (("bsuid", bsuid), ("phone", phone))
    return tuple(program.addresses.of(line.channel_id, kind, value) for kind, value in found if value)
