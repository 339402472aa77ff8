"""The books of a parcel as a document: plain JSON, gaps as null."""

from typing import Any

from engines.evaluation.books import Books, books
from engines.evaluation.hubs import Hubs
from engines.evaluation.law import reserve_check
from engines.evaluation.market import Market
from sites.assembly import Assembled
from sites.services.law_results import check_document
from sites.services.plain import number


def books_document(given: Assembled, hubs: Hubs, i: int) -> dict[str, Any]:
    """Return every euro of one parcel by line and year, and what follows from it."""
    found = books(hubs, i, given.town.plants_kw, given.choices, given.assumptions)
    flows = found.accounts.flows_eur
    return {
        "signs": "income positive, payment negative; EUR, real, without VAT that comes back",
        "start_year": given.choices.start_year,
        "lines": [
            {
                "key": line.key,
                "block": line.block,
                "eur": _numbers(line.amounts_eur),
                "total_eur": number(line.total_eur),
            }
            for line in found.accounts.lines
        ],
        "flows_eur": _numbers(flows),
        "nominal_eur": _numbers(found.nominal_eur),
        "debt": {
            "drawn_eur": number(found.debt.drawn_eur),
            "interest_eur": _numbers(found.debt.interest_eur),
            "repayment_eur": _numbers(found.debt.repayment_eur),
            "coverage": _numbers(found.coverage),
        },
        "payback_a": number(found.payback_a),
        "payback_discounted_a": number(found.payback_discounted_a),
        "reserve": {
            "by_path_eur": {key: number(eur) for key, eur in found.reserve.by_path_eur.items()},
            "worst": found.reserve.worst,
            "drawdown_eur": number(found.reserve.drawdown_eur),
            "opex_eur": number(found.reserve.opex_eur),
            "total_eur": number(found.reserve.total_eur),
            "sinking_eur_per_a": number(found.sinking_eur_per_a),
            "next_hub_a": number(found.next_hub_a),
            # what a fund of the town would have to cover is only known here
            "check": check_document(reserve_check(found.reserve.total_eur, given.choices)),
        },
        "closure": {
            "npv_eur": _numbers(found.closure.npv_eur),
            "best_year": found.closure.best_year,
            "option_eur": number(found.closure.option_eur),
        },
        "owner": given.choices.money.owner,
        "ownership": {
            model: {
                party: {key: number(eur) for key, eur in lines.items()}
                for party, lines in parties.items()
            }
            for model, parties in found.ownership.items()
        },
        "operator_eur": number(found.operator_eur),
        "treasury_eur": {key: number(eur) for key, eur in found.treasury_eur.items()},
        "market": _market(found),
    }


def _market(found: Books) -> dict[str, Any]:
    market: Market = found.market
    extra = market.curtailed
    return {
        "regimes": [
            {
                "key": regime.key,
                "hours": number(regime.hours),
                "run_h": number(regime.run_h),
                "energy_mwh": number(regime.energy_mwh),
                "cost_eur": number(regime.cost_eur),
                "mean_eur_per_mwh": number(regime.mean_eur_per_mwh),
            }
            for regime in market.regimes
        ],
        "contracts": [
            {
                name: value if isinstance(value, str) else number(value)
                for name, value in vars(each).items()
            }
            for each in market.contracts
        ],
        "chosen": list(market.chosen),
        "balancing": [
            {
                "key": each.product.key,
                "offered_mw_h": number(each.offered_mw_h),
                "largest_bid_kw": number(each.largest_bid_kw),
                "least_bid_kw": number(each.product.least_bid_kw),
                "needs_pool": each.needs_pool,
                "capacity_eur": number(each.capacity_eur),
                "lost_eur": number(each.lost_eur),
                "gain_eur": number(each.gain_eur),
                "heat_backed": each.heat_backed,
            }
            for each in market.reserve
        ],
        "curtailed": None
        if extra is None
        else {name: number(value) for name, value in vars(extra).items()},
    }


def _numbers(values: Any) -> list[float | None]:
    return [number(value) for value in values]
