"""The facts that legal checks ask of one hub, from what was worked out and what a study states."""

import math
from collections.abc import Mapping

import numpy as np

from engines.assumptions import Assumptions
from engines.evaluation.carbon import grid_factor_t_per_mwh
from engines.evaluation.hubs import Hubs
from engines.evaluation.records import StudyChoices
from engines.law.checks import Check, attestations, legal_checks
from engines.law.water import awsv_level
from engines.scoring.land import PROTECTED
from engines.scoring.states import NOT_APPLICABLE, RED, UNKNOWN, Gate
from engines.units import KWH_PER_MWH

LEVELS = "ABCD"


def legal_facts(
    i: int,
    hubs: Hubs,
    gates: tuple[Gate, ...],
    plants_kw: Mapping[str, float],
    choices: StudyChoices,
    a: Assumptions,
) -> dict[str, float]:
    """Return the facts of one parcel (row); NaN where not known.

    Parameters
    ----------
    gates : tuple of Gate
        All gates of the parcel.
    plants_kw : mapping of str to float
        Heat rating of every plant of the town; NaN where not stated.

    Notes
    -----
    ``PUE = (IT + auxiliary)/IT``; ``ERF = heat handed over before any heat pump / (IT +
    auxiliary)`` (ISO/IEC 30134-6); break-even ``EF* = EF_gas/eta f_c/PUE`` (domain notes 7.8),
    known only where a gas boiler is displaced. What the study states goes before all of it.
    """
    by_key = {gate.key: gate for gate in gates}
    it_mwh = float(hubs.dispatch.it_energy_mwh[i, 0])
    own_mwh = float(hubs.dispatch.electricity_mwh[i, 0] - hubs.dispatch.heat_pump_mwh[i, 0])
    given_mwh = float(
        hubs.dispatch.heat_delivered_mwh[i, 0]
        + hubs.dispatch.heat_lost_mwh[i, 0]
        - hubs.dispatch.heat_pump_mwh[i, 0]
    )
    pue = own_mwh / it_mwh if it_mwh > 0.0 else math.nan
    power_kw = a["hub.power_it_kw"]
    found = {
        "power_it_kw": power_kw,
        "rated_input_kw": float(hubs.needed_kw[i]),
        "connection_kw": float(hubs.needed_kw[i]),
        "start_year": choices.start_year,
        "year": math.floor(choices.start_year),
        "pue": pue,
        "erf_share": given_mwh / own_mwh if own_mwh > 0.0 else math.nan,
        "wue_l_per_kwh": 0.0,  # dry coolers use no water
        "network_m": float(hubs.way.length_m[i]),
        "full_load_h_per_a": it_mwh * KWH_PER_MWH / power_kw,
        "electricity_gwh_per_a": float(hubs.dispatch.electricity_mwh[i, 0]) / KWH_PER_MWH,
        "bid_mw": float(hubs.needed_kw[i]) / KWH_PER_MWH,
        "temperature_share": by_key["temperature"].value,
        "grid_t_per_mwh": grid_factor_t_per_mwh(choices.rules.country, a),
        "break_even_t_per_mwh": _break_even(hubs, pue, choices, a),
        **_land_facts(by_key, power_kw, a),
        **_heat_facts(i, hubs, plants_kw),
    }
    return found | dict(choices.rules.stated)


def law(facts: Mapping[str, float], choices: StudyChoices, ref: str = "") -> tuple[Check, ...]:
    """Answer every check and every attestation of one hub at the place `ref`."""
    rules = choices.rules
    return (
        *legal_checks(facts, rules.country, rules.legal_version),
        *attestations(rules.attestations_of(ref), facts, rules.country),
    )


def reserve_check(needed_eur: float, choices: StudyChoices) -> Check:
    """Answer check A22 of one hub: what the town sets aside over what the reserve has to hold.

    Parameters
    ----------
    needed_eur : float
        Reserve of the worst stress [EUR], from `engines.economics.reserve`; NaN if not known.

    Notes
    -----
    ``ratio = fund / need`` (domain notes 5.6); a ratio that the study states goes before it, and
    without either the answer is unknown. A hub that needs no reserve is covered by any fund.
    """
    rules, ratio = choices.rules, math.nan
    if rules.reserve_fund_eur is not None and not math.isnan(needed_eur):
        ratio = rules.reserve_fund_eur / needed_eur if needed_eur > 0.0 else math.inf
    facts = {"reserve_ratio": rules.stated.get("reserve_ratio", ratio)}
    found = legal_checks(facts, rules.country, rules.legal_version)
    return next(check for check in found if check.key == "A22")


def _break_even(hubs: Hubs, pue: float, choices: StudyChoices, a: Assumptions) -> float:
    if not {*choices.displaced_sources} <= {"boiler", "condensing"}:
        return math.nan
    boiler = a["heat.emission_gas_t_per_mwh"] / a["heat.displaced_efficiency_share"]
    return boiler * hubs.inputs.capture_share / pue


def _land_facts(gates: Mapping[str, Gate], power_kw: float, a: Assumptions) -> dict[str, float]:
    """Return noise, fluid and protected areas, as the gates found them."""
    around = [gates[name].state for name in PROTECTED if gates[name].state != NOT_APPLICABLE]
    unseen = math.nan if UNKNOWN in around else 0.0
    red = float(around.count(RED)) or unseen
    volume = power_kw / KWH_PER_MWH * a["fluid.volume_m3_per_mw"]
    if gates["fluid"].hint_key == "no_fluid":
        volume = 0.0
    noise = gates["noise"]
    # over the limit the gate names the limit, otherwise what counts as irrelevant
    is_over = noise.hint_key in ("noise_red", "noise_quiet")
    level = LEVELS.index(awsv_level(volume, round(a["fluid.hazard_class"]))) + 1
    return {
        "noise_dba": noise.value,
        "noise_target_dba": noise.threshold - (a["noise.margin_db"] if is_over else 0.0),
        "fluid_m3": volume,
        "fluid_level": float(level),
        "protected_red": red,
    }


def _heat_facts(i: int, hubs: Hubs, plants_kw: Mapping[str, float]) -> dict[str, float]:
    """Return what is rejected, and what the plants could give in the hub's place at the peak."""
    rejected_mwh = float(hubs.dispatch.heat_rejected_mwh[i, 0])
    hub_kw = float(np.nan_to_num(hubs.feed.peak_kw[i])) if bool(hubs.joined[i]) else 0.0
    peak_kw = float(hubs.town.production_kw.max())
    rating_kw = sum(plants_kw.values()) if plants_kw else math.nan
    return {
        "waste_heat_mwh_per_a": rejected_mwh,
        "waste_heat_site_mwh_per_a": rejected_mwh,
        "waste_heat_h_per_a": float(hubs.dispatch.hours_run[i, 0]),
        "waste_heat_degc": float(hubs.town.available_degc),
        "hub_heat_kw": hub_kw,
        "backup_kw": max(0.0, rating_kw - (peak_kw - hub_kw))
        if not math.isnan(rating_kw)
        else math.nan,
    }
