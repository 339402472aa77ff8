"""Makes the shapefiles that planners send, and the broken ones."""

import zipfile
from pathlib import Path

import geopandas
import shapely

# two car parks of Aachen-Melaten, in the grid of the town (EPSG:25832)
SQUARES = [
    shapely.box(292_700, 5_629_000, 292_740, 5_629_030),
    shapely.box(292_800, 5_629_100, 292_850, 5_629_140),
]


def zipped(
    folder: Path,
    *,
    name: str = "flächen",
    shapes: list | None = None,
    columns: dict[str, list] | None = None,
    crs: int = 25832,
    srid: int = 25832,
    encoding: str = "UTF-8",
    without: tuple[str, ...] = (),
    inside: str = "",
) -> Path:
    """Write polygons as a zipped shapefile, leaving out the named endings."""
    shapes = SQUARES if shapes is None else shapes
    columns = columns or {"FLURSTUECK": ["0012/7", "0013"], "NAME": ["Süd", "Öst"]}
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=crs).to_crs(srid)
    base = folder / "made"
    base.mkdir(exist_ok=True)
    frame.to_file(base / "layer.shp", encoding=encoding)
    target = folder / f"{name}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(base.iterdir()):
            if path.suffix not in without:
                archive.write(path, f"{inside}parzellen{path.suffix}")
    return target
