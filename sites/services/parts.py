"""Works a run off in parts: each is stored once, and a later attempt goes on after the last."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop

from engines import ENGINE_VERSION
from engines.evaluation.carbon import hub_carbon
from engines.evaluation.future_plans import FutureTown
from engines.evaluation.futures import SAMPLED, hub_futures
from engines.evaluation.judge import judge
from engines.evaluation.notes import merged_notes
from engines.evaluation.sizes import STATED, SizeChoice, SizeCurve
from engines.evaluation.town import TownYear, town_year
from engines.message import Message, message
from engines.scoring.aggregate import ranks
from engines.tables import table_hashes
from heatmap.choices import SeriesQuantity
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.services.attempts import Attempt
from heatmap.staging import insert_rows, staged
from sites.assembly import Assembled, assemble
from sites.land_assembly import measured
from sites.models import Candidate, Run, RunPart
from sites.parcel_selectors import INSTITUTIONS, search_of
from sites.services.carbon_results import carbon_document
from sites.services.future_results import (
    chances_document,
    draw_document,
    future_of,
    futures_documents,
)
from sites.services.grid_results import sharing_documents
from sites.services.money_results import books_document
from sites.services.plain import message_document
from sites.services.results import (
    canonical,
    digest,
    fingerprint,
    foresight_document,
    hourly_document,
    parcel_documents,
    resilience_document,
    town_document,
)
from sites.services.size_results import chain_document, chain_order, size_document
from sites.services.sized import (
    Sized,
    Years,
    at_size,
    chosen_sizes,
    curves_of,
    hubs_of,
    rows_of,
    sized,
    sizes_of,
    stated_kw,
    years_of,
)
from sites.services.study_results import robustness_document, set_document, siting_facts

NOTES = {
    "search_cells": (
        "The town has no layer of parcels. Search cells {cell_m:.0f} m wide are scored in their "
        "place: each is a place to look for a plot, not a plot."
    ),
    "institutions": (
        "Searched are institutional buildings and heat plants, where water returns, in the place "
        "of parcels: rooms, floors and the way inside are not known."
    ),
}
SHORT_LIST = 25
PART = 500
"""Parcels worked out together: under a second, and always the same ones in a part."""

SHARED = ("node", "headroom_firm_kw", "needed_kw")
"""What a part remembers of each parcel's grid, so that all of them can be put in order later."""
CANDIDATE_COLUMNS = (
    "municipality_id",
    "run_id",
    "parcel_id",
    "ref",
    "score",
    "is_pinned",
    "result",
    "sizes",
)
NO_FUTURES = np.full(SAMPLED, np.nan)
SET_RANKS = """
UPDATE siting_candidate c
SET rank = s.rank, sharing = s.sharing, robustness = s.robustness FROM staging s
WHERE c.run_id = s.run_id AND c.ref = s.ref
"""


def score(progress: Attempt) -> None:
    """Work off the parts that are missing, then rank everything and end the run."""
    progress(gettext_noop("collecting parcels and layers"), 0.05)
    with acting_as(job_id=progress.job_id):
        run = Run.objects.select_related("municipality").get(job_id=progress.job_id)
        check_engines(run)
        given = assemble(run.municipality, run.inputs)
        there = set(RunPart.objects.filter(run=run).values_list("number", flat=True))
    progress(gettext_noop("working out every hour of the heat network"), 0.1)
    years = years_of(given, sizes_of(run.inputs))
    future = future_of(given, next(iter(years.values())))
    starts = range(0, len(given.rows), PART)
    for number, start in enumerate(starts):
        if number not in there:
            share = 0.15 + 0.75 * number / len(starts)
            progress(gettext_noop("working out every hour of every parcel"), share)
            part = chosen(given, range(len(given.rows))[start:][:PART])
            _work_part(progress, run, number, part, years, future)
    progress(gettext_noop("ranking and storing the result"), 0.9)
    _finish(progress, run, given, years, future)


def chosen(given: Assembled, rows: Sequence[int]) -> Assembled:
    """Return the inputs with these candidates alone, their outlines measured."""
    few = rows_of(given, rows)
    if few.candidates.land is None:
        return few
    land = measured(few.candidates.land, few.rows)
    return replace(few, candidates=replace(few.candidates, land=land))


def year_of(given: Assembled) -> TownYear:
    """Work out the year of the town, at the pipes that the candidates would feed."""
    return town_year(given.town, given.candidates, given.choices, given.assumptions)


def check_engines(run: Run) -> None:
    """Refuse to continue a run with engines or tables that it was not made with."""
    made_with = (run.inputs["engine_version"], run.inputs["tables"])
    if made_with != (ENGINE_VERSION, dict(table_hashes())):
        raise Refusal(
            gettext_noop(
                "The engines or their tables have changed since this run was started. "
                "Run the study again."
            )
        )


def on_short_list(rank: int | None) -> bool:
    return rank is not None and rank <= SHORT_LIST


def _work_part(
    progress: Attempt, run: Run, number: int, part: Assembled, years: Years, future: FutureTown
) -> None:
    curves = curves_of(part, years)
    sizes = chosen_sizes(curves, years, stated_kw(run.inputs))
    worked: dict[int, Worked] = {}
    notes: list[Message] = []
    for group in sized(part, years, sizes):
        worked |= _work_group(group, curves, sizes, future)
        notes += group.hubs.notes
    parcels = [worked[place] for place in range(len(part.rows))]
    with progress.storing():
        RunPart.objects.create(
            municipality_id=run.municipality_id,
            run=run,
            number=number,
            notes=[message_document(note) for note in notes],
            ranking=[parcel.ranking for parcel in parcels],
            futures=np.array([parcel.npv_eur_per_kw for parcel in parcels], "<f4").tobytes(),
        )
        insert_rows(
            Candidate._meta.db_table,
            CANDIDATE_COLUMNS,
            (
                (
                    run.municipality_id, run.pk, row.id, row.ref, parcel.score, False, parcel.text,
                    size_document(curve),
                )
                for row, parcel, curve in zip(part.rows, parcels, curves, strict=True)
            ),
        )  # fmt: skip


@dataclass(frozen=True)
class Worked:
    """What is stored of one parcel.

    Attributes
    ----------
    text : str
        Its document.
    score : float or None
    ranking : list
        What the comparison of all parcels will need.
    npv_eur_per_kw : array, shape (sampled futures,)
    """

    text: str
    score: float | None
    ranking: list[Any]
    npv_eur_per_kw: np.ndarray


def _work_group(
    group: Sized, curves: Sequence[SizeCurve], sizes: Sequence[SizeChoice], future: FutureTown
) -> dict[int, Worked]:
    """Judge parcels of one size and write their documents, by their place in the part."""
    given, hubs = group.given, group.hubs
    drawn = (
        None if group.are_refused else hub_futures(hubs, future, given.choices, given.assumptions)
    )
    judged = judge(given.candidates, hubs, given.choices, given.assumptions, drawn)
    emitted = hub_carbon(hubs, given.country, given.choices, given.assumptions)
    is_free = all(sizes[place].by != STATED for place in group.places)
    facts = siting_facts(
        given, hubs, judged, [curves[place] for place in group.places] if is_free else None
    )
    found = {}
    for i, parcel in enumerate(parcel_documents(given, hubs, judged)):
        place = group.places[i]
        parcel["hub"]["size_by"] = sizes[place].by
        parcel["chances"] = None if drawn is None else chances_document(drawn, i)
        parcel["carbon"] = carbon_document(emitted, given, i)
        text = canonical(parcel)
        ranking = [
            parcel["ref"],
            parcel["score"],
            parcel["verdict"],
            judged.ranking.rank[i] is None,
            fingerprint(text),
            [parcel["grid"][name] for name in SHARED],
            facts[i],
        ]
        npv = NO_FUTURES if drawn is None else drawn.sample_npv_eur[i] / hubs.inputs.power_it_kw[i]
        found[place] = Worked(text, parcel["score"], ranking, npv)
    # a larger hub may pass where the curve ended: what it lacks is worked out after all
    passing = [group.places[i] for i, rank in enumerate(judged.ranking.rank) if rank is not None]
    if group.are_refused and passing:
        found |= _work_group(group.at(passing, are_refused=False), curves, sizes, future)
    return found


def _finish(
    progress: Attempt, run: Run, given: Assembled, years: Years, future: FutureTown
) -> None:
    with acting_as(job_id=progress.job_id):
        parts = list(RunPart.objects.filter(run=run).order_by("number"))
        pinned = set(
            Candidate.objects.filter(run__study_id=run.study_id, is_pinned=True).values_list(
                "ref", flat=True
            )
        )
    lines = [line for part in parts for line in part.ranking]
    refs, scores, verdicts, excluded, prints, nodes, facts = zip(*lines, strict=True)
    score = np.array([np.nan if score is None else score for score in scores])
    rank = ranks(refs, score, np.array(excluded))
    drawn = np.concatenate(
        [np.frombuffer(part.futures, "<f4").reshape(len(part.ranking), -1) for part in parts]
    )
    robust, robust_of = robustness_document(given, refs, rank, score, facts, drawn)
    sharing = [canonical(each) for each in sharing_documents(refs, nodes, rank)]
    kept = [i for i, ref in enumerate(refs) if ref in pinned or on_short_list(rank[i])]
    wishes = run.inputs["study"].get("portfolio") or {}
    wished = wishes.get("chain") or []
    first = chain_order(refs, rank, wished) or [0]
    top = [_alone(given, i, facts[i], years) for i in first]
    short_list = {
        ref: fields | {"is_pinned": ref in pinned}
        for ref, fields in _short_list(given, kept, facts, years)
    }
    layers = run.inputs["layers"]
    labels = {
        "price": layers[SeriesQuantity.PRICE]["label"],
        "temperature": layers[SeriesQuantity.TEMPERATURE]["label"],
    }
    town = town_document(given, top[0].hubs, labels) | {"futures": draw_document(future, given)}
    notes = [*_notes_on_places(run), *merged_notes(_notes_of(parts), len(refs))]
    placed = sum(place is not None for place in rank)
    run.result = {
        "status": {
            "candidates": len(refs),
            "ranked": placed,
            "refused": len(refs) - placed,
            "verdicts": _verdicts(verdicts, rank),
        },
        "town": town,
        "robustness": robust,
        "set": set_document(given, next(iter(years.values())), refs, rank, score, facts, wishes),
        "chain": chain_document(top, future, wished),
        "notes": [message_document(note) for note in notes],
    }
    run.digest = digest(town, zip(rank, prints, strict=True))
    progress(gettext_noop("ranking and storing the result"), 0.95)
    with progress.ending():
        robustness = [canonical(each) for each in robust_of]
        rows = zip([run.pk] * len(refs), refs, rank, sharing, robustness, strict=True)
        columns = ("run_id", "ref", "rank", "sharing", "robustness")
        with staged(Candidate._meta.db_table, columns, rows) as cursor:
            cursor.execute(SET_RANKS)
        for ref, fields in short_list.items():
            Candidate.objects.filter(run=run, ref=ref).update(**fields)
        run.save(update_fields=["result", "digest"])


def _alone(given: Assembled, i: int, fact: dict[str, Any], years: Years) -> Sized:
    """Work out one parcel at its size."""
    one = at_size(chosen(given, [i]), fact["power_it_kw"])
    return Sized((i,), one, hubs_of(one, years[fact["power_it_kw"]]), are_refused=False)


def _short_list(
    given: Assembled, kept: Sequence[int], facts: Sequence[dict[str, Any]], years: Years
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what is kept of the short-list alone, by ref; parcels of one size together."""
    for power in sorted({facts[i]["power_it_kw"] for i in kept}):
        alike = [i for i in kept if facts[i]["power_it_kw"] == power]
        short = at_size(chosen(given, alike), power)
        hubs = hubs_of(short, years[power])
        futures = futures_documents(short, hubs)
        for place, row in enumerate(short.rows):
            yield (
                row.ref,
                {
                    "hourly": hourly_document(hubs, place),
                    "foresight": foresight_document(hubs, place),
                    "resilience": resilience_document(short, hubs, place),
                    "futures": futures[place],
                    "books": books_document(short, hubs, place),
                },
            )


def _verdicts(verdicts: Sequence[str], rank: Sequence[int | None]) -> dict[str, int]:
    """Count the verdicts of ranked parcels."""
    return dict(Counter(key for key, place in zip(verdicts, rank, strict=True) if place))


def _notes_on_places(run: Run) -> list[Message]:
    if search_of(run.inputs) == INSTITUTIONS:
        return [message(NOTES, "institutions")]
    cell_m = run.inputs.get("search_cell_m")
    return [] if cell_m is None else [message(NOTES, "search_cells", cell_m=cell_m)]


def _notes_of(parts: Sequence[RunPart]) -> Iterator[list[Message]]:
    for part in parts:
        yield [_message(note) for note in part.notes]


def _message(document: dict[str, Any]) -> Message:
    return Message(document["key"], document["numbers"], document["text"])
