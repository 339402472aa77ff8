"""Mode 3, a low-temperature subnet: a district, greenhouse or pool with a supply of its own."""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats
from engines.assumptions import Assumptions
from engines.thermal.heat_pump import HeatPump
from engines.thermal.injection_supply import supply_lift
from engines.thermal.mode_year import SUBNET_VALUE, HubHeat, InjectionPoints, ModeYear
from engines.thermal.network import supply_temperature_degc

MODE = "subnet"


def subnet_temperatures_degc(
    outdoor_degc: ArrayLike, a: Assumptions
) -> tuple[FloatArray, FloatArray]:
    """Return supply and return of a subnet without measured series [degC].

    The supply follows the weather between the outdoor temperatures of the main network, from
    ``subnet.supply_max_degc`` down to ``subnet.supply_min_degc``; the return is constant.
    """
    supply = supply_temperature_degc(
        outdoor_degc,
        max_degc=a["subnet.supply_max_degc"],
        min_degc=a["subnet.supply_min_degc"],
        cold_degc=a["network.outdoor_cold_degc"],
        warm_degc=a["network.outdoor_warm_degc"],
    )
    return supply, as_floats(np.full_like(supply, a["subnet.return_degc"]))


def subnet(points: InjectionPoints, hub: HubHeat, pump: HeatPump) -> ModeYear:
    """Return the year of a hub on a subnet: as into a supply, in series with a heat pump.

    `points` hold the subnet's own temperatures and load. No other plant suffers from a warmer
    return there, so the heat has a price class of its own without penalty.
    """
    return supply_lift(points, hub, pump, preheat=True, mode=MODE, value_class=SUBNET_VALUE)
