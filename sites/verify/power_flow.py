"""A second opinion on the grid: pandapower finds the largest hub that a bus can carry.

The only importer of pandapower, which takes seconds to load: it is imported when a worker first
asks, never with the module. The network is built from checked tables, column by column; the
package's own way of reading files is never used.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.assumptions import Assumptions
from engines.errors import InvalidInput, OutOfValidity
from engines.message import Message, message

KW_PER_MW = 1000.0
STEP_SHARE = 0.002
"""The answer lies between two powers that differ by this share of the power asked for."""
Tables = Mapping[str, Mapping[str, Any]]

NOTES = {
    "flow_voltage_low": "{value_pu:.3f} pu at bus {place}, {limit_pu:.2f} pu needed.",
    "flow_voltage_high": "{value_pu:.3f} pu at bus {place}, {limit_pu:.2f} pu allowed.",
    "flow_line": "Line {place} is loaded to {value_percent:.0f} %, {limit_percent:.0f} % allowed.",
    "flow_trafo": (
        "Transformer {place} is loaded to {value_percent:.0f} %, {limit_percent:.0f} % allowed."
    ),
    "flow_none": "No power flow is found: the voltage collapses.",
    "flow_largest": "Nothing is exceeded up to {limit_kw:.0f} kW, the most that was asked for.",
    "flow_without_hub": "Already without the hub a limit is exceeded: {what}",
    "flow_outage": "With {branch} out of service: {what}",
    "flow_islands": (
        "{branches:.0f} outages cut the hub off until it is switched over; they set no limit here."
    ),
    "flow_worse_before": (
        "{branches:.0f} outages exceed a limit without the hub as well; they set no limit here."
    ),
}


@dataclass(frozen=True)
class Hosting:
    """What a bus can carry.

    Attributes
    ----------
    capacity_kw : float
        Largest power of a hub with everything in service [kW].
    limit : Message
        What stops a larger one.
    outage_capacity_kw : float
        The same with any one line or transformer out of service.
    outage_limit : Message
    outages : int
        Outages that were worked out.
    voltage_pu : float
        At the bus, with a hub of `capacity_kw`.
    notes : tuple of Message
    """

    capacity_kw: float
    limit: Message
    outage_capacity_kw: float
    outage_limit: Message
    outages: int
    voltage_pu: float
    notes: tuple[Message, ...]


def hosting_capacity(
    tables: Tables,
    bus: int,
    a: Assumptions,
    *,
    largest_kw: float,
    beat: Callable[[float], None] = lambda share: None,
) -> Hosting:
    """Find the largest hub at a bus, with all branches in service and with any one of them out.

    Power factor as ``grid.power_factor``, drawn inductively. The power is halved down between one
    that passes and one that does not; each is a full AC power flow.

    Parameters
    ----------
    tables : mapping
        Checked tables of the network: ``index`` and ``columns`` by name.
    bus : int
    largest_kw : float
        Where the search begins.
    beat : callable
        Told how far the work is, 0 to 1.

    Raises
    ------
    InvalidInput
        If there is no such bus in service.
    OutOfValidity
        If no power flow is found for the network as it is.
    """
    net = build(tables)
    if bus not in net.bus.index or not net.bus.in_service.at[bus]:
        raise InvalidInput(f"The grid model has no bus {bus} in service.")
    hub = _Hub(net, bus, a)
    before = hub.stops(0.0)
    if before is not None and before.key == "flow_none":
        raise OutOfValidity("No power flow is found for the grid model as it is.")
    if before is not None:
        blocked = message(NOTES, "flow_without_hub", what=before.text)
        return Hosting(0.0, blocked, 0.0, blocked, 0, hub.voltage_pu(), ())
    beat(0.05)
    capacity, limit = _largest(hub.stops, largest_kw)
    voltage = hub.voltage_at(capacity)
    beat(0.2)
    outage_capacity, outage_limit, counts = _with_outages(hub, capacity, limit, beat)
    islands, worse, outages = counts
    notes = []
    if islands:
        notes.append(message(NOTES, "flow_islands", branches=islands))
    if worse:
        notes.append(message(NOTES, "flow_worse_before", branches=worse))
    return Hosting(capacity, limit, outage_capacity, outage_limit, outages, voltage, tuple(notes))


class _Hub:
    """A network with a load at one bus, whose power can be set."""

    def __init__(self, net: Any, bus: int, a: Assumptions) -> None:
        # heavy, and only here: see the module's text
        import pandapower as pp

        self.pp, self.net, self.bus, self.a = pp, net, bus, a
        self.load = pp.create_load(net, bus, p_mw=0.0)
        self.tangent = math.tan(math.acos(a["grid.power_factor"]))

    def solved(self, power_kw: float) -> bool:
        power_mw = power_kw / KW_PER_MW
        self.net.load.loc[self.load, ["p_mw", "q_mvar"]] = power_mw, power_mw * self.tangent
        try:
            self.pp.runpp(self.net, calculate_voltage_angles=True, init="dc")
        except self.pp.LoadflowNotConverged:
            return False
        return True

    def stops(self, power_kw: float, *, outage: bool = False) -> Message | None:
        """Return the limit that is exceeded most at this power; None if none is."""
        if not self.solved(power_kw):
            return message(NOTES, "flow_none")
        low = self.a["grid.voltage_min_outage_pu" if outage else "grid.voltage_min_pu"]
        high = self.a["grid.voltage_max_pu"]
        # the grid above sets the voltage of its own buses
        free = self.net.res_bus.vm_pu.drop(self.net.ext_grid.bus.unique()).dropna()
        if len(free) and free.min() < low:
            return message(
                NOTES, "flow_voltage_low",
                value_pu=float(free.min()), place=str(free.idxmin()), limit_pu=low,
            )  # fmt: skip
        if len(free) and free.max() > high:
            return message(
                NOTES, "flow_voltage_high",
                value_pu=float(free.max()), place=str(free.idxmax()), limit_pu=high,
            )  # fmt: skip
        limit = 100.0 * self.a["grid.branch_loading_max_share"]
        for table, key in (("line", "flow_line"), ("trafo", "flow_trafo")):
            loading = self.net[f"res_{table}"].loading_percent.dropna()
            if len(loading) and loading.max() > limit:
                return message(
                    NOTES, key,
                    value_percent=float(loading.max()), place=str(loading.idxmax()),
                    limit_percent=limit,
                )  # fmt: skip
        return None

    def voltage_pu(self) -> float:
        return float(self.net.res_bus.vm_pu.at[self.bus])

    def voltage_at(self, power_kw: float) -> float:
        self.solved(power_kw)
        return self.voltage_pu()

    def is_cut_off(self) -> bool:
        return bool(np.isnan(self.net.res_bus.vm_pu.at[self.bus]))


def _largest(stops: Callable[[float], Message | None], largest_kw: float) -> tuple[float, Message]:
    """Halve the way between a power that passes (0) and one that may not."""
    stopped = stops(largest_kw)
    if stopped is None:
        return largest_kw, message(NOTES, "flow_largest", limit_kw=largest_kw)
    low, high = 0.0, largest_kw
    while high - low > STEP_SHARE * largest_kw:
        middle = 0.5 * (low + high)
        found = stops(middle)
        if found is None:
            low = middle
        else:
            high, stopped = middle, found
    return low, stopped


def _with_outages(
    hub: _Hub, capacity_kw: float, limit: Message, beat: Callable[[float], None]
) -> tuple[float, Message, tuple[int, int, int]]:
    """Take each branch out of service; return power, limit, and islanding, worse, all outages."""
    net, found = hub.net, (capacity_kw, limit)
    branches = [
        (table, int(row))
        for table in ("line", "trafo")
        for row in net[table].index[net[table].in_service]
    ]
    islands = worse = 0
    for number, (table, row) in enumerate(branches):
        if number % 10 == 0:
            beat(0.2 + 0.8 * number / len(branches))
        net[table].loc[row, "in_service"] = False
        try:
            stopped = hub.stops(found[0], outage=True)
            if hub.is_cut_off():
                islands += 1
            elif stopped is not None and hub.stops(0.0, outage=True) is not None:
                worse += 1
            elif stopped is not None:
                power, why = _largest(lambda kw: hub.stops(kw, outage=True), found[0])
                branch = f"{'line' if table == 'line' else 'transformer'} {row}"
                found = (power, message(NOTES, "flow_outage", branch=branch, what=why.text))
        finally:
            net[table].loc[row, "in_service"] = True
    return (*found, (islands, worse, len(branches)))


LEFT_OUT = ("name", "geo")
"""Columns that say nothing to a power flow."""


def build(tables: Tables) -> Any:
    """Return the pandapower network of checked tables."""
    import pandapower as pp

    net = pp.create_empty_network()
    makers: dict[str, Callable[..., Any]] = {
        "bus": lambda **c: pp.create_buses(net, len(c["index"]), **c),
        "load": lambda **c: pp.create_loads(net, **_at(c, "buses")),
        "sgen": lambda **c: pp.create_sgens(net, **_at(c, "buses")),
        "gen": lambda **c: pp.create_gens(net, **_at(c, "buses")),
        "line": lambda **c: pp.create_lines_from_parameters(
            net, **_renamed(c, {"from_bus": "from_buses", "to_bus": "to_buses"})
        ),
        "trafo": lambda **c: pp.create_transformers_from_parameters(
            net, **_renamed(c, {"hv_bus": "hv_buses", "lv_bus": "lv_buses"})
        ),
        "trafo3w": lambda **c: pp.create_transformers3w_from_parameters(
            net,
            **_renamed(c, {"hv_bus": "hv_buses", "mv_bus": "mv_buses", "lv_bus": "lv_buses"}),
        ),
        "shunt": lambda **c: pp.create_shunts(net, **_at(c, "buses")),
        "switch": lambda **c: pp.create_switches(
            net, **_renamed(c, {"bus": "buses", "element": "elements"})
        ),
    }  # fmt: skip
    for name, make in makers.items():
        if name in tables:
            make(**_columns(name, tables[name]))
    _connect_above(pp, net, tables["ext_grid"])
    return net


def _columns(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns without gaps, and those whose gaps have a usual value."""
    columns: dict[str, Any] = {"index": table["index"]}
    for column, values in table["columns"].items():
        if column in LEFT_OUT or all(value is None for value in values):
            continue
        usual = DEFAULTS.get(column, math.nan)
        columns[column] = [usual if value is None else value for value in values]
    if name == "line":
        columns.setdefault("c_nf_per_km", 0.0)
    if name in ("trafo", "trafo3w"):
        columns.setdefault("pfe_kw", 0.0)
        columns.setdefault("i0_percent", 0.0)
    return columns


DEFAULTS = {
    "in_service": True, "closed": True, "parallel": 1, "df": 1.0, "scaling": 1.0, "q_mvar": 0.0,
    "vm_pu": 1.0, "va_degree": 0.0, "c_nf_per_km": 0.0, "g_us_per_km": 0.0, "pfe_kw": 0.0,
    "i0_percent": 0.0, "shift_degree": 0.0, "tap_side": None, "tap_changer_type": None,
    "type": None, "step": 1, "z_ohm": 0.0,
    **{f"const_{kind}_{of}_percent": 0.0 for kind in "zi" for of in "pq"},
}  # fmt: skip
"""What a gap in a column stands for, as pandapower has it."""


def _renamed(columns: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): values for name, values in columns.items()}


def _at(columns: dict[str, Any], name: str) -> dict[str, Any]:
    return _renamed(columns, {"bus": name})


def _connect_above(pp: Any, net: Any, table: Mapping[str, Any]) -> None:
    columns: Mapping[str, Sequence[Any]] = table["columns"]
    for row, bus in enumerate(columns["bus"]):
        given = {
            name: columns[name][row]
            for name in ("vm_pu", "va_degree", "in_service")
            if name in columns and columns[name][row] is not None
        }
        pp.create_ext_grid(net, bus, **given)
