"""Scores all candidates of a town: frozen inputs, stored result, safe to run twice."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from engines import ENGINE_VERSION
from engines.assumptions import build_assumptions
from engines.compute.hashprice import miner_named
from engines.evaluation.hubs import Hubs
from engines.evaluation.money_choices import money_choices
from engines.tables import table_hashes
from heatmap.choices import JobKind, JobState, LayerKind, SeriesQuantity
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import LayerVersion, Municipality
from heatmap.series_selectors import load_versions, price_year_versions
from heatmap.services.jobs import create_job, run_job
from heatmap.services.search_cells import are_search_cells, provide_search_cells
from heatmap.services.versions import keep_versions
from sites.assembly import FEWEST_PRICE_YEARS, PRICE_YEAR, Assembled, assemble
from sites.grid_assembly import STATION_LOAD
from sites.models import Candidate, Run, RunPart, Study
from sites.models.study import POWER
from sites.parcel_selectors import newest_versions
from sites.services.future_results import futures_documents
from sites.services.money_results import books_document
from sites.services.parts import check_engines, chosen, on_short_list, score, year_of
from sites.services.results import foresight_document, hourly_document, resilience_document
from sites.services.rules import changes_of
from sites.services.sized import at_size, hubs_of

NOT_USED = "Not used: each place takes its best size."
PARCELS_PER_S = 250.0
"""Rough speed of scoring (docs/benchmarks.md); from it follows the lane, not the result."""

NEEDED = (
    LayerKind.PIPES,
    SeriesQuantity.PRICE,
    SeriesQuantity.TEMPERATURE,
)
SHORT_LIST_ONLY = ("hourly", "foresight", "resilience", "futures", "books")
"""What is kept of the short-list and of pinned parcels."""
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
    "congestion_side",
    "demand_method",
    "refrigerant",
    "money",
    "illustrative",
    "rules",
    "portfolio",
)


def create_run(study: Study, user: User | None) -> Run:
    """Freeze everything the run will use. Call it inside an identity.

    Raises
    ------
    Refusal
        If a layer that scoring needs is missing; the sentence names all of them.
    """
    keep_versions(study.municipality)
    overrides = {
        "compute.efficiency_j_per_th": float(miner_named(study.miner)["efficiency_j_per_th"]),
        **study.overrides,
    }
    assumptions = build_assumptions(overrides, source=study.name)
    money = money_choices(study.money)
    # a tariff with unknown parts is refused before anything is made
    money.tariff_of_hub(study.tariff)
    money.tariff_of_heat_pump(study.heat_pump_tariff)
    versions = newest_versions(study.municipality)
    missing = [kind for kind in NEEDED if kind not in versions]
    if not versions.keys() & {LayerKind.BUILDINGS, LayerKind.HEAT_DEMAND}:
        missing.append(LayerKind.BUILDINGS)
    if missing:
        raise Refusal(
            gettext_noop(
                "These layers are missing: %(layers)s. Import them first; then the run can start."
            ),
            layers=", ".join(missing),
        )
    # only now, so that a run that is refused has made nothing
    provide_search_cells(study.municipality, assumptions["search.cell_m"], user)
    versions = newest_versions(study.municipality)
    parcels = versions[LayerKind.PARCELS]
    job = create_job(
        study.municipality,
        JobKind.RUN,
        user,
        title=study.name,
        expected_s=2.0 + (parcels.rows_read - parcels.rows_refused) / PARCELS_PER_S,
    )
    return Run.objects.create(
        id=job.pk,
        municipality=study.municipality,
        study=study,
        job=job,
        inputs={
            "study": {name: getattr(study, name) for name in STUDY_CHOICES}
            | {"size": study.size_kind},
            "overrides": overrides,
            "changes": changes_of(study),
            "assumptions": [
                {
                    "key": entry.key,
                    "value": entry.value,
                    "unit": entry.unit,
                    "tag": entry.tag,
                    "source": entry.source,
                    "note": entry.note if entry.key != POWER or study.stated_kw else NOT_USED,
                }
                for entry in assumptions.entries.values()
            ],
            "layers": {kind: _layer_document(version) for kind, version in versions.items()}
            | {
                f"{STATION_LOAD}{ref}": _layer_document(version)
                for ref, version in load_versions(study.municipality).items()
            }
            | _price_years(study.municipality),
            "tables": dict(table_hashes()),
            "engine_version": ENGINE_VERSION,
            "search_cell_m": parcels.report["cell_m"] if are_search_cells(parcels) else None,
        },
    )


def _price_years(municipality: Municipality) -> dict[str, dict[str, Any]]:
    """Return the price years that futures are drawn from; none where the town has too few."""
    found = price_year_versions(municipality)
    if len(found) < FEWEST_PRICE_YEARS:
        return {}
    return {f"{PRICE_YEAR}{name}": _layer_document(version) for name, version in found.items()}


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
    job = run_job(job_id, score)
    with acting_as(job_id=job.pk):
        if job.state == JobState.CANCELLED:
            # nobody waits for these parcels any more; a new start works them out anew
            Candidate.objects.filter(run_id=job.pk).delete()
            RunPart.objects.filter(run_id=job.pk).delete()
        return Run.objects.select_related("job", "study", "municipality").get(job_id=job.pk)


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
    return hourly_document(hub_of(candidate)[1], 0)


def hub_of(candidate: Candidate) -> tuple[Assembled, Hubs]:
    """Work out one parcel alone, with the engines that its run was made with."""
    run = candidate.run
    check_engines(run)
    given = assemble(run.municipality, run.inputs)
    power = float(candidate.result["hub"]["power_it_kw"])
    alone = at_size(chosen(given, [given.candidates.refs.index(candidate.ref)]), power)
    return alone, hubs_of(alone, year_of(alone))


def set_pinned(candidate: Candidate, pinned: bool) -> None:
    """Keep the hours of a parcel whatever its rank, in this run and the next ones, or let go."""
    candidate.is_pinned = pinned
    if pinned and candidate.hourly is None:
        given, hub = hub_of(candidate)
        candidate.hourly = hourly_document(hub, 0)
        candidate.foresight = foresight_document(hub, 0)
        candidate.resilience = resilience_document(given, hub, 0)
        candidate.futures = futures_documents(given, hub)[0]
        candidate.books = books_document(given, hub, 0)
    elif not pinned and not on_short_list(candidate.rank):
        for name in SHORT_LIST_ONLY:
            setattr(candidate, name, None)
    candidate.save(update_fields=["is_pinned", *SHORT_LIST_ONLY])


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
        # of runs made before, nobody noted it
        "changes": run.inputs.get("changes"),
        "engine_version": run.inputs["engine_version"],
        "tables": run.inputs["tables"],
        "layers": [
            {key: value for key, value in layer.items() if key != "version_id"}
            for layer in run.inputs["layers"].values()
        ],
        "assumptions": run.inputs["assumptions"],
        "search_cell_m": run.inputs.get("search_cell_m"),
        **result,
        "parcels": [candidate.document for candidate in run.candidates.defer("hourly")],
    }
