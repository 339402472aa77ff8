from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput, OutOfValidity
from engines.thermal.envelope import technologies, technology
from engines.thermal.exchanger import heat_kw
from engines.thermal.exchanger_chain import (
    exchanger_chain,
    outlet_degc,
    return_hand_over,
    supply_hand_over,
)

A = build_assumptions()
COOLED = [key for key, each in technologies().items() if each.coolant != "direct"]


@pytest.mark.parametrize("key", COOLED)
def test_at_design_the_chain_loses_its_two_approaches(key):
    # equal flows: the water enters at T_hot - rise - both approaches and leaves at T_hot - both
    kind = technologies()[key]
    chain = exchanger_chain(kind, A)
    lost_k = kind.first_approach_k + kind.network_approach_k
    inlet = chain.hot_degc - chain.rise_k - lost_k
    handed = return_hand_over(chain, inlet, flow_ratio=1.0)
    assert handed.share == pytest.approx(1.0, rel=1e-9)
    assert handed.outlet_degc == pytest.approx(chain.hot_degc - lost_k, rel=1e-9)
    assert outlet_degc(chain, inlet) == pytest.approx(chain.hot_degc - lost_k, rel=1e-6)


def test_oil_loses_7_5_k_and_water_2_5_k():
    # 54 - 5 - 2.5 and 45 - 2.5 at the design return of 38.5 and 34.5 degC
    assert outlet_degc(exchanger_chain(technology("immersion_oil"), A), 38.5) == pytest.approx(46.5)
    assert outlet_degc(exchanger_chain(technology("hydro_standard"), A), 34.5) == pytest.approx(
        42.5
    )


def test_the_second_exchanger_is_the_one_of_the_hand_book():
    # hydro: one exchanger, so the chain is eps-NTU itself: UA 1/2.5 per K, flows 1/8 and 1.35/8
    chain = exchanger_chain(technology("hydro_standard"), A)
    cold = 1.35
    ua = 1.0 / (1.0 / (0.8 * cold**0.7) + 1.0 / 0.8)
    by_book = heat_kw(ua, 1.0 / 8.0, cold / 8.0, 45.0, 40.0)
    assert return_hand_over(chain, 40.0).share == pytest.approx(by_book, rel=1e-9)


def test_a_return_warmer_than_the_coolant_supply_takes_only_part_of_the_heat():
    # The coolant must come back at 46 degC at most. 46 degC water cannot cool it to that.
    chain = exchanger_chain(technology("immersion_oil"), A)
    shares = return_hand_over(chain, [35.0, 43.0, 46.0, 50.0, 54.0, 60.0]).share
    assert shares[0] == 1.0
    assert np.all(np.diff(shares[:5]) < 0)
    assert shares[2] < 0.6
    assert shares[4:].tolist() == [0.0, 0.0]
    assert np.isnan(outlet_degc(chain, 46.0))


def test_a_warmer_wish_passes_less_heat_until_none():
    chain = exchanger_chain(technology("hydro_high_temperature"), A)
    shares = supply_hand_over(chain, 45.0, [60.0, 67.0, 69.9, 70.0, 75.0]).share
    assert np.all(np.diff(shares) <= 0)
    assert shares[0] == 1.0
    assert shares[3:].tolist() == [0.0, 0.0]


def test_what_is_handed_over_satisfies_the_equation_of_the_exchanger():
    chain = exchanger_chain(technology("immersion_oil"), A)
    share = float(supply_hand_over(chain, 45.0, 50.0).share)
    assert 0.0 < share < 1.0
    cold = share * 8.0 / 5.0  # flow ratio: heat * rise / (50 - 45)
    ua = 1.0 / (1.0 / (0.8 * cold**0.7) + 1.0 / 0.8)
    inlet_hot = 54.0 - share * 5.0  # the first exchanger shifts by Q / UA = Q * 5 K
    assert heat_kw(ua, 1 / 8, cold / 8, inlet_hot, 45.0) == pytest.approx(share, rel=1e-6)


def test_half_the_load_comes_closer_to_the_coolant():
    # half the flow keeps the rise of 8 K, and the exchangers lose less than at full load
    chain = exchanger_chain(technology("immersion_oil"), A)
    assert outlet_degc(chain, 38.5, load_share=0.5) > outlet_degc(chain, 38.5) + 0.5
    # a quarter of the load cannot lower the flow below half: the rise halves to 4 K, 46 + 4 = 50
    assert outlet_degc(chain, 30.0, load_share=0.25) < 50.0


def test_a_boiler_hands_over_everything_up_to_its_limit():
    chain = exchanger_chain(technology("none"), A)
    assert supply_hand_over(chain, 50.0, [90.0, 150.0, 151.0]).share.tolist() == [1.0, 1.0, 0.0]
    assert outlet_degc(chain, 50.0) == 150.0
    assert return_hand_over(chain, 50.0).share == 1.0


def test_an_exchanger_without_approach_is_refused():
    with pytest.raises(OutOfValidity, match="endless exchanger"):
        exchanger_chain(replace(technology("hydro_standard"), network_approach_k=0.0), A)


@pytest.mark.parametrize("load", [0.0, 1.1, np.nan])
def test_a_load_outside_its_range_is_refused(load):
    chain = exchanger_chain(technology("hydro_standard"), A)
    with pytest.raises(InvalidInput, match="Load share"):
        return_hand_over(chain, 40.0, load_share=load)


def test_no_hours_give_no_hours():
    chain = exchanger_chain(technology("hydro_standard"), A)
    assert supply_hand_over(chain, np.zeros((2, 0)), 40.0).share.shape == (2, 0)


@given(
    st.sampled_from(COOLED),
    st.floats(5.0, 80.0),
    st.floats(0.5, 40.0),
    st.floats(0.05, 1.0),
)
def test_no_water_is_ever_hotter_than_the_coolant_and_no_heat_is_made(key, back, warmer, load):
    chain = exchanger_chain(technologies()[key], A)
    free = return_hand_over(chain, back, load_share=load)
    wished = supply_hand_over(chain, back, back + warmer, load_share=load)
    for handed in (free, wished):
        assert 0.0 <= handed.share <= 1.0
        assert handed.outlet_degc <= max(chain.hot_degc, back)
    # a wish cannot pass more than the freest flow would
    assert wished.share <= free.share * (1 + 1e-6) + 1e-9
