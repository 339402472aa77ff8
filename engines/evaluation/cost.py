"""What a hub costs to build and to keep: the parts, the cable, the yearly upkeep."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.economics.capex import Capex, HubSize, assets, capex
from engines.economics.cashflow import Asset
from engines.economics.defaults import capex_rates, lives, opex_rates
from engines.economics.opex import Opex, opex
from engines.evaluation.records import StudyChoices


@dataclass(frozen=True)
class HubCost:
    """Cost of every hub; arrays over parcels.

    Attributes
    ----------
    capex : Capex
        Parts of the hub, its pipe among them.
    cable_eur : array
        Cable from the substation with planning and contingency; NaN where the way is not known.
    opex : Opex
        Upkeep without electricity.
    assets : tuple of Asset
        Everything bought, with its life; a cable of unknown length counts as nothing.
    """

    capex: Capex
    cable_eur: FloatArray
    opex: Opex
    assets: tuple[Asset, ...]

    @property
    def total_eur(self) -> FloatArray:
        """All that is built, as far as it is known [EUR]."""
        return self.capex.total_eur + np.nan_to_num(self.cable_eur)


def cable_eur_per_m(level: NDArray[np.str_], a: Assumptions) -> FloatArray:
    """Price of a cable with its trench by the level of the connection [EUR/m]."""
    low = np.char.startswith(level, "lv")
    return np.where(low, a["grid.cable_lv_eur_per_m"], a["grid.cable_eur_per_m"])


def hub_cost(
    pipe_eur: FloatArray,
    bare_cable_eur: FloatArray,
    full_heat_kw: float,
    heat_pump_kwth: FloatArray,
    connection_kw: FloatArray,
    choices: StudyChoices,
    a: Assumptions,
) -> HubCost:
    """Work out the cost of the study's hub at every parcel.

    Parameters
    ----------
    pipe_eur : array, shape (parcels,)
        Bare cost of the connection pipe.
    bare_cable_eur : array, shape (parcels,)
        Cable before planning and contingency; NaN where its length is not known.
    full_heat_kw : float
        Heat caught at full load.
    heat_pump_kwth, connection_kw : array, shape (parcels,)
        Heat of the heat pump, 0 without one; power drawn at most.
    """
    power_kw = a["hub.power_it_kw"]
    largest = float(heat_pump_kwth.max(initial=0.0))
    rates = capex_rates(a, power_kw, largest)
    parts = capex(
        HubSize(
            power_it_kw=np.full(len(pipe_eur), power_kw),
            efficiency_j_per_th=a["compute.efficiency_j_per_th"],
            heat_source_kw=np.full(len(pipe_eur), full_heat_kw),
            heat_pump_kwth=heat_pump_kwth,
            connection_kw=connection_kw,
            pipe_eur=pipe_eur,
        ),
        rates,
    )
    markup = 1.0 + rates.planning_share + rates.contingency_share
    cable_eur = bare_cable_eur * markup
    cable = Asset("cable", np.nan_to_num(cable_eur), round(a["economics.life_grid_years"]), 0.0)
    fluid = "immersion" if choices.technology.startswith("immersion") else "hydro"
    return HubCost(
        capex=parts,
        cable_eur=cable_eur,
        opex=opex(parts, np.full(len(pipe_eur), power_kw), opex_rates(a, power_kw, fluid)),
        assets=(*assets(parts, rates, lives(a)), cable),
    )
