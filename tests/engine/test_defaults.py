"""Assumptions become explicit records."""

import datetime
import re

import pytest

from engines.assumptions import build_assumptions
from engines.economics.defaults import (
    between_sizes,
    capex_rates,
    compute_input,
    heat_pump_price_eur_per_kwth,
    lives,
    opex_rates,
)
from engines.errors import InvalidInput
from engines.tables import registry

A = build_assumptions()


def test_small_and_large_hubs_have_the_prices_of_the_specification() -> None:
    pilot, large = capex_rates(A, 50.0, 0.0), capex_rates(A, 2000.0, 0.0)
    assert (pilot.container_eur_per_kw, large.container_eur_per_kw) == pytest.approx((900, 350))
    assert (pilot.exchanger_eur_per_kwth, large.exchanger_eur_per_kwth) == pytest.approx((400, 80))
    assert (pilot.controls_eur, large.controls_eur) == pytest.approx((15000, 80000))
    assert large.civil_eur == pytest.approx(200_000)
    assert opex_rates(A, 2000.0, "immersion").staff_eur_per_a == pytest.approx(97_500)


def test_between_the_sizes_the_price_runs_on_the_logarithm_of_power() -> None:
    # halfway between 50 and 1000 kW on the logarithm is sqrt(50*1000) = 223.607 kW
    assert between_sizes(900.0, 350.0, 223.60680, A) == pytest.approx(625.0, rel=1e-6)


def test_a_small_heat_pump_costs_more_per_kilowatt() -> None:
    # 890*(2000/10000)^-0.15 = 890*1.27305 = 1133.0
    assert heat_pump_price_eur_per_kwth(2000.0, A) == pytest.approx(1133.0, rel=1e-4)
    assert heat_pump_price_eur_per_kwth(20_000.0, A) == pytest.approx(890.0)
    assert heat_pump_price_eur_per_kwth(0.0, A) == 0.0
    # each of several has the price of its own size
    several = heat_pump_price_eur_per_kwth([2000.0, 0.0, 20_000.0], A)
    assert several == pytest.approx([1133.0, 0.0, 890.0], rel=1e-4)


def test_the_default_path_carries_the_market_decay_and_the_next_halving() -> None:
    given = compute_input(A, "btc_asic", "market", 2027.0)
    assert given.decay_share_per_a == pytest.approx(0.20)
    assert given.halving_years == pytest.approx((2028.29,))


def test_lives_are_those_of_the_specification() -> None:
    given = lives(A)
    assert (given.pipe_years, given.exchanger_years, given.container_years) == (40, 25, 15)
    assert (given.heat_pump_years, given.asic_years) == (25, 5)


def test_an_unknown_fluid_is_refused() -> None:
    with pytest.raises(InvalidInput, match="immersion"):
        opex_rates(A, 50.0, "milk")


def test_every_assumption_has_a_unit_a_source_and_dates() -> None:
    for key, entry in registry("assumptions").items():
        assert entry.unit, key
        assert entry.source, key
        for date in filter(None, (entry.as_of, entry.review_by)):
            datetime.date.fromisoformat(date)


def test_units_have_one_spelling() -> None:
    for key, entry in registry("assumptions").items():
        if "share" in key and not key.endswith("_per_a"):
            assert entry.unit in ("-", "1/a"), key
        assert not re.search(r"/\w+ [a-z]", entry.unit), f"{key}: bracket {entry.unit!r}"
