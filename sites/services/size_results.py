"""Sizes of hub, and the hub after the first one, as plain JSON."""

from typing import Any

import numpy as np

from engines.assumptions import Assumptions
from engines.economics.annuity import annuity_factor
from engines.evaluation.future_cash import yearly_earnings_eur
from engines.evaluation.future_plans import FutureTown
from engines.evaluation.hubs import Hubs
from engines.evaluation.sizes import SizeCurve, size_curves
from engines.evaluation.town import TownYear
from engines.siting.expansion import NextHub, expansion, reserve_need_eur
from sites.assembly import Assembled
from sites.services.plain import number

CHAIN = 3
"""Hubs of the chain: the best-ranked ones, in their order."""
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


def chain_document(
    top: Assembled, year: TownYear, future: FutureTown, hubs: Hubs
) -> dict[str, Any] | None:
    """Return whether the best-ranked hub pays for the next ones; None without two hubs.

    `top` has the best-ranked parcels in their order, `hubs` their hubs. The study's own market is
    followed year by year; the futures say how likely a successor is.
    """
    if len(top.rows) < 2 or not np.isfinite(hubs.money.npv_eur).all():  # noqa: PLR2004  a pair
        return None
    a = top.assumptions
    drawn = yearly_earnings_eur(hubs, future, top.choices, a)
    own, many = (
        expansion(
            [_link(top.rows[i].ref, hubs, i, earned[i], a) for i in range(len(top.rows))],
            1.0 - a["economics.debt_share"],
            part_years=True,
        )
        for earned in (hubs.money.ebitda_eur[:, None, :], drawn)
    )
    links = [
        _link(top.rows[i].ref, hubs, i, hubs.money.ebitda_eur[[i]], a) for i in range(len(top.rows))
    ]
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
            for k, link in enumerate(links)
        ],
        "cash_eur": [number(value) for value in own.cash_eur[0]],
        "within_years": WITHIN_YEARS,
        "futures": future.futures.count,
        "probability": float(in_time.mean()),
    }


def _link(ref: str, hubs: Hubs, i: int, earned_eur: np.ndarray, a: Assumptions) -> NextHub:
    """Cash of one hub, shape (futures, years): earnings less what new machines and debt take."""
    cost = float(np.broadcast_to(hubs.cost.total_eur, hubs.joined.shape)[i])
    opex = float(np.broadcast_to(hubs.cost.running_eur_per_a, hubs.joined.shape)[i])
    machines = float(np.broadcast_to(hubs.cost.capex.asic_eur, hubs.joined.shape)[i])
    aside = machines * (1.0 - a["compute.asic_resale_share"]) / a["compute.asic_life_years"]
    service = (
        a["economics.debt_share"]
        * cost
        * float(annuity_factor(a["economics.debt_rate_share"], a["economics.debt_years"]))
    )
    # the worst that the study has to bear: the hub stands still, and its fixed costs go on
    idle = np.zeros((1, hubs.years))
    reserve = reserve_need_eur(opex + service + aside, idle, a["siting.drawdown_years"], opex)
    return NextHub(ref, earned_eur - aside - service, cost, reserve)
