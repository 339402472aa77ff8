"""The best set of hubs: no headroom, no heat of a branch and no euro is spent twice.

A mixed-integer linear program: ``x[o, p]`` is 1 where option `o` (a hub of one size on one parcel)
is built in phase `p`. It is solved by HiGHS, which also gives a bound: the gap says by how much a
better set could exist at most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from engines.arrays import FloatArray, IntArray, finite, indices, non_negative
from engines.errors import InvalidInput, NotConverged

_OPTIMAL, _LIMIT = 0, 1


@dataclass(frozen=True)
class Resource:
    """Something that options share: the headroom of a node, the heat of a branch in a month.

    Attributes
    ----------
    name : str
    capacity : float
        What there is, in any unit.
    option : array of int
        Rows of the options that use it.
    use : array
        What each of them uses, in the same unit.
    """

    name: str
    capacity: float
    option: IntArray
    use: FloatArray


@dataclass(frozen=True)
class Options:
    """What could be built; one row an option.

    Attributes
    ----------
    parcel : array of int
        Several sizes on one parcel have the same number; one of them at most is built.
    value : array
        What the option is worth if built at once, in any unit, negative too.
    cost_eur : array
    xy_m : array, shape (options, 2)
    owner : tuple of str
    """

    parcel: IntArray
    value: FloatArray
    cost_eur: FloatArray
    xy_m: FloatArray
    owner: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.value)
        finite("Value of an option", self.value)
        non_negative("Cost of an option", self.cost_eur)
        if (len(self.parcel), self.xy_m.shape, len(self.owner)) != (count, (count, 2), count):
            raise InvalidInput("Options need one parcel, place and owner each.")


@dataclass(frozen=True)
class Demands:
    """What a set must keep.

    Attributes
    ----------
    least, most : int
        How many hubs; equal for exactly so many.
    budget_eur : sequence of float
        Money that becomes available in each phase; what is left goes on to the next. Infinite
        where there is no limit.
    phase_years : sequence of float
        When each phase begins [a], the first at 0.
    rate_share : float
        Interest by which a later phase is worth less [1/a].
    spacing_m : float
        Least distance between two hubs.
    owners : frozenset of str or None
        Kinds of owner whose parcels may be used; None for all.
    """

    least: int = 0
    most: int = 3
    budget_eur: Sequence[float] = (np.inf,)
    phase_years: Sequence[float] = (0.0,)
    rate_share: float = 0.0
    spacing_m: float = 0.0
    owners: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most:
            raise InvalidInput(f"From {self.least} to {self.most} hubs is no range.")
        if len(self.budget_eur) != len(self.phase_years) or not len(self.budget_eur):
            raise InvalidInput("Every phase needs a budget and a year, and one phase is needed.")
        if any(np.isnan(each) or each < 0.0 for each in self.budget_eur):
            raise InvalidInput("A budget is a number from 0 on; infinite where there is no limit.")


@dataclass(frozen=True)
class BestSet:
    """The best set that was found.

    Attributes
    ----------
    option : tuple of int
        Rows of the options, in the order of phases and values.
    phase : tuple of int
    value, bound : float
        Total, and what no set can exceed; both as worth at the start.
    gap_share : float
        ``(bound - value) / |value|``; 0 where the set is proven to be the best.
    cost_eur : float
    left : dict of str to float
        What is left of the resources that the set uses.
    """

    option: tuple[int, ...]
    phase: tuple[int, ...]
    value: float
    bound: float
    gap_share: float
    cost_eur: float
    left: dict[str, float]


def best_set(
    options: Options,
    resources: Sequence[Resource],
    demands: Demands,
    *,
    gap_share: float = 1e-4,
    most_s: float = 30.0,
) -> BestSet | None:
    """Find the set with the largest total value.

    Parameters
    ----------
    options : Options
    resources : sequence of Resource
        Infinite capacities bind nobody; NaN is refused.
    demands : Demands
    gap_share : float
        Gap at which the search may stop.
    most_s : float
        Time after which the best set so far is taken, with its gap [s].

    Returns
    -------
    BestSet or None
        None where no set keeps all demands.

    Raises
    ------
    NotConverged
        If the time ends before any set is found.

    Notes
    -----
    Maximise ``sum v_o (1+r)^(-t_p) x_op`` with ``x`` binary; ``sum_p x_op <= 1``; one option a
    parcel; ``sum_o u_ro sum_p x_op <= C_r``; money up to each phase ``sum_{q<=p} c_o x_oq <=
    sum_{q<=p} B_q``; pairs nearer than the spacing exclude each other; ``least <= sum x <= most``.
    """
    allowed = np.array(
        [demands.owners is None or owner in demands.owners for owner in options.owner], dtype=bool
    )
    count, phases = len(options.value), len(demands.budget_eur)
    if not count:
        return _picked(options, resources, demands, np.zeros((0, phases), bool), 0.0)
    factor = (1.0 + demands.rate_share) ** -np.asarray(demands.phase_years, dtype=np.float64)
    worth = options.value[:, None] * factor
    scale = float(np.abs(worth).max()) or 1.0
    rows, low, high = _rows(options, resources, demands)
    result = milp(
        -worth.ravel() / scale,
        integrality=np.ones(count * phases),
        bounds=Bounds(0.0, np.repeat(allowed.astype(float), phases)),
        constraints=LinearConstraint(rows, low, high),
        options={"mip_rel_gap": gap_share, "time_limit": most_s},
    )
    if result.status not in (_OPTIMAL, _LIMIT):
        return None
    if result.x is None:
        raise NotConverged(f"No set of hubs was found in {most_s:g} s; allow more time.")
    chosen = np.asarray(result.x).reshape(count, phases) > 0.5  # noqa: PLR2004  binary
    bound = result.mip_dual_bound
    bound_value = -float(bound) * scale if bound is not None else float("inf")
    return _picked(options, resources, demands, chosen, bound_value)


def trade_off(
    options: Options,
    resources: Sequence[Resource],
    demands: Demands,
    most: int,
    *,
    most_s: float = 10.0,
) -> list[BestSet | None]:
    """Return the best set of exactly 0, 1, ... `most` hubs; None where so many do not fit."""
    found: list[BestSet | None] = []
    for k in range(most + 1):
        exactly = Demands(**(vars(demands) | {"least": k, "most": k}))
        found.append(best_set(options, resources, exactly, most_s=most_s))
        if found[-1] is None:
            # a larger set would hold a smaller one
            found.extend([None] * (most - k))
            break
    return found


def _rows(
    options: Options, resources: Sequence[Resource], demands: Demands
) -> tuple[csr_array, FloatArray, FloatArray]:
    """Return all rows of the program with their limits."""
    count, phases = len(options.value), len(demands.budget_eur)
    blocks, low, high = [], [], []

    def add(block: coo_array, least: FloatArray, most: FloatArray) -> None:
        blocks.append(block)
        low.append(least)
        high.append(most)

    number, each = np.unique(options.parcel, return_inverse=True)
    once = _over_phases(each, np.arange(count), np.ones(count), len(number), count, phases)
    add(once, np.full(len(number), -np.inf), np.ones(len(number)))
    binding = [resource for resource in resources if _can_bind(resource, count)]
    if binding:
        row = np.repeat(np.arange(len(binding)), [len(each.option) for each in binding])
        column = np.concatenate([each.option for each in binding])
        use = np.concatenate([each.use for each in binding])
        capacity = np.array([max(each.capacity, 0.0) for each in binding])
        size = np.maximum(capacity, 1e-9)
        block = _over_phases(row, column, use / size[row], len(binding), count, phases)
        add(block, np.full(len(binding), -np.inf), capacity / size)
    near = exclusive_groups(options, near_pairs(options, demands.spacing_m))
    if near:
        row = np.repeat(np.arange(len(near)), [len(group) for group in near])
        column = np.concatenate(near)
        block = _over_phases(row, column, np.ones(len(column)), len(near), count, phases)
        add(block, np.full(len(near), -np.inf), np.ones(len(near)))
    everything = np.zeros(count * phases, dtype=np.int64), np.arange(count * phases)
    add(
        coo_array((np.ones(count * phases), everything), shape=(1, count * phases)),
        np.array([float(demands.least)]),
        np.array([float(demands.most)]),
    )
    for spent, limit in _budgets(options, demands):
        add(spent, np.array([-np.inf]), np.array([limit]))
    return vstack(blocks, format="csr"), np.concatenate(low), np.concatenate(high)


def _budgets(options: Options, demands: Demands) -> Iterator[tuple[coo_array, float]]:
    """Money spent up to each phase, and what was there until then, over the dearest option."""
    phases, count = len(demands.budget_eur), len(options.value)
    together = np.cumsum(np.asarray(demands.budget_eur, dtype=np.float64))
    scale = float(options.cost_eur.max()) or 1.0
    for p in range(phases):
        if not np.isfinite(together[p]):
            continue
        option, phase = np.meshgrid(np.arange(count), np.arange(p + 1), indexing="ij")
        column = (option * phases + phase).ravel()
        cost = np.repeat(options.cost_eur / scale, p + 1)
        row = np.zeros(len(column), dtype=np.int64)
        yield coo_array((cost, (row, column)), shape=(1, count * phases)), together[p] / scale


def _over_phases(
    row: IntArray, option: IntArray, value: FloatArray, rows: int, options: int, phases: int
) -> coo_array:
    """Give every entry of an option to all its phases."""
    column = (np.repeat(option * phases, phases).reshape(-1, phases) + np.arange(phases)).ravel()
    return coo_array(
        (np.repeat(value, phases), (np.repeat(row, phases), column)), shape=(rows, options * phases)
    )


def _can_bind(resource: Resource, options: int) -> bool:
    """Check a resource, and say whether its users could together exceed it."""
    if np.isnan(resource.capacity):
        raise InvalidInput(f"What there is of {resource.name} is not known; leave it out.")
    indices(f"Options of {resource.name}", resource.option, options)
    use = non_negative(f"Use of {resource.name}", resource.use)
    return float(use.sum()) > max(resource.capacity, 0.0)


def near_pairs(options: Options, spacing_m: float) -> IntArray:
    """Return pairs of options on two parcels that are nearer than the spacing, shape (pairs, 2)."""
    if spacing_m <= 0.0 or len(options.value) < 2:  # noqa: PLR2004  a pair
        return np.zeros((0, 2), dtype=np.int64)
    place = options.xy_m
    found = []
    for i in range(len(place) - 1):
        distance = np.hypot(*(place[i + 1 :] - place[i]).T)
        other = np.flatnonzero(
            (distance < spacing_m) & (options.parcel[i + 1 :] != options.parcel[i])
        )
        found.append(np.column_stack([np.full(len(other), i), other + i + 1]))
    return np.concatenate(found).astype(np.int64)


def exclusive_groups(options: Options, pairs: IntArray) -> list[IntArray]:
    """Return groups of options of which one at most can be built, which hold all these pairs.

    Where every size on one parcel is too near to every size on another, one group says for all of
    them what pairs would say weakly: half a hub of each of many sizes is not left open.
    """
    if not len(pairs):
        return []
    number = np.unique(options.parcel, return_inverse=True)[1]
    sizes = np.bincount(number)
    ends = np.sort(number[pairs], axis=1)
    _, group = np.unique(ends, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    found: list[IntArray] = []
    for rows in np.split(order, np.flatnonzero(np.diff(group.ravel()[order])) + 1):
        first, second = ends[rows[0]]
        if len(rows) == sizes[first] * sizes[second]:
            found.append(np.unique(pairs[rows]))
        else:
            found.extend(pairs[rows])
    return found


def _picked(
    options: Options,
    resources: Sequence[Resource],
    demands: Demands,
    chosen: NDArray[np.bool_],
    bound: float,
) -> BestSet | None:
    """Add up what was chosen, in the units it was asked in."""
    rows, phases = np.nonzero(chosen)
    if len(rows) < demands.least:
        return None
    years = np.asarray(demands.phase_years, dtype=np.float64)
    worth = options.value[rows] * (1.0 + demands.rate_share) ** -years[phases]
    order = np.lexsort((rows, -worth, phases))
    value = float(worth.sum())
    built = set(rows.tolist())
    left = {
        each.name: each.capacity - float(each.use[[o in built for o in each.option.tolist()]].sum())
        for each in resources
        if built & set(each.option.tolist())
    }
    bound = max(bound, value)
    size = max(abs(value), 1e-9)
    return BestSet(
        option=tuple(rows[order].tolist()),
        phase=tuple(phases[order].tolist()),
        value=value,
        bound=bound,
        gap_share=(bound - value) / size if bound > value else 0.0,
        cost_eur=float(options.cost_eur[rows].sum()),
        left=left,
    )
