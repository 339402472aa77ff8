"""What it costs to build a hub: each line with planning and contingency, and the life it has."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within, within_or_missing
from engines.compute.hashprice import hashrate_th_per_s
from engines.economics.cashflow import Asset


@dataclass(frozen=True)
class CapexRates:
    """Prices per unit; every number explicit.

    Attributes
    ----------
    asic_usd_per_th, usd_per_eur : float
        Machine price [USD per TH/s]; exchange rate [USD per EUR].
    container_eur_per_kw, dry_cooler_eur_per_kw : float
        Per kW of machine power [EUR/kW].
    exchanger_eur_per_kwth : float
        Plate exchanger, pumps and meter per kW of heat taken from the coolant [EUR/kW].
    heat_pump_eur_per_kwth : float or array, shape (parcels,)
        Per kW of heat given to the network [EUR/kW].
    grid_contribution_eur_per_kw : float
        Per kW of connected power [EUR/kW].
    transformer_eur_per_kva, transformer_power_factor : float
        Per kVA, that is connected power over power factor [EUR/kVA].
    civil_eur, controls_eur : float
        Lump sums [EUR].
    planning_share, contingency_share : float
        On all infrastructure, not on machines [0-1].
    machine_eur_per_kw : float
        Machines for other computing per kW of machine power, beside those priced by hash rate.
    """

    asic_usd_per_th: float
    usd_per_eur: float
    container_eur_per_kw: float
    dry_cooler_eur_per_kw: float
    exchanger_eur_per_kwth: float
    heat_pump_eur_per_kwth: float | FloatArray
    grid_contribution_eur_per_kw: float
    transformer_eur_per_kva: float
    transformer_power_factor: float
    civil_eur: float
    controls_eur: float
    planning_share: float
    contingency_share: float
    machine_eur_per_kw: float = 0.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            within(name, value, 0.0)
        within("usd_per_eur", self.usd_per_eur, 0.1, 10.0)
        within("transformer_power_factor", self.transformer_power_factor, 0.5, 1.0)


@dataclass(frozen=True)
class Lives:
    """Years until each part is replaced, and what machines fetch then."""

    asic_years: int
    container_years: int
    exchanger_years: int
    heat_pump_years: int
    pipe_years: int
    grid_years: int
    asic_resale_share: float


@dataclass(frozen=True)
class HubSize:
    """Powers and the pipe that set the cost, as floats or arrays over parcels.

    `pipe_eur` comes from the connection design; it is the bare cost, before planning and
    contingency. `heat_pump_kwth` is 0 without a heat pump. `connection_kw` is the highest draw.
    """

    power_it_kw: ArrayLike
    efficiency_j_per_th: float
    heat_source_kw: ArrayLike
    heat_pump_kwth: ArrayLike
    connection_kw: ArrayLike
    pipe_eur: ArrayLike

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            within_or_missing(name, value, 0.0)


@dataclass(frozen=True)
class Capex:
    """Cost of building [EUR]; lines before planning and contingency, sums with them."""

    asic_eur: FloatArray
    container_eur: FloatArray
    dry_cooler_eur: FloatArray
    exchanger_eur: FloatArray
    heat_pump_eur: FloatArray
    pipe_eur: FloatArray
    grid_eur: FloatArray
    transformer_eur: FloatArray
    civil_eur: float
    controls_eur: float
    planning_eur: FloatArray
    contingency_eur: FloatArray

    @property
    def infrastructure_lines_eur(self) -> FloatArray:
        """All lines but machines, before planning and contingency [EUR]."""
        return (
            self.container_eur
            + self.dry_cooler_eur
            + self.exchanger_eur
            + self.heat_pump_eur
            + self.pipe_eur
            + self.grid_eur
            + self.transformer_eur
            + self.civil_eur
            + self.controls_eur
        )

    @property
    def infrastructure_eur(self) -> FloatArray:
        """Everything but machines, with planning and contingency [EUR]."""
        return self.infrastructure_lines_eur + self.planning_eur + self.contingency_eur

    @property
    def total_eur(self) -> FloatArray:
        """Everything [EUR]."""
        return self.infrastructure_eur + self.asic_eur


def capex(size: HubSize, rates: CapexRates) -> Capex:
    """Cost of each part of a hub; domain.md 5.1.

    Machines: ``P/e * USD per TH / fx``. Grid: ``BKZ*P_conn + trafo*P_conn/cosphi``. Planning and
    contingency are shares of the infrastructure lines; machines are bought, not planned.

    Returns
    -------
    Capex
        Each line has the shape of the parcels, or none for a single hub.
    """
    it_kw, connection_kw = as_floats(size.power_it_kw), as_floats(size.connection_kw)
    hashrate = hashrate_th_per_s(it_kw, size.efficiency_j_per_th)
    lines = {
        "container_eur": it_kw * rates.container_eur_per_kw,
        "dry_cooler_eur": it_kw * rates.dry_cooler_eur_per_kw,
        "exchanger_eur": as_floats(size.heat_source_kw) * rates.exchanger_eur_per_kwth,
        "heat_pump_eur": as_floats(size.heat_pump_kwth) * rates.heat_pump_eur_per_kwth,
        "pipe_eur": as_floats(size.pipe_eur),
        "grid_eur": connection_kw * rates.grid_contribution_eur_per_kw,
        "transformer_eur": connection_kw
        / rates.transformer_power_factor
        * rates.transformer_eur_per_kva,
    }
    infrastructure = as_floats(sum(lines.values())) + rates.civil_eur + rates.controls_eur
    return Capex(
        asic_eur=hashrate * rates.asic_usd_per_th / rates.usd_per_eur
        + it_kw * rates.machine_eur_per_kw,
        civil_eur=rates.civil_eur,
        controls_eur=rates.controls_eur,
        planning_eur=infrastructure * rates.planning_share,
        contingency_eur=infrastructure * rates.contingency_share,
        **lines,
    )


def assets(cost: Capex, rates: CapexRates, lives: Lives) -> tuple[Asset, ...]:
    """Parts grouped by life; planning and contingency go with the part they were spent on."""
    markup = 1.0 + rates.planning_share + rates.contingency_share
    site = cost.container_eur + cost.dry_cooler_eur + cost.civil_eur + cost.controls_eur
    grid = cost.grid_eur + cost.transformer_eur
    return (
        Asset("asic", cost.asic_eur, lives.asic_years, lives.asic_resale_share),
        Asset("container", site * markup, lives.container_years, 0.0),
        Asset("exchanger", cost.exchanger_eur * markup, lives.exchanger_years, 0.0),
        Asset("heat_pump", cost.heat_pump_eur * markup, lives.heat_pump_years, 0.0),
        Asset("pipe", cost.pipe_eur * markup, lives.pipe_years, 0.0),
        Asset("grid", grid * markup, lives.grid_years, 0.0),
    )
