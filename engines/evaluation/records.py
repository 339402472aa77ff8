"""What goes into an evaluation. Plain records and arrays; nothing here knows a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray
from engines.calendar import MONTHS
from engines.errors import InvalidInput
from engines.evaluation.money_choices import MoneyChoices
from engines.grid.connection import GridAccess
from engines.grid.nodes import GridNodes
from engines.thermal.town_network import NetworkInput

MEASURED, DERIVED, ILLUSTRATIVE, UNKNOWN = "measured", "derived", "illustrative", "unknown"


@dataclass(frozen=True)
class LoadProfile:
    """Shape of one customer group's heat demand.

    Attributes
    ----------
    hour_factors : array, shape (7, 24, 10)
        Share of the day by weekday, hour and temperature interval.
    weekday_factors : array, shape (7,)
        Weight of each weekday.
    """

    hour_factors: FloatArray
    weekday_factors: FloatArray


@dataclass(frozen=True)
class StreetInput:
    """Streets that a trench may follow, in pieces, and the parcels along them.

    Attributes
    ----------
    start_xy, end_xy : array, shape (pieces, 2)
    length_m, river_crossings, rail_crossings : array, shape (pieces,)
        Crossings may be halves: into the water, and out of it.
    is_unpaved : array of bool, shape (pieces,)
    parcel_piece : array of int, shape (parcels,)
        Piece of street nearest to each parcel of the layer; -1 where none is near.
    parcel_at_end : array of bool, shape (parcels,)
        Whether its end is nearer than its start.
    parcel_way_m : array, shape (parcels,)
        From the parcel to there; NaN where there is no street.
    """

    start_xy: FloatArray
    end_xy: FloatArray
    length_m: FloatArray
    river_crossings: FloatArray
    rail_crossings: FloatArray
    is_unpaved: NDArray[np.bool_]
    parcel_piece: NDArray[np.int64]
    parcel_at_end: NDArray[np.bool_]
    parcel_way_m: FloatArray


@dataclass(frozen=True)
class TownInput:
    """The heat network and the markets of a town, hour by hour.

    Attributes
    ----------
    outdoor_degc, day_ahead_eur_per_mwh : array, shape (hours,)
        Hour-ending UTC.
    utc_offset_h : int
        Standard time minus UTC; people heat by the clock on the wall.
    weekday_of_day : array of int, shape (days,)
        Monday is 0.
    profiles : mapping of str to LoadProfile
        By key of ``demand_profiles.csv``; the groups of `network` count in this order.
    network : NetworkInput
        Pipes, plants, and the customers that hang on the pipes.
    streets : StreetInput or None
        None where the town has no layer of streets.
    plants_kw : mapping of str to float
        Heat rating of every plant by name; NaN where it is not stated.
    plants_eur_per_mwh : mapping of str to array, shape (12,)
        Marginal cost of heat by month of the plants that state it, by name.
    heat_load_kw : array, shape (hours,), or None
        Measured heat fed into the network; then its shape is that of all customers.
    supply_degc, return_degc : array, shape (hours,), or None
        Measured temperatures at the plants; the curves of the assumptions where None.
    """

    outdoor_degc: FloatArray
    day_ahead_eur_per_mwh: FloatArray
    utc_offset_h: int
    weekday_of_day: NDArray[np.int64]
    profiles: Mapping[str, LoadProfile]
    network: NetworkInput
    streets: StreetInput | None
    plants_kw: Mapping[str, float]
    plants_eur_per_mwh: Mapping[str, FloatArray] = field(default_factory=dict)
    heat_load_kw: FloatArray | None = None
    supply_degc: FloatArray | None = None
    return_degc: FloatArray | None = None


@dataclass(frozen=True)
class Land:
    """What is known of the ground of the parcels, one value each; NaN where not known.

    Attributes
    ----------
    least_sides_m : tuple of float
        Shorter sides that rectangles were searched for.
    long_sides_m : array, shape (parcels, sides)
        Longer side of the longest rectangle inside with that shorter side; 0 where none fits.
    accuracy_m : array
        By how much that search may have missed.
    slope_percent : array
    building_m, sensitive_m, hospital_m, monument_m : array
        Distance to the nearest building, the nearest school, day care or hospital, the nearest
        hospital that is not on the parcel itself, and the nearest monument.
    ownership : tuple of str
        Kind of owner, or ``unknown``.
    mapped : frozenset of str
        Kinds of protected areas of which the layer has at least one in the town.
    """

    least_sides_m: tuple[float, ...]
    long_sides_m: FloatArray
    accuracy_m: FloatArray
    slope_percent: FloatArray
    building_m: FloatArray
    sensitive_m: FloatArray
    hospital_m: FloatArray
    monument_m: FloatArray
    ownership: tuple[str, ...]
    mapped: frozenset[str]

    def at(self, rows: Sequence[int]) -> "Land":
        """Return the ground of the parcels in these rows."""
        index = np.asarray(rows, dtype=np.intp)
        arrays = (
            "long_sides_m", "accuracy_m", "slope_percent", "building_m", "sensitive_m",
            "hospital_m", "monument_m",
        )  # fmt: skip
        return replace(
            self,
            ownership=tuple(self.ownership[i] for i in rows),
            **{name: getattr(self, name)[index] for name in arrays},
        )


def unknown_land(count: int, least_sides_m: tuple[float, ...]) -> Land:
    """Return the ground of parcels of which nothing is known."""
    nothing = np.full(count, np.nan)
    return Land(
        least_sides_m=least_sides_m,
        long_sides_m=np.full((count, len(least_sides_m)), np.nan),
        accuracy_m=nothing,
        slope_percent=nothing,
        building_m=nothing,
        sensitive_m=nothing,
        hospital_m=nothing,
        monument_m=nothing,
        ownership=("unknown",) * count,
        mapped=frozenset(),
    )


@dataclass(frozen=True)
class Candidates:
    """Parcels, one value each; NaN and -1 where not known.

    Attributes
    ----------
    refs : tuple of str
    row : array of int
        Place in the whole layer, which the streets' side of `TownInput` counts by.
    area_m2 : array
    inside : array of bool
        Inside the municipality.
    network_m : array
        Straight distance to the network.
    piece_of : array of int
        Nearest piece of pipe; -1 without a network.
    grid : GridAccess
        The substations and feeders near each parcel.
    dwelling_m : array
        Distance to the nearest dwelling.
    overlap_m2 : mapping of str to array
        Overlap with each kind of constraint; a kind without data is left out.
    zoning : tuple of str
        Code of the plan, or ``unknown``.
    land : Land or None
        The ground; None where nothing is known of it.
    land_eur_per_m2 : array or None
        Price of the ground as stated; NaN where it is not, None where it is stated nowhere.
    """

    refs: tuple[str, ...]
    row: NDArray[np.int64]
    area_m2: FloatArray
    inside: NDArray[np.bool_]
    network_m: FloatArray
    piece_of: NDArray[np.int64]
    grid: GridAccess
    dwelling_m: FloatArray
    overlap_m2: Mapping[str, FloatArray]
    zoning: tuple[str, ...]
    land: Land | None = None
    land_eur_per_m2: FloatArray | None = None

    def __post_init__(self) -> None:
        if not self.refs:
            raise InvalidInput("There is no candidate parcel; import a layer of parcels first.")

    def at(self, rows: Sequence[int]) -> "Candidates":
        """Return the candidates in these rows, in this order."""
        index = np.asarray(rows, dtype=np.intp)
        return Candidates(
            refs=tuple(self.refs[i] for i in rows),
            row=self.row[index],
            area_m2=self.area_m2[index],
            inside=self.inside[index],
            network_m=self.network_m[index],
            piece_of=self.piece_of[index],
            grid=self.grid.at(index),
            dwelling_m=self.dwelling_m[index],
            overlap_m2={kind: areas[index] for kind, areas in self.overlap_m2.items()},
            zoning=tuple(self.zoning[i] for i in rows),
            land=None if self.land is None else self.land.at(rows),
            land_eur_per_m2=None if self.land_eur_per_m2 is None else self.land_eur_per_m2[index],
        )


@dataclass(frozen=True)
class GridInput:
    """The electricity grid of a town.

    Attributes
    ----------
    stations, feeders : GridNodes
        Rows as `GridAccess` counts them.
    congestion_side : str
        What one more load means for the grid above the town: ``surplus`` relieves it, ``deficit``
        burdens it, ``neutral``, or ``unknown``. Reported, and nothing is calculated with it.
    """

    stations: GridNodes
    feeders: GridNodes
    congestion_side: str = UNKNOWN


DECIDES, ADVISES, OFF = "decides", "advises", "off"
GIVEN, REFUSED = "given", "refused"


@dataclass(frozen=True)
class Rules:
    """What a study asks of a place, and what it states that no layer can.

    Attributes
    ----------
    country : str
        Two letters; the plan and the law of this country are applied.
    gates : mapping of str to str
        ``advises`` or ``off`` for gates that do not decide, by key.
    absent : frozenset of str
        Groups of protected areas that the town is stated not to have.
    attestations : mapping of str to str
        ``given`` or ``refused`` for attestations H1 to H15 that are there for every place.
    attested : mapping of str to mapping
        The same for single places, by their name; it goes before `attestations`.
    legal_version : str
        ``in_force`` or ``pending``.
    yearly_budget_eur, total_budget_eur : float or None
        Learning budget: what a pilot may lose in a year and in all.
    reserve_fund_eur : float or None
        What the town sets aside for bad years; None where it has not said.
    stated : mapping of str to float
        Numbers for legal checks that no layer has, by the name of the fact.
    """

    country: str = "DE"
    gates: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    attestations: Mapping[str, str] = field(default_factory=dict)
    attested: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    legal_version: str = "in_force"
    yearly_budget_eur: float | None = None
    total_budget_eur: float | None = None
    reserve_fund_eur: float | None = None
    stated: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, mode in self.gates.items():
            if mode not in (DECIDES, ADVISES, OFF):
                raise InvalidInput(f"Gate {key} decides, advises or is off; {mode!r} is neither.")
        for states in (self.attestations, *self.attested.values()):
            for key, state in states.items():
                if state not in (GIVEN, REFUSED):
                    raise InvalidInput(f"Attestation {key} is given or refused, not {state!r}.")

    def attestations_of(self, ref: str) -> Mapping[str, str]:
        """Return what is attested for one place: its own statements before those for all."""
        return {**self.attestations, **self.attested.get(ref, {})}


@dataclass(frozen=True)
class StudyChoices:
    """Named choices of a study, and what its inputs rest on.

    Attributes
    ----------
    technology, tariff, heat_pump_tariff : str
        Keys of the tables.
    displaced_source : str
        What the hub's heat replaces in months for which `money` states nothing else.
    refrigerant : str
        Key of ``refrigerants.csv``: what a heat pump would work with.
    compute_outlook : str
        ``market``, ``fleet`` or ``flat``.
    start_year : float
        First hour of operation, as a year with fraction.
    area_type : str
        Kind of ground the connection is dug in.
    demand_method : str
        ``bdew`` or ``degree_days``: how the year's heat is spread over the hours.
    natures : mapping of str to str
        For each input (``heat``, ``network``, ``headroom``, ``temperatures``, ``prices``,
        ``displaced_source``, ``dwellings``, ``parcels``): measured, derived, illustrative or
        unknown.
    rules : Rules
        What the study asks of a place, and what it states that no layer can.
    money : MoneyChoices
    """

    technology: str
    tariff: str
    heat_pump_tariff: str
    displaced_source: str
    refrigerant: str
    compute_outlook: str
    start_year: float
    area_type: str
    demand_method: str
    natures: Mapping[str, str]
    rules: Rules = field(default_factory=Rules)
    money: MoneyChoices = field(default_factory=MoneyChoices)

    @property
    def displaced_sources(self) -> tuple[str, ...]:
        """What is replaced in each month, January to December."""
        return self.money.displaced_by_month or (self.displaced_source,) * MONTHS
