"""Each import contract must catch a deliberate violation, or it guards nothing."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("engines", "heatmap", "sites")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]

# contract, module that breaks it (made where it does not exist), what it says
VIOLATIONS = [
    ("rooms", "engines/units.py", "import heatmap.choices"),
    ("rooms", "heatmap/choices.py", "import sites.models"),
    ("engines-inside", "engines/grid/hosting.py", "import engines.economics.capex"),
    ("engines-inside", "engines/thermal/pipe.py", "import engines.grid.hosting"),
    ("engines-inside", "engines/helpers.py", ""),
    ("engines-pure", "engines/tables.py", "import pandas"),
    ("engines-pure", "engines/economics/capex.py", "from django.conf import settings"),
    ("heatmap-inside", "heatmap/models/layer.py", "import heatmap.services.layers"),
    ("heatmap-inside", "heatmap/services/layers.py", "import heatmap.tasks"),
    ("sites-inside", "sites/models/run.py", "import sites.services"),
    ("sites-manners", "sites/services/__init__.py", "import heatmap.ingest.reading"),
    ("sites-forms", "sites/views/__init__.py", "import heatmap.forms"),
    ("wiring", "heatmap/services/jobs.py", "import heatmap.settings"),
    ("door-files", "heatmap/services/layers.py", "import pyogrio"),
    ("door-files", "heatmap/derive/network.py", "from osmium import SimpleHandler"),
    ("door-folium", "sites/reports/__init__.py", "import folium"),
    ("door-typst", "heatmap/render/__init__.py", "import typst"),
    ("door-pandapipes", "sites/services/__init__.py", "import pandapipes"),
    ("door-pandapower", "sites/services/__init__.py", "import pandapower"),
    ("door-celery", "heatmap/services/jobs.py", "from celery import current_app"),
]


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", *chosen],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "heatmap" / "forms.py").touch()
    return tmp_path


def test_the_tree_as_it_is_keeps_every_contract(copy: Path) -> None:
    answer = lint(copy)
    assert answer.returncode == 0, answer.stdout[-3000:]


@pytest.mark.parametrize(("contract", "module", "line"), VIOLATIONS)
def test_a_violation_is_caught(copy: Path, contract: str, module: str, line: str) -> None:
    with (copy / module).open("a") as file:
        file.write(f"\n{line}\n")
    answer = lint(copy, contract)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "BROKEN" in answer.stdout


def test_every_contract_has_a_violation() -> None:
    assert {contract["id"] for contract in CONTRACTS} == {row[0] for row in VIOLATIONS}
