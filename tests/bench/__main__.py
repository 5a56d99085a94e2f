"""`python -m tests.bench [--short] [name …]`: run benchmarks, all by default; exit code 1 when a target was missed."""

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import table

NAMES = ("acknowledge", "turns", "sql", "latency", "flood", "backlog", "settling", "lists", "boards")


def main() -> int:
    """Run what was asked for, each in a folder that is thrown away."""
    asked = _arguments()
    os.environ["PYTHONUNBUFFERED"] = "1"
    missed = [name for name in asked.names or NAMES if not _run(name, asked.short)]
    if missed:
        table.say(f"\n  Targets missed: {', '.join(missed)}")
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--short", action="store_true", help="fewer messages and rounds: does it run, not how fast")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"no benchmark of that name: {', '.join(sorted(unknown))}")
    return asked


def _run(name: str, short: bool) -> bool:
    print(f"\n{name} …", flush=True)
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
        return bool(importlib.import_module(f"tests.bench.{name}").run(Path(folder), short))


if __name__ == "__main__":
    sys.exit(main())
