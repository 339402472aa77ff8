"""What a run says beyond the ranking: how sure it is, which hubs together, what changed."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engines.siting.size import BY_HEAT, BY_LOSS, BY_LOSS_PER_HEAT, BY_VALUE
from heatmap.quantities import quantity, score
from sites.words import word

SURE = 0.9
SIZE_BY = {
    BY_VALUE: gettext_lazy("the best size: it is worth most"),
    BY_LOSS_PER_HEAT: gettext_lazy(
        "the best size: no size pays, this one loses least for its heat"
    ),
    BY_LOSS: gettext_lazy("the best size: no size gives heat, this one loses least"),
    BY_HEAT: gettext_lazy("chosen by its heat: what it is worth is not known"),
    "none_fits": gettext_lazy("no size passes every gate; the fewest refuse this one"),
    "stated": gettext_lazy("the size that the study states"),
}
MOST_WEIGHED = 200
"""Ranked parcels that the browser scores with other weights."""


def _percent(share: float | None) -> str:
    return quantity(share, "share", 2)


def robustness_findings(result: dict[str, Any], ranked: list[dict[str, Any]]) -> dict[str, Any]:
    """How sure the first places are, as a table and sentences."""
    found = result.get("robustness")
    if not found or not ranked:
        return {}
    names = {row["ref"]: row.get("name") or row["ref"] for row in ranked}
    shown = [row for row in ranked[:10] if row.get("robustness")]
    return {
        "title": _robust_title(shown),
        "basis": _basis(found),
        "rows": [
            {
                "ref": row["ref"],
                "name": names[row["ref"]],
                "top1": _percent(row["robustness"]["top1_share"]),
                "top3": _percent(row["robustness"]["top3_share"]),
                "top5": _percent(row["robustness"]["top5_share"]),
                "width": f"{100.0 * row['robustness']['top5_share']:.1f}",
                "mean_rank": quantity(row["robustness"]["mean_rank"], "", 2),
            }
            for row in shown
        ],
        "ties": [
            _("%(first)s and %(second)s are as good as tied.")
            % {"first": names.get(a, a), "second": names.get(b, b)}
            for a, b in found["near_ties"][:5]
        ],
        "changing": _changing(found["could_change_the_top"], names),
        "tornado": [_tornado(one, names) for one in found["tornado"][:1]],
    }


def _changing(given: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, str]]:
    """One row for all inputs that threaten the same parcels."""
    together: dict[tuple[str, ...], list[str]] = {}
    for one in given:
        together.setdefault(tuple(one["parcels"]), []).append(_input(one["input"]))
    return [
        {"input": ", ".join(inputs), "parcels": ", ".join(names.get(ref, ref) for ref in refs)}
        for refs, inputs in together.items()
    ]


def _input(name: str) -> str:
    if name.startswith("gate:"):
        return word(name.removeprefix("gate:"), "gate")
    return word(name, "input")


def _basis(found: dict[str, Any]) -> str:
    if found["futures"]:
        return _("%(draws)s draws of weights around those of the study, and of futures.") % {
            "draws": quantity(found["draws"], "", 4)
        }
    return _(
        "%(draws)s draws of weights around those of the study; futures are not part of it yet."
    ) % {"draws": quantity(found["draws"], "", 4)}


def _robust_title(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return _("How sure the ranking is")
    first = rows[0]
    share = first["robustness"]["top1_share"]
    values = {"name": first.get("name") or first["ref"], "share": _percent(share)}
    if share >= SURE:
        return _("%(name)s stays first in %(share)s of the draws") % values
    return _("The first place is not sure: %(name)s holds it in %(share)s of the draws") % values


def _tornado(one: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Bars between the scores at half and at double a weight, on the axis of scores."""
    moved = [w for w in one["weights"] if w["score_low"] != w["score_high"]]
    return {
        "name": names.get(one["ref"], one["ref"]),
        "rows": [
            {
                "label": word(w["key"], "criterion"),
                "low": score(w["score_low"]),
                "high": score(w["score_high"]),
                "x": f"{100.0 * min(w['score_low'], w['score_high']):.2f}",
                "width": f"{100.0 * abs(w['score_high'] - w['score_low']):.2f}",
                "ranks": f"{w['rank_low']} … {w['rank_high']}",
            }
            for w in moved
        ],
    }


def set_findings(result: dict[str, Any], ranked: list[dict[str, Any]]) -> dict[str, Any]:
    """The best set, and what each number of hubs would mean."""
    found = result.get("set")
    if not found:
        return {}
    names = {row["ref"]: row.get("name") or row["ref"] for row in ranked}
    best = found["best"]
    return {
        "title": _set_title(best, names),
        "curve_by_score": found["curve_by"] == "score",
        "rows": [
            _set_row(k, one, names) for k, one in enumerate(found["curve"]) if k and one is not None
        ],
        "most": next((k - 1 for k, one in enumerate(found["curve"]) if one is None), None),
        "candidates": found["candidates"],
    }


def weights_data(ranked: list[dict[str, Any]]) -> dict[str, Any]:
    """What the browser needs to score the ranked parcels with other weights."""
    if not ranked or not ranked[0].get("criteria"):
        return {}
    rows = ranked[:MOST_WEIGHED]
    return {
        "most": len(rows) if len(rows) < len(ranked) else None,
        "criteria": [
            {
                "key": one["key"],
                "label": word(one["key"], "criterion"),
                "worst": one["low"],
                "best": one["high"],
                "weight": round(100.0 * one["weight"], 1),
            }
            for one in rows[0]["criteria"]
        ],
        "parcels": [
            {
                "ref": row["ref"],
                "refused": False,
                "quantities": [_quantity(one) for one in row["criteria"]],
            }
            for row in rows
        ],
    }


def _quantity(one: dict[str, Any]) -> float | None:
    """Return the raw quantity; one beyond all numbers counts as the bound it lies beyond."""
    if one["raw"] is None and one["score"] is not None:
        return float(one["low"] if one["score"] == 0.0 else one["high"])
    return None if one["raw"] is None else float(one["raw"])


def _set_title(best: dict[str, Any] | None, names: dict[str, str]) -> str:
    if best is None:
        return _("No set of hubs keeps all demands")
    if not best["refs"]:
        return _("No hub adds value: the best set is the empty one")
    return _("The best set: %(names)s, worth %(npv)s") % {
        "names": ", ".join(
            _sized(names.get(ref, ref), power)
            for ref, power in zip(best["refs"], _powers(best), strict=True)
        ),
        "npv": quantity(best["npv_eur"], "EUR"),
    }


def _set_row(k: int, one: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    gap = one["gap"] or 0.0
    return {
        "count": k,
        "places": [
            {
                "ref": ref,
                "name": names.get(ref, ref),
                "power": quantity(power, "kW"),
                "sized": _sized(names.get(ref, ref), power),
            }
            for ref, power in zip(one["refs"], _powers(one), strict=True)
        ],
        "npv": quantity(one["npv_eur"], "EUR"),
        "cost": quantity(one["cost_eur"], "EUR"),
        "heat": quantity(one["heat_mwh"], "MWh/a"),
        "gap": _percent(gap if gap > 1e-9 else 0.0),  # noqa: PLR2004  digits of the solver
    }


def _sized(name: str, power_kw: float | None) -> str:
    return f"{name} ({quantity(power_kw, 'kW')})" if power_kw else name


def _powers(one: dict[str, Any]) -> list[float | None]:
    """Return the sizes of a set's hubs; runs from before did not say."""
    return one.get("powers_it_kw") or [None] * len(one["refs"])


def size_findings(result: dict[str, Any]) -> dict[str, Any]:
    """The curve over sizes of one place, its best size and its knee."""
    found = result.get("sizes")
    if not found or not found["sizes"]:
        return {}
    return {
        "title": _size_title(found),
        "limit": _size_limit(found),
        "rows": [
            {
                "power": quantity(one["power_it_kw"], "kW"),
                "npv": quantity(one["npv_eur"], "EUR"),
                "used": _percent(one["heat_used_share"]),
                "width": f"{100.0 * (one['heat_used_share'] or 0.0):.1f}",
                "heat": quantity(one["heat_mwh"], "MWh/a"),
                "lcoh": quantity(one["lcoh_net_eur_per_mwh"], "EUR/MWh"),
                "marks": _size_marks(one, found, (result.get("hub") or {}).get("power_it_kw")),
                "chosen": one["power_it_kw"] == (result.get("hub") or {}).get("power_it_kw"),
            }
            for one in found["sizes"]
        ],
    }


def _size_title(found: dict[str, Any]) -> str:
    if found["best_kw"] is None:
        return _("No size passes every gate here")
    best = next(one for one in found["sizes"] if one["power_it_kw"] == found["best_kw"])
    values = {"size": quantity(found["best_kw"], "kW"), "npv": quantity(best["npv_eur"], "EUR")}
    if best["npv_eur"] is None:
        return _("%(size)s fits best; what it is worth is not known") % values
    if best["npv_eur"] > 0:
        return _("The best size is %(size)s, worth %(npv)s") % values
    if found.get("best_by") == BY_LOSS_PER_HEAT:
        return _("No size pays; %(size)s loses least for its heat: %(npv)s") % values
    return _("No size pays; %(size)s loses least: %(npv)s") % values


def _size_limit(found: dict[str, Any]) -> str:
    """Say what ends the curve."""
    names = ", ".join(word(key, "gate") for key in found.get("limit") or [])
    return _("A larger hub ends at: %(names)s.") % {"names": names} if names else ""


def size_kind(result: dict[str, Any]) -> str:
    """Say how the size of one place was chosen; empty for runs that did not say."""
    by = (result.get("hub") or {}).get("size_by")
    return str(SIZE_BY[by]) if by in SIZE_BY else ""


def _size_marks(one: dict[str, Any], found: dict[str, Any], scored_kw: float | None) -> str:
    marks = []
    if one["power_it_kw"] == scored_kw:
        marks.append(_("scored here"))
    if one["power_it_kw"] == found["best_kw"]:
        marks.append(_("best size"))
    if one["power_it_kw"] == found["knee_kw"]:
        marks.append(_("knee: beyond it, heat grows ever more slowly"))
    if one["red"]:
        names = ", ".join(word(key, "gate") for key in one["red"])
        marks.append(_("refused: %(names)s") % {"names": names})
    return "; ".join(marks)


def _not_ranked(refs: list[str]) -> str:
    if not refs:
        return ""
    return _("Wished for, and not among the ranked places: %(refs)s.") % {"refs": ", ".join(refs)}


def chain_findings(result: dict[str, Any], ranked: list[dict[str, Any]]) -> dict[str, Any]:
    """Whether the first hub pays for the next one."""
    found = result.get("chain")
    if not found:
        return {}
    names = {row["ref"]: row.get("name") or row["ref"] for row in ranked}
    second = found["hubs"][1]
    year = second["built_year"]
    if year is not None and year <= found["within_years"]:
        title = _("The first hub pays for the next one after %(years)s years") % {
            "years": quantity(year, "", 2)
        }
    else:
        title = _("The first hub does not pay for a next one within %(years)s years") % {
            "years": found["within_years"]
        }
    return {
        "title": title,
        "chance": _percent(found["probability"]),
        "chance_said": _(
            "The reserve is filled first; what is left over pays the own part of the next hub."
            " Probability over the futures: %(chance)s."
        )
        % {"chance": _percent(found["probability"])},
        "not_ranked": _not_ranked(found.get("not_ranked") or []),
        "rows": [
            {
                "ref": hub["ref"],
                "name": names.get(hub["ref"], hub["ref"]),
                "cost": quantity(hub["cost_eur"], "EUR"),
                "reserve": quantity(hub["reserve_eur"], "EUR"),
                "free": quantity(hub["free_eur"][0], "EUR/a"),
                "year": _("at the start")
                if not k
                else quantity(hub["built_year"], "", 2)
                if hub["built_year"] is not None
                else _("never"),
            }
            for k, hub in enumerate(found["hubs"])
        ],
    }
