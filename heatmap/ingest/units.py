"""Units that people write, and how they become the unit of storage. Knows no Django, no files."""

import re
import unicodedata
from functools import cache

WATER_DENSITY_KG_PER_M3 = 972.0
"""Water at 80 degC, for volume flows in district heating pipes (IAPWS-IF97, 1 bar)."""

MWH = {
    "wh": 1e-6, "kwh": 1e-3, "mwh": 1.0, "gwh": 1e3, "twh": 1e6,
    "mj": 1 / 3600, "gj": 1 / 3.6, "tj": 1e3 / 3.6,
}  # fmt: skip
EUR = ("eur", "€", "euro")


def _money_per_energy() -> dict[str, float]:
    units = {}
    for energy, factor in (("mwh", 1.0), ("kwh", 1000.0), ("gwh", 1e-3)):
        units |= {f"{money}/{energy}": factor for money in EUR}
        units |= {f"{cent}/{energy}": factor / 100 for cent in ("ct", "cent", "cents", "c")}
    return units


def _mass_per_energy() -> dict[str, float]:
    """Emissions per energy, with or without the gas they are counted in."""
    units = {}
    for gas in ("", "co2", "co2e", "co2eq", "co2_eq", "co2-eq"):
        units |= {f"t{gas}/mwh": 1.0, f"kg{gas}/mwh": 1e-3, f"kg{gas}/kwh": 1.0}
        units |= {f"g{gas}/kwh": 1e-3, f"g{gas}/mwh": 1e-6, f"mg{gas}/kwh": 1e-6}
    return units


FACTORS: dict[str, dict[str, float]] = {
    "MWh/a": MWH,
    "MWh/(m a)": {f"{energy}/m": factor for energy, factor in MWH.items()}
    | {f"{energy}/km": factor / 1e3 for energy, factor in MWH.items()},
    "MWh/(ha a)": {f"{energy}/ha": factor for energy, factor in MWH.items()}
    | {f"{energy}/m2": factor * 1e4 for energy, factor in MWH.items()}
    | {f"{energy}/km2": factor / 100 for energy, factor in MWH.items()},
    "kW": {"w": 1e-3, "kw": 1.0, "mw": 1e3, "gw": 1e6, "kwth": 1.0, "mwth": 1e3},
    "kVA": {"va": 1e-3, "kva": 1.0, "mva": 1e3, "gva": 1e6},
    "kV": {"v": 1e-3, "kv": 1.0, "volt": 1e-3},
    "mm": {
        "mm": 1.0, "cm": 10.0, "m": 1000.0, "dn": 1.0,
        "in": 25.4, "inch": 25.4, "zoll": 25.4, "tum": 25.4, "tuuma": 25.4, "pouce": 25.4,
        '"': 25.4,
    },
    "degC": {"c": 1.0, "°c": 1.0, "degc": 1.0, "grad": 1.0, "celsius": 1.0, "k": 1.0,
             "kelvin": 1.0, "f": 5 / 9, "°f": 5 / 9},
    "%": {"%": 1.0, "percent": 1.0, "prozent": 1.0, "pct": 1.0},
    "m2": {"m2": 1.0, "qm": 1.0, "ha": 1e4, "km2": 1e6, "are": 100.0},
    "m": {"m": 1.0, "km": 1e3, "cm": 0.01, "mm": 1e-3},
    "kg/s": {
        "kg/s": 1.0, "t/h": 1 / 3.6, "kg/h": 1 / 3600,
        "m3/h": WATER_DENSITY_KG_PER_M3 / 3600, "l/s": WATER_DENSITY_KG_PER_M3 / 1000,
        "l/h": WATER_DENSITY_KG_PER_M3 / 3.6e6, "m3/s": WATER_DENSITY_KG_PER_M3,
    },
    "EUR/MWh": _money_per_energy(),
    "EUR/m2": {f"{money}/m2": 1.0 for money in EUR}
    | {f"{money}/ha": 1e-4 for money in EUR}
    | {f"{money}/qm": 1.0 for money in EUR},
    "t/MWh": _mass_per_energy(),
    "share": {"share": 1.0, "anteil": 1.0, "%": 0.01, "prozent": 0.01, "percent": 0.01,
              "pct": 0.01},
}  # fmt: skip
"""Factor from a unit, written small, to the unit of storage."""

OFFSETS = {"k": -273.15, "kelvin": -273.15, "f": -32 * 5 / 9, "°f": -32 * 5 / 9}
OFFERED_UNITS: dict[str, tuple[str, ...]] = {
    "MWh/a": ("kWh/a", "MWh/a", "GWh/a", "GJ/a", "TJ/a"),
    "MWh/(m a)": ("kWh/m", "MWh/m", "MWh/km", "GJ/m"),
    "MWh/(ha a)": ("MWh/ha", "kWh/m2", "GWh/km2", "GJ/ha"),
    "kW": ("W", "kW", "MW", "GW"),
    "kVA": ("VA", "kVA", "MVA"),
    "kV": ("V", "kV"),
    "mm": ("DN", "mm", "cm", "m", "inch"),
    "degC": ("°C", "K", "°F"),
    "m2": ("m2", "ha", "are", "km2"),
    "kg/s": ("kg/s", "t/h", "kg/h", "m3/h", "l/s", "l/h"),
    "EUR/MWh": ("EUR/MWh", "EUR/kWh", "ct/kWh"),
    "EUR/m2": ("EUR/m2", "EUR/ha"),
    "t/MWh": ("gCO2/kWh", "kgCO2/MWh", "tCO2/MWh"),
    "share": ("share", "%"),
}
"""What a person may choose from; each becomes the unit of storage it stands with."""
DEMAND_UNITS = ("MWh/a", "MWh/(m a)", "MWh/(ha a)")


def plain(text: str) -> str:
    """Write a name small, without accents and with umlauts as two letters."""
    text = text.casefold().translate(
        str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"})
    )
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@cache
def known_unit(text: str, target: str) -> str | None:
    """Return the unit as the tables spell it, or None if it cannot become `target`."""
    written = plain(text).replace("²", "2").replace("³", "3").replace("·", " ")
    written = re.sub(r"\s+", "", written.replace("*", " "))
    tries = [written, re.sub(r"[/(]*(a|yr|year|jahr)\)*$", "", written)]
    tries += [re.sub(r"[()]", "", unit) for unit in tries]
    tries += [re.sub(r"/?(a|yr|year)$", "", unit) for unit in tries]
    return next((unit for unit in tries if unit and unit in FACTORS[target]), None)


def convert(unit: str, target: str) -> tuple[float, float] | None:
    """Return factor and offset from `unit` to `target`, or None if there is no way."""
    known = known_unit(unit, target)
    if known is None:
        return None
    return FACTORS[target][known], OFFSETS.get(known, 0.0) if target == "degC" else 0.0


@cache
def unit_in_name(column: str, target: str) -> str:
    """Return the unit of `target` that a column's name ends with or sets in brackets, else ''."""
    bracket = re.search(r"[\[(]([^\])]+)[\])]", column)
    if bracket and known_unit(bracket.group(1), target):
        return bracket.group(1).strip()
    split_humps = re.sub(r"([a-zäöü]{2})([A-ZÄÖÜ])", r"\1_\2", column)
    for name in (column, split_humps):
        words = re.split(r"[^a-z0-9%°€\"]+", plain(name))
        words = [word for word in words if word not in ("", "per", "pro")]
        found = _unit_among(words, target)
        if found:
            return found
    return ""


def _unit_among(words: list[str], target: str) -> str:
    for unit in sorted(FACTORS[target], key=len, reverse=True):
        parts = unit.split("/")
        # one letter means a unit only at the end of a name of several words
        if len(unit) == 1 and unit != "%" and not (len(words) > 1 and words[-1] == unit):
            continue
        for start in range(len(words) - len(parts) + 1):
            if words[start : start + len(parts)] == parts:
                return unit
    return ""


def skeleton(text: str) -> str:
    """Reduce a name to what all its spellings share: ä, ae and a are one sign."""
    name = plain(text)
    for pair, sign in (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")):
        name = name.replace(pair, sign)
    return re.sub(r"[^a-z0-9]+", "", name)
