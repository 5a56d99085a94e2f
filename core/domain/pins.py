"""PINs on a shared tablet: which ones are too easy."""

import re

SHORTEST, LONGEST = 4, 8
_RUNS = "01234567890 09876543210"


def is_pin(text: str) -> bool:
    """Four to eight digits that are neither all the same nor a run."""
    plain = re.fullmatch(rf"[0-9]{{{SHORTEST},{LONGEST}}}", text)
    return bool(plain) and len(set(text)) > 1 and text not in _RUNS
