"""The hub's years under every contract on offer, and the best of them in each year.

The hourly choice sees prices; the charge on the highest power is paid once a year and is seen here:
a year whose margin does not carry it is a year in which the hub stands still.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, IntArray
from engines.assumptions import Assumptions
from engines.dispatch.heat_limited import (
    DispatchInputs,
    DispatchResult,
    HourlyDispatch,
    heat_limited_dispatch,
    hourly,
)
from engines.grid.contracts import (
    ATYPICAL,
    BAND_LOAD,
    FLEXIBLE,
    IDLE,
    atypical_tariff,
    band_load_bill_eur,
    band_load_share,
    best_contract,
)
from engines.grid.tariff import Tariff, fixed_levies_eur_per_a

ALWAYS_EUR_PER_MWH = 1e6
"""Value of computing above any price: a band load never turns down."""
BY_COLUMN = (
    "electricity_mwh",
    "it_energy_mwh",
    "heat_delivered_mwh",
    "heat_pump_mwh",
    "heat_lost_mwh",
    "heat_rejected_mwh",
    "uncaptured_mwh",
    "hours_run",
    "hours_with_heat",
    "electricity_cost_eur",
    "heat_revenue_eur",
    "peak_kw",
)


@dataclass(frozen=True)
class Offer:
    """One contract: its hourly inputs, its year, its bill; arrays over parcels and columns.

    `inputs` has one value of computing per column, or a single one that all columns share.
    """

    tariff: Tariff
    inputs: DispatchInputs
    dispatch: DispatchResult
    bill_eur: FloatArray
    margin_eur: FloatArray

    def column(self, year: int) -> int:
        """Column of the hourly inputs that holds for a year."""
        return min(year, len(self.inputs.compute_value_eur_per_mwh) - 1)


@dataclass(frozen=True)
class Operation:
    """The best contract of each parcel and column.

    Attributes
    ----------
    offers : mapping of str to Offer
        By name of the contract, ``flexible`` first.
    names : tuple of str
        ``idle`` and the contracts.
    chosen : array of int, shape (parcels, columns)
        Place among the names.
    dispatch : DispatchResult
        Of the chosen contract; all zeros where the hub stands still.
    bill_eur : array, shape (parcels, columns)
    """

    offers: Mapping[str, Offer]
    names: tuple[str, ...]
    chosen: IntArray
    dispatch: DispatchResult
    bill_eur: FloatArray

    def contract(self, parcel: int, year: int) -> str:
        """Name of the contract of a parcel in a year."""
        return self.names[int(self.chosen[parcel, year])]

    def offer(self, parcel: int, year: int) -> Offer:
        """Return the contract of a parcel in a year; the flexible one where the hub is idle."""
        name = self.contract(parcel, year)
        return self.offers[FLEXIBLE if name == IDLE else name]

    def series(self, parcel: int, year: int) -> HourlyDispatch:
        """Every hour of a parcel in a year under its contract; zeros where it stands still."""
        offer = self.offer(parcel, year)
        hours = hourly(offer.inputs, parcel, offer.column(year))
        if self.contract(parcel, year) != IDLE:
            return hours
        return HourlyDispatch(**{name: np.zeros_like(part) for name, part in vars(hours).items()})


def operate(
    inputs: DispatchInputs,
    tariff: Tariff,
    full_load_mwh: float,
    high_load: NDArray[np.bool_] | None,
    law: str,
    a: Assumptions,
) -> Operation:
    """Work out the years of all hubs under every contract and take the best of each year.

    Parameters
    ----------
    inputs : DispatchInputs
        At the published tariff; one column per value of computing.
    tariff : Tariff
        The published one.
    full_load_mwh : float
        Yearly electricity of a hub that never stops; decides the levy step of the hourly price.
    high_load : array of bool, shape (hours,), or None
        Hours in which an atypical user stays off; None where no windows are stated.
    law : str
        Law under which individual network charges are on offer; empty for none.
    """
    offers = {FLEXIBLE: _offer(inputs, tariff, full_load_mwh)}
    if law and _may_be_band_load(inputs, a):
        offers[BAND_LOAD] = _band_load(inputs, tariff, full_load_mwh, a)
    if law and high_load is not None:
        off = replace(inputs, headroom_kw=np.where(high_load, 0.0, inputs.headroom_kw))
        offers[ATYPICAL] = _offer(off, atypical_tariff(tariff, a), full_load_mwh)
    names, chosen = best_contract({name: offer.margin_eur for name, offer in offers.items()})
    return Operation(
        offers=offers,
        names=names,
        chosen=chosen,
        dispatch=_merged(offers, chosen, inputs),
        bill_eur=_taken([offer.bill_eur for offer in offers.values()], chosen),
    )


def _offer(inputs: DispatchInputs, tariff: Tariff, full_load_mwh: float) -> Offer:
    year = heat_limited_dispatch(inputs)
    bill_eur = _bill_without_capacity_eur(year, tariff, full_load_mwh)
    bill_eur = bill_eur + tariff.capacity_charge_eur_per_kw_a * year.peak_kw
    return Offer(tariff, inputs, year, bill_eur, _margin_eur(year, inputs, bill_eur))


def _band_load(
    inputs: DispatchInputs, tariff: Tariff, full_load_mwh: float, a: Assumptions
) -> Offer:
    always = replace(inputs, compute_value_eur_per_mwh=np.array([ALWAYS_EUR_PER_MWH]))
    one = heat_limited_dispatch(always)
    columns = len(inputs.compute_value_eur_per_mwh)
    year = replace(
        one,
        **{name: np.repeat(getattr(one, name), columns, axis=1) for name in BY_COLUMN},  # type: ignore[arg-type]
    )
    full_load_h = 1000.0 * year.electricity_mwh / np.where(year.peak_kw > 0.0, year.peak_kw, 1.0)
    bill_eur = band_load_bill_eur(
        _bill_without_capacity_eur(year, tariff, full_load_mwh),
        year.electricity_mwh,
        year.peak_kw,
        tariff,
        band_load_share(full_load_h, year.electricity_mwh, a),
    )
    return Offer(tariff, always, year, bill_eur, _margin_eur(year, inputs, bill_eur))


def _may_be_band_load(inputs: DispatchInputs, a: Assumptions) -> bool:
    """Whether the largest hub could draw enough in a year at all."""
    hours = len(inputs.price_eur_per_mwh) * inputs.availability_share
    per_it = 1.0 + inputs.auxiliary_share + inputs.capture_share  # a heat pump with COP 2
    most_mwh = float(inputs.power_it_kw.max(initial=0.0)) * per_it * hours / 1000.0
    return most_mwh > a["contract.band_least_mwh"]


def _bill_without_capacity_eur(
    year: DispatchResult, tariff: Tariff, full_load_mwh: float
) -> FloatArray:
    """Hourly prices, and what the first MWh of a year cost more."""
    step_eur = fixed_levies_eur_per_a(tariff, full_load_mwh)
    first = year.electricity_mwh / max(tariff.levy_threshold_mwh, 1e-9)
    return np.asarray(year.electricity_cost_eur + step_eur * first.clip(max=1.0), dtype=np.float64)


def _margin_eur(year: DispatchResult, inputs: DispatchInputs, bill_eur: FloatArray) -> FloatArray:
    """Return what a year earns from operation, the shadow cost of wear deducted."""
    worth = inputs.compute_value_eur_per_mwh - inputs.wear_eur_per_mwh
    return np.asarray(
        year.heat_revenue_eur + year.it_energy_mwh * worth - bill_eur, dtype=np.float64
    )


def _taken(tables: list[FloatArray], chosen: IntArray) -> FloatArray:
    """Values of the chosen contract; 0 where none is chosen."""
    stacked = np.stack([np.zeros_like(tables[0]), *tables])
    return np.asarray(np.take_along_axis(stacked, chosen[None], axis=0)[0], dtype=np.float64)


def _merged(
    offers: Mapping[str, Offer], chosen: IntArray, inputs: DispatchInputs
) -> DispatchResult:
    tables = {
        name: _taken([getattr(offer.dispatch, name) for offer in offers.values()], chosen)
        for name in BY_COLUMN
    }
    flexible = offers[FLEXIBLE].dispatch
    return replace(
        flexible,
        **tables,  # type: ignore[arg-type]
        compute_revenue_eur=tables["it_energy_mwh"] * inputs.compute_value_eur_per_mwh,
    )
