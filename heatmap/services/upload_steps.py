"""What is done with a person's file: it is inspected, checked, or becomes a version of a layer."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from heatmap.choices import DataClass, LayerKind, Nature, SeriesQuantity, UploadStep
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.ingest.kinds import BY_NAME
from heatmap.ingest.reading import Spooled, file_format, inspect_file, spooled
from heatmap.models import FEATURE_MODELS, LayerVersion, Municipality, Upload
from heatmap.series_selectors import station_refs
from heatmap.services import merging, quality
from heatmap.services.attempts import Attempt
from heatmap.services.layers import (
    CLASS_ORDER,
    Provenance,
    fingerprinted,
    joined,
    publish_series,
    publish_staged,
    spool_columns,
)
from heatmap.services.towns import Extract, publish_extract, read_extract
from heatmap.staging import Staging, sort_in_memory, staged_count

PROGRESS_S = 0.5
"""The progress of the reading is told no oftener; each time is a transaction."""
NOT_STATED = gettext_noop("not stated by the uploader")
CELL_METHOD = gettext_noop(
    "Sum of the uploaded heat demand in each 100 m cell, by share of length or area."
)
SERIES_LAYERS = {
    SeriesQuantity.PRICE: "Day-ahead price",
    SeriesQuantity.TEMPERATURE: "Outdoor temperature",
    SeriesQuantity.LOAD: "Load",
    SeriesQuantity.HEAT_LOAD: "Heat load of the network",
    SeriesQuantity.SUPPLY: "Supply temperature",
    SeriesQuantity.RETURN: "Return temperature",
    SeriesQuantity.GRID_FACTOR: "Emission factor of the grid",
    SeriesQuantity.RESIDUAL_FACTOR: "Emission factor of the residual mix",
}
CLASSES = {
    LayerKind.BUILDINGS: DataClass.RESTRICTED,
    LayerKind.PIPES: DataClass.RESTRICTED,
    LayerKind.SUBSTATIONS: DataClass.RESTRICTED,
    LayerKind.FEEDERS: DataClass.RESTRICTED,
    LayerKind.GRID_MODEL: DataClass.RESTRICTED,
}
READING = gettext_noop("reading the file")
CHECKING = gettext_noop("checking the rows against each other")
PUBLISHING = gettext_noop("publishing the new version")
NOTHING_USED = gettext_noop(
    "No row of the file could be used; the report lists why.\nMend the rows and bring it again."
)
STEP_IS_OLD = gettext_noop(
    "This step belongs to a file that was discarded, or has been taken again since.\nGo on from "
    "the data page."
)
KEEP, REMOVE = "keep", "remove"
"""What becomes of features that a file which changes a layer by ids says nothing of."""


def work_on_step(attempt: Attempt) -> None:
    """Do the step that the upload of a job has come to."""
    attempt(READING, 0.05)
    with acting_as(job_id=attempt.job_id):
        uploads = Upload.objects.select_related("municipality", "job__created_by")
        upload = uploads.filter(job_id=attempt.job_id).first()
    if upload is None:
        raise Refusal(STEP_IS_OLD)
    if upload.step == UploadStep.INSPECT:
        _inspect(upload, attempt)
    elif file_format(upload.original_name) == "osm":
        _publish_osm(upload, attempt)
    else:
        _load(upload, attempt)


def remembered(municipality: Municipality, fingerprint: str) -> dict[str, Any]:
    """Return the answers given for the last file with the same columns, or nothing."""
    last = (
        Upload.objects.filter(
            municipality=municipality, fingerprint=fingerprint, version__isnull=False
        )
        .exclude(fingerprint="")
        .order_by("-created_at")
        .first()
    )
    if last is None:
        return {}
    return {
        "kind": last.kind, "srid": last.srid, "encoding": last.encoding, "columns": last.columns,
        "source": last.source, "licence": last.licence, "data_class": last.data_class,
        **last.answers,
    }  # fmt: skip


def request_of(upload: Upload) -> dict[str, Any]:
    """What the reader has to know about an upload and its town."""
    town = upload.municipality
    return {
        "kind": upload.kind,
        "srid": upload.srid,
        "encoding": upload.encoding or None,
        "columns": {
            field: {"column": answer} if isinstance(answer, str) else answer
            for field, answer in upload.columns.items()
        },
        "extent_wkb": town.extent.wkb.hex(),
        "town_srid": town.srid,
        "country": town.country,
        **upload.answers,
    }


def _inspect(upload: Upload, attempt: Attempt) -> None:
    proposal = inspect_file(Path(upload.file.path), upload.original_name, request_of(upload))
    names = sorted({column for layer in proposal["layers"] for column in layer["columns"]})
    fingerprint = hashlib.sha256("\n".join(names).encode()).hexdigest() if names else ""
    with attempt.ending():
        proposal["remembered"] = remembered(upload.municipality, fingerprint)
        upload.proposal, upload.fingerprint = proposal, fingerprint
        upload.save(update_fields=["proposal", "fingerprint"])


def _load(upload: Upload, attempt: Attempt) -> None:
    """Read every row, judge them in the database, and publish them if that is the step."""
    path, name, request = Path(upload.file.path), upload.original_name, request_of(upload)
    told_s = 0.0

    def beat(rows: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s > PROGRESS_S:
            attempt(READING, min(0.6, 0.05 + rows / 1_000_000))
            told_s = time.monotonic()

    if upload.kind == LayerKind.SERIES:
        with acting_as(job_id=attempt.job_id):
            request |= {"task": "series", "stations": station_refs(upload.municipality)}
        with quality.only_fit_values(), spooled(path, name, request, [], beat) as result:
            _keep(upload, attempt, result, _keep_series)
        return
    request["task"] = "load"
    columns = spool_columns(LayerKind(upload.kind))
    # rows that are only checked, or will be completed, need no fingerprint as they come
    as_they_come = upload.step == UploadStep.COMMIT and not upload.answers.get("merge")
    table = FEATURE_MODELS[LayerKind(upload.kind)]._meta.db_table
    with (
        quality.only_fit_values(),
        Staging(table, columns, fingerprinted(columns) if as_they_come else []) as staging,
        spooled(path, name, request, columns, beat, staging) as result,
    ):
        _keep(upload, attempt, result, partial(_keep_rows, staging))


def _keep(
    upload: Upload, attempt: Attempt, result: Spooled, keep: Callable[[Upload, Spooled], None]
) -> None:
    """Store what was read, and with it the end of the job."""
    attempt(PUBLISHING if upload.step == UploadStep.COMMIT else CHECKING, 0.7)
    # with nothing to use only the report is kept, and the refusal ends the job
    with attempt.ending() if result.facts["rows_used"] else attempt.storing():
        keep(upload, result)
    if not result.facts["rows_used"]:
        raise Refusal(NOTHING_USED)


def _keep_rows(staging: Staging, upload: Upload, result: Spooled) -> None:
    kind = LayerKind(upload.kind)
    town, publishes = upload.municipality, upload.step == UploadStep.COMMIT
    base = merging.base_of(town, upload.answers.get("merge"), kind)
    with connection.cursor() as cursor:
        sort_in_memory(cursor)
        findings = quality.examine(
            cursor, kind, result, lambda: _against(cursor, upload, base, result)
        )
        features = staged_count(cursor)
        document = quality.report(kind, upload.original_name, result, findings, features)
        known = staging.fingerprint
        if known and known[1] != features:  # doubles were taken out
            known = None
        version = None
        if publishes and features > 0:
            origin = _origin(upload, document)
            name = base.layer.name if base else BY_NAME[kind].layer_name
            if base:
                origin = _merged(base, origin, document["against"])
            with transaction.atomic():
                version = publish_staged(
                    town, kind, name, cursor, result.columns, origin, known,
                    result.facts.get("model"),
                )  # fmt: skip
    _remember(upload, version, document)


def _against(
    cursor: Any, upload: Upload, base: LayerVersion | None, result: Spooled
) -> dict[str, Any]:
    """Make of the staged rows what is to be published, and tell how that differs from before."""
    if base is None:
        present = merging.base_in_use(upload.municipality, upload.kind)
        is_asked = upload.step == UploadStep.CHECK and not result.facts["ids_are_row_numbers"]
        if present is None or not is_asked:
            return {}
        return {"against": merging.difference(present, result.columns, by_id=False)}
    strangers = merging.take_out_strangers(cursor, base)
    merging.fill_up(cursor, base, result.columns, merging.brought_fields(result.facts))
    found = merging.difference(base, result.columns, by_id=True)
    if upload.answers.get("missing") != REMOVE:
        merging.bring_over(cursor, base, result.columns)
        if upload.step == UploadStep.COMMIT:
            found["removed"] = 0
    return {"strangers": strangers, "against": found}


def _keep_series(upload: Upload, result: Spooled) -> None:
    """Keep the years of a series, or the load of each substation and feeder: all or none.

    The last year is the one in use; futures draw among all of them.
    """
    document = quality.report(
        upload.kind, upload.original_name, result, {}, result.facts["features"]
    )
    versions = []
    stations = [found for found in result.series if found["station"]]
    if stations and not upload.data_class:
        upload.data_class = DataClass.RESTRICTED  # as the substations themselves
    told = [_summary(found) for found in result.series]
    brief = [{k: v for k, v in one.items() if k != "values_by_day"} for one in told]
    document["series"] = told[0] if stations else told[-1]
    document["stations"] = brief if stations else []
    document["years"] = [] if stations else [one["year"] for one in told]
    for found, one in zip(result.series, brief, strict=True):
        if upload.step == UploadStep.COMMIT:
            quantity = SeriesQuantity(found["quantity"])
            origin = _origin(upload, document | {"series": one, "stations": [], "years": []})
            versions.append(
                publish_series(
                    upload.municipality,
                    f"{SERIES_LAYERS[quantity]} {found['station']}".strip(),
                    quantity,
                    str(found["year"]),
                    found["values"],
                    origin,
                    found["station"],
                )
            )
    _remember(upload, versions[0 if stations else -1] if versions else None, document)


def _summary(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the report says of a series; its values stay out of it."""
    values = found["values"]
    return {
        **{key: value for key, value in found.items() if key != "values"},
        "highest": round(max(values), 3),
        "mean": round(sum(values) / len(values), 3),
        "values_by_day": _daily(values),
    }


def _daily(values: list[float]) -> list[float]:
    """Mean of each day, for a preview chart."""
    return [round(sum(values[i : i + 24]) / 24, 3) for i in range(0, len(values), 24)]


def usual_class(kind: str) -> DataClass:
    """Return who may see a layer of this kind when nobody says otherwise."""
    return CLASSES.get(LayerKind(kind), DataClass.MUNICIPAL)


def _origin(upload: Upload, document: dict[str, Any]) -> Provenance:
    is_demand = upload.kind == LayerKind.HEAT_DEMAND
    return Provenance(
        source=upload.source or upload.original_name,
        licence=upload.licence or NOT_STATED,
        crs_delivered=document["crs"][:120],
        data_class=DataClass(upload.data_class or usual_class(upload.kind)),
        nature=Nature(upload.answers.get("nature") or Nature.MEASURED),
        data_date=upload.data_date,
        method=CELL_METHOD if is_demand else upload.answers.get("method", ""),
        user=upload.job.created_by,
        rows_read=document["features"] if is_demand else document["rows_read"],
        rows_refused=0 if is_demand else document["rows_refused"],
        refused=document["refused"],
        remarks={
            key: value for key, value in document.items() if key not in ("refused", "repairs")
        },
    )


def _merged(base: LayerVersion, origin: Provenance, against: Mapping[str, Any]) -> Provenance:
    """Where a layer comes from that a file has changed."""
    classes = [DataClass(base.data_class), origin.data_class]
    return replace(
        origin,
        source=joined([base.source, origin.source], 300),
        licence=joined([base.licence, origin.licence], 200),
        data_class=max(classes, key=CLASS_ORDER.index),
        nature=Nature(base.nature),
        method=base.method,
        inputs=base.inputs,
        remarks=origin.remarks | {
            "edited_from": base.number, "by_file": True, "added": against["added"],
            "changed": against["changed"], "removed": against["removed"],
        },
    )  # fmt: skip


def _publish_osm(upload: Upload, attempt: Attempt) -> None:
    extract = read_extract(Path(upload.file.path), lambda rows: attempt(READING, 0.3))
    attempt(PUBLISHING, 0.7)
    with attempt.ending():
        if upload.step != UploadStep.COMMIT:
            _remember(upload, None, _extract_report(upload, extract))
            return
        (version, *_others) = publish_extract(
            upload.municipality,
            extract,
            kinds=[LayerKind(upload.kind)],
            source=upload.source or upload.original_name,
            user=upload.job.created_by,
        )
        _remember(
            upload,
            version,
            {
                "file": upload.original_name,
                "rows_read": version.rows_read,
                "rows_used": version.rows_read - version.rows_refused,
                "rows_refused": version.rows_refused,
                "refused": version.report.get("refused", []),
                "repaired": version.report.get("repaired", 0),
                "crs": version.crs_delivered,
            },
        )


def _extract_report(upload: Upload, extract: Extract) -> dict[str, Any]:
    """Count what an extract holds of the wanted kind, before anything of it is kept."""
    kind = LayerKind(upload.kind)
    refused = [row for row in extract.reading.refused if row["kind"] == kind]
    used = len(extract.rows[kind])
    return {
        "file": upload.original_name,
        "rows_read": used + len(refused),
        "rows_used": used,
        "rows_refused": len(refused),
        "refused": refused[: quality.LISTED_ROWS],
        "crs": extract.reading.crs,
    }


def _remember(upload: Upload, version: LayerVersion | None, report: dict[str, Any]) -> None:
    upload.version, upload.report = version, report
    if not upload.fingerprint and report.get("columns"):
        names = sorted(
            {column for choice in report["columns"] for column in choice["columns"]}
            | set(report.get("unused_columns", []))
        )
        upload.fingerprint = hashlib.sha256("\n".join(names).encode()).hexdigest()
    upload.save(update_fields=["version", "report", "fingerprint"])
