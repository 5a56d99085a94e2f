"""Codes that count once, recovery codes as people type them, and who is asked for one."""

import pyotp
import pytest

from core.domain.second_factor import Stage, enrolment_uri, matching_step, read_recovery, stage_of, written_recovery
from core.domain.statuses import Role

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B
AT = 1_111_111_109


def code(at: float) -> str:
    return pyotp.TOTP(SECRET).at(at)


def test_the_codes_are_those_of_the_standard() -> None:
    assert matching_step(SECRET, "081804", AT, 0) == AT // 30


@pytest.mark.parametrize(("off", "opens"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_whose_clock_is_half_a_minute_off_gets_in(off: int, opens: bool) -> None:
    assert (matching_step(SECRET, code(AT + off), AT, 0) is not None) == opens


def test_a_code_counts_once_and_those_before_it_no_more() -> None:
    used = matching_step(SECRET, code(AT), AT, 0)
    assert used and matching_step(SECRET, code(AT), AT, used) is None
    assert matching_step(SECRET, code(AT - 30), AT, used) is None
    assert matching_step(SECRET, code(AT + 30), AT + 30, used) == used + 1


@pytest.mark.parametrize("typed", ["081 804", " 081804 "])
def test_spaces_in_a_code_do_not_matter(typed: str) -> None:
    assert matching_step(SECRET, typed, AT, 0)


@pytest.mark.parametrize("typed", ["", "08180", "0818044", "abcdef", "٠٨١٨٠٤", "\0" * 6, "081804\n081804"])
def test_what_is_no_code_opens_nothing(typed: str) -> None:
    assert matching_step(SECRET, typed, AT, 0) is None


@pytest.mark.parametrize("typed", ["ABCD-EFGH-JKMN", "abcdefghjkmn", " abcd efgh-jkmn "])
def test_a_recovery_code_is_read_however_it_is_copied(typed: str) -> None:
    assert read_recovery(typed) == "ABCDEFGHJKMN"
    assert written_recovery(read_recovery(typed)) == "ABCD-EFGH-JKMN"


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH", "ABCD-EFGH-JKM1", "ABCD-EFGH-JKMN-P"])
def test_what_is_no_recovery_code_is_none(typed: str) -> None:
    assert read_recovery(typed) == ""


@pytest.mark.parametrize(
    ("role", "has_factor", "given", "exempt", "stage"),
    [
        (Role.OWNER, False, False, False, Stage.ENROL),
        (Role.MANAGER, False, False, False, Stage.ENROL),
        (Role.OWNER, False, False, True, Stage.OPEN),
        (Role.OWNER, True, False, True, Stage.CODE),
        (Role.OWNER, True, True, False, Stage.OPEN),
        (Role.BAR, False, False, False, Stage.OPEN),
        (Role.BAR, True, False, False, Stage.CODE),
        (Role.VIEWER, True, True, False, Stage.OPEN),
    ],
)
def test_who_runs_the_house_and_who_has_codes_is_asked_for_one(
    role: Role, has_factor: bool, given: bool, exempt: bool, stage: Stage
) -> None:
    assert stage_of(role, has_factor=has_factor, given=given, exempt=exempt) is stage


def test_the_picture_says_whose_code_it_is() -> None:
    uri = enrolment_uri(SECRET, "amina@bar.example", "The Bar")
    assert uri.startswith("otpauth://totp/The%20Bar:amina%40bar.example?") and SECRET in uri
