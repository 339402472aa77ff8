"""The reference cases of the domain specification, section 8, read from their input files."""

import json
import math
from pathlib import Path

from engines.compute.revenue import ComputeInput
from engines.economics.capex import CapexRates, Lives
from engines.economics.opex import OpexRates
from engines.economics.project import FlatYear, ProjectInput, ProjectResult, evaluate_project
from engines.grid.tariff import Tariff

REFERENCE = Path(__file__).parent / "data" / "reference"
CASES = sorted(path.stem for path in REFERENCE.glob("*.json"))


def project_input(record: dict) -> ProjectInput:
    year = dict(record["year"])
    if year["heat_pump_cop"] is None:
        year["heat_pump_cop"] = math.nan
    compute = dict(record["compute"])
    compute["halving_years"] = tuple(compute["halving_years"])
    parts = {
        "year": FlatYear(**year),
        "compute": ComputeInput(**compute),
        "tariff": Tariff(**record["tariff"]),
        "capex": CapexRates(**record["capex"]),
        "opex": OpexRates(**record["opex"]),
        "lives": Lives(**record["lives"]),
    }
    return ProjectInput(**{**record, **parts})


def load(name: str) -> dict:
    return json.loads((REFERENCE / f"{name}.json").read_text())


def solved(name: str) -> ProjectResult:
    return evaluate_project(project_input(load(name)["input"]))
