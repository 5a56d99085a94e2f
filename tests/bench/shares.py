"""Where the time of a browsing turn goes: one process drains a backlog under a profiler."""

import cProfile
import pstats
from typing import Any
from uuid import uuid4

from core import bootstrap
from core.services.doorbells import serve_conversations
from tests.bench import table
from tests.bench.house import House

# A function and everything below it, by file and name; the first that matches takes the time.
PARTS = {
    "waiting for the mailbox store": [("~", "<method 'recv' of '_socket.socket' objects>")],
    "the rest of its two round trips": [("connection.py", "run_many")],
    "deciding (flow.step)": [("flow.py", "step")],
    "reading claims (JSON)": [("mailbox.py", "_claim")],
    "writing endings (JSON)": [("mailbox.py", "_ending")],
    "reply, note and session as data": [("conversations.py", "_ending")],
    "ringing the senders": [("ring.py", "senders")],
}


def profiled_turns(house: House) -> dict[str, float]:
    """Drain what waits; answers each part's share of the time, and the time of one turn in seconds."""
    program = bootstrap.build(bootstrap.settings_from(house.values), lambda job: None)
    waiting = house.store.report()["conversations"]["events"]
    profile = cProfile.Profile()
    profile.enable()
    while house.store.report()["conversations"]["events"]:
        serve_conversations(program, uuid4().hex)
    profile.disable()
    return _shares(pstats.Stats(profile), waiting)


def _shares(stats: Any, turns: int) -> dict[str, float]:
    found = {name: sum(_below(stats, *one) for one in wanted) for name, wanted in PARTS.items()}
    found["the rest of its two round trips"] -= found["waiting for the mailbox store"]
    whole = _below(stats, "doorbells.py", "serve_conversations")
    shares = {name: seconds / whole for name, seconds in found.items()}
    return shares | {"everything else": 1 - sum(shares.values()), "": whole / turns}


def _below(stats: Any, file: str, name: str) -> float:
    return sum(
        cumulative
        for (path, _, function), (_, _, _, cumulative, _) in stats.stats.items()
        if function == name and path.endswith(file)
    )


def show_shares(shares: dict[str, float]) -> None:
    """Print them, the largest first."""
    rows = sorted(((share, name) for name, share in shares.items() if name), reverse=True)
    title = f"where the {table.milliseconds(shares[''])} of a turn go (in one process, slowed by its profiler)"
    table.show(title, ("part", "share"), [(name, f"{share:.0%}") for share, name in rows])
