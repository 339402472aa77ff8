"""Gates of the ground: shape, slope, fire gap, noise, setbacks, protected areas, fluid, owner.

Thresholds are those of the domain notes 6.3 to 6.6; what is not measured is unknown, never green.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np

from engines.arrays import positive, within_or_missing
from engines.assumptions import Assumptions
from engines.errors import InvalidInput
from engines.law.water import AWSV_LEVELS, awsv_level
from engines.noise.sound import NEAREST_M, distance_m, level_at_dba
from engines.scoring.states import (
    AMBER,
    GREEN,
    NOT_APPLICABLE,
    RED,
    UNKNOWN,
    Gate,
    answer,
    not_applicable,
)
from engines.tables import catalogue

LAND_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "passes": "Nothing to mend.",
        "no_data": "There is no data for this; supply it and the gate can be judged.",
        "shape_red": (
            "A rectangle of {side_m:.0f} m by {needed_m:.1f} m is needed; the longest that fits is "
            "{missing_m:.1f} m short."
        ),
        "shape_amber": (
            "Fits within the accuracy of the search, {within_m:.1f} m; have it measured on a plan."
        ),
        "slope_red": "Would qualify if the ground were levelled to {limit_percent:.0f} %.",
        "slope_amber": "Needs earthworks; ground counts as level up to {limit_percent:.0f} %.",
        "fire_gap_red": (
            "Would qualify with {missing_m:.1f} m more between the hub and the nearest building."
        ),
        "fire_gap_amber": (
            "{missing_m:.1f} m short of the usual gap in the middle of the place; move the hub "
            "away from the building, or plan a fire wall."
        ),
        "noise_red": (
            "{excess_db:.1f} dB above the {limit_dba:.0f} dB(A) allowed at night at the nearest "
            "dwelling or hospital; would qualify {missing_m:.0f} m further away, or with coolers "
            "of {level_dba:.0f} dB(A) for 500 kW."
        ),
        "noise_quiet": (
            "{excess_db:.1f} dB above the {limit_dba:.0f} dB(A) allowed at night at the nearest "
            "dwelling or hospital; {missing_m:.0f} m more, or quiet coolers of "
            "{level_dba:.0f} dB(A) for 500 kW, are needed."
        ),
        "noise_amber": (
            "{excess_db:.1f} dB above what is taken as irrelevant; an expert report or coolers of "
            "{level_dba:.0f} dB(A) for 500 kW are needed."
        ),
        "noise_too_near": (
            "The dwelling or hospital is nearer than {nearest_m:.0f} m, where the sound of a "
            "cooler is not known; have it calculated."
        ),
        "setback_amber": (
            "{missing_m:.0f} m too near to a school, day care or hospital; stricter noise limits "
            "hold there, have it examined."
        ),
        "monument_near": (
            "{missing_m:.0f} m too near to a monument; ask the office for monuments."
        ),
        "protected_red": (
            "{overlap_m2:.0f} m2 lie inside {constraint}; would qualify if the hub fits on the "
            "remaining {free_m2:.0f} m2 drawn as a place of its own."
        ),
        "protected_amber": (
            "{overlap_m2:.0f} m2 lie inside {constraint}; keep the hub on the remaining "
            "{free_m2:.0f} m2, or have it examined."
        ),
        "protected_unknown": (
            "{overlap_m2:.0f} m2 lie inside {constraint}; state the zone, and the gate can be "
            "judged."
        ),
        "not_mapped": (
            "The layer of constraints has none of these areas anywhere in the town; bring them, or "
            "state in the study that there are none."
        ),
        "declared_absent": "The study states that the town has none of these areas.",
        "no_fluid": "This technology holds no dielectric fluid.",
        "fluid_forbidden": (
            "{volume_m3:.1f} m3 of fluid are not allowed inside {constraint}; would qualify with a "
            "technology without dielectric fluid."
        ),
        "fluid_amber": (
            "{volume_m3:.1f} m3 of fluid inside {constraint}: secondary containment for the whole "
            "volume and a notice to the water authority are needed."
        ),
        "fluid_level": (
            "{volume_m3:.1f} m3 of fluid are hazard level {level}: an expert has to examine the "
            "plant; two tanks apart would be level {smaller}."
        ),
        "fluid_unknown": (
            "Hazard level {level}; whether a water protection area or flood area forbids it is not "
            "known."
        ),
        "owner_unknown": "The owner is not known; add the owner to the parcels.",
        "owner_unlisted": "The kind of owner {owner} is not in our table; have it judged.",
        "owner_amber": "Owner: {label}; the parcel is available only by a contract.",
    }
)

_gate = partial(answer, LAND_HINTS)
PROTECTED = ("flood", "water_protection", "nature", "monument", "contaminated")
"""Gates that protected areas answer, see ``data/protections.csv``."""
_WORST = (GREEN, AMBER, UNKNOWN, RED)


def _unknown(key: str, unit: str, threshold: float = math.nan) -> Gate:
    return _gate(key, UNKNOWN, (math.nan, unit, threshold), "no_data")


def needed_rectangle_m(
    power_it_kw: float, least_area_m2: float, a: Assumptions
) -> tuple[int, float]:
    """Return which least side is needed (0 one container, 1 more), and the length it needs [m].

    ``long = max(container, least area / side)``; domain notes 6.3.
    """
    several = power_it_kw > a["gate.one_container_kw"]
    side = a["gate.side_more_m"] if several else a["gate.side_one_container_m"]
    small = power_it_kw <= a["gate.small_container_kw"]
    container = a["gate.small_container_length_m" if small else "gate.container_length_m"]
    return int(several), max(container, least_area_m2 / side)


def shape_gate(long_side_m: float, side_m: float, needed_m: float, accuracy_m: float) -> Gate:
    """Judge whether a rectangle for the container fits inside the parcel.

    Parameters
    ----------
    long_side_m : float
        Longer side of the largest rectangle with the shorter side `side_m` that was found inside
        [m]; 0 where none fits, NaN where the shape is not known.
    side_m, needed_m : float
        Sides that are needed [m].
    accuracy_m : float
        By how much the search may have missed [m].
    """
    within_or_missing("long_side_m", long_side_m, 0.0)
    if math.isnan(long_side_m):
        return _unknown("shape", "m", needed_m)
    measured = (long_side_m, "m", needed_m)
    if long_side_m >= needed_m:
        return _gate("shape", GREEN, measured)
    missing = needed_m - long_side_m
    if missing <= accuracy_m:
        return _gate("shape", AMBER, measured, "shape_amber", within_m=accuracy_m)
    return _gate(
        "shape", RED, measured, "shape_red", side_m=side_m, needed_m=needed_m, missing_m=missing
    )


def slope_gate(slope_percent: float, a: Assumptions) -> Gate:
    """Judge the slope of the ground: level, to be levelled, too steep."""
    within_or_missing("slope_percent", slope_percent, 0.0)
    level, steep = a["gate.slope_green_percent"], a["gate.slope_red_percent"]
    if math.isnan(slope_percent):
        return _unknown("slope", "%", level)
    if slope_percent > steep:
        return _gate("slope", RED, (slope_percent, "%", steep), "slope_red", limit_percent=steep)
    measured = (slope_percent, "%", level)
    if slope_percent > level:
        return _gate("slope", AMBER, measured, "slope_amber", limit_percent=level)
    return _gate("slope", GREEN, measured)


def fire_gap_gate(building_m: float, room_m: float, a: Assumptions) -> Gate:
    """Judge the gap between the hub and the nearest building.

    Parameters
    ----------
    building_m : float
        From the parcel to the nearest building [m]; 0 where one stands on it or touches it.
    room_m : float
        Shorter side of the rectangle that the hub stands in the middle of [m]; NaN if not known.

    Notes
    -----
    In the middle ``gap = building_m + (room_m - container width) / 2``; at the far side of the
    rectangle twice the second term counts. Green and amber are judged in the middle, red only
    where the far side is too near as well.
    """
    within_or_missing("building_m", building_m, 0.0)
    within_or_missing("room_m", room_m, 0.0)
    green, red = a["gate.fire_gap_green_m"], a["gate.fire_gap_red_m"]
    if math.isnan(building_m) or math.isnan(room_m):
        return _unknown("fire_gap", "m", green)
    free = max(0.0, room_m - a["gate.container_width_m"])
    middle, far = building_m + free / 2.0, building_m + free
    if far < red:
        return _gate("fire_gap", RED, (far, "m", red), "fire_gap_red", missing_m=red - far)
    measured = (middle, "m", green)
    if middle < green:
        return _gate("fire_gap", AMBER, measured, "fire_gap_amber", missing_m=green - middle)
    return _gate("fire_gap", GREEN, measured)


@dataclass(frozen=True)
class Receiver:
    """Whoever hears a hub at night: how far away, and how loud it may be there."""

    away_m: float
    limit_dba: float


def loudest_receiver(dwelling_m: float, hospital_m: float, a: Assumptions) -> Receiver:
    """Return who is disturbed most: the nearest dwelling, or a hospital with its lower limit.

    Sound falls by ``20 log10(r)``, so a hospital counts where
    ``20 log10(dwelling_m / hospital_m)`` is more than the limit of dwellings less its own; TA
    Laerm 6.1 f and g. Who is not known hears nothing.
    """
    dwelling = Receiver(dwelling_m, a["noise.limit_night_dba"])
    hospital = Receiver(hospital_m, a["noise.limit_hospital_night_dba"])
    known = [one for one in (dwelling, hospital) if not math.isnan(one.away_m)]
    return max(
        known or [dwelling],
        key=lambda one: -one.limit_dba - 20.0 * math.log10(max(one.away_m, NEAREST_M)),
    )


def noise_gate(
    dwelling_m: float, hospital_m: float, power_level_dba: float, a: Assumptions
) -> Gate:
    """Judge the level at the nearest dwelling or hospital in the worst hour of the night; A15.

    Green up to the limit less ``noise.margin_db`` (TA Laerm 3.2.1); amber up to the limit, and as
    long as the quietest coolers on the market (``noise.quiet_cooler_dba_per_500_kw``) keep it.

    Parameters
    ----------
    dwelling_m, hospital_m : float
        Distance to the nearest dwelling and the nearest hospital [m]; NaN if not known. Without
        a known dwelling nothing is allowed, whatever the hospital hears.
    power_level_dba : float
        Power level of all coolers together [dB(A)].
    """
    within_or_missing("dwelling_m", dwelling_m, 0.0)
    within_or_missing("hospital_m", hospital_m, 0.0)
    receiver = loudest_receiver(dwelling_m, hospital_m, a)
    limit = receiver.limit_dba
    target = limit - a["noise.margin_db"]
    if math.isnan(receiver.away_m):
        return _unknown("noise", "dB(A)", target)
    level = float(level_at_dba(power_level_dba, max(receiver.away_m, NEAREST_M)))
    if level <= limit and math.isnan(dwelling_m):
        return _unknown("noise", "dB(A)", target)
    if level <= limit and receiver.away_m < NEAREST_M:
        measured = (math.nan, "dB(A)", target)
        return _gate("noise", UNKNOWN, measured, "noise_too_near", nearest_m=NEAREST_M)
    if level <= target:
        return _gate("noise", GREEN, (level, "dB(A)", target))
    wanted = target if level <= limit else limit
    cooler = a["noise.cooler_dba_per_500_kw"] - (level - wanted)
    if level <= limit:
        return _gate(
            "noise", AMBER, (level, "dB(A)", target), "noise_amber",
            excess_db=level - target, level_dba=math.floor(cooler),
        )  # fmt: skip
    is_curable = cooler >= a["noise.quiet_cooler_dba_per_500_kw"]
    return _gate(
        "noise", AMBER if is_curable else RED, (level, "dB(A)", limit),
        "noise_quiet" if is_curable else "noise_red",
        excess_db=level - limit, level_dba=math.floor(cooler), limit_dba=limit,
        missing_m=float(distance_m(power_level_dba, limit)) - receiver.away_m,
    )  # fmt: skip


def setback_gate(sensitive_m: float, a: Assumptions) -> Gate:
    """Judge the distance to schools, day care and hospitals: nearer than the setback is amber."""
    within_or_missing("sensitive_m", sensitive_m, 0.0)
    least = a["gate.setback_m"]
    if math.isnan(sensitive_m):
        return _unknown("setback", "m", least)
    measured = (sensitive_m, "m", least)
    if sensitive_m < least:
        return _gate("setback", AMBER, measured, "setback_amber", missing_m=least - sensitive_m)
    return _gate("setback", GREEN, measured)


def protected_gate(
    name: str,
    overlap_m2: Mapping[str, float],
    area_m2: float,
    mapped: frozenset[str],
    absent: frozenset[str],
    a: Assumptions,
    near_m: float = math.nan,
) -> Gate:
    """Judge one group of protected areas: the worst overlap decides.

    Parameters
    ----------
    name : str
        One of `PROTECTED`.
    overlap_m2 : mapping of str to float
        Overlap with each kind of area [m2]; NaN without a layer.
    area_m2 : float
        Area of the place [m2].
    mapped, absent : frozenset of str
        Kinds of which the layer has at least one anywhere in the town; groups that the study says
        do not exist there. Without either nobody knows, and the answer is unknown.
    near_m : float
        Distance to the nearest monument [m], for the group ``monument``.
    """
    if name not in PROTECTED:
        raise InvalidInput(f"{name!r} is none of {', '.join(PROTECTED)}.")
    rows = {k: row for k, row in catalogue("protections").items() if row["gate_text"] == name}
    tolerance = a["score.overlap_tolerance_m2"]
    nothing = (math.nan, "m2", tolerance)
    if not mapped & rows.keys():
        if name in absent:
            return _gate(name, GREEN, nothing, "declared_absent")
        return _gate(name, UNKNOWN, nothing, "not_mapped")
    met = {k: float(overlap_m2.get(k, 0.0)) for k in rows}
    if any(math.isnan(m2) for m2 in met.values()):
        return _unknown(name, "m2", tolerance)
    met = {k: m2 for k, m2 in met.items() if m2 > tolerance}
    if not met:
        least = a["gate.monument_m"]
        if name == "monument" and near_m < least:
            return _gate(
                name, AMBER, (near_m, "m", least), "monument_near", missing_m=least - near_m
            )
        return _gate(name, GREEN, (0.0, "m2", tolerance))
    kind = max(met, key=lambda k: (_WORST.index(str(rows[k]["state_text"])), met[k]))
    state, overlap = str(rows[kind]["state_text"]), met[kind]
    numbers: dict[str, float | str] = {"constraint": kind, "overlap_m2": overlap}
    if state != UNKNOWN:
        numbers["free_m2"] = max(0.0, area_m2 - overlap)
    return _gate(name, state, (overlap, "m2", tolerance), f"protected_{state}", **numbers)


def fluid_gate(coolant: str, power_it_kw: float, around: tuple[Gate, ...], a: Assumptions) -> Gate:
    """Judge the dielectric fluid by water law: hazard level, and the areas the place lies in.

    Parameters
    ----------
    coolant : str
        ``coolant_text`` of the technology; only oil and two-phase fluids are dielectric.
    power_it_kw : float
        Power of the machines [kW].
    around : tuple of Gate
        The gates ``water_protection`` and ``flood`` of the place.

    Notes
    -----
    Level by volume and water hazard class (AwSV s.39). Red or amber where a protected area is
    (AwSV s.49 and s.50); amber from level C, which an expert has to examine; unknown where the
    areas are not known.
    """
    if coolant not in DIELECTRIC:
        return not_applicable(LAND_HINTS, "fluid", "no_fluid", "m3")
    positive("power_it_kw", power_it_kw)
    volume = power_it_kw / 1000.0 * a["fluid.volume_m3_per_mw"]
    level = awsv_level(volume, round(a["fluid.hazard_class"]))
    smaller = awsv_level(volume / 2.0, round(a["fluid.hazard_class"]))
    measured = (volume, "m3", _largest_free_m3(round(a["fluid.hazard_class"])))
    for state, key in ((RED, "fluid_forbidden"), (AMBER, "fluid_amber")):
        for gate in around:
            if gate.state == state:
                where = str(gate.hint_numbers.get("constraint", gate.key))
                return _gate("fluid", state, measured, key, volume_m3=volume, constraint=where)
    if level in ("C", "D"):
        return _gate(
            "fluid", AMBER, measured, "fluid_level", volume_m3=volume, level=level, smaller=smaller
        )
    if any(gate.state == UNKNOWN for gate in around):
        return _gate("fluid", UNKNOWN, measured, "fluid_unknown", level=level)
    return _gate("fluid", GREEN, measured)


DIELECTRIC = ("oil", "vapour")
"""Coolants that water law looks at."""


def _largest_free_m3(hazard_class: int) -> float:
    """Return the largest volume below level C [m3]; infinite volumes have none."""
    fits = [most for most, levels in AWSV_LEVELS if levels[hazard_class - 1] in ("A", "B")]
    return float(np.max(fits))


def ownership_gate(owner: str) -> Gate:
    """Judge the kind of owner of a parcel; one that is not listed is unknown, never green."""
    given = owner.strip().lower().replace(" ", "_")
    nothing = (math.nan, "-", math.nan)
    if given in ("", "unknown"):
        return _gate("ownership", UNKNOWN, nothing, "owner_unknown")
    rows = catalogue("ownership").values()
    row = next((r for r in rows if given in str(r["words_text"]).split()), None)
    if row is None:
        return _gate("ownership", UNKNOWN, nothing, "owner_unlisted", owner=owner)
    if row["state_text"] == GREEN:
        return _gate("ownership", GREEN, nothing)
    label = str(row["label"])
    return _gate("ownership", str(row["state_text"]), nothing, "owner_amber", label=label)


def switched_off(gate: Gate) -> Gate:
    """Return the gate as one that the study does not ask: measured, but not judged."""
    measured = (gate.value, gate.unit, gate.threshold)
    return answer(MODE_HINTS, gate.key, NOT_APPLICABLE, measured, "gate_off")


def advisory(gate: Gate) -> Gate:
    """Return the gate as one whose red only warns."""
    if gate.state != RED:
        return gate
    return Gate(**(vars(gate) | {"state": AMBER}))


MODE_HINTS: Mapping[str, str] = MappingProxyType({"gate_off": "The study does not ask this gate."})
