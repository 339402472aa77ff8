"""Towns in Sweden and Denmark are scored with the tariffs of their country, nothing stated."""

import pytest

from engines.grid.tariff import level_adders_eur_per_mwh, tariff_named
from heatmap.choices import JobState
from heatmap.identity import acting_as
from heatmap.models import Municipality
from sites.models import Candidate, Study
from sites.services import scoring
from sites.services.studies import first_study

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("country", ["SE", "DK"])
def test_a_town_is_scored_end_to_end_without_stating_a_tariff(town, country):
    with acting_as(municipality=town.slug):
        Municipality.objects.filter(pk=town.pk).update(country=country)
        moved = Municipality.objects.get(pk=town.pk)
        assert moved.country == country
        # a first study of before would keep the tariff of its country
        Study.objects.filter(municipality=moved, name="First look").update(name="Before")
        study = first_study(moved)
        assert "tariffs" not in study.money
        run = scoring.create_run(study, None)
    run = scoring.execute(run.job_id)
    assert run.job.state == JobState.DONE, run.job.sentence
    with acting_as(municipality=town.slug):
        ranked = [
            one.document
            for one in Candidate.objects.filter(run=run, rank__isnull=False).order_by("rank")
        ]
        best = Candidate.objects.get(run=run, rank=1)
    assert ranked
    assert all(one["npv_eur"] is not None for one in ranked)
    assert all(one["chances"]["p_npv_positive"] is not None for one in ranked)
    # the page names the tariff; its adders stand between the exchange and the hub
    tariff = tariff_named(run.inputs["study"]["tariff"])
    assert run.inputs["study"]["tariff"].startswith(country.lower())
    assert run.inputs["study"]["heat_pump_tariff"] == f"{country.lower()}_heat_pump_2026"
    assert level_adders_eur_per_mwh(tariff) > 15.0
    assert best.document["carbon"]["country"] == country
    # three other ways to make the same heat have their price too
    alternatives = best.document["alternatives"]
    assert set(alternatives) >= {"heat_pump", "gas_boiler", "electric_boiler"}
