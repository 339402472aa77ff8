"""Annual heat demand of a building from footprint, storeys and use.

The specific values are the German comparison values for non-residential buildings (Bekanntmachung
of 15 April 2021, Anlage 1), which describe a good standard of an old building at the reference
climate Potsdam; residential values are own estimates. They tell districts apart and are replaced
by metered demand wherever a town has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, as_floats
from engines.errors import InvalidInput
from engines.tables import catalogue, registry
from engines.units import KWH_PER_MWH


@dataclass(frozen=True)
class BuildingDemand:
    """Heat demand of buildings with the parts it is made of.

    Attributes
    ----------
    heat_demand_mwh_per_a : ndarray, shape (buildings,)
        Useful heat for heating and hot water; 0 for unheated buildings.
    net_floor_area_m2 : ndarray, shape (buildings,)
    storeys : ndarray, shape (buildings,)
        As given, or the default of the use where none was given.
    storeys_assumed : ndarray of bool
    is_heated : ndarray of bool
    """

    heat_demand_mwh_per_a: FloatArray
    net_floor_area_m2: FloatArray
    storeys: FloatArray
    storeys_assumed: NDArray[np.bool_]
    is_heated: NDArray[np.bool_]


def use_of_osm_value(value: str) -> str:
    """Return the use key for the value of an OpenStreetMap ``building`` tag.

    A value that no use lists is ``unknown``: the building stands, its use is not known.
    """
    for key, record in catalogue("building_uses").items():
        if value in str(record["osm_values_text"]).split():
            return key
    return "unknown"


def size_factor(net_floor_area_m2: FloatArray) -> FloatArray:
    """Return the factor on the heating value by building size.

    Equation (Bekanntmachung 15 April 2021, no. 6.3.1): ``f = 4.53 A^-0.215 + 0.27`` between 500
    and 50,000 m2 of net floor area, 1.46 below and 0.71 above.
    """
    area = as_floats(net_floor_area_m2)
    inside = 4.53 * np.clip(area, 500.0, 50_000.0) ** -0.215 + 0.27
    return np.where(area <= 500.0, 1.46, np.where(area >= 50_000.0, 0.71, inside))


def annual_heat_demand(
    uses: Sequence[str], footprint_m2: FloatArray, storeys: FloatArray
) -> BuildingDemand:
    """Estimate the annual heat demand of buildings.

    ``Q = A_net (q_heating f(A_net) + q_hot_water)``, ``A_net = r footprint storeys`` with the
    ratio r of net to gross floor area (``demand.net_floor_share``).

    Parameters
    ----------
    uses : sequence of str, length (buildings,)
        Keys of ``building_uses.csv``.
    footprint_m2 : ndarray, shape (buildings,)
    storeys : ndarray, shape (buildings,)
        NaN where unknown: then the default of the use is taken and marked.

    Raises
    ------
    InvalidInput
        If a use is unknown, a footprint is negative, or a storey count is not positive.
    """
    table = catalogue("building_uses")
    unknown = sorted(set(uses) - set(table))
    if unknown:
        raise InvalidInput(f"Unknown building uses {unknown}; known are {sorted(table)}.")
    footprint = as_floats(footprint_m2)
    given = as_floats(storeys)
    if not np.all(footprint >= 0):
        raise InvalidInput("Every footprint must be a number of m2 that is not negative.")
    if np.any(given <= 0):
        raise InvalidInput("Storeys must be above zero; leave them empty where unknown.")

    def column(name: str) -> FloatArray:
        return np.array([float(table[use][name]) for use in uses], dtype=float)

    assumed = np.isnan(given)
    levels = np.where(assumed, column("storeys_default"), given)
    rules = registry("assumptions")
    smallest_m2 = rules["demand.smallest_heated_footprint_m2"].value
    unnamed = np.array([use == "unknown" for use in uses], dtype=bool)
    heated = (column("heated") == 1) & ~(unnamed & (footprint < smallest_m2))
    area = np.where(heated, rules["demand.net_floor_share"].value * footprint * levels, 0.0)
    factor = np.where(column("size_factor") == 1, size_factor(area), 1.0)
    per_m2 = column("heating_kwh_per_m2_a") * factor + column("hot_water_kwh_per_m2_a")
    return BuildingDemand(area * per_m2 / KWH_PER_MWH, area, levels, assumed, heated)
