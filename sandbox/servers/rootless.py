"""PostgreSQL refuses to run as root; these are command prefixes under which it does not see one."""

import os
import pwd
import subprocess
from functools import cache
from pathlib import Path

from sandbox.servers.server import NotReady

STAND_INS = ("postgres", "nobody", "daemon")


def without_root(cluster: Path, program: Path) -> list[str]:
    """The prefix to start `program` with, working on `cluster`; empty for an ordinary user."""
    if os.geteuid() != 0:
        return []
    owner = cluster.stat().st_uid
    if owner == 0 and _works(prefix := _as_mapped_root(), cluster, program):
        return prefix
    if owner == 0:
        owner = _stand_in()
        _give(cluster, owner)
    if _works(prefix := _as_user(owner), cluster, program):
        return prefix
    raise NotReady(
        f"PostgreSQL does not run as root, and neither a user namespace nor user id {owner} can use {cluster}. "
        "Run this as an ordinary user, or set DATABASE_URL."
    )


@cache
def _as_mapped_root() -> list[str]:
    """Root under the name of uid 1 in a user namespace: files stay root's, no folder must be opened to anybody.

    The uid must be one of the machine's, since initdb asks for its name.
    """
    uid = next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid)
    return ["unshare", "--user", f"--map-user={uid}", f"--map-group={uid}", "--"]


@cache
def _as_user(uid: int) -> list[str]:
    """Another user, where namespaces are forbidden (Docker's default): may still pass through folders of mode 0700."""
    gid = pwd.getpwuid(uid).pw_gid
    pass_through = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *pass_through, "--"]


def _stand_in() -> int:
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return next(known[name] for name in STAND_INS if name in known)


def _give(cluster: Path, uid: int) -> None:
    for path in (cluster, *cluster.rglob("*")):
        os.chown(path, uid, -1, follow_symlinks=False)


def _works(prefix: list[str], cluster: Path, program: Path) -> bool:
    script = 'test "$(id -u)" != 0 && test -w "$1" && test -x "$1" && exec "$2" --version'
    try:
        return subprocess.run(
            [*prefix, "sh", "-c", script, "sh", str(cluster), str(program)], capture_output=True, check=False
        ).returncode == 0  # fmt: skip
    except FileNotFoundError:
        return False
