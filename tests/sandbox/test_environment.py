"""What is set wins; what is not is filled in, and kept from one start to the next."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import load_settings
from sandbox.environment import DEFAULTS, MADE_ONCE, BadSetting, Environment, assemble, next_database, settings_given
from sandbox.folder import DataFolder, setting_names
from sandbox.servers import free_port

PROJECT = Path(__file__).resolve().parents[2]
POSTGRES, MAILBOXES = "postgresql://app:x@db/app", "redis://:x@mailboxes:6379/0"
STAND_INS = {"WHATSAPP_API_URL": "http://127.0.0.1:1/graph", "KOPOKOPO_API_URL": "http://127.0.0.1:1/k2"}


def names(environment: Environment) -> list[str]:
    return [server.name for server in environment.servers]


def test_nothing_set_gives_settings_the_program_accepts(tmp_path: Path) -> None:
    environment = assemble({}, tmp_path)
    settings = load_settings(environment.values)
    assert names(environment) == ["postgres", "redis", "broker"]
    assert environment.simulated
    assert settings.environment == "development"
    assert settings.whatsapp.api_url == f"{settings.sandbox_url}/graph"
    assert settings.kopokopo.till_number == "K123456"


def test_random_values_are_made_once_and_are_nobody_elses_to_read(tmp_path: Path) -> None:
    first, second = assemble({}, tmp_path).values, assemble({}, tmp_path).values
    assert first == second
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    assert len({first[name] for name in MADE_ONCE}) == len(MADE_ONCE)


def test_with_servers_of_ones_own_none_is_started(tmp_path: Path) -> None:
    environment = assemble({"DATABASE_URL": POSTGRES, "REDIS_URL": MAILBOXES}, tmp_path)
    assert environment.servers == ()
    assert environment.values["CELERY_BROKER_URL"] == "redis://:x@mailboxes:6379/1"


def test_a_broker_of_ones_own_leaves_the_mailboxes_embedded(tmp_path: Path) -> None:
    environment = assemble({"DATABASE_URL": POSTGRES, "CELERY_BROKER_URL": "redis://b/3"}, tmp_path)
    assert names(environment) == ["redis"]
    assert environment.values["CELERY_BROKER_URL"] == "redis://b/3"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://h:1", "redis://h:1/1"),
        ("rediss://u:p@h/4?x=1", "rediss://u:p@h/5?x=1"),
        ("redis://h/15", "redis://h/0"),
    ],
)
def test_the_broker_takes_the_next_database_of_the_same_server(url: str, expected: str) -> None:
    assert next_database(url) == expected


def test_stand_ins_for_both_providers_take_the_simulators_place(tmp_path: Path) -> None:
    environment = assemble(STAND_INS, tmp_path)
    assert not environment.simulated
    assert "SANDBOX_URL" not in environment.values
    assert environment.values["KOPOKOPO_OAUTH_URL"] == STAND_INS["KOPOKOPO_API_URL"]


def test_a_stand_in_for_one_provider_leaves_the_other_simulated(tmp_path: Path) -> None:
    environment = assemble({"WHATSAPP_API_URL": STAND_INS["WHATSAPP_API_URL"]}, tmp_path)
    assert environment.simulated
    assert environment.values["WHATSAPP_API_URL"] == STAND_INS["WHATSAPP_API_URL"]
    assert environment.values["KOPOKOPO_API_URL"] == f"{environment.values['SANDBOX_URL']}/kopokopo"


def test_made_up_keys_never_go_to_the_real_card_providers(tmp_path: Path) -> None:
    simulated = assemble({}, tmp_path).values
    assert simulated["PESAPAL_API_URL"] == f"{simulated['SANDBOX_URL']}/pesapal"
    assert simulated["PAYSTACK_SECRET_KEY"].startswith("sk_test_")
    alone = assemble(STAND_INS, tmp_path).values
    assert (alone["PESAPAL_CONSUMER_KEY"], alone["PAYSTACK_SECRET_KEY"]) == ("", "")
    given = assemble(STAND_INS | {"PAYSTACK_API_URL": "http://127.0.0.1:1/paystack"}, tmp_path).values
    assert given["PAYSTACK_SECRET_KEY"] and not given["PESAPAL_CONSUMER_KEY"]


def test_the_process_environment_wins_over_the_file_and_an_empty_value_is_none(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=8100\nFLOWER_PORT=5600\nSECRET_KEY=from-the-file\n")
    given = settings_given({"PORT": "8200", "SECRET_KEY": ""}, tmp_path / ".env")
    values = assemble(given, tmp_path / "data").values
    assert (values["PORT"], values["FLOWER_PORT"], values["SECRET_KEY"]) == ("8200", "5600", "from-the-file")


def test_every_setting_is_in_the_example(tmp_path: Path) -> None:
    read = set(re.findall(r'\bread\.\w+\("([A-Z_]+)"', (PROJECT / "core" / "settings.py").read_text()))
    ours = {*DEFAULTS, *MADE_ONCE, *assemble({}, tmp_path).values} - {"PYTHONUNBUFFERED"}
    assert "WHATSAPP_THROUGHPUT" in read
    assert read | ours <= set(setting_names())


def run(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DATA_DIR": str(tmp_path / "data"), **settings}
    command = [sys.executable, "-m", "sandbox.run", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", ["PORT", "FLOWER_PORT", "SANDBOX_PORT"])
def test_a_taken_port_is_one_clear_line_before_anything_starts(tmp_path: Path, name: str) -> None:
    free = {"PORT": str(free_port()), "FLOWER_PORT": str(free_port())}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run(tmp_path, **free | {name: port})
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout == f"{name} {port} cannot be used: Address already in use. Set {name} to another port.\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"PORT": "eighty"}, "PORT must be a port number from 1 to 65535."),
        ({"PORT": "9000", "FLOWER_PORT": "9000"}, "PORT and FLOWER_PORT must differ."),
        ({"ENVIRONMENT": "production"}, "ENVIRONMENT is production"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    ended = run(tmp_path, **settings)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith(message)


def test_reset_forgets_a_data_folder_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "letter").write_text("keep me")
    assert run(tmp_path, "reset").returncode == 1
    assert (folder / "letter").exists()
    (folder / "lock").touch()
    assert run(tmp_path, "reset").returncode == 0
    assert not folder.exists()


def test_a_data_folder_has_one_user_at_a_time(tmp_path: Path) -> None:
    DataFolder(tmp_path / "data").take()
    with pytest.raises(BadSetting, match=r"in use by another `make run`"):
        DataFolder(tmp_path / "data").take()


def test_a_command_inside_has_the_settings_of_the_running_program_and_no_more(tmp_path: Path) -> None:
    assert "start `make run` first" in run(tmp_path, "inside", "env").stdout
    folder = DataFolder(tmp_path / "data")
    folder.path.mkdir()
    folder.remember({"DATABASE_URL": POSTGRES, "SHELL_SECRET": "not ours"})
    assert list(json.loads(folder.running.read_text())) == ["DATABASE_URL"]
    assert f"DATABASE_URL={POSTGRES}" in run(tmp_path, "inside", "env").stdout
