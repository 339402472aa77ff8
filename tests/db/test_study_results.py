"""What a run says when all parcels are known, on the demo town."""

import numpy as np
import pytest

from engines.errors import InvalidInput
from heatmap.identity import acting_as
from sites.models import Candidate, RunPart
from sites.services import scoring
from sites.services.studies import first_study

pytestmark = pytest.mark.django_db


def candidates(town, run):
    with acting_as(municipality=town.slug):
        return list(Candidate.objects.filter(run=run))


def run_with(town, **changes):
    """Run the first study with these changes, which are not kept."""
    with acting_as(municipality=town.slug):
        study = first_study(town)
        for name, value in changes.items():
            setattr(study, name, value)
        run = scoring.create_run(study, None)
    return scoring.execute(run.job_id)


def gates(candidate):
    return {gate["key"]: gate for gate in candidate.result["gates"]}


def test_the_first_places_are_shared_out_over_the_draws(town, finished_run):
    rows = candidates(town, finished_run)
    ranked = [row for row in rows if row.rank]
    for top in (1, 3, 5):
        total = sum(row.robustness[f"top{top}_share"] for row in rows)
        assert total == pytest.approx(min(top, len(ranked)))
    assert all(row.robustness["mean_rank"] is None for row in rows if not row.rank)
    assert finished_run.result["robustness"]["draws"] == 2000


def test_every_parcel_answers_every_legal_check(town, finished_run):
    for row in candidates(town, finished_run):
        keys = [check["key"] for check in row.result["law"]]
        assert keys == [f"A{i}" for i in range(1, 23)] + [f"H{i}" for i in range(1, 16)]


def test_the_size_of_the_study_is_on_the_curve_with_the_same_value(town, finished_run):
    best = next(row for row in candidates(town, finished_run) if row.rank == 1)
    power = best.result["hub"]["power_it_kw"]
    same = next(one for one in best.sizes["sizes"] if one["power_it_kw"] == power)
    assert same["npv_eur"] == pytest.approx(best.result["npv_eur"], rel=1e-9)
    assert same["heat_mwh"] == pytest.approx(best.result["energy_mwh"]["used"], rel=1e-9)


def test_every_ranked_place_is_scored_at_its_best_size_and_shows_the_curve(town, finished_run):
    assert finished_run.inputs["study"]["size"] == "best"
    ranked = [row for row in candidates(town, finished_run) if row.rank]
    for row in ranked:
        hub, found = row.result["hub"], row.sizes
        if found is None:  # not even the firm headroom of the smallest is known to be enough
            assert (hub["power_it_kw"], hub["size_by"]) == (50.0, "none_fits")
            continue
        assert (hub["power_it_kw"], hub["size_by"]) == (found["best_kw"], found["best_by"])
        fits = {one["power_it_kw"]: one for one in found["sizes"] if not one["red"]}
        values = {power: one["npv_eur"] for power, one in fits.items()}
        if max(values.values()) > 0.0:
            assert found["best_kw"] == max(values, key=values.get)
        assert all(gate["state"] != "red" for gate in row.result["gates"])
    assert len({row.result["hub"]["power_it_kw"] for row in ranked}) > 1


def test_a_stated_size_holds_at_every_place(town):
    run = run_with(town, overrides={"hub.power_it_kw": 100.0})
    assert run.inputs["study"]["size"] == "stated"
    rows = candidates(town, run)
    assert {row.result["hub"]["power_it_kw"] for row in rows} == {100.0}
    assert {row.result["hub"]["size_by"] for row in rows} == {"stated"}
    for one in run.result["set"]["curve"]:
        assert one is None or set(one["powers_it_kw"]) <= {100.0}


def test_futures_are_worked_out_where_no_gate_is_red(town, finished_run):
    for row in candidates(town, finished_run):
        assert (row.result["chances"] is None) == (row.rank is None)
    with acting_as(municipality=town.slug):
        part = RunPart.objects.get(run=finished_run)
    drawn = np.frombuffer(part.futures, "<f4").reshape(len(part.ranking), -1)
    by_ref = {row.ref: row for row in candidates(town, finished_run)}
    for (ref, *_), npv in zip(part.ranking, drawn, strict=True):
        result = by_ref[ref].result
        if result["chances"] is None:
            assert np.isnan(npv).all()
            continue
        # 200 of the 2,000 futures: their middle half lies where that of all of them does
        whole = dict(
            zip(
                result["chances"]["npv_levels"], result["chances"]["npv_quantiles_eur"], strict=True
            )
        )
        low, high = np.quantile(npv * result["hub"]["power_it_kw"], [0.1, 0.9])
        assert low < whole[0.5] < high
        assert whole[0.01] - 1.0 <= np.median(npv) * result["hub"]["power_it_kw"] <= whole[0.99]


def test_a_set_spends_no_headroom_twice_and_a_worthless_one_is_empty(town, finished_run):
    found = finished_run.result["set"]
    by_ref = {row.ref: row for row in candidates(town, finished_run)}
    best_npv = max(
        one["npv_eur"]
        for row in by_ref.values()
        if row.rank and row.sizes
        for one in row.sizes["sizes"]
        if not one["red"]
    )
    assert (found["best"]["refs"] == []) == (best_npv <= 0)
    assert found["options"] > found["candidates"]  # several sizes of some parcels
    for k, one in enumerate(found["curve"]):
        if one is None:
            continue
        assert len(set(one["refs"])) == k == len(one["powers_it_kw"])
        firm, spent, flexible = {}, {}, []
        for ref, power in zip(one["refs"], one["powers_it_kw"], strict=True):
            assert by_ref[ref].rank is not None
            grid = by_ref[ref].result["grid"]
            node, least = grid["node"], grid["headroom_firm_kw"]
            if node is None or least is None:
                continue
            # this run's curve goes by score, at the size that each parcel is scored with
            assert power == by_ref[ref].result["hub"]["power_it_kw"]
            if grid["needed_kw"] > least:
                flexible.append(node)
                continue
            firm[node] = min(firm.get(node, float("inf")), least)
            spent[node] = spent.get(node, 0.0) + grid["needed_kw"]
        assert all(spent[node] <= firm[node] + 1e-6 for node in spent)
        assert len(set(flexible)) == len(flexible)


def test_a_first_hub_that_earns_nothing_pays_for_no_other(town, finished_run):
    chain = finished_run.result["chain"]
    assert [hub["built_year"] for hub in chain["hubs"]][0] == 0.0
    if all(free <= 0 for free in chain["hubs"][0]["free_eur"]):
        assert chain["hubs"][1]["built_year"] is None
    assert chain["futures"] > 0
    assert 0.0 <= chain["probability"] <= 1.0
    assert finished_run.result["robustness"]["futures"] > 0


def test_a_study_states_what_no_layer_can(town, finished_run):
    before = {row.ref: row for row in candidates(town, finished_run)}
    refused = next(
        ref
        for ref, row in before.items()
        if [k for k, gate in gates(row).items() if gate["state"] == "red"] == ["shape"]
    )
    run = run_with(
        town,
        rules={
            "gates": {"shape": "off", "slope": "advises"},
            "absent": ["flood"],
            "attestations": {"H5": "given"},
            "stated": {"inhabitants": 250_000.0, "heat_plan": 1.0},
        },
    )
    row = next(row for row in candidates(town, run) if row.ref == refused)
    assert gates(row)["shape"]["state"] == "not_applicable"
    assert row.rank is not None  # nothing else was against it
    assert gates(row)["flood"]["state"] == "green"
    law = {check["key"]: check["state"] for check in row.result["law"]}
    assert (law["H5"], law["H6"], law["A9"]) == ("pass", "unknown", "pass")
    named = {reason["numbers"].get("name") for reason in row.result["verdict_reasons"]}
    assert "grid_offer" not in named
    assert "offtake_contract" in named


def test_attestations_reserve_and_chain_of_a_study_reach_its_run(town, finished_run):
    before = {row.rank: row.ref for row in candidates(town, finished_run) if row.rank}
    run = run_with(
        town,
        rules={
            "attestations": {
                key: [{"state": "given", "by": "A", "on": "2026-11-02", "parcels": [before[1]]}]
                for key in ("H5", "H6", "H7")
            },
            "reserve_fund_eur": 1e9,
        },
        portfolio={"chain": [before[3], "nowhere", before[1]]},
    )
    rows = {row.ref: row for row in candidates(town, run)}
    missing = {
        ref: {reason["numbers"].get("name") for reason in rows[ref].result["verdict_reasons"]}
        for ref in (before[1], before[2])
    }
    attested = {"grid_offer", "offtake_contract", "temperature_letter"}
    assert not attested & missing[before[1]]
    assert attested <= missing[before[2]]
    # a fund of a thousand million covers any hub of 100 kW; the need comes from the books
    best = rows[before[1]].document
    (check,) = [one for one in best["law"] if one["key"] == "A22"]
    assert check["state"] == "pass"
    assert check["value"] == pytest.approx(1e9 / best["books"]["reserve"]["total_eur"])
    # without a word on a fund nobody knows
    old = next(row for row in candidates(town, finished_run) if row.rank == 1).document
    assert [one["state"] for one in old["law"] if one["key"] == "A22"] == ["unknown"]
    chain = run.result["chain"]
    assert [hub["ref"] for hub in chain["hubs"]] == [before[3], before[1], before[2]]
    assert chain["not_ranked"] == ["nowhere"]


def test_a_set_keeps_the_wishes_of_the_study(town):
    run = run_with(town, portfolio={"most": 2, "spacing_m": 1e6, "budget_eur": [None]})
    found = run.result["set"]
    assert found["wishes"]["most"] == 2
    # nobody is a thousand kilometres away: a second hub never fits
    assert [one is None for one in found["curve"]] == [False, False, True, True, True, True]


def test_a_rule_that_does_not_exist_is_refused(town):
    from sites.land_assembly import rules_of

    with pytest.raises(InvalidInput, match="no colour"):
        rules_of({"colour": "red"}, "DE")
