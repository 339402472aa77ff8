"""Search cells in the place of parcels, where a town has brought none."""

import hashlib

import shapely
from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.derive.cells import METHOD, cell_count, search_cells
from heatmap.errors import Refusal
from heatmap.models import LayerVersion, Municipality
from heatmap.services.derived import feature_rows
from heatmap.services.layers import Provenance, publish_features
from heatmap.version_selectors import versions_in_use

LAYER_NAME = "Search cells"
MOST_CELLS = 40_000


def are_search_cells(version: LayerVersion) -> bool:
    """Whether a layer of parcels is a grid of search cells."""
    return "cell_m" in version.report


def provide_search_cells(town: Municipality, cell_m: float, user: User | None) -> None:
    """Publish search cells where the town has no parcels, anew where what they rest on changed.

    Call it inside an identity. A layer of parcels that somebody brought is never touched.

    Raises
    ------
    Refusal
        If the town would need too many cells.
    """
    in_use = versions_in_use(town)
    present, constraints = (in_use.get(kind) for kind in (LayerKind.PARCELS, LayerKind.CONSTRAINTS))
    if present is not None and not are_search_cells(present):
        return
    inputs = [] if constraints is None else [constraints.pk]
    # the border is the town's own; a change of it moves the cells as a change of a layer does
    border = hashlib.sha256(bytes(town.extent.wkb)).hexdigest()
    made_of = {"cell_m": cell_m, "border": border}
    if (
        present is not None
        and present.inputs == inputs
        and made_of.items() <= present.report.items()
    ):
        return
    if cell_count(town.extent.extent, cell_m) > MOST_CELLS:
        raise Refusal(
            gettext_noop(
                "There is no layer of parcels, and search cells of %(cell)s m would be more than "
                "%(most)s. Bring parcels, or make the cells larger (search.cell_m)."
            ),
            cell=f"{cell_m:.0f}",
            most=MOST_CELLS,
        )
    rows = [] if constraints is None else feature_rows(constraints)
    cells = search_cells(shapely.from_wkb(bytes(town.extent.wkb)), rows, cell_m)
    if not cells:
        raise Refusal(gettext_noop("Water and protected areas leave nothing to search."))
    publish_features(
        town,
        LayerKind.PARCELS,
        LAYER_NAME,
        cells,
        Provenance(
            source="European grid" if constraints is None else constraints.source,
            licence="-" if constraints is None else constraints.licence,
            crs_delivered="EPSG:3035",
            data_class=(
                DataClass.PUBLIC if constraints is None else DataClass(constraints.data_class)
            ),
            nature=Nature.DERIVED,
            method=METHOD,
            user=user,
            inputs=inputs,
            remarks=made_of,
        ),
    )
