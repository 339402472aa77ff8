"""What can be brought: kinds of layers with their fields, and a template and a sample of each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heatmap.choices import LayerKind
from heatmap.ingest.kinds import AS_MODEL, BY_NAME, KINDS
from heatmap.ingest.samples import (
    SERIES_COLUMNS,
    factor_sample_csv,
    factor_template_csv,
    sample_csv,
    sample_geojson,
    sample_model,
    template_csv,
)
from heatmap.selectors import bounds_of, get_municipality, page_context

FILES = {
    "template.csv": (lambda kind, lon, lat: template_csv(kind), "text/csv"),
    "sample.csv": (sample_csv, "text/csv"),
    "sample.geojson": (sample_geojson, "application/geo+json"),
    "sample.json": (sample_model, "application/json"),
    "factor-template.csv": (lambda kind, lon, lat: factor_template_csv(), "text/csv"),
    "factor-sample.csv": (lambda kind, lon, lat: factor_sample_csv(), "text/csv"),
}


@require_safe
def kinds_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    context = page_context(request, town, "data") | {
        "kinds": [(LayerKind(kind.name), kind) for kind in KINDS],
        "as_model": AS_MODEL,
        "series": LayerKind.SERIES,
        "series_columns": SERIES_COLUMNS,
    }
    return render(request, "heatmap/kinds.html", context)


@require_safe
def kind_file(request: HttpRequest, slug: str, kind: str, file: str) -> HttpResponse:
    """Hand out an empty table, or a small example in the middle of the town."""
    town = get_municipality(request, slug)
    is_series = kind == LayerKind.SERIES
    if file not in FILES or not (kind in BY_NAME or is_series):
        raise Http404
    if file.startswith("factor-") and not is_series:
        raise Http404
    if (is_series and file.endswith("geojson")) or (kind in AS_MODEL) != (file == "sample.json"):
        raise Http404
    write, content_type = FILES[file]
    west, south, east, north = bounds_of(town)
    text = write(kind, round((west + east) / 2, 4), round((south + north) / 2, 4))
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}-{file}"'
    return response
