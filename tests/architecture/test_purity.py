"""The engines run in a bare interpreter, packages stay empty, scripts parse."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("django", "celery", "pandas", "geopandas", "shapely", "pyogrio", "osmium", "typst")

IMPORT_ALL = """
import importlib, pkgutil, sys
import engines
names = ["engines", *(m.name for m in pkgutil.walk_packages(engines.__path__, "engines."))]
for name in names:
    importlib.import_module(name)
print(len(names), *sorted(set(sys.argv[1:]) & set(sys.modules)))
"""


def scripts() -> list[Path]:
    found = [*(ROOT / "bin").iterdir(), *(ROOT / "bin" / "lib").glob("*.sh"), ROOT / ".ci" / "run"]
    return [path for path in found if path.is_file()]


def test_importing_every_engine_loads_no_web_and_no_geometry() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *HEAVY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    count, *loaded = answer.stdout.split()
    assert int(count) > 30
    assert loaded == []


@pytest.mark.parametrize("room", ["heatmap", "sites"])
def test_an_apps_package_is_empty(room: str) -> None:
    # a Celery app imported here would load Celery and Django with every import of the room
    assert (ROOT / room / "__init__.py").read_text() == ""


def test_no_test_folder_is_a_package() -> None:
    # a package tests/sites would hide the real one
    assert list((ROOT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("script", scripts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_parses(script: Path) -> None:
    assert script.read_text().startswith(("#!/usr/bin/env bash\n", "# "))
    subprocess.run(["bash", "-n", str(script)], check=True)
