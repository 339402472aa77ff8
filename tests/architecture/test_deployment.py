"""The description of a deployment holds no secret and prepares the database as bin/run does."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()


def test_no_secret_has_a_default() -> None:
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)([^}]*)\}", COMPOSE)
    assert {name for name, _ in secrets} == {
        "HEATHUB_SECRET_KEY",
        "HEATHUB_ADMIN_PASSWORD",
        "HEATHUB_OWNER_PASSWORD",
        "HEATHUB_WEB_PASSWORD",
    }
    for name, rest in secrets:
        assert rest.startswith(":?"), name


def test_every_file_it_mounts_is_there() -> None:
    mounted = re.findall(r"- \./(\S+?):", COMPOSE)
    assert mounted
    for path in mounted:
        assert (ROOT / path).is_file(), path


def test_the_image_fetches_packages_by_the_steps_of_bin_run() -> None:
    steps = set(re.findall(r"setup_\w+", (ROOT / "Dockerfile").read_text()))
    known = set(re.findall(r"^(setup_\w+)\(\)", (ROOT / "bin/lib/setup.sh").read_text(), re.M))
    assert {"setup_python", "setup_data_wheels", "setup_frontend"} <= steps <= known
