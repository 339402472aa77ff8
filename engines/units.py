"""Conversions and physical constants; the only home of 3600, 8760 and 4.186."""

HOURS_PER_DAY = 24
HOURS_PER_YEAR = 8760
SECONDS_PER_HOUR = 3600.0
KWH_PER_MWH = 1000.0
W_PER_KW = 1000.0
MM_PER_M = 1000.0

CELSIUS_TO_KELVIN = 273.15

WATER_HEAT_CAPACITY_KJ_PER_KGK = 4.186
"""Specific heat of water near 50 degC, as used by all heat balances of this project."""
