"""The simulators alone, in a process of their own, or one of their servers in a thread."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from sandbox.servers import free_port
from sandbox.simulators.guest import PATIENCE

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


@contextmanager
def taking(take: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> Iterator[int]:
    """The port of one of their servers for as long as the block runs; a browser's own loop may run in this thread."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(take, "127.0.0.1", 0), loop).result(PATIENCE)
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
