"""Tariff, displaced heat, land and owner of a study, chosen on a page."""

import pytest

from heatmap.identity import acting_as
from sites.assembly import _choices
from sites.forms import DISPLACED, OWN_LABELS, OWN_TARIFF
from sites.models import Study


@pytest.fixture
def study(town, finished_run):
    with acting_as(municipality=town.slug):
        source = Study.objects.get(pk=finished_run.study_id)
        source.pk, source.name = None, "Money"
        source.save()
    yield source
    with acting_as(municipality=town.slug):
        source.delete()


def answers(**changes) -> dict[str, str]:
    base = {
        "tariff": "de_mv_2026", "heat_pump_tariff": "de_mv_heat_pump",
        "compute_kind": "btc_asic", "land": "buy", "owner": "third_party",
    }  # fmt: skip
    months = {f"{DISPLACED}{n}": "waste" if 5 <= n <= 8 else "boiler" for n in range(1, 13)}
    return {**base, **months, **changes}


def saved(town, study) -> Study:
    with acting_as(municipality=town.slug):
        return Study.objects.get(pk=study.pk)


def test_the_page_shows_what_the_study_says_and_saves_what_is_chosen(member_client, town, study):
    address = f"/m/{town.slug}/studies/{study.pk}/money"
    page = member_client.get(address).content.decode()
    assert page.count('<option value="boiler" selected>') == 12
    assert member_client.post(address, answers()).status_code == 302
    after = saved(town, study)
    assert (after.money["land"], after.money["owner"]) == ("buy", "third_party")
    assert after.money["displaced_by_month"][4:8] == ["waste"] * 4
    # the windows of the first study stay, the source is no assumption of ours any more
    assert after.money["high_load_windows"] == study.money["high_load_windows"]
    assert "displaced_source" not in after.illustrative
    shown = member_client.get(f"/m/{town.slug}/studies/").content.decode()
    assert "gas boiler, waste incineration" in shown
    frozen = {name: getattr(after, name) for name in (
        "technology", "tariff", "heat_pump_tariff", "displaced_source", "compute_outlook",
        "start_year", "area_type", "money", "illustrative",
    )}  # fmt: skip
    chosen = _choices({"study": frozen, "layers": {}}, "DE")
    assert chosen.natures["displaced_source"] == "measured"
    assert chosen.displaced_sources[5] == "waste"


def test_what_counts_from_the_power_market_and_the_residual_mix_are_chosen(
    member_client, town, study
):
    address = f"/m/{town.slug}/studies/{study.pk}/money"
    chosen = {"curtailed_hours": "300", "count_curtailed": "on", "residual_mix_g_per_kwh": "720"}
    assert member_client.post(address, answers(**chosen)).status_code == 302
    money = saved(town, study).money
    assert (money["curtailed_hours"], money["count_curtailed"]) == (300, True)
    assert money["count_reserve"] is False
    assert money["residual_mix_t_per_mwh"] == pytest.approx(0.72)
    page = member_client.get(address).content.decode()
    assert 'value="720' in page and page.count("checked") == 1
    # what is left empty is not known, and nothing counts
    assert member_client.post(address, answers()).status_code == 302
    assert saved(town, study).money["residual_mix_t_per_mwh"] is None
    assert saved(town, study).money["curtailed_hours"] == 0


def test_a_tariff_of_ones_own_needs_all_its_parts(member_client, town, study):
    address = f"/m/{town.slug}/studies/{study.pk}/money"
    partly = {f"{OWN_TARIFF}tax_eur_per_mwh": "38.6"}
    page = member_client.post(address, answers(**partly)).content.decode()
    assert "write 0 where nothing is paid" in page
    assert "tariffs" not in saved(town, study).money
    whole = {f"{OWN_TARIFF}{name}": "5" for name in OWN_LABELS}
    # with a tariff of one's own a row with unknown parts is no hindrance
    answer = member_client.post(address, answers(tariff="no_dc_2026", **whole))
    assert answer.status_code == 302
    assert saved(town, study).money["tariffs"]["hub"]["tax_eur_per_mwh"] == 5.0


def test_a_tariff_with_unknown_parts_is_refused_on_the_page(member_client, town, study):
    address = f"/m/{town.slug}/studies/{study.pk}/money"
    page = member_client.post(address, answers(tariff="no_dc_2026")).content.decode()
    assert "these parts are unknown" in page
    assert saved(town, study).tariff == study.tariff
