"""Draws the figures of docs/methods about hubs, heat networks and grids from the engines.

PYTHONPATH=.:tests .venv/bin/python bin/lib/heat_figures.py docs/images
"""

import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import matplotlib
import numpy as np
import pandapower as pp
import pandapower.networks as pn
import pandas as pd
from demandlib.bdew import HeatBuilding
from heat_networks import DESTEST_NODES, destest, schutterwald, tree_by_hand
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engines.assumptions import build_assumptions
from engines.economics.annuity import annuity_factor
from engines.thermal.connection import RunningCosts
from engines.thermal.cycling import cycles_to_failure
from engines.thermal.degree_days import degree_day_profile
from engines.thermal.demand import heat_profile, profile
from engines.thermal.envelope import technologies
from engines.thermal.exchanger_chain import exchanger_chain, return_hand_over, supply_hand_over
from engines.thermal.heat_pump import field_cop, heat_pump, jensen_cop, lorenz_pinch_cop
from engines.thermal.inertia import hold_hours
from engines.thermal.injection_supply import supply_lift
from engines.thermal.mode_year import hub_heat, injection_points
from engines.thermal.route_worth import HubOnRoute, InjectionPlaces
from engines.thermal.routes import routes_by_straight_line
from engines.thermal.street_graph import Goals
from heatmap.ingest.reader.grid_tables import grid_tables
from sites.verify.hydraulics import second_opinion
from sites.verify.power_flow import build, hosting_capacity

A = build_assumptions()
LOOK = {"svg.hashsalt": "heathub", "svg.fonttype": "none", "font.size": 9, "axes.grid": True}


def two(share_y: bool = False) -> tuple[Figure, Axes, Axes]:
    figure = Figure(figsize=(8, 3.2))
    left, right = figure.subplots(1, 2, sharey=share_y)
    return figure, left, right


def technologies_figure() -> Figure:
    """Share of a hub's heat that a return takes, and that reaches a supply."""
    figure, left, right = two(share_y=True)
    back = np.linspace(15, 72, 200)
    for key, each in technologies().items():
        if each.coolant == "direct" or not each.allowed:
            continue
        chain = exchanger_chain(each, A)
        left.plot(back, return_hand_over(chain, back).share, label=key)
        supply = np.linspace(42, 72, 200)
        right.plot(supply, supply_hand_over(chain, 35.0, supply).share, label=key)
    left.set(xlabel="return [°C]", ylabel="share of the heat", title="into the return")
    right.set(xlabel="wanted supply [°C], return 35 °C", title="into the supply, no heat pump")
    left.legend(fontsize=7)
    return figure


def heat_pump_figure() -> Figure:
    """Coefficient of performance over the supply, and electricity per heat over the return."""
    figure, left, right = two()
    supply = np.linspace(60, 95, 100)
    for refrigerant in ("ammonia", "isobutane"):
        pump = heat_pump(refrigerant, A)
        left.plot(supply, jensen_cop(supply, 45, 50, 42, pump), label=f"{refrigerant}, calculated")
    left.plot(supply, field_cop(supply, 45, 50, 42, heat_pump("ammonia", A)), "k--",
              label="ammonia, to plan with")  # fmt: skip
    left.plot(supply, lorenz_pinch_cop(supply, 45, 50, 42, pinch_k=5.0), ":", label="0.55 Lorenz")
    left.plot([75], [6.490], "o", label="vector T3a")
    left.set(xlabel="supply [°C]; return 45, source 50 to 42 °C", ylabel="COP", ylim=(3, 12))
    left.legend(fontsize=7)
    back = np.linspace(30, 66, 100)
    hub = hub_heat(technologies()["hydro_high_temperature"], 1000.0, A)
    points = injection_points(
        supply_degc=np.full(100, 85.0), return_degc=back, flow_kg_per_s=20.0, absorbable_kw=5e3
    )
    for name, preheat in (("heat pump alone", False), ("exchanger, then heat pump", True)):
        year = supply_lift(points, hub, heat_pump("ammonia", A), preheat=preheat)
        right.plot(back, year.power_per_heat[0], label=name)
    right.set(xlabel="return [°C]; supply 85, hub 67.5 °C", ylabel="electricity per heat",
              ylim=(0, None))  # fmt: skip
    right.legend(fontsize=7)
    return figure


def connection_figure() -> Figure:
    """Yearly worth of a connection over its length, with the break-even lengths."""
    figure = Figure(figsize=(6, 3.4))
    axis = figure.subplots()
    costs = RunningCosts(float(annuity_factor(0.06, 40)), 8000.0, 45.0, 120.0)
    length = np.linspace(5, 9000, 300)
    for heat_kw in (48.0, 500.0, 1000.0, 2000.0):
        hub = HubOnRoute(heat_kw, heat_kw * 7.2, 65.0, costs)
        one = np.array([0.0])
        places = InjectionPlaces(
            Goals(np.array([-1]), one, np.array([1])), np.array([1e6]), np.array([np.nan]),
            np.array([45.0]), np.array([45.0]), np.array([False]), np.array([np.nan]),
        )  # fmt: skip
        straight = length / A["connection.detour_factor"]
        found = routes_by_straight_line(
            straight, np.zeros(300, int), np.ones(300, int), places, hub, A
        ).chosen
        share = found.worth_eur_per_a / found.worth_eur_per_a[0]
        (line,) = axis.plot(length, share, label=f"{heat_kw:.0f} kW, DN {found.dn_mm[0]:.0f}")
        axis.plot(found.break_even_m[0], 0.0, "o", color=line.get_color())
    axis.set(xlabel="trench, outer city [m]", ylabel="worth over that next door", ylim=(-0.3, 1.05))
    axis.legend(fontsize=7)
    return figure


def inertia_figure() -> Figure:
    """Hours that buildings hold, and cycles that machines stand."""
    figure, left, right = two()
    outdoor = np.linspace(-15, 10, 100)
    for lost in (1.0, 0.5, 0.2):
        held = hold_hours(time_constant_h=100.0, outdoor_degc=outdoor, share_lost=lost,
                          indoor_degc=21.0, least_degc=20.0)  # fmt: skip
        left.plot(outdoor, held, label=f"{lost * 100:.0f} % of the heat missing")
    left.plot([-10, 0], [3.28, 4.88], "ko", label="vector T6")
    left.set(xlabel="outdoors [°C]", ylabel="hours from 21 to 20 °C", yscale="log")
    left.legend(fontsize=7)
    swing = np.linspace(10, 60, 100)
    right.plot(swing, cycles_to_failure(swing, A))
    right.plot([20, 30, 40, 50], [71166, 24301, 11338, 6277], "ko", label="vector T7")
    right.set(xlabel="swing [K]", ylabel="cycles to failure", yscale="log")
    right.legend(fontsize=7)
    return figure


def second_opinion_figure() -> Figure:
    """Differences on Schutterwald's streets, and the published network beside ours."""
    figure, left, right = two()
    town = schutterwald()
    ours, theirs = tree_by_hand(town), second_opinion(town, None, A).flow
    for name in ("supply_degc", "return_degc"):
        left.plot(getattr(ours, name), getattr(theirs, name) - getattr(ours, name), ".",
                  label=name.partition("_")[0])  # fmt: skip
    left.set(xlabel="equations [°C]", ylabel="pandapipes less equations [K]",
             title="241 pipes of Schutterwald")  # fmt: skip
    left.legend(fontsize=7)
    at = [DESTEST_NODES.index(each) for each in (*"ihgfe", 1)]
    places = ["i", "h", "g", "f", "e", "house 1"]
    right.plot(places, second_opinion(destest(), None, A).flow.supply_degc[at], "k-o", label="here")
    for tool, supply in {
        "Modelica Buildings": (70, 69.94, 69.87, 69.76, 69.58, 69.44),
        "TRNSYS": (69.999, 69.938, 69.867, 69.763, 69.595, 69.461),
        "SIM-VICUS": (70, 69.9165, 69.8446, 69.7371, 69.5671, 69.4305),
    }.items():
        right.plot(places, supply, "x", label=tool)
    right.set(ylabel="supply [°C]", title="sixteen houses (DESTEST)")
    right.legend(fontsize=7)
    return figure


def _factors(customer: str, building_class: int) -> tuple[np.ndarray, np.ndarray]:
    """Hour and weekday factors from the files of demandlib."""
    folder = Path(find_spec("demandlib").submodule_search_locations[0]) / "bdew" / "bdew_data"
    hours = pd.read_csv(folder / "shlp_hour_factors.csv", index_col=0)
    hours = hours[(hours.shlp_type == customer) & (hours.building_class == building_class)]
    table = hours.sort_values(["weekday", "hour_of_day"]).filter(like="temp_intervall")
    weekdays = pd.read_csv(folder / "shlp_weekday_factors.csv", index_col=0)
    of_weekday = weekdays[weekdays.shlp_type == customer].wochentagsfaktor.to_numpy()
    return np.broadcast_to(table.to_numpy().reshape(-1, 24, 10), (7, 24, 10)), of_weekday


def demand_figure() -> Figure:
    """A winter week of flats here and in demandlib, and the years of two methods in order."""
    figure, left, right = two()
    index = pd.date_range("2023-01-01", "2023-12-31 23:00", freq="h")
    hour = np.arange(len(index))
    outdoor = 9 - 9 * np.cos(2 * np.pi * (hour / 8760 - 0.05)) - 4 * np.cos(2 * np.pi * hour / 24)
    shares = heat_profile(
        outdoor, *_factors("MFH", 3), index.weekday.to_numpy()[::24], profile("mfh3")
    )
    judge = HeatBuilding(
        index, temperature=pd.Series(outdoor, index=index), shlp_type="MFH", building_class=3,
        wind_class=0, annual_heat_demand=1,
    ).get_normalized_bdew_profile()  # fmt: skip
    week = slice(24 * 14, 24 * 21)
    left.plot(hour[week] / 24, 8760 * shares[week], label="here")
    left.plot(hour[week][::6] / 24, 8760 * (judge / judge.sum()).to_numpy()[week][::6], "k.",
              label="demandlib")  # fmt: skip
    left.set(
        xlabel="day of January", ylabel="heat over the mean of the year", title="flats (MFH 3)"
    )
    left.legend(fontsize=7)
    by_degrees = degree_day_profile(
        outdoor,
        hot_water_share=A["demand.hot_water_share"],
        limit_degc=A["demand.heating_limit_degc"],
    )
    for name, year in (("BDEW profile", shares), ("degree days", by_degrees)):
        right.plot(np.sort(8760 * year)[::-1], label=name)
    right.set(
        xlabel="hours of the year, in order", ylabel="heat over the mean", title="two methods"
    )
    right.legend(fontsize=7)
    return figure


def hosting_figure() -> Figure:
    """Voltages of a published grid, and how large a hub its buses carry."""
    figure, left, right = two()
    original = pn.mv_oberrhein()
    tables = grid_tables(pp.to_json(original).encode()).tables
    ours = build(tables)
    for net in (original, ours):
        pp.runpp(net, calculate_voltage_angles=True, init="dc")
    left.plot(original.res_bus.vm_pu, ours.res_bus.vm_pu, ".")
    ends = (original.res_bus.vm_pu.min(), original.res_bus.vm_pu.max())
    left.plot(ends, ends, "k:", lw=0.8)
    left.set(xlabel="pandapower's own network [pu]", ylabel="built from our tables [pu]",
             title="voltages of mv_oberrhein")  # fmt: skip
    left.ticklabel_format(useOffset=False)
    inner = original.bus.index[original.bus.vn_kv == 20.0]
    drops = original.res_bus.vm_pu[inner].sort_values(ascending=False)
    buses = [int(drops.index[i]) for i in np.linspace(0, len(drops) - 1, 14).astype(int)]
    found = [hosting_capacity(tables, bus, A, largest_kw=20_000.0) for bus in buses]
    for limit, sign, mark in (("voltage", " pu ", "o"), ("transformer", "Transformer", "^")):
        hit = [i for i, each in enumerate(found) if sign in each.limit.text]
        at, power = [drops[buses[i]] for i in hit], [found[i].capacity_kw / 1000 for i in hit]
        right.plot(at, power, mark, label=f"stopped by {limit}")
    right.set(xlabel="voltage without a hub [pu]", ylabel="largest hub [MW]", ylim=(0, None),
              title="what buses carry, by power flow")  # fmt: skip
    right.legend(fontsize=7)
    return figure


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # old idioms of the judges
    matplotlib.rcParams.update(LOOK)
    folder = Path(sys.argv[1])
    for name, draw in (
        ("hub-technologies", technologies_figure),
        ("heat-pump", heat_pump_figure),
        ("connection", connection_figure),
        ("inertia", inertia_figure),
        ("second-opinion", second_opinion_figure),
        ("demand", demand_figure),
        ("grid-hosting", hosting_figure),
    ):
        drawn = draw()
        drawn.tight_layout()
        drawn.savefig(folder / f"{name}.svg", metadata={"Date": None})
