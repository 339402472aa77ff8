"""What a study can set for each gate, and which pairs of numbers must be in order."""

from engines.evaluation.gates import SEVERITY
from engines.law.checks import FACTS
from engines.scoring.land import PROTECTED
from engines.scoring.value_functions import CRITERIA
from engines.tables import registry

OVERLAP = ("score.overlap_tolerance_m2",)
_AREA = tuple(
    f"score.area_{state}_{size}_m2"
    for size in ("50kw", "1mw", "2mw", "10mw")
    for state in ("red", "green")
)
GATE_NUMBERS: dict[str, tuple[str, ...]] = {
    "zoning": (),
    "ownership": (),
    "area": _AREA,
    "shape": (
        "gate.side_one_container_m",
        "gate.side_more_m",
        "gate.one_container_kw",
        "gate.container_length_m",
        "gate.small_container_length_m",
        "gate.small_container_kw",
        "gate.container_width_m",
    ),
    "slope": ("gate.slope_green_percent", "gate.slope_red_percent"),
    "connection": (
        *(f"score.connection_{size}_m" for size in ("50kw", "500kw", "2mw", "10mw")),
        "score.connection_red_factor",
    ),
    "temperature": ("score.temperature_amber_share",),
    "heat_uptake": ("score.uptake_red_share", "score.uptake_amber_share"),
    "headroom": ("grid.amber_ratio", "grid.green_ratio", "grid.flexible_energy_share"),
    "noise": tuple(key for key in registry("assumptions") if key.startswith("noise.")),
    "setback": ("gate.setback_m",),
    "fire_gap": ("gate.fire_gap_red_m", "gate.fire_gap_green_m"),
    "flood": OVERLAP,
    "water_protection": (),
    "nature": (),
    "monument": ("gate.monument_m",),
    "contaminated": (),
    "fluid": ("fluid.volume_m3_per_mw", "fluid.hazard_class"),
    **{f"constraint:{kind}": () for kind in SEVERITY},
    "municipality": (),
}
"""Every gate with the numbers it is judged by; the overlap that is forgiven is one for all areas.
"""
CRITERION_NUMBERS: dict[str, tuple[str, ...]] = {
    key: tuple(f"score.{key}_{part}" for part in ("weight", "worst", "best")) for key in CRITERIA
}
VERDICT_NUMBERS = ("verdict.npv_probability_share", "verdict.coverage_share")
ROBUSTNESS_NUMBERS = ("siting.draws", "siting.weight_concentration", "siting.seed")
IN_ORDER: tuple[tuple[str, str], ...] = (
    *((f"score.area_red_{size}_m2", f"score.area_green_{size}_m2")
      for size in ("50kw", "1mw", "2mw", "10mw")),
    *(("score.area_red_50kw_m2", "score.area_red_1mw_m2"),
      ("score.area_red_1mw_m2", "score.area_red_2mw_m2"),
      ("score.area_red_2mw_m2", "score.area_red_10mw_m2")),
    ("gate.slope_green_percent", "gate.slope_red_percent"),
    ("gate.fire_gap_red_m", "gate.fire_gap_green_m"),
    ("score.uptake_red_share", "score.uptake_amber_share"),
    ("grid.amber_ratio", "grid.green_ratio"),
    ("noise.quiet_cooler_dba_per_500_kw", "noise.cooler_dba_per_500_kw"),
)  # fmt: skip
"""The second of each pair may not be below the first."""
ABSENT = PROTECTED
"""Groups of protected areas that a town can be stated not to have."""
ASKED_FACTS = (
    "inhabitants",
    "heat_plan",
    "public_operator",
    "reporting_planned",
    "register_planned",
    "management_planned",
    "platform_planned",
    "pooled_computing",
    "heat_offered",
    "relief_region",
    "additional_load",
    "renewable_power_share",
    "ref_share",
    "network_renewable_share",
    "network_waste_share",
    "network_cogeneration_share",
    "network_mix_share",
)
"""Facts for legal checks that only the town or its partners know."""
COMPUTED_FACTS = tuple(name for name in FACTS if name not in ASKED_FACTS)
"""Facts that are worked out; what is stated goes before."""
RULE_NUMBERS = (
    *(key for keys in GATE_NUMBERS.values() for key in keys),
    *(key for keys in CRITERION_NUMBERS.values() for key in keys),
    *VERDICT_NUMBERS,
    *ROBUSTNESS_NUMBERS,
    "siting.spacing_m",
)
"""Assumptions that are set with the rules; all others stand on the page of the assumptions."""
