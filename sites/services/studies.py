"""Creates studies."""

from typing import Any

from heatmap.models import Municipality
from sites.models import Study

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
