"""Compiled loops behind `engines.dispatch.heat_limited`; see there for the meaning of the corners.

The corners of an hour do not depend on the year, so they are computed once per parcel and hour and
only the comparison is repeated per year. Parcels run in parallel, each one serially in the order of
the hours, so results do not depend on the number of threads.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from engines.arrays import FloatArray, IntArray

ELECTRICITY = 0
IT = 1
HEAT = 2
LOST = 3
REJECTED = 4
HOURS_RUN = 5
HOURS_WITH_HEAT = 6
COST = 7
HEAT_REVENUE = 8
PEAK = 9
HEAT_PUMP = 10
COLUMNS = 11


class Kernel(NamedTuple):
    """The inputs of the loops; the fields of `DispatchInputs`, checked, short names for shares."""

    uptake_kw: FloatArray
    heat_value: FloatArray
    lifting: FloatArray
    headroom_kw: FloatArray
    price: FloatArray
    network_of: IntArray
    substation_of: IntArray
    power_it_kw: FloatArray
    pipe_loss_kw: FloatArray
    pump_kw: FloatArray
    compute_value: FloatArray
    capture: float
    auxiliary: float
    dry: float
    wear: float


Corners = tuple[float, float, float, float, float, float, float, float, float]


@njit(cache=True)
def corners(
    uptake: float,
    headroom: float,
    power: float,
    loss: float,
    pump: float,
    capture: float,
    auxiliary: float,
    dry: float,
    lifting: float,
) -> Corners:
    """Return IT power, delivered heat, rejected heat and grid power of corners 1, 2 and 3 [kW].

    `lifting` is the heat pump's power per heat of the hub; delivered is the hub's heat alone.

    Corner 1 and 2 deliver the same heat: ``x1, x2, x3, heat, rejected2, rejected3, grid1, grid2,
    grid3``. Where no heat can be delivered, corners 1 and 2 are off.
    """
    power_1 = power_2 = heat = rejected_2 = grid_1 = grid_2 = 0.0
    room = headroom - pump
    into_pipe = uptake + loss
    limit = min(power, (room + lifting * loss) / (1.0 + auxiliary + lifting * capture))
    if uptake > 0.0 and capture * limit > loss:
        power_1 = power_2 = limit
        heat = capture * limit - loss
        if heat > uptake:
            heat = uptake
            power_1 = into_pipe / capture
            free = room - lifting * heat
            with_fans = (free + dry * into_pipe) / (1.0 + auxiliary + dry * capture)
            power_2 = max(power_1, min(power, with_fans))
            rejected_2 = max(0.0, capture * power_2 - into_pipe)
        grid_1 = power_1 * (1.0 + auxiliary) + pump + lifting * heat
        grid_2 = power_2 * (1.0 + auxiliary) + pump + lifting * heat + dry * rejected_2
    power_3 = min(power, headroom / (1.0 + auxiliary + dry * capture))
    rejected_3 = capture * power_3
    grid_3 = power_3 * (1.0 + auxiliary) + dry * rejected_3
    return power_1, power_2, power_3, heat, rejected_2, rejected_3, grid_1, grid_2, grid_3


@njit(cache=True)
def best(margin_1: float, margin_2: float, margin_3: float) -> int:
    """Return the corner with the largest margin; off unless a margin is above zero."""
    choice = 0
    most = 0.0
    if margin_1 > most:
        choice, most = 1, margin_1
    if margin_2 > most:
        choice, most = 2, margin_2
    if margin_3 > most:
        choice = 3
    return choice


@njit(parallel=True, cache=True)
def yearly_sums(k: Kernel) -> FloatArray:
    """Return the sums over the hours [kWh, h, EUR/1000, peak kW], (parcels, years, COLUMNS)."""
    years = k.compute_value.size
    sums = np.zeros((k.power_it_kw.size, years, COLUMNS))
    for n in prange(k.power_it_kw.size):
        network = k.network_of[n]
        substation = k.substation_of[n]
        loss = k.pipe_loss_kw[n]
        total = np.zeros((years, COLUMNS))
        most = k.compute_value.max()
        for h in range(k.price.size):
            price = k.price[h]
            x1, x2, x3, heat, r2, r3, g1, g2, g3 = corners(
                k.uptake_kw[network, h],
                k.headroom_kw[substation, h],
                k.power_it_kw[n],
                loss,
                k.pump_kw[n],
                k.capture,
                k.auxiliary,
                k.dry,
                k.lifting[network, h],
            )
            revenue = k.heat_value[network, h] * heat
            base_1 = revenue - price * g1 - k.wear * x1
            base_2 = revenue - price * g2 - k.wear * x2
            base_3 = -price * g3 - k.wear * x3
            # more computing revenue never speaks against running: off at the most is off always
            if best(base_1 + most * x1, base_2 + most * x2, base_3 + most * x3) == 0:
                continue
            for y in range(years):
                value = k.compute_value[y]
                choice = best(base_1 + value * x1, base_2 + value * x2, base_3 + value * x3)
                if choice == 0:
                    continue
                power, grid, rejected = x1, g1, 0.0
                if choice == 2:
                    power, grid, rejected = x2, g2, r2
                elif choice == 3:
                    power, grid, rejected = x3, g3, r3
                total[y, ELECTRICITY] += grid
                total[y, IT] += power
                total[y, REJECTED] += rejected
                total[y, HOURS_RUN] += 1.0
                total[y, COST] += grid * price
                total[y, PEAK] = max(total[y, PEAK], grid)
                if choice != 3:
                    total[y, HEAT] += heat
                    total[y, LOST] += loss
                    total[y, HOURS_WITH_HEAT] += 1.0
                    total[y, HEAT_REVENUE] += revenue
                    total[y, HEAT_PUMP] += k.lifting[network, h] * heat
        sums[n] = total
    return sums


@njit(cache=True)
def hourly_series(k: Kernel, parcel: int, year: int) -> FloatArray:
    """Return the rows choice, IT, grid, heat, lost, rejected [kW], margin [EUR/1000], heat pump.

    Shape (8, hours); the heat pump's power [kW] is not in the heat.
    """
    series = np.zeros((8, k.price.size))
    network = k.network_of[parcel]
    value = k.compute_value[year] - k.wear
    for h in range(k.price.size):
        price = k.price[h]
        x1, x2, x3, heat, r2, r3, g1, g2, g3 = corners(
            k.uptake_kw[network, h],
            k.headroom_kw[k.substation_of[parcel], h],
            k.power_it_kw[parcel],
            k.pipe_loss_kw[parcel],
            k.pump_kw[parcel],
            k.capture,
            k.auxiliary,
            k.dry,
            k.lifting[network, h],
        )
        revenue = k.heat_value[network, h] * heat
        margins = (
            0.0,
            revenue - price * g1 + value * x1,
            revenue - price * g2 + value * x2,
            -price * g3 + value * x3,
        )
        choice = best(margins[1], margins[2], margins[3])
        delivering = choice == 1 or choice == 2
        series[0, h] = choice
        series[1, h] = (0.0, x1, x2, x3)[choice]
        series[2, h] = (0.0, g1, g2, g3)[choice]
        series[3, h] = heat if delivering else 0.0
        series[4, h] = k.pipe_loss_kw[parcel] if delivering else 0.0
        series[5, h] = (0.0, 0.0, r2, r3)[choice]
        series[6, h] = margins[choice]
        series[7, h] = k.lifting[network, h] * heat if delivering else 0.0
    return series
