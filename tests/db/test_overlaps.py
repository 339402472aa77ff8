"""What lies under a parcel, measured by the database."""

import pytest
import shapely
from factories import make_town
from pyproj import Transformer

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.identity import acting_as
from heatmap.services.layers import Provenance, publish_features
from sites.parcel_selectors import constraint_overlaps

pytestmark = pytest.mark.django_db

TO_STORAGE = Transformer.from_crs(25832, 3035, always_xy=True)
ORIGIN = Provenance(
    source="test",
    licence="test",
    crs_delivered="EPSG:25832",
    data_class=DataClass.PUBLIC,
    nature=Nature.MEASURED,
)


def stored(shape) -> str:
    moved = shapely.transform(shape, TO_STORAGE.transform, interleaved=False)
    return shapely.to_wkb(moved, hex=True)


def test_ground_that_two_areas_of_a_kind_cover_counts_once():
    """A wood inside a forest is the same trees: 30 m x 30 m of a parcel of 40 m x 30 m."""
    town = make_town()
    parcel = shapely.box(292_700, 5_629_000, 292_740, 5_629_030)
    forest = shapely.box(292_710, 5_628_900, 292_900, 5_629_100)
    wood = shapely.box(292_720, 5_628_900, 292_900, 5_629_100)
    with acting_as(municipality=town.slug):
        versions = {
            kind: publish_features(town, kind, kind.value, rows, ORIGIN).pk
            for kind, rows in (
                (LayerKind.PARCELS, [{"ref": "P", "wkb": stored(parcel), "parcel_kind": "x"}]),
                (
                    LayerKind.CONSTRAINTS,
                    [
                        {"ref": str(i), "wkb": stored(shape), "constraint_kind": "forest"}
                        for i, shape in enumerate((forest, wood))
                    ],
                ),
            )
        }
        found = constraint_overlaps(town, versions)
    assert found["forest"]["P"] == pytest.approx(900, rel=1e-3)
