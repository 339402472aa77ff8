"""What every hub earns in each year of each future, before machines and debt."""

from dataclasses import replace

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.evaluation.future_plans import FutureTown, operated, plan_table, terms_of
from engines.evaluation.hubs import Hubs
from engines.evaluation.records import StudyChoices
from engines.futures.draw import Futures
from engines.futures.worth import worth

BY_YEAR = ("compute_factor", "demand_factor", "surcharge_eur_per_mwh", "price_year")


def yearly_earnings_eur(
    hubs: Hubs, town: FutureTown, choices: StudyChoices, a: Assumptions
) -> FloatArray:
    """Return earnings before interest, tax and depreciation, shape (hubs, futures, years) [EUR].

    The worth of the first `t` years without purchases, less that of the first ``t - 1``, brought
    back from today to year `t`: ``(NPV_t - NPV_(t-1)) (1 + r)^t``.
    """
    table = plan_table(operated(hubs, a), town, choices, a)
    terms = replace(terms_of(hubs, a), assets=())
    years = town.futures.years
    before = np.zeros((len(hubs.joined), town.futures.count))
    found = np.empty((*before.shape, years))
    for t in range(1, years + 1):
        value = replace(terms, compute_eur_per_mwh=terms.compute_eur_per_mwh[:t])
        until = worth(table, first_years(town.futures, t), town.heat_factor, value).npv_eur
        found[:, :, t - 1] = (until - before) * (1.0 + terms.rate_share) ** t
        before = until
    return found


def first_years(futures: Futures, years: int) -> Futures:
    """Return the same futures, cut off after these years."""
    return replace(
        futures,
        machine_factor=futures.machine_factor[:, : years + 1],
        **{name: getattr(futures, name)[:, :years] for name in BY_YEAR},
    )
