"""Writes the report of a run: once, as a file with a checksum."""

import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from heatmap.choices import JobKind
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.services.attempts import Attempt
from heatmap.services.jobs import create_job, run_job
from heatmap.shape_selectors import drawn_features, kept_at_home
from sites.models import Report, Run
from sites.reports.context import run_context
from sites.reports.figures import Shape, TownShapes, run_figures
from sites.reports.pdf import render_pdf
from sites.services.scoring import run_document

Line = tuple[tuple[float, float], ...]
EXPECTED_S = 5.0
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)


def create_report(run: Run, user: User | None, language: str) -> Report:
    """Ask for the report of a finished run. Call it inside an identity.

    Raises
    ------
    Refusal
        If the run has no result, or the language is not one we write.
    """
    if run.result is None:
        raise Refusal(gettext_noop("This run has no result to report on."))
    if language not in LANGUAGES:
        raise Refusal(
            gettext_noop("Reports are written in %(languages)s, not in %(language)s."),
            languages=", ".join(LANGUAGES),
            language=language,
        )
    return Report.objects.create(
        municipality_id=run.municipality_id,
        run=run,
        job=create_job(
            run.municipality,
            JobKind.REPORT,
            user,
            title=f"{run.study.name} ({language})",
            expected_s=EXPECTED_S,
        ),
        language=language,
    )


def execute(job_id: UUID | str) -> Report:
    """Write a report. A second call for one that is there does nothing."""
    job = run_job(job_id, _write)
    with acting_as(job_id=job.pk):
        return Report.objects.select_related("job", "run").get(job_id=job.pk)


def _write(progress: Attempt) -> None:
    progress(gettext_noop("collecting the result"), 0.1)
    with acting_as(job_id=progress.job_id):
        report = Report.objects.select_related("run__municipality", "run__job").get(
            job_id=progress.job_id
        )
        document = run_document(report.run)
        with translation.override(report.language):
            town = town_shapes(report.run)
        hourly = {
            candidate.ref: candidate.hourly or {}
            for candidate in report.run.candidates.filter(hourly__isnull=False)
        }
    progress(gettext_noop("drawing and setting the pages"), 0.4)
    content = render_pdf(
        run_context(document, report.language),
        run_figures(document, town, hourly, report.language),
        document,
    )
    progress(gettext_noop("storing the report"), 0.9)
    with progress.ending():
        report.sha256 = hashlib.sha256(content).hexdigest()
        name = f"{progress.job_id}.pdf"
        # what an attempt that died has left would only make this one take another name
        report.file.storage.delete(report.file.field.generate_filename(report, name))
        report.file.save(name, ContentFile(content))


def town_shapes(run: Run) -> TownShapes:
    """Return what the map of a report draws: exactly the layers the run used, in metres."""
    layers = run.inputs["layers"]
    versions = {kind: layer["version_id"] for kind, layer in layers.items()}
    features = drawn_features(versions, run.municipality.srid)
    licences = {layer["licence"]: None for layer in layers.values() if "©" in layer["licence"]}
    notes = ["; ".join(licences)]
    withheld = kept_at_home(versions.values())
    if withheld:
        names = ", ".join(gettext(name) for name in withheld)
        notes.append(gettext("Not drawn, because restricted: %(layers)s.") % {"layers": names})
    return TownShapes(tuple(shape_of(feature) for feature in features), " · ".join(notes))


def shape_of(feature: dict[str, Any]) -> Shape:
    """Take a GeoJSON feature apart for drawing."""
    properties = feature["properties"]
    rings, lines, points = _parts(feature["geometry"])
    return Shape(
        kind=properties["kind"],
        ref=properties["ref"],
        rings=rings,
        lines=lines,
        points=points,
        properties=properties,
    )


def _parts(geometry: dict[str, Any]) -> tuple[tuple[Line, ...], tuple[Line, ...], Line]:
    """Sort a GeoJSON geometry into rings, lines and points."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        parts = [_parts(part) for part in geometry["geometries"]]
        rings, lines, points = (tuple(one for part in parts for one in part[i]) for i in range(3))
        return rings, lines, points  # type: ignore[return-value]  # zip loses the three types
    places = geometry["coordinates"]
    shapes = places if kind.startswith("Multi") else [places]
    kind = kind.removeprefix("Multi")
    if kind == "Polygon":
        return tuple(_line(ring) for shape in shapes for ring in shape), (), ()
    if kind == "LineString":
        return (), tuple(_line(shape) for shape in shapes), ()
    return (), (), _line(shapes)


def _line(places: list[list[float]]) -> Line:
    return tuple((x, y) for x, y, *_ in places)
