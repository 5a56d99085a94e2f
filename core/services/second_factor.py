"""Codes of an authenticator app, and recovery codes, beside the password."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.domain.second_factor import (
    RECOVERY_LENGTH,
    RECOVERY_LETTERS,
    matching_step,
    read_recovery,
    written_recovery,
)
from core.services.activity import Actor, record
from core.store.sql.tables import RecoveryCode, SecondFactor

RECOVERY_CODES = 10


def has_factor(db: Session, user_id: UUID) -> bool:
    """Whether this person's codes count."""
    mine = (SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return db.scalar(select(SecondFactor.id).where(*mine)) is not None


def offered_secret(db: Session, user_id: UUID) -> str:
    """What their app is to share with us; the same until it is confirmed."""
    db.execute(insert(SecondFactor).values(user_id=user_id, secret=pyotp.random_base32()).on_conflict_do_nothing())
    return db.scalars(select(SecondFactor.secret).where(SecondFactor.user_id == user_id)).one()


def confirm(db: Session, actor: Actor, user_id: UUID, code: str) -> list[str] | None:
    """Their app shows this code: from now on it is asked for. Answers the recovery codes, None where it is wrong."""
    factor = db.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update())
    if factor is None or factor.confirmed_at is not None:
        return None
    step = matching_step(factor.secret, code, clock.now().timestamp(), factor.last_step)
    if step is None:
        return None
    factor.confirmed_at, factor.last_step = clock.now(), step
    record(db, actor, "second_factor_set_up", "user", user_id)
    return _recovery_codes(db, user_id)


def check(db: Session, user_id: UUID, code: str) -> bool:
    """Whether this code opens, which it does once. A recovery code does as well."""
    factor = db.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update())
    if factor is None or factor.confirmed_at is None:
        return False
    step = matching_step(factor.secret, code, clock.now().timestamp(), factor.last_step)
    if step is None:
        return _use_recovery(db, user_id, code, clock.now())
    factor.last_step = step
    return True


def renew_recovery(db: Session, actor: Actor, user_id: UUID) -> list[str]:
    """New codes on paper; the old ones are worth nothing from now on."""
    record(db, actor, "recovery_codes_renewed", "user", user_id)
    return _recovery_codes(db, user_id)


def recovery_left(db: Session, user_id: UUID) -> int:
    """How many of the codes on paper nobody has used."""
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.scalar(select(func.count()).where(*mine)) or 0


def remove(db: Session, actor: Actor, user_id: UUID) -> None:
    """No code is asked for any more; whose role needs one sets it up again with the next sign-in."""
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    record(db, actor, "second_factor_removed", "user", user_id)


def _recovery_codes(db: Session, user_id: UUID) -> list[str]:
    codes = ["".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.execute(insert(RecoveryCode), [{"user_id": user_id, "code_hash": _hashed(code)} for code in codes])
    return [written_recovery(code) for code in codes]


def _use_recovery(db: Session, user_id: UUID, code: str, now: datetime) -> bool:
    wanted = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hashed(read_recovery(code)))
    used = update(RecoveryCode).where(*wanted, RecoveryCode.used_at.is_(None)).values(used_at=now)
    return db.scalar(used.returning(RecoveryCode.id)) is not None


def _hashed(code: str) -> str:
    """Twelve random letters are 58 bits: nobody guesses them, so a plain hash does."""
    return hashlib.sha256(code.encode()).hexdigest()
