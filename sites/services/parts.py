"""Works a run off in parts: each is stored once, and a later attempt goes on after the last."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop

from engines import ENGINE_VERSION
from engines.evaluation.carbon import hub_carbon
from engines.evaluation.future_plans import FutureTown
from engines.evaluation.futures import hub_futures
from engines.evaluation.hubs import Hubs, evaluate_hubs
from engines.evaluation.judge import judge
from engines.evaluation.notes import merged_notes
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
from sites.parcel_selectors import INSTITUTIONS
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
from sites.services.size_results import chain_document, chain_order, size_documents
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
)
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
    year = year_of(given)
    future = future_of(given, year)
    starts = range(0, len(given.rows), PART)
    for number, start in enumerate(starts):
        if number not in there:
            share = 0.15 + 0.75 * number / len(starts)
            progress(gettext_noop("working out every hour of every parcel"), share)
            part = chosen(given, range(len(given.rows))[start:][:PART])
            _work_part(progress, run, number, part, year, future)
    progress(gettext_noop("ranking and storing the result"), 0.9)
    _finish(progress, run, given, year, future)


def chosen(given: Assembled, rows: Sequence[int]) -> Assembled:
    """Return the inputs with these candidates alone, their outlines measured."""
    few = [given.rows[i] for i in rows]
    candidates = given.candidates.at(rows)
    if candidates.land is not None:
        candidates = replace(candidates, land=measured(candidates.land, few))
    return replace(given, rows=few, candidates=candidates)


def year_of(given: Assembled) -> TownYear:
    """Work out the year of the town, at the pipes that the candidates would feed."""
    return town_year(given.town, given.candidates, given.choices, given.assumptions)


def hubs_of(given: Assembled, year: TownYear) -> Hubs:
    return evaluate_hubs(year, given.candidates, given.grid.given, given.choices, given.assumptions)


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
    progress: Attempt, run: Run, number: int, part: Assembled, year: TownYear, future: FutureTown
) -> None:
    hubs = hubs_of(part, year)
    drawn = hub_futures(hubs, future, part.choices, part.assumptions)
    judged = judge(part.candidates, hubs, part.choices, part.assumptions, drawn)
    emitted = hub_carbon(hubs, part.country, part.choices, part.assumptions)
    parcels = [
        parcel
        | {"chances": chances_document(drawn, i), "carbon": carbon_document(emitted, part, i)}
        for i, parcel in enumerate(parcel_documents(part, hubs, judged))
    ]
    texts = [canonical(parcel) for parcel in parcels]
    ranking = [
        [
            parcel["ref"],
            parcel["score"],
            parcel["verdict"],
            place is None,
            fingerprint(text),
            [parcel["grid"][name] for name in SHARED],
            facts | {"npv_levels_eur": (parcel.get("chances") or {}).get("npv_quantiles_eur")},
        ]
        for parcel, place, text, facts in zip(
            parcels, judged.ranking.rank, texts, siting_facts(part, hubs, judged), strict=True
        )
    ]
    with progress.storing():
        RunPart.objects.create(
            municipality_id=run.municipality_id,
            run=run,
            number=number,
            notes=[message_document(note) for note in hubs.notes],
            ranking=ranking,
        )
        insert_rows(
            Candidate._meta.db_table,
            CANDIDATE_COLUMNS,
            (
                (run.municipality_id, run.pk, row.id, row.ref, parcel["score"], False, text)
                for row, parcel, text in zip(part.rows, parcels, texts, strict=True)
            ),
        )


def _finish(
    progress: Attempt, run: Run, given: Assembled, year: TownYear, future: FutureTown
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
    robust, robust_of = robustness_document(given, refs, rank, score, facts)
    sharing = [canonical(each) for each in sharing_documents(refs, nodes, rank)]
    kept = [i for i, ref in enumerate(refs) if ref in pinned or on_short_list(rank[i])]
    short = chosen(given, kept or [0])
    hubs = hubs_of(short, year)
    sizes = size_documents(short, year)
    wishes = run.inputs["study"].get("portfolio") or {}
    wished = wishes.get("chain") or []
    top = chosen(given, chain_order(refs, rank, wished) or [0])
    futures = futures_documents(short, hubs)
    short_list = {
        refs[i]: {
            "hourly": hourly_document(hubs, place),
            "foresight": foresight_document(hubs, place),
            "resilience": resilience_document(short, hubs, place),
            "sizes": sizes[place],
            "futures": futures[place],
            "books": books_document(short, hubs, place),
            "is_pinned": refs[i] in pinned,
        }
        for place, i in enumerate(kept)
    }
    layers = run.inputs["layers"]
    labels = {
        "price": layers[SeriesQuantity.PRICE]["label"],
        "temperature": layers[SeriesQuantity.TEMPERATURE]["label"],
    }
    town = town_document(given, hubs, labels) | {"futures": draw_document(future, short)}
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
        "set": set_document(given, year, refs, rank, score, nodes, facts, wishes),
        "chain": chain_document(top, year, future, hubs_of(top, year), wished),
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


def _verdicts(verdicts: Sequence[str], rank: Sequence[int | None]) -> dict[str, int]:
    """Count the verdicts of ranked parcels."""
    return dict(Counter(key for key, place in zip(verdicts, rank, strict=True) if place))


def _notes_on_places(run: Run) -> list[Message]:
    if (run.inputs["study"].get("rules") or {}).get("search") == INSTITUTIONS:
        return [message(NOTES, "institutions")]
    cell_m = run.inputs.get("search_cell_m")
    return [] if cell_m is None else [message(NOTES, "search_cells", cell_m=cell_m)]


def _notes_of(parts: Sequence[RunPart]) -> Iterator[list[Message]]:
    for part in parts:
        yield [_message(note) for note in part.notes]


def _message(document: dict[str, Any]) -> Message:
    return Message(document["key"], document["numbers"], document["text"])
