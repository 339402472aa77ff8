"""The reference cases of the domain specification, section 8, from input files alone."""

import json
import math
from pathlib import Path

import pytest

from engines.compute.revenue import ComputeInput
from engines.economics.capex import CapexRates, Lives
from engines.economics.opex import OpexRates
from engines.economics.project import (
    FlatYear,
    ProjectInput,
    ProjectResult,
    evaluate_project,
)
from engines.grid.tariff import Tariff

REFERENCE = Path(__file__).parents[1] / "data" / "reference"
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


def shown(result: ProjectResult) -> dict[str, float]:
    return {
        "heat_mwh": float(result.energy.delivered_mwh),
        "electricity_mwh": float(result.energy.electricity_mwh),
        "compute_eur": float(result.money.compute_eur[0]),
        "heat_eur": float(result.money.heat_eur_per_a),
        "capex_infra_eur": float(result.capex.infrastructure_eur),
        "capex_eur": float(result.capex.total_eur),
        "opex_eur": float(result.opex.total_eur),
        "electricity_eur": float(result.electricity.total_eur),
        "ebitda_eur": float(result.money.ebitda_eur[0]),
        "lcoh_gross": float(result.money.lcoh_gross_eur_per_mwh),
        "lcoh_net": float(result.money.lcoh_net_eur_per_mwh),
        "npv_eur": float(result.money.npv_eur),
        "irr": float(result.money.returns.nearest_root_share),
    }


@pytest.mark.parametrize("name", CASES)
def test_a_reference_case_comes_out_within_a_thousandth(name: str) -> None:
    expected = load(name)["expected"]
    actual = shown(solved(name))
    for key, value in expected.items():
        if value is None:
            assert math.isnan(actual[key]), key
        elif key == "irr":  # printed to a tenth of a per cent, or to one per cent
            assert actual[key] == pytest.approx(value, abs=0.005), key
        else:
            assert actual[key] == pytest.approx(value, rel=1e-3), key
