"""The same places with hubs of other sizes: value, heat used and cost of heat over size.

The way to the network stays that of the study's size; everything else is worked out anew: feeding,
pipe, grid connection, dispatch of every year, money, and the gates that depend on the size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.evaluation.gates import gates_of
from engines.evaluation.hubs import Hubs, evaluate_hubs
from engines.evaluation.records import Candidates, GridInput, StudyChoices
from engines.evaluation.town import TownYear, full_load_mwh_per_a
from engines.grid.tariff import hourly_price_eur_per_mwh
from engines.scoring.states import RED
from engines.siting.size import SIZES_KW, BestSize, best_size
from engines.thermal.envelope import captured_kw, technology
from engines.thermal.mode_year import hub_heat

SITE_GATES = ("area", "shape", "headroom")
"""Gates that set the limit of a site."""


@dataclass(frozen=True)
class SizeCurve:
    """One place over sizes of hub, up to the limit of the site.

    Attributes
    ----------
    power_it_kw : array, shape (sizes,)
    npv_eur, heat_mwh, heat_used_share, heat_cost_eur_per_mwh, capex_eur : array, shape (sizes,)
        Present value; heat into the network in the first year, and its share of all heat caught;
        cost of heat net of computing, NaN where none is sold; all that is built.
    loss_year_eur, loss_total_eur : array, shape (sizes,)
        Largest loss of a year, and loss over the study as worth today.
    red : tuple of tuple of str
        Gates that refuse each size.
    best : BestSize or None
        Among the sizes that no gate refuses; None where there is none.
    """

    power_it_kw: FloatArray
    npv_eur: FloatArray
    heat_mwh: FloatArray
    heat_used_share: FloatArray
    heat_cost_eur_per_mwh: FloatArray
    capex_eur: FloatArray
    loss_year_eur: FloatArray
    loss_total_eur: FloatArray
    red: tuple[tuple[str, ...], ...]
    best: BestSize | None


def with_power(a: Assumptions, power_it_kw: float) -> Assumptions:
    """Return the same assumptions with another size of hub."""
    key = "hub.power_it_kw"
    return Assumptions(dict(a.entries) | {key: replace(a.entries[key], value=power_it_kw)})


def at_power(
    year: TownYear, day_ahead_eur_per_mwh: FloatArray, choices: StudyChoices, a: Assumptions
) -> TownYear:
    """Return the year of the town as a hub of another size meets it."""
    hub = technology(choices.technology)
    hours = len(day_ahead_eur_per_mwh)
    conditions = replace(
        year.conditions,
        hub=hub_heat(hub, float(captured_kw(hub, a["hub.power_it_kw"])), a),
        price_eur_per_mwh=hourly_price_eur_per_mwh(
            day_ahead_eur_per_mwh,
            choices.money.tariff_of_hub(choices.tariff),
            full_load_mwh_per_a(a, hours),
        ),
    )
    return replace(year, conditions=conditions)


def size_curves(
    year: TownYear,
    day_ahead_eur_per_mwh: FloatArray,
    candidates: Candidates,
    grid: GridInput,
    choices: StudyChoices,
    a: Assumptions,
    sizes_kw: Sequence[float] = SIZES_KW,
) -> list[SizeCurve]:
    """Work out every candidate with every size.

    Parameters
    ----------
    year : TownYear
        Of the study's size, with the places of these candidates.
    day_ahead_eur_per_mwh : array, shape (hours,)
    candidates, grid, choices, a
        As for `evaluate_hubs`.
    sizes_kw : sequence of float
        Rising.
    """
    hubs, red = [], []
    for size in sizes_kw:
        sized = with_power(a, size)
        met = at_power(year, day_ahead_eur_per_mwh, choices, sized)
        found = evaluate_hubs(met, candidates, grid, choices, sized)
        hubs.append(found)
        red.append(
            [
                tuple(
                    gate.key
                    for gate in gates_of(i, candidates, found, choices, sized)
                    if gate.state == RED
                )
                for i in range(len(candidates.refs))
            ]
        )
    return [_curve(i, hubs, [row[i] for row in red], sizes_kw) for i in range(len(candidates.refs))]


def _curve(
    i: int, hubs: Sequence[Hubs], red: Sequence[tuple[str, ...]], sizes_kw: Sequence[float]
) -> SizeCurve:
    """Return one place up to the first size that the site itself refuses."""
    refused = [bool(set(gates) & set(SITE_GATES)) for gates in red]
    count = refused.index(True) if True in refused else len(refused)

    def column(values: Sequence[FloatArray]) -> FloatArray:
        return np.array([float(each[i]) for each in values[:count]])

    caught = column([h.inputs.capture_share * h.dispatch.it_energy_mwh[:, 0] for h in hubs])
    own = column(
        [h.dispatch.heat_delivered_mwh[:, 0] - h.dispatch.heat_pump_mwh[:, 0] for h in hubs]
    )
    curve = SizeCurve(
        power_it_kw=np.array(sizes_kw[:count], dtype=np.float64),
        npv_eur=column([h.money.npv_eur for h in hubs]),
        heat_mwh=column([h.dispatch.heat_delivered_mwh[:, 0] for h in hubs]),
        heat_used_share=np.divide(own, caught, out=np.zeros_like(own), where=caught > 0.0),
        heat_cost_eur_per_mwh=column([h.money.lcoh_net_eur_per_mwh for h in hubs]),
        capex_eur=column([np.broadcast_to(h.cost.total_eur, h.joined.shape) for h in hubs]),
        loss_year_eur=column([h.money.loss_year_eur for h in hubs]),
        loss_total_eur=column([h.money.loss_total_eur for h in hubs]),
        red=tuple(red[:count]),
        best=None,
    )
    return replace(curve, best=_best(curve))


def _best(curve: SizeCurve) -> BestSize | None:
    """Choose among the sizes that no gate refuses and whose value is known."""
    fits = [k for k, gates in enumerate(curve.red) if not gates and np.isfinite(curve.npv_eur[k])]
    if not fits:
        return None
    found = best_size(curve.power_it_kw[fits], curve.npv_eur[fits], curve.heat_mwh[fits])
    return BestSize(fits[found.best], None if found.knee is None else fits[found.knee])
