"""Files people take away from a run: the ranking, the hours, the stand-alone map."""

import csv
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from heatmap.limits import limited
from heatmap.selectors import get_municipality
from heatmap.services.audit import record
from heatmap.spreadsheet import harmless_cell
from sites.selectors import candidate_results, get_candidate, get_run
from sites.services.exports import folium_map
from sites.services.scoring import hourly_of

SERIES = (
    "power_it_kw",
    "heat_kw",
    "heat_pump_kw",
    "rejected_kw",
    "absorbable_kw",
    "headroom_kw",
    "supply_degc",
    "return_degc",
    "available_degc",
    "price_eur_per_mwh",
)


def _attachment(name: str, content_type: str, content: str = "") -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _hours(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> dict:
    run = get_run(get_municipality(request, slug), run_id)
    if run.result is None:
        raise Http404
    return hourly_of(get_candidate(run, ref))


@limited("hours", 1200, methods=("GET",))
@require_safe
def hourly_json(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> JsonResponse:
    response = JsonResponse(_hours(request, slug, run_id, ref))
    response["Cache-Control"] = "private, max-age=3600"
    return response


@limited("hours", 1200, methods=("GET",))
@require_safe
def hourly_csv(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> HttpResponse:
    hourly = _hours(request, slug, run_id, ref)
    names = [name for name in SERIES if name in hourly]
    response = _attachment("hours.csv", "text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(["hour_ending_utc", *names])
    columns = (hourly[name] for name in names)
    for hour, values in enumerate(zip(*columns, strict=True), start=1):
        writer.writerow([hour, *values])
    return response


@limited("hours", 1200, methods=("GET",))
@require_safe
def cash_flow_csv(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> HttpResponse:
    """Return the cash flow of a parcel: a row per line, a column per year, in EUR."""
    run = get_run(get_municipality(request, slug), run_id)
    books = get_candidate(run, ref).books
    if books is None:
        raise Http404
    response = _attachment("cash-flow.csv", "text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(["line", "block", "total_eur", *range(len(books["flows_eur"]))])
    for line in books["lines"]:
        writer.writerow([line["key"], line["block"], line["total_eur"], *line["eur"]])
    for name in ("flows_eur", "nominal_eur"):
        writer.writerow([name.removesuffix("_eur"), "sum", "", *books[name]])
    return response


@require_safe
def ranking_csv(request: HttpRequest, slug: str, run_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug)
    run = get_run(town, run_id)
    record("downloaded", town, f"ranking.csv, {run.study.name}")
    response = _attachment("ranking.csv", "text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(
        ["rank", "ref", "name", "score", "coverage", "verdict", "power_it_kw", "area_m2",
         "heat_used_mwh_per_a", "connection_length_m", "npv_eur", "lon", "lat"]
    )  # fmt: skip
    for r in candidate_results(run):
        writer.writerow(
            [r.get("rank"), harmless_cell(r["ref"]), harmless_cell(r.get("name")), r.get("score"),
             r.get("coverage"), r["verdict"], (r.get("hub") or {}).get("power_it_kw"),
             r.get("area_m2"), (r.get("energy_mwh") or {}).get("used"),
             (r.get("connection") or {}).get("length_m"), r.get("npv_eur"), r["lon"], r["lat"]]
        )  # fmt: skip
    return response


@limited("take-away", 300, methods=("GET",))
@require_safe
def map_file(request: HttpRequest, slug: str, run_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug)
    run = get_run(town, run_id)
    if run.result is None:
        raise Http404
    record("downloaded", town, f"map.html, {run.study.name}")
    name = f"heathub-{town.slug}-map.html"
    return _attachment(name, "text/html; charset=utf-8", folium_map(run, request.LANGUAGE_CODE))
