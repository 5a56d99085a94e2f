"""`python -m sandbox.simulators`: serves until it is told to end."""

import asyncio
import logging
import os
import signal
import sys

from sandbox.simulators.app import build
from sandbox.simulators.mail.endpoint import Post
from sandbox.simulators.printer.endpoint import SlipPrinter
from sandbox.simulators.server import listen
from sandbox.simulators.settings import RefusedError, SimulatorSettings, load

HOST = "127.0.0.1"


async def serve(settings: SimulatorSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, ended.set)
    printer, post = SlipPrinter(), Post()
    server = await listen(build(settings, printer, post), HOST, settings.port)
    await asyncio.start_server(printer.take, HOST, settings.printer_port)
    await asyncio.start_server(post.take, HOST, settings.mail_port)
    print(f"simulators listening on http://{HOST}:{settings.port}", flush=True)
    await ended.wait()
    server.close()


def main() -> int:
    """Start, or say why not."""
    logging.basicConfig(level=logging.WARNING)
    try:
        settings = load(os.environ)
    except RefusedError as refused:
        print(refused, file=sys.stderr)
        return 1
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
