"""`make run`: everything the program needs, on this machine, until Ctrl-C.

`python -m sandbox.run` runs it, `… reset` forgets its data, `… inside COMMAND` runs a command with its settings.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException

from sandbox import programs
from sandbox.environment import DEFAULTS, OWNER, BadSetting, Environment, assemble, check, data_folder, settings_given
from sandbox.folder import DataFolder
from sandbox.parent import deserted_by_make
from sandbox.servers import NotInstalled, NotReady, Server, is_free
from sandbox.supervisor import StepFailed, Stopped, Supervisor, last_words, say

SERVER_START = 60.0
PATIENCE = 60.0


def main(arguments: list[str]) -> int:
    """The exit code of one of the three forms."""
    command = COMMANDS.get(arguments[0] if arguments else "run", usage)
    try:
        return command(arguments[1:])
    except (BadSetting, NotInstalled, NotReady, StepFailed) as error:
        say(str(error))
    return 1


def run(_: list[str]) -> int:
    """Run everything until told to stop."""
    given = settings_given(os.environ)
    folder = DataFolder(data_folder(given))
    supervisor = Supervisor(deserted_by_make())
    supervisor.obey_signals()
    check({**DEFAULTS, **given})
    folder.take()
    environment = assemble(given, folder.path)
    folder.clear_for_start()
    try:
        bring_up(supervisor, environment, folder)
        supervisor.watch()
    except Stopped as reason:
        say(f"Stopping ({reason}) …")
    finally:
        supervisor.end()
        folder.leave()
    say("Everything has ended.")
    return 0


def usage(_: list[str]) -> int:
    """Say what can be asked."""
    say((__doc__ or "").strip())
    return 2


def reset(_: list[str]) -> int:
    """Forget the data of all earlier runs."""
    folder = DataFolder(data_folder(settings_given(os.environ)))
    folder.forget()
    say(f"{folder.path} is gone; the next `make run` starts afresh.")
    return 0


def inside(command: list[str]) -> int:
    """Become a command that has the settings of the running program."""
    settings = DataFolder(data_folder(settings_given(os.environ))).recall()
    os.execvpe(command[0], command, {**os.environ, **settings})


def bring_up(supervisor: Supervisor, environment: Environment, folder: DataFolder) -> None:
    """Start everything in order, and say where it is once it answers."""
    began = time.monotonic()
    for server in environment.servers:
        start_server(supervisor, server)
    folder.remember(environment.values)
    for program in programs.simulators(environment):
        supervisor.start(program)
    for step in programs.steps(environment):
        say(f"{step.name} …")
        supervisor.step(step)
    for program in programs.lasting(environment):
        supervisor.start(program, signal.SIGTERM)
    say(addresses(environment))
    wait_until_ready(supervisor, environment)
    say(f"Ready after {time.monotonic() - began:.1f} s. Ctrl-C ends everything.")


def start_server(supervisor: Supervisor, server: Server) -> None:
    """Start an embedded server and wait until it answers."""
    say(f"{server.name} on 127.0.0.1:{server.port} …")
    supervisor.start(server, server.ending_signal)
    if not supervisor.wait_until(server.is_ready, SERVER_START):
        raise StepFailed(f"{server.name} does not answer.\n{last_words(server.log)}")


def wait_until_ready(supervisor: Supervisor, environment: Environment) -> None:
    """Return when the web answers for everything behind it, and Flower and the simulators listen."""
    ready = is_ready(environment)
    while not supervisor.wait_until(ready, PATIENCE):
        say(f"Not ready yet; the logs are in {environment.data_dir / 'logs'}")


def is_ready(environment: Environment) -> Callable[[], bool]:
    """A question to ask until the answer is yes."""
    names = ["FLOWER_PORT", "SANDBOX_PORT"] if environment.simulated else ["FLOWER_PORT"]
    ports = [environment.port(name) for name in names]
    return lambda: answers(environment.port("PORT"), "/readyz") and not any(is_free(port) for port in ports)


def answers(port: int, path: str) -> bool:
    """Whether a page of this machine is there and well."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def addresses(environment: Environment) -> str:
    """One line per address."""
    values = environment.values
    web, flower = f"http://127.0.0.1:{values['PORT']}", f"http://127.0.0.1:{values['FLOWER_PORT']}"
    lines = [
        ("Board", f"{web}/admin/board"),
        ("Admin", f"{web}/admin/   {OWNER} / {values['DEMO_OWNER_PASSWORD']}"),
        ("Flower", f"{flower}/   {values['FLOWER_BASIC_AUTH'].replace(':', ' / ', 1)}"),
        ("WhatsApp webhook", f"{web}/api/webhooks/whatsapp"),
        ("Payment webhook", f"{web}/api/webhooks/payment"),
        ("Logs", str(environment.data_dir / "logs")),
    ]
    phone = [("Phone", f"{web}/sandbox/"), ("Mail", f"{web}/sandbox/mail")] if "SANDBOX_URL" in values else []
    return "\n".join(f"  {name:<17} {address}" for name, address in phone + lines)


COMMANDS: dict[str, Callable[[list[str]], int]] = {"run": run, "reset": reset, "inside": inside}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
