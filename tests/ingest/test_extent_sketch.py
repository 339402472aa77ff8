"""The sketch keeps north up, true proportions, and shows what would be too small to see."""

import pytest

from heatmap.render.extent_sketch import HEIGHT, WIDTH, sketch

TOWN = (6.0, 50.74, 6.1, 50.82)


def test_everything_fits_and_north_is_up():
    drawn = sketch(TOWN, [(6.02, 50.80, 6.03, 50.81), None, (6.4, 50.7, 6.5, 50.8)])
    assert [box.number for box in drawn.rectangles] == [0, 1, 3]
    for box in drawn.rectangles:
        assert box.x >= 0 and box.x + box.width <= WIDTH
        assert box.y >= 0 and box.y + box.height <= HEIGHT
    town, near, far = drawn.rectangles
    assert near.y < town.y + town.height / 2  # its latitude is in the northern half
    assert far.x > town.x + town.width


def test_the_bar_is_as_long_as_it_says():
    drawn = sketch(TOWN, [])
    (town,) = drawn.rectangles
    # 0.08 degrees of latitude are 0.08 * 111.2 = 8.9 km
    assert town.height / drawn.bar * drawn.bar_km == pytest.approx(8.9, abs=0.1)


def test_a_file_far_away_leaves_the_town_visible():
    drawn = sketch(TOWN, [(60.0, 10.0, 60.001, 10.001)])
    assert all(box.width >= 8 and box.height >= 8 for box in drawn.rectangles)
