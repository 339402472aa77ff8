"""Scores all candidates of a town: frozen inputs, stored result, safe to run twice."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_noop
from psycopg.types.json import Jsonb

from engines import ENGINE_VERSION
from engines.assumptions import build_assumptions
from engines.compute.hashprice import miner_named
from engines.evaluation.hubs import Hubs, evaluate_hubs
from engines.evaluation.judge import judge
from engines.tables import table_hashes
from heatmap.choices import JobKind, LayerKind, SeriesQuantity
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import LayerVersion
from heatmap.services.jobs import Progress, create_job, run_job
from heatmap.staging import insert_rows
from sites.assembly import Assembled, assemble
from sites.models import Candidate, Run, Study
from sites.parcel_selectors import newest_versions
from sites.services.results import (
    digest,
    hourly_document,
    message_document,
    parcel_documents,
    town_document,
)

SHORT_LIST = 25
NEEDED = (
    LayerKind.PARCELS,
    LayerKind.PIPES,
    LayerKind.BUILDINGS,
    SeriesQuantity.PRICE,
    SeriesQuantity.TEMPERATURE,
)
CANDIDATE_COLUMNS = (
    "municipality_id",
    "run_id",
    "parcel_id",
    "ref",
    "rank",
    "score",
    "is_pinned",
    "result",
    "hourly",
)
STUDY_CHOICES = (
    "name",
    "technology",
    "miner",
    "tariff",
    "heat_pump_tariff",
    "displaced_source",
    "compute_outlook",
    "start_year",
    "area_type",
    "illustrative",
)


def create_run(study: Study, user: User | None) -> Run:
    """Freeze everything the run will use. Call it inside an identity.

    Raises
    ------
    Refusal
        If a layer that scoring needs is missing; the sentence names all of them.
    """
    versions = newest_versions(study.municipality)
    missing = [kind for kind in NEEDED if kind not in versions]
    if missing:
        raise Refusal(
            gettext_noop(
                "These layers are missing: %(layers)s. Import them first; then the run can start."
            ),
            layers=", ".join(missing),
        )
    overrides = {
        "compute.efficiency_j_per_th": float(miner_named(study.miner)["efficiency_j_per_th"]),
        **study.overrides,
    }
    assumptions = build_assumptions(overrides, source=study.name)
    job = create_job(study.municipality, JobKind.RUN, user)
    return Run.objects.create(
        id=job.pk,
        municipality=study.municipality,
        study=study,
        job=job,
        inputs={
            "study": {name: getattr(study, name) for name in STUDY_CHOICES},
            "overrides": overrides,
            "assumptions": [
                {
                    "key": entry.key,
                    "value": entry.value,
                    "unit": entry.unit,
                    "tag": entry.tag,
                    "source": entry.source,
                    "note": entry.note,
                }
                for entry in assumptions.entries.values()
            ],
            "layers": {kind: _layer_document(version) for kind, version in versions.items()},
            "tables": dict(table_hashes()),
            "engine_version": ENGINE_VERSION,
        },
    )


def _layer_document(version: LayerVersion) -> dict[str, Any]:
    return {
        "version_id": version.pk,
        "kind": version.layer.kind,
        "name": version.layer.name,
        "version": version.number,
        "source": version.source,
        "licence": version.licence,
        "data_date": version.data_date,
        "nature": version.nature,
        "method": version.method,
        "content_hash": version.content_hash,
        "rows": version.rows_read - version.rows_refused,
        "label": version.series.year_label if hasattr(version, "series") else "",
    }


def find_run(run_id: UUID) -> Run:
    """Return a run to an operator who knows its id; she acts as the job of that run.

    Raises
    ------
    Refusal
        If there is no such run.
    """
    with acting_as(job_id=run_id):
        run = Run.objects.select_related("municipality").filter(pk=run_id).first()
    if run is None:
        raise Refusal(gettext_noop("There is no run %(run)s."), run=str(run_id))
    return run


def execute(job_id: UUID | str) -> Run:
    """Work a run off. A second call for a run that has ended does nothing."""
    job = run_job(job_id, lambda progress: _score(progress))
    with acting_as(job_id=job.pk):
        return Run.objects.select_related("job", "study", "municipality").get(job_id=job.pk)


def _score(progress: Progress) -> None:
    progress(gettext_noop("collecting parcels and layers"), 0.05)
    with acting_as(job_id=progress.job_id):
        run = Run.objects.select_related("municipality").get(job_id=progress.job_id)
        _check_engines(run)
        given = assemble(run.municipality, run.inputs)
    progress(gettext_noop("working out every hour of every parcel"), 0.2)
    hubs = _hubs(given)
    progress(gettext_noop("judging and ranking"), 0.7)
    judged = judge(given.candidates, hubs, given.choices, given.assumptions)
    parcels = parcel_documents(given, hubs, judged)
    layers = run.inputs["layers"]
    town = town_document(
        given,
        hubs,
        {
            "price": layers[SeriesQuantity.PRICE]["label"],
            "temperature": layers[SeriesQuantity.TEMPERATURE]["label"],
        },
    )
    progress(gettext_noop("storing the result"), 0.9)
    with acting_as(job_id=progress.job_id):
        _store(run, given, hubs, parcels, town)


def _hubs(given: Assembled) -> Hubs:
    return evaluate_hubs(
        given.town, given.candidates, given.substations, given.choices, given.assumptions
    )


def _store(
    run: Run,
    given: Assembled,
    hubs: Hubs,
    parcels: list[dict[str, Any]],
    town: dict[str, Any],
) -> None:
    """Write the whole result, or nothing; what an interrupted attempt left is replaced."""
    pinned = set(
        Candidate.objects.filter(Q(run__study_id=run.study_id) & Q(is_pinned=True)).values_list(
            "ref", flat=True
        )
    )
    Candidate.objects.filter(run=run).delete()
    insert_rows(
        Candidate._meta.db_table,
        CANDIDATE_COLUMNS,
        (
            (
                run.municipality_id,
                run.pk,
                row.id,
                row.ref,
                parcel["rank"],
                parcel["score"],
                row.ref in pinned,
                Jsonb(parcel),
                Jsonb(hourly_document(hubs, i))
                if row.ref in pinned or _on_short_list(parcel["rank"])
                else None,
            )
            for i, (row, parcel) in enumerate(zip(given.rows, parcels, strict=True))
        ),
    )
    ranked = sum(parcel["rank"] is not None for parcel in parcels)
    run.result = {
        "status": {
            "candidates": len(parcels),
            "ranked": ranked,
            "refused": len(parcels) - ranked,
        },
        "town": town,
        "notes": [message_document(note) for note in hubs.notes],
    }
    run.digest = digest(parcels, town)
    run.save(update_fields=["result", "digest"])


def hourly_of(candidate: Candidate) -> dict[str, Any]:
    """Hourly series of a parcel: stored for the short-list, worked out anew for the others.

    Raises
    ------
    Refusal
        If the series are not stored and the engines have changed since the run.
    """
    stored: dict[str, Any] | None = candidate.hourly
    if stored is not None:
        return stored
    run = candidate.run
    _check_engines(run)
    given = assemble(run.municipality, run.inputs)
    alone = given.candidates.only(given.candidates.refs.index(candidate.ref))
    return hourly_document(_hubs(replace(given, candidates=alone)), 0)


def _check_engines(run: Run) -> None:
    """Refuse to continue a run with engines or tables that it was not made with."""
    made_with = (run.inputs["engine_version"], run.inputs["tables"])
    if made_with != (ENGINE_VERSION, dict(table_hashes())):
        raise Refusal(
            gettext_noop(
                "The engines or their tables have changed since this run was started. "
                "Run the study again."
            )
        )


def set_pinned(candidate: Candidate, pinned: bool) -> None:
    """Keep the hours of a parcel whatever its rank, in this run and the next ones, or let go."""
    candidate.is_pinned = pinned
    if pinned:
        candidate.hourly = hourly_of(candidate)
    elif not _on_short_list(candidate.rank):
        candidate.hourly = None
    candidate.save(update_fields=["is_pinned", "hourly"])


def _on_short_list(rank: int | None) -> bool:
    return rank is not None and rank <= SHORT_LIST


def run_document(run: Run) -> dict[str, Any]:
    """Everything about a run in one document; map, page, report and interface read it."""
    town = run.municipality
    result = run.result or {"status": None, "town": None, "notes": []}
    return {
        "run": str(run.pk),
        "state": run.job.state,
        "digest": run.digest,
        "created_at": run.created_at.isoformat(timespec="seconds"),
        "municipality": {
            "slug": town.slug,
            "name": town.name,
            "srid": town.srid,
            "is_demo": town.is_demo,
        },
        "study": run.inputs["study"],
        "engine_version": run.inputs["engine_version"],
        "tables": run.inputs["tables"],
        "layers": [
            {key: value for key, value in layer.items() if key != "version_id"}
            for layer in run.inputs["layers"].values()
        ],
        "assumptions": run.inputs["assumptions"],
        **result,
        "parcels": [candidate.result for candidate in run.candidates.defer("hourly")],
    }
