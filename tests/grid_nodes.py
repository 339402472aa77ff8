"""Grid nodes for tests; what is not given is not known."""

from dataclasses import replace

import numpy as np

from engines.grid.nodes import GridNodes


def make_nodes(rating_kva, peak_load_kw=None, **given) -> GridNodes:
    """Substations with these ratings [kVA] and peak loads [kW]; `load_kw` one row a node."""
    count = len(rating_kva)
    gaps = np.full(count, np.nan)
    load = np.array(given.pop("load_kw", np.zeros((0, 0))), dtype=float)
    nodes = GridNodes(
        rating_kva=np.array(rating_kva, dtype=float),
        firm_capacity_kva=gaps,
        peak_load_kw=gaps if peak_load_kw is None else np.array(peak_load_kw, dtype=float),
        voltage_kv=gaps,
        stated_firm_kw=gaps,
        stated_flexible_kw=gaps,
        committed_kw=np.zeros(count),
        load_kw=load,
        load_of=np.arange(count) if len(load) else np.full(count, -1),
        are_feeders=given.pop("are_feeders", False),
    )
    return replace(nodes, **{name: np.array(values, float) for name, values in given.items()})
