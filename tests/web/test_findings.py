"""What the pages say of results at the edge."""

import pytest
from django.utils import translation

from engines.tables import catalogue
from sites.carbon_findings import carbon_findings
from sites.findings import foresight_sentence, hours_sentence
from sites.future_findings import (
    CASES,
    DRIVERS,
    break_even_sentences,
    chance_sentence,
    chance_word,
    error_sentences,
    future_findings,
    method_sentences,
    spread_marks,
    stress_rows,
)


def said(headroom_kw: float | None) -> str:
    with translation.override("en"):
        return hours_sentence(
            {"hours": {"by_year": [0.0, 0.0]}, "grid": {"headroom_firm_kw": headroom_kw}}
        )


def test_a_hub_without_power_is_not_said_to_fail_at_the_price():
    assert "no power left" in said(0.0)
    assert "no power left" in said(-120.0)


def test_a_hub_with_power_or_an_unknown_grid_fails_at_the_price():
    assert "what the electricity costs" in said(500.0)
    assert "what the electricity costs" in said(None)


def test_a_year_that_earns_nothing_even_with_foresight_is_said_to_and_a_missing_one_not():
    with translation.override("en"):
        nothing = {"lower_eur": 0.0, "realistic_eur": 0.0, "realistic_share": None}
        assert "would earn nothing" in foresight_sentence({"foresight": nothing})
        assert foresight_sentence({"foresight": None}) == foresight_sentence({}) == ""


CHANCES = {
    "p_npv_positive": 0.31,
    "p_error": 0.01,
    "npv_p10_eur": -2e6,
    "npv_p50_eur": -5e5,
    "npv_p90_eur": 1e6,
    "npv_levels": [0.05, 0.1, 0.5, 0.9, 0.95],
    "npv_quantiles_eur": [-3e6, -2e6, -5e5, 1e6, 2e6],
}


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.0, "almost certainly not"),
        (0.05, "unlikely"),
        (0.3, "open"),
        (0.7, "likely"),
        (0.95, "almost certainly"),
        (1.0, "almost certainly"),
    ],
)
def test_a_chance_has_its_word(share, word):
    with translation.override("en"):
        assert chance_word(share) == word


def test_the_spread_is_drawn_in_order_with_zero_on_the_axis():
    marks = spread_marks({"chances": CHANCES, "money": {"npv_eur": -4e5}})
    order = ("p5", "p10", "p50", "study", "zero", "p90", "p95")
    places = [marks[name] for name in order]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 100
    assert marks["width"] == pytest.approx(marks["p90"] - marks["p10"])


def test_without_futures_nothing_is_said_of_them():
    assert chance_sentence({}) == chance_sentence({"chances": None}) == ""
    assert future_findings({}, {}) is None
    assert spread_marks({"chances": CHANCES | {"npv_quantiles_eur": [None] * 5}}) is None
    assert stress_rows({"futures": None}) == break_even_sentences({}) == []


def test_price_years_that_stand_in_are_named():
    drawn = {"count": 2000, "seed": 1, "price_years": ["NL 2015", "NL 2024"]}
    with translation.override("en"):
        other = method_sentences({}, {"futures": drawn | {"price_years_are_own": False}})
        own = method_sentences({}, {"futures": drawn | {"price_years_are_own": True}})
    assert "price years NL 2015 to NL 2024 are drawn instead" in other[1]
    assert "so the price years NL 2015, NL 2024 are drawn" in own[1]


def test_counts_and_error_stand_beside_the_chance():
    bounds = {
        "solved": 25, "read": 30000, "width_mean_eur": 1200.0, "width_largest_eur": 5000.0,
        "width_share": 0.021, "positive_low_share": 0.31, "positive_high_share": 0.33,
    }  # fmt: skip
    solved = {
        "bounds": bounds, "resolved_futures": 12, "resolved_years": 180,
        "error_mean_eur": -300.0, "error_largest_eur": 4000.0,
    }  # fmt: skip
    chances = {"p_npv_positive": 0.4, "npv_p10_eur": -50_000.0, "npv_p90_eur": 150_000.0}
    with translation.override("en"):
        first, second = error_sentences({"chances": chances, "futures": solved})
        (far,) = error_sentences({"chances": chances})
        assert error_sentences({"futures": solved}) == []
    assert "25 were solved exactly and 30\u202f000 read between bounds" in first.replace(
        ",", "\u202f"
    )
    assert "2.1\u202f%" in first and "31\u202f%" in first and "33\u202f%" in first
    # 4,000 of the 200,000 EUR from P10 to P90
    assert "180 years of 12 futures" in second and "2.0\u202f% of the distance" in second
    assert "short-list only" in far


def test_every_driver_and_every_case_has_its_word():
    for words, table in ((DRIVERS, "futures"), (CASES, "stress")):
        with translation.override("en"):
            assert {key: str(word) for key, word in words.items()} == {
                key: row["label"] for key, row in catalogue(table).items()
            }


def emitted(**changes):
    account = {
        "location_t": 10.0,
        "market_t": 10.0,
        "net_location_t": 4.0,
        "location_t_per_mwh": 0.4,
    }
    base = {
        "grid_t_per_mwh": 0.36,
        "avoided_t": 6.0,
        "break_even_t_per_mwh": 0.2,
        "rules": dict.fromkeys(("full", "economic", "none"), account),
    }
    return {"carbon": base | changes}


def test_what_is_not_known_of_emissions_is_said_and_never_zero():
    silent = dict.fromkeys(("location_t", "market_t", "net_location_t", "location_t_per_mwh"))
    gaps = emitted(
        grid_t_per_mwh=None,
        avoided_t=None,
        break_even_t_per_mwh=None,
        rules=dict.fromkeys(("full", "economic", "none"), silent),
    )
    with translation.override("en"):
        found = carbon_findings(gaps)
        assert found["title"] == "Whether emissions fall is not known"
        assert "No grid factor is known" in found["said"][0]
        assert "state its source" in found["said"][1]
        assert {row["net"] for row in found["rows"]} == {"–"}
        assert carbon_findings({}) is None


def test_whether_emissions_rise_or_fall_stands_in_the_title():
    fallen = emitted()["carbon"]["rules"]["full"] | {"net_location_t": -3.0}
    lower = emitted(rules=dict.fromkeys(("full", "economic", "none"), fallen))
    with translation.override("en"):
        found = carbon_findings(emitted())
        assert found["title"].startswith("The hub raises emissions by 4")
        assert "no hourly factors are loaded" in found["said"][0]
        assert carbon_findings(lower)["title"].startswith("The hub lowers")
