"""Draws the check of docs/methods/uncertainty.md: years read from a ladder, and solved.

PYTHONPATH=. .venv/bin/python bin/lib/future_figures.py docs/images
"""

import sys
from pathlib import Path

import numpy as np

from engines.assumptions import build_assumptions
from engines.dispatch.hub_year import HubYear, hub_year
from engines.futures.draw import Outlook, draw_futures
from engines.futures.ladders import ladder_for, resolved_years

SEED = 7
YEARS, SAMPLE = 15, 300
ADDERS_EUR_PER_KWH = 0.0354
SIZE, LEFT, BOTTOM, TOP = 420, 70, 52, 36
INK, BLUE, AMBER, GREY = "#1f2937", "#1d4ed8", "#b45309", "#9ca3af"


def northern_hub() -> HubYear:
    """A hub of 1 MW with a tank of four hours and wear, in a made-up northern year."""
    rng = np.random.default_rng(SEED)
    t = np.arange(8760)
    season = np.cos(2 * np.pi * t / t.size)
    day = np.sin(4 * np.pi * (t % 24 - 7) / 24)
    market = (45 + 10 * season + 15 * day + rng.normal(0, 15, t.size)) / 1000
    price = market + ADDERS_EUR_PER_KWH
    return hub_year(
        compute_limit_kw=1000.0,
        compute_revenue_eur_per_kwh=0.079,
        electricity_price_eur_per_kwh=price,
        heat_value_eur_per_kwh=0.042,
        heat_uptake_kw=1000.0 * (0.6 + 0.45 * season + 0.05 * rng.normal(size=t.size)).clip(0.02),
        capture_share=0.96,
        parasitic_share=0.03,
        rejection_cost_eur_per_kwh=0.02 * price,
        tank_kwh=4000.0,
        tank_loss_share_per_h=0.002,
        tank_charge_kw=1000.0,
        tank_discharge_kw=1000.0,
        tank_start_kwh=2000.0,
        tank_end="at_least_start",
        switching_cost_eur_per_kw=0.05,
    )


def main(folder: Path) -> None:
    futures = draw_futures(Outlook(YEARS, 2027.0, 0), build_assumptions({}))
    path = 0.8 ** np.arange(YEARS)
    hub = northern_hub()
    ladder = ladder_for(hub, path, futures)
    rng = np.random.default_rng(SEED)
    f, t = rng.integers(0, futures.count, SAMPLE), rng.integers(0, YEARS, SAMPLE)
    level = path[t] * futures.compute_factor[f, t]
    one = np.ones(SAMPLE)
    alone = resolved_years(hub, ladder, ADDERS_EUR_PER_KWH, level, one, one)
    dear, warm = futures.day_ahead_factor[f], futures.gas_factor[f]
    both = resolved_years(hub, ladder, ADDERS_EUR_PER_KWH, level, dear, warm)
    shown = {
        "only computing moves": (BLUE, alone.lower_eur, alone.read_eur),
        "power and heat move too": (AMBER, both.lower_eur, both.read_eur),
    }
    drawn = figure(shown)
    (folder / "futures-ladder.svg").write_text(drawn, encoding="utf-8")
    for name, (_colour, exact, read) in shown.items():
        off = (exact - read) / np.abs(exact).mean()
        print(f"{name}: short by {off.mean():.2%} on average, {off.max():.1%} at most")


def figure(shown: dict[str, tuple[str, np.ndarray, np.ndarray]]) -> str:
    """Scatter of what was read over what is best, thousand EUR a year, on root scales."""
    top = max(exact.max() for _c, exact, _r in shown.values()) / 1000
    inner = SIZE - LEFT - 14

    def x(value: float) -> float:
        return LEFT + inner * np.sqrt(max(value, 0.0) / top)

    def y(value: float) -> float:
        return SIZE - BOTTOM - (SIZE - BOTTOM - TOP) * np.sqrt(max(value, 0.0) / top)

    text = 'font-family="sans-serif" font-size="11"'
    parts = [
        f'<line x1="{x(0):.1f}" y1="{y(0):.1f}" x2="{x(top):.1f}" y2="{y(top):.1f}" '
        f'stroke="{GREY}"/>'
    ]
    step = 10.0 ** np.floor(np.log10(top / 2))
    for tick in (0.0, step / 4, step, 2 * step, 4 * step, 8 * step):
        if tick <= top:
            parts += [
                f'<text x="{x(tick):.1f}" y="{SIZE - BOTTOM + 16}" text-anchor="middle" {text}>'
                f"{tick:g}</text>",
                f'<text x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end" {text}>'
                f"{tick:g}</text>",
            ]
    for k, (name, (colour, exact, read)) in enumerate(shown.items()):
        parts += [
            f'<circle cx="{x(e / 1000):.1f}" cy="{y(r / 1000):.1f}" r="2" fill="{colour}" '
            'fill-opacity="0.55"/>'
            for e, r in zip(exact, read, strict=True)
        ]
        parts.append(
            f'<circle cx="{LEFT + 12}" cy="{TOP + 8 + 16 * k}" r="3" fill="{colour}"/>'
            f'<text x="{LEFT + 20}" y="{TOP + 12 + 16 * k}" {text}>{name}</text>'
        )
    parts += [
        f'<text x="{LEFT}" y="16" {text} font-weight="600">A year read from twelve solved years'
        "</text>",
        f'<text x="{LEFT + inner / 2}" y="{SIZE - 12}" text-anchor="middle" {text}>'
        "best year, solved again (thousand EUR, root scale)</text>",
        f'<text transform="translate(14 {SIZE / 2}) rotate(-90)" text-anchor="middle" {text}>'
        "read from the ladder</text>",
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" fill="{INK}">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
