"""Import of 50,000 polygons and 1,000,000 points, beside ogr2ogr on the same files."""
# needs: database
# needs: package gdal-bin

import argparse
import multiprocessing
import os
import resource
import shutil
import subprocess
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

SEED = 11
BOUNDS_M = (4_038_794, 3_077_151, 4_046_312, 3_086_420)
WEST_M, SOUTH_M = 291_100.0, 5_627_600.0
"""South-west corner of the made-up data in EPSG:25832; all of it lies in the town."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--polygons", type=int, default=50_000)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--each", action="store_true", help="also keep the points one by one, as buildings"
    )


def parcels(count: int) -> Any:
    """Twelve-cornered parcels in rows, none touching another."""
    import geopandas
    import shapely

    rng = np.random.default_rng(SEED)
    columns = int(np.sqrt(count))
    place = np.arange(count)
    angle = np.linspace(0, 2 * np.pi, 13)[:-1]
    radius = 7 + rng.uniform(-1, 1, (count, 12))
    x = WEST_M + (place % columns)[:, None] * 17.0 + radius * np.cos(angle)
    y = SOUTH_M + (place // columns)[:, None] * 17.0 + radius * np.sin(angle)
    table = {
        "FLURSTUECK": [f"05{number:06d}/7" for number in place],
        "NUTZUNG": rng.choice(["GE", "GI", "WR"], count),
        "NAME": [f"Fläche {number}" for number in place],
    }
    return geopandas.GeoDataFrame(table, geometry=shapely.polygons(np.stack([x, y], -1)), crs=25832)


def consumers(count: int) -> Any:
    """Customers with an annual demand, anywhere in five by six kilometres."""
    import geopandas
    import shapely

    rng = np.random.default_rng(SEED)
    x, y = WEST_M + rng.uniform(0, 5000, count), SOUTH_M + rng.uniform(0, 6000, count)
    table = {
        "id": [f"H{number:07d}" for number in range(count)],
        "demand_mwh": rng.uniform(1, 50, count).round(2),
        "buildings": rng.integers(1, 9, count),
    }
    return geopandas.GeoDataFrame(table, geometry=shapely.points(x, y), crs=25832)


def zipped(frame: Any, name: str, folder: Path) -> Path:
    parts = folder / name
    parts.mkdir()
    frame.to_file(parts / f"{name}.shp")
    target = folder / f"{name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts.iterdir():
            archive.write(part, part.name)
    shutil.rmtree(parts)
    return target


class PeakMemory(threading.Thread):
    """Largest sum of resident memory of this process and those it started [MB]."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb, self._done = 0.0, threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.05):
            self.peak_mb = max(self.peak_mb, sum(map(_resident_mb, [os.getpid(), *_children()])))

    def stop(self) -> float:
        self._done.set()
        self.join()
        return round(self.peak_mb)


def _children() -> list[int]:
    path = Path(f"/proc/{os.getpid()}/task")
    found = []
    for task in path.iterdir():
        try:
            found += [int(pid) for pid in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 2**20


def ogr2ogr_seconds(path: Path, name: str) -> float:
    """Wall time of ogr2ogr with COPY into the same database, as owner."""
    command = [
        "ogr2ogr", "-f", "PostgreSQL", f"PG:{os.environ['DATABASE_OWNER_URL']}", f"/vsizip/{path}",
        "-nln", f"peer_{name}", "-nlt", "PROMOTE_TO_MULTI", "-t_srs", "EPSG:3035", "-overwrite",
        "--config", "PG_USE_COPY", "YES",
    ]  # fmt: skip
    # the libraries of the wheel and of the system have data of their own
    environment = {k: v for k, v in os.environ.items() if k not in ("PROJ_DATA", "GDAL_DATA")}
    start = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - start


def import_once(town: Any, path: Path, kind: str) -> tuple[float, float, dict[str, Any]]:
    """Wall time [s] and peak memory [MB] from a received file to a published version."""
    from django.core.files import File

    from heatmap.choices import JobState
    from heatmap.identity import acting_as
    from heatmap.services import uploads

    with acting_as(municipality=town.slug), path.open("rb") as handle:
        received = uploads.receive(town, None, kind=kind, file=File(handle), name=path.name)
    memory = PeakMemory()
    memory.start()
    start = time.perf_counter()
    done = uploads.process(received.job_id)
    seconds = time.perf_counter() - start
    if done.job.state != JobState.DONE:
        raise SystemExit(f"heathub: the import ended as {done.job.state}: {done.job.sentence}")
    return seconds, memory.stop(), done.report


def measure(options: argparse.Namespace) -> dict[str, Any]:
    folder = tempfile.TemporaryDirectory()
    # in a process of its own, so that the memory it takes is not counted as ours
    maker = multiprocessing.get_context("fork").Process(target=write, args=(options, folder.name))
    maker.start()
    maker.join()
    with folder:
        return _measured(options, Path(folder.name))


def write(options: argparse.Namespace, folder: str) -> None:
    """Write the two files."""
    zipped(parcels(options.polygons), "polygons", Path(folder))
    zipped(consumers(options.points), "points", Path(folder))


def _measured(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    import django

    django.setup()
    from heatmap.identity import acting_as
    from heatmap.ingest.reader_process import readers
    from heatmap.services.municipalities import create_municipality

    readers.keep_ready()  # as every worker does
    with acting_as(municipality="bench"):
        town = create_municipality(
            slug="bench", name="Bench", country="DE", srid=25832, bounds_m=BOUNDS_M
        )
    results: dict[str, Any] = {}
    measured = [("polygons", "parcels"), ("points", "heat_demand")]
    for name, kind in [*measured, *([("points", "buildings")] if options.each else [])]:
        path = folder / f"{name}.zip"
        ours, peer, memory, report = [], [], 0.0, {}
        for _ in range(options.repeats):
            peer.append(ogr2ogr_seconds(path, name))
            seconds, peak, report = import_once(town, path, kind)
            ours.append(seconds)
            memory = max(memory, peak)
        results[f"{name} as {kind}"] = {
            "rows": report["rows_read"],
            "features": report["features"],
            "seconds": round(min(ours), 2),
            "ogr2ogr_seconds": round(min(peer), 2),
            "ratio": round(min(ours) / min(peer), 2),
            "peak_memory_mb": memory,
        }
    ours_total = sum(result["seconds"] for result in results.values())
    peer_total = sum(result["ogr2ogr_seconds"] for result in results.values())
    return {**results, "ratio_of_all": round(ours_total / peer_total, 2)}
