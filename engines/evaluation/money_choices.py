"""The money choices of a study that are no single numbers, from the document that states them.

Everything may be left out: then the hub pays the tariff of the study, replaces its one displaced
source all year, leases its land, belongs to the town and sells its coins at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engines.arrays import within
from engines.compute.revenue import BITCOIN, KINDS
from engines.compute.treasury import Treasury
from engines.economics.heat_sources import sources_by_month
from engines.economics.ownership import MODELS, MUNICIPAL
from engines.errors import InvalidInput
from engines.grid.contracts import HighLoadWindow
from engines.grid.tariff import Tariff, special_forms, stated_tariff, tariff_for, tariff_named

LEASE, BUY = "lease", "buy"
TARIFFS = ("hub", "heat_pump", "electric_boiler")
NO_TREASURY = Treasury(0.0, 0.0)


@dataclass(frozen=True)
class MoneyChoices:
    """See the module; each attribute has the name it has in the document of the study.

    Attributes
    ----------
    displaced_by_month : tuple of str
        Twelve sources, January to December; empty: the study's one source all year.
    tariffs : mapping of str to Tariff
        A planner's own tariffs by technology, in place of those of the table.
    compute_kind : str
        ``btc_asic``, ``gpu_rent``, ``batch_hpc`` or ``none``.
    land : str
        ``lease`` or ``buy``.
    owner : str
        ``municipal`` or ``third_party``: whose page this is; both are always worked out.
    town_land : bool
        Whether a lease is paid to the town.
    treasury : Treasury
    heat_tariff : tuple of (degC, EUR/MWh)
        Price of heat by outdoor temperature, straight between the points; empty: the share of the
        avoided cost that the assumptions state.
    high_load_windows : tuple of HighLoadWindow
        As the network operator publishes them; empty: atypical use is not on offer.
    curtailed_hours : int
        Hours a year in which curtailed energy is allotted (s.13k EnWG); 0: none.
    count_curtailed, count_reserve : bool
        Whether curtailed energy and the best reserve product count in the study; else they are
        shown beside it.
    residual_mix_t_per_mwh : float or None
        Emission factor of the residual mix, for electricity without guarantees of origin; None:
        not known.
    """

    displaced_by_month: tuple[str, ...] = ()
    tariffs: Mapping[str, Tariff] | None = None
    compute_kind: str = BITCOIN
    land: str = LEASE
    owner: str = MUNICIPAL
    town_land: bool = True
    treasury: Treasury = NO_TREASURY
    heat_tariff: tuple[tuple[float, float], ...] = ()
    high_load_windows: tuple[HighLoadWindow, ...] = ()
    curtailed_hours: int = 0
    residual_mix_t_per_mwh: float | None = None
    count_curtailed: bool = False
    count_reserve: bool = False

    def tariff_of_hub(self, key: str) -> Tariff:
        """Return the planner's own tariff of the hub, or the row of the table."""
        return (self.tariffs or {}).get("hub") or tariff_named(key)

    def tariff_of_heat_pump(self, key: str) -> Tariff:
        """Return the planner's own tariff of the heat pump, or the row of the table."""
        return (self.tariffs or {}).get("heat_pump") or tariff_named(key)

    def tariff_of_electric_boiler(self, hub_key: str) -> Tariff:
        """Return the tariff of an electric boiler in the country of the hub's tariff."""
        own = self.tariffs or {}
        return own.get("electric_boiler") or (
            own["hub"] if "hub" in own else tariff_for("electric_boiler", hub_key)
        )

    def law_of_hub(self, key: str) -> str:
        """Return the law of individual network charges that holds for the hub's tariff."""
        return special_forms(key)


def money_choices(document: Mapping[str, Any]) -> MoneyChoices:
    """Read the choices of a study.

    Raises
    ------
    InvalidInput
        If a name is not known or a value does not fit; the sentence says which, and how to mend it.
    """
    strange = set(document) - set(MoneyChoices.__dataclass_fields__)
    if strange:
        raise InvalidInput(
            f"Not known among the money choices: {', '.join(sorted(strange))}. Known are "
            f"{', '.join(MoneyChoices.__dataclass_fields__)}."
        )
    given = dict(document)
    if given.get("displaced_by_month"):
        given["displaced_by_month"] = sources_by_month(
            _texts("displaced_by_month", given["displaced_by_month"])
        )
    else:
        given.pop("displaced_by_month", None)
    if "tariffs" in given:
        given["tariffs"] = _tariffs(given["tariffs"])
    for name, known in (("compute_kind", KINDS), ("land", (LEASE, BUY)), ("owner", MODELS)):
        if given.get(name, known[0]) not in known:
            raise InvalidInput(f"{name} must be one of {', '.join(known)}, not {given[name]!r}.")
    if "treasury" in given:
        given["treasury"] = _record("treasury", Treasury, given["treasury"])
    if "heat_tariff" in given:
        given["heat_tariff"] = _heat_tariff(given["heat_tariff"])
    if "high_load_windows" in given:
        given["high_load_windows"] = tuple(
            _window(each) for each in _list("high_load_windows", given["high_load_windows"])
        )
    hours = given.get("curtailed_hours", 0)
    if isinstance(hours, bool) or not isinstance(hours, int) or not 0 <= hours <= 8760:  # noqa: PLR2004
        raise InvalidInput(f"curtailed_hours must be whole hours from 0 to 8760, not {hours!r}.")
    if given.get("residual_mix_t_per_mwh") is not None:
        given["residual_mix_t_per_mwh"] = float(
            within("residual_mix_t_per_mwh", float(given["residual_mix_t_per_mwh"]), 0.0, 3.0)
        )
    for name in ("town_land", "count_curtailed", "count_reserve"):
        if not isinstance(given.get(name, True), bool):
            raise InvalidInput(f"{name} must be true or false.")
    return MoneyChoices(**given)


def _list(name: str, value: object) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise InvalidInput(f"{name} must be a list, not {value!r}.")
    return value


def _texts(name: str, value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in _list(name, value))


def _tariffs(value: object) -> dict[str, Tariff]:
    if not isinstance(value, Mapping) or set(value) - set(TARIFFS):
        raise InvalidInput(f"tariffs must be an object with some of {', '.join(TARIFFS)}.")
    return {name: stated_tariff(numbers) for name, numbers in value.items()}


def _record(name: str, kind: type[Treasury], value: object) -> Treasury:
    fields = set(kind.__dataclass_fields__)
    if not isinstance(value, Mapping) or set(value) != fields:
        raise InvalidInput(f"{name} must be an object with {', '.join(sorted(fields))}.")
    return kind(**{key: float(number) for key, number in value.items()})


def _window(value: object) -> HighLoadWindow:
    if not isinstance(value, Mapping) or set(value) != {"months", "from_h", "to_h"}:
        raise InvalidInput("A high-load window must be an object with months, from_h and to_h.")
    return HighLoadWindow(
        tuple(int(month) for month in _list("months", value["months"])),
        int(value["from_h"]),
        int(value["to_h"]),
    )


def _heat_tariff(value: object) -> tuple[tuple[float, float], ...]:
    points = [tuple(_list("heat_tariff", point)) for point in _list("heat_tariff", value)]
    if len(points) == 1 or any(len(point) != 2 for point in points):  # noqa: PLR2004  x and y
        raise InvalidInput(
            "heat_tariff must be two or more pairs of outdoor temperature and price, "
            "[[degC, EUR/MWh], ...]."
        )
    ordered = tuple((float(degc), float(price)) for degc, price in points)
    if any(low >= high for (low, _), (high, _) in zip(ordered, ordered[1:], strict=False)):
        raise InvalidInput("heat_tariff must go from the coldest to the warmest temperature.")
    return ordered
