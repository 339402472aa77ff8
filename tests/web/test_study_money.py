"""Tariffs, contracts, heat, computing and ownership of a study, chosen on a page."""

import pytest

from engines.evaluation.money_choices import MoneyChoices, money_choices
from engines.grid.contracts import HighLoadWindow
from heatmap.identity import acting_as
from sites.assembly import _choices
from sites.models import Study
from sites.money_forms import DISPLACED, OWN_LABELS, MoneyForm, money_answers, own


@pytest.fixture
def study(town, finished_run):
    with acting_as(municipality=town.slug):
        source = Study.objects.get(pk=finished_run.study_id)
        source.pk, source.name = None, "Money"
        source.save()
    yield source
    with acting_as(municipality=town.slug):
        source.delete()


def address(town, study) -> str:
    return f"/m/{town.slug}/studies/{study.pk}/money"


def answers(study, **changes) -> dict[str, str]:
    """What a browser sends when nothing but `changes` was touched."""
    sent = {}
    for bound in MoneyForm(initial=money_answers(study)):
        value = bound.value()
        if value is not None and value != "":
            shown = bound.field.widget.format_value(value)
            sent[bound.html_name] = shown[0] if isinstance(shown, list) else str(shown)
    return sent | changes


def saved(town, study) -> Study:
    with acting_as(municipality=town.slug):
        return Study.objects.get(pk=study.pk)


def months(**changes) -> dict[str, str]:
    return {f"{DISPLACED}{n}": "waste" if 5 <= n <= 8 else "boiler" for n in range(1, 13)} | changes


def test_the_page_shows_what_the_study_says_and_saves_what_is_chosen(member_client, town, study):
    page = member_client.get(address(town, study)).content.decode()
    assert page.count('<option value="boiler" selected>') == 12
    sent = answers(study, land="buy", owner="third_party", **months())
    assert member_client.post(address(town, study), sent).status_code == 302
    after = saved(town, study)
    assert (after.money["land"], after.money["owner"]) == ("buy", "third_party")
    assert after.money["displaced_by_month"][4:8] == ["waste"] * 4
    # the windows of the first study stay, the source is no assumption of ours any more
    assert after.money["high_load_windows"] == study.money["high_load_windows"]
    assert "displaced_source" not in after.illustrative
    assert "high_load_windows" in after.illustrative
    shown = member_client.get(f"/m/{town.slug}/studies/").content.decode()
    assert "gas boiler, waste incineration" in shown
    frozen = {name: getattr(after, name) for name in (
        "technology", "tariff", "heat_pump_tariff", "displaced_source", "compute_outlook",
        "start_year", "area_type", "money", "illustrative",
    )}  # fmt: skip
    chosen = _choices({"study": frozen, "layers": {}}, "DE")
    assert chosen.natures["displaced_source"] == "measured"
    assert chosen.displaced_sources[5] == "waste"


def test_saving_other_things_does_not_turn_an_assumption_into_a_statement(
    member_client, town, study
):
    sent = answers(study, curtailed_hours="300")
    assert member_client.post(address(town, study), sent).status_code == 302
    after = saved(town, study)
    assert after.money["curtailed_hours"] == 300
    assert set(after.illustrative) == set(study.illustrative)


def test_a_tariff_of_ones_own_needs_all_its_parts(member_client, town, study):
    partly = answers(study, **{own("hub", "tax_eur_per_mwh"): "38.6"})
    page = member_client.post(address(town, study), partly).content.decode()
    assert "write 0 where nothing is paid" in page
    assert 'value="38.6"' in page
    assert "tariffs" not in saved(town, study).money
    whole = {own("hub", name): "5" for name in OWN_LABELS}
    # with a tariff of one's own a row with unknown parts is no hindrance
    answer = member_client.post(address(town, study), answers(study, tariff="se_dc_2026", **whole))
    assert answer.status_code == 302
    assert saved(town, study).money["tariffs"]["hub"]["tax_eur_per_mwh"] == 5.0


def test_a_tariff_with_unknown_parts_is_refused_on_the_page(member_client, town, study):
    sent = answers(study, tariff="dk_dc_2026")
    page = member_client.post(address(town, study), sent).content.decode()
    assert "these parts are unknown" in page
    assert saved(town, study).tariff == study.tariff


def test_every_money_choice_is_made_on_the_page_and_read_by_the_engine(member_client, town, study):
    own_tariffs = {
        own(technology, name): value
        for technology, value in (("hub", "1"), ("heat_pump", "2"), ("electric_boiler", "3"))
        for name in OWN_LABELS
    }
    sent = answers(
        study, **own_tariffs, **months(), compute_kind="gpu_rent", land="buy",
        owner="third_party", town_land="0", hold_share="0.25", hold_limit="100000",
        curtailed_hours="120",
        **{
            "window-0-months": "1 2; 12", "window-0-from": "7", "window-0-to": "9",
            "point-0-degc": "-10", "point-0-eur": "90", "point-1-degc": "15", "point-1-eur": "20",
        },
    )  # fmt: skip
    assert member_client.post(address(town, study), sent).status_code == 302
    found = money_choices(saved(town, study).money)
    assert {name: each.tax_eur_per_mwh for name, each in found.tariffs.items()} == {
        "hub": 1.0, "heat_pump": 2.0, "electric_boiler": 3.0,
    }  # fmt: skip
    assert (found.compute_kind, found.land, found.owner) == ("gpu_rent", "buy", "third_party")
    assert (found.town_land, found.curtailed_hours) == (False, 120)
    assert (found.treasury.hold_share, found.treasury.limit_eur) == (0.25, 1e5)
    assert found.heat_tariff == ((-10.0, 90.0), (15.0, 20.0))
    assert found.high_load_windows == (HighLoadWindow((1, 2, 12), 7, 9),)
    assert found.displaced_by_month[5] == "waste"
    # nothing the engine takes was left at its default
    untouched = [name for name, value in vars(MoneyChoices()).items()
                 if getattr(found, name) == value]  # fmt: skip
    assert untouched == []
    # and all of it is shown again
    again = answers(saved(town, study))
    assert {name: again[name] for name in sent if name in again} == {
        **sent, "window-0-months": "1, 2, 12",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"window-0-months": "13"}, "Write months from 1 to 12"),
        ({"window-0-months": "1", "window-0-from": "20", "window-0-to": "8"}, "from an earlier"),
        ({"point-0-degc": "5", "point-0-eur": "50"}, "One pair is no line"),
        ({"point-0-degc": "5"}, "Each pair needs a temperature and a price"),
        ({"point-0-degc": "5", "point-0-eur": "50", "point-1-degc": "1", "point-1-eur": "5"},
         "from the coldest to the warmest"),
        ({"hold_share": "0.5"}, "how much the coins may be worth"),
        ({"hold_share": "2"}, "is outside the range"),
        ({"curtailed_hours": "9000"}, "is outside the range"),
        ({"n-heat.share_return": "high"}, "is no number"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_nothing_is_lost(member_client, town, study, sent, sentence):
    page = member_client.post(address(town, study), answers(study, **sent)).content.decode()
    assert sentence in page
    for value in sent.values():
        assert f'value="{value}"' in page
    assert saved(town, study).money == study.money
