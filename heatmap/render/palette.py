"""The colours of the tokens for what is drawn outside the browser's style sheets."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"

# Stands in where the style sheets are not installed; the names are those of tokens.css.
FALLBACK: Mapping[str, str] = MappingProxyType(
    {
        "surface": "#fdfcfa",
        "surface-2": "#f0ede7",
        "surface-3": "#e6e2da",
        "ink": "#221f1a",
        "ink-2": "#575147",
        "ink-3": "#6b6459",
        "accent": "#0b5d63",
        "accent-soft": "#dcebea",
        "heat-1": "#fde8d0",
        "heat-2": "#fbcb9c",
        "heat-3": "#f5a062",
        "heat-4": "#e4743a",
        "heat-5": "#c24a1e",
        "heat-6": "#8f2b0e",
        "score-1": "#12305f",
        "score-2": "#46587a",
        "score-3": "#7f8277",
        "score-4": "#bba95f",
        "score-5": "#f4d94a",
        "good": "#0072b2",
        "warn": "#985900",
        "bad": "#b04400",
        "unknown": "#6b6459",
        "supply": "#d55e00",
        "return": "#0072b2",
        "hub": "#0b5d63",
        "price": "#7a6f9b",
        "used": "#c24a1e",
        "lost": "#8a8275",
        "rejected": "#e9b98e",
        "missing": "#c9c5bc",
        "refused": "#b9b5ac",
        "map-ground": "#f1eee8",
        "map-water": "#c6dbe4",
        "map-forest": "#d5e0cb",
        "map-open": "#e6ead9",
        "map-protect": "#ddd3e6",
        "map-street": "#ffffff",
        "map-street-case": "#d8d2c6",
        "map-building-line": "#a39a8b",
        "map-grid": "#6a3fa0",
        "map-plant": "#8f2b0e",
    }
)
SCORE_CLASSES = 5
HEAT_CLASSES = 6


@cache
def colours() -> Mapping[str, str]:
    """Return the light theme of the tokens; only plain hexadecimal colours."""
    if not TOKENS.exists():
        return FALLBACK
    light = TOKENS.read_text(encoding="utf-8").split("}", 1)[0]
    found = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-fA-F]{6})\b", light))
    return MappingProxyType({**FALLBACK, **found})


def score_class(score: float | None) -> int | None:
    """Return the class of a score, 1 to 5, on fixed steps of 0.2; None when it is missing."""
    if score is None or score != score:
        return None
    return min(SCORE_CLASSES, max(1, int(score * SCORE_CLASSES) + 1))


def heat_breaks(demands: list[float]) -> list[float]:
    """Return the upper bounds of the first five heat classes: equal counts, rounded."""
    known = sorted(d for d in demands if d is not None and d > 0)
    if not known:
        return []
    marks = [known[min(len(known) - 1, len(known) * k // HEAT_CLASSES)] for k in range(1, 6)]
    return sorted({float(f"{mark:.2g}") for mark in marks})


def heat_class(demand: float | None, breaks: list[float]) -> int | None:
    """Return the class of a heat demand, 1 to 6; None when it is missing."""
    if demand is None or demand != demand:
        return None
    return 1 + sum(demand > limit for limit in breaks)
