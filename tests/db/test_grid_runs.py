"""A run knows the load of a substation by the hour, and says what parcels leave each other."""

import pytest

from heatmap.choices import DataClass, JobState, LayerKind, Nature, SeriesQuantity
from heatmap.identity import acting_as
from heatmap.models import Substation
from heatmap.services.layers import Provenance, publish_series
from heatmap.version_selectors import versions_in_use
from sites.models import Candidate
from sites.services import scoring
from sites.services.studies import first_study

pytestmark = pytest.mark.django_db
HOURS = 8760


def scored(town) -> list[dict]:
    with acting_as(municipality=town.slug):
        run = scoring.create_run(first_study(town), None)
    run = scoring.execute(run.job_id)
    assert run.job.state == JobState.DONE, run.job.sentence
    with acting_as(municipality=town.slug):
        return [one.document for one in Candidate.objects.filter(run=run)]


def test_the_hourly_load_of_a_substation_replaces_its_peak(town):
    before = scored(town)
    node = before[0]["grid"]["node"]
    assert before[0]["grid"]["said"]["key"] == "grid_peak"
    with acting_as(municipality=town.slug):
        version = versions_in_use(town)[LayerKind.SUBSTATIONS]
        rating_kva = Substation.objects.get(version=version, ref=node).rating_kva
        free_kw = 0.9 * 0.95 * rating_kva
        # full in a quarter of the hours, half empty in the others
        load = [free_kw if hour % 4 == 0 else 0.5 * free_kw for hour in range(HOURS)]
        origin = Provenance("test", "none", "-", DataClass.RESTRICTED, Nature.MEASURED)
        publish_series(
            town, f"Load {node}", SeriesQuantity.LOAD, "2023", load, origin, station_ref=node
        )
    after = [one["grid"] for one in scored(town) if one["grid"]["node"] == node]
    assert after
    for grid in after:
        assert grid["said"]["key"] == "grid_hourly"
        assert grid["headroom_firm_kw"] == pytest.approx(0.0, abs=1e-6)
        low, mean, high = grid["headroom_flexible_kw"]
        assert (low, high) == (pytest.approx(0.0, abs=1e-6), pytest.approx(0.5 * free_kw))
        assert mean == pytest.approx(0.375 * free_kw)
        # three quarters of the energy is less than the nine tenths of a flexible connection
        assert (grid["screening"], grid["covered_share"]) == ("red", pytest.approx(0.75))
        assert grid["curtailed_mwh"] == pytest.approx(grid["needed_kw"] * HOURS / 4 / 1000)


def test_parcels_on_one_node_know_what_the_better_ones_leave(town):
    documents = scored(town)
    ranked = sorted((one for one in documents if one["rank"]), key=lambda one: one["rank"])
    spent: dict[str, float] = {}
    built: dict[str, list[str]] = {}
    for one in ranked:
        grid = one["grid"]
        left = grid["headroom_firm_kw"] - spent.get(grid["node"], 0.0)
        assert grid["left_after_others_kw"] == pytest.approx(left)
        assert grid["shared_with"] == built.get(grid["node"], [])[:10]
        spent[grid["node"]] = spent.get(grid["node"], 0.0) + grid["needed_kw"]
        built.setdefault(grid["node"], []).append(one["ref"])
    assert any(one["grid"]["shared_with"] for one in ranked)
    refused = next(one for one in documents if not one["rank"] and one["grid"]["node"] in spent)
    assert refused["grid"]["left_after_others_kw"] == pytest.approx(
        refused["grid"]["headroom_firm_kw"] - spent[refused["grid"]["node"]]
    )
