"""What the pages say of results at the edge."""

from django.utils import translation

from sites.findings import foresight_sentence, hours_sentence


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
