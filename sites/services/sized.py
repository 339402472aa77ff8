"""Parcels at the size of hub they are scored with: the best of each place, or the stated one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engines.evaluation.hubs import Hubs, evaluate_hubs
from engines.evaluation.sizes import SizeChoice, SizeCurve, choose_size, size_curves
from engines.evaluation.town import TownYear, town_years, with_power
from engines.siting.size import SIZES_KW
from sites.assembly import Assembled
from sites.choices import SizeKind
from sites.models.study import POWER

Years = Mapping[float, TownYear]
"""The town's year by size of hub."""


@dataclass(frozen=True)
class Sized:
    """Parcels of one size.

    Attributes
    ----------
    places : tuple of int
        Their rows among all parcels that were given.
    given : Assembled
        They alone, with their size among the assumptions.
    hubs : Hubs
    are_refused : bool
        Whether a gate refuses all of them.
    """

    places: tuple[int, ...]
    given: Assembled
    hubs: Hubs
    are_refused: bool

    def at(self, places: Sequence[int], *, are_refused: bool) -> "Sized":
        """Return some of these parcels, by their rows among all, worked out again."""
        given = rows_of(self.given, [self.places.index(place) for place in places])
        return Sized(tuple(places), given, hubs_of(given, self.hubs.town), are_refused)


def stated_kw(inputs: Mapping[str, Any]) -> float | None:
    """Return the size that a run's study states; None where each place takes its best one."""
    if inputs["study"].get("size", SizeKind.STATED) == SizeKind.BEST:
        return None
    return float(next(row["value"] for row in inputs["assumptions"] if row["key"] == POWER))


def sizes_of(inputs: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the sizes that a run tries at every place."""
    stated = stated_kw(inputs)
    return tuple(sorted({*SIZES_KW} if stated is None else {*SIZES_KW, stated}))


def years_of(given: Assembled, sizes_kw: Sequence[float]) -> dict[float, TownYear]:
    """Work out the year of the town at the pipes that hubs of these sizes would feed."""
    return town_years(given.town, given.candidates, given.choices, given.assumptions, sizes_kw)


def curves_of(given: Assembled, years: Years) -> list[SizeCurve]:
    return size_curves(years, given.candidates, given.grid.given, given.choices, given.assumptions)


def chosen_sizes(
    curves: Sequence[SizeCurve], years: Years, stated: float | None
) -> list[SizeChoice]:
    return [choose_size(curve, tuple(years), stated) for curve in curves]


def hubs_of(given: Assembled, year: TownYear) -> Hubs:
    return evaluate_hubs(year, given.candidates, given.grid.given, given.choices, given.assumptions)


def rows_of(given: Assembled, rows: Sequence[int]) -> Assembled:
    """Return the inputs with these candidates alone."""
    return replace(given, rows=[given.rows[i] for i in rows], candidates=given.candidates.at(rows))


def at_size(given: Assembled, power_it_kw: float) -> Assembled:
    """Return the inputs of hubs of one size."""
    return replace(given, assumptions=with_power(given.assumptions, power_it_kw))


def sized(given: Assembled, years: Years, sizes: Sequence[SizeChoice]) -> Iterator[Sized]:
    """Work out every parcel at its size, those of one size together, the smallest first.

    Those that a gate refuses are kept apart: no futures are drawn for them.
    """
    kinds = sorted({(size.power_it_kw, size.is_refused) for size in sizes})
    for power, is_refused in kinds:
        places = tuple(
            i
            for i, size in enumerate(sizes)
            if (size.power_it_kw, size.is_refused) == (power, is_refused)
        )
        few = at_size(rows_of(given, places), power)
        yield Sized(places, few, hubs_of(few, years[power]), is_refused)
