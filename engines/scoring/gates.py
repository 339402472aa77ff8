"""Gates: what rules a place out before anything is weighed.

A gate is green, amber, red, or unknown. Unknown never passes for green. Whatever is not green says
in numbers what would make it so.
"""

import math
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from engines.arrays import positive, within, within_or_missing
from engines.assumptions import Assumptions
from engines.errors import InvalidInput, OutOfValidity
from engines.grid import hosting
from engines.scoring.states import AMBER, GREEN, RED, UNKNOWN, Gate, answer

HINTS: Mapping[str, str] = MappingProxyType(
    {
        "passes": "Nothing to mend.",
        "no_data": "There is no data for this; supply it and the gate can be judged.",
        "area_red": (
            "Would qualify with {missing_m2:.0f} m2 more, or with at most {largest_kw:.0f} kW."
        ),
        "area_too_small": "Would qualify with {missing_m2:.0f} m2 more.",
        "area_amber": "Tight: {missing_m2:.0f} m2 more would leave room for access and fire gaps.",
        "connection_red": (
            "Would qualify if the network came {excess_m:.0f} m nearer, to at most {limit_m:.0f} m."
        ),
        "connection_unpaid": (
            "The heat pays for at most {limit_m:.0f} m of trench; would qualify {excess_m:.0f} m "
            "nearer."
        ),
        "connection_amber": (
            "{excess_m:.0f} m longer than is usual for this power; "
            "have the pipe calculated before going on."
        ),
        "temperature_red": (
            "The hub can give heat in none of the hours; would qualify with a hotter coolant, "
            "a heat pump, or a colder network."
        ),
        "temperature_amber": (
            "Feasible in {share_percent:.0f} % of the hours in which heat is wanted; "
            "{threshold_percent:.0f} % are expected."
        ),
        "headroom_red": "Would qualify with {missing_kw:.0f} kW more headroom.",
        "headroom_amber": "Firm, but tight: {missing_kw:.0f} kW more headroom would make it green.",
        "headroom_flexible": (
            "{missing_kw:.0f} kW short of a firm connection; a flexible one would let "
            "{share_percent:.0f} % of the energy through."
        ),
        "headroom_flexible_unknown": (
            "{missing_kw:.0f} kW short of a firm connection; "
            "what a flexible one would let through is not known."
        ),
        "uptake_red": (
            "Would qualify if the network took {missing_mwh_per_a:.0f} MWh/a more of the heat."
        ),
        "uptake_amber": (
            "{missing_mwh_per_a:.0f} MWh/a more uptake, or a smaller hub, would make it green."
        ),
        "outside_municipality": "The place lies outside the municipality; it can never qualify.",
        "constraint_red": (
            "{overlap_m2:.0f} m2 lie inside {constraint}; would qualify if the hub fits on the "
            "remaining {free_m2:.0f} m2 drawn as a place of its own."
        ),
        "constraint_amber": (
            "{overlap_m2:.0f} m2 lie inside {constraint}; keep the hub on the remaining "
            "{free_m2:.0f} m2, or have it examined."
        ),
    }
)


_gate = partial(answer, HINTS)


def unknown_gate(key: str, unit: str, threshold: float = math.nan) -> Gate:
    """Return the answer of a gate for which there is no data."""
    return _gate(key, UNKNOWN, (math.nan, unit, threshold), "no_data")


def _area_steps(a: Assumptions) -> tuple[list[float], list[float], list[float]]:
    sizes = {"50kw": 50.0, "1mw": 1000.0, "2mw": 2000.0, "10mw": 10000.0}
    red = [a[f"score.area_red_{size}_m2"] for size in sizes]
    green = [a[f"score.area_green_{size}_m2"] for size in sizes]
    return list(sizes.values()), red, green


def least_area_m2(power_it_kw: float, a: Assumptions) -> float:
    """Return the smallest area that a hub of this power can stand on [m2]; domain.md 6.3."""
    sizes, least, _ = _area_steps(a)
    return float(np.interp(within("power_it_kw", power_it_kw, 0.0), sizes, least))


def area_needed_m2(power_it_kw: float, a: Assumptions) -> float:
    """Ground a hub of this power needs: the ample area of the gate, at most that of 10 MW [m2]."""
    within("power_it_kw", power_it_kw, 0.0)
    sizes, _, green = _area_steps(a)
    return float(np.interp(power_it_kw, sizes, green))


def area_gate(area_m2: float, power_it_kw: float, a: Assumptions) -> Gate:
    """Judge whether container, cooler, transformer and fire gap have room; domain.md 6.3.

    The minimum area runs straight between the sizes of the table; below 50 kW it stays at that of
    50 kW. Below the lower end of the range the gate is red, below the upper end amber.

    Raises
    ------
    OutOfValidity
        Above 10 MW, where the table ends.
    """
    within("power_it_kw", power_it_kw, 0.0)
    within_or_missing("area_m2", area_m2, 0.0)
    sizes, red, green = _area_steps(a)
    if power_it_kw > sizes[-1]:
        raise OutOfValidity(f"Areas are known up to {sizes[-1]:g} kW; split the hub.")
    least = least_area_m2(power_it_kw, a)
    ample = float(np.interp(power_it_kw, sizes, green))
    measured = (area_m2, "m2", ample)
    if math.isnan(area_m2):
        return unknown_gate("area", "m2", ample)
    if area_m2 < least:
        refused, missing = (area_m2, "m2", least), least - area_m2
        if area_m2 < red[0]:
            return _gate("area", RED, refused, "area_too_small", missing_m2=missing)
        largest = float(np.interp(area_m2, red, sizes))
        return _gate("area", RED, refused, "area_red", missing_m2=missing, largest_kw=largest)
    if area_m2 < ample:
        return _gate("area", AMBER, measured, "area_amber", missing_m2=ample - area_m2)
    return _gate("area", GREEN, measured)


def connection_gate(
    length_m: float, power_it_kw: float, a: Assumptions, break_even_m: float = math.nan
) -> Gate:
    """Judge whether the network is near enough for this power; domain.md 5.5 and 6.2.

    Red beyond the length that the heat pays for, where that is known; else beyond
    ``score.connection_red_factor`` times the screening length (straight between the sizes of the
    table). Amber beyond the screening length, which asks for a closer look.
    """
    within("power_it_kw", power_it_kw, 0.0)
    within_or_missing("length_m", length_m, 0.0)
    sizes = {"50kw": 50.0, "500kw": 500.0, "2mw": 2000.0, "10mw": 10000.0}
    if power_it_kw > 10000.0:
        raise OutOfValidity("Connection lengths are known up to 10000 kW; split the hub.")
    lengths = [a[f"score.connection_{size}_m"] for size in sizes]
    usual = float(np.interp(power_it_kw, list(sizes.values()), lengths))
    paid = not math.isnan(break_even_m)
    limit = break_even_m if paid else usual * a["score.connection_red_factor"]
    measured = (length_m, "m", min(usual, limit))
    if math.isnan(length_m):
        return unknown_gate("connection", "m", usual)
    if length_m > limit:
        refused, excess = (length_m, "m", limit), length_m - limit
        hint = "connection_unpaid" if paid else "connection_red"
        return _gate("connection", RED, refused, hint, excess_m=excess, limit_m=limit)
    if length_m > usual:
        return _gate("connection", AMBER, measured, "connection_amber", excess_m=length_m - usual)
    return _gate("connection", GREEN, measured)


def temperature_gate(feasible_hours: float, uptake_hours: float, a: Assumptions) -> Gate:
    """Judge in how many of the hours in which heat is wanted the hub is hot enough; check A18.

    No hour at all is red; below ``score.temperature_amber_share`` amber. Where heat is never
    wanted there is nothing to judge and the answer is unknown; `uptake_gate` is red there.
    """
    within_or_missing("uptake_hours", uptake_hours, 0.0, 8784.0)
    within_or_missing("feasible_hours", feasible_hours, 0.0, 8784.0)
    threshold = a["score.temperature_amber_share"]
    if math.isnan(feasible_hours) or math.isnan(uptake_hours) or uptake_hours == 0.0:
        return unknown_gate("temperature", "-", threshold)
    if feasible_hours > uptake_hours:
        raise InvalidInput("Feasible hours must be counted among the hours with uptake.")
    share = feasible_hours / uptake_hours
    measured = (share, "-", threshold)
    if share == 0.0:
        return _gate("temperature", RED, measured, "temperature_red")
    if share < threshold:
        return _gate(
            "temperature",
            AMBER,
            measured,
            "temperature_amber",
            share_percent=100.0 * share,
            threshold_percent=100.0 * threshold,
        )
    return _gate("temperature", GREEN, measured)


def headroom_gate(firm_kw: float, needed_kw: float, covered_share: float, a: Assumptions) -> Gate:
    """Judge whether the grid can carry the hub, by `engines.grid.hosting.screening_class`.

    Parameters
    ----------
    firm_kw : float
        Power free at all times [kW]; may be negative; NaN if unknown.
    needed_kw : float
        Highest draw of the hub [kW].
    covered_share : float
        Energy that a connection with curtailment would let through [0-1]; NaN if unknown.

    Notes
    -----
    Classes green, amber and red keep their names; class flexible is amber. Too little firm
    headroom is unknown, not red, while nobody knows what a flexible connection would allow.
    """
    positive("needed_kw", needed_kw)
    within_or_missing("covered_share", covered_share, 0.0, 1.0)
    ample = a["grid.green_ratio"] * needed_kw
    measured = (firm_kw, "kW", ample)
    if math.isnan(firm_kw):
        return unknown_gate("headroom", "kW", ample)
    known = not math.isnan(covered_share)
    answer = hosting.screening_class(
        needed_kw,
        firm_kw,
        covered_share if known else 0.0,
        green_ratio=a["grid.green_ratio"],
        amber_ratio=a["grid.amber_ratio"],
        flexible_energy_share=a["grid.flexible_energy_share"],
    )
    if answer == hosting.GREEN:
        return _gate("headroom", GREEN, measured)
    if answer == hosting.AMBER:
        return _gate("headroom", AMBER, measured, "headroom_amber", missing_kw=ample - firm_kw)
    missing = a["grid.amber_ratio"] * needed_kw - firm_kw
    if answer == hosting.FLEXIBLE:
        return _gate(
            "headroom",
            AMBER,
            measured,
            "headroom_flexible",
            missing_kw=missing,
            share_percent=100.0 * covered_share,
        )
    if not known:
        return _gate("headroom", UNKNOWN, measured, "headroom_flexible_unknown", missing_kw=missing)
    refused = (firm_kw, "kW", firm_kw + missing)
    return _gate("headroom", RED, refused, "headroom_red", missing_kw=missing)


def uptake_gate(used_mwh_per_a: float, available_mwh_per_a: float, a: Assumptions) -> Gate:
    """Judge whether the network takes the heat.

    The share of the hub's heat that is used: red below ``score.uptake_red_share``, amber below
    ``score.uptake_amber_share``.
    """
    within_or_missing("used_mwh_per_a", used_mwh_per_a, 0.0)
    within_or_missing("available_mwh_per_a", available_mwh_per_a, 1e-9)
    least, ample = a["score.uptake_red_share"], a["score.uptake_amber_share"]
    if math.isnan(used_mwh_per_a) or math.isnan(available_mwh_per_a):
        return unknown_gate("heat_uptake", "-", ample)
    share = used_mwh_per_a / available_mwh_per_a
    measured = (share, "-", ample)
    if share < least:
        refused, missing = (share, "-", least), least * available_mwh_per_a - used_mwh_per_a
        return _gate("heat_uptake", RED, refused, "uptake_red", missing_mwh_per_a=missing)
    if share < ample:
        missing = ample * available_mwh_per_a - used_mwh_per_a
        return _gate("heat_uptake", AMBER, measured, "uptake_amber", missing_mwh_per_a=missing)
    return _gate("heat_uptake", GREEN, measured)


def municipality_gate(inside: bool | None) -> Gate:
    """Judge whether the place lies inside the municipality."""
    if inside is None:
        return unknown_gate("municipality", "-", 1.0)
    if inside:
        return _gate("municipality", GREEN, (1.0, "-", 1.0))
    return _gate("municipality", RED, (0.0, "-", 1.0), "outside_municipality")


def constraint_gate(
    constraint: str, severity: str, overlap_m2: float, area_m2: float, a: Assumptions
) -> Gate:
    """Judge whether the place touches an area where building is forbidden or restricted.

    Parameters
    ----------
    constraint : str
        Name of the constraint as a reader knows it ("water protection zone II").
    severity : str
        ``red`` or ``amber``: what an overlap means (domain.md 6.3).
    overlap_m2, area_m2 : float
        Overlap and whole area of the place [m2]; NaN if the layer is missing.
    """
    if severity not in (RED, AMBER):
        raise InvalidInput(f"Severity of {constraint} must be red or amber, not {severity!r}.")
    within_or_missing("overlap_m2", overlap_m2, 0.0)
    within_or_missing("area_m2", area_m2, 0.0)
    key, tolerance = f"constraint:{constraint}", a["score.overlap_tolerance_m2"]
    if math.isnan(overlap_m2):
        return unknown_gate(key, "m2", tolerance)
    measured = (overlap_m2, "m2", tolerance)
    if overlap_m2 <= tolerance:
        return _gate(key, GREEN, measured)
    return _gate(
        key,
        severity,
        measured,
        f"constraint_{severity}",
        constraint=constraint,
        overlap_m2=overlap_m2,
        free_m2=max(0.0, area_m2 - overlap_m2),
    )
