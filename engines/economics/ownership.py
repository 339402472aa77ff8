"""Who bears what and who gains what, if the town owns the hub or somebody else does.

Ownership moves money between the town and an operator; it makes none. In both models the sum over
the two is the same: what the hub costs and earns, and what the heat network saves because it need
not make the heat.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TOWN, OPERATOR = "town", "operator"
MUNICIPAL, THIRD_PARTY = "municipal", "third_party"
MODELS = (MUNICIPAL, THIRD_PARTY)


@dataclass(frozen=True)
class Present:
    """Present values of the project, all as positive amounts [EUR].

    Attributes
    ----------
    investment_eur : float
        Purchases less resale, residual value and grants.
    operation_eur, electricity_eur : float
    compute_eur : float
        Speculative.
    heat_eur : float
        What the network pays for the heat.
    displaced_eur : float
        What the network saves: fuel, CO2 and upkeep of the displaced source, less the harm of a
        warmer return.
    lease_eur : float
        Rent of the land, a part of the operation.
    """

    investment_eur: float
    operation_eur: float
    electricity_eur: float
    compute_eur: float
    heat_eur: float
    displaced_eur: float
    lease_eur: float


def shares_of(given: Present, *, town_land: bool) -> dict[str, dict[str, dict[str, float]]]:
    """Lines of each party in each model, incomes positive, payments negative [EUR, present value].

    Parameters
    ----------
    town_land : bool
        Whether the rent goes to the town; else to a stranger, who is no party here.

    Returns
    -------
    dict
        ``[model][party][line]``. In the municipal model the operator is missing; what the network
        pays the hub then stays in the town and cancels out.
    """
    hub = {
        "investment": -given.investment_eur,
        "operation": -given.operation_eur,
        "electricity": -given.electricity_eur,
        "compute": given.compute_eur,
    }
    rent = {"lease": given.lease_eur} if town_land else {}
    return {
        MUNICIPAL: {TOWN: {**hub, "displaced": given.displaced_eur, **rent}},
        THIRD_PARTY: {
            TOWN: {"displaced": given.displaced_eur, "heat": -given.heat_eur, **rent},
            OPERATOR: {**hub, "heat": given.heat_eur},
        },
    }


def totals(shares: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Sum of each party in each model [EUR]."""
    return {
        model: {party: sum(lines.values()) for party, lines in parties.items()}
        for model, parties in shares.items()
    }
