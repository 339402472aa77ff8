"""Creates studies."""

from typing import Any

from django.utils.translation import gettext_noop

from engines.assumptions import build_assumptions
from engines.errors import EngineError
from engines.evaluation.money_choices import money_choices
from heatmap.errors import Refusal
from heatmap.models import Municipality
from sites.models import Study
from sites.models.study import POWER
from sites.parcel_selectors import INSTITUTIONS

FIRST_STUDY = "First look"
COUNTRY_TARIFFS = {
    "DE": ("de_mv_2026", "de_mv_heat_pump"),
    "FI": ("fi_dc_2026", "fi_heat_pump_2026"),
    "SE": ("se_dc_2026", "se_heat_pump_2026"),
    "DK": ("dk_dc_2026", "dk_heat_pump_2026"),
}
# network operators publish these windows; until the planner brings hers, evenings of winter
USUAL_WINDOWS = {"DE": [{"months": [1, 2, 11, 12], "from_h": 16, "to_h": 20}]}
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
            "money": first_money(municipality.country),
            "illustrative": [
                *ASSUMED_GROUPS,
                *(["high_load_windows"] if municipality.country in USUAL_WINDOWS else []),
            ],
            **changes,
        },
    )
    study.municipality = municipality
    return study


def first_money(country: str) -> dict[str, Any]:
    """Return the money choices of a first study: where there are high-load windows, the usual."""
    windows = USUAL_WINDOWS.get(country)
    return {"high_load_windows": windows} if windows else {}


def set_money(
    study: Study,
    tariff: str,
    heat_pump_tariff: str,
    money: dict[str, Any],
    overrides: dict[str, float],
) -> None:
    """Change what a study says of tariffs, contracts, heat, computing and ownership.

    Raises
    ------
    Refusal
        If the choices do not fit, or a tariff of the table has parts that nobody knows.
    """
    try:
        checked = money_choices(money)
        checked.tariff_of_hub(tariff)
        checked.tariff_of_heat_pump(heat_pump_tariff)
        build_assumptions(overrides)
    except EngineError as error:
        raise Refusal(gettext_noop("This does not fit: %(why)s"), why=str(error)) from error
    # what the planner states anew is no longer an assumption of ours
    one_source = [study.displaced_source] * 12
    months, before = (each.get("displaced_by_month") or one_source for each in (money, study.money))
    stated = {
        "displaced_source": months != before,
        "high_load_windows": money.get("high_load_windows") != study.money.get("high_load_windows"),
    }
    study.illustrative = [one for one in study.illustrative if not stated.get(one)]
    study.tariff, study.heat_pump_tariff = tariff, heat_pump_tariff
    study.money, study.overrides = money, overrides
    study.save(update_fields=["tariff", "heat_pump_tariff", "money", "overrides", "illustrative"])


def set_assumptions(
    study: Study,
    chosen: dict[str, str],
    illustrative: list[str],
    overrides: dict[str, float],
) -> None:
    """Change technology, methods, numbers, and what is only assumed.

    Raises
    ------
    Refusal
        If a number does not fit.
    """
    try:
        build_assumptions(overrides)
    except EngineError as error:
        raise Refusal(gettext_noop("This does not fit: %(why)s"), why=str(error)) from error
    for name, value in chosen.items():
        setattr(study, name, value)
    if "displaced_source" in study.illustrative and "displaced_source" not in illustrative:
        # now it is the town that says so, month by month
        stated = {"displaced_by_month": [study.displaced_source] * 12}
        study.money = stated | study.money
    study.illustrative, study.overrides = illustrative, overrides
    study.save(update_fields=[*chosen, "illustrative", "overrides", "money"])


def copied_study(study: Study, name: str) -> Study:
    """Return a new study that says everything this one says.

    Raises
    ------
    Refusal
        If the town has a study of this name.
    """
    if Study.objects.filter(municipality=study.municipality, name=name).exists():
        raise Refusal(gettext_noop("There is a study named “%(name)s”. Choose another name."),
                      name=name)  # fmt: skip
    both = {"rules": study.rules, "portfolio": study.portfolio}
    return Study.objects.create(
        municipality=study.municipality, name=name, **(_choices_of(study) | both)
    )


def set_size(study: Study, power_it_kw: float | None) -> None:
    """State the size of the hub at every place, or let each place take its best one (None)."""
    kept = {key: value for key, value in study.overrides.items() if key != POWER}
    study.overrides = kept if power_it_kw is None else kept | {POWER: power_it_kw}
    study.save(update_fields=["overrides"])


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
        defaults=_choices_of(study) | {"overrides": study.overrides | {POWER: PILOT_KW}},
    )
    pilot.rules = dict(study.rules if made else pilot.rules) | {
        "search": INSTITUTIONS,
        "gates": PILOT_GATES,
        "learning_budget": {"yearly_eur": yearly_eur, "total_eur": total_eur},
    }
    pilot.save(update_fields=["rules"])
    pilot.municipality = municipality
    return pilot


def _choices_of(study: Study) -> dict[str, Any]:
    """Return everything that a study chose, but what makes it this study."""
    own = ("id", "municipality", "name", "created_at", "rules", "portfolio")
    fields = (field.name for field in Study._meta.concrete_fields)
    return {name: getattr(study, name) for name in fields if name not in own}
