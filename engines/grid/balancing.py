"""What a hub could earn by standing ready for the grid: blocks, bids, heat that must be backed.

A block is offered with the power that is free in all of its hours. A hub that is turned down stops
heating, so no more is offered than other plants can heat instead. Standing ready is paid per MW and
hour; being called costs the margin of the energy that is not drawn. Domain.md 3.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within
from engines.errors import InvalidInput
from engines.tables import catalogue
from engines.units import KWH_PER_MWH

DOWN, UP, BOTH = "down", "up", "both"


@dataclass(frozen=True)
class Product:
    """A product of the reserve market; one row of ``data/balancing_products.csv``.

    `direction` is that of the hub's power: ``down``, ``up`` or ``both``.
    """

    key: str
    direction: str
    least_bid_kw: float
    block_h: int
    price_eur_per_mw_h: float
    availability_share: float
    activated_share: float

    def __post_init__(self) -> None:
        if self.direction not in (DOWN, UP, BOTH):
            raise InvalidInput(f"A product goes down, up or both, not {self.direction!r}.")
        within("block_h", float(self.block_h), 1.0)
        within("availability_share", self.availability_share, 0.0, 1.0)
        within("activated_share", self.activated_share, 0.0, 1.0)


@dataclass(frozen=True)
class Standing:
    """A year of one product.

    Attributes
    ----------
    offered_mw_h : float
        Power offered times hours, availability counted [MW h/a].
    largest_bid_kw : float
        Most that is offered in a block.
    needs_pool : bool
        Whether no block reaches the least bid, so that only a pool could sell it.
    capacity_eur, lost_eur : float
        Paid for standing ready; margin lost (down) or paid (up) when called [EUR/a].
    heat_backed : bool
        Whether it is known that other plants can heat instead.
    """

    product: Product
    offered_mw_h: float
    largest_bid_kw: float
    needs_pool: bool
    capacity_eur: float
    lost_eur: float
    heat_backed: bool

    @property
    def gain_eur(self) -> float:
        """What is left [EUR/a]."""
        return self.capacity_eur - self.lost_eur


def products() -> tuple[Product, ...]:
    """Return all products of the table."""
    return tuple(_product(key, row) for key, row in catalogue("balancing_products").items())


def _product(key: str, row: Mapping[str, float | str]) -> Product:
    return Product(
        key=key,
        direction=str(row["direction_text"]),
        least_bid_kw=float(row["least_bid_kw"]),
        block_h=int(row["block_h"]),
        price_eur_per_mw_h=float(row["price_eur_per_mw_h"]),
        availability_share=float(row["availability_share"]),
        activated_share=float(row["activated_share"]),
    )


def standing(
    product: Product,
    drawn_kw: FloatArray,
    most_kw: FloatArray,
    heat_kw: FloatArray,
    backup_kw: FloatArray | None,
    margin_eur_per_mwh: FloatArray,
) -> Standing:
    """Work out what one product brings in a year.

    Parameters
    ----------
    drawn_kw, most_kw : array, shape (hours,)
        Grid power of the plan, and the most it could be.
    heat_kw : array, shape (hours,)
        Heat delivered by the plan.
    backup_kw : array, shape (hours,), or None
        Heat that other plants could give besides; None where not known: then all heat counts as
        backed, and the answer says so.
    margin_eur_per_mwh : array, shape (hours,)
        What a MWh drawn earns in the plan, and in hours without a plan what it would lose.
    """
    drawn, most = as_floats(drawn_kw), as_floats(most_kw)
    down = drawn
    if backup_kw is not None:
        # turning down by 1 kW loses heat/drawn kW of heat
        ratio = np.where(drawn > 0.0, as_floats(heat_kw) / np.where(drawn > 0.0, drawn, 1.0), 0.0)
        allowed = np.where(ratio > 0.0, backup_kw / np.where(ratio > 0.0, ratio, 1.0), np.inf)
        down = np.minimum(drawn, allowed)
    up = np.maximum(most - drawn, 0.0)
    free = {DOWN: down, UP: up, BOTH: np.minimum(down, up)}[product.direction]
    blocks = len(free) // product.block_h
    shape = (blocks, product.block_h)
    bid = free[: blocks * product.block_h].reshape(shape).min(axis=1)
    margin = as_floats(margin_eur_per_mwh)[: blocks * product.block_h].reshape(shape).mean(axis=1)
    hours = product.block_h * product.availability_share
    offered = bid * hours / KWH_PER_MWH
    # called down the hub loses what it would have earned; called up it draws what did not pay
    loses = margin if product.direction == DOWN else -margin
    return Standing(
        product=product,
        offered_mw_h=float(offered.sum()),
        largest_bid_kw=float(bid.max(initial=0.0)),
        needs_pool=bool(bid.max(initial=0.0) < product.least_bid_kw),
        capacity_eur=float(offered.sum()) * product.price_eur_per_mw_h,
        lost_eur=float((offered * loses.clip(min=0.0)).sum()) * product.activated_share,
        heat_backed=backup_kw is not None,
    )
