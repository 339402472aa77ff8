"""Receives a person's file and turns it into a version of a layer."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.files import File
from django.utils.translation import gettext_noop

from heatmap.choices import DataClass, JobKind, LayerKind, Nature
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.ingest.reading import Reading, file_format, read_file
from heatmap.models import LayerVersion, Municipality, Upload
from heatmap.services.attempts import Attempt
from heatmap.services.jobs import create_job, run_job
from heatmap.services.layers import Provenance, publish_features
from heatmap.services.towns import OSM_KINDS, publish_extract, read_extract

UPLOADED_LAYER_NAMES = {LayerKind.PARCELS: "Candidate parcels"}
S_PER_MB = {"osm": 5.0, "shapefile": 2.0}
"""Rough reading time of a packed file; from it follows the lane, not the result."""

NOT_STATED = "not stated by the uploader"


def receive(
    municipality: Municipality,
    user: User | None,
    *,
    kind: str,
    file: "File[bytes]",
    name: str,
    **answers: Any,
) -> Upload:
    """Store the file and its answers; nothing is read yet.

    Raises
    ------
    Refusal
        If this kind of layer, or a file of this ending, cannot be imported.
    """
    format_ = file_format(name)
    if format_ == "osm" and kind not in OSM_KINDS:
        raise Refusal(
            gettext_noop("An OpenStreetMap extract holds no layer of kind %(kind)s."), kind=kind
        )
    if format_ == "shapefile" and kind != LayerKind.PARCELS:
        raise Refusal(
            gettext_noop(
                "Shapefiles can be imported as parcels only; %(kind)s comes from an OpenStreetMap "
                "extract for now."
            ),
            kind=kind,
        )
    job = create_job(
        municipality,
        JobKind.IMPORT,
        user,
        title=Path(name).name,
        expected_s=2.0 + S_PER_MB[format_] * file.size / 1e6,
    )
    upload = Upload(
        municipality=municipality,
        job=job,
        kind=kind,
        original_name=Path(name).name[:255],
        **answers,
    )
    suffix = "".join(Path(name).suffixes[-2:]).lower()
    upload.file.save(f"{job.id}{suffix}", file, save=False)
    upload.save()
    return upload


def process(job_id: UUID) -> Upload:
    """Read, check and publish an upload. Safe to call twice."""
    run_job(job_id, _publish)
    with acting_as(job_id=job_id):
        return Upload.objects.select_related("job", "version").get(job_id=job_id)


def _publish(progress: Attempt) -> None:
    progress(gettext_noop("reading the file"), 0.1)
    with acting_as(job_id=progress.job_id):
        upload = Upload.objects.select_related("municipality", "job__created_by").get(
            job_id=progress.job_id
        )
    if file_format(upload.original_name) == "osm":
        extract = read_extract(
            Path(upload.file.path), lambda rows: progress(gettext_noop("reading the file"), 0.3)
        )
        progress(gettext_noop("publishing the new version"), 0.7)
        with progress.ending():
            versions = publish_extract(
                upload.municipality,
                extract,
                kinds=[LayerKind(upload.kind)],
                source=upload.source or upload.original_name,
                user=upload.job.created_by,
            )
            _remember(upload, versions[0], {})
        return
    reading = read_file(
        Path(upload.file.path),
        {
            "srid": upload.srid,
            "encoding": upload.encoding or None,
            "columns": upload.columns,
            "extent_wkb": upload.municipality.extent.wkb.hex(),
        },
        lambda rows: progress(gettext_noop("reading the file"), 0.3),
    )
    if not reading.features:
        with progress.storing():
            _remember(upload, None, _report(reading))
        raise Refusal(gettext_noop("No row of the file could be used; the report lists why."))
    progress(gettext_noop("publishing the new version"), 0.7)
    with progress.ending():
        version = publish_features(
            upload.municipality,
            LayerKind(upload.kind),
            UPLOADED_LAYER_NAMES[LayerKind(upload.kind)],
            reading.features,
            _origin(upload, reading),
        )
        _remember(upload, version, _report(reading))


def _origin(upload: Upload, reading: Reading) -> Provenance:
    return Provenance(
        source=upload.source or upload.original_name,
        licence=upload.licence or NOT_STATED,
        crs_delivered=reading.crs,
        data_class=DataClass.MUNICIPAL,
        nature=Nature.MEASURED,
        user=upload.job.created_by,
        rows_read=len(reading.features) + len(reading.refused),
        refused=reading.refused,
        remarks={"repaired": reading.repaired, "encoding": reading.encoding},
    )


def _report(reading: Reading) -> dict[str, Any]:
    return {
        "rows_read": len(reading.features) + len(reading.refused),
        "rows_used": len(reading.features),
        "rows_refused": len(reading.refused),
        "repaired": reading.repaired,
        "crs": reading.crs,
        "encoding": reading.encoding,
        "refused": reading.refused[:1000],
    }


def _remember(upload: Upload, version: LayerVersion | None, report: dict[str, Any]) -> None:
    if version is not None and not report:
        report = {
            "rows_read": version.rows_read,
            "rows_used": version.rows_read - version.rows_refused,
            "rows_refused": version.rows_refused,
            "refused": version.report.get("refused", []),
            "crs": version.crs_delivered,
        }
    upload.version, upload.report = version, report
    upload.save(update_fields=["version", "report"])
