"""What the futures say of a parcel: chances in words, the spread as marks, drivers, the error."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heatmap.quantities import count, digits, is_missing, quantity

DRIVERS: Mapping[str, str | Promise] = {
    "decay": gettext_lazy("Fall of the hash price per year"),
    "cycle": gettext_lazy("Hash price above or below its trend"),
    "halving": gettext_lazy("Hash price kept at the halving"),
    "tariff": gettext_lazy("Price of other computing"),
    "tariff_decay": gettext_lazy("Yearly fall of the price of other computing"),
    "day_ahead": gettext_lazy("Level of the day-ahead price"),
    "gas": gettext_lazy("Price of gas"),
    "co2": gettext_lazy("Price of CO2"),
    "infrastructure": gettext_lazy("Cost of building"),
    "pipe": gettext_lazy("Cost of the pipe"),
    "availability": gettext_lazy("Share of hours in service"),
    "capture": gettext_lazy("Heat caught by the coolant"),
    "demand": gettext_lazy("Change of the town's heat demand per year"),
    "event": gettext_lazy("Years until a new burden on the electricity"),
    "price_year": gettext_lazy("Year that prices and weather follow"),
}
"""Labels of ``engines/data/futures.csv``."""
CASES: Mapping[str, str | Promise] = {
    "flat_25": gettext_lazy("Hash price stays at 25 USD"),
    "flat_19": gettext_lazy("Hash price stays at 19.4 USD"),
    "decay_35": gettext_lazy("Hash price falls by 35 % a year"),
    "flat": gettext_lazy("Hash price never falls"),
    "slump": gettext_lazy("Computing earns six tenths for 18 months"),
    "halving": gettext_lazy("The halving takes half"),
    "ban": gettext_lazy("Computing is forbidden after three years"),
    "operator_stops": gettext_lazy("The operator stops after 30 months"),
    "tax": gettext_lazy("20 EUR/MWh more on electricity after three years"),
    "dear_power": gettext_lazy("Day-ahead prices half as high again"),
    "warm_winters": gettext_lazy("Every winter needs less heat, by 15 %"),
    "headroom": gettext_lazy("The grid takes back half of the power after two years"),
    "biomass": gettext_lazy("The displaced heat is biomass"),
    "hold_down": gettext_lazy("Coins are held for two years, and their price halves"),
    "hold_up": gettext_lazy("Coins are held for two years, and their price doubles"),
    "heat_only": gettext_lazy("Computing earns nothing from the start"),
}
"""Labels of ``engines/data/stress.csv``."""
MOST_DRIVERS = 6
BAR = 100.0
BANDS = (
    (0.05, gettext_lazy("almost certainly not")),
    (0.3, gettext_lazy("unlikely")),
    (0.7, gettext_lazy("open")),
    (0.95, gettext_lazy("likely")),
    (1.01, gettext_lazy("almost certainly")),
)
"""Words for a chance below each share."""


def chance_word(share: float) -> str:
    return str(next(word for below, word in BANDS if share < below))


def chance_sentence(result: Mapping[str, Any]) -> str:
    """Say how likely the hub pays, and between what its worth lies; nothing without futures."""
    found = result.get("chances") or {}
    if is_missing(found.get("p_npv_positive")):
        return ""
    return _(
        "Will it pay? %(word)s: in %(share)s of the futures (± %(error)s) the present value is"
        " above zero; in eight of ten it lies between %(low)s and %(high)s, half of them lie"
        " below %(middle)s."
    ) % {
        "word": chance_word(found["p_npv_positive"]).capitalize(),
        "share": quantity(found["p_npv_positive"], "share", 2),
        "error": quantity(found["p_error"], "share", 1),
        "low": quantity(found["npv_p10_eur"], "EUR"),
        "middle": quantity(found["npv_p50_eur"], "EUR"),
        "high": quantity(found["npv_p90_eur"], "EUR"),
    }


def spread_marks(result: Mapping[str, Any]) -> dict[str, float] | None:
    """Places of the quantiles, of zero and of the study's own case on an axis from 0 to 100."""
    found = result.get("chances") or {}
    values = dict(
        zip(found.get("npv_levels") or (), found.get("npv_quantiles_eur") or (), strict=True)
    )
    if not values or any(is_missing(value) for value in values.values()):
        return None
    study = (result.get("money") or {}).get("npv_eur")
    shown = {
        "p5": values[0.05],
        "p10": values[0.1],
        "p50": values[0.5],
        "p90": values[0.9],
        "p95": values[0.95],
        "zero": 0.0,
    }
    if not is_missing(study):
        shown["study"] = study
    low, high = min(shown.values()), max(shown.values())
    margin = 0.04 * ((high - low) or 1.0)
    span = high - low + 2.0 * margin
    marks = {name: BAR * (value - low + margin) / span for name, value in shown.items()}
    return marks | {
        "width": marks["p90"] - marks["p10"],
        "tail_width": marks["p95"] - marks["p5"],
    }


def driver_rows(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """The strongest drivers with the share of the variance that each makes."""
    found = (result.get("futures") or {}).get("drivers") or []
    rows = [one for one in found[:MOST_DRIVERS] if (one["total_share"] or 0.0) > 0.005]
    top = max((one["total_share"] for one in rows), default=1.0)
    return [
        {
            "label": str(DRIVERS.get(one["key"], one["key"])),
            "value": quantity(one["total_share"], "share", 2),
            "error": quantity(one["error_share"], "share", 1),
            "width": f"{BAR * min(1.0, one['total_share'] / top):.2f}",
        }
        for one in rows
    ]


def method_sentences(result: Mapping[str, Any], town: Mapping[str, Any]) -> list[str]:
    """Say what the futures were drawn from."""
    drawn = town.get("futures") or {}
    told = []
    if drawn:
        told.append(
            _("%(count)s futures were drawn, with seed %(seed)s; every parcel meets the same.")
            % {"count": count(drawn["count"]), "seed": drawn["seed"]}
        )
        years = ", ".join(drawn["price_years"])
        if drawn.get("weather_years"):
            told += _weather_sentences(drawn["weather_years"])
        elif not drawn["price_years"]:
            told.append(_("The hours of the prices follow the study's own year in all of them."))
        elif drawn["price_years_are_own"]:
            told.append(
                _(
                    "Fewer than five weather years are loaded, so the price years %(years)s are"
                    " drawn; the weather is that of the study in all of them."
                )
                % {"years": years}
            )
        else:
            told.append(
                _(
                    "Fewer than five weather years and fewer than five price years are loaded, so"
                    " the price years %(first)s to %(last)s are drawn instead, each brought to the"
                    " study's mean. The weather is that of the study in all of them."
                )
                % {"first": drawn["price_years"][0], "last": drawn["price_years"][-1]}
            )
    return told


def error_sentences(result: Mapping[str, Any]) -> list[str]:
    """Say how many years were solved, how many are read between bounds, and how far off that is.

    It stands wherever the chance of a present value above zero stands.
    """
    found = result.get("futures") or {}
    if is_missing((result.get("chances") or {}).get("p_npv_positive")):
        return []
    if not found:
        return [_("How far off the chance may be is worked out for the short-list only.")]
    told = []
    bounds = found.get("bounds") or {}
    if not is_missing(bounds.get("width_mean_eur")):
        told.append(_bounds_sentence(bounds))
    if not is_missing(found.get("error_largest_eur")):
        told.append(_resolved_sentence(found, result["chances"]))
    return told


def _bounds_sentence(bounds: Mapping[str, Any]) -> str:
    share = bounds["width_share"]
    said = _(
        "Of the years, %(solved)s were solved exactly and %(read)s read between bounds. Where only"
        " computing moves, the bounds of the present value lie %(mean)s apart on average (%(share)s"
        " of what operation is worth) and %(largest)s at most, and the chance between %(low)s and"
        " %(high)s."
    )
    return said % {
        "solved": count(bounds["solved"]),
        "read": count(bounds["read"]),
        "mean": quantity(bounds["width_mean_eur"], "EUR"),
        "share": _("none") if is_missing(share) else quantity(share, "share", 2),
        "largest": quantity(bounds["width_largest_eur"], "EUR"),
        "low": quantity(bounds["positive_low_share"], "share", 2),
        "high": quantity(bounds["positive_high_share"], "share", 2),
    }


def _resolved_sentence(found: Mapping[str, Any], chances: Mapping[str, Any]) -> str:
    """The sample in which everything moves, beside the distance of P10 and P90."""
    said = _(
        "Where everything moves, all %(years)s years of %(futures)s futures were solved again: the"
        " present value differed by %(mean)s on average and by %(largest)s at most"
    ) % {
        "futures": count(found["resolved_futures"]),
        "years": count(found["resolved_years"]),
        "mean": quantity(found["error_mean_eur"], "EUR"),
        "largest": quantity(found["error_largest_eur"], "EUR"),
    }
    ends = (chances.get("npv_p10_eur"), chances.get("npv_p90_eur"))
    if any(is_missing(end) for end in ends) or ends[1] <= ends[0]:
        return f"{said}."
    part = found["error_largest_eur"] / (ends[1] - ends[0])
    return said + _(", that is %(part)s of the distance from P10 to P90.") % {
        "part": quantity(part, "share", 2)
    }


def _weather_sentences(years: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say which years of weather are drawn, how cold they are, and whose prices go with them."""
    shares = [one["demand_share"] for one in years]
    told = [
        _(
            "Each year of a future follows one of these years of weather: %(years)s. Heat demand,"
            " network temperatures, price of heat and the heat that is taken follow it; the town"
            " needs between %(least)s and %(most)s of the heat of the study's own year."
        )
        % {
            "years": ", ".join(one["label"] for one in years),
            "least": quantity(min(shares), "share", 3),
            "most": quantity(max(shares), "share", 3),
        }
    ]
    for origin, sentence in (
        ("own", _("Loaded day-ahead prices of the same year go with %(years)s.")),
        ("standing_in", _("Dutch day-ahead prices of the same year stand in for %(years)s.")),
        ("study", _("The prices of the study stand in for %(years)s.")),
    ):
        named = [one["label"] for one in years if one["prices_from"] == origin]
        if named:
            told.append(sentence % {"years": ", ".join(named)})
    return told


def future_findings(result: Mapping[str, Any], town: Mapping[str, Any]) -> dict[str, Any] | None:
    """Everything the page says of the futures of a parcel; None where none were drawn."""
    sentence = chance_sentence(result)
    if not sentence:
        return None
    found = result["chances"]
    return {
        "sentence": sentence,
        "marks": spread_marks(result),
        "rows": [
            (_("Chance that the present value is above zero"), _error(found)),
            (_("One in ten is worse than (P10)"), quantity(found["npv_p10_eur"], "EUR")),
            (_("Half are worse than (P50)"), quantity(found["npv_p50_eur"], "EUR")),
            (_("One in ten is better than (P90)"), quantity(found["npv_p90_eur"], "EUR")),
            (_("Mean of the worst 5 % (CVaR)"), quantity(found["npv_worst_mean_eur"], "EUR")),
            (
                _("The study's own case"),
                quantity((result.get("money") or {}).get("npv_eur"), "EUR"),
            ),
            (
                _("Chance that income does not cover the debt in some year"),
                quantity(found["p_debt_uncovered"], "share", 2),
            ),
            (
                _("Median cost of heat, net of computing"),
                quantity(found["heat_cost_p50_eur_per_mwh"], "EUR/MWh"),
            ),
            *_alternative_rows(found),
        ],
        "drivers": driver_rows(result),
        "method": method_sentences(result, town),
        "errors": error_sentences(result),
        "stress": stress_rows(result),
        "break_even": break_even_sentences(result),
    }


ALTERNATIVES: Mapping[str, str | Promise] = {
    "heat_pump": gettext_lazy("The same heat from a large heat pump (P10 to P90)"),
    "gas_boiler": gettext_lazy("The same heat from a gas boiler (P10 to P90)"),
    "electric_boiler": gettext_lazy("The same heat from an electric boiler (P10 to P90)"),
}


def _alternative_rows(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The other ways to make the same heat at the prices of the futures; older runs have none."""
    others = found.get("alternatives") or {}
    rows = [
        (
            str(label),
            _("%(low)s to %(high)s")
            % {
                "low": digits(others[name]["p10_eur_per_mwh"], 3),
                "high": quantity(others[name]["p90_eur_per_mwh"], "EUR/MWh"),
            },
        )
        for name, label in ALTERNATIVES.items()
        if name in others and not is_missing(others[name]["p10_eur_per_mwh"])
    ]
    if not is_missing(found.get("p_heat_cheaper")):
        rows.append(
            (
                _("Chance that the hub's heat is the cheapest of them"),
                quantity(found["p_heat_cheaper"], "share", 2),
            )
        )
    return rows


def _error(found: Mapping[str, Any]) -> str:
    return _("%(share)s ± %(error)s") % {
        "share": quantity(found["p_npv_positive"], "share", 2),
        "error": quantity(found["p_error"], "share", 1),
    }


def stress_rows(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each bad case with what it makes of worth and heat, and who heats instead."""
    return [
        {
            "label": str(CASES.get(one["key"], one["key"])),
            "npv": quantity(one["npv_eur"], "EUR"),
            "npv_change": _signed(one["npv_change_eur"], "EUR"),
            "heat": quantity(one["heat_mwh_per_a"], "MWh/a"),
            "heat_change": _signed(one["heat_change_mwh_per_a"], "MWh/a"),
            "backup": quantity(one["backup_eur"], "EUR"),
        }
        for one in (result.get("futures") or {}).get("stress") or []
    ]


def _signed(value: float | None, unit: str) -> str:
    if is_missing(value):
        return quantity(value, unit)
    if abs(value) < 0.5:
        return "0"
    return ("+" if value > 0 else "") + quantity(value, unit)


def break_even_sentences(result: Mapping[str, Any]) -> list[str]:
    """Say at which hash price and at which price of heat the present value is zero."""
    found = (result.get("futures") or {}).get("break_even")
    if not found:
        return []
    price, heat = found["hashprice_usd_per_ph_day"], found["heat_eur_per_mwh"]
    return [
        _("At no hash price does it pay.")
        if is_missing(price)
        else _("It pays from a hash price of %(price)s USD per PH/s and day in the first year on.")
        % {"price": digits(price, 3)},
        _("At no price of heat does it pay.")
        if is_missing(heat)
        else _("It pays from a mean price of heat of %(heat)s on.")
        % {"heat": quantity(heat, "EUR/MWh")},
    ]
