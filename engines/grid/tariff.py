"""The all-in price of electricity: day-ahead price, tariff, levies in two steps, peak charge."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within, within_or_missing
from engines.errors import InvalidInput
from engines.tables import catalogue


@dataclass(frozen=True)
class Tariff:
    """What a consumer pays on top of the day-ahead price.

    Attributes
    ----------
    supplier_margin_eur_per_mwh, energy_charge_eur_per_mwh, concession_eur_per_mwh,
    tax_eur_per_mwh : float
        Paid on every MWh.
    levies_first_eur_per_mwh, levies_above_eur_per_mwh : float
        Levies on the first `levy_threshold_mwh` of a year and on every MWh above them.
    levy_threshold_mwh : float
        Yearly energy at which the levies change; 0 where they do not.
    capacity_charge_eur_per_kw_a : float
        Paid once a year on the highest billed power.
    """

    supplier_margin_eur_per_mwh: float
    energy_charge_eur_per_mwh: float
    levies_first_eur_per_mwh: float
    levies_above_eur_per_mwh: float
    levy_threshold_mwh: float
    concession_eur_per_mwh: float
    tax_eur_per_mwh: float
    capacity_charge_eur_per_kw_a: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            within(f"tariff {name}", value, 0.0)


@dataclass(frozen=True)
class ElectricityCost:
    """One year's electricity bill [EUR/a] and what it is made of."""

    market_eur: FloatArray
    adders_eur: FloatArray
    levies_eur: FloatArray
    capacity_eur: FloatArray

    @property
    def total_eur(self) -> FloatArray:
        """The whole bill [EUR/a]."""
        return self.market_eur + self.adders_eur + self.levies_eur + self.capacity_eur


def tariff_named(key: str) -> Tariff:
    """Return one row of ``engines/data/tariffs.csv``; its cells carry their own sources.

    Raises
    ------
    InvalidInput
        If there is no such row, or the row has parts that nobody knows; the sentence names them.
    """
    row = _row(key)
    unknown = [name for name in Tariff.__dataclass_fields__ if math.isnan(float(row[name]))]
    if unknown:
        raise InvalidInput(
            f"Of the tariff {key!r} these parts are unknown: {', '.join(unknown)}. State a tariff "
            "of your own with all parts."
        )
    return Tariff(**{name: float(row[name]) for name in Tariff.__dataclass_fields__})


def stated_tariff(numbers: Mapping[str, object]) -> Tariff:
    """Return a planner's own tariff from its numbers.

    Raises
    ------
    InvalidInput
        If a part is missing, is not known here, or is no number; the sentence names it.
    """
    wanted = set(Tariff.__dataclass_fields__)
    missing, unknown = wanted - set(numbers), set(numbers) - wanted
    if missing or unknown:
        said = f"missing: {', '.join(sorted(missing))}" if missing else ""
        strange = f"not known: {', '.join(sorted(unknown))}" if unknown else ""
        raise InvalidInput(
            f"A tariff of your own needs exactly its eight parts; {said}{'; ' * bool(said)}"
            f"{strange}".rstrip("; ")
            + "."
        )
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidInput(f"tariff {name} must be a number, not {value!r}.")
    return Tariff(**{name: float(value) for name, value in numbers.items()})  # type: ignore[arg-type]


def special_forms(key: str) -> str:
    """Return the law under which a tariff knows individual network charges; empty for none."""
    return str(_row(key)["special_forms_text"])


def tariff_for(technology: str, beside: str) -> Tariff:
    """Return the tariff of another technology in the country of the tariff `beside`.

    Each technology has its own tax class: a heat pump is no data centre. Where the table has no
    row for it, it pays as the hub does.

    Parameters
    ----------
    technology : str
        ``hub``, ``heat_pump`` or ``electric_boiler``.
    beside : str
        Key of a row of the same country.
    """
    country = _row(beside)["country_text"]
    for key, row in catalogue("tariffs").items():
        if (row["country_text"], row["technology_text"]) == (country, technology):
            return tariff_named(key)
    return tariff_named(beside)


def _row(key: str) -> Mapping[str, float | str]:
    rows = catalogue("tariffs")
    if key not in rows:
        raise InvalidInput(f"There is no tariff {key!r}; choose one of {', '.join(rows)}.")
    return rows[key]


def level_adders_eur_per_mwh(tariff: Tariff) -> float:
    """Adders that every MWh pays, without the stepped levies [EUR/MWh]."""
    return (
        tariff.supplier_margin_eur_per_mwh
        + tariff.energy_charge_eur_per_mwh
        + tariff.concession_eur_per_mwh
        + tariff.tax_eur_per_mwh
    )


def hourly_price_eur_per_mwh(
    day_ahead_eur_per_mwh: ArrayLike, tariff: Tariff, expected_mwh_per_a: float
) -> FloatArray:
    """All-in price of one more MWh in each hour.

    A consumer who expects to pass the levy threshold pays the levies *above* it on the marginal
    MWh; the dearer first MWh are then a fixed amount, `fixed_levies_eur_per_a`, which no hourly
    decision can change.

    Parameters
    ----------
    day_ahead_eur_per_mwh : array, any shape
        Day-ahead price [EUR/MWh]; may be negative; NaN stays NaN.
    expected_mwh_per_a : float
        Energy that the consumer expects to draw in the year [MWh/a].

    Returns
    -------
    array, shape of `day_ahead_eur_per_mwh`
        ``p(h) = DA(h) + margin + energy charge + levies + concession + tax`` [EUR/MWh].
    """
    within("expected_mwh_per_a", expected_mwh_per_a, 0.0)
    passes = expected_mwh_per_a > tariff.levy_threshold_mwh
    levies = tariff.levies_above_eur_per_mwh if passes else tariff.levies_first_eur_per_mwh
    return as_floats(day_ahead_eur_per_mwh) + level_adders_eur_per_mwh(tariff) + levies


def fixed_levies_eur_per_a(tariff: Tariff, expected_mwh_per_a: float) -> float:
    """Yearly amount that goes with `hourly_price_eur_per_mwh` [EUR/a].

    ``(levies_first - levies_above) * threshold`` when the threshold is passed, else 0, so that
    hourly prices times energy plus this amount is the exact bill.
    """
    within("expected_mwh_per_a", expected_mwh_per_a, 0.0)
    if expected_mwh_per_a <= tariff.levy_threshold_mwh:
        return 0.0
    step = tariff.levies_first_eur_per_mwh - tariff.levies_above_eur_per_mwh
    return step * tariff.levy_threshold_mwh


def annual_electricity_cost(
    energy_mwh_per_a: ArrayLike,
    mean_day_ahead_eur_per_mwh: ArrayLike,
    peak_kw: ArrayLike,
    tariff: Tariff,
) -> ElectricityCost:
    """Bill of a year, levies in two steps.

    Parameters
    ----------
    energy_mwh_per_a : float or array (parcels,)
        Energy drawn [MWh/a].
    mean_day_ahead_eur_per_mwh : float or array (parcels,)
        Day-ahead price weighted with the energy drawn [EUR/MWh].
    peak_kw : float or array (parcels,)
        Highest billed power [kW].

    Notes
    -----
    ``levies = first*min(E, threshold) + above*max(0, E - threshold)``,
    ``capacity = LP*P_peak``; domain.md 3.3.
    """
    within_or_missing("energy_mwh_per_a", energy_mwh_per_a, 0.0)
    within_or_missing("peak_kw", peak_kw, 0.0)
    energy = as_floats(energy_mwh_per_a)
    first = energy.clip(max=tariff.levy_threshold_mwh)
    above = energy - first
    return ElectricityCost(
        market_eur=energy * as_floats(mean_day_ahead_eur_per_mwh),
        adders_eur=energy * level_adders_eur_per_mwh(tariff),
        levies_eur=first * tariff.levies_first_eur_per_mwh
        + above * tariff.levies_above_eur_per_mwh,
        capacity_eur=as_floats(peak_kw) * tariff.capacity_charge_eur_per_kw_a,
    )
