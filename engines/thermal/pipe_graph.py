"""A heat network as a graph: pieces of pipe joined where their ends meet.

The trench is one line on the map and holds the supply and the return. Ends that lie within the
snapping distance are one node. What is built from it (directions, flows, temperatures) is in
`flow_paths` and `network_year`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from engines.arrays import FloatArray, IntArray, finite, non_negative
from engines.errors import InvalidInput


@dataclass(frozen=True)
class PipePieces:
    """Pieces of pipe as they come from the map.

    A pipe that another one branches off along its way comes as several pieces.

    Attributes
    ----------
    start_xy, end_xy : array, shape (pieces, 2)
        Where each piece starts and ends [m].
    length_m : array, shape (pieces,)
        Length along the pipe.
    inner_diameter_mm, u_w_per_mk : array, shape (pieces,)
        Of one pipe; NaN where not known.
    """

    start_xy: FloatArray
    end_xy: FloatArray
    length_m: FloatArray
    inner_diameter_mm: FloatArray
    u_w_per_mk: FloatArray

    def __post_init__(self) -> None:
        pieces = len(self.length_m)
        for name in ("start_xy", "end_xy"):
            if finite(name, getattr(self, name)).shape != (pieces, 2):
                raise InvalidInput(f"{name} must have one place (x, y) per piece of pipe.")
        for name in ("inner_diameter_mm", "u_w_per_mk"):
            values = getattr(self, name)
            if values.shape != (pieces,) or np.any(values <= 0.0):
                raise InvalidInput(f"{name} must be above zero, or NaN where not known.")
        if pieces:
            non_negative("Length of a piece of pipe", self.length_m)


@dataclass(frozen=True)
class PipeGraph:
    """Pieces joined to nodes.

    Attributes
    ----------
    pieces : PipePieces
    node_xy : array, shape (nodes, 2)
    start, end : array of int, shape (pieces,)
        Nodes of each piece; equal for a piece that is shorter than the snapping distance, or a
        ring: nothing flows through it.
    component : array of int, shape (nodes,)
        Number of the connected part that a node belongs to.
    components : int
    """

    pieces: PipePieces
    node_xy: FloatArray
    start: IntArray
    end: IntArray
    component: IntArray
    components: int

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_xy)

    @property
    def links(self) -> NDArray[np.bool_]:
        """Pieces that lead from one node to another."""
        return np.asarray(self.start != self.end)

    def degree(self) -> IntArray:
        """Return how many ends of pieces meet at each node, shape (nodes,)."""
        ends = np.concatenate([self.start[self.links], self.end[self.links]])
        return np.bincount(ends, minlength=self.nodes).astype(np.int64)

    def loops(self) -> IntArray:
        """Return the number of independent loops of each component: ``pieces - nodes + 1``."""
        pieces = np.bincount(self.component[self.start[self.links]], minlength=self.components)
        nodes = np.bincount(self.component, minlength=self.components)
        return (pieces - nodes + 1).astype(np.int64)


@dataclass(frozen=True)
class GraphReport:
    """What a planner should know about the pipes she brought.

    Attributes
    ----------
    components : int
        Connected parts.
    without_plant : int
        Parts that no plant feeds: nothing is known of their flow.
    length_without_plant_m : float
    loops : int
        Independent loops.
    dead_ends : int
        Ends of pipes with neither a customer nor a plant.
    standing : int
        Pieces that lead back to where they start, as short as the snapping distance or a ring.
    """

    components: int
    without_plant: int
    length_without_plant_m: float
    loops: int
    dead_ends: int
    standing: int


def join(pieces: PipePieces, snap_m: float) -> PipeGraph:
    """Join pieces whose ends lie within `snap_m` of each other, directly or through others."""
    if not snap_m >= 0.0:
        raise InvalidInput(f"The snapping distance must be zero or more, not {snap_m:g} m.")
    count = len(pieces.length_m)
    ends = np.concatenate([pieces.start_xy, pieces.end_xy])
    if not count:
        nothing = np.zeros(0, dtype=np.int64)
        return PipeGraph(pieces, np.zeros((0, 2)), nothing, nothing, nothing, 0)
    near = cKDTree(ends).query_pairs(snap_m, output_type="ndarray")
    touching = coo_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(ends),) * 2)
    nodes, node_of_end = connected_components(touching, directed=False)
    size = np.bincount(node_of_end, minlength=nodes)
    node_xy = np.column_stack(
        [np.bincount(node_of_end, ends[:, axis], minlength=nodes) / size for axis in (0, 1)]
    )
    start = node_of_end[:count].astype(np.int64)
    end = node_of_end[count:].astype(np.int64)
    links = coo_array((np.ones(count), (start, end)), shape=(nodes, nodes))
    components, component = connected_components(links, directed=False)
    return PipeGraph(pieces, node_xy, start, end, component.astype(np.int64), int(components))


def report(graph: PipeGraph, plant_nodes: IntArray, customer_nodes: IntArray) -> GraphReport:
    """Return what there is to say about the shape of a network."""
    fed = np.zeros(graph.components, dtype=bool)
    fed[graph.component[plant_nodes]] = True
    served = np.zeros(graph.nodes, dtype=bool)
    served[plant_nodes] = served[customer_nodes] = True
    of_piece = graph.component[graph.start] if graph.nodes else np.zeros(0, dtype=np.int64)
    return GraphReport(
        components=graph.components,
        without_plant=int(np.count_nonzero(~fed)),
        length_without_plant_m=float(graph.pieces.length_m[~fed[of_piece]].sum()),
        loops=int(graph.loops().sum()),
        dead_ends=int(np.count_nonzero((graph.degree() == 1) & ~served)),
        standing=int(np.count_nonzero(~graph.links)),
    )
