"""Heat networks for tests: their making, a published one, a real town's, and trees by hand."""

import numpy as np
from pandapipes.networks import schutterwald_heat

from engines.tables import catalogue
from engines.thermal.network_state import NetworkFlow, NetworkState
from engines.thermal.pipe import temperature_after_degc

CP = 4.186

# DESTEST, common exercise network 0 (IBPSA Project 1, github.com/ibpsa/project1-destest,
# Networks/CE_1/input_data/Pipe_data.csv @3826e79e): far end, near end, length [m], inner diameter
# [mm], insulation [mm]; houses are numbers.
DESTEST_PIPES = [
    ("i", "h", 36, 50, 45), ("i", "d", 36, 50, 45),
    ("h", "g", 24, 50, 45), ("d", "c", 24, 50, 45),
    ("g", "f", 24, 40, 42.5), ("c", "b", 24, 40, 42.5),
    ("f", "e", 24, 32, 46.5), ("b", "a", 24, 32, 46.5),
    ("e", 1, 12, 25, 42.5), ("e", 4, 12, 25, 42.5), ("a", 2, 12, 25, 42.5), ("a", 3, 12, 25, 42.5),
    ("f", 7, 12, 20, 45), ("f", 8, 12, 20, 45), ("b", 5, 12, 20, 45), ("b", 6, 12, 20, 45),
    ("g", 9, 12, 20, 45), ("g", 12, 12, 20, 45), ("c", 10, 12, 20, 45), ("c", 11, 12, 20, 45),
    ("h", 13, 12, 20, 45), ("h", 14, 12, 20, 45), ("d", 15, 12, 20, 45), ("d", 16, 12, 20, 45),
]  # fmt: skip
DESTEST_NODES = [*"ihgfedcba", *range(1, 17)]


def state(pipes, consumers, *, nodes, plants=(0,), plant_kw=(np.nan,), **changes):
    """Pipes: from, to, length [m], inner diameter [mm], U; consumers: node, kW, return [degC]."""
    start, end, length, diameter, u_value = (np.array(each) for each in zip(*pipes, strict=True))
    at, heat, back = (np.array(each) for each in zip(*consumers, strict=True))
    given_here = {
        "node_count": nodes,
        "pipe_from": start,
        "pipe_to": end,
        "length_m": length.astype(float),
        "inner_diameter_mm": diameter.astype(float),
        "u_w_per_mk": u_value.astype(float),
        "roughness_mm": 0.1,
        "ground_degc": 10.0,
        "plant_node": np.array(plants),
        "plant_kw": np.array(plant_kw, dtype=float),
        "plant_supply_degc": 80.0,
        "consumer_node": at,
        "consumer_kw": heat.astype(float),
        "consumer_return_degc": back.astype(float),
        "consumer_spread_k": np.full(len(at), np.nan),
    }
    return NetworkState(**given_here | changes)


def tree_by_hand(given):
    """Solve a tree whose pipes point away from the plant, in the order of their distance.

    NaN where no water flows.
    """
    count, at = given.node_count, given.consumer_node
    supply = np.full(count, given.plant_supply_degc)

    def cooled(start, pipe):
        return temperature_after_degc(
            start, given.u_w_per_mk[pipe], given.length_m[pipe], flow[pipe], given.ground_degc
        )

    for _ in range(30):
        drawn = given.consumer_kw / (CP * (supply[at] - given.consumer_return_degc))
        need = np.bincount(at, drawn, count)
        flow = np.zeros(len(given.pipe_from))
        for pipe in reversed(range(len(flow))):
            flow[pipe] = need[given.pipe_to[pipe]]
            need[given.pipe_from[pipe]] += flow[pipe]
        wet = np.flatnonzero(flow)
        for pipe in wet:
            supply[given.pipe_to[pipe]] = cooled(supply[given.pipe_from[pipe]], pipe)
    heat = np.bincount(at, drawn * given.consumer_return_degc, count)
    water = np.bincount(at, drawn, count)
    for pipe in reversed(wet):
        node = given.pipe_to[pipe]
        heat[given.pipe_from[pipe]] += cooled(heat[node] / water[node], pipe) * flow[pipe]
        water[given.pipe_from[pipe]] += flow[pipe]
    reached = water > 0
    back = np.divide(heat, water, out=np.full(count, np.nan), where=reached)
    return NetworkFlow(np.where(flow > 0, flow, np.nan), np.where(reached, supply, np.nan), back)


def destest():
    start, end, length, inner, insulation = zip(*DESTEST_PIPES, strict=True)
    inner, insulation = np.array(inner, dtype=float), np.array(insulation, dtype=float)
    # insulation of 0.024 W/(m K) and ground of 10 degC give the published loss between i and h,
    # 316 W over 36 m at 60 K: 2 pi 0.024 / ln(140/50) = 0.1465 W/(m K)
    u_value = 2 * np.pi * 0.024 / np.log((inner + 2 * insulation) / inner)
    houses = np.array([DESTEST_NODES.index(house) for house in range(1, 17)])
    return NetworkState(
        node_count=len(DESTEST_NODES),
        pipe_from=np.array([DESTEST_NODES.index(each) for each in start]),
        pipe_to=np.array([DESTEST_NODES.index(each) for each in end]),
        length_m=np.array(length, dtype=float),
        inner_diameter_mm=inner,
        u_w_per_mk=u_value,
        roughness_mm=0.1,
        ground_degc=10.0,
        plant_node=np.array([0]),
        plant_kw=np.array([np.nan]),
        plant_supply_degc=70.0,
        consumer_node=houses,
        consumer_kw=np.full(16, 19.347),
        consumer_return_degc=np.full(16, np.nan),
        consumer_spread_k=np.full(16, 30.0),
    )


def schutterwald():
    """Return the supply side of pandapipes' derived heat network, sized for 100 kW each."""
    net = schutterwald_heat()
    plant, pipes, valves = int(net.circ_pump_pressure.flow_junction.iloc[0]), net.pipe, net.valve
    reached, ways = {plant}, []
    # the pump feeds two trees through valves, which become a metre of pipe
    edges = [
        *zip(pipes.from_junction, pipes.to_junction, pipes.length_km * 1000, strict=True),
        *zip(valves.junction, valves.element, [1.0] * len(valves), strict=True),
    ]
    while True:  # walk outwards, so that pipes come in the order of their distance
        ring = [
            (int(u), int(v), m) if u in reached else (int(v), int(u), m)
            for u, v, m in edges
            if (u in reached) != (v in reached)
        ]
        new = {}
        for start, end, metres in ring:
            new.setdefault(end, (start, end, metres))
        if not new:
            break
        ways += new.values()
        reached |= set(new)
    rows = {node: row for row, node in enumerate(sorted(reached))}
    at = np.array([rows[int(j)] for j in net.heat_consumer.from_junction if int(j) in rows])
    start = np.array([rows[u] for u, _v, _m in ways])
    end = np.array([rows[v] for _u, v, _m in ways])
    need = np.bincount(at, np.full(len(at), 100.0), len(rows))
    heat = np.zeros(len(ways))
    for pipe in reversed(range(len(ways))):
        heat[pipe] = need[end[pipe]]
        need[start[pipe]] += heat[pipe]
    table = list(catalogue("pipe_types").values())
    inner = np.array([float(row["inner_diameter_mm"]) for row in table])
    # 1 m/s at 30 K spread
    wanted = np.sqrt(4 * heat / (CP * 30) / (1.0 * 983 * np.pi)) * 1000
    size = np.minimum(np.searchsorted(inner, wanted), len(inner) - 1)
    return NetworkState(
        node_count=len(rows),
        pipe_from=start,
        pipe_to=end,
        length_m=np.array([m for _u, _v, m in ways]),
        inner_diameter_mm=inner[size],
        u_w_per_mk=np.array([float(row["u_1x_w_per_mk"]) for row in table])[size],
        roughness_mm=0.1,
        ground_degc=10.0,
        plant_node=np.array([rows[plant]]),
        plant_kw=np.array([np.nan]),
        plant_supply_degc=80.0,
        consumer_node=at,
        consumer_kw=np.full(len(at), 100.0),
        consumer_return_degc=np.full(len(at), 50.0),
        consumer_spread_k=np.full(len(at), np.nan),
    )
