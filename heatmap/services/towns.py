"""Turns an OpenStreetMap extract into the layers of a town."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.derive import candidates, demand, network, substations
from heatmap.errors import Refusal
from heatmap.ingest.reading import Reading, read_file
from heatmap.models import LayerVersion, Municipality
from heatmap.services.layers import Provenance, publish_features

OSM_LICENCE = "Open Database License (ODbL) 1.0, © OpenStreetMap contributors"
LAYER_NAMES = {
    LayerKind.STREETS: "Streets",
    LayerKind.CONSTRAINTS: "Forest, water and housing areas",
    LayerKind.BUILDINGS: "Buildings with heat demand",
    LayerKind.HEAT_DEMAND: "Heat demand per 100 m cell",
    LayerKind.PARCELS: "Candidate parcels",
    LayerKind.SUBSTATIONS: "Substations",
    LayerKind.PLANTS: "Heat plants",
    LayerKind.PIPES: "Heat network",
}
# What OpenStreetMap shows is public already; what is concluded from it of single houses is not.
CLASSES = {
    LayerKind.BUILDINGS: DataClass.MUNICIPAL,
    LayerKind.HEAT_DEMAND: DataClass.MUNICIPAL,
}
NATURES = {
    LayerKind.BUILDINGS: (Nature.DERIVED, demand.BUILDING_METHOD),
    LayerKind.HEAT_DEMAND: (Nature.DERIVED, demand.CELL_METHOD),
    LayerKind.PARCELS: (Nature.DERIVED, candidates.METHOD),
    LayerKind.SUBSTATIONS: (Nature.ILLUSTRATIVE, substations.METHOD),
}
INPUTS = {
    LayerKind.HEAT_DEMAND: (LayerKind.BUILDINGS,),
    LayerKind.PARCELS: (LayerKind.BUILDINGS,),
    LayerKind.SUBSTATIONS: (LayerKind.BUILDINGS,),
    LayerKind.PIPES: (LayerKind.BUILDINGS, LayerKind.STREETS, LayerKind.PLANTS),
}
"""Layers that a derived one is made from; they come before it in `LAYER_NAMES`."""
OSM_KINDS = tuple(LAYER_NAMES)


@dataclass(frozen=True)
class Extract:
    """An extract as it was read, with the layers that follow from it."""

    reading: Reading
    rows: dict[LayerKind, list[dict[str, Any]]]
    network_is_derived: bool

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of everything in it, in the storage grid [m]."""
        shapes = shapely.from_wkb([row["wkb"] for rows in self.rows.values() for row in rows])
        west, south, east, north = shapely.total_bounds(shapes)
        return west, south, east, north


def read_extract(
    path: Path,
    beat: Callable[[int], None] = lambda rows: None,
    *,
    grow_network: bool = False,
) -> Extract:
    """Read an extract and derive the layers that follow from it. No database.

    With `grow_network` a town that shows a plant and no pipes gets a derived network.

    Raises
    ------
    Refusal
        If the file cannot be read, or holds nothing that a town is made of.
    """
    reading = read_file(path, {}, beat)
    if not reading.features:
        raise _holds_nothing(OSM_KINDS)
    buildings = demand.with_demand(reading.of_kind(LayerKind.BUILDINGS))
    streets, plants = reading.of_kind(LayerKind.STREETS), reading.of_kind(LayerKind.PLANTS)
    pipes = reading.of_kind(LayerKind.PIPES)
    derived = grow_network and not pipes
    rows = {
        LayerKind.STREETS: streets,
        LayerKind.CONSTRAINTS: reading.of_kind(LayerKind.CONSTRAINTS),
        LayerKind.BUILDINGS: buildings,
        LayerKind.HEAT_DEMAND: demand.demand_cells(buildings),
        LayerKind.PARCELS: candidates.open_land(reading.of_kind(LayerKind.PARCELS), buildings),
        LayerKind.SUBSTATIONS: substations.with_ratings(
            reading.of_kind(LayerKind.SUBSTATIONS), buildings
        ),
        LayerKind.PLANTS: plants,
        LayerKind.PIPES: network.grow(streets, plants, buildings) if derived else pipes,
    }
    return Extract(reading, rows, derived)


def publish_extract(
    municipality: Municipality,
    extract: Extract,
    *,
    kinds: Sequence[LayerKind] = OSM_KINDS,
    source: str,
    data_date: str = "",
    user: User | None = None,
) -> list[LayerVersion]:
    """Publish the layers of an extract that was read. Call it inside an identity.

    Raises
    ------
    Refusal
        If the extract shows another place, or nothing of what was asked for.
    """
    if not shapely.box(*extract.bounds()).intersects(
        shapely.from_wkb(bytes(municipality.extent.wkb))
    ):
        raise Refusal(gettext_noop("The extract shows another place than this municipality."))
    versions: list[LayerVersion] = []
    for kind in kinds:
        rows = extract.rows[kind]
        if not rows:
            continue
        nature, method = NATURES.get(kind, (Nature.MEASURED, ""))
        if kind == LayerKind.PIPES and extract.network_is_derived:
            nature, method = Nature.DERIVED, network.METHOD
        made_from = INPUTS.get(kind, ()) if nature != Nature.MEASURED else ()
        refused = [row for row in extract.reading.refused if row["kind"] == kind]
        origin = Provenance(
            source=source,
            licence=OSM_LICENCE,
            crs_delivered=extract.reading.crs,
            data_class=CLASSES.get(kind, DataClass.PUBLIC),
            nature=nature,
            method=method,
            data_date=data_date,
            user=user,
            rows_read=len(rows) + len(refused),
            refused=refused,
            inputs=[v.pk for v in versions if v.layer.kind in made_from],
            remarks={"repaired": sum(bool(row.get("repaired")) for row in rows)},
        )
        versions.append(publish_features(municipality, kind, LAYER_NAMES[kind], rows, origin))
    if not versions:
        raise _holds_nothing(kinds)
    return versions


def _holds_nothing(kinds: Sequence[LayerKind]) -> Refusal:
    return Refusal(
        gettext_noop("The extract holds nothing of the kinds that were asked for: %(kinds)s."),
        kinds=", ".join(kinds),
    )
