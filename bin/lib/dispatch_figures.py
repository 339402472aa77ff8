"""Draws the worked day of docs/methods/dispatch.md from the engine itself.

PYTHONPATH=. .venv/bin/python bin/lib/dispatch_figures.py docs/images
"""

import sys
from pathlib import Path

import numpy as np

from engines.dispatch.hub_year import HubYear, hub_year
from engines.dispatch.optimum import OptimalYear, optimal_year
from engines.dispatch.scaled import empty_plan, scaled, scratch
from engines.dispatch.squeeze import squeeze

WIDTH, PANEL, GAP, LEFT, RIGHT, TOP = 720, 130, 46, 64, 150, 30
HOURS = 24
INK, BLUE, RED, GREEN, AMBER, GREY = (
    "#1f2937",
    "#1d4ed8",
    "#b91c1c",
    "#15803d",
    "#b45309",
    "#9ca3af",
)


def worked_day() -> HubYear:
    """A hub of 1 MW on a day with a dear evening; the network wants most heat in the morning."""
    t = np.arange(HOURS)
    price = 60 + 25 * np.sin((t - 13) * np.pi / 6) - 30 * np.exp(-((t - 13) ** 2) / 8)
    price += 95 * np.exp(-((t - 18.5) ** 2) / 2.5)
    uptake = 420 + 330 * np.exp(-((t - 7) ** 2) / 10) + 240 * np.exp(-((t - 20) ** 2) / 10)
    return hub_year(
        compute_limit_kw=np.where(t == 3, 0.0, 1000.0),
        compute_revenue_eur_per_kwh=0.055,
        electricity_price_eur_per_kwh=price / 1000,
        heat_value_eur_per_kwh=0.035,
        heat_uptake_kw=uptake,
        capture_share=0.96,
        parasitic_share=0.03,
        rejection_cost_eur_per_kwh=0.02 * np.maximum(price, 0) / 1000,
        tank_kwh=2000.0,
        tank_loss_share_per_h=0.004,
        tank_start_kwh=800.0,
        tank_end="at_least_start",
        switching_cost_eur_per_kw=0.03,
    )


def bracket_kw(hub: HubYear) -> tuple[np.ndarray, np.ndarray]:
    """Machines that run for certain, and machines that may run."""
    program, unit_kw, _ = scaled(hub)
    few, many = squeeze(program, scratch(HOURS, True), empty_plan(HOURS))
    return few.power * unit_kw, many.power * unit_kw


class Panel:
    """One diagram over the hours of the day."""

    def __init__(self, number: int, title: str, unit: str, low: float, high: float) -> None:
        self.top = TOP + number * (PANEL + GAP)
        self.low, self.high = low, high
        self.labels = 0
        self.parts = [
            f'<text x="{LEFT}" y="{self.top - 8}" class="title">{title}, {unit}</text>',
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self.y(max(low, 0)):.1f}" '
            f'y2="{self.y(max(low, 0)):.1f}" stroke="{GREY}"/>',
        ]
        for value in (low, (low + high) / 2, high):
            self.parts.append(
                f'<text x="{LEFT - 6}" y="{self.y(value) + 4:.1f}" class="end">{value:g}</text>'
            )
        for hour in range(0, HOURS + 1, 6):
            x, y = self.x(hour), self.top + PANEL + 14
            self.parts.append(f'<text x="{x:.1f}" y="{y}" class="mid">{hour}</text>')

    def x(self, hour: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * hour / HOURS

    def y(self, value: float) -> float:
        return self.top + PANEL * (self.high - value) / (self.high - self.low)

    def label(self, text: str, colour: str) -> None:
        y = self.top + 12 + 17 * self.labels
        self.labels += 1
        self.parts.append(
            f'<rect x="{WIDTH - RIGHT + 10}" y="{y - 8}" width="10" height="10" fill="{colour}"/>'
            f'<text x="{WIDTH - RIGHT + 25}" y="{y + 1}">{text}</text>'
        )

    def steps(self, values: np.ndarray, text: str, colour: str, dash: str = "") -> None:
        """Draw a value that holds for each hour."""
        points = [
            f"{self.x(hour + side):.1f},{self.y(value):.1f}"
            for hour, value in enumerate(values)
            for side in (0, 1)
        ]
        self.parts.append(
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" '
            f'stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        self.label(text, colour)

    def line(self, values: np.ndarray, text: str, colour: str) -> None:
        """Draw a value at the ends of the hours."""
        points = [f"{self.x(i):.1f},{self.y(value):.1f}" for i, value in enumerate(values)]
        self.parts.append(
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" '
            'stroke-width="2"/>'
        )
        self.label(text, colour)

    def between(self, low: np.ndarray, high: np.ndarray, text: str, colour: str) -> None:
        """Shade what lies between two values of each hour."""
        for hour, (one, other) in enumerate(zip(low, high, strict=True)):
            if other - one > 1e-6:
                self.parts.append(
                    f'<rect x="{self.x(hour):.1f}" y="{self.y(other):.1f}" '
                    f'width="{self.x(1) - self.x(0):.1f}" '
                    f'height="{self.y(one) - self.y(other):.1f}" fill="{colour}"/>'
                )
        self.label(text, colour)


def picture(hub: HubYear, day: OptimalYear) -> str:
    few_kw, many_kw = bracket_kw(hub)
    price = 1000 * hub.electricity_price_eur_per_kwh
    panels = [
        Panel(0, "Prices", "EUR/MWh", 0.0, 160.0),
        Panel(1, "Machines", "kW", 0.0, 1000.0),
        Panel(2, "Heat of the hub", "kW", 0.0, 1000.0),
        Panel(3, "Tank", "kWh", 0.0, 2000.0),
    ]
    panels[0].steps(price, "electricity", INK)
    panels[0].steps(1000 * hub.heat_value_eur_per_kwh, "heat sold", GREEN, "4 3")
    panels[0].steps(np.maximum(1000 * day.heat_price_eur_per_kwh, 0.0), "heat at the node", RED)
    panels[1].between(few_kw, many_kw, "not settled", "#dbeafe")
    panels[1].steps(day.compute_kw, "optimum", BLUE)
    panels[2].steps(hub.heat_uptake_kw, "network takes", GREY, "4 3")
    panels[2].steps(0.96 * day.compute_kw, "made", BLUE)
    panels[2].steps(day.heat_sold_kw, "sold", GREEN)
    panels[2].steps(day.rejected_kw, "rejected", AMBER)
    panels[3].line(day.tank_kwh, "stored", RED)
    height = TOP + 4 * (PANEL + GAP)
    body = "\n".join(part for panel in panels for part in panel.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}" role="img" '
        'aria-label="Prices, machines, heat and tank of one day">\n'
        "<style>.title{font-weight:600}.end{text-anchor:end}.mid{text-anchor:middle}</style>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def main() -> None:
    hub = worked_day()
    day = optimal_year(hub)
    path = Path(sys.argv[1]) / "dispatch-day.svg"
    path.write_text(picture(hub, day), encoding="utf-8")
    alone = optimal_year(hub_year(**{**vars(hub), "tank_kwh": 0.0, "tank_start_kwh": 0.0}))
    print(f"{path}: {day.lower_eur:.2f} to {day.upper_eur:.2f} EUR, {alone.lower_eur:.2f} no tank")


if __name__ == "__main__":
    main()
