"""Price years and futures for the small town of the tests."""

import numpy as np
from small_town import CHOICES

from engines.assumptions import build_assumptions
from engines.evaluation.future_plans import PriceYears
from engines.evaluation.futures import future_town

HOURS = 8760
HOUR = np.arange(HOURS)


def prices(seed: int) -> np.ndarray:
    """A day with a dear evening, a cheap noon in summer, and noise."""
    rng = np.random.default_rng(seed)
    day = 20 * np.sin(2 * np.pi * (HOUR % 24 - 12) / 24)
    return 50 + day + 8 * np.cos(2 * np.pi * HOUR / HOURS) + 12 * rng.normal(size=HOURS)


def study(**overrides: float):
    return build_assumptions({"hub.power_it_kw": 100.0} | {
        f"futures.{key}": value for key, value in overrides.items()
    })  # fmt: skip


def drawn(hubs, a, years: int = 6):
    given = PriceYears(
        tuple(f"year {i}" for i in range(years)),
        np.array([prices(i + 1) for i in range(years)]),
        are_own=True,
    )
    return future_town(given, hubs.town, CHOICES, a)
