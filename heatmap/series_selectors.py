"""What is asked about hourly series: the load of a substation or feeder by the hour."""

from collections.abc import Iterable
from typing import Any

from heatmap.choices import LayerKind, SeriesQuantity
from heatmap.models import FEATURE_MODELS, LayerVersion, Municipality, Series
from heatmap.selectors import is_withheld
from heatmap.version_selectors import versions_in_use

STATION_KINDS = (LayerKind.SUBSTATIONS, LayerKind.FEEDERS)


def station_refs(town: Municipality) -> list[str]:
    """Return the ids of the substations and feeders in use."""
    in_use = versions_in_use(town)
    refs: set[str] = set()
    for kind in STATION_KINDS:
        model: Any = FEATURE_MODELS[kind]
        if kind in in_use:
            refs.update(model.objects.filter(version=in_use[kind]).values_list("ref", flat=True))
    return sorted(refs)


def _station_loads(town: Municipality) -> Any:
    """Series in use: the newest published version of the layer of each station."""
    rows = Series.objects.filter(
        municipality=town,
        quantity=SeriesQuantity.LOAD,
        version__published_at__isnull=False,
    ).exclude(station_ref="")
    newest = rows.order_by("station_ref", "-version__published_at", "-version_id")
    return newest.distinct("station_ref")


def load_of_station(town: Municipality, ref: str) -> tuple[str, list[float]] | None:
    """Return the load of a substation or feeder by the hour. Call it inside an identity.

    Parameters
    ----------
    town : Municipality
    ref : str
        Id of the substation or feeder.

    Returns
    -------
    tuple of str and list of float, or None
        The year, and the mean load [kW] of each of its 8,760 hours, hour-ending in UTC; None if
        nobody has brought it, or it is too sensitive for who asks (the wall of the table).
    """
    found = _station_loads(town).filter(station_ref=ref).first()
    return None if found is None else (found.year_label, found.values)


def load_versions(town: Municipality) -> dict[str, LayerVersion]:
    """Return the version in use of each station's hourly load, by the id of the station."""
    rows = _station_loads(town).select_related("version__layer").defer("values")
    return {row.station_ref: row.version for row in rows}


def load_values(version_ids: Iterable[int]) -> dict[str, list[float]]:
    """Return the loads [kW] of these versions, by the id of the station."""
    rows = Series.objects.filter(version_id__in=list(version_ids)).exclude(station_ref="")
    return dict(rows.values_list("station_ref", "values"))


def station_loads(town: Municipality) -> list[dict[str, Any]]:
    """Return year, highest and mean load [kW] of each station whose load was brought."""
    rows = _station_loads(town).select_related("version__layer").defer("values")
    return [
        {
            "ref": row.station_ref,
            "year": row.year_label,
            "highest_kw": row.version.report["series"]["highest"],
            "mean_kw": row.version.report["series"]["mean"],
            "version": row.version,
        }
        for row in rows
        if not is_withheld(row.version.data_class, town.may)
    ]


def year_versions(town: Municipality, quantity: SeriesQuantity) -> dict[str, LayerVersion]:
    """Return the newest published version of each year of a series of the town, by its name."""
    rows = Series.objects.filter(
        municipality=town,
        quantity=quantity,
        version__published_at__isnull=False,
    )
    newest = rows.order_by("year_label", "-version__published_at", "-version_id")
    found = newest.distinct("year_label").select_related("version__layer").defer("values")
    return {row.year_label: row.version for row in found}
