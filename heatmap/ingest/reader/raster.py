"""Reads a GeoTIFF of heat density, window by window, into 100 m cells."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from pyproj import CRS, Transformer
from rasterio.errors import RasterioError
from rasterio.windows import Window

from heatmap.ingest.kinds import BY_NAME
from heatmap.ingest.reader import place
from heatmap.ingest.reader.cells import CELL_M, Cells
from heatmap.ingest.reader.layers import LayerInfo, note
from heatmap.ingest.reader.messages import FileRefused, emit, gettext_noop
from heatmap.ingest.reader.sniff import Source
from heatmap.ingest.reader.spool import Spool
from heatmap.ingest.reader.values import MISSING_NUMBERS, Choice
from heatmap.ingest.units import unit_in_name

MOST_PIXELS = 400_000_000
WINDOW = 512
FINE_M = 50.0
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
UNREADABLE = gettext_noop(
    "The file cannot be read; it may be cut off or damaged (%(format)s).\nExport it again."
)


def read(source: Source, request: Mapping[str, Any], *, look_only: bool) -> None:
    """Spool the demand of a raster by cell, or only tell what it is."""
    try:
        with (
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
            rasterio.open(source.path, driver="GTiff", sharing=False) as raster,
        ):
            _read(raster, source, request, look_only=look_only)
    except (RasterioError, ValueError, IndexError) as error:
        raise FileRefused(UNREADABLE, format="GeoTIFF") from error


def _read(raster: Any, source: Source, request: Mapping[str, Any], *, look_only: bool) -> None:
    if raster.width * raster.height > MOST_PIXELS:
        raise FileRefused(
            gettext_noop("The raster has more than %(limit)s pixels.\nCut it to the municipality."),
            limit=MOST_PIXELS,
        )
    if raster.dtypes[0].startswith("complex"):
        raise FileRefused(UNREADABLE, format="GeoTIFF")
    bands = [_band_name(raster, band) for band in range(1, raster.count + 1)]
    info = LayerInfo(source.name, bands, "Raster", raster.width * raster.height,
                     raster.crs.to_wkt() if raster.crs else "")  # fmt: skip
    town = place.Town(
        shapely.from_wkb(bytes.fromhex(request["extent_wkb"])), request["town_srid"],
        BY_NAME["heat_demand"].margin_m,
    )  # fmt: skip
    corners = np.array([raster.transform * (x * raster.width, y * raster.height)
                        for x in QUARTERS for y in QUARTERS])  # fmt: skip
    if look_only:
        _look(info, corners, town, request)
        return
    if request["kind"] != "heat_demand":
        raise FileRefused(
            gettext_noop(
                "A raster can be read as heat demand only.\nBring this kind of layer as shapes."
            )
        )
    placement = place.choose(info, "geotiff", False, corners, town,
                             srid=request.get("srid"), swap=False)  # fmt: skip
    choice = _choice(bands, request)
    _spool(raster, info, placement, choice, town, request, bands.index(choice.columns[0]) + 1)


def _band_name(raster: Any, band: int) -> str:
    described = raster.descriptions[band - 1] or f"band{band}"
    unit = raster.units[band - 1]
    return f"{described} [{unit}]" if unit else described


def _choice(bands: list[str], request: Mapping[str, Any]) -> Choice:
    wanted = BY_NAME["heat_demand"].field("heat_demand_mwh_per_a")
    asked = (request.get("columns") or {}).get("heat_demand_mwh_per_a") or {}
    if wanted is None:
        raise AssertionError("heat demand has no heat demand")
    column = str(asked.get("column") or bands[0])
    by_name = {band.casefold(): band for band in bands}
    by_name |= {f"band{place}": band for place, band in enumerate(bands, start=1)}
    if column.casefold() not in by_name:
        raise FileRefused(
            gettext_noop(
                "There is no column %(column)s for %(field)s.\nThe file has the columns "
                "%(columns)s."
            ),
            column=column,
            field=wanted.name,
            columns=", ".join(bands),
        )
    choice = Choice(wanted, [by_name[column.casefold()]])
    if asked.get("unit"):
        if choice.set_unit(str(asked["unit"]), "stated"):
            return choice
    else:
        for target in ("MWh/(ha a)", "MWh/a"):
            unit = unit_in_name(choice.columns[0], target)
            if unit and choice.set_unit(unit, "name"):
                return choice
    raise FileRefused(
        gettext_noop(
            "The raster does not say the unit of its values.\nState it, for example "
            "heat_demand_mwh_per_a=%(band)s:MWh/ha, or :kWh/m2, or :MWh for demand of each pixel."
        ),
        band=choice.columns[0],
    )


def _look(
    info: LayerInfo, corners: np.ndarray, town: place.Town, request: Mapping[str, Any]
) -> None:
    problems, where = [], {"name": "", "srid": None, "from": "", "candidates": []}
    try:
        found = place.choose(info, "geotiff", False, corners, town,
                             srid=request.get("srid"), swap=False)  # fmt: skip
        where |= {"name": found.name, "srid": found.srid, "from": found.how,
                  "extent": place.extent_degrees(found.to_storage(corners))}  # fmt: skip
    except FileRefused as refusal:
        problems.append(note(refusal.message, **refusal.values))
        where["candidates"] = place.candidates(corners, town)
    try:
        columns = [_choice(info.columns, request).document()]
    except FileRefused as refusal:
        problems.append(note(refusal.message, **refusal.values))
        columns = []
    emit("proposal", format="geotiff", layers_left_out=0, layers=[{
        "name": info.name, "geometry": "Raster", "dimension": 2, "features": info.features,
        "columns": info.columns, "encoding": "", "crs": where, "rows": [], "problems": problems,
        "kinds": [{"kind": "heat_demand", "confidence": 0.8}],
        "mappings": {"heat_demand": {"columns": columns, "missing": []}},
    }])  # fmt: skip


def _spool(
    raster: Any, info: LayerInfo, placement: place.Placement, choice: Choice, town: place.Town,
    request: Mapping[str, Any], band: int,
) -> None:  # fmt: skip
    cells = Cells(town.srid)
    per_ha = choice.target == "MWh/(ha a)"
    pixel_m = _pixel_m(raster, placement, town)
    split = max(1, min(16, round(float(np.max(pixel_m)) / FINE_M)))
    read_pixels = used = outside = 0
    for row in range(0, raster.height, WINDOW):
        for column in range(0, raster.width, WINDOW):
            window = Window(column, row, min(WINDOW, raster.width - column),
                            min(WINDOW, raster.height - row))  # fmt: skip
            values = raster.read(band, window=window, masked=True).filled(0).astype(float)
            read_pixels += values.size
            values[~np.isfinite(values) | np.isin(values, MISSING_NUMBERS)] = 0
            lines, places = np.nonzero(values > 0)
            if len(lines) == 0:
                continue
            amounts = values[lines, places] * choice.factor
            parts = (np.arange(split) + 0.5) / split
            for dy in parts:
                for dx in parts:
                    x, y = raster.transform * (column + places + dx, row + lines + dy)
                    placed = placement.to_storage(np.column_stack([x, y]))
                    inside = shapely.contains_xy(town.reach, placed[:, 0], placed[:, 1])
                    share = amounts / split**2
                    if per_ha:
                        share = share * pixel_m[0] * pixel_m[1] / 1e4
                    cells.add_values(*placed[inside].T, share[inside])
                    if dx == parts[0] and dy == parts[0]:
                        used += int(inside.sum())
                        outside += int((~inside).sum())
        emit("progress", rows=read_pixels, features=info.features)
    if used == 0:
        raise (
            place.diagnose(_corners(raster), placement, town)
            if outside
            else FileRefused(
                gettext_noop("No pixel of the raster has a value above zero.\nCheck the band.")
            )
        )
    choice.rows, choice.missing = read_pixels, read_pixels - used - outside
    spool = Spool(Path(request["spool"]), ["row_no", *request["spool_columns"]])
    spool.write(cells.fields())
    spool.close()
    emit(
        "facts", layer=info.name, format="geotiff", crs=placement.name, srid=placement.srid,
        crs_from=placement.how, axes_swapped=False, encoding="", rows_read=read_pixels,
        rows_used=used, rows_refused=0, neighbours=None, refused_counts={}, features=spool.rows,
        columns=[choice.document()], unused_columns=info.columns[1:], ids_are_row_numbers=False,
        handling={"outside": outside, "repaired": 0, "repairs": []}, double_rows=0,
        notes=[note(gettext_noop(
            "The raster has pixels of %(width)s m x %(height)s m; each was cut into %(parts)s "
            "parts, and each part given to the %(cell)s m cell in which its middle lies."),
            width=f"{pixel_m[0]:.3g}", height=f"{pixel_m[1]:.3g}", parts=split**2,
            cell=f"{CELL_M:.0f}")],
    )  # fmt: skip


def _corners(raster: Any) -> np.ndarray:
    return np.array([raster.transform * (x, y)
                     for x in (0, raster.width) for y in (0, raster.height)])  # fmt: skip


def _pixel_m(raster: Any, placement: place.Placement, town: place.Town) -> tuple[float, float]:
    """Width and height of a pixel in the town's own grid [m]."""
    to_town = Transformer.from_crs(placement.crs, CRS.from_epsg(town.srid), always_xy=True)
    x, y = raster.width / 2, raster.height / 2
    points = [raster.transform * point for point in ((x, y), (x + 1, y), (x, y + 1))]
    placed = [np.array(to_town.transform(*point)) for point in points]
    return (float(np.hypot(*(placed[1] - placed[0]))), float(np.hypot(*(placed[2] - placed[0]))))
