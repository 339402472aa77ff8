"""What the map asks about a run: the best rows, all scores, one parcel."""

from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.fields.json import KT

from sites.models import Candidate, Run

RANKED_SHOWN, REFUSED_SHOWN = 100, 50
SCORES_IN_PAGE = 500
"""Up to so many parcels their scores travel with the page; more are fetched beside the tiles."""

ROWS = """
SELECT c.ref, c.rank, c.score, x.name, x.coverage, x.lon, x.lat, x.area_m2, x.parcel_kind, x.verdict
FROM (
    SELECT * FROM siting_candidate WHERE run_id = %(run)s AND (rank IS NULL) = %(refused)s
    ORDER BY rank, ref LIMIT %(most)s
) c
CROSS JOIN LATERAL jsonb_to_record(c.result) AS x (
    name text, coverage float, lon float, lat float, area_m2 float, parcel_kind text, verdict text)
ORDER BY c.rank, c.ref"""
ROW_KEYS = (
    "ref", "rank", "score", "name", "coverage", "lon", "lat", "area_m2", "parcel_kind", "verdict",
)  # fmt: skip
NO_KIND = (None, "", "uploaded")  # where a parcel came from is not what it is


def _rows(run: Run, *, refused: bool, most: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"run": run.pk, "refused": refused, "most": most})
        rows = [dict(zip(ROW_KEYS, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["name"] = row["name"] or ""
        row["parcel_kind"] = "" if row["parcel_kind"] in NO_KIND else row["parcel_kind"]
        row["refused"], row["near_tie"] = refused, False
    return rows


def best_rows(run: Run | None) -> list[dict[str, Any]]:
    """Return the first ranked parcels of a run for the list beside the map."""
    return _rows(run, refused=False, most=RANKED_SHOWN) if run else []


def refused_rows(run: Run | None) -> list[dict[str, Any]]:
    return _rows(run, refused=True, most=REFUSED_SHOWN) if run else []


def all_scores(run: Run) -> dict[str, list[Any]]:
    """Return reference and score of every parcel of a run; a refused one has no score."""
    rows = Candidate.objects.filter(run=run).order_by("ref").values_list("ref", "rank", "score")
    scored = [(ref, score if rank is not None else None) for ref, rank, score in rows]
    return {"refs": [ref for ref, _ in scored], "scores": [score for _, score in scored]}


def counts_of(run: Run) -> dict[str, int]:
    """Return how many parcels were ranked and how many refused."""
    status = (run.result or {}).get("status") or {}
    return {"ranked": status.get("ranked", 0), "refused": status.get("refused", 0)}


def verdicts_of(run: Run | None) -> list[tuple[str, int]]:
    """Count the verdicts of ranked parcels, the most frequent first.

    A run holds the counts since it stores them; of older ones the documents are asked.
    """
    if run is None:
        return []
    stored = ((run.result or {}).get("status") or {}).get("verdicts")
    if stored is None:
        ranked = Candidate.objects.filter(run=run).exclude(rank=None).order_by()
        counted = ranked.annotate(verdict=KT("result__verdict")).values_list("verdict")
        stored = dict(counted.annotate(n=Count("pk", filter=Q(rank__isnull=False))))
    return sorted(stored.items(), key=lambda pair: (-pair[1], pair[0]))


def needed_kw(run: Run | None) -> float | None:
    """Return the power that the hub of a run needs from the grid; None where no run says it."""
    if run is None:
        return None
    best = Candidate.objects.filter(run=run).order_by("rank", "ref")
    written = best.annotate(needed=KT("result__grid__needed_kw")).values_list("needed", flat=True)
    first = written.first()
    return float(first) if first else None


HOURLY = {"absorbable": "hourly__absorbable_kw", "headroom": "hourly__headroom_kw"}


def kept_hours(run: Run, quantity: str) -> list[tuple[str, list[float]]]:
    """Return reference and hourly values [kW] of the parcels whose hours are stored.

    ``absorbable`` is the heat that the network could take there, ``headroom`` what the substation
    could still give.
    """
    stored = Candidate.objects.filter(run=run, hourly__isnull=False).order_by("rank", "ref")
    found = stored.values_list("ref", HOURLY[quantity])
    return [(ref, values) for ref, values in found if values]


def parcel_brief(candidate: Candidate) -> dict[str, Any]:
    """Return what the map shows of one parcel when it is chosen; what a run lacks is None."""
    result = candidate.result
    connection_ = result.get("connection") or {}
    return {
        "ref": candidate.ref,
        "rank": candidate.rank,
        "score": candidate.score,
        "refused": candidate.rank is None,
        "verdict": result["verdict"],
        "coverage": result.get("coverage"),
        "power_it_kw": (result.get("hub") or {}).get("power_it_kw"),
        "lon": result["lon"],
        "lat": result["lat"],
        "connection_m": connection_.get("length_m"),
        "heat_used_mwh_per_a": (result.get("energy_mwh") or {}).get("used"),
        "route": result.get("route"),
        "noise_radius_m": result.get("noise_radius_m"),
    }
