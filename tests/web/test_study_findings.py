"""What pages say of robustness, sets, sizes, chains, changes and law, derived beside each test."""

import pytest
from django.utils import translation

from sites.change_findings import change_findings
from sites.law_findings import decided_rows, law_rest, law_rows, law_summary
from sites.study_findings import (
    chain_findings,
    robustness_findings,
    set_findings,
    size_findings,
    weights_data,
)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def parcel(ref="A", rank=1, score=0.6, **more):
    robust = {"top1_share": 0.95, "top3_share": 1.0, "top5_share": 1.0, "mean_rank": 1.05}
    return {
        "ref": ref, "name": "", "rank": rank, "score": score, "robustness": robust,
        "gates": [], "criteria": [], **more,
    }  # fmt: skip


def robust_run(**changes):
    return {
        "robustness": {
            "draws": 2000, "futures": 41, "near_ties": [], "could_change_the_top": [],
            "tornado": [], **changes,
        }
    }  # fmt: skip


def test_a_sure_first_place_and_an_unsure_one_are_told_apart():
    assert robustness_findings(robust_run(), [parcel()])["title"] == (
        "A stays first in 95\u202f% of the draws"
    )
    shaky = parcel()
    shaky["robustness"]["top1_share"] = 0.4
    assert robustness_findings(robust_run(), [shaky])["title"] == (
        "The first place is not sure: A holds it in 40\u202f% of the draws"
    )


def test_without_futures_the_page_says_so():
    found = robustness_findings(robust_run(futures=0), [parcel()])
    assert "futures are not part of it yet" in found["basis"]
    assert "and of futures" in robustness_findings(robust_run(), [parcel()])["basis"]


def test_inputs_that_threaten_the_same_parcels_share_a_row():
    run = robust_run(
        could_change_the_top=[
            {"input": "heat", "parcels": ["A"]},
            {"input": "gate:flood", "parcels": ["A"]},
            {"input": "prices", "parcels": ["A", "B"]},
        ],
        near_ties=[["A", "B"]],
    )
    found = robustness_findings(run, [parcel(), parcel("B", 2, name="Depot")])
    assert found["changing"] == [
        {"input": "heat demand, Flood area", "parcels": "A"},
        {"input": "prices", "parcels": "A, Depot"},
    ]
    assert found["ties"] == ["A and Depot are as good as tied."]


def test_a_run_made_before_has_none_of_it():
    assert robustness_findings({}, [parcel()]) == {}
    assert set_findings({}, [parcel()]) == {}
    assert chain_findings({}, [parcel()]) == {}
    assert size_findings({"sizes": None}) == {}
    assert weights_data([parcel()]) == {}


def one_set(*refs, npv=0.0, gap=0.0):
    return {"refs": list(refs), "npv_eur": npv, "cost_eur": 1e6, "heat_mwh": 500.0, "gap": gap}


def test_the_best_set_may_be_the_empty_one():
    run = {
        "set": {
            "best": one_set(), "curve_by": "score", "candidates": 9,
            "curve": [one_set(), one_set("A", npv=-2e5), None, None],
        }
    }  # fmt: skip
    found = set_findings(run, [parcel()])
    assert found["title"] == "No hub adds value: the best set is the empty one"
    assert (found["curve_by_score"], found["most"], len(found["rows"])) == (True, 1, 1)


def test_a_set_that_pays_is_named_with_its_worth_and_gap():
    best = one_set("A", "B", npv=1.25e6, gap=0.004)
    run = {"set": {"best": best, "curve_by": "npv", "candidates": 2, "curve": [one_set(), best]}}
    found = set_findings(run, [parcel(), parcel("B", 2)])
    assert found["title"] == "The best set: A, B, worth 1.25\u202fM EUR"
    assert found["rows"][0]["gap"] == "0.40\u202f%"
    impossible = {"set": {**run["set"], "best": None}}
    assert set_findings(impossible, [])["title"] == "No set of hubs keeps all demands"


def sizes(best, knee=None, npv=(-5e4, 2e4)):
    rows = [
        {"power_it_kw": power, "npv_eur": value, "heat_mwh": 100.0, "heat_used_share": 0.5,
         "lcoh_net_eur_per_mwh": None, "capex_eur": 1e5, "red": red}
        for power, value, red in zip((50.0, 100.0), npv, ([], ["headroom"]), strict=True)
    ]  # fmt: skip
    return {"sizes": {"sizes": rows, "best_kw": best, "knee_kw": knee}}


def test_the_best_size_is_named_with_its_marks():
    found = size_findings(sizes(50.0, 50.0))
    assert found["title"] == "No size pays; 50.0\u202fkW loses least: −50.0\u202fk EUR"
    first, second = (row["marks"] for row in found["rows"])
    assert first == "best size; knee: beyond it, heat grows ever more slowly"
    assert second == "refused: Grid headroom"
    assert size_findings(sizes(100.0))["title"] == (
        "The best size is 100\u202fkW, worth 20.0\u202fk EUR"
    )
    assert size_findings(sizes(None))["title"] == "No size passes every gate here"


def chain(year, probability=0.25):
    hub = {"cost_eur": 1e6, "reserve_eur": 1e5, "free_eur": [5e4]}
    return {
        "chain": {
            "hubs": [
                {"ref": "A", "built_year": 0.0, **hub}, {"ref": "B", "built_year": year, **hub},
            ],
            "within_years": 10, "probability": probability,
        }
    }  # fmt: skip


def test_the_first_hub_pays_for_the_next_one_or_not():
    found = chain_findings(chain(8.3), [parcel()])
    assert found["title"] == "The first hub pays for the next one after 8.3 years"
    assert [row["year"] for row in found["rows"]] == ["at the start", "8.3"]
    assert found["chance"] == "25\u202f%"
    never = chain_findings(chain(None), [parcel()])
    assert never["title"] == "The first hub does not pay for a next one within 10 years"
    assert never["rows"][1]["year"] == "never"
    late = chain_findings(chain(11.0), [parcel()])
    assert late["title"] == never["title"]


def test_the_browser_gets_quantities_and_a_bound_for_what_has_no_number():
    criteria = [
        {"key": "lcoh_gap", "low": 150.0, "high": -20.0, "weight": 0.6, "raw": None, "score": 0.0},
        {"key": "ownership", "low": 0.0, "high": 1.0, "weight": 0.4, "raw": None, "score": None},
    ]
    found = weights_data([parcel(criteria=criteria)])
    # heat that is never sold has no cost and the worst value; an unknown owner stays unknown
    assert found["parcels"][0]["quantities"] == [150.0, None]
    assert [one["weight"] for one in found["criteria"]] == [60.0, 40.0]


def inputs(**changes):
    layer = {"name": "Heat network", "version": 1, "content_hash": "a"}
    base = {
        "layers": {"pipes": layer}, "assumptions": [{"key": "hub.power_it_kw", "value": 100.0}],
        "study": {"tariff": "a"}, "engine_version": "1", "tables": {},
    }  # fmt: skip
    return base | changes


def criterion(adds):
    return {"key": "npv_per_kw", "contribution": adds}


def test_two_equal_runs_differ_in_nothing():
    found = change_findings((inputs(), inputs()), [parcel()], [parcel()])
    assert (found["causes"], found["rows"], found["same"]) == ([], [], 1)


def test_causes_are_named_one_by_one():
    newer = inputs(
        layers={
            "pipes": {"name": "Heat network", "version": 2, "content_hash": "b"},
            "streets": {"name": "Streets", "version": 1, "content_hash": "c"},
        },
        assumptions=[{"key": "hub.power_it_kw", "value": 250.0}],
        study={"tariff": "b"},
        engine_version="2",
    )
    assert change_findings((inputs(), newer), [], [])["causes"] == [
        "Heat network: version 2 in place of 1",
        "new layer: Streets",
        "Electric power of the computers: 250 in place of 100",
        "choices of the study",
        "engines or their tables",
    ]
    assert "layer no longer there: Streets" in change_findings((newer, inputs()), [], [])["causes"]


def test_a_parcel_that_moved_says_why():
    old = [
        parcel("A", 1, 0.6, criteria=[criterion(0.3)]),
        parcel("B", 2, 0.5, criteria=[criterion(0.2)]),
        parcel("C", 3, 0.4, gates=[{"key": "noise", "state": "green"}]),
        parcel("D", 4, 0.3, criteria=[criterion(0.1)]),
        parcel("E", 5, 0.2),
    ]
    new = [
        parcel("B", 1, 0.7, criteria=[criterion(0.4)]),
        parcel("A", 2, 0.6, criteria=[criterion(0.3)]),
        parcel("D", 3, 0.3, criteria=[criterion(0.1)]),
        parcel("N", 4, 0.1),
        parcel("C", None, 0.4, gates=[{"key": "noise", "state": "red"}]),
    ]
    found = change_findings((inputs(), inputs()), old, new)
    rows = {row["ref"]: (row["old_rank"], row["new_rank"], row["why"]) for row in found["rows"]}
    assert rows == {
        "B": ("2", "1", "Net present value per kW +0.20"),
        "A": ("1", "2", "others moved past it"),
        "D": ("4", "3", "others moved past it"),
        "N": ("new", "4", "was not there before"),
        "C": ("3", "refused", "Noise at night: not met"),
    }
    assert found["gone"] == "E"


def check(key, state, **more):
    base = {
        "kind": "limit", "label": "x", "fact": "pue", "value": None, "relation": "<=",
        "threshold": 1.2, "unit": "-", "source": "law", "legal_version": "in_force",
    }  # fmt: skip
    return {"key": key, "state": state, **base, **more}


CHECKS = {
    "law": [
        check("A4", "pass", value=1.1),
        check("A5", "fail", value=0.05, relation=">=", threshold=0.1, unit="share"),
        check("A9", "unknown", relation=">=", threshold=1.0, unit="yes", legal_version="pending"),
        check("A13", "fail", kind="chance", value=0.1, unit="MW"),
        check("A6", "n/a"),
    ]
}


def test_checks_that_are_not_kept_come_first_and_a_chance_is_no_fault():
    rows = law_rows(CHECKS)
    assert [row["key"] for row in rows] == ["A5", "A13", "A9", "A4", "A6"]
    by_key = {row["key"]: row for row in rows}
    assert (by_key["A5"]["state"], by_key["A5"]["state_key"]) == ("not kept", "red")
    assert (by_key["A5"]["value"], by_key["A5"]["needed"]) == ("5.00\u202f%", "≥ 10.0\u202f%")
    assert (by_key["A13"]["state"], by_key["A13"]["state_key"]) == ("not open", "not_applicable")
    assert (by_key["A9"]["value"], by_key["A9"]["needed"]) == ("–", "yes")
    assert by_key["A9"]["version"] == "pending"
    assert law_summary(CHECKS) == "1 kept, 2 not kept, 1 unknown, 1 do not apply"


def test_paper_lists_decided_checks_and_names_the_rest():
    assert [row["key"] for row in decided_rows(CHECKS)] == ["A5", "A4"]
    unknown, rest = law_rest(CHECKS)
    assert unknown == "Unknown: A9 Local heating and cooling plan."
    assert rest.startswith("Does not apply: A13 Smallest bid")
