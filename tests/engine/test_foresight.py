from dataclasses import replace

import numpy as np
import pytest
from heat_hubs import one_hub, random_hub

from engines.dispatch.heat_limited import hourly
from engines.dispatch.optimum import optimal_year
from engines.dispatch.realistic import realistic_year
from engines.evaluation.foresight import connected_hub


def test_the_optimum_is_what_the_hourly_choice_earns_where_the_grid_has_room():
    for seed in range(5):
        inputs = random_hub(seed, 500)
        # with fans, pump and auxiliaries the hub needs at most 1000 (1.03 + 0.02) + 6 kW
        inputs = replace(inputs, headroom_kw=np.full((1, 500), 1100.0))
        best = optimal_year(connected_hub(inputs, 0))
        assert best.lower_eur == pytest.approx(hourly(inputs, 0, 0).margin_eur.sum(), rel=1e-9)
        assert best.upper_eur == pytest.approx(best.lower_eur, rel=1e-12)


def test_a_tight_grid_keeps_power_free_for_pump_and_fans():
    inputs = random_hub(6, 500)
    best = optimal_year(connected_hub(inputs, 0))
    # never more than the exact choice, which may use what pump and fans do not need
    exact_eur = hourly(inputs, 0, 0).margin_eur.sum()
    assert 0.9 * exact_eur < best.lower_eur <= exact_eur


def test_a_parcel_without_network_or_power_earns_what_it_can():
    closed = connected_hub(one_hub(48, uptake_kw=np.zeros((1, 48))), 0)
    assert closed.heat_uptake_kw.max() == 0.0
    dark = connected_hub(one_hub(48, headroom_kw=np.zeros((1, 48))), 0)
    assert optimal_year(dark).upper_eur == 0.0
    assert realistic_year(dark).earned_eur == 0.0
    # a pump that needs more than there is
    assert optimal_year(connected_hub(one_hub(48, pump_kw=np.array([3000.0])), 0)).upper_eur == 0.0


def test_without_foresight_a_hub_earns_less_but_not_much_less():
    inputs = random_hub(7, 2000)
    hub = connected_hub(inputs, 0)
    real, best = realistic_year(hub), optimal_year(hub)
    assert real.earned_eur < best.upper_eur
    # heat is drawn at random here: no forecast can be worse off
    assert real.error_next_day_share > 0.5
