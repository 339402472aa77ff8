"""Whose water is where: how the water of one feeder spreads in the supply of a network."""

import numpy as np
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import spsolve

from engines.arrays import FloatArray, IntArray


def share_of_water(
    node_count: int,
    pipe_from: IntArray,
    pipe_to: IntArray,
    flow_kg_per_s: FloatArray,
    inflow_kg_per_s: FloatArray,
    fed_kg_per_s: FloatArray,
) -> FloatArray:
    """Return the part of one feeder's water at every node, mixed along the flows.

    At each node ``f_i sum(m_in) = sum(m_in f_upstream) + m_fed``: a linear system that also holds
    in loops.

    Parameters
    ----------
    pipe_from, pipe_to : array of int, shape (pipes,)
    flow_kg_per_s : array, shape (pipes,)
        Positive from `pipe_from` to `pipe_to`.
    inflow_kg_per_s : array, shape (nodes,)
        Water that plants and feeders, this one included, bring to a node.
    fed_kg_per_s : array, shape (nodes,)
        What this feeder brings.
    """
    source = np.where(flow_kg_per_s >= 0, pipe_from, pipe_to)
    target = np.where(flow_kg_per_s >= 0, pipe_to, pipe_from)
    moved = np.abs(flow_kg_per_s)
    into = inflow_kg_per_s + np.bincount(target, moved, node_count)
    # a node without water keeps zero: its row reads f = 0
    safe = np.where(into > 0, into, 1.0)
    carried = coo_array((moved, (target, source)), (node_count, node_count))
    solved = spsolve((diags_array(safe) - carried).tocsc(), fed_kg_per_s)
    return np.asarray(np.clip(solved, 0.0, 1.0), dtype=np.float64)
