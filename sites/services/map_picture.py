"""The town as a drawing, for browsers that cannot draw maps: what may leave the town, no more."""

from django.utils.translation import gettext

from heatmap.models import LayerVersion, Municipality
from heatmap.shape_selectors import drawn_features
from sites.map_selectors import best_rows, refused_rows
from sites.models import Run
from sites.reports.town_map import TownShapes, town_map
from sites.services.reports import shape_of

MOST_SHAPES = 20_000
"""Kinds with more features than this are left out: no drawing of this size could show them."""


def town_picture(town: Municipality, versions: list[LayerVersion], run: Run | None) -> str:
    """Return the picture as SVG. Call it inside an identity."""
    drawn: dict[str, int] = {}
    for version in versions:
        if version.rows_read - version.rows_refused <= MOST_SHAPES:
            drawn[version.layer.kind] = version.pk
    features = drawn_features(drawn, town.srid)
    notes = {version.licence: None for version in versions if "©" in version.licence}
    shapes = TownShapes(
        tuple(shape_of(feature) for feature in features), "; ".join(map(gettext, notes))
    )
    rows = [*best_rows(run), *refused_rows(run)]
    if run is None:
        rows = [{"ref": shape.ref, "rank": None, "score": None} for shape in shapes.of("parcels")]
    return town_map(shapes, rows)
