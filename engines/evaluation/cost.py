"""What a hub costs to build and to keep: the parts, the cable, the yearly upkeep."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.economics.capex import Capex, HubSize, assets, capex
from engines.economics.cashflow import Asset
from engines.economics.defaults import capex_rates, efficiency_j_per_th, lives, opex_rates
from engines.economics.opex import Opex, opex
from engines.evaluation.money_choices import BUY
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
    land_eur, lease_eur_per_a : array
        Land if it is bought, else 0; rent of the land if it is leased, else 0, a part of `opex`.
    grant_eur : array
        Grant on the infrastructure and the cable.
    """

    capex: Capex
    cable_eur: FloatArray
    opex: Opex
    assets: tuple[Asset, ...]
    land_eur: FloatArray
    lease_eur_per_a: FloatArray
    grant_eur: FloatArray

    @property
    def total_eur(self) -> FloatArray:
        """All that is built, as far as it is known, and the land; grants not deducted [EUR]."""
        return self.capex.total_eur + np.nan_to_num(self.cable_eur) + self.land_eur

    @property
    def running_eur_per_a(self) -> FloatArray:
        """Operation without electricity, rent of the land with it [EUR/a]."""
        return self.opex.total_eur + self.lease_eur_per_a


@dataclass(frozen=True)
class Plot:
    """Ground the hub stands on.

    Attributes
    ----------
    area_m2 : float
        What a hub of this size needs.
    price_eur_per_m2 : array, shape (parcels,)
        As stated for the parcel, else that of the assumptions.
    """

    area_m2: float
    price_eur_per_m2: FloatArray


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
    land: Plot,
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
    land : Plot
    """
    power_kw = a["hub.power_it_kw"]
    kind = choices.money.compute_kind
    rates = capex_rates(a, power_kw, heat_pump_kwth, kind)
    parts = capex(
        HubSize(
            power_it_kw=np.full(len(pipe_eur), power_kw),
            efficiency_j_per_th=efficiency_j_per_th(a),
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
    is_bought = choices.money.land == BUY
    land_eur = land.area_m2 * land.price_eur_per_m2 if is_bought else np.zeros(len(pipe_eur))
    plot = Asset("land", land_eur, round(a["economics.horizon_years"]), 1.0)
    lease = 0.0 if is_bought else a["economics.land_lease_eur_per_m2_a"]
    fluid = "immersion" if choices.technology.startswith("immersion") else "hydro"
    return HubCost(
        capex=parts,
        cable_eur=cable_eur,
        opex=opex(parts, np.full(len(pipe_eur), power_kw), opex_rates(a, power_kw, fluid)),
        assets=(*assets(parts, rates, lives(a)), cable, plot),
        land_eur=land_eur,
        lease_eur_per_a=np.full(len(pipe_eur), land.area_m2 * lease),
        grant_eur=a["economics.grant_share"]
        * (parts.infrastructure_eur + np.nan_to_num(cable_eur)),
    )
