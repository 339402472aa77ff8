"""Turns the emissions of hubs into the document of a run."""

from typing import Any

from engines.carbon.accounts import Carbon
from engines.evaluation.carbon import grid_factor_t_per_mwh
from sites.assembly import Assembled
from sites.services.plain import number


def carbon_document(found: Carbon, given: Assembled, i: int) -> dict[str, Any]:
    """Emissions of the first year of one parcel under each rule."""
    return {
        "country": given.country,
        "grid_t_per_mwh": number(grid_factor_t_per_mwh(given.country, given.assumptions)),
        "displaced_source": given.choices.displaced_source,
        "avoided_t": number(found.avoided_t[i]),
        "break_even_t_per_mwh": number(found.break_even_t_per_mwh[i]),
        "rules": {
            rule: {name: number(values[i]) for name, values in vars(account).items()}
            for rule, account in found.accounts.items()
        },
    }
