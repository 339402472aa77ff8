"""Sizes of hub, and the hub after the first one, as plain JSON."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engines.assumptions import Assumptions
from engines.economics.annuity import annuity_factor
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
    refs: Sequence[str], hubs: Hubs, rows: Sequence[int], a: Assumptions
) -> dict[str, Any] | None:
    """Return whether the best-ranked hub pays for the next ones; None without two hubs.

    The study's own market is one future. The share of futures stays unknown until yearly cash of
    many futures is there.
    """
    known = [i for i in rows if np.isfinite(hubs.money.npv_eur[i])][:CHAIN]
    if len(known) < 2:  # noqa: PLR2004  a hub and its successor
        return None
    links = [_link(refs[i], hubs, i, a) for i in known]
    found = expansion(links, 1.0 - a["economics.debt_share"], part_years=True)
    return {
        "hubs": [
            {
                "ref": link.name,
                "cost_eur": link.cost_eur,
                "reserve_eur": link.reserve_eur,
                "free_eur": [number(value) for value in link.free_eur[0]],
                "built_year": number(found.built_year[0, k]),
            }
            for k, link in enumerate(links)
        ],
        "cash_eur": [number(value) for value in found.cash_eur[0]],
        "within_years": WITHIN_YEARS,
        "probability": None,
    }


def _link(ref: str, hubs: Hubs, i: int, a: Assumptions) -> NextHub:
    """Cash of one hub: earnings less what new machines and debt take."""
    cost = float(np.broadcast_to(hubs.cost.total_eur, hubs.joined.shape)[i])
    opex = float(np.broadcast_to(hubs.cost.running_eur_per_a, hubs.joined.shape)[i])
    machines = float(np.broadcast_to(hubs.cost.capex.asic_eur, hubs.joined.shape)[i])
    aside = machines * (1.0 - a["compute.asic_resale_share"]) / a["compute.asic_life_years"]
    borrowed = a["economics.debt_share"] * cost
    service = borrowed * float(
        annuity_factor(a["economics.debt_rate_share"], a["economics.debt_years"])
    )
    free = hubs.money.ebitda_eur[[i]] - aside - service
    # the worst that the study has to bear: the hub stands still, and its fixed costs go on
    idle = np.zeros((1, hubs.years))
    reserve = reserve_need_eur(opex + service + aside, idle, a["siting.drawdown_years"], opex)
    return NextHub(ref, free, cost, reserve)
