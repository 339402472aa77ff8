"""A town measures in a grid of true metres, or is not founded."""

import pytest
from factories import make_town

from heatmap.errors import Refusal
from heatmap.services.towns import read_extract

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("srid", [4326, 3857, 2263, 3067, 999999])
def test_degrees_mercator_feet_and_a_far_zone_are_refused(srid):
    """At 51 degrees north Mercator shows 2.5 times the area, and degrees none at all."""
    with pytest.raises(Refusal, match="true metres"):
        make_town(srid=srid)


@pytest.mark.parametrize("srid", [25832, 25831, 31466, 3035])
def test_a_grid_of_the_region_is_taken(srid):
    assert make_town(srid=srid).srid == srid


def test_an_extract_without_anything_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "empty.osm"
    path.write_text('<?xml version="1.0"?>\n<osm version="0.6"></osm>')
    with pytest.raises(Refusal, match="holds nothing"):
        read_extract(path).bounds()
