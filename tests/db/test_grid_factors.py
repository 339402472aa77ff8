"""Hourly emission factors of the grid: brought, judged, and counted hour by hour in a run."""

import numpy as np
import pandas as pd
import pytest
from bringing import upload
from django.core.files.base import ContentFile
from django.utils import translation
from factories import make_town

from heatmap.choices import DataClass, JobState, Nature, SeriesQuantity
from heatmap.identity import acting_as
from heatmap.ingest.samples import factor_sample_csv, factor_template_csv
from heatmap.models import Series
from heatmap.services import uploads
from heatmap.services.layers import Provenance, publish_series
from sites.carbon_findings import carbon_findings
from sites.models import Candidate
from sites.services import scoring
from sites.services.studies import first_study

pytestmark = pytest.mark.django_db
HOURS = 8760


def bring(tmp_path, column: str, values) -> tuple:
    town = make_town()
    times = pd.date_range("2023-01-01", periods=HOURS, freq="h", tz="UTC")
    table = pd.DataFrame({"utc": times.strftime("%Y-%m-%d %H:%M"), column: values})
    table.to_csv(tmp_path / "f.csv", index=False)
    return town, upload(town, tmp_path / "f.csv", kind="series", licence="CC BY 4.0")


@pytest.mark.parametrize(
    ("column", "written", "quantity", "kept"),
    [
        ("Emissionsfaktor [g/kWh]", 360.0, "grid_t_per_mwh", 0.36),
        ("Carbon intensity gCO₂eq/kWh (direct)", 45.0, "grid_t_per_mwh", 0.045),
        ("grid_t_per_mwh", 0.36, "grid_t_per_mwh", 0.36),
        ("Residualmix [kgCO2/MWh]", 700.0, "residual_t_per_mwh", 0.7),
    ],
)
def test_factors_come_in_the_units_people_write(tmp_path, column, written, quantity, kept):
    town, done = bring(tmp_path, column, np.full(HOURS, written))
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        series = Series.objects.get()
        assert series.quantity == quantity
        assert series.values[17] == pytest.approx(kept)
        assert (series.version.licence, series.version.number) == ("CC BY 4.0", 1)


def test_grams_read_as_tons_are_refused_with_what_to_do(tmp_path):
    _, done = bring(tmp_path, "co2_intensity", np.full(HOURS, 360.0))
    assert done.job.state == JobState.REFUSED
    assert "8760 values of column co2_intensity lie outside 0.0 to 3.0" in done.job.sentence
    assert "gCO2/kWh" in done.job.sentence


def test_a_negative_factor_is_refused(tmp_path):
    values = np.full(HOURS, 300.0)
    values[5] = -20.0
    _, done = bring(tmp_path, "emission_factor [g/kWh]", values)
    assert done.job.state == JobState.REFUSED
    assert "the first one is -0.02" in done.job.sentence


def test_template_and_sample_of_factors():
    town = make_town()
    assert factor_template_csv() == "time_utc,grid_gco2_per_kwh\n"
    with acting_as(municipality=town.slug):
        received = uploads.receive(
            town, None, kind="series", file=ContentFile(factor_sample_csv().encode()), name="s.csv"
        )
    done = uploads.process(received.job_id)
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        # 360 - 120 cos(2 pi (12 - 12)/24) g/kWh at noon
        assert Series.objects.get().values[12] == pytest.approx(0.24)


def carbon_of_best(town) -> dict:
    with acting_as(municipality=town.slug):
        run = scoring.create_run(first_study(town), None)
    run = scoring.execute(run.job_id)
    assert run.job.state == JobState.DONE, run.job.sentence
    with acting_as(municipality=town.slug):
        documents = [one.document for one in Candidate.objects.filter(run=run)]
    return max(
        (one for one in documents if one["carbon"]),
        key=lambda one: one["carbon"]["rules"]["full"]["location_t"] or 0.0,
    )


def said(document: dict) -> str:
    with translation.override("en"):
        return " ".join(carbon_findings(document)["said"])


def test_a_run_counts_with_the_factors_that_are_loaded(town):
    before = carbon_of_best(town)
    assert "no hourly factors are loaded" in said(before)
    assert "By contract emissions are not known" in said(before)
    assert before["carbon"]["rules"]["full"]["market_t"] is None
    with acting_as(municipality=town.slug):
        origin = Provenance("operator", "CC BY", "-", DataClass.PUBLIC, Nature.MEASURED)
        for quantity, factor in (
            (SeriesQuantity.GRID_FACTOR, 0.2), (SeriesQuantity.RESIDUAL_FACTOR, 0.7),
        ):  # fmt: skip
            publish_series(town, quantity.label, quantity, "2023", [factor] * HOURS, origin)
    after = carbon_of_best(town)
    full = after["carbon"]["rules"]["full"]
    assert (after["carbon"]["grid_from"], after["carbon"]["residual_from"]) == ("series", "series")
    assert full["market_t"] == pytest.approx(full["location_t"] * 0.7 / 0.2)
    if full["location_t"]:
        assert after["carbon"]["drawn_t_per_mwh"] == pytest.approx(0.2)
    assert "By contract the residual mix that is loaded counts, hour by hour" in said(after)
    assert after["carbon"]["break_even_t_per_mwh"] == before["carbon"]["break_even_t_per_mwh"]
