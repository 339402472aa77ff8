"""The rows of a file are taken while it is being read; what comes of it is all or nothing."""

import geopandas
import numpy as np
import pytest
import shapely
from bringing import upload
from django.db import connection
from factories import make_town
from shapefiles import SQUARES, zipped

from heatmap.choices import JobState
from heatmap.identity import acting_as
from heatmap.models import LayerVersion, Parcel
from heatmap.staging import Staging

pytestmark = pytest.mark.django_db

ROWS = 10_000
"""The reader works in batches of 4,096: there are three."""


@pytest.fixture
def town():
    return make_town()


@pytest.fixture
def many(tmp_path):
    """Squares of 5 m, 10 m apart, as FlatGeobuf in the order of the rows."""
    place = np.arange(ROWS)
    x, y = 292_000 + place % 100 * 10.0, 5_628_500 + place // 100 * 10.0
    frame = geopandas.GeoDataFrame(
        {"FLURSTUECK": [f"{number:05d}" for number in place]},
        geometry=shapely.box(x, y, x + 5, y + 5),
        crs=25832,
    )
    path = tmp_path / "many.fgb"
    frame.to_file(path, SPATIAL_INDEX="NO")
    return path


@pytest.fixture
def damaged(many, tmp_path):
    """The same, whose last third is missing."""
    content = many.read_bytes()
    path = tmp_path / "damaged.fgb"
    path.write_bytes(content[: len(content) * 2 // 3])
    return path


@pytest.fixture
def parts(monkeypatch):
    """What happened, in its order: for each part whether a transaction was open, and its rows."""
    seen = []
    # the test has a transaction of its own; one that is opened within it is a savepoint
    outside = len(connection.savepoint_ids)
    take, all_taken = Staging.take, Staging.all_taken

    def taking(self, *where):
        was_open = len(connection.savepoint_ids) > outside
        take(self, *where)
        seen.append((was_open, staged_rows()))

    def ending(self):
        seen.append("all")
        all_taken(self)

    monkeypatch.setattr(Staging, "take", taking)
    monkeypatch.setattr(Staging, "all_taken", ending)
    return seen


def staged_rows() -> int | None:
    """Rows of the temporary table; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.staging') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT count(*) FROM staging")
        return cursor.fetchone()[0]


def published(town) -> tuple[int, int]:
    """How many versions there are, drafts too, and how many parcels."""
    with acting_as(municipality=town.slug):
        return LayerVersion.objects.count(), Parcel.objects.count()


def test_rows_come_in_parts_and_no_transaction_is_open_between_them(town, many, parts):
    done = upload(town, many)
    assert done.job.state == JobState.DONE, done.job.sentence
    assert parts == [(False, 4096), (False, 8192), (False, ROWS), "all"]
    assert published(town) == (1, ROWS)
    assert staged_rows() is None


def test_a_file_that_is_refused_after_rows_were_taken_leaves_nothing(town, many, damaged, parts):
    done = upload(town, damaged)
    assert done.job.state == JobState.REFUSED
    assert "cut off or damaged" in done.job.sentence
    assert parts[0] == (False, 4096) and "all" not in parts
    assert published(town) == (0, 0)
    assert staged_rows() is None
    # the same session goes on as if nothing had been
    assert upload(town, many).job.state == JobState.DONE
    assert published(town) == (1, ROWS)


def test_a_step_that_only_checks_leaves_nothing(town, many):
    assert upload(town, many, step="check").job.state == JobState.DONE
    assert published(town) == (0, 0)
    assert staged_rows() is None


def test_the_fingerprint_is_that_of_what_is_published(town, tmp_path):
    """It is made before the doubles of ids are taken out, and again if there are any."""
    plain = upload(town, zipped(tmp_path, name="plain"))
    third = shapely.box(292_900, 5_629_100, 292_950, 5_629_140)
    doubled = zipped(
        tmp_path,
        name="doubled",
        shapes=[*SQUARES, third],
        columns={"FLURSTUECK": ["0012/7", "0013", "0013"], "NAME": ["Süd", "Öst", "Nord"]},
    )
    again = upload(town, doubled)
    assert again.report["rows_refused"] == 1
    assert again.version.content_hash == plain.version.content_hash
    other = upload(
        town,
        zipped(
            tmp_path,
            name="other",
            columns={"FLURSTUECK": ["0012/7", "0013"], "NAME": ["Süd", "West"]},
        ),
    )
    assert other.version.content_hash != plain.version.content_hash
