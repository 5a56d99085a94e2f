"""What Meta says about the account itself (Cloud API reference 2.6): kept for staff, loudly where it must be."""

import json
from dataclasses import dataclass
from typing import Any

from core.providers.whatsapp.fields import items, mapping, text

BODY_KEPT = 20_000
LOUD_EVENTS = frozenset(
    {"ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION", "DISABLED_UPDATE", "ACCOUNT_DELETED", "PARTNER_REMOVED"}
)
BAD_TEMPLATES = frozenset({"REJECTED", "PAUSED", "DISABLED", "FLAGGED", "LOCKED", "LIMIT_EXCEEDED", "PENDING_DELETION"})


@dataclass(frozen=True)
class Notice:
    """One thing said about the account. `subject` is what it is about: a template, a number, a kind of violation."""

    field: str
    event: str
    subject: str
    loud: bool
    body: str
    phone_number_id: str
    account_id: str
    moment: str


@dataclass(frozen=True)
class Preference:
    """A guest told WhatsApp whether they want our marketing."""

    phone: str
    bsuid: str
    stop: bool


def read_notice(field: str, value: dict[str, Any], account_id: str, moment: str) -> Notice:
    """Whatever the field: its event, what it is about, and all of it. `moment` tells a repeat from a second time."""
    event = text(value, "event") or _first_error(value) or text(value, "alert_type") or text(value, "decision")
    return Notice(
        field=field[:60],
        event=event[:60],
        subject=_subject(value)[:120],
        loud=event in LOUD_EVENTS or event in BAD_TEMPLATES or "errors" in value,
        body=json.dumps(value, sort_keys=True)[:BODY_KEPT],
        phone_number_id=text(mapping(value, "metadata"), "phone_number_id")[:40],
        account_id=account_id[:40],
        moment=moment[:20],
    )


def read_preferences(value: dict[str, Any]) -> list[Preference]:
    """Each guest of a `user_preferences` change."""
    return [
        Preference(text(one, "wa_id")[:32], text(one, "user_id")[:160], text(one, "value") == "stop")
        for one in items(value, "user_preferences")
        if text(one, "value") in ("stop", "resume") and (text(one, "wa_id") or text(one, "user_id"))
    ]


def _subject(value: dict[str, Any]) -> str:
    restrictions = (text(one, "restriction_type") for one in items(value, "restriction_info"))
    named = (
        text(mapping(value, "violation_info"), "violation_type"),
        ", ".join(filter(None, restrictions)),
        text(value, "message_template_name"),
        text(value, "display_phone_number"),
        text(value, "phone_number"),
        text(mapping(value, "ban_info"), "waba_ban_state"),
    )
    return next(filter(None, named), "")


def _first_error(value: dict[str, Any]) -> str:
    errors = items(value, "errors")
    code = errors[0].get("code") if errors and isinstance(errors[0], dict) else ""
    return f"error {code}" if code else ""
