"""What it costs to keep a hub running, without electricity."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within
from engines.economics.capex import Capex


@dataclass(frozen=True)
class OpexRates:
    """Yearly rates; every number explicit.

    Attributes
    ----------
    maintenance_share_per_a : float
        Of the infrastructure with planning and contingency [1/a].
    fluid_eur_per_kw_a : float
        Coolant top-up and monitoring per kW of machine power [EUR/kW a].
    staff_eur_per_a, data_eur_per_a : float
        Lump sums [EUR/a].
    insurance_share_per_a : float
        Of the whole cost of building [1/a].
    """

    maintenance_share_per_a: float
    fluid_eur_per_kw_a: float
    staff_eur_per_a: float
    data_eur_per_a: float
    insurance_share_per_a: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            within(name, value, 0.0)


@dataclass(frozen=True)
class Opex:
    """Yearly cost of operation [EUR/a] and its parts."""

    maintenance_eur: FloatArray
    fluid_eur: FloatArray
    staff_eur: float
    data_eur: float
    insurance_eur: FloatArray

    @property
    def total_eur(self) -> FloatArray:
        """All parts [EUR/a]."""
        return (
            self.maintenance_eur
            + self.fluid_eur
            + self.insurance_eur
            + self.staff_eur
            + self.data_eur
        )


def opex(cost: Capex, power_it_kw: ArrayLike, rates: OpexRates) -> Opex:
    """Yearly cost of operation without electricity; domain.md 5.2 [EUR/a]."""
    return Opex(
        maintenance_eur=cost.infrastructure_eur * rates.maintenance_share_per_a,
        fluid_eur=as_floats(power_it_kw) * rates.fluid_eur_per_kw_a,
        staff_eur=rates.staff_eur_per_a,
        data_eur=rates.data_eur_per_a,
        insurance_eur=cost.total_eur * rates.insurance_share_per_a,
    )
