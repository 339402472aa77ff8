"""All engines together, on a town small enough to check by hand."""

import dataclasses

import numpy as np
import pytest
from grid_nodes import make_nodes
from small_town import (
    CHOICES,
    DEMAND_MWH,
    HOURS,
    OUTDOOR_DEGC,
    PRODUCTION_KW,
    evaluate,
    make_candidates,
    make_grid,
    make_town,
)

from engines.assumptions import build_assumptions, frozen_assumptions
from engines.errors import InvalidInput
from engines.evaluation.judge import Judgement
from engines.evaluation.records import (
    GridInput,
)
from engines.evaluation.resilience import resilience
from engines.evaluation.town import town_year
from engines.grid.nodes import no_nodes


def gate_states(judged: Judgement, i: int) -> dict[str, str]:
    return {gate.key: gate.state for gate in judged.gates[i]}


def test_the_network_takes_what_the_temperatures_allow():
    hubs, _ = evaluate(network__max_return_rise_k=1.0)
    assert hubs.town.production_kw == pytest.approx(PRODUCTION_KW, rel=1e-6)
    assert hubs.town.available_degc == pytest.approx(67.5)
    # flow = production / (cp 25 K), warmed by the 1 K that is allowed: a 25th of the heat, 40 kW;
    # a tenth of it on the branch. Both are less than the 92 kW the hub catches.
    assert hubs.feed.mode[:2] == ("return_preheat", "return_preheat")
    near, branch, _ = hubs.feed.row
    assert hubs.feed.uptake_kw[near] == pytest.approx(40.0, rel=1e-5)
    assert hubs.feed.uptake_kw[branch] == pytest.approx(4.0, rel=1e-5)


def test_heat_that_must_run_goes_first():
    # the plant must give 970 of 1000 kW: 30 kW are left, on the branch no more than that either
    hubs, _ = evaluate(make_town(plant_must_run_kw=np.array([970.0])))
    assert hubs.places.absorbable_kw[0] == pytest.approx(30.0, rel=1e-3)
    assert hubs.places.absorbable_kw[1] == pytest.approx(30.0, rel=1e-3)
    assert hubs.feed.uptake_kw[hubs.feed.row[0]].max() <= 30.0 * (1 + 1e-4)


def test_without_a_plant_the_flow_is_a_bound_and_the_verdict_knows_it():
    alone = {"plant_piece": np.array([], int), "plant_at_end": np.array([], bool)}
    hubs, judged = evaluate(make_town(plant_must_run_kw=np.array([]), **alone))
    assert hubs.flow_known.tolist() == [False, False, False]
    # everything that hangs together: the demand and 13 % of production lost, 1000 / 0.87
    assert hubs.places.absorbable_kw[1] == pytest.approx(1000.0 / 0.87, rel=1e-5)
    assert any(note.key == "flow_unknown" for note in hubs.notes)
    names = {str(reason.numbers.get("name")) for reason in judged.verdicts[0].reasons}
    assert "heat" in names
    # the criterion of the connection's length no longer rests on a known network
    assert judged.ranking.coverage_share[0] == pytest.approx(0.05)


def test_a_stated_share_of_the_flow_stands_in_for_a_plant():
    hubs, _ = evaluate(
        make_town(
            plant_piece=np.array([], int),
            plant_at_end=np.array([], bool),
            plant_must_run_kw=np.array([]),
            flow_share=np.array([1.0, 0.25]),
        )
    )
    assert hubs.flow_known.tolist() == [True, True, False]
    assert hubs.places.absorbable_kw[1] == pytest.approx(0.25 * 1000.0 / 0.87, rel=1e-5)


def test_a_hub_too_cold_for_the_supply_lifts_where_that_pays():
    # immersion in oil at 25 degC outdoors: 46.5 degC available, the by-pass holds the return at 50,
    # so only a heat pump feeds in; with power next to free it pays, and its electricity is heat
    hubs, _ = evaluate(make_town(price=-30.0, outdoor=25.0), technology="immersion_oil")
    assert hubs.feed.mode[0] in {"supply_lift", "supply_series"}
    assert hubs.cost.capex.heat_pump_eur[0] > 0.0
    year = hubs.dispatch
    assert year.heat_pump_mwh[0, 0] > 0.0
    # delivered = (captured - lost) + electricity of the pump
    from_hub = 0.96 * year.it_energy_mwh[0, 0] - year.heat_rejected_mwh[0, 0]
    expected = from_hub - year.heat_lost_mwh[0, 0] + year.heat_pump_mwh[0, 0]
    assert year.heat_delivered_mwh[0, 0] == pytest.approx(expected, rel=1e-9)


def test_heat_of_a_flat_year_is_what_a_hand_finds():
    # 5 K on the return are 200 kW, more than the 92 kW the hub catches; at 20 EUR/MWh plus 35.4 of
    # adders, 55.4 against 69.9 of compute, it runs at full load: delivered = (92 - loss) * hours
    hubs, _ = evaluate()
    loss_kw = hubs.connection.heat_loss_kw[0]
    expected = (92.0 - loss_kw) * HOURS * 0.95 / 1000
    assert hubs.dispatch.heat_delivered_mwh[0, 0] == pytest.approx(expected, rel=1e-9)


def test_heat_value_carries_the_penalty_of_a_warmer_return():
    # displaced 54.783; boiler gradient 0.02 * (70 - 45) = 0.5; share 0.8 -> 43.426 EUR/MWh
    hubs, _ = evaluate()
    assert hubs.feed.value_eur_per_mwh[hubs.feed.row[0]] == pytest.approx(
        0.8 * (54.7826 - 0.5), rel=1e-4
    )


def test_energy_closes_for_every_parcel_and_year():
    hubs, _ = evaluate()
    year = hubs.dispatch
    out = (
        year.heat_delivered_mwh + year.heat_lost_mwh + year.heat_rejected_mwh + year.uncaptured_mwh
    )
    assert out == pytest.approx(year.electricity_mwh, rel=1e-9)


def test_a_place_without_network_gives_no_heat_and_is_not_ranked():
    hubs, judged = evaluate()
    assert hubs.dispatch.heat_delivered_mwh[2].sum() == 0.0
    assert np.isnan(hubs.money.lcoh_net_eur_per_mwh[2])
    states = gate_states(judged, 2)
    assert states["heat_uptake"] == "red"
    assert states["connection"] == "unknown"
    assert states["headroom"] == "unknown"
    assert judged.ranking.rank[2] is None


def test_too_cold_and_too_dear_to_lift_is_a_red_gate():
    # at 25 degC the by-pass lifts the return to 50 degC, above the 46.5 that immersion in oil
    # gives; at 500 EUR/MWh no heat pump pays
    hubs, judged = evaluate(make_town(price=500.0, outdoor=25.0), technology="immersion_oil")
    assert hubs.dispatch.heat_delivered_mwh.sum() == 0.0
    temperature = next(gate for gate in judged.gates[0] if gate.key == "temperature")
    assert temperature.state == "red"
    assert judged.verdicts[0].key == "do_not_build"


def test_an_unknown_gate_never_passes_and_caps_the_verdict():
    _, judged = evaluate()
    assert gate_states(judged, 0)["flood"] == "unknown"
    assert judged.verdicts[0].key == "not_enough_data"
    assert judged.conditional[0].key in {"do_not_build", "build"}


def test_zoning_decides_where_it_is_known():
    _, judged = evaluate()
    assert [gate_states(judged, i)["zoning"] for i in range(3)] == ["green", "red", "unknown"]


def test_money_repeats_the_bill_of_one_flat_hour():
    # 100 kW * 1.03 + pump, 8322 h, at 20 + 3 + 10 + 22.4 = 55.4 EUR/MWh, plus 30 EUR/kW on the peak
    hubs, _ = evaluate()
    drawn_kw = 103.0 + hubs.connection.pump_kw[0]
    expected = drawn_kw * 8322 / 1000 * 55.4 + 30.0 * drawn_kw
    assert hubs.electricity_eur[0, 0] == pytest.approx(expected, rel=1e-9)


def test_compute_that_stays_is_worth_more_than_compute_that_decays_or_is_missing():
    hubs, _ = evaluate()
    assert np.all(hubs.npv_flat_compute_eur >= hubs.money.npv_eur)
    assert np.all(hubs.money.npv_eur >= hubs.npv_without_compute_eur - 1e-6)
    # run for heat alone the hub loses less than run for both with one income left out
    assert np.all(hubs.npv_without_compute_eur >= hubs.money.npv_heat_only_eur - 1e-6)


def test_a_full_substation_stops_the_hub():
    hubs, judged = evaluate(grid=make_grid(rating_kva=400.0, peak_load_kw=400.0))
    assert hubs.dispatch.electricity_mwh[0].sum() == 0.0
    assert gate_states(judged, 0)["headroom"] == "red"


def test_a_hub_runs_in_the_hours_in_which_the_grid_has_room():
    # 0.9 * 0.95 * 400 kVA = 342 kW; 92 kW are free by day, nothing by night
    load = np.tile(np.repeat([342.0, 250.0], 12), 365)
    nodes = make_nodes([400.0], load_kw=load[None, :])
    hubs, judged = evaluate(grid=GridInput(nodes, no_nodes(are_feeders=True)))
    drawn = hubs.series(0).electricity_kw.reshape(365, 24)
    assert drawn[:, :12].max() == 0.0
    assert drawn[:, 12:] == pytest.approx(92.0, rel=1e-9)
    # half the hours at 92 of 103 kW and the pump: far below nine tenths of the energy
    assert gate_states(judged, 0)["headroom"] == "red"
    needed = hubs.needed_kw[0]
    missed = (4380 * needed + 4380 * (needed - 92.0)) / 1000
    assert hubs.grid.curtailed_mwh[0] == pytest.approx(missed, rel=1e-9)


def test_an_unknown_load_sets_no_limit_and_is_never_green():
    hubs, judged = evaluate(grid=GridInput(make_nodes([400.0]), no_nodes(are_feeders=True)))
    assert hubs.dispatch.electricity_mwh[0, 0] > 0.0
    assert gate_states(judged, 0)["headroom"] == "unknown"
    assert hubs.grid.said[0].key == "grid_no_load"


def test_another_candidate_never_reorders_the_others():
    _, both = evaluate()
    _, single = evaluate(candidates=make_candidates().at([0]))
    assert single.ranking.score[0] == pytest.approx(both.ranking.score[0], rel=1e-12)


def test_coverage_counts_only_weight_that_rests_on_measured_inputs():
    # connection length 0.05 (measured network) and dwelling distance 0.05 (surveyed buildings)
    _, judged = evaluate()
    assert judged.ranking.coverage_share[0] == pytest.approx(0.1)


def test_a_year_of_negative_prices_runs_the_hub_in_every_hour_and_still_closes():
    hubs, _ = evaluate(make_town(price=-150.0))
    assert hubs.dispatch.hours_run[0, 0] == pytest.approx(8322)
    assert hubs.electricity_eur[0, 0] < 0.0


def test_prices_of_another_length_are_refused_with_both_lengths():
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=np.zeros(8784))
    with pytest.raises(InvalidInput, match="8784 hours and temperatures 8760"):
        evaluate(town)


def test_a_network_without_customers_is_refused():
    town = make_town(customer_mwh_per_a=np.zeros(2))
    with pytest.raises(InvalidInput, match="No building with heat demand"):
        evaluate(town)


def test_a_hub_that_delivers_no_heat_is_not_lifted_by_the_cost_it_does_not_have():
    # at 500 EUR/MWh it never runs: heat that never comes has no cost, which is the worst answer
    # to the question, not a gap; its weight must not go to the other criteria
    hubs, judged = evaluate(make_town(price=500.0))
    gap = [rule.key for rule in judged.criteria].index("lcoh_gap")
    assert hubs.dispatch.heat_delivered_mwh[0, :15].sum() == 0.0
    assert judged.values[0, gap] == 0.0
    assert "lcoh_gap" not in judged.ranking.missing[0]


def test_a_cable_to_nowhere_is_marked():
    hubs, _ = evaluate()
    assert np.isnan(hubs.cost.cable_eur).tolist() == [False, False, True]
    assert np.isfinite(hubs.cost.total_eur).all()


def test_a_stored_run_keeps_its_assumptions_whatever_the_tables_say_later():
    a = build_assumptions({"hub.power_it_kw": 123.0}, source="study")
    rows = [
        {name: getattr(entry, name) for name in ("key", "value", "unit", "tag", "source", "note")}
        for entry in a.entries.values()
    ]
    frozen = frozen_assumptions(rows)
    assert frozen["hub.power_it_kw"] == 123.0
    assert {key: frozen[key] for key in a.entries} == {key: a[key] for key in a.entries}


def test_failures_of_a_hub_on_a_flat_year_are_what_a_hand_finds():
    # 92 kW less the loss of the connection, of a network that needs 1000 kW at 10 degC all year
    hubs, _ = evaluate()
    a = build_assumptions({"hub.power_it_kw": 100.0})
    found = resilience(hubs, 0, {"plant": 1500.0}, a)
    hub_kw = 92.0 - hubs.connection.heat_loss_kw[0]
    assert found.hub_kw == pytest.approx(hub_kw, rel=1e-9)
    # T_eq = 10 + (1 - s) 11: with s 0.0919 it is 19.99 degC, so 20 is passed after
    # 100 h ln((21 - T_eq) / (20 - T_eq)), s = hub / production
    settled = 10.0 + (1.0 - hub_kw / hubs.town.production_kw.max()) * 11.0
    expected = 100.0 * np.log((21.0 - settled) / (20.0 - settled))
    assert found.hold_h == pytest.approx(expected, rel=1e-9)
    # the plant of 1500 kW gives all of the 1000 kW without the hub
    assert found.week_missing_mwh == 0.0
    assert found.firm_kw == pytest.approx(hub_kw)
    assert found.outage_allowed is True
    # it never stops: no start, no cycle, no wear
    assert (found.starts, found.damage_per_a, found.life_a) == (0, 0.0, np.inf)
    # 2 cm of DN 200 and DN 100 hold next to nothing
    assert found.water_kwh == pytest.approx(0.0, abs=0.01)


def test_unknown_plants_leave_failures_unknown():
    hubs, _ = evaluate()
    a = build_assumptions({"hub.power_it_kw": 100.0})
    for plants in ({}, {"plant": np.nan}):
        found = resilience(hubs, 0, plants, a)
        assert np.isnan(found.week_missing_mwh)
        assert np.isnan(found.firm_kw)


def test_a_plant_too_small_leaves_heat_missing():
    # 950 kW against 1000 kW in every hour of a week: 50 kW * 168 h = 8.4 MWh
    hubs, _ = evaluate()
    a = build_assumptions({"hub.power_it_kw": 100.0})
    found = resilience(hubs, 0, {"plant": 950.0}, a)
    assert found.week_missing_mwh == pytest.approx(8.4, rel=1e-4)
    # of the hub's heat the plant can replace 950 - (1000 - hub)
    assert found.firm_kw == pytest.approx(found.hub_kw - 50.0, rel=1e-3)


def test_a_measured_heat_load_and_measured_temperatures_go_before_all_curves():
    # all heat in the first half of the year; supply 95, return 55 as measured
    load = np.concatenate([np.ones(HOURS // 2), np.zeros(HOURS // 2)])
    town = dataclasses.replace(
        make_town(),
        heat_load_kw=load,
        supply_degc=np.full(HOURS, 95.0),
        return_degc=np.full(HOURS, 55.0),
    )
    hubs, _ = evaluate(town)
    # 8760 MWh in 4380 hours are 2000 kW, then nothing
    assert hubs.town.demand_kw[0] == pytest.approx(2000.0)
    assert hubs.town.demand_kw[-1] == 0.0
    assert hubs.places.supply_degc[0, 0] == pytest.approx(95.0, abs=1e-3)
    # 67.5 degC available is 12.5 K above the return: 5 K of rise are allowed, 5/40 of the heat
    assert hubs.feed.mode[0] == "return_preheat"
    assert hubs.feed.feeding_h[0] == HOURS // 2


def test_a_measured_load_of_another_length_is_refused_by_name():
    town = dataclasses.replace(make_town(), heat_load_kw=np.ones(8784))
    with pytest.raises(InvalidInput, match="measured heat load has 8784 hours"):
        evaluate(town)


def test_degree_days_put_the_heat_where_it_is_cold():
    outdoor = np.repeat([0.0, 20.0], [HOURS // 2, HOURS // 2])
    town = dataclasses.replace(make_town(), outdoor_degc=outdoor)
    choices = dataclasses.replace(CHOICES, demand_method="degree_days")
    a = build_assumptions({"hub.power_it_kw": 100.0})
    year = town_year(town, make_candidates(), choices, a)
    # a fifth is hot water all year (demand.hot_water_share), the rest in the cold half but for the
    # memory of a few days
    cold = year.demand_kw[: HOURS // 2].sum() / year.demand_kw.sum()
    assert cold == pytest.approx(0.8 + 0.2 / 2, abs=0.01)


def test_a_leap_year_has_366_days_everywhere():
    town = dataclasses.replace(
        make_town(),
        outdoor_degc=np.full(8784, OUTDOOR_DEGC),
        day_ahead_eur_per_mwh=np.full(8784, 20.0),
        weekday_of_day=np.arange(366) % 7,
    )
    hubs, judged = evaluate(town)
    assert hubs.town.demand_kw.sum() == pytest.approx(DEMAND_MWH * 1000.0)
    assert hubs.dispatch.hours_run[0, 0] == pytest.approx(8784 * 0.95)
    assert judged.ranking.score[0] > 0


def test_parcels_at_one_place_share_their_hours():
    # three parcels feed the same piece of pipe, two of them over ways that cool alike
    three = make_candidates(piece_of=np.array([1, 1, 1]), network_m=np.array([10.0, 10.0, 900.0]))
    hubs, _ = evaluate(candidates=three)
    assert hubs.feed.row[0] == hubs.feed.row[1]
    assert hubs.feed.row[2] != hubs.feed.row[0]
    assert hubs.feed.peak_kw[0] == hubs.feed.peak_kw[1]


@pytest.mark.parametrize("technology", ["immersion_oil", "hydro_high_temperature"])
def test_what_a_hub_costs_and_earns_depends_on_no_other_place(technology) -> None:
    # 70 degC wanted: oil needs a heat pump, larger on the pipe where more water passes
    places = make_candidates(network_m=np.array([0.0, 300.0, np.nan]))
    among, _ = evaluate(candidates=places, technology=technology, hub__power_it_kw=250.0)
    for i in range(2):
        alone, _ = evaluate(
            candidates=places.at([i]), technology=technology, hub__power_it_kw=250.0
        )
        for of in (lambda h: h.money.npv_eur, lambda h: h.cost.total_eur, lambda h: h.needed_kw):
            assert of(alone)[0] == pytest.approx(of(among)[i], rel=1e-12)
