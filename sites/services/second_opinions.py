"""Asks pandapower and pandapipes about one parcel, in the background, and keeps the answer."""

from typing import Any
from uuid import UUID

import numpy as np
from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from engines.errors import EngineError
from engines.evaluation.hubs import Hubs
from engines.evaluation.town import load_shapes, temperatures_of
from engines.thermal.network_state import INTO_RETURN, INTO_SUPPLY, HubInjection
from heatmap.choices import JobKind, JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import GridModel
from heatmap.services.attempts import Attempt
from heatmap.services.jobs import create_job, run_job
from sites.assembly import Assembled
from sites.grid_selectors import nearest_bus
from sites.models import Candidate, Run, SecondOpinion
from sites.parcel_selectors import outline_of, search_of
from sites.services.plain import message_document, number
from sites.services.scoring import hub_of
from sites.verify.hydraulic_result import HydraulicResult
from sites.verify.hydraulics import second_opinion
from sites.verify.power_flow import hosting_capacity
from sites.verify.town_hour import deviation, town_hour

EXPECTED_S = 20.0
ASKED_OVER_NEED = 4.0
"""The search for what a bus carries begins at so many times the need of the hub."""
SUMMER = slice(3624, 5832)
"""June to August, in hours of the year; the hour of its highest demand stands for it."""
NO_MODEL = gettext_noop("There is no grid model of this town; bring one to have the power flow.")
NO_BUS = gettext_noop("The grid model has no bus of a fitting voltage with a place.")
NO_HEAT = gettext_noop("The hub feeds no heat into the network in this hour.")
NO_PIPE = gettext_noop("The parcel is not connected to the heat network.")


def create_second_opinion(run: Run, ref: str, user: User | None) -> SecondOpinion:
    """Write down that a second opinion on a parcel is asked for. Call it inside an identity.

    Raises
    ------
    Refusal
        If the run has no result, or the same is being worked out already.
    """
    if run.result is None:
        raise Refusal(gettext_noop("This run has no result to report on."))
    going_on = SecondOpinion.objects.filter(
        run=run, ref=ref, job__state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    if going_on.exists():
        raise Refusal(gettext_noop("This is being done already; see the background work."))
    job = create_job(run.municipality, JobKind.VERIFY, user, title=ref, expected_s=EXPECTED_S)
    return SecondOpinion.objects.create(
        municipality_id=run.municipality_id, run=run, job=job, ref=ref
    )


def create_for_the_first(run: Run, count: int) -> list[SecondOpinion]:
    """Ask for one on each of the first parcels of a run that has none. Call it inside an identity.

    The town itself asks, so that nobody's turn is taken.
    """
    first = Candidate.objects.filter(run=run, rank__lte=count).order_by("rank")
    known = SecondOpinion.objects.filter(run=run).values("ref")
    refs = first.exclude(ref__in=known).values_list("ref", flat=True)
    return [create_second_opinion(run, ref, None) for ref in refs]


def execute(job_id: UUID | str) -> SecondOpinion:
    """Work a second opinion out. A second call for one that is there does nothing."""
    job = run_job(job_id, _work)
    with acting_as(job_id=job.pk):
        return SecondOpinion.objects.select_related("job", "run").get(job_id=job.pk)


def _work(attempt: Attempt) -> None:
    attempt(gettext_noop("working out the parcel anew"), 0.05)
    with acting_as(job_id=attempt.job_id):
        asked = SecondOpinion.objects.select_related("run__municipality").get(job_id=attempt.job_id)
        candidate = Candidate.objects.select_related("run__municipality").get(
            run=asked.run, ref=asked.ref
        )
        given, hub = hub_of(candidate)
        versions = {k: layer["version_id"] for k, layer in asked.run.inputs["layers"].items()}
        model = GridModel.objects.filter(version_id=versions.get("grid_model", -1)).first()
        town, search = asked.run.municipality, search_of(asked.run.inputs)
        place = outline_of(town, versions, search, asked.ref)
        bus = None if model is None else nearest_bus(model.version_id, place, _volts(hub))
    heat = _heat(attempt, given, hub)
    power = _power(attempt, given, hub, model, bus)
    with attempt.ending():
        asked.result = {"power": power, "heat": heat}
        asked.save(update_fields=["result"])


def _volts(hub: Hubs) -> tuple[float, float]:
    """Range of voltages [kV] that the hub would be connected at."""
    return (0.1, 1.0) if str(hub.grid.level[0]).startswith("lv") else (1.0, 60.0)


def _power(
    attempt: Attempt, given: Assembled, hub: Hubs, model: GridModel | None, bus: Any
) -> dict[str, Any]:
    if model is None:
        return {"refused": NO_MODEL}
    if bus is None:
        return {"refused": NO_BUS}
    needed = float(hub.needed_kw[0])

    def beat(share: float) -> None:
        attempt(gettext_noop("power flows, with each branch out of service"), 0.5 + 0.45 * share)

    try:
        found = hosting_capacity(
            model.tables, bus.number, given.assumptions,
            largest_kw=ASKED_OVER_NEED * needed, beat=beat,
        )  # fmt: skip
    except EngineError as error:
        return {"refused": str(error)}
    return {
        "bus": bus.number,
        "bus_name": bus.name,
        "bus_voltage_kv": bus.voltage_kv,
        "distance_m": number(bus.distance_m),
        "needed_kw": needed,
        "asked_kw": ASKED_OVER_NEED * needed,
        "capacity_kw": number(found.capacity_kw),
        "limit": message_document(found.limit),
        "outage_capacity_kw": number(found.outage_capacity_kw),
        "outage_limit": message_document(found.outage_limit),
        "outages": found.outages,
        "voltage_pu": number(found.voltage_pu),
        "headroom_firm_kw": number(hub.grid.firm_kw[0]),
        "notes": [message_document(each) for each in found.notes],
    }


def _heat(attempt: Attempt, given: Assembled, hub: Hubs) -> dict[str, Any]:
    piece = int(hub.way.piece[0])
    if piece < 0 or not bool(hub.joined[0]):
        return {"refused": NO_PIPE}
    demand = hub.town.demand_kw
    busiest = SUMMER.start + int(np.argmax(demand[SUMMER]))
    hours = {"winter": int(np.argmax(demand)), "summer": busiest}
    answers = []
    for place, (season, hour) in enumerate(hours.items()):
        attempt(gettext_noop("hydraulics of the heat network"), 0.1 + 0.2 * place)
        answers.append({"season": season, "hour": hour} | _hour(given, hub, piece, hour))
    return {"hours": answers}


def _hour(given: Assembled, hub: Hubs, piece: int, hour: int) -> dict[str, Any]:
    a, year = given.assumptions, hub.town
    try:
        ours = town_hour(
            year.network,
            load_shapes(given.town, given.choices, a),
            hour,
            temperatures_of(year, a),
            piece,
            a,
        )
        alone = second_opinion(ours.state, None, a)
    except EngineError as error:
        return {"refused": str(error)}
    apart = deviation(ours, alone.flow)
    found: dict[str, Any] = {
        "demand_kw": number(ours.state.consumer_kw.sum()),
        "flow_apart_share": number(apart.flow_share),
        "supply_apart_k": number(apart.supply_k),
        "without": _told(alone),
    }
    into = INTO_SUPPLY if hub.feed.mode[0].startswith("supply") else INTO_RETURN
    heat_kw = min(float(hub.feed.uptake_kw[hub.feed.row[0], hour]), year.conditions.hub.heat_kw)
    if heat_kw <= 0.0:
        return found | {"refused_hub": NO_HEAT}
    supply = float(hub.feed.feed_degc[0])
    degc = supply if np.isfinite(supply) else ours.state.plant_supply_degc
    node = int(year.network.graph.end[piece])
    try:
        fed = second_opinion(ours.state, HubInjection(node, into, heat_kw, degc), a)
    except EngineError as error:
        return found | {"hub_kw": heat_kw, "refused_hub": str(error)}
    told = _told(fed)
    if into == INTO_RETURN:
        # warmer water on its way back to the plant reaches no customer
        told["hub_supplied_kw"] = None
    return found | {"hub_kw": heat_kw, "into": into, "with": told}


def _told(result: HydraulicResult) -> dict[str, Any]:
    return {
        "plant_kw": number(result.plant_kw),
        "loss_kw": number(result.loss_kw),
        "head_bar": number(result.head_bar),
        "highest_bar": number(np.nanmax(result.supply_bar)),
        "lowest_bar": number(np.nanmin(result.return_bar)),
        "velocity_m_per_s": number(np.nanmax(result.velocity_m_per_s)),
        "coldest_degc": number(np.nanmin(result.flow.supply_degc)),
        "hub_supplied_kw": number(result.hub_supplied_kw),
        "violations": [message_document(each) for each in result.violations],
    }
