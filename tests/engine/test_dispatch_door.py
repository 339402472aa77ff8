"""The door for scripts, used as a script uses it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
CASE = {
    "compute_limit_kw": 100,
    "compute_revenue_eur_per_kwh": 0.06,
    "electricity_price_eur_per_kwh": [0.02, 0.09, 0.04, -0.03],
    "heat_value_eur_per_kwh": 0.03,
    "heat_uptake_kw": [10, 80, 80, 0],
}


def door(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engines.dispatch", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def asked(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    path = folder / "case.json"
    path.write_text(text, encoding="utf-8")
    return door(str(path))


def test_a_case_is_answered_with_plan_and_bounds(tmp_path):
    answer = asked(tmp_path, json.dumps(CASE))
    assert (answer.returncode, answer.stderr) == (0, "")
    found = json.loads(answer.stdout)
    assert list(found) == [
        "lower_eur",
        "upper_eur",
        "compute_kw",
        "heat_sold_kw",
        "rejected_kw",
        "tank_kwh",
    ]
    # margins 0.04, -0.03, 0.02, 0.09; heat 0.03. Hour 2 ties: -0.03 + 0.03 earns nothing.
    # 100*0.04 + 10*0.03 + 0 + 100*0.02 + 80*0.03 + 100*0.09
    assert found["lower_eur"] == pytest.approx(17.7, rel=1e-12)
    assert found["upper_eur"] == pytest.approx(17.7, rel=1e-12)
    assert found["tank_kwh"] == [0.0] * 5
    assert found["compute_kw"][3] == 100.0


def test_a_tank_with_switching_cost_is_proved(tmp_path):
    case = CASE | {"tank_kwh": 150, "switching_cost_eur_per_kw": 0.01, "rejection_limit_kw": 20}
    found = json.loads(asked(tmp_path, json.dumps(case)).stdout)
    assert found["lower_eur"] <= found["upper_eur"]
    assert found["upper_eur"] - found["lower_eur"] <= 1e-6 * found["lower_eur"]
    assert np.max(found["rejected_kw"]) <= 20


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (json.dumps(CASE | {"capture_share": 96}), "capture_share must not be above 1"),
        (json.dumps(CASE | {"heat_value_eur_per_kwh": float("nan")}), "heat_value_eur_per_kwh"),
        (json.dumps({k: v for k, v in CASE.items() if k != "heat_uptake_kw"}), "heat_uptake_kw"),
        (json.dumps(CASE | {"tank_size": 1}), "tank_size is not a field"),
        ("[1, 2]", "must hold one JSON object"),
        ("{", "is not valid JSON"),
        ('{"tank_kwh": 1, "tank_kwh": 2}', "tank_kwh is stated twice"),
        ('{"self": 1}', "self is not a field"),
        ("[" * 100000, "is not valid JSON"),
    ],
)
def test_bad_input_gives_one_sentence_and_nothing_else(tmp_path, text, sentence):
    answer = asked(tmp_path, text)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert sentence in answer.stderr


def test_a_missing_file_and_a_wrong_call_are_refused():
    assert "cannot be read" in door("/nowhere/case.json").stderr
    assert door().returncode == 2
    assert door("--help").stdout.startswith("usage:")
