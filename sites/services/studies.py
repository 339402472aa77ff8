"""Creates studies."""

from typing import Any

from heatmap.models import Municipality
from sites.models import Study
from sites.parcel_selectors import INSTITUTIONS

FIRST_STUDY = "First look"
COUNTRY_TARIFFS = {
    "DE": ("de_mv_2026", "de_mv_heat_pump"),
    "FI": ("fi_dc_2026", "fi_heat_pump_2026"),
}
ASSUMED_GROUPS = ["temperatures", "displaced_source", "headroom", "prices"]


def first_study(municipality: Municipality, **changes: Any) -> Study:
    """Return the town's first study, made with the defaults of its country if it is not there."""
    tariff, heat_pump_tariff = COUNTRY_TARIFFS[municipality.country]
    study, _ = Study.objects.get_or_create(
        municipality=municipality,
        name=FIRST_STUDY,
        defaults={
            "technology": "immersion_oil",
            "miner": "m66s",
            "tariff": tariff,
            "heat_pump_tariff": heat_pump_tariff,
            "displaced_source": "boiler",
            "overrides": {"hub.power_it_kw": 100.0},
            "illustrative": ASSUMED_GROUPS,
            **changes,
        },
    )
    study.municipality = municipality
    return study


PILOT_STUDY = "Pilot of 50 kW"
PILOT_KW = 50.0
PILOT_GATES = {
    # a pilot stands in a room that is there; what is asked of a plot is not asked
    "area": "off", "shape": "off", "fire_gap": "off", "slope": "off", "zoning": "advises",
    "setback": "off",
}  # fmt: skip


def pilot_study(
    municipality: Municipality, yearly_eur: float | None = None, total_eur: float | None = None
) -> Study:
    """Return the study of a pilot: 50 kW in institutional buildings and where water returns.

    It is judged by what the town may lose to learn; without a budget no place is "pilot only".
    """
    study = first_study(municipality)
    pilot, made = Study.objects.get_or_create(
        municipality=municipality,
        name=PILOT_STUDY,
        defaults={name: getattr(study, name) for name in PILOT_AS_FIRST}
        | {"overrides": study.overrides | {"hub.power_it_kw": PILOT_KW}},
    )
    pilot.rules = dict(study.rules if made else pilot.rules) | {
        "search": INSTITUTIONS,
        "gates": PILOT_GATES,
        "learning_budget": {"yearly_eur": yearly_eur, "total_eur": total_eur},
    }
    pilot.save(update_fields=["rules"])
    pilot.municipality = municipality
    return pilot


PILOT_AS_FIRST = (
    "technology", "miner", "tariff", "heat_pump_tariff", "displaced_source", "compute_outlook",
    "start_year", "area_type", "congestion_side", "demand_method", "refrigerant", "illustrative",
)  # fmt: skip
