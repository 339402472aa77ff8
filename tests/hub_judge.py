"""The hub's year as a plain linear program for HiGHS: the judge of `engines.dispatch`.

Written from the statement of the problem alone, in its own units and with one variable for
everything that is named: nothing is folded, cut or scaled but prices and powers by one number each,
since HiGHS has absolute tolerances.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import coo_array

from engines.dispatch.hub_year import AT_LEAST_START, HubYear, hub_year
from engines.dispatch.optimum import OptimalYear

COMPUTE, SOLD, REJECTED, FLOW, LEVEL, ON, OFF = range(7)
NODE, TANK, SWITCH = range(3)


@dataclass(frozen=True)
class Judged:
    """What HiGHS earns, in EUR, and the scale on which two accounts can agree at all."""

    eur: float
    turnover_eur: float

    def close(self, eur: float, share: float) -> bool:
        return abs(eur - self.eur) <= share * abs(self.eur) + 1e-9 * self.turnover_eur


def judge(hub: HubYear) -> Judged:
    """Solve the year with the simplex method of HiGHS."""
    hours = hub.hours
    t = np.arange(hours)
    rows: list[np.ndarray] = []
    columns: list[np.ndarray] = []
    values: list[np.ndarray] = []

    def put(row: int, column: int, value: object, later: int = 0) -> None:
        """Coefficient of a column in the row of the same hour, or `later` hours on."""
        rows.append(row * hours + t[later:])
        columns.append(column * hours + t[: hours - later])
        values.append(np.broadcast_to(np.asarray(value, dtype=float), (hours,))[: hours - later])

    # heat of the machines = heat to the network (before the heat pump) + rejected + into the tank
    put(NODE, COMPUTE, hub.capture_share)
    put(NODE, SOLD, -1.0 / hub.lift)
    put(NODE, REJECTED, -1.0)
    put(NODE, FLOW, -1.0)
    # level after the hour = what is left of the level before it + flow
    put(TANK, LEVEL, 1.0)
    put(TANK, FLOW, -1.0)
    put(TANK, LEVEL, -(1.0 - hub.tank_loss_share_per_h), later=1)
    # power = power before + switched on - switched off; the first hour is free
    put(SWITCH, COMPUTE, 1.0)
    put(SWITCH, COMPUTE, -1.0, later=1)
    put(SWITCH, ON, -1.0)
    put(SWITCH, OFF, 1.0)
    matrix = coo_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(3 * hours, 7 * hours),
    ).tocsc()

    power = max(hub.compute_limit_kw.max(), 1e-3 * hub.tank_kwh) or 1.0
    right = np.zeros(3 * hours)
    right[TANK * hours] = (1.0 - hub.tank_loss_share_per_h) * hub.tank_start_kwh
    low, high = right.copy(), right.copy()
    low[SWITCH * hours], high[SWITCH * hours] = -np.inf, np.inf
    least = np.zeros((7, hours))
    most = np.full((7, hours), np.inf)
    most[COMPUTE], most[SOLD] = hub.compute_limit_kw, hub.heat_uptake_kw
    most[REJECTED], most[LEVEL] = hub.rejection_limit_kw, hub.tank_kwh
    least[FLOW], most[FLOW] = -hub.tank_discharge_kw, hub.tank_charge_kw
    if hub.tank_end == AT_LEAST_START:
        least[LEVEL, -1] = hub.tank_start_kwh
    gain = np.zeros((7, hours))
    paid = (1.0 + hub.parasitic_share) * hub.electricity_price_eur_per_kwh
    pump = 0.0 if hub.heat_pump_cop is None else 1.0 / hub.heat_pump_cop
    gain[COMPUTE] = hub.compute_revenue_eur_per_kwh - paid
    gain[SOLD] = hub.heat_value_eur_per_kwh - pump * hub.electricity_price_eur_per_kwh
    gain[REJECTED] = -hub.rejection_cost_eur_per_kwh
    gain[LEVEL, -1] = hub.tank_end_value_eur_per_kwh
    gain[ON] = gain[OFF] = -hub.switching_cost_eur_per_kw
    money = np.abs(gain).max() or 1.0

    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = 7 * hours, 3 * hours
    program.col_cost_ = -gain.ravel() / money
    program.col_lower_, program.col_upper_ = least.ravel() / power, most.ravel() / power
    program.row_lower_, program.row_upper_ = low / power, high / power
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_ = matrix.indices
    program.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("solver", "simplex"),
        ("primal_feasibility_tolerance", 1e-9),
        ("dual_feasibility_tolerance", 1e-9),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(program)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    sale_kw = np.minimum(
        hub.heat_uptake_kw, (hub.capture_share * hub.compute_limit_kw + hub.tank_kwh) * hub.lift
    )
    turnover = np.abs(gain[COMPUTE]) @ hub.compute_limit_kw + np.abs(gain[SOLD]) @ sale_kw
    return Judged(
        -solver.getInfo().objective_function_value * money * power,
        float(turnover + abs(hub.tank_end_value_eur_per_kwh) * hub.tank_kwh),
    )


def account_eur(hub: HubYear, year: OptimalYear) -> float:
    """Book a plan hour by hour from the stated inputs."""
    switched = np.abs(np.diff(year.compute_kw)).sum()
    pump_kw = 0.0 if hub.heat_pump_cop is None else year.heat_sold_kw / hub.heat_pump_cop
    drawn_kw = (1.0 + hub.parasitic_share) * year.compute_kw + pump_kw
    return float(
        hub.compute_revenue_eur_per_kwh @ year.compute_kw
        + hub.heat_value_eur_per_kwh @ year.heat_sold_kw
        - hub.electricity_price_eur_per_kwh @ drawn_kw
        - hub.rejection_cost_eur_per_kwh @ year.rejected_kw
        - hub.switching_cost_eur_per_kw * switched
        + hub.tank_end_value_eur_per_kwh * year.tank_kwh[-1]
    )


def violation_kw(hub: HubYear, year: OptimalYear) -> float:
    """Return by how much a plan breaks the limit or the balance that it breaks most."""
    made_kw = hub.capture_share * year.compute_kw
    flow_kw = made_kw - year.heat_sold_kw / hub.lift - year.rejected_kw
    kept_kwh = (1.0 - hub.tank_loss_share_per_h) * year.tank_kwh[:-1]
    ends = hub.tank_end == AT_LEAST_START
    return max(
        float(np.max(broken))
        for broken in (
            year.compute_kw - hub.compute_limit_kw,
            -year.compute_kw,
            year.heat_sold_kw - hub.heat_uptake_kw,
            -year.heat_sold_kw,
            year.rejected_kw - hub.rejection_limit_kw,
            -year.rejected_kw,
            flow_kw - hub.tank_charge_kw,
            -hub.tank_discharge_kw - flow_kw,
            year.tank_kwh - hub.tank_kwh,
            -year.tank_kwh,
            np.abs(year.tank_kwh[1:] - kept_kwh - flow_kw),
            np.abs(year.tank_kwh[0] - hub.tank_start_kwh),
            hub.tank_start_kwh - year.tank_kwh[-1] if ends else 0.0,
        )
    )


def northern_year(seed: int, hours: int, tank_h: float, switching_cost: float) -> HubYear:
    """A made-up hub of 1 MW in a northern year: prices by season, day and weather, heat by cold."""
    rng = np.random.default_rng(seed)
    t = np.arange(hours)
    weather = np.zeros(hours)
    noise = rng.normal(0.0, 1.0, hours)
    for i in range(1, hours):
        weather[i] = 0.9 * weather[i - 1] + noise[i]
    season = np.cos(2 * np.pi * t / 8760)
    price = (
        0.05
        + 0.015 * season
        + 0.02 * np.sin(2 * np.pi * (t % 24 - 7) / 12)
        + 0.012 * weather
        + 0.1 * (rng.random(hours) < 0.01)
    )
    cold = 0.6 + 0.5 * season + 0.15 * np.cos(2 * np.pi * (t % 24 - 7) / 24)
    limit_kw = np.where(rng.random(hours) < 0.01, 0.0, 1000.0)
    return hub_year(
        compute_limit_kw=limit_kw,
        compute_revenue_eur_per_kwh=0.055,
        electricity_price_eur_per_kwh=price,
        heat_value_eur_per_kwh=0.035,
        heat_uptake_kw=1000.0 * np.clip(cold + 0.05 * rng.normal(size=hours), 0.02, None),
        capture_share=0.96,
        parasitic_share=0.03,
        rejection_cost_eur_per_kwh=0.02 * np.maximum(price, 0.0),
        tank_kwh=1000.0 * tank_h,
        tank_loss_share_per_h=0.003 if tank_h else 0.0,
        tank_charge_kw=1000.0,
        tank_discharge_kw=1000.0,
        tank_start_kwh=500.0 * tank_h,
        tank_end="at_least_start",
        switching_cost_eur_per_kw=switching_cost,
    )


def degenerate_fields(seed: int) -> dict[str, object]:
    """A short year in which much ties, vanishes or is of odd size; not always one that can end."""
    rng = np.random.default_rng(seed)
    hours = int(rng.choice([1, 2, 3, 5, 8, 24, 48, 72]))
    size = float(np.exp(rng.uniform(0.0, np.log(1e5)))) if rng.random() < 0.5 else 1000.0
    money = float(np.exp(rng.uniform(np.log(1e-6), np.log(1e3)))) if rng.random() < 0.3 else 0.05
    whole = rng.random() < 0.4

    def one_of(*choices: object) -> object:
        return choices[rng.integers(len(choices))]

    def series(low: float, high: float, unit: float, gaps: float = 0.0, constant: float = 0.2):
        if rng.random() < constant:
            drawn = float(rng.uniform(low, high))
            return (round(4 * drawn) / 4 if whole else drawn) * unit
        drawn = rng.uniform(low, high, hours)
        drawn = np.round(4 * drawn) / 4 if whole else drawn
        drawn[rng.random(hours) < gaps] = 0.0
        return (drawn * unit).tolist()

    fields: dict[str, object] = {
        "compute_limit_kw": series(0.5, 1, size, one_of(0, 0.1, 0.5, 1), 0.5),
        "compute_revenue_eur_per_kwh": series(0.5, 1.5, money, constant=0.7),
        "electricity_price_eur_per_kwh": series(
            *one_of((-0.5, 2.5), (0, 2), (1, 1.2), (-2, -0.1), (1, 4)), money
        ),
        "heat_value_eur_per_kwh": series(*one_of((0, 1), (-1, 1), (0, 0), (0, 3)), money),
        "heat_uptake_kw": series(0, one_of(0.5, 1.5, 3), size, one_of(0, 0.2, 1)),
        "capture_share": one_of(1.0, 0.96, 0.5, 0.01, 0.0),
        "parasitic_share": one_of(0.0, 0.03),
        "rejection_cost_eur_per_kwh": series(*one_of((0, 0.1), (0, 2), (-0.5, 0.5)), money),
        "switching_cost_eur_per_kw": money * one_of(0.0, 1.0, np.exp(rng.uniform(-5, 7))),
    }
    if rng.random() < 0.3:
        fields["rejection_limit_kw"] = one_of(0.0, series(0, 1, size, 0.3))
    if rng.random() < 0.3:
        fields["heat_pump_cop"] = series(2, 6, 1.0)
    if rng.random() < 0.75:
        fields["tank_kwh"] = tank = size * one_of(0.01, 4.0, 500.0)
        fields["tank_loss_share_per_h"] = one_of(0.0, 0.003, 0.1, 0.5, 1.0)
        fields["tank_start_kwh"] = tank * one_of(0.0, 0.5, 1.0)
        fields["tank_end"] = one_of("free", "at_least_start")
        fields["tank_end_value_eur_per_kwh"] = money * one_of(0.0, 0.3, -0.1)
        if rng.random() < 0.5:
            fields["tank_charge_kw"] = series(0, 1, size, 0.1)
            fields["tank_discharge_kw"] = series(0, 1, size, 0.1)
    return fields
