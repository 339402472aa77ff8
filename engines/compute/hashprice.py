"""What a unit of computing earns: hash price from the network, revenue per MWh from the machine."""

from collections.abc import Mapping

from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within
from engines.errors import InvalidInput
from engines.tables import catalogue
from engines.units import HOURS_PER_DAY, KWH_PER_MWH

SECONDS_PER_DAY = 86400
HASHES_PER_PH = 1e15
HASHES_PER_EH = 1e18
HASHES_PER_DIFFICULTY = 2.0**32
"""Expected hashes for a block of difficulty 1 (Bitcoin protocol)."""
SECONDS_PER_BLOCK = 600.0
"""Target of the difficulty adjustment (Bitcoin protocol)."""


def hashprice_usd_per_ph_day(
    bitcoin_usd: ArrayLike, difficulty: ArrayLike, subsidy_btc: ArrayLike, fees_btc: ArrayLike
) -> FloatArray:
    """Return the expected earnings of 1 PH/s over a day.

    ``HP = 86400*1e15/(D*2^32) * (S + F) * P``; domain.md 4.1.

    Parameters
    ----------
    bitcoin_usd : float or array
        Price of one bitcoin [USD].
    difficulty : float or array
        Network difficulty [-].
    subsidy_btc, fees_btc : float or array
        New coins and fees per block [BTC]; the subsidy is 3.125 until about April 2028.

    Returns
    -------
    array
        Hash price [USD per PH/s and day].

    Examples
    --------
    >>> round(float(hashprice_usd_per_ph_day(91_000, 152e12, 3.125, 0.0)), 2)
    37.64
    """
    within("bitcoin_usd", bitcoin_usd, 0.0)
    within("difficulty", difficulty, 1.0)
    within("subsidy_btc", subsidy_btc, 0.0)
    within("fees_btc", fees_btc, 0.0)
    blocks = SECONDS_PER_DAY * HASHES_PER_PH / (as_floats(difficulty) * HASHES_PER_DIFFICULTY)
    return blocks * (as_floats(subsidy_btc) + as_floats(fees_btc)) * as_floats(bitcoin_usd)


def network_hashrate_eh_per_s(difficulty: ArrayLike) -> FloatArray:
    """Hash rate at which blocks come every ten minutes: ``D*2^32/600/1e18`` [EH/s]."""
    within("difficulty", difficulty, 1.0)
    return as_floats(difficulty) * HASHES_PER_DIFFICULTY / SECONDS_PER_BLOCK / HASHES_PER_EH


def revenue_usd_per_kwh_it(
    hashprice_usd_per_ph_day: ArrayLike, efficiency_j_per_th: ArrayLike
) -> FloatArray:
    """Gross earnings per kWh of machine power: ``HP/(24*e)``, since 1 PH/s draws `e` kW."""
    within("hashprice_usd_per_ph_day", hashprice_usd_per_ph_day, 0.0)
    within("efficiency_j_per_th", efficiency_j_per_th, 1.0)
    return as_floats(hashprice_usd_per_ph_day) / (HOURS_PER_DAY * as_floats(efficiency_j_per_th))


def revenue_eur_per_mwh_it(
    hashprice_usd_per_ph_day: ArrayLike,
    efficiency_j_per_th: ArrayLike,
    usd_per_eur: float,
    pool_fee_share: float,
) -> FloatArray:
    """Earnings per MWh of machine power after the pool's fee.

    ``v_c = HP/(24*e) * 1000/fx * (1 - pool)`` [EUR/MWh_IT]; domain.md 4.2 and 3.7.

    Parameters
    ----------
    hashprice_usd_per_ph_day : float or array
        [USD per PH/s and day].
    efficiency_j_per_th : float or array
        Machine efficiency [J/TH].
    usd_per_eur : float
        Exchange rate [USD per EUR].
    pool_fee_share : float
        Part kept by the pool [0-1].
    """
    within("usd_per_eur", usd_per_eur, 0.1, 10.0)
    within("pool_fee_share", pool_fee_share, 0.0, 1.0)
    gross = revenue_usd_per_kwh_it(hashprice_usd_per_ph_day, efficiency_j_per_th)
    return gross * KWH_PER_MWH / usd_per_eur * (1.0 - pool_fee_share)


def hashrate_th_per_s(power_it_kw: ArrayLike, efficiency_j_per_th: ArrayLike) -> FloatArray:
    """Hash rate of a fleet: ``P[W]/e`` [TH/s]."""
    within("efficiency_j_per_th", efficiency_j_per_th, 1.0)
    return as_floats(power_it_kw) * 1000.0 / as_floats(efficiency_j_per_th)


def miner_named(key: str) -> Mapping[str, float | str]:
    """Return one row of ``engines/data/miners.csv``.

    Raises
    ------
    InvalidInput
        If there is no such machine; the sentence lists those there are.
    """
    rows = catalogue("miners")
    if key not in rows:
        raise InvalidInput(f"There is no machine {key!r}; choose one of {', '.join(rows)}.")
    return rows[key]
