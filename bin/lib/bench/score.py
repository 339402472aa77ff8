"""Parcels scored per second, from stored layers to stored run: the demo, and generated parcels."""

import argparse
import os
import resource
import sys
import time

import numpy as np
import shapely

# needs: database
SEED = 7
SIDE_M = 30.0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parcels", type=int, default=10_000)


def measure(options: argparse.Namespace) -> dict[str, object]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap.settings")
    import django

    django.setup()
    from heatmap.choices import LayerKind
    from heatmap.identity import acting_as
    from heatmap.models import LayerVersion, Municipality
    from heatmap.services.demo import DEMO_TOWNS, load_town
    from heatmap.services.layers import Provenance, publish_features
    from sites.services import scoring
    from sites.services.studies import first_study

    town = DEMO_TOWNS[0]
    load_town(town, lambda line: print(line, file=sys.stderr))

    def scored() -> dict[str, float]:
        with acting_as(municipality=town.slug):
            study = first_study(Municipality.objects.get())
            run = scoring.create_run(study, None)
        start = time.perf_counter()
        run = scoring.execute(run.job_id)
        seconds = time.perf_counter() - start
        count = run.result["status"]["candidates"]
        return {
            "parcels": count,
            "seconds": round(seconds, 2),
            "parcels_per_s": round(count / seconds, 1),
        }

    print("scoring the demo", file=sys.stderr)
    cold, demo = scored(), scored()
    with acting_as(municipality=town.slug):
        municipality = Municipality.objects.get()
        old = LayerVersion.objects.get(layer__kind=LayerKind.PARCELS)
        publish_features(
            municipality,
            LayerKind.PARCELS,
            old.layer.name,
            generated(municipality.extent.extent, options.parcels),
            Provenance(
                "generated", "none", "EPSG:3035", old.data_class, "illustrative", method="random"
            ),
        )
    print(f"scoring {options.parcels} generated parcels", file=sys.stderr)
    return {
        "demo_first_run_of_a_process": cold,
        "demo": demo,
        "generated": scored(),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def generated(extent: tuple[float, ...], count: int) -> list[dict[str, object]]:
    """Squares of 900 m2 at random places of the town."""
    rng = np.random.default_rng(SEED)
    left = rng.uniform(extent[0], extent[2] - SIDE_M, count)
    low = rng.uniform(extent[1], extent[3] - SIDE_M, count)
    squares = shapely.box(left, low, left + SIDE_M, low + SIDE_M)
    return [
        {"ref": f"G-{i:05d}", "wkb": wkb, "parcel_kind": "parking"}
        for i, wkb in enumerate(shapely.to_wkb(squares, hex=True), start=1)
    ]
