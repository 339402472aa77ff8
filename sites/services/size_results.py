"""Sizes of hub, and the hub after the first one, as plain JSON."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engines.evaluation.books import Books, books
from engines.evaluation.future_cash import yearly_earnings_eur
from engines.evaluation.future_plans import FutureTown
from engines.evaluation.sizes import SizeCurve
from engines.siting.expansion import NextHub, expansion
from sites.services.plain import number
from sites.services.results import canonical
from sites.services.sized import Sized

CHAIN = 3
"""Hubs of the chain: those that the study names, then the best-ranked ones."""
WITHIN_YEARS = 10


def size_document(curve: SizeCurve) -> str | None:
    """Return what other sizes would be at one place, as JSON; None where none was tried."""
    if not len(curve.power_it_kw):
        return None
    best = curve.best
    return canonical(
        {
            "sizes": [
                {
                    "power_it_kw": float(curve.power_it_kw[k]),
                    "npv_eur": number(curve.npv_eur[k]),
                    "heat_mwh": number(curve.heat_mwh[k]),
                    "heat_used_share": number(curve.heat_used_share[k]),
                    "lcoh_net_eur_per_mwh": number(curve.heat_cost_eur_per_mwh[k]),
                    "capex_eur": number(curve.capex_eur[k]),
                    "red": list(curve.red[k]),
                }
                for k in range(len(curve.power_it_kw))
            ],
            "limit": list(curve.limit),
            "best_kw": None if best is None else float(curve.power_it_kw[best.best]),
            "best_by": None if best is None else best.by,
            "knee_kw": None
            if best is None or best.knee is None
            else float(curve.power_it_kw[best.knee]),
        }
    )


def chain_order(
    refs: Sequence[str], rank: Sequence[int | None], wished: Sequence[str]
) -> list[int]:
    """Return the rows of the hubs of the chain: those wished for first, then by rank.

    A place that is wished for and not ranked is left out; `chain_document` names it.
    """
    placed = sorted((place, i) for i, place in enumerate(rank) if place is not None)
    row_of = {refs[i]: i for _, i in placed}
    first = [row_of[ref] for ref in dict.fromkeys(wished) if ref in row_of]
    return [*first, *(i for _, i in placed if i not in first)][:CHAIN]


def chain_document(
    top: Sequence[Sized], future: FutureTown, wished: Sequence[str] = ()
) -> dict[str, Any] | None:
    """Return whether the first hub pays for the next ones; None without two hubs.

    `top` has the parcels of the chain in their order, one each; `wished` the names that the study
    puts first. The study's own market is followed year by year; the futures say how likely a
    successor is.
    """
    a = top[0].given.assumptions
    opened = [
        books(o.hubs, 0, o.given.town.plants_kw, o.given.choices, o.given.assumptions) for o in top
    ]
    sure = [each.reserve.total_eur + each.sinking_eur_per_a for each in opened]
    worth = [float(one.hubs.money.npv_eur[0]) for one in top]
    if len(top) < 2 or not np.isfinite([*sure, *worth]).all():  # noqa: PLR2004
        return None

    def links(earned: Sequence[np.ndarray]) -> list[NextHub]:
        return [
            _link(
                one.given.rows[0].ref,
                opened[k],
                float(np.broadcast_to(one.hubs.cost.total_eur, 1)[0]),
                earned[k],
            )
            for k, one in enumerate(top)
        ]

    own_eur = [one.hubs.money.ebitda_eur[:1] for one in top]
    drawn_eur = [
        yearly_earnings_eur(one.hubs, future, one.given.choices, one.given.assumptions)[0]
        for one in top
    ]
    own, many = (
        expansion(links(earned), 1.0 - a["economics.debt_share"], part_years=True)
        for earned in (own_eur, drawn_eur)
    )
    refs = {one.given.rows[0].ref for one in top}
    in_time = many.built_year[:, 1] <= WITHIN_YEARS
    return {
        "hubs": [
            {
                "ref": link.name,
                "cost_eur": link.cost_eur,
                "reserve_eur": link.reserve_eur,
                "free_eur": [number(value) for value in link.free_eur[0]],
                "built_year": number(own.built_year[0, k]),
                "median_year": number(many.median_year[k]),
            }
            for k, link in enumerate(links(own_eur))
        ],
        "wished": list(wished),
        "not_ranked": [ref for ref in wished if ref not in refs],
        "cash_eur": [number(value) for value in own.cash_eur[0]],
        "within_years": WITHIN_YEARS,
        "futures": future.futures.count,
        "probability": float(in_time.mean()),
    }


def _link(ref: str, books: Books, cost_eur: float, earned_eur: np.ndarray) -> NextHub:
    """Cash of one hub, shape (futures, years): earnings less what new machines and debt take."""
    free = earned_eur - books.sinking_eur_per_a - books.debt.service_eur
    return NextHub(ref, free, cost_eur, books.reserve.total_eur)
