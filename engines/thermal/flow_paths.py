"""Which way the water goes: every piece of pipe gets a direction, every fork a share.

Where pipes form a tree with one plant there is one way, and nothing has to be known of the pipes.
In loops, and between several plants, the water divides so that every way loses the same pressure.
That is worked out for the design hour (by Newton's method on the heads, Todd and Pilati 1988) and
the shares found are kept in all other hours: in turbulent flow all pressure losses grow alike, so
the shares hardly move as long as all customers need more or less together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order
from scipy.sparse.linalg import spsolve

from engines.arrays import FloatArray, IntArray, non_negative
from engines.errors import InvalidInput, NotConverged
from engines.thermal.pipe import pressure_gradient_pa_per_m
from engines.thermal.pipe_graph import PipeGraph
from engines.units import MM_PER_M

IDLE_SHARE = 1e-9
"""Flow over the largest flow below which a pipe of a loop stands still."""

SHORTEST_M = 0.01
"""Length that a joint without length is given, so that it loses some pressure."""

STEPS = 200
"""Newton steps at most; twenty are usual."""

FULL_STEPS = 30
"""Steps after which half of each is gone: friction has bends where the flow turns turbulent."""


@dataclass(frozen=True)
class Water:
    """What friction needs to know: roughness [mm], density [kg/m3], viscosity [m2/s]."""

    roughness_mm: float
    density_kg_per_m3: float
    viscosity_m2_per_s: float


@dataclass(frozen=True)
class FlowPaths:
    """Directed pieces, in an order in which every piece comes after all that lead to it.

    Only pieces in which water flows are listed.

    Attributes
    ----------
    piece : array of int, shape (paths,)
        Row of the piece.
    upstream, downstream : array of int, shape (paths,)
        Nodes; supply water flows from the first to the second.
    share : array, shape (paths,)
        Part of the water that reaches the node downstream through this piece.
    plant_nodes : array of int
    fed : array of bool, shape (nodes,)
        Nodes that a plant reaches.
    """

    piece: IntArray
    upstream: IntArray
    downstream: IntArray
    share: FloatArray
    plant_nodes: IntArray
    fed: NDArray[np.bool_]


def flow_paths(
    graph: PipeGraph, plant_nodes: IntArray, drawn_kg_per_s: FloatArray, water: Water
) -> FlowPaths:
    """Return the way of the water from the plants to all customers.

    Parameters
    ----------
    graph : PipeGraph
    plant_nodes : array of int
        Where plants feed in; plants of one component hold the same pressure.
    drawn_kg_per_s : array, shape (nodes,)
        Water that customers draw in the design hour; matters in loops only.
    water : Water

    Raises
    ------
    InvalidInput
        If a diameter inside a component with loops or several plants is not known.
    NotConverged
        If the pressures of a loop cannot be found.
    """
    plants = np.unique(np.asarray(plant_nodes, dtype=np.int64))
    drawn = non_negative("Water drawn", drawn_kg_per_s)
    if drawn.shape != (graph.nodes,):
        raise InvalidInput(f"Water drawn must have one value per node, not {drawn.shape}.")
    fed_components = np.zeros(graph.components, dtype=bool)
    fed_components[graph.component[plants]] = True
    fed = fed_components[graph.component]
    branching = _needs_pressures(graph, plants)[graph.component]
    used = graph.links & fed[graph.start] if graph.nodes else graph.links
    tree = np.flatnonzero(used & ~branching[graph.start]) if graph.nodes else np.zeros(0, int)
    meshed = np.flatnonzero(used & branching[graph.start]) if graph.nodes else np.zeros(0, int)
    ways = [_tree(graph, plants, tree), _meshed(graph, plants, meshed, drawn, water)]
    piece, upstream, downstream, share = (
        np.concatenate([way[column] for way in ways]) for column in range(4)
    )
    return FlowPaths(
        piece.astype(np.int64),
        upstream.astype(np.int64),
        downstream.astype(np.int64),
        share.astype(np.float64),
        plants,
        fed,
    )


Way = tuple[IntArray, IntArray, IntArray, FloatArray]


def _needs_pressures(graph: PipeGraph, plants: IntArray) -> NDArray[np.bool_]:
    """Components where the graph alone does not tell which way the water takes."""
    several = np.bincount(graph.component[plants], minlength=graph.components) > 1
    return np.asarray((graph.loops() > 0) | several)


def _tree(graph: PipeGraph, plants: IntArray, pieces: IntArray) -> Way:
    """Walk away from the plants; a piece comes when its upstream node has been reached."""
    nodes = graph.nodes
    # one more node joins the plants, so that one walk reaches all trees
    source = np.full(len(plants), nodes)
    row = np.concatenate([graph.start[pieces], source])
    column = np.concatenate([graph.end[pieces], plants])
    links = coo_array((np.ones(len(row)), (row, column)), shape=(nodes + 1, nodes + 1)).tocsr()
    visited, before = breadth_first_order(links, nodes, directed=False)
    place = np.full(nodes + 1, nodes + 1)
    place[visited] = np.arange(len(visited))
    ahead = place[graph.start[pieces]] < place[graph.end[pieces]]
    upstream = np.where(ahead, graph.start[pieces], graph.end[pieces])
    downstream = np.where(ahead, graph.end[pieces], graph.start[pieces])
    order = np.argsort(place[upstream], kind="stable")
    return pieces[order], upstream[order], downstream[order], np.ones(len(pieces))


def _meshed(
    graph: PipeGraph, plants: IntArray, pieces: IntArray, drawn: FloatArray, water: Water
) -> Way:
    """Divide the water by pressure and walk from high to low."""
    if not len(pieces):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing, np.zeros(0)
    diameter_m = graph.pieces.inner_diameter_mm[pieces] / MM_PER_M
    if np.isnan(diameter_m).any():
        raise InvalidInput(
            f"{np.count_nonzero(np.isnan(diameter_m))} pieces of pipe in a part with loops or "
            "several plants have no diameter; without it the flow there is not known."
        )
    flow, head = _balanced(graph, plants, pieces, drawn, diameter_m, water)
    moving = np.abs(flow) > IDLE_SHARE * np.abs(flow).max()
    pieces, flow = pieces[moving], flow[moving]
    upstream = np.where(flow > 0.0, graph.start[pieces], graph.end[pieces])
    downstream = np.where(flow > 0.0, graph.end[pieces], graph.start[pieces])
    arriving = np.bincount(downstream, np.abs(flow), minlength=graph.nodes)
    order = np.argsort(-head[upstream], kind="stable")
    if np.any(head[upstream] <= head[downstream]):
        raise NotConverged("The water of a loop flows in a circle; check the diameters there.")
    share = np.abs(flow) / arriving[downstream]
    return pieces[order], upstream[order], downstream[order], share[order]


def _balanced(
    graph: PipeGraph,
    plants: IntArray,
    pieces: IntArray,
    drawn: FloatArray,
    diameter_m: FloatArray,
    water: Water,
) -> tuple[FloatArray, FloatArray]:
    """Return flow of the pieces [kg/s] (along the piece positive) and heads of the nodes [Pa].

    ``H_start - H_end = r m |m|``; every node but the plants passes on what it does not draw.
    """
    free = np.zeros(graph.nodes, dtype=bool)
    free[graph.start[pieces]] = free[graph.end[pieces]] = True
    free[plants] = False
    number = np.cumsum(free) - 1
    incidence = _incidence(graph, pieces, free, number)
    length_m = np.maximum(graph.pieces.length_m[pieces], SHORTEST_M)
    largest = max(float(drawn.sum()), 1e-6)
    flow = np.full(len(pieces), largest / 10.0)
    head = np.zeros(graph.nodes)
    for turn in range(STEPS):
        size = np.maximum(np.abs(flow), 1e-7 * largest)
        gradient = pressure_gradient_pa_per_m(
            size,
            diameter_m,
            roughness_mm=water.roughness_mm,
            density_kg_per_m3=water.density_kg_per_m3,
            viscosity_m2_per_s=water.viscosity_m2_per_s,
        )
        # Newton: m' = m / 2 + (H_start - H_end) / (2 r |m|), with r |m| = pressure loss per flow
        ease = size / (2.0 * gradient * length_m)
        laplacian = csr_array(incidence.T @ (incidence.multiply(ease[:, None])))
        right = -drawn[free] - incidence.T @ (flow / 2.0)
        head[free] = spsolve(laplacian.tocsc(), right)
        step = flow / 2.0 + ease * (incidence @ head[free])
        change = float(np.abs(step - flow).max())
        flow = step if turn < FULL_STEPS else (flow + step) / 2.0
        if change <= 1e-9 * largest:
            return flow, head
    raise NotConverged(
        f"The flow in the loops of the network was not found in {STEPS} steps; check diameters "
        "and lengths there."
    )


def _incidence(
    graph: PipeGraph, pieces: IntArray, free: NDArray[np.bool_], number: IntArray
) -> csr_array:
    """Return the matrix that takes heads of free nodes to ``H_start - H_end``."""
    rows = np.arange(len(pieces))
    row, column, value = [], [], []
    for nodes, sign in ((graph.start[pieces], 1.0), (graph.end[pieces], -1.0)):
        inner = free[nodes]
        row.append(rows[inner])
        column.append(number[nodes[inner]])
        value.append(np.full(np.count_nonzero(inner), sign))
    shape = (len(pieces), int(free.sum()))
    entries = (np.concatenate(value), (np.concatenate(row), np.concatenate(column)))
    return coo_array(entries, shape=shape).tocsr()
