"""Turns engine results into the document of a run: plain JSON, gaps as null."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.contrib.gis.gdal import CoordTransform, SpatialReference
from django.contrib.gis.geos import LineString

from engines.evaluation.feeding import NO_MODE
from engines.evaluation.foresight import foresight
from engines.evaluation.hubs import Hubs
from engines.evaluation.judge import Judgement
from engines.evaluation.resilience import resilience
from engines.scoring.states import Gate
from engines.scoring.value_functions import GROUPS
from engines.scoring.verdict import Verdict
from engines.thermal.connection import AREA_TYPES
from sites.assembly import Assembled
from sites.services.grid_results import grid_document, grid_headroom_kw
from sites.services.law_results import law_document
from sites.services.plain import message_document, number

SERIES_DECIMALS = 2
WGS84_SRID = 4326
ROUTE_DECIMALS = 6
LEAST_POINTS = 2


def parcel_documents(given: Assembled, hubs: Hubs, judged: Judgement) -> list[dict[str, Any]]:
    """One document per parcel, in the order of the rows."""
    to_degrees = CoordTransform(SpatialReference(given.srid), SpatialReference(WGS84_SRID))
    return [_parcel(i, given, hubs, judged, to_degrees) for i in range(len(given.rows))]


def town_document(given: Assembled, hubs: Hubs, series: dict[str, str]) -> dict[str, Any]:
    """What holds for the whole town."""
    year = hubs.town
    prices = given.town.day_ahead_eur_per_mwh
    return {
        "network_peak_kw": number(year.production_kw.max()),
        "network_heat_mwh_per_a": number(year.production_kw.sum() / 1000),
        "buildings_connected": given.buildings_connected,
        "supply_degc": [number(year.supply_degc.min()), number(year.supply_degc.max())],
        "return_degc": [number(year.return_degc.min()), number(year.return_degc.max())],
        "available_degc": number(year.available_degc),
        "network_lost_mwh_per_a": number(year.lost_kw.sum() / 1000),
        "network": {key: number(value) for key, value in vars(year.network.report).items()},
        "hours": len(prices),
        "price_label": series["price"],
        "price_mean_eur_per_mwh": number(prices.mean()),
        "all_in_price_mean_eur_per_mwh": number(year.price_eur_per_mwh.mean()),
        "negative_hours": int(np.count_nonzero(prices < 0)),
        "climate_label": series["temperature"],
        "outdoor_mean_degc": number(given.town.outdoor_degc.mean()),
        "displaced_heat_eur_per_mwh": number(year.displaced_eur_per_mwh),
        "displaced_by_month_eur_per_mwh": [
            number(value) for value in year.displaced_by_month_eur_per_mwh
        ],
        "displaced_sources": list(given.choices.displaced_sources),
        "compute_eur_per_mwh_it": [number(value) for value in hubs.compute.eur_per_mwh_it],
        "compute_outlook": hubs.compute.label,
    }


def hourly_document(hubs: Hubs, i: int) -> dict[str, Any]:
    """Hourly series of the first year of one parcel."""
    hours = hubs.series(i)
    series = {
        "power_it_kw": hours.it_power_kw,
        "heat_kw": hours.heat_delivered_kw,
        "heat_pump_kw": hours.heat_pump_kw,
        "rejected_kw": hours.heat_rejected_kw,
        "absorbable_kw": hubs.places.at(np.array([i])).absorbable_kw[0],
        "supply_degc": hubs.places.supply_degc[i],
        "return_degc": hubs.places.return_degc[i],
        "available_degc": np.full(len(hours.it_power_kw), hubs.town.available_degc),
        "price_eur_per_mwh": hubs.town.price_eur_per_mwh,
    }
    return {"hours": len(hours.it_power_kw), "headroom_kw": grid_headroom_kw(hubs, i)} | {
        key: np.round(values, SERIES_DECIMALS).tolist() for key, values in series.items()
    }


def foresight_document(hubs: Hubs, i: int) -> dict[str, float | None]:
    """What the first year of one parcel earns with and without foresight."""
    return {name: number(value) for name, value in vars(foresight(hubs, i)).items()}


def resilience_document(given: Assembled, hubs: Hubs, i: int) -> dict[str, Any]:
    """What failures mean for one parcel."""
    found = vars(resilience(hubs, i, given.town.plants_kw, given.assumptions))
    return {
        name: value if isinstance(value, bool | None) else number(value)
        for name, value in found.items()
    }


def canonical(document: dict[str, Any]) -> str:
    """A document as text, the same whatever the order of its keys."""
    return json.dumps(document, sort_keys=True)


def fingerprint(text: str) -> str:
    """SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(town: dict[str, Any], parcels: Iterable[tuple[int | None, str]]) -> str:
    """SHA-256 of the result without ids and times: the same inputs give the same digest.

    Of each parcel, in the order of the refs, it takes the rank and the fingerprint.
    """
    whole = hashlib.sha256(canonical(town).encode())
    for rank, print_ in parcels:
        whole.update(f"\n{rank} {print_}".encode())
    return whole.hexdigest()


def _parcel(
    i: int, given: Assembled, hubs: Hubs, judged: Judgement, to_degrees: CoordTransform
) -> dict[str, Any]:
    row = given.rows[i]
    return {
        "ref": row.ref,
        "name": row.name,
        "parcel_kind": row.parcel_kind,
        "zoning": row.zoning,
        "ownership": row.ownership,
        "area_m2": number(given.candidates.area_m2[i]),
        "lon": round(row.lon, 7),
        "lat": round(row.lat, 7),
        "dwelling_m": number(given.candidates.dwelling_m[i]),
        "score": number(judged.ranking.score[i]),
        "coverage": number(judged.ranking.coverage_share[i]),
        "verdict": judged.verdicts[i].key,
        "verdict_reasons": _reasons(judged.verdicts[i]),
        "conditional_verdict": judged.conditional[i].key,
        "conditional_reasons": _reasons(judged.conditional[i]),
        "gates": [_gate(gate) for gate in judged.gates[i]],
        "law": law_document(i, given, hubs, judged),
        "criteria": _criteria(i, judged),
        "hub": {
            "power_it_kw": number(hubs.inputs.power_it_kw[i]),
            "technology": given.choices.technology,
            "available_degc": number(hubs.town.available_degc),
            "hot_side_max_degc": number(hubs.town.conditions.hub.chain.hot_degc),
        },
        "connection": _connection(i, given, hubs),
        "route": _route(i, given, hubs, to_degrees),
        "noise_radius_m": number(hubs.noise_radius_m),
        "grid": grid_document(i, given.grid, hubs),
        "energy_mwh": _energy(i, hubs),
        "limits": _limits(i, hubs),
        "hours": {
            "running": number(hubs.dispatch.hours_run[i, 0]),
            "with_heat": number(hubs.dispatch.hours_with_heat[i, 0]),
            "by_year": [number(hours) for hours in hubs.dispatch.hours_run[i, : hubs.years]],
        },
        "npv_eur": number(hubs.money.npv_eur[i]),
        "money": _money(i, hubs),
        "alternatives": {
            key: {
                "lcoh_eur_per_mwh": number(each.cost_eur_per_mwh[i]),
                "capital_eur_per_mwh": number(each.capital_eur_per_mwh[i]),
                "operation_eur_per_mwh": number(each.operation_eur_per_mwh[i]),
                "energy_eur_per_mwh": number(each.energy_eur_per_mwh[i]),
            }
            for key, each in hubs.alternatives.items()
        },
    }


def _reasons(answer: Verdict) -> list[dict[str, Any]]:
    return [message_document(reason) for reason in answer.reasons]


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "key": gate.key,
        "state": gate.state,
        "value": number(gate.value),
        "unit": gate.unit,
        "threshold": number(gate.threshold),
        "hint_key": gate.hint_key,
        "hint_values": dict(gate.hint_numbers),
        "hint": gate.hint,
        "source": gate.source,
    }


def _criteria(i: int, judged: Judgement) -> list[dict[str, Any]]:
    total = sum(rule.weight for rule in judged.criteria)
    return [
        {
            "key": rule.key,
            "weight": rule.weight / total,
            "raw": number(judged.quantities[i, j]),
            "unit": rule.unit,
            "score": number(judged.values[i, j]),
            "contribution": number(judged.ranking.parts[i, j]),
            "group": GROUPS[rule.key],
            "low": rule.worst,
            "high": rule.best,
            "nature": judged.natures[rule.key],
        }
        for j, rule in enumerate(judged.criteria)
    ]


def _connection(i: int, given: Assembled, hubs: Hubs) -> dict[str, Any]:
    joined, feed = bool(hubs.joined[i]), hubs.feed
    way, piece = hubs.way, int(hubs.way.piece[i])
    network = hubs.town.network

    def if_joined(values: Any) -> float | None:
        return number(values[i]) if joined else None

    return {
        "length_m": number(way.length_m[i]),
        "length_by_area_m": {
            area: number(metres)
            for area, metres in zip(AREA_TYPES, way.length_by_area_m[i], strict=True)
        },
        "river_crossings": number(way.river_crossings[i]),
        "rail_crossings": number(way.rail_crossings[i]),
        "crossings_eur": if_joined(way.crossings_eur),
        "break_even_m": number(way.break_even_m[i]),
        "along": hubs.town.ways.routes.method,
        "said": message_document(hubs.town.ways.routes.sentence(int(way.row[i]))),
        "head_pa": if_joined(hubs.connection.head_pa),
        "dn_mm": if_joined(hubs.connection.dn_mm),
        "loss_kw": if_joined(hubs.connection.heat_loss_kw),
        "pump_kw": if_joined(hubs.connection.pump_kw),
        "capex_eur": if_joined(hubs.connection.capex_eur),
        "supply_drop_k": if_joined(hubs.connection.supply_drop_k),
        "mode": feed.mode[i] if joined else NO_MODE,
        "modes": _modes(i, hubs),
        "hours_possible": int(feed.possible_h[i]),
        "hours_wanted": int(feed.wanted_h[i]),
        "peak_kw": if_joined(feed.peak_kw),
        "heat_pump_kwth": if_joined(feed.heat_pump_kwth),
        "feed_degc": if_joined(feed.feed_degc),
        "back_degc": if_joined(feed.back_degc),
        "flow_known": bool(hubs.flow_known[i]),
        "behind_mwh_per_a": None if piece < 0 else number(network.behind_mwh_per_a[piece]),
        "customers_behind": None if piece < 0 else number(network.customers_behind[piece]),
    }


def _route(
    i: int, given: Assembled, hubs: Hubs, to_degrees: CoordTransform
) -> dict[str, Any] | None:
    """The way from the parcel to the network as GeoJSON; None where none is known."""
    line = hubs.town.ways.line(int(hubs.way.row[i]))
    if len(line) < LEAST_POINTS:
        return None
    row = given.rows[i]
    path = LineString(line.tolist(), srid=given.srid)
    path.transform(to_degrees)
    points = [(row.lon, row.lat), *path.coords]
    return {
        "type": "LineString",
        "coordinates": [[round(x, ROUTE_DECIMALS), round(y, ROUTE_DECIMALS)] for x, y in points],
    }


def _modes(i: int, hubs: Hubs) -> list[dict[str, Any]]:
    """Every way of feeding in with what it gives and what is against it."""
    best, row = hubs.feed.comparison(i)
    said = best.sentences(row)
    return [
        {
            "mode": mode,
            "chosen": int(best.best[row]) == k,
            "hours": int(best.feasible_h[k, row]),
            "heat_mwh": number(best.heat_mwh[k, row]),
            "power_mwh": number(best.power_mwh[k, row]),
            "worth_eur_per_a": number(best.worth_eur_per_a[k, row]),
            "reasons": [message_document(sentence) for sentence in said[mode]],
        }
        for k, mode in enumerate(best.modes)
    ]


def _limits(i: int, hubs: Hubs) -> dict[str, Any]:
    """What stands between the hub's full heat and what it delivers, step by step."""
    piece = int(hubs.way.piece[i])
    flow = float(hubs.places.flow_kg_per_s[i].max())
    most = float("nan") if piece < 0 else float(hubs.town.network.flow_max_kg_per_s[piece])
    return {
        "full_heat_mwh": number(hubs.full_heat_mwh),
        "takeable_mwh": number(hubs.takeable_mwh[i]),
        "delivered_mwh": number(hubs.dispatch.heat_delivered_mwh[i, 0]),
        "heat_pump_mwh": number(hubs.dispatch.heat_pump_mwh[i, 0]),
        "hours_wanted": int(hubs.feed.wanted_h[i]),
        "hours_possible": int(hubs.feed.possible_h[i]),
        "hours_run": number(hubs.dispatch.hours_run[i, 0]),
        "headroom_kw": number(hubs.grid.firm_kw[i]),
        "needed_kw": number(hubs.needed_kw[i]),
        "pipe_used_share": number(flow / most) if hubs.flow_known[i] else None,
    }


def _energy(i: int, hubs: Hubs) -> dict[str, Any]:
    year = hubs.dispatch
    delivered, pipe, rejected, uncaptured = (
        float(each[i, 0])
        for each in (
            year.heat_delivered_mwh,
            year.heat_lost_mwh,
            year.heat_rejected_mwh,
            year.uncaptured_mwh,
        )
    )
    return {
        "in": float(year.electricity_mwh[i, 0]),
        "used": delivered,
        "lost": pipe + uncaptured,
        "rejected": rejected,
        "parts": {
            "it": float(year.it_energy_mwh[i, 0]),
            "heat_pump": float(year.heat_pump_mwh[i, 0]),
            "auxiliary": float(
                year.electricity_mwh[i, 0] - year.it_energy_mwh[i, 0] - year.heat_pump_mwh[i, 0]
            ),
            "pipe_loss": pipe,
            "uncaptured": uncaptured,
        },
    }


def _money(i: int, hubs: Hubs) -> dict[str, Any]:
    cost, money = hubs.cost, hubs.money

    def line(values: Any) -> float | None:
        return number(np.broadcast_to(values, hubs.joined.shape)[i])

    parts = {
        name.removesuffix("_eur"): line(values)
        for name, values in vars(cost.capex).items()
        if name.endswith("_eur")
    }
    return {
        "capex_eur": line(cost.total_eur),
        # a cable to a substation that is not known has no cost yet; it is not free
        "capex_parts": parts | {"cable": number(cost.cable_eur[i]), "land": line(cost.land_eur)},
        "opex_eur_per_a": line(cost.running_eur_per_a),
        "lease_eur_per_a": line(cost.lease_eur_per_a),
        "grant_eur": line(cost.grant_eur),
        "electricity_eur_per_a": number(hubs.electricity_eur[i, 0]),
        "heat_revenue_eur_per_a": number(money.heat_eur[i, 0]),
        "compute_revenue_eur_per_a": number(hubs.dispatch.compute_revenue_eur[i, 0]),
        "contract": hubs.operation.contract(i, 0),
        "ebitda_year1_eur": number(money.ebitda_eur[i, 0]),
        "ebitda_eur": [number(value) for value in money.ebitda_eur[i]],
        "npv_eur": number(money.npv_eur[i]),
        # the same operation with the income from computing left out, as the cost of heat is
        "npv_heat_only_eur": number(money.npv_heat_only_eur[i]),
        "npv_without_compute_eur": number(hubs.npv_without_compute_eur[i]),
        "npv_flat_compute_eur": number(hubs.npv_flat_compute_eur[i]),
        "irr": number(money.returns.rate_share[i]),
        "irr_is_unique": bool(money.returns.sign_changes[i] <= 1),
        "mirr": number(money.returns.modified_share[i]),
        "lcoh_gross_eur_per_mwh": number(money.lcoh_gross_eur_per_mwh[i]),
        "lcoh_net_eur_per_mwh": number(money.lcoh_net_eur_per_mwh[i]),
    }
