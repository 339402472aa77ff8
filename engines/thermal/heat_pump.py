"""Large heat pump between a hub and the supply: what a kWh of heat costs in electricity.

Coefficient of performance by Jensen et al. 2018 ("Heat pump COP, part 2: generalized COP estimation
of heat pump processes", 13th IIR Gustav Lorentzen Conference, doi 10.18462/iir.gl.2018.1386), with
the constants of two refrigerants in ``data/refrigerants.csv`` (as used by PyPSA-Eur).

Not the Lorenz value times a constant: with small lift that grows without bound. The equation is
written without dividing by the difference of the mean temperatures, so that it stays smooth where
sink and source cross::

    COP = (Th + dT_rs + p) / (Th - Tc + dT_rs + dT_rq + 2 p) * eta (1 - r) + 1 - eta - f
    x     = T_sink_out - T_source_out + 2 p
    dT_rs = a x + b (T_sink_out - T_sink_in) + c
    dT_rq = (T_source_in - T_source_out) / 2
    r     = a2 x + b2 (T_sink_out - T_sink_in) + c2

`Th`, `Tc` are the logarithmic mean temperatures of sink and source [K], `p` the pinch.
"""

from dataclasses import dataclass

import numpy as np
from numba import prange
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, non_negative
from engines.assumptions import Assumptions
from engines.compiled import compiled
from engines.errors import InvalidInput
from engines.tables import catalogue
from engines.units import CELSIUS_TO_KELVIN

FALLBACK_EFFICIENCY = 0.55
"""Share of the Lorenz value with pinch where no refrigerant is chosen; an optimistic estimate."""


@dataclass(frozen=True)
class HeatPump:
    """A kind of machine.

    Attributes
    ----------
    refrigerant : str
        Key of ``data/refrigerants.csv``.
    constants : tuple of six floats
        a, b, c of the rise in the condenser and a2, b2, c2 of the ratio of losses.
    sink_max_degc : float
        Hottest water it makes.
    pinch_k, isentropic_share, loss_share : float
    derate_share : float
        Field over calculation.
    cop_min, cop_max : float
        Clamps, after the derating.
    lift_min_k, lift_max_k : float
        Lifts between which a machine is used.
    """

    refrigerant: str
    constants: tuple[float, float, float, float, float, float]
    sink_max_degc: float
    pinch_k: float
    isentropic_share: float
    loss_share: float
    derate_share: float
    cop_min: float
    cop_max: float
    lift_min_k: float
    lift_max_k: float

    @property
    def losses(self) -> tuple[float, float, float]:
        """Pinch, isentropic efficiency and lost share, for compiled loops."""
        return self.pinch_k, self.isentropic_share, self.loss_share


def heat_pump(refrigerant: str, a: Assumptions) -> HeatPump:
    """Return the machine of a refrigerant under the assumptions, or refuse an unknown one."""
    known = catalogue("refrigerants")
    if refrigerant not in known:
        raise InvalidInput(
            f"There is no refrigerant {refrigerant!r}; known are {', '.join(known)}."
        )
    row = known[refrigerant]
    return HeatPump(
        refrigerant=refrigerant,
        constants=(
            float(row["rise_lift_share"]),
            float(row["rise_sink_share"]),
            float(row["rise_k"]),
            float(row["ratio_lift_per_k"]),
            float(row["ratio_sink_per_k"]),
            float(row["ratio_share"]),
        ),
        sink_max_degc=float(row["sink_max_degc"]),
        **a.group("heat_pump"),
    )


def lorenz_cop(
    sink_out_degc: ArrayLike,
    sink_in_degc: ArrayLike,
    source_in_degc: ArrayLike,
    source_out_degc: ArrayLike,
) -> FloatArray:
    """Return the ideal coefficient between two gliding temperatures: ``Th / (Th - Tc)`` [-].

    Infinite where the means are equal or the source is the warmer: then no work is needed.
    """
    sink = _mean_k("Sink", sink_out_degc, sink_in_degc)
    source = _mean_k("Source", source_in_degc, source_out_degc)
    gap = np.maximum(sink - source, 0.0)
    return as_floats(np.where(gap > 0, sink / np.where(gap > 0, gap, 1.0), np.inf))


def lorenz_pinch_cop(
    sink_out_degc: ArrayLike,
    sink_in_degc: ArrayLike,
    source_in_degc: ArrayLike,
    source_out_degc: ArrayLike,
    *,
    pinch_k: float,
    efficiency_share: float = FALLBACK_EFFICIENCY,
) -> FloatArray:
    """Return the fallback ``eta (Th + p) / (Th - Tc + 2 p)`` [-]; optimistic with small lift."""
    sink = _mean_k("Sink", sink_out_degc, sink_in_degc)
    source = _mean_k("Source", source_in_degc, source_out_degc)
    gap = np.maximum(sink - source, 0.0) + 2.0 * pinch_k
    return as_floats(efficiency_share * (sink + pinch_k) / gap)


def jensen_cop(
    sink_out_degc: ArrayLike,
    sink_in_degc: ArrayLike,
    source_in_degc: ArrayLike,
    source_out_degc: ArrayLike,
    pump: HeatPump,
) -> FloatArray:
    """Return the calculated coefficient of performance, neither derated nor clamped [-].

    Infinite where the source is so much the warmer that no work is needed.

    Parameters
    ----------
    sink_out_degc, sink_in_degc, source_in_degc, source_out_degc : array or float
        Water of the network and of the hub [degC]; out of the sink must not be colder than in,
        out of the source not warmer.

    Examples
    --------
    >>> from engines.assumptions import build_assumptions
    >>> machine = heat_pump("ammonia", build_assumptions())
    >>> round(float(jensen_cop(75, 45, 50, 42, machine)), 3)
    6.49
    """
    temperatures = np.broadcast_arrays(
        finite("Sink outlet", sink_out_degc),
        finite("Sink inlet", sink_in_degc),
        finite("Source inlet", source_in_degc),
        finite("Source outlet", source_out_degc),
    )
    sink_out, sink_in, source_in, source_out = temperatures
    if np.any(sink_out < sink_in) or np.any(source_out > source_in):
        raise InvalidInput("A heat pump must warm its sink and cool its source.")
    flat = [each.flatten() for each in temperatures]
    return as_floats(_jensen(*flat, pump.constants, pump.losses)).reshape(sink_out.shape)


def field_cop(
    sink_out_degc: ArrayLike,
    sink_in_degc: ArrayLike,
    source_in_degc: ArrayLike,
    source_out_degc: ArrayLike,
    pump: HeatPump,
) -> FloatArray:
    """Return the coefficient of performance to plan with: derated, then clamped [-]."""
    calculated = jensen_cop(sink_out_degc, sink_in_degc, source_in_degc, source_out_degc, pump)
    return np.clip(calculated * pump.derate_share, pump.cop_min, pump.cop_max)


def heat_from_source_kw(source_kw: ArrayLike, cop: ArrayLike) -> FloatArray:
    """Return the heat a machine gives from its source's heat [kW]: ``Q COP / (COP - 1)``."""
    return as_floats(
        non_negative("Source heat", source_kw) * _above_one(cop) / (_above_one(cop) - 1)
    )


def power_from_source_kw(source_kw: ArrayLike, cop: ArrayLike) -> FloatArray:
    """Return the electricity a machine takes for its source's heat [kW]: ``Q / (COP - 1)``."""
    return as_floats(non_negative("Source heat", source_kw) / (_above_one(cop) - 1))


def _above_one(cop: ArrayLike) -> FloatArray:
    value = finite("Coefficient of performance", cop)
    if value.size and value.min() <= 1:
        raise InvalidInput(
            f"A coefficient of performance must be above one; the smallest is {value.min():g}."
        )
    return value


def _mean_k(name: str, warm_degc: ArrayLike, cool_degc: ArrayLike) -> FloatArray:
    """Return the logarithmic mean temperature [K]."""
    warm = finite(f"{name}, warm end", warm_degc) + CELSIUS_TO_KELVIN
    cool = finite(f"{name}, cool end", cool_degc) + CELSIUS_TO_KELVIN
    if np.any(warm < cool):
        raise InvalidInput(f"{name}: the warm end must not be colder than the cool end.")
    relative = (warm - cool) / cool
    even = relative == 0
    return as_floats(cool * np.where(even, 1.0, relative / np.where(even, 1.0, np.log1p(relative))))


@compiled()
def _log_mean(warm: float, cool: float) -> float:
    relative = (warm - cool) / cool
    return cool if relative == 0.0 else cool * relative / np.log1p(relative)


@compiled()
def cop_of_hour(
    sink_out: float,
    sink_in: float,
    source_in: float,
    source_out: float,
    constants: tuple[float, float, float, float, float, float],
    losses: tuple[float, float, float],
) -> float:
    """Return Jensen's coefficient for one hour; for compiled loops, unchecked."""
    a, b, c, a2, b2, c2 = constants
    pinch, isentropic, lost = losses
    sink = _log_mean(sink_out + CELSIUS_TO_KELVIN, sink_in + CELSIUS_TO_KELVIN)
    source = _log_mean(source_in + CELSIUS_TO_KELVIN, source_out + CELSIUS_TO_KELVIN)
    lift = sink_out - source_out + 2.0 * pinch
    glide = sink_out - sink_in
    rise = a * lift + b * glide + c
    ratio = a2 * lift + b2 * glide + c2
    gap = sink - source + rise + 0.5 * (source_in - source_out) + 2.0 * pinch
    ideal = (sink + rise + pinch) / gap if gap > 0.0 else np.inf
    return ideal * isentropic * (1.0 - ratio) + 1.0 - isentropic - lost


@compiled(parallel=True)
def _jensen(
    sink_out: FloatArray,
    sink_in: FloatArray,
    source_in: FloatArray,
    source_out: FloatArray,
    constants: tuple[float, float, float, float, float, float],
    losses: tuple[float, float, float],
) -> FloatArray:
    cop = np.empty(sink_out.size)
    for i in prange(sink_out.size):
        cop[i] = cop_of_hour(
            sink_out[i], sink_in[i], source_in[i], source_out[i], constants, losses
        )
    return cop
