"""The set-up scripts end with one sentence where they cannot go on. Nothing is installed here."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [*(p for p in (ROOT / "bin").iterdir() if p.is_file()), *ROOT.glob("bin/lib/*.sh")]
UNTOUCHED = ("DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "HEATHUB_WEB_ROLE")


def run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in UNTOUCHED}
    environment |= {"HEATHUB_VAR": str(folder / "var"), **variables}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The last line, which has to be the only one that speaks of the failure."""
    assert result.returncode == 2, result.stdout + result.stderr
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("heathub: ")
    return lines[0]


@pytest.fixture
def library(tmp_path):
    """Runs lines of bash after the library of the scripts."""

    def call(lines: str, **variables: str) -> subprocess.CompletedProcess[str]:
        script = f'set -euo pipefail; source "{ROOT}/bin/lib/setup.sh"; {lines}'
        return run(["bash", "-c", script], tmp_path, **variables)

    return call


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_scripts_are_sound_bash(script) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--nonsense"], "--nonsense"),
        (["--port"], "number"),
        (["--port", "eighty"], "number"),
        (["--port", "70000"], "number"),
    ],
)
def test_wrong_options(tmp_path, options, word) -> None:
    assert word in sentence(run(["bin/run", *options], tmp_path))


def test_a_taken_port_is_told_before_anything_is_done(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert f"port {port} is taken" in sentence(run(["bin/run", "--port", str(port)], tmp_path))


def test_half_an_existing_server(tmp_path) -> None:
    result = run(["bin/run", "--no-serve"], tmp_path, DATABASE_URL="postgresql://a@127.0.0.1/b")
    assert "DATABASE_OWNER_URL" in sentence(result)


@pytest.mark.parametrize(
    ("owner", "web", "word"),
    [
        ("nonsense", "postgresql://w@127.0.0.1/b", "DATABASE_OWNER_URL is not"),
        ("postgresql://o@127.0.0.1:1/b", "postgresql://o@127.0.0.1:1/b", "same role"),
        ("postgresql://o@127.0.0.1:1/a", "postgresql://w@127.0.0.1:1/b", "different databases"),
        ("postgresql://o@127.0.0.1:1/b", "postgresql://w@127.0.0.1:1/b", "refused"),
    ],
)
def test_an_existing_server_that_cannot_be_used(library, owner, web, word) -> None:
    result = library("setup_database", DATABASE_URL=web, DATABASE_OWNER_URL=owner)
    assert word in sentence(result)


def test_a_database_that_is_not_ready_gets_the_sql_for_its_administrator(library) -> None:
    # the web role stands for an owner that is no owner: it may not create tables
    name = os.environ["DATABASE_URL"]
    other = name.replace("heathub_web", "nobody_there", 1)
    result = library("setup_database", DATABASE_URL=other, DATABASE_OWNER_URL=name)
    assert result.returncode == 2
    assert 'CREATE ROLE "nobody_there" LOGIN' in result.stderr
    assert "LEAKPROOF;" in result.stderr
    assert "the right of the owner role to create tables" in result.stderr.splitlines()[-1]


def test_missing_packages_without_sudo(library, tmp_path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, answer in {"id": "echo 1000", "sudo": "exit 1", "dpkg-query": "exit 1"}.items():
        (tools / name).write_text(f"#!/bin/sh\n{answer}\n")
        (tools / name).chmod(0o755)
    result = library("setup_system postgresql gettext", PATH=f"{tools}:{os.environ['PATH']}")
    assert "packages are missing: postgresql gettext." in sentence(result)


def test_a_german_locale_writes_the_same_progress(library) -> None:
    result = library("say ready", LC_ALL="de_DE.UTF-8", LC_NUMERIC="de_DE.UTF-8", CDPATH="/")
    assert result.returncode == 0
    assert result.stdout.endswith(" s] ready\n")


def test_the_socket_of_a_long_or_odd_path_is_short(library, tmp_path) -> None:
    for folder in (tmp_path / ("long" * 30), tmp_path / "Wärme Amt"):
        result = library('s=$(broker_socket); echo "$s"; rmdir "${s%/*}"', HEATHUB_VAR=str(folder))
        assert result.returncode == 0, result.stderr
        assert len(result.stdout) < 100
        assert result.stdout.isascii()


def test_two_of_a_kind_do_not_wipe_each_other(library) -> None:
    second = f"bash -c 'source \"{ROOT}/bin/lib/setup.sh\"; only_one test'"
    assert "already" in sentence(library(f"only_one test; {second} || exit $?"))


def test_a_stopped_step_takes_its_children_along(library) -> None:
    result = library(
        "enter; (sleep 0.5; kill -TERM $$) & "
        "run_step bash -c 'sleep 4242.42 & sleep 4242.42'; echo never"
    )
    assert result.returncode == 143
    assert "never" not in result.stdout
    assert subprocess.run(["pgrep", "-f", "sleep 4242.4[2]"], capture_output=True).returncode == 1


def test_a_command_without_a_database_goes_through_the_door_that_has_one(tmp_path):
    shutil.copy(ROOT / "manage.py", tmp_path)
    door = tmp_path / "bin" / "manage"
    door.parent.mkdir()
    door.write_text("#!/bin/sh\necho went through: $*\n")
    door.chmod(0o755)
    result = run(["python3", str(tmp_path / "manage.py"), "score", "a town"], tmp_path)
    assert (result.returncode, result.stdout) == (0, "went through: score a town\n")
