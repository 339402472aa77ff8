"""A whole study of many parcels: run, robustness over 200 futures, the set; and how it grows."""

import argparse
import os
import resource
import sys
import time

import numpy as np

# needs: database
SEED = 11
FUTURES = 200
OPTIONS = 500


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parcels", type=int, nargs="+", default=[1_000, 3_000, 10_000])


def measure(options: argparse.Namespace) -> dict[str, object]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap.settings")
    import django

    django.setup()
    from heatmap.services.demo import DEMO_TOWNS, load_town

    load_town(DEMO_TOWNS[0], lambda line: print(line, file=sys.stderr))
    grown = []
    for count in options.parcels:
        print(f"a study of {count} parcels", file=sys.stderr)
        grown.append(_study(DEMO_TOWNS[0].slug, count))
        print(grown[-1], file=sys.stderr)
    return {"by_parcels": grown, "set_of_candidates": _set()}


def _study(slug: str, count: int) -> dict[str, object]:
    """All stages of one run, then its robustness again over futures."""
    from score import generated

    from heatmap.choices import LayerKind
    from heatmap.identity import acting_as
    from heatmap.models import LayerVersion, Municipality
    from heatmap.services.layers import Provenance, publish_features
    from sites.services import scoring
    from sites.services.studies import first_study

    with acting_as(municipality=slug):
        town = Municipality.objects.get()
        old = LayerVersion.objects.filter(layer__kind=LayerKind.PARCELS).order_by("-number")[0]
        publish_features(
            town,
            LayerKind.PARCELS,
            old.layer.name,
            generated(town.extent.extent, count),
            Provenance(
                "generated", "none", "EPSG:3035", old.data_class, "illustrative", method="random"
            ),
        )
        run = scoring.create_run(first_study(town), None)
    start = time.perf_counter()
    run = scoring.execute(run.job_id)
    seconds = time.perf_counter() - start
    if run.result is None:
        raise SystemExit(f"the run did not end: {run.job.sentence}")
    return {
        "parcels": run.result["status"]["candidates"],
        "ranked": run.result["status"]["ranked"],
        "run_s": round(seconds, 2),
        "parcels_per_s": round(count / seconds, 1),
        **_robustness(count),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _robustness(count: int) -> dict[str, object]:
    """Rank acceptability of so many parcels that all pass, over weights and futures."""
    from engines.assumptions import build_assumptions
    from engines.scoring.value_functions import criteria
    from engines.siting.robustness import drawn_weights, rank_acceptability

    a = build_assumptions()
    rules, rng = criteria(a), np.random.default_rng(SEED)
    draws = round(a["siting.draws"])
    weights = drawn_weights(rules, draws, a["siting.weight_concentration"], SEED)
    values, futures = rng.random((count, len(rules))), rng.random((count, FUTURES))
    start = time.perf_counter()
    rank_acceptability(values, weights, np.zeros(count, bool), future_values=futures)
    return {
        "futures": FUTURES,
        "draws": draws,
        "robustness_s": round(time.perf_counter() - start, 2),
    }


def _set() -> dict[str, object]:
    """The best set among 500 candidates with shared headroom, shared heat and spacing."""
    from engines.siting.portfolio import Demands, Options, Resource, best_set

    rng = np.random.default_rng(SEED)
    options = Options(
        parcel=np.arange(OPTIONS),
        value=rng.normal(100.0, 60.0, OPTIONS),
        cost_eur=rng.uniform(0.5, 3.0, OPTIONS),
        xy_m=rng.uniform(0.0, 8000.0, (OPTIONS, 2)),
        owner=("green",) * OPTIONS,
    )
    node, branch = rng.integers(0, 40, OPTIONS), rng.integers(0, 60, OPTIONS)
    resources = [
        Resource(f"node {n}", 800.0, rows := np.flatnonzero(node == n), np.full(len(rows), 300.0))
        for n in range(40)
    ]
    for b in range(60):
        rows = np.flatnonzero(branch == b)
        resources += [
            Resource(f"branch {b} {m}", 200.0 + 10.0 * m, rows, rng.uniform(50.0, 150.0, len(rows)))
            for m in range(12)
        ]
    start = time.perf_counter()
    found = best_set(
        options, resources, Demands(most=20, budget_eur=(30.0,), spacing_m=400.0), gap_share=1e-3
    )
    return {
        "candidates": OPTIONS,
        "seconds": round(time.perf_counter() - start, 2),
        "gap_share": None if found is None else found.gap_share,
        "hubs": None if found is None else len(found.option),
    }
