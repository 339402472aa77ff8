"""The same places with hubs of other sizes: value, heat used and cost of heat over size.

Everything is worked out for each size: the way to the network, feeding, pipe, grid connection,
dispatch of every year, money, and the gates. Sizes rise until the site itself says no.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, IntArray
from engines.assumptions import Assumptions
from engines.calendar import month_of_hour
from engines.evaluation.gates import growing_gates, operation_gates, site_gates
from engines.evaluation.hubs import Hubs, evaluate_hubs, way_of
from engines.evaluation.records import Candidates, GridInput, StudyChoices
from engines.evaluation.sharing import monthly_heat
from engines.evaluation.town import TownYear, with_power
from engines.scoring.states import RED, Gate
from engines.siting.size import BestSize, best_size

GROWS_OUT = ("connection",)
"""Gates that a larger hub may pass where a smaller one does not: its heat pays for a longer way."""
HEADROOM = ("headroom",)
STATED, NONE_FITS = "stated", "none_fits"
"""Beside what `best_size` chooses by: the study states the size; no size passes every gate."""


@dataclass(frozen=True)
class SizeCurve:
    """One place over sizes of hub, up to the limit of the site.

    A size that a gate refuses before it is operated has no numbers (NaN).

    Attributes
    ----------
    power_it_kw : array, shape (sizes,)
    npv_eur, heat_mwh, heat_used_share, heat_cost_eur_per_mwh, capex_eur : array, shape (sizes,)
        Present value; heat into the network in the first year, and its share of all heat caught;
        cost of heat net of computing, NaN where none is sold; all that is built.
    heat_today_mwh : array, shape (sizes,)
        Heat of all years, discounted as money is.
    needed_kw, firm_kw : array, shape (sizes,)
        Power drawn, and what the grid always gives there.
    station, piece : array of int, shape (sizes,)
        Substation that the hub is joined to, and piece of pipe that it feeds; -1 where none is.
    takes_mwh, room_mwh : array, shape (sizes, 12)
        By month: what the hub could take, and what the place lets in from any number of hubs.
    red : tuple of tuple of str
        Gates that refuse each size.
    limit : tuple of str
        Gates that end the curve; empty where the largest size of all still fits.
    limit_is_red : bool
        Whether they refuse the next size; not where only the firm headroom is known to end.
    best : BestSize or None
        Among the sizes that no gate refuses; None where there is none.
    """

    power_it_kw: FloatArray
    npv_eur: FloatArray
    heat_mwh: FloatArray
    heat_today_mwh: FloatArray
    heat_used_share: FloatArray
    heat_cost_eur_per_mwh: FloatArray
    capex_eur: FloatArray
    needed_kw: FloatArray
    firm_kw: FloatArray
    station: IntArray
    piece: IntArray
    takes_mwh: FloatArray
    room_mwh: FloatArray
    red: tuple[tuple[str, ...], ...]
    limit: tuple[str, ...]
    limit_is_red: bool
    best: BestSize | None

    @property
    def fits(self) -> IntArray:
        """Rows of the sizes that no gate refuses."""
        return np.array([k for k, gates in enumerate(self.red) if not gates], dtype=np.int64)


@dataclass(frozen=True)
class SizeChoice:
    """The size at which a place is scored.

    Attributes
    ----------
    power_it_kw : float
    by : str
        What it was chosen by: of `best_size`, or `STATED`, or `NONE_FITS`.
    is_refused : bool
        Whether a gate refuses it.
    """

    power_it_kw: float
    by: str
    is_refused: bool


def choose_size(
    curve: SizeCurve, sizes_kw: Sequence[float], stated_kw: float | None = None
) -> SizeChoice:
    """Return the size at which a place is scored: the stated one, else the best.

    Where no size passes, it is the one that the fewest gates refuse, of those that were tried; of
    equals, and where the place itself is refused, the smallest.
    """
    if stated_kw is None and curve.best is not None:
        return SizeChoice(float(curve.power_it_kw[curve.best.best]), curve.best.by, False)
    if stated_kw is None:
        fewest = min(range(len(curve.red)), key=lambda k: len(curve.red[k]), default=None)
        power = min(sizes_kw) if fewest is None else float(curve.power_it_kw[fewest])
        return SizeChoice(power, NONE_FITS, _is_refused(curve, power))
    return SizeChoice(stated_kw, STATED, _is_refused(curve, stated_kw))


def _is_refused(curve: SizeCurve, power_it_kw: float) -> bool:
    row = np.flatnonzero(curve.power_it_kw == power_it_kw)
    return bool(curve.red[int(row[0])]) if len(row) else curve.limit_is_red


def size_curves(
    years: Mapping[float, TownYear],
    candidates: Candidates,
    grid: GridInput,
    choices: StudyChoices,
    a: Assumptions,
) -> list[SizeCurve]:
    """Work out every candidate with every size that its site allows.

    Parameters
    ----------
    years : mapping of float to TownYear
        By size of hub [kW], as `town_years` returns them.
    candidates, grid, choices, a
        As for `evaluate_hubs`.

    Notes
    -----
    The limit of a site is the first size that a gate refuses which a larger hub cannot pass
    either: room, noise, heat that can be taken, headroom. Where nobody knows what a flexible
    connection would get, the firm headroom is the limit.
    """
    table = _Table.empty(len(candidates.refs), sorted(years))
    rising = np.arange(len(candidates.refs))
    for k, size in enumerate(table.sizes_kw):
        sized, year = with_power(a, size), years[size]
        rising, worked = _before_operation(table, k, rising, candidates, year, choices, sized)
        if len(worked):
            hubs = evaluate_hubs(year, candidates.at(worked.tolist()), grid, choices, sized)
            table.fill(k, worked, hubs, sized)
            rising = rising[
                ~np.isin(rising, _after_operation(table, k, worked, hubs, choices, sized))
            ]
    return [table.curve(i) for i in range(len(candidates.refs))]


def _red(gates: Sequence[Gate]) -> tuple[str, ...]:
    return tuple(gate.key for gate in gates if gate.state == RED)


def _before_operation(
    table: "_Table",
    k: int,
    rows: IntArray,
    candidates: Candidates,
    year: TownYear,
    choices: StudyChoices,
    a: Assumptions,
) -> tuple[IntArray, IntArray]:
    """Judge one size before it is operated; return the rows that go on, and those to work out."""
    if not len(rows):
        return rows, rows
    few = candidates.at(rows.tolist())
    way, heat_kw = way_of(year, few), year.conditions.hub.heat_kw
    # what no size changes was judged with the smallest one
    gates = site_gates if k == 0 else growing_gates
    reds = [_red(gates(j, few, way, heat_kw, choices, a)) for j in range(len(rows))]
    over = np.array([bool(set(red) - set(GROWS_OUT)) for red in reds])
    for i, red, is_over in zip(rows, reds, over, strict=True):
        if is_over:
            table.end(int(i), k, red, is_red=True)
        else:
            table.red[i][k] = red
    return rows[~over], rows[np.array([not red for red in reds])]


def _after_operation(
    table: "_Table", k: int, rows: IntArray, hubs: Hubs, choices: StudyChoices, a: Assumptions
) -> IntArray:
    """Judge one size that was operated; return the rows whose site it is too large for."""
    reds = [_red(operation_gates(j, hubs, choices, a)) for j in range(len(rows))]
    firm_kw = np.where(np.isnan(hubs.grid.covered_share), hubs.grid.firm_kw, np.inf)
    beyond = hubs.needed_kw > firm_kw
    for i, red, far in zip(rows, reds, beyond, strict=True):
        if red or far:
            table.end(int(i), k, red or HEADROOM, is_red=bool(red))
    over = np.array([bool(red) for red in reds]) | beyond
    return np.asarray(rows[over], dtype=np.int64)


@dataclass(frozen=True)
class _Table:
    """What is known of all places and sizes so far; arrays of shape (places, sizes, ...)."""

    sizes_kw: tuple[float, ...]
    count: IntArray
    red: list[list[tuple[str, ...]]]
    limit: list[tuple[tuple[str, ...], bool]]
    numbers: dict[str, FloatArray]

    @classmethod
    def empty(cls, places: int, sizes_kw: Sequence[float]) -> "_Table":
        shape = (places, len(sizes_kw))
        numbers = {name: np.full(shape, np.nan) for name in _NUMBERS}
        numbers |= {name: np.full((*shape, 12), np.nan) for name in _MONTHLY}
        return cls(
            tuple(sizes_kw),
            np.full(places, len(sizes_kw)),
            [[() for _ in sizes_kw] for _ in range(places)],
            [((), False)] * places,
            numbers,
        )

    def end(self, i: int, k: int, gates: tuple[str, ...], *, is_red: bool) -> None:
        """End the curve of a place before a size."""
        self.count[i] = k
        self.limit[i] = (gates, is_red)

    def fill(self, k: int, rows: IntArray, hubs: Hubs, a: Assumptions) -> None:
        """Write down what one size gives at these places."""
        heat = hubs.dispatch.heat_delivered_mwh
        caught = hubs.inputs.capture_share * hubs.dispatch.it_energy_mwh[:, 0]
        own = heat[:, 0] - hubs.dispatch.heat_pump_mwh[:, 0]
        discount = (1.0 + a["economics.rate_share"]) ** -np.arange(1.0, hubs.years + 1.0)
        # months by the clock on the wall
        month = np.roll(month_of_hour(len(hubs.town.supply_degc)), -hubs.town.utc_offset_h)
        monthly = monthly_heat(hubs, month, a)
        found = {
            "npv_eur": hubs.money.npv_eur,
            "heat_mwh": heat[:, 0],
            "heat_today_mwh": heat[:, : hubs.years] @ discount,
            "heat_used_share": np.divide(own, caught, out=np.zeros_like(own), where=caught > 0.0),
            "heat_cost_eur_per_mwh": hubs.money.lcoh_net_eur_per_mwh,
            "capex_eur": hubs.cost.total_eur,
            "needed_kw": hubs.needed_kw,
            "firm_kw": hubs.grid.firm_kw,
            "station": hubs.grid.station_of,
            "piece": np.where(hubs.joined, hubs.way.piece, -1),
            "takes_mwh": monthly.takes,
            "room_mwh": monthly.room,
        }
        for name, values in found.items():
            self.numbers[name][rows, k] = values

    def curve(self, i: int) -> SizeCurve:
        """Return the curve of one place."""
        count = int(self.count[i])
        numbers = {name: values[i, :count].copy() for name, values in self.numbers.items()}
        power, red = np.array(self.sizes_kw[:count]), tuple(self.red[i][:count])
        station, piece = (_row_or_none(numbers.pop(name)) for name in ("station", "piece"))
        fits = [k for k, gates in enumerate(red) if not gates]
        best = None
        if fits:
            names = ("npv_eur", "heat_today_mwh", "heat_mwh")
            found = best_size(power[fits], *(numbers[name][fits] for name in names))
            knee = None if found.knee is None else fits[found.knee]
            best = BestSize(fits[found.best], found.by, knee)
        return SizeCurve(
            power_it_kw=power,
            red=red,
            limit=self.limit[i][0],
            limit_is_red=self.limit[i][1],
            best=best,
            station=station,
            piece=piece,
            **numbers,
        )


_NUMBERS = (
    "npv_eur",
    "heat_mwh",
    "heat_today_mwh",
    "heat_used_share",
    "heat_cost_eur_per_mwh",
    "capex_eur",
    "needed_kw",
    "firm_kw",
    "station",
    "piece",
)
_MONTHLY = ("takes_mwh", "room_mwh")


def _row_or_none(values: FloatArray) -> IntArray:
    return np.nan_to_num(values, nan=-1.0).astype(np.int64)
