"""Turns an OpenStreetMap extract into the layers of a town."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

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
CLASSES = {
    LayerKind.BUILDINGS: DataClass.RESTRICTED,
    LayerKind.HEAT_DEMAND: DataClass.MUNICIPAL,
    LayerKind.SUBSTATIONS: DataClass.RESTRICTED,
    LayerKind.PIPES: DataClass.RESTRICTED,
}
NATURES = {
    LayerKind.BUILDINGS: (Nature.DERIVED, demand.BUILDING_METHOD),
    LayerKind.HEAT_DEMAND: (Nature.DERIVED, demand.CELL_METHOD),
    LayerKind.PARCELS: (Nature.DERIVED, candidates.METHOD),
    LayerKind.SUBSTATIONS: (Nature.ILLUSTRATIVE, substations.METHOD),
}
OSM_KINDS = tuple(LAYER_NAMES)


def read_extract(
    path: Path, beat: Callable[[int], None] = lambda rows: None
) -> tuple[Reading, dict[LayerKind, list[dict[str, Any]]]]:
    """Read an extract and derive the layers that follow from it. No database."""
    reading = read_file(path, {}, beat)
    buildings = demand.with_demand(reading.of_kind(LayerKind.BUILDINGS))
    return reading, {
        LayerKind.STREETS: reading.of_kind(LayerKind.STREETS),
        LayerKind.CONSTRAINTS: reading.of_kind(LayerKind.CONSTRAINTS),
        LayerKind.BUILDINGS: buildings,
        LayerKind.HEAT_DEMAND: demand.demand_cells(buildings),
        LayerKind.PARCELS: candidates.open_land(reading.of_kind(LayerKind.PARCELS), buildings),
        LayerKind.SUBSTATIONS: substations.with_ratings(
            reading.of_kind(LayerKind.SUBSTATIONS), buildings
        ),
        LayerKind.PLANTS: reading.of_kind(LayerKind.PLANTS),
        LayerKind.PIPES: reading.of_kind(LayerKind.PIPES),
    }


def import_extract(
    municipality: Municipality,
    path: Path,
    *,
    kinds: Sequence[LayerKind] = OSM_KINDS,
    source: str,
    data_date: str = "",
    grow_network: bool = False,
    user: User | None = None,
    beat: Callable[[int], None] = lambda rows: None,
) -> list[LayerVersion]:
    """Publish the layers of an extract. Call it inside an identity.

    Raises
    ------
    Refusal
        If the file cannot be read, or holds nothing of what was asked for.
    """
    reading, rows_by_kind = read_extract(path, beat)
    derived_network = grow_network and not rows_by_kind[LayerKind.PIPES]
    if derived_network:
        rows_by_kind[LayerKind.PIPES] = network.grow(
            rows_by_kind[LayerKind.STREETS],
            rows_by_kind[LayerKind.PLANTS],
            rows_by_kind[LayerKind.BUILDINGS],
        )
    versions = []
    for kind in kinds:
        rows = rows_by_kind[kind]
        if not rows:
            continue
        nature, method = NATURES.get(kind, (Nature.MEASURED, ""))
        if kind == LayerKind.PIPES and derived_network:
            nature, method = Nature.DERIVED, network.METHOD
        refused = [row for row in reading.refused if row["kind"] == kind]
        origin = Provenance(
            source=source,
            licence=OSM_LICENCE,
            crs_delivered=reading.crs,
            data_class=CLASSES.get(kind, DataClass.PUBLIC),
            nature=nature,
            method=method,
            data_date=data_date,
            user=user,
            rows_read=len(rows) + len(refused),
            refused=refused,
            remarks={"repaired": sum(bool(row.get("repaired")) for row in rows)},
        )
        versions.append(publish_features(municipality, kind, LAYER_NAMES[kind], rows, origin))
    if not versions:
        raise Refusal(
            gettext_noop("The extract holds nothing of the kinds that were asked for: %(kinds)s."),
            kinds=", ".join(kinds),
        )
    return versions
