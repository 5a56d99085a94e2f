"""The simulators alone, in a process of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sandbox.servers import free_port

PROJECT = Path(__file__).resolve().parent.parent


@contextmanager
def simulating(values: Mapping[str, str], posts_to: str) -> Iterator[str]:
    """Their address for as long as the block runs. `values`: what the program itself would be set up with."""
    port = free_port()
    own = {"ENVIRONMENT": "test", "SANDBOX_PORT": str(port), "PUBLIC_BASE_URL": posts_to}
    command = [sys.executable, "-m", "sandbox.simulators"]
    with subprocess.Popen(command, cwd=PROJECT, env=os.environ | values | own, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"listening" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(10) == 0
