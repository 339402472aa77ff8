"""Several years of weather: brought in one file, drawn by the futures, told on page and paper."""

import numpy as np
import pandas as pd
import pytest
from bringing import notes, upload
from django.utils import translation
from factories import make_town

from heatmap.choices import DataClass, JobState, Nature, SeriesQuantity
from heatmap.identity import acting_as
from heatmap.models import Series
from heatmap.services.layers import Provenance, publish_series
from sites.findings import parcel_findings
from sites.models import Candidate, Run
from sites.reports.context import parcel_facts
from sites.selectors import newer_layers
from sites.services import scoring
from sites.services.studies import first_study

pytestmark = pytest.mark.django_db
ORIGIN = Provenance("station", "CC0", "-", DataClass.PUBLIC, Nature.MEASURED)


def file_of(path, first: str, last: str, drop=()):
    times = pd.date_range(first, last, freq="h", tz="UTC")
    table = pd.DataFrame(
        {"utc": times.strftime("%Y-%m-%d %H:%M"), "temperature [degC]": times.year - 2010.0}
    )
    table.drop(index=list(drop)).to_csv(path, index=False)
    return path


def test_a_file_of_several_years_counts_as_those_years(tmp_path):
    town = make_town()
    path = file_of(tmp_path / "t.csv", "2015-01-01", "2019-12-31 23:00")
    done = upload(town, path, kind="series")
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        found = list(Series.objects.order_by("version__published_at"))
        # each year is as warm as its number; the last one is in use
        assert [(one.year_label, one.values[100]) for one in found] == [
            (str(year), year - 2010.0) for year in range(2015, 2020)
        ]
        assert all(len(one.values) == 8760 for one in found)
        assert done.version_id == found[-1].version_id
    assert done.report["years"] == [2015, 2016, 2017, 2018, 2019]


def test_a_year_with_a_long_gap_is_left_out_and_told(tmp_path):
    town = make_town()
    # 2016 lacks ten hours in a row, from the hour 100 of its year on
    path = file_of(
        tmp_path / "t.csv", "2015-01-01", "2017-12-31 23:00", range(8760 + 100, 8760 + 110)
    )
    done = upload(town, path, kind="series")
    assert done.job.state == JobState.DONE, done.job.sentence
    assert done.report["years"] == [2015, 2017]
    assert "2016 is left out: 10 hours are missing" in notes(done)


def load_years(town, years, shift_k: float = 0.5):
    """Bring years of weather, each a little warmer than the one before; the study's own last."""
    with acting_as(municipality=town.slug):
        usual = Series.objects.filter(quantity=SeriesQuantity.TEMPERATURE).latest("pk").values
        own = Series.objects.filter(quantity=SeriesQuantity.TEMPERATURE).latest("pk").year_label
        for place, year in enumerate(years):
            values = np.array(usual) + shift_k * (place - len(years) / 2)
            publish_series(
                town, "Outdoor temperature", SeriesQuantity.TEMPERATURE, str(year),
                values.tolist(), ORIGIN,
            )  # fmt: skip
        publish_series(town, "Outdoor temperature", SeriesQuantity.TEMPERATURE, own, usual, ORIGIN)


def scored(town) -> tuple[Run, Candidate]:
    with acting_as(municipality=town.slug):
        study = first_study(town)
        # one size and a short study: the draw is the same, and the work a tenth
        study.overrides |= {
            "hub.power_it_kw": 100.0,
            "economics.horizon_years": 5.0,
            "futures.draws": 200.0,
        }
        study.save()
        run = scoring.create_run(study, None)
    run = scoring.execute(run.job_id)
    assert run.job.state == JobState.DONE, run.job.sentence
    with acting_as(municipality=town.slug):
        return run, Candidate.objects.get(run=run, rank=1)


def told(run: Run, best: Candidate) -> list[str]:
    """What the page says of how the futures were made, which is also what the paper says."""
    document = best.document
    with translation.override("en"):
        page = parcel_findings(document, None, run.result)["futures"]["method"]
        assert parcel_facts(document, run.result["town"])["future_method"] == page
    return page


def test_with_five_years_of_weather_the_futures_draw_among_them(town):
    run, best = scored(town)
    before = best.document["chances"]
    # the town has one year of weather: price years are drawn, and it is said
    assert run.result["town"]["futures"]["weather_years"] == []
    assert any("Fewer than five weather years" in one for one in told(run, best))

    load_years(town, (2013, 2015, 2016, 2017))
    run, best = scored(town)
    drawn = run.result["town"]["futures"]["weather_years"]
    # four and the town's own; 2013 lies before the Dutch prices and keeps those of the study
    assert len(drawn) == 5
    assert {one["label"]: one["prices_from"] for one in drawn}["2013"] == "study"
    assert {one["label"]: one["prices_from"] for one in drawn}["2015"] == "standing_in"
    by_year = [one["demand_share"] for one in drawn if one["label"] in ("2013", "2015", "2016")]
    assert by_year == sorted(by_year, reverse=True)
    page = told(run, best)
    assert any("follows one of these years of weather: 2013" in one for one in page)
    assert not any("Fewer than five" in one for one in page)
    after = best.document["chances"]
    assert after["npv_p50_eur"] != before["npv_p50_eur"]


def test_four_years_of_weather_are_too_few(town):
    load_years(town, (2015, 2016, 2017))
    run, best = scored(town)
    assert run.result["town"]["futures"]["weather_years"] == []
    assert any("Fewer than five weather years" in one for one in told(run, best))


def test_the_years_that_a_run_used_are_not_newer_than_the_run(town):
    load_years(town, (2013, 2015, 2016, 2017))
    run, _ = scored(town)
    with acting_as(municipality=town.slug):
        assert newer_layers([run]) == {run.pk: []}
    load_years(town, (2018,))
    with acting_as(municipality=town.slug):
        (newer,) = newer_layers([run])[run.pk]
        assert newer.layer.name == "Outdoor temperature"
