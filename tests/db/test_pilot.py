"""The pilot: 50 kW in institutional buildings and where water returns, judged by its budget."""

import pytest

from heatmap.identity import acting_as
from heatmap.models import Building
from sites.models import Candidate, Study
from sites.parcel_selectors import outline_of, search_of
from sites.services import scoring
from sites.services.studies import PILOT_STUDY, first_study, pilot_study

pytestmark = pytest.mark.django_db
INSTITUTIONAL = {
    "university", "school", "kindergarten", "hospital", "public", "culture", "sports",
    "heating_plant",
}  # fmt: skip


def run_pilot(town, tariff="", **budget):
    with acting_as(municipality=town.slug):
        study = pilot_study(town, **budget)
        study.tariff = tariff or study.tariff
        run = scoring.create_run(study, None)
    run = scoring.execute(run.job_id)
    assert run.result is not None, run.job.sentence
    with acting_as(municipality=town.slug):
        return run, list(Candidate.objects.filter(run=run))


def test_a_pilot_searches_institutions_and_plants_and_no_parcels(town):
    run, rows = run_pilot(town)
    kinds = {row.result["parcel_kind"] for row in rows}
    assert kinds <= INSTITUTIONAL
    assert {"university", "heating_plant"} <= kinds
    assert all(row.result["hub"]["power_it_kw"] == 50.0 for row in rows)
    assert any(row.rank for row in rows)
    assert "institutions" in {note["key"] for note in run.result["notes"]}
    for row in rows:
        states = {gate["key"]: gate["state"] for gate in row.result["gates"]}
        assert states["shape"] == states["area"] == "not_applicable"


def test_the_learning_budget_decides_about_a_pilot(town):
    # under the German tariff no hub of 50 kW ever runs; under the Finnish one some do
    def verdicts(**budget):
        _, rows = run_pilot(town, tariff="fi_dc_2026", **budget)
        ranked = [row.result for row in rows if row.rank]
        runs = [result for result in ranked if any(result["hours"]["by_year"])]
        assert runs
        return {result["conditional_verdict"] for result in runs}

    assert verdicts() == {"do_not_build"}
    assert verdicts(yearly_eur=1e9, total_eur=1e9) == {"pilot_only"}
    assert verdicts(yearly_eur=0.0, total_eur=0.0) == {"do_not_build"}


def test_a_pilot_is_one_study_and_leaves_the_first_as_it_is(town):
    with acting_as(municipality=town.slug):
        before = first_study(town).overrides
        pilot_study(town, 1.0, 2.0)
        again = pilot_study(town, 3.0, 4.0)
        assert Study.objects.filter(municipality=town, name=PILOT_STUDY).count() == 1
        assert again.rules["learning_budget"] == {"yearly_eur": 3.0, "total_eur": 4.0}
        assert first_study(town).overrides == before


def test_the_ground_of_a_pilot_is_its_building(town):
    run, rows = run_pilot(town)
    versions = {kind: layer["version_id"] for kind, layer in run.inputs["layers"].items()}
    building = next(row for row in rows if row.ref.startswith("building "))
    with acting_as(municipality=town.slug):
        outline = outline_of(town, versions, search_of(run.inputs), building.ref)
        drawn = Building.objects.get(
            version_id=versions["buildings"], ref=building.ref.removeprefix("building ")
        )
        assert outline == drawn.geom
        assert outline_of(town, versions, "", building.ref) is None
