"""Parcels on one node spend the same headroom: what is left if the better ones are built first."""

from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, IntArray
from engines.errors import InvalidInput


@dataclass(frozen=True)
class Sharing:
    """What parcels on one node leave each other; arrays over parcels.

    Attributes
    ----------
    before : list of array of int
        Parcels on the same node that come first, the first one first.
    others : array of int
        All other ranked parcels on the same node.
    left_kw : array
        Firm headroom that those before leave; NaN where the headroom is not known.
    """

    before: list[IntArray]
    others: IntArray
    left_kw: FloatArray


def share_node(
    node_of: IntArray, firm_kw: FloatArray, needed_kw: FloatArray, rank: FloatArray
) -> Sharing:
    """Give every parcel what the better-ranked parcels on its node leave.

    Parameters
    ----------
    node_of : array of int, shape (parcels,)
        Node of each parcel; -1 without one.
    firm_kw : array, shape (parcels,)
        Firm headroom of the parcel's connection [kW].
    needed_kw : array, shape (parcels,)
    rank : array, shape (parcels,)
        1 is built first; NaN for parcels that are out and take nothing.

    Notes
    -----
    ``left = firm - sum of the needs of the better-ranked parcels on the node``. A parcel that is
    out comes after all others.
    """
    if not len(node_of) == len(firm_kw) == len(needed_kw) == len(rank):
        raise InvalidInput("Nodes, headroom, needs and ranks must have one value per parcel.")
    count = len(node_of)
    before: list[IntArray] = [np.zeros(0, dtype=np.int64)] * count
    others = np.zeros(count, dtype=np.int64)
    left = np.asarray(firm_kw, dtype=np.float64).copy()
    place = np.where(np.isnan(rank), np.inf, rank)
    order = np.lexsort((place, node_of))
    starts = np.flatnonzero(np.diff(node_of[order], prepend=-2))
    for members in np.split(order, starts[1:]):
        if not len(members) or node_of[members[0]] < 0:
            continue
        ranked = members[np.isfinite(place[members])]
        spent = np.concatenate(([0.0], np.cumsum(needed_kw[ranked])))
        for i in members:
            first = int(np.searchsorted(place[ranked], place[i]))
            before[i] = ranked[:first]
            others[i] = len(ranked) - int(np.isfinite(place[i]))
            left[i] -= spent[first]
    return Sharing(before, others, left)
