"""Questions the siting room asks the database. The `get_` functions check access."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from heatmap.choices import JobState, LayerKind
from heatmap.models import LayerVersion, Municipality, Parcel
from heatmap.version_selectors import newest_of_layers
from sites.models import Candidate, Report, Run, SecondOpinion, Study
from sites.parcel_selectors import newest_versions


def get_study(town: Municipality, study_id: int) -> Study:
    return get_object_or_404(Study, municipality=town, pk=study_id)


def get_run(town: Municipality, run_id: UUID) -> Run:
    return get_object_or_404(
        Run.objects.select_related("job", "study"), municipality=town, pk=run_id
    )


def get_run_of_user(request: HttpRequest, run_id: UUID) -> Run:
    """For addresses that do not name the town."""
    return get_object_or_404(
        Run.objects.select_related("job", "study", "municipality"),
        municipality__membership__user=request.user,
        pk=run_id,
    )


def get_candidate(run: Run, ref: str) -> Candidate:
    return get_object_or_404(Candidate.objects.select_related("run"), run=run, ref=ref)


def second_opinion_of(run: Run, ref: str) -> SecondOpinion | None:
    """Return the newest second opinion on a parcel of a run."""
    found = SecondOpinion.objects.filter(run=run, ref=ref).select_related("job")
    return found.order_by("-created_at").first()


def get_report(town: Municipality, report_id: int) -> Report:
    done = Report.objects.filter(municipality=town, job__state=JobState.DONE)
    return get_object_or_404(done.select_related("run__study"), pk=report_id)


def runs_of(town: Municipality) -> QuerySet[Run]:
    runs = Run.objects.filter(municipality=town).select_related("job", "study", "job__created_by")
    return runs.order_by("-created_at")


def finished_runs(town: Municipality) -> QuerySet[Run]:
    return runs_of(town).filter(job__state=JobState.DONE)


def listed_runs(town: Municipality) -> QuerySet[Run]:
    """Runs for a list: without the inputs, which are long and which no list shows."""
    return runs_of(town).defer("inputs")


def last_runs(town: Municipality) -> dict[int, Run]:
    """Return the last finished run of each study."""
    runs = Run.objects.filter(municipality=town, job__state=JobState.DONE)
    return {
        run.study_id: run for run in runs.order_by("study_id", "-created_at").distinct("study_id")
    }


def studies_of(town: Municipality) -> QuerySet[Study]:
    return Study.objects.filter(municipality=town)


def known_places(town: Municipality, study: Study, names: list[str]) -> set[str]:
    """Return which of these names are parcels of the town, or places of the study's last run."""
    versions = newest_versions(town)
    parcels = versions.get(LayerKind.PARCELS)
    found = Parcel.objects.filter(version=parcels, ref__in=names).values_list("ref", flat=True)
    last = last_runs(town).get(study.pk)
    judged = Candidate.objects.filter(run=last, ref__in=names).values_list("ref", flat=True)
    return {*found, *(judged if last else ())}


def reports_of(town: Municipality) -> QuerySet[Report]:
    return Report.objects.filter(municipality=town).select_related("job", "run__study")


def candidate_results(run: Run) -> list[dict[str, Any]]:
    """Results of all candidates, ranked ones first; without the hourly series."""
    rows = Candidate.objects.filter(run=run).order_by("rank", "ref")
    results = [
        result | {"rank": rank, "robustness": robustness}
        for rank, result, robustness in rows.values_list("rank", "result", "robustness")
    ]
    return [r for r in results if r["rank"]] + [r for r in results if not r["rank"]]


def run_before(run: Run) -> Run | None:
    """Return the finished run of the same study that came before."""
    earlier = Run.objects.filter(
        study_id=run.study_id, job__state=JobState.DONE, created_at__lt=run.created_at
    )
    return earlier.order_by("-created_at").first()


def version_ids(run: Run) -> list[int]:
    """Return the layer versions a run was made from."""
    return [layer["version_id"] for layer in run.inputs["layers"].values()]


def newer_layers(runs: Iterable[Run]) -> dict[UUID, list[LayerVersion]]:
    """Return per run the newer versions of the layers it was made from; one query for all.

    A run may use several versions of one layer, as many as there are years: newer is what came
    after the last of them.
    """
    used = {run.pk: version_ids(run) for run in runs if run.result is not None}
    every = {pk for ids in used.values() for pk in ids}
    versions = LayerVersion.objects.filter(pk__in=every).in_bulk()
    newest = newest_of_layers({version.layer_id for version in versions.values()})
    found = {}
    for pk, ids in used.items():
        last: dict[int, int] = {}
        for version in (versions[one] for one in ids if one in versions):
            last[version.layer_id] = max(version.number, last.get(version.layer_id, 0))
        found[pk] = [
            newest[layer] for layer, number in last.items() if newest[layer].number > number
        ]
    return found


def mark_near_ties(rows: list[dict[str, Any]], closer_than: float = 0.01) -> list[dict[str, Any]]:
    """Mark ranked rows whose score lies within `closer_than` of a neighbour's."""
    ranked = [row for row in rows if not row["refused"] and row["score"] is not None]
    for upper, lower in zip(ranked, ranked[1:], strict=False):
        if abs(upper["score"] - lower["score"]) < closer_than:
            upper["near_tie"] = lower["near_tie"] = True
    return rows
