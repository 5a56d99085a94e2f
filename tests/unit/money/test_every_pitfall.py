"""The reference lists seventeen pitfalls of payments: each has a test of its name."""

import re
from pathlib import Path

PITFALLS = range(1, 18)
NAMED = re.compile(r"^def test_pitfall_(\d+)_", re.MULTILINE)


def test_every_pitfall_has_a_test_of_its_name() -> None:
    tests = Path(__file__).parents[2].rglob("test_*.py")
    assert {int(number) for path in tests for number in NAMED.findall(path.read_text())} == set(PITFALLS)
