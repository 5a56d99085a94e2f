"""The second factor of a sign-in: who needs one, which code is the next one, and codes for when the phone is gone."""

import re
from enum import StrEnum

import pyotp

from core.domain.permissions import SECOND_FACTOR_REQUIRED
from core.domain.statuses import Role

STEP_SECONDS = 30
TOLERATED_STEPS = 1  # clocks of phones go wrong, and people type slowly
RECOVERY_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that look alike
RECOVERY_LENGTH = 12


class Stage(StrEnum):
    """How far a login has come: to the pages, or to the question for a code, or to setting codes up."""

    OPEN = "open"
    CODE = "code"
    ENROL = "enrol"


def stage_of(role: Role, *, has_factor: bool, given: bool, exempt: bool) -> Stage:
    """Where a login with the right password stands."""
    if has_factor:
        return Stage.OPEN if given else Stage.CODE
    return Stage.ENROL if role in SECOND_FACTOR_REQUIRED and not exempt else Stage.OPEN


def matching_step(secret: str, code: str, at: float, last_step: int) -> int | None:
    """The 30-second step this code belongs to, if it is one of now and later than the last that was used (RFC 6238,
    section 5.2: a code counts once). `at` in seconds since the epoch."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    now, totp = int(at) // STEP_SECONDS, pyotp.TOTP(secret)
    steps = range(max(now - TOLERATED_STEPS, last_step + 1), now + TOLERATED_STEPS + 1)
    return next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), digits)), None)


def enrolment_uri(secret: str, email: str, house: str) -> str:
    """What the QR says to an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=house)


def read_recovery(text: str) -> str:
    """`abcd-efgh jkmn` → `ABCDEFGHJKMN`; empty where it is no such code."""
    plain = re.sub(r"[\s-]", "", text).upper()
    return plain if len(plain) == RECOVERY_LENGTH and set(plain) <= set(RECOVERY_LETTERS) else ""


def written_recovery(code: str) -> str:
    """In groups of four, as people copy it."""
    return "-".join(code[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))
