"""Sizes of hub, and the hub after the first one, as plain JSON."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engines.evaluation.books import Books, books
from engines.evaluation.future_cash import yearly_earnings_eur
from engines.evaluation.future_plans import FutureTown
from engines.evaluation.hubs import Hubs
from engines.evaluation.sizes import SizeCurve, size_curves
from engines.evaluation.town import TownYear
from engines.siting.expansion import NextHub, expansion
from sites.assembly import Assembled
from sites.services.plain import number

CHAIN = 3
"""Hubs of the chain: those that the study names, then the best-ranked ones."""
WITHIN_YEARS = 10


def size_documents(short: Assembled, year: TownYear) -> list[dict[str, Any]]:
    """Return for each parcel of the short-list what other sizes would be."""
    curves = size_curves(
        year,
        short.town.day_ahead_eur_per_mwh,
        short.candidates,
        short.grid.given,
        short.choices,
        short.assumptions,
    )
    return [_document(curve) for curve in curves]


def _document(curve: SizeCurve) -> dict[str, Any]:
    best = curve.best
    return {
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
        "best_kw": None if best is None else float(curve.power_it_kw[best.best]),
        "knee_kw": None
        if best is None or best.knee is None
        else float(curve.power_it_kw[best.knee]),
    }


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
    top: Assembled,
    year: TownYear,
    future: FutureTown,
    hubs: Hubs,
    wished: Sequence[str] = (),
) -> dict[str, Any] | None:
    """Return whether the first hub pays for the next ones; None without two hubs.

    `top` has the parcels of the chain in their order, `hubs` their hubs, `wished` the names that
    the study puts first. The study's own market is followed year by year; the futures say how
    likely a successor is.
    """
    a, rows = top.assumptions, range(len(top.rows))
    opened = [books(hubs, i, top.town.plants_kw, top.choices, a) for i in rows]
    sure = [each.reserve.total_eur + each.sinking_eur_per_a for each in opened]
    if len(rows) < 2 or not np.isfinite([*sure, *hubs.money.npv_eur]).all():  # noqa: PLR2004
        return None
    refs = [row.ref for row in top.rows]
    cost = np.broadcast_to(hubs.cost.total_eur, hubs.joined.shape).astype(np.float64)
    drawn = yearly_earnings_eur(hubs, future, top.choices, a)

    def links(earned: np.ndarray) -> list[NextHub]:
        return [_link(refs[i], opened[i], float(cost[i]), earned[i]) for i in rows]

    own, many = (
        expansion(links(earned), 1.0 - a["economics.debt_share"], part_years=True)
        for earned in (hubs.money.ebitda_eur[:, None, :], drawn)
    )
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
            for k, link in enumerate(links(hubs.money.ebitda_eur[:, None, :]))
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
