"""Turns the emissions of hubs into the document of a run."""

from typing import Any

from engines.carbon.accounts import FULL, Carbon
from engines.evaluation.carbon import location_factor, residual_factor
from sites.assembly import Assembled
from sites.services.plain import number


def carbon_document(found: Carbon, given: Assembled, drawn_mwh: float, i: int) -> dict[str, Any]:
    """Emissions of the first year of one parcel under each rule."""
    return {
        "country": given.country,
        **_factors(given),
        "drawn_t_per_mwh": _per_mwh(found.accounts[FULL].location_t[i], drawn_mwh),
        "market_t_per_mwh": _per_mwh(found.accounts[FULL].market_t[i], drawn_mwh),
        "displaced_source": given.choices.displaced_source,
        "avoided_t": number(found.avoided_t[i]),
        "break_even_t_per_mwh": number(found.break_even_t_per_mwh[i]),
        "rules": {
            rule: {name: number(values[i]) for name, values in vars(account).items()}
            for rule, account in found.accounts.items()
        },
    }


def _factors(given: Assembled) -> dict[str, Any]:
    """Which emission factors of electricity were used, and their mean."""
    factors, choices = given.grid_factors, given.choices
    residual = residual_factor(factors, choices)
    if factors.residual_t_per_mwh is not None:
        residual_from = "series"
    else:
        residual_from = "unknown" if choices.money.residual_mix_t_per_mwh is None else "stated"
    return {
        "grid_t_per_mwh": number(location_factor(given.country, factors, given.assumptions).mean()),
        "grid_from": "mean" if factors.location_t_per_mwh is None else "series",
        "residual_t_per_mwh": number(residual.mean()),
        "residual_from": residual_from,
        "renewable_share": number(given.assumptions["carbon.contract_renewable_share"]),
    }


def _per_mwh(emitted_t: float, drawn_mwh: float) -> float | None:
    """Mean factor of the electricity that is drawn; None where none is."""
    return number(emitted_t / drawn_mwh) if drawn_mwh > 0.0 else None
