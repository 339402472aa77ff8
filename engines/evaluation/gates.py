"""All gates of one hub on one parcel, as the study asks them."""

import math
from collections.abc import Iterable
from dataclasses import replace

from engines.assumptions import Assumptions
from engines.evaluation.hubs import Hubs, Way
from engines.evaluation.records import (
    ADVISES,
    OFF,
    Candidates,
    Land,
    StudyChoices,
    unknown_land,
)
from engines.noise.sound import cooler_level_dba
from engines.scoring import land as ground
from engines.scoring.gates import (
    area_gate,
    connection_gate,
    constraint_gate,
    headroom_gate,
    least_area_m2,
    municipality_gate,
    temperature_gate,
    uptake_gate,
)
from engines.scoring.states import Gate
from engines.scoring.zoning import zoning_gate
from engines.tables import catalogue

SEVERITY = {"water": "red", "forest": "amber"}
"""What an overlap with these kinds means where the layer has them (domain notes 6.3)."""

SOURCES = {
    "municipality": "border of the town",
    "area": "domain notes 6.3",
    "shape": "domain notes 6.3",
    "slope": "domain notes 6.3",
    "connection": "domain notes 5.5 and 6.2",
    "temperature": "domain notes 7.9, A18",
    "heat_uptake": "domain notes 6.1",
    "headroom": "domain notes 3.1",
    "noise": "TA Laerm 6.1 and 3.2.1",
    "setback": "domain notes 6.3; TA Laerm 6.1 g",
    "fire_gap": "domain notes 6.3",
    "fluid": "AwSV s.39, s.49, s.50",
    "ownership": "domain notes 6.6",
    "flood": "WHG s.78, s.78b",
    "water_protection": "WHG s.51, s.52; AwSV s.49",
    "nature": "BNatSchG s.23, s.26, s.33",
    "monument": "domain notes 6.3",
    "contaminated": "BBodSchG s.4; domain notes 6.3",
}
"""Where thresholds come from; zoning codes have a source each."""


def least_sides_m(a: Assumptions) -> tuple[float, float]:
    """Return the shorter sides that rectangles are searched for: one container, and more."""
    return a["gate.side_one_container_m"], a["gate.side_more_m"]


def gates_of(
    i: int, candidates: Candidates, hubs: Hubs, choices: StudyChoices, a: Assumptions
) -> tuple[Gate, ...]:
    """Return every gate of one parcel (row), with its source, in the mode of the study."""
    heat_kw = hubs.town.conditions.hub.heat_kw
    site = site_gates(i, candidates, hubs.way, heat_kw, choices, a)
    first = len(_BEFORE_OPERATION)
    return (*site[:first], *operation_gates(i, hubs, choices, a), *site[first:])


_BEFORE_OPERATION = ("municipality", "area", "connection")


def site_gates(
    i: int,
    candidates: Candidates,
    way: Way,
    heat_kw: float,
    choices: StudyChoices,
    a: Assumptions,
) -> tuple[Gate, ...]:
    """Return the gates that can be judged before the hub is operated: room, way, ground.

    `heat_kw` is all heat of the hub, which its coolers have to get rid of.
    """
    power_kw = a["hub.power_it_kw"]
    given = (
        municipality_gate(bool(candidates.inside[i])),
        area_gate(float(candidates.area_m2[i]), power_kw, a),
        connection_gate(float(way.length_m[i]), power_kw, a, _break_even_m(way, i)),
        *_land_gates(i, candidates, heat_kw, choices, a),
    )
    return tuple(_as_asked(given, choices))


def growing_gates(
    i: int,
    candidates: Candidates,
    way: Way,
    heat_kw: float,
    choices: StudyChoices,
    a: Assumptions,
) -> tuple[Gate, ...]:
    """Return those of `site_gates` whose answer another size of hub may change from or to red."""
    land = candidates.land or unknown_land(len(candidates.refs), least_sides_m(a))
    power_kw = a["hub.power_it_kw"]
    given = (
        area_gate(float(candidates.area_m2[i]), power_kw, a),
        connection_gate(float(way.length_m[i]), power_kw, a, _break_even_m(way, i)),
        _shape_gate(i, land, power_kw, a),
        _noise_gate(i, candidates, land, heat_kw, a),
    )
    return tuple(_as_asked(given, choices))


def operation_gates(i: int, hubs: Hubs, choices: StudyChoices, a: Assumptions) -> tuple[Gate, ...]:
    """Return the gates of what the hub does there: temperatures, heat, power."""
    given = (
        temperature_gate(float(hubs.feed.possible_h[i]), float(hubs.feed.wanted_h[i]), a),
        uptake_gate(float(hubs.takeable_mwh[i]), hubs.full_heat_mwh, a),
        headroom_gate(
            float(hubs.grid.firm_kw[i]),
            float(hubs.needed_kw[i]),
            float(hubs.grid.covered_share[i]),
            a,
        ),
    )
    return tuple(_as_asked(given, choices))


def _as_asked(given: Iterable[Gate], choices: StudyChoices) -> Iterable[Gate]:
    for gate in given:
        source = gate.source or SOURCES.get(gate.key, "domain notes 6.3")
        mode = choices.rules.gates.get(gate.key)
        if mode == OFF:
            gate = ground.switched_off(gate)  # noqa: PLW2901  as the study asks for it
        elif mode == ADVISES:
            gate = ground.advisory(gate)  # noqa: PLW2901
        yield gate if gate.source else replace(gate, source=source)


def _land_gates(
    i: int, candidates: Candidates, heat_kw: float, choices: StudyChoices, a: Assumptions
) -> tuple[Gate, ...]:
    """Gates of the ground itself."""
    area_m2, power_kw = float(candidates.area_m2[i]), a["hub.power_it_kw"]
    land = candidates.land or unknown_land(len(candidates.refs), least_sides_m(a))
    overlaps = {kind: float(m2[i]) for kind, m2 in candidates.overlap_m2.items()}
    protected = tuple(
        ground.protected_gate(
            name, overlaps, area_m2, land.mapped, choices.rules.absent, a,
            float(land.monument_m[i]),
        )
        for name in ground.PROTECTED
    )  # fmt: skip
    around = tuple(gate for gate in protected if gate.key in ("water_protection", "flood"))
    coolant = str(catalogue("hub_technologies")[choices.technology]["coolant_text"])
    return (
        zoning_gate(candidates.zoning[i], choices.rules.country),
        ground.ownership_gate(land.ownership[i]),
        _shape_gate(i, land, power_kw, a),
        ground.slope_gate(float(land.slope_percent[i]), a),
        ground.fire_gap_gate(float(land.building_m[i]), _room_m(i, land), a),
        _noise_gate(i, candidates, land, heat_kw, a),
        ground.setback_gate(float(land.sensitive_m[i]), a),
        *protected,
        ground.fluid_gate(coolant, power_kw, around, a),
        *(
            constraint_gate(kind, SEVERITY[kind], overlaps.get(kind, math.nan), area_m2, a)
            for kind in SEVERITY
        ),
    )


def _shape_gate(i: int, land: Land, power_kw: float, a: Assumptions) -> Gate:
    side, needed_m = ground.needed_rectangle_m(power_kw, least_area_m2(power_kw, a), a)
    return ground.shape_gate(
        float(land.long_sides_m[i, side]),
        land.least_sides_m[side],
        needed_m,
        float(land.accuracy_m[i]),
    )


def _noise_gate(i: int, candidates: Candidates, land: Land, heat_kw: float, a: Assumptions) -> Gate:
    level_dba = float(cooler_level_dba(heat_kw, a["noise.cooler_dba_per_500_kw"]))
    return ground.noise_gate(
        float(candidates.dwelling_m[i]), float(land.hospital_m[i]), level_dba, a
    )


def _room_m(i: int, land: Land) -> float:
    """Return the widest of the sides searched for that fits; 0 where none does."""
    row = land.long_sides_m[i]
    if math.isnan(float(row[0])):
        return math.nan
    fitting = [s for s, long in zip(land.least_sides_m, row.tolist(), strict=True) if long > 0.0]
    return max(fitting, default=0.0)


def _break_even_m(way: Way, i: int) -> float:
    """Length of trench that the heat pays for; not judged by where nothing is earned anyway."""
    limit = float(way.break_even_m[i])
    return limit if limit > 0.0 else float("nan")
