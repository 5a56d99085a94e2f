"""JSON logs. Messages are static, values are fields; what could name a guest or open a door is masked."""

import logging
import re
from typing import Any

import structlog

_LONG_DIGITS = re.compile(r"(?<!\d)(?<!\d\.)\d{9,}")  # decimals, as in a task's duration, are no phone
_SECRET_FIELDS = frozenset(
    {"phone", "name", "text", "body", "token", "secret", "password", "authorization", "title", "to"}
)


def configure(level: str = "INFO") -> None:
    """Send every record, ours and the libraries', to stderr as one JSON line each."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        processor=structlog.processors.JSONRenderer(),
        foreign_pre_chain=processors,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def mask(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Hide the values of telling fields, and all but the last three digits of anything as long as a phone number."""
    return {key: "***" if key in _SECRET_FIELDS else _masked(value) for key, value in event.items()}


def masked(text: str) -> str:
    """The text, with all but the last three digits of anything as long as a phone number hidden."""
    return _LONG_DIGITS.sub(lambda found: "***" + found.group()[-3:], text)


def _masked(value: Any) -> Any:
    return masked(value) if isinstance(value, str) else value


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one module."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def bind(**fields: Any) -> None:
    """Put these fields on every following line of this request or task."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**fields)
