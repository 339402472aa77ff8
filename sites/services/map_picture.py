"""The town as a drawing: for browsers that cannot draw maps, and until the map has drawn itself."""

from django.utils.translation import gettext

from heatmap.layer_documents import layer_documents
from heatmap.models import LayerVersion, Municipality
from heatmap.render.first_look import first_look
from heatmap.selectors import bounds_of, bounds_of_layers
from heatmap.shape_selectors import drawn_features
from sites.map_selectors import all_scores, best_rows, counts_of, needed_kw, refused_rows
from sites.models import Run
from sites.reports.town_map import TownShapes, town_map
from sites.services.reports import shape_of

MOST_SHAPES = 20_000
"""Kinds with more features than this are left out: no drawing of this size could show them."""


def town_picture(town: Municipality, versions: list[LayerVersion], run: Run | None) -> str:
    """Return what may leave the town as a picture with its legend. Call it inside an identity."""
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


def town_first_look(town: Municipality, versions: list[LayerVersion], run: Run | None) -> str:
    """Return what the map shows at first, without words. Call it inside an identity.

    A run of more parcels than one drawing shows is drawn without their scores.
    """
    layers = layer_documents(versions, needed_kw=needed_kw(run))
    is_small = run is not None and sum(counts_of(run).values()) <= MOST_SHAPES
    scores = all_scores(run) if run and is_small else None
    return first_look(layers, bounds_of_layers(layers) or bounds_of(town), scores)
