"""The program's processes on this machine, each with its command."""

import sys
from collections.abc import Sequence

from core.jobs import WORKER_GROUPS
from sandbox.environment import PROJECT, Environment
from sandbox.supervisor import Program

PYTHON = [sys.executable, "-m"]
WEB = [*PYTHON, "gunicorn", "-c", "webapp/gunicorn.py", "wsgi:app"]
CELERY = [*PYTHON, "celery", "-A", "workers.app:app"]
WORKER_OPTIONS = ["--without-gossip", "--without-mingle", "-E"]


def program(environment: Environment, name: str, command: Sequence[str]) -> Program:
    """One command, with the common environment and a log of its own."""
    return Program(name, command, environment.data_dir / "logs" / f"{name}.log", environment.values, PROJECT)


def simulators(environment: Environment) -> list[Program]:
    """The stand-ins for Meta and Kopo Kopo, where their own addresses are not set."""
    return [program(environment, "simulators", [*PYTHON, "sandbox.simulators"])] if environment.simulated else []


def steps(environment: Environment) -> list[Program]:
    """What is done once before the rest starts."""
    flask = [*PYTHON, "flask", "--app", "wsgi"]
    return [
        program(environment, "migrations", [*flask, "db", "upgrade"]),
        program(environment, "seed", [*flask, "seed"]),
    ]


def lasting(environment: Environment) -> list[Program]:
    """Web, a worker per group, beat, Flower."""
    commands = {"web": WEB, **_workers(), "beat": _beat(environment), "flower": _flower(environment)}
    return [program(environment, name, command) for name, command in commands.items()]


def _workers() -> dict[str, list[str]]:
    return {f"worker-{group.name}": [*CELERY, "worker", *group.options(), *WORKER_OPTIONS] for group in WORKER_GROUPS}


def _beat(environment: Environment) -> list[str]:
    return [*CELERY, "beat", "--schedule", str(environment.data_dir / "beat-schedule"), "--pidfile="]


def _flower(environment: Environment) -> list[str]:
    # The password comes by FLOWER_BASIC_AUTH: a command line is everybody's to read.
    return [*CELERY, "flower", "--address=127.0.0.1", f"--port={environment.port('FLOWER_PORT')}"]
