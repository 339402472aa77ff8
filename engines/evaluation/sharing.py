"""What hubs would take from each other: the heat of a place and of a branch, month by month.

The heat that a hub could take is known hour by hour for it alone. Two hubs on one branch meet the
same customers; a set of hubs may not take more in any month than the place lets in, nor more than
flows through the branch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, IntArray
from engines.assumptions import Assumptions
from engines.evaluation.hubs import Hubs
from engines.evaluation.town import TownYear
from engines.siting.portfolio import Resource
from engines.thermal.flow_paths import FlowPaths
from engines.units import KWH_PER_MWH

MONTHS = 12


@dataclass(frozen=True)
class MonthlyHeat:
    """Heat by month, shape (parcels, 12) [MWh].

    Attributes
    ----------
    takes : array
        What the hub alone could take out of its machines into the network.
    room : array
        What the place lets in from any number of hubs.
    """

    takes: FloatArray
    room: FloatArray


def monthly_heat(hubs: Hubs, month: IntArray, a: Assumptions) -> MonthlyHeat:
    """Add up the heat of every hub and of its place by month.

    Parameters
    ----------
    hubs : Hubs
    month : array of int, shape (hours,)
        Month of each hour, 0 to 11.
    a : Assumptions
    """
    by_month = np.zeros((len(month), MONTHS))
    by_month[np.arange(len(month)), month] = 1.0 / KWH_PER_MWH
    full_kw = hubs.town.conditions.hub.heat_kw
    available = a["hub.availability_share"]
    rows = hubs.inputs.network_of
    takes = (np.minimum(hubs.inputs.uptake_kw, full_kw) @ by_month)[rows] * available
    return MonthlyHeat(takes, (hubs.inputs.uptake_kw @ by_month)[rows])


def branch_heat_mwh(year: TownYear, pieces: IntArray, month: IntArray) -> FloatArray:
    """Return the heat that flows through pieces of pipe by month, shape (pieces, 12) [MWh]."""
    by_month = np.zeros((len(month), MONTHS))
    by_month[np.arange(len(month)), month] = 1.0 / KWH_PER_MWH
    found = np.zeros((len(pieces), MONTHS))
    for i, piece in enumerate(pieces):
        place = year.places.at(year.row_of_piece[[piece]])
        found[i] = place.absorbable_kw[0] @ by_month
    return found


def passing_share(paths: FlowPaths, nodes: int, pieces: IntArray, own: IntArray) -> FloatArray:
    """Return which part of the water of each piece came through each of the others.

    Parameters
    ----------
    paths : FlowPaths
    nodes : int
    pieces : array of int, shape (n,)
        Pieces, all different.
    own : array of int, shape (n,)
        Number of the connected part that each lies in; where the flow of a piece is not worked
        out, all of its part count as one branch.

    Returns
    -------
    array, shape (n, n)
        Row: the piece that is passed; column: the piece whose water passed it. 1 on the diagonal.
    """
    share = np.eye(len(pieces))
    position = {int(piece): i for i, piece in enumerate(paths.piece)}
    for i, piece in enumerate(pieces):
        start = position.get(int(piece))
        if start is None:
            share[i, own == own[i]] = 1.0
            continue
        through = np.zeros(nodes)
        passed: dict[int, float] = {}
        for k in range(start, len(paths.piece)):
            part = 1.0 if k == start else through[paths.upstream[k]]
            if part > 0.0:
                through[paths.downstream[k]] += paths.share[k] * part
                passed[int(paths.piece[k])] = part
        share[i] = [passed.get(int(other), 0.0) for other in pieces]
        share[i, i] = 1.0
    return share


def heat_resources(
    year: TownYear, piece: IntArray, heat: MonthlyHeat, month: IntArray
) -> list[Resource]:
    """Return the heat that hubs share: of each place, and of each branch, month by month.

    Parameters
    ----------
    year : TownYear
    piece : array of int, shape (options,)
        Where each hub feeds in; -1 for none.
    heat : MonthlyHeat
    month : array of int, shape (hours,)
    """
    joined = np.flatnonzero(piece >= 0)
    pieces = np.unique(piece[joined])
    graph = year.network.graph
    own = graph.component[graph.start[pieces]] if len(pieces) else pieces
    passing = passing_share(year.network.paths, graph.nodes, pieces, own)
    branch = branch_heat_mwh(year, pieces, month)
    row = np.searchsorted(pieces, piece[joined])
    found: list[Resource] = []
    for i, each in enumerate(pieces):
        here = joined[row == i]
        behind = joined[passing[i, row] > 0.0]
        part = passing[i, row][passing[i, row] > 0.0]
        for m in range(MONTHS):
            room = float(heat.room[here, m].max())
            found.append(Resource(f"place {each} month {m + 1}", room, here, heat.takes[here, m]))
            flows = max(float(branch[i, m]), float(heat.takes[here, m].max()))
            found.append(
                Resource(
                    f"branch {each} month {m + 1}", flows, behind, part * heat.takes[behind, m]
                )
            )
    return found


def node_resources(
    nodes: Sequence[str | None], firm_kw: FloatArray, needed_kw: FloatArray
) -> list[Resource]:
    """Return what hubs share at the nodes of the grid.

    Hubs with a firm connection share the firm headroom of their node, the least that any of them
    sees. A hub that needs more than is firm comes only with a flexible connection; what a second
    one would get beside it is not known, so that a node takes one of these at most. A node whose
    headroom is not known binds nobody; the gate says so.
    """
    found = []
    for name in sorted({node for node in nodes if node}):
        rows = np.array([i for i, node in enumerate(nodes) if node == name])
        rows = rows[~np.isnan(firm_kw[rows])]
        firm = rows[needed_kw[rows] <= firm_kw[rows]]
        flexible = rows[needed_kw[rows] > firm_kw[rows]]
        if len(firm):
            least = float(firm_kw[firm].min())
            found.append(Resource(f"node {name}", least, firm, needed_kw[firm]))
        if len(flexible):
            found.append(Resource(f"flexible {name}", 1.0, flexible, np.ones(len(flexible))))
    return found
