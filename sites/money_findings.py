"""What the books of a parcel say, as tables and sentences."""

from datetime import date
from itertools import accumulate
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heatmap.quantities import DASH, count, digits, is_missing, quantity, written
from sites.choices import Source

THOUSAND = 1000.0
SPECULATIVE = ("compute",)

LINES: dict[str, str | Promise] = {
    "heat": gettext_lazy("Heat sold"),
    "compute": gettext_lazy("Income from computing"),
    "curtailed": gettext_lazy("Gain from energy that would be curtailed"),
    "balancing": gettext_lazy("Gain from standing ready for the grid"),
    "power_market": gettext_lazy("Electricity: exchange"),
    "power_charges": gettext_lazy("Electricity: supplier, network energy, tax, concession"),
    "power_levies": gettext_lazy("Electricity: levies"),
    "power_capacity": gettext_lazy("Electricity: charge on the highest power"),
    "power_relief": gettext_lazy("Electricity: relief of a band load"),
    "heat_pump_upkeep": gettext_lazy("Upkeep of the heat pump"),
    "maintenance": gettext_lazy("Maintenance"),
    "fluid": gettext_lazy("Coolant"),
    "staff": gettext_lazy("Staff"),
    "data": gettext_lazy("Data line"),
    "insurance": gettext_lazy("Insurance"),
    "lease": gettext_lazy("Rent of the land"),
    "vat_running": gettext_lazy("Tax that does not come back, running"),
    "bought": gettext_lazy("Building and first computers"),
    "replaced": gettext_lazy("Replacements"),
    "resold": gettext_lazy("Sale of worn machines"),
    "left": gettext_lazy("Value left at the end"),
    "vat_invested": gettext_lazy("Tax that does not come back, purchases"),
    "grant": gettext_lazy("Grant"),
    "investment": gettext_lazy("Building and replacements"),
    "operation": gettext_lazy("Operation without electricity"),
    "electricity": gettext_lazy("Electricity"),
    "displaced": gettext_lazy("Heat the network need not make"),
}
HEAT_BOUGHT = gettext_lazy("Heat bought from the hub")
BUYER = ("town", "heat")
REGIMES: dict[str, str | Promise] = {
    "paid": gettext_lazy("The hub is paid: the price with all charges is negative"),
    "negative": gettext_lazy("Negative at the exchange only; charges make it cost money"),
    "computing": gettext_lazy("Cheap enough for computing alone"),
    "with_heat": gettext_lazy("Cheap enough for computing and heat together"),
    "dear": gettext_lazy("Too dear: the hub stands still"),
}
CONTRACTS: dict[str, str | Promise] = {
    "flexible": gettext_lazy("Flexible: follows prices and heat"),
    "band_load": gettext_lazy("Band load: never rests"),
    "atypical": gettext_lazy("Atypical use: off in the high-load windows"),
    "idle": gettext_lazy("stands still"),
}
PRODUCTS: dict[str, str | Promise] = {
    "fcr": gettext_lazy("Frequency containment (FCR)"),
    "afrr_down": gettext_lazy("Turned down within 5 min (aFRR+)"),
    "afrr_up": gettext_lazy("Turned up within 5 min (aFRR-)"),
    "mfrr_down": gettext_lazy("Turned down within 12.5 min (mFRR+)"),
}
STRESSES: dict[str, str | Promise] = {
    "halving": gettext_lazy("the halving at an unchanged coin price"),
    "slump": gettext_lazy("a slump of the hash price"),
    "low_price": gettext_lazy("a low hash price"),
    "no_computing": gettext_lazy("no computing"),
}
PARTIES: dict[str, str | Promise] = {
    "town": gettext_lazy("Town and its network"),
    "operator": gettext_lazy("Operator"),
}
MODELS: dict[str, str | Promise] = {
    "municipal": gettext_lazy("The town owns the hub"),
    "third_party": gettext_lazy("Somebody else owns the hub"),
}


def books_findings(result: dict[str, Any]) -> dict[str, Any] | None:
    """Return tables and sentences; None for parcels that are not on the short-list."""
    books = result.get("books")
    if not books:
        return None
    return {
        "title": _payback_sentence(books),
        "table": cash_flow(books),
        "regimes": _regimes(books),
        "contracts": _contracts(books),
        "contract_sentence": _contract_sentence(books),
        "questions": _questions(books, result),
        "ownership": _ownership(books),
        "ownership_sentence": _ownership_sentence(books),
        "balancing": _balancing(books),
        "balancing_counted": _balancing_sentence(books),
    }


def displaced_findings(town: dict[str, Any]) -> list[dict[str, str]]:
    """What the hub's heat replaces in each month, and what that costs; nothing for old runs."""
    costs = town.get("displaced_by_month_eur_per_mwh") or []
    return [
        {
            "month": date_format(date(2023, place + 1, 1), "F"),
            "source": str(Source(source).label),
            "cost": quantity(cost, "EUR/MWh"),
        }
        for place, (source, cost) in enumerate(
            zip(town.get("displaced_sources") or [], costs, strict=True)
        )
    ]


def _thousands(value: float | None) -> str:
    if is_missing(value):
        return DASH
    scaled = float(value or 0.0) / THOUSAND
    return written(0.0 if abs(scaled) < 0.05 else scaled, 1)  # noqa: PLR2004  half a digit


def cash_flow(books: dict[str, Any]) -> dict[str, Any]:
    """Every line by year in thousands of euros, sums below."""
    flows = books["flows_eur"]
    known = not any(is_missing(value) for value in flows)
    sums = list(accumulate(flows)) if known else [None] * len(flows)
    first = int(books["start_year"])
    return {
        "years": [_("Building"), *(str(first + year) for year in range(len(flows) - 1))],
        "rows": [
            {
                "label": str(LINES.get(line["key"], line["key"])),
                "speculative": line["key"] in SPECULATIVE,
                "total": _thousands(line["total_eur"]),
                "cells": [_thousands(value) for value in line["eur"]],
            }
            for line in books["lines"]
            if line["total_eur"] is None or any(line["eur"])
        ],
        "sums": [
            _sum(_("Sum of the year"), flows, sum(flows) if known else None),
            _sum(_("Sum so far"), sums, None),
            _sum(
                _("Sum of the year in the money of its time"),
                books["nominal_eur"],
                sum(books["nominal_eur"]) if known else None,
            ),
        ],
    }


def _sum(label: str, values: list[Any], total: float | None) -> dict[str, Any]:
    cells = [_thousands(value) for value in values]
    return {"label": label, "total": _thousands(total) if total is not None else "", "cells": cells}


def _payback_sentence(books: dict[str, Any]) -> str:
    years = len(books["flows_eur"]) - 1
    if any(is_missing(value) for value in books["flows_eur"]):
        return _("What the hub comes to is unknown, because the value of its heat is")
    if is_missing(books["payback_a"]):
        return _("The money does not come back within %(years)s years") % {"years": years}
    return _("The money comes back after %(years)s years") % {
        "years": digits(books["payback_a"], 2)
    }


def _regimes(books: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "label": str(REGIMES[row["key"]]),
            "hours": count(row["hours"]),
            "run": count(row["run_h"]),
            "energy": quantity(row["energy_mwh"], "MWh"),
            "cost": quantity(row["cost_eur"], "EUR"),
            "mean": quantity(row["mean_eur_per_mwh"], "EUR/MWh"),
        }
        for row in books["market"]["regimes"]
    ]


def _contracts(books: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "label": str(CONTRACTS[row["name"]]),
            "hours": count(row["hours_run"]),
            "energy": quantity(row["energy_mwh"], "MWh"),
            "peak": quantity(row["peak_kw"], "kW"),
            "bill": quantity(row["bill_eur"], "EUR"),
            "margin": quantity(row["margin_eur"], "EUR"),
            "present": quantity(row["present_eur"], "EUR"),
        }
        for row in books["market"]["contracts"]
    ]


def _contract_sentence(books: dict[str, Any]) -> str:
    chosen = books["market"]["chosen"]
    running = [name for name in chosen if name != "idle"]
    if not running:
        return _(
            "The hub stands still in every year: under no contract does a year earn its"
            " electricity, the yearly charge for power included."
        )
    values = {
        "contract": str(CONTRACTS[running[0]]),
        "years": len(running),
        "total": len(chosen),
    }
    if len(running) == len(chosen):
        return _("Best contract in the first year: %(contract)s. The hub runs in every year.") % (
            values
        )
    return (
        _(
            "Best contract in the first year it runs: %(contract)s. It runs in %(years)s of"
            " %(total)s years; in the others a year does not earn its electricity, the yearly"
            " charge for power included."
        )
        % values
    )


def _questions(books: dict[str, Any], result: dict[str, Any]) -> list[dict[str, str]]:
    rows = [
        (_("When the money is back"), _payback(books)),
        (_("Whether it carries a loan"), _loan(books)),
        (_("What has to be kept in reserve"), _reserve(books)),
        (_("Whether it pays for the next hub"), _next_hub(books)),
        (_("What the right to close is worth"), _closure(books, result)),
    ]
    if books["treasury_eur"]:
        rows.append((_("What keeping coins does (speculative)"), _treasury(books)))
    extra = books["market"]["curtailed"]
    if extra:
        rows.append(
            (
                _("Energy that would be curtailed"),
                _(
                    "In %(hours)s more hours of the cheapest %(allotted)s, %(energy)s more;"
                    " %(gain)s in the first year. %(counted)s"
                )
                % {
                    "allotted": count(extra.get("allotted_h", extra["hours"])),
                    "counted": _("It counts in all results.")
                    if books.get("counted", {}).get("curtailed")
                    else _("It does not count."),
                    "hours": count(extra["hours"]),
                    "energy": quantity(extra["energy_mwh"], "MWh"),
                    "gain": quantity(extra["gain_eur"], "EUR"),
                },
            )
        )
    return [{"question": question, "answer": answer} for question, answer in rows]


def _payback(books: dict[str, Any]) -> str:
    if is_missing(books["payback_a"]):
        return _("Not within the study.")
    if is_missing(books["payback_discounted_a"]):
        return _("After %(simple)s years; with interest not within the study.") % {
            "simple": digits(books["payback_a"], 2)
        }
    return _("After %(simple)s years; with interest after %(discounted)s years.") % {
        "simple": digits(books["payback_a"], 2),
        "discounted": digits(books["payback_discounted_a"], 2),
    }


def _loan(books: dict[str, Any]) -> str:
    debt = books["debt"]
    known = [value for value in debt["coverage"] if not is_missing(value)]
    if not known:
        return _("Unknown, or there is no loan.")
    service = (debt["interest_eur"][0] or 0.0) + (debt["repayment_eur"][0] or 0.0)
    return _(
        "A loan of %(loan)s costs %(service)s a year. Gain from operation over that: %(first)s in"
        " the first year, %(least)s in the worst; banks ask for about 1.2."
    ) % {
        "loan": quantity(debt["drawn_eur"], "EUR"),
        "service": quantity(service, "EUR"),
        "first": written(known[0], 2),
        "least": written(min(known), 2),
    }


def _reserve(books: dict[str, Any]) -> str:
    fund = books["reserve"]
    if is_missing(fund["total_eur"]):
        return _("Unknown, because the value of the heat is.")
    return _(
        "%(total)s: %(drawdown)s for the worst slump (%(stress)s), %(opex)s for operation."
        " Besides, %(sinking)s a year are put aside for the next computers."
    ) % {
        "total": quantity(fund["total_eur"], "EUR"),
        "drawdown": quantity(fund["drawdown_eur"], "EUR"),
        "stress": str(STRESSES[fund["worst"]]),
        "opex": quantity(fund["opex_eur"], "EUR"),
        "sinking": quantity(fund["sinking_eur_per_a"], "EUR"),
    }


def _next_hub(books: dict[str, Any]) -> str:
    if is_missing(books["reserve"]["next_hub_a"]):
        return _("No: what is left over never adds up to the reserve and the equity of a next one.")
    return _("After %(years)s years, the reserve filled first.") % {
        "years": digits(books["reserve"]["next_hub_a"], 2)
    }


def _closure(books: dict[str, Any], result: dict[str, Any]) -> str:
    closing = books["closure"]
    if is_missing(closing["option_eur"]):
        return _("Unknown, because the value of the heat is.")
    if not closing["option_eur"]:
        return _("Nothing: to run to the end is best.")
    return _(
        "%(option)s: closing after year %(year)s, and buying no computers any more, leaves"
        " %(npv)s instead of %(base)s. The figures elsewhere run to the end."
    ) % {
        "option": quantity(closing["option_eur"], "EUR"),
        "year": closing["best_year"],
        "npv": quantity(closing["npv_eur"][closing["best_year"] - 1], "EUR"),
        "base": quantity((result.get("money") or {}).get("npv_eur"), "EUR"),
    }


def _treasury(books: dict[str, Any]) -> str:
    found = books["treasury_eur"]
    return _(
        "Income from computing as worth today: %(stays)s if the coin keeps its price, %(halves)s if"
        " it halves, %(doubles)s if it doubles."
    ) % {name: quantity(found.get(name), "EUR") for name in ("stays", "halves", "doubles")}


def _ownership(books: dict[str, Any]) -> list[dict[str, Any]]:
    columns = []
    for model, parties in books["ownership"].items():
        for party in (name for name in PARTIES if name in parties):
            lines = {key: parties[party][key] for key in LINES if key in parties[party]}
            known = not any(is_missing(value) for value in lines.values())
            columns.append(
                {
                    "model": str(MODELS[model]),
                    "party": str(PARTIES[party]),
                    "chosen": model == books["owner"],
                    "lines": [
                        {
                            "label": str(HEAT_BOUGHT if (party, key) == BUYER else LINES[key]),
                            "value": quantity(value, "EUR"),
                            "speculative": key in SPECULATIVE,
                        }
                        for key, value in lines.items()
                        if is_missing(value) or value
                    ],
                    "total": quantity(sum(lines.values()) if known else None, "EUR"),
                }
            )
    return columns


def _ownership_sentence(books: dict[str, Any]) -> str:
    return _(
        "Present values at the rate of the study. At the rate of a private owner the operator's"
        " part is worth %(own)s."
    ) % {"own": quantity(books["operator_eur"], "EUR")}


def _balancing_sentence(books: dict[str, Any]) -> str:
    """Say whether standing ready counts in the study."""
    if books.get("counted", {}).get("reserve"):
        return _(
            "The product that gains most counts in all results, as far as other plants are known to"
            " heat instead; a product that needs a pool counts as sold in one."
        )
    return _("Standing ready is shown beside the study and does not count.")


def _balancing(books: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "label": str(PRODUCTS[row["key"]]),
            "bid": quantity(row["largest_bid_kw"], "kW"),
            "capacity": quantity(row["capacity_eur"], "EUR"),
            "lost": quantity(row["lost_eur"], "EUR"),
            "gain": quantity(row["gain_eur"], "EUR"),
            "note": _balancing_note(row),
        }
        for row in books["market"]["balancing"]
    ]


def _balancing_note(row: dict[str, Any]) -> str:
    notes = []
    if row["needs_pool"]:
        notes.append(
            _("only in a pool: bids start at %(least)s")
            % {"least": quantity(row["least_bid_kw"], "kW")}
        )
    if not row["heat_backed"]:
        notes.append(_("whether other plants can heat instead is unknown"))
    return "; ".join(notes)
