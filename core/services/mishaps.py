"""What went wrong, in words that may be kept and shown: no value, for that may be a phone or what a guest wrote."""

import traceback
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]


def what_went_wrong(error: BaseException) -> str:
    """The error's class, and the last line of ours that it passed."""
    name = type(error).__name__
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    if not ours:
        return name
    last = ours[-1]
    return f"{name} at {Path(last.filename).relative_to(HOME)}:{last.lineno} in {last.name}"


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(HOME) and "site-packages" not in file
