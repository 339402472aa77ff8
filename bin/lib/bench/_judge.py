"""HiGHS and PyPSA on a hub's year, run by bin/bench in an environment of their own.

Reads lines of a tool and a file with the fields of a `HubYear`, writes lines of JSON. Needs none of
this project: the year is stated anew from the fields. No heat pump: the bench has none.
"""

import json
import logging
import os
import sys
import time

import highspy
import numpy as np
from scipy.sparse import coo_array

POWER_KW, MONEY_EUR_PER_KWH = 1000.0, 0.05
"""Units in which HiGHS is fastest: numbers near one."""


def fields(path: str) -> dict:
    with np.load(path) as stored:
        return {name: stored[name] if stored[name].ndim else stored[name].item() for name in stored}


def margin_eur_per_kwh(hub: dict) -> np.ndarray:
    paid = (1.0 + hub["parasitic_share"]) * hub["electricity_price_eur_per_kwh"]
    return hub["compute_revenue_eur_per_kwh"] - paid


def highs(hub: dict) -> dict[str, float]:
    """The leanest program for the simplex method: no columns for what the hub does not have."""
    hours = len(hub["compute_limit_kw"])
    t, one, zero = np.arange(hours), np.ones(hours), np.zeros(hours)
    tank, switching = hub["tank_kwh"] > 0.0, hub["switching_cost_eur_per_kw"] > 0.0
    power, sold, rejected = 0, 1, 2
    gains = [margin_eur_per_kwh(hub), hub["heat_value_eur_per_kwh"]]
    gains.append(-hub["rejection_cost_eur_per_kwh"])
    lows = [zero, zero, zero]
    highs_ = [hub["compute_limit_kw"], hub["heat_uptake_kw"], hub["rejection_limit_kw"]]
    entries = [(0, power, hub["capture_share"], 0), (0, sold, -1.0, 0), (0, rejected, -1.0, 0)]
    right = [zero]
    if tank:
        flow, level = 3, 4
        keep = 1.0 - hub["tank_loss_share_per_h"]
        entries += [(0, flow, -1.0, 0), (1, flow, -1.0, 0), (1, level, 1.0, 0)]
        entries += [(1, level, -keep, 1)]
        begin, end = zero.copy(), zero.copy()
        begin[0] = keep * hub["tank_start_kwh"]
        end[-1] = hub["tank_start_kwh"]
        right.append(begin)
        gains += [zero, zero]
        lows += [-hub["tank_discharge_kw"], end]
        highs_ += [hub["tank_charge_kw"], hub["tank_kwh"] * one]
    if switching:
        row, on, off = len(right), len(gains), len(gains) + 1
        entries += [(row, power, 1.0, 0), (row, power, -1.0, 1), (row, on, -1.0, 0)]
        entries += [(row, off, 1.0, 0)]
        cost = hub["switching_cost_eur_per_kw"] * one
        cost[0] = 0.0
        right.append(zero)
        gains += [-cost, -cost]
        lows += [zero, zero]
        highs_ += [np.inf * one, np.inf * one]
    matrix = coo_array(
        (
            np.concatenate([np.full(hours - later, value) for _, _, value, later in entries]),
            (
                np.concatenate([row * hours + t[later:] for row, _, _, later in entries]),
                np.concatenate([col * hours + t[: hours - later] for _, col, _, later in entries]),
            ),
        ),
        shape=(len(right) * hours, len(gains) * hours),
    ).tocsc()
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = -np.concatenate(gains) / MONEY_EUR_PER_KWH
    program.col_lower_ = np.concatenate(lows) / POWER_KW
    program.col_upper_ = np.concatenate(highs_) / POWER_KW
    program.row_lower_ = program.row_upper_ = np.concatenate(right) / POWER_KW
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
        solver.setOptionValue(option, value)
    solver.passModel(program)
    start = time.process_time()
    solver.run()
    seconds = time.process_time() - start
    earned = -solver.getInfo().objective_function_value * MONEY_EUR_PER_KWH * POWER_KW
    return {"eur": earned, "seconds": seconds}


def pypsa(hub: dict) -> dict[str, float]:
    """The hub as a network of PyPSA; switching is added to its program by hand."""
    import pypsa as tool

    start = time.process_time()
    limit_kw = hub["compute_limit_kw"]
    hours = len(limit_kw)
    share = hub["capture_share"]
    net = tool.Network()
    net.set_snapshots(range(hours))
    net.add("Bus", "heat")
    full_kw = share * limit_kw.max()
    net.add(
        "Generator",
        "machines",
        bus="heat",
        p_nom=full_kw,
        p_max_pu=share * limit_kw / full_kw,
        marginal_cost=-margin_eur_per_kwh(hub) / share,
    )
    most_kw = hub["heat_uptake_kw"].max()
    net.add(
        "Generator",
        "network",
        bus="heat",
        sign=-1.0,
        p_nom=most_kw,
        p_max_pu=hub["heat_uptake_kw"] / most_kw,
        marginal_cost=-hub["heat_value_eur_per_kwh"],
    )
    net.add(
        "Generator",
        "cooler",
        bus="heat",
        sign=-1.0,
        p_nom=2.0 * full_kw,
        marginal_cost=hub["rejection_cost_eur_per_kwh"],
    )
    flow_kw = hub["tank_charge_kw"].max()
    net.add(
        "StorageUnit",
        "tank",
        bus="heat",
        p_nom=flow_kw,
        max_hours=hub["tank_kwh"] / flow_kw,
        standing_loss=hub["tank_loss_share_per_h"],
        state_of_charge_initial=hub["tank_start_kwh"],
    )
    program = net.optimize.create_model()
    later = net.snapshots[1:]
    on = program.add_variables(lower=0, coords=[later], name="on")
    off = program.add_variables(lower=0, coords=[later], name="off")
    made = program.variables["Generator-p"].sel(name="machines")
    change = made.isel(snapshot=slice(1, None)) - made.shift(snapshot=1).isel(
        snapshot=slice(1, None)
    )
    program.add_constraints(change - on + off == 0, name="switching")
    end = program.variables["StorageUnit-state_of_charge"].sel(name="tank").isel(snapshot=-1)
    program.add_constraints(1.0 * end >= hub["tank_start_kwh"], name="end")
    cost = hub["switching_cost_eur_per_kw"] / share
    program.objective = program.objective.expression + cost * (on.sum() + off.sum())
    net.optimize.solve_model(solver_name="highs", solver_options={"output_flag": False})
    return {"eur": -program.objective.value, "seconds": time.process_time() - start}


def main() -> None:
    logging.disable(logging.WARNING)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what the tools print goes to the log
    for line in sys.stdin:
        name, path = line.split(maxsplit=1)
        answers.write(json.dumps({"highs": highs, "pypsa": pypsa}[name](fields(path.strip()))))
        answers.write("\n")


if __name__ == "__main__":
    main()
