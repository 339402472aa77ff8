"""Earnings of each year of each future, against the study and against their own worth."""

import dataclasses

import numpy as np
import pytest
from small_futures import drawn, prices, study
from small_town import CHOICES, evaluate, make_town

from engines.evaluation.future_cash import first_years, yearly_earnings_eur
from engines.evaluation.future_plans import operated, plan_table, terms_of
from engines.futures.worth import invested_eur, worth


@pytest.fixture(scope="module")
def hubs():
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=prices(0))
    return evaluate(town)[0]


def test_without_spread_every_future_earns_what_the_study_earns(hubs):
    a = study(spread=0.0)
    town = drawn(hubs, a)
    found = yearly_earnings_eur(hubs, town, CHOICES, a)
    assert found.shape == (3, town.futures.count, 15)
    for f in (0, town.futures.count - 1):
        np.testing.assert_allclose(found[:, f], hubs.money.ebitda_eur, rtol=1e-7, atol=1e-3)


def test_the_years_add_up_to_the_worth_of_each_future(hubs):
    # NPV = sum of earnings over (1 + r)^t + what is bought, as the futures have it
    a = study()
    town = drawn(hubs, a)
    earned = yearly_earnings_eur(hubs, town, CHOICES, a)
    terms = terms_of(hubs, a)
    discount = (1.0 + terms.rate_share) ** -np.arange(1.0, 16.0)
    table = plan_table(operated(hubs, a), town, CHOICES, a)
    whole = worth(table, town.futures, town.heat_factor, terms).npv_eur
    bought = invested_eur(terms, town.futures, 3)
    np.testing.assert_allclose(earned @ discount + bought, whole, rtol=1e-9)


def test_cutting_off_years_keeps_the_first_ones(hubs):
    town = drawn(hubs, study())
    cut = first_years(town.futures, 4)
    assert (cut.years, cut.count) == (4, town.futures.count)
    np.testing.assert_array_equal(cut.compute_factor, town.futures.compute_factor[:, :4])
    assert cut.machine_factor.shape[1] == 5
