"""An hour as the tank sees it: the uses of one more kWh of heat, best first.

The hub makes all the heat it can; more heat from the tank can be sold, let the machines make less
(in up to two ways, at two prices), or be rejected. Each use has a value and a size. The order of
all hours is worked out once, and read by prices and plans alike, so that a use has the same bits
wherever it is compared.
"""

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.dispatch.scaled import Scaled, Scratch

USES = 4
NETWORK, COOLER, SHED, SPARE = range(USES)


@compiled()
def merit_orders(h: Scaled, b: Scratch) -> None:
    """Write ``b.use_key`` (minus the value), ``b.use_size`` and ``b.use``, best use first."""
    v, D, d, W = h.v, h.D, h.d, h.W
    shed, shed_key, spare, spare_key = b.shed, b.shed_key, b.spare, b.spare_key
    key, size, use = b.use_key, b.use_size, b.use
    for t in range(h.P.shape[0]):
        k0, s0, u0 = -v[t], D[t], NETWORK
        k1, s1, u1 = d[t], W[t], COOLER
        k2, s2, u2 = shed_key[t], shed[t], SHED
        k3, s3, u3 = spare_key[t], spare[t], SPARE
        if k1 < k0:
            k0, s0, u0, k1, s1, u1 = k1, s1, u1, k0, s0, u0
        if k3 < k2:
            k2, s2, u2, k3, s3, u3 = k3, s3, u3, k2, s2, u2
        if k2 < k0:
            k0, s0, u0, k2, s2, u2 = k2, s2, u2, k0, s0, u0
        if k3 < k1:
            k1, s1, u1, k3, s3, u3 = k3, s3, u3, k1, s1, u1
        if k2 < k1:
            k1, s1, u1, k2, s2, u2 = k2, s2, u2, k1, s1, u1
        key[t, 0], key[t, 1], key[t, 2], key[t, 3] = k0, k1, k2, k3
        size[t, 0], size[t, 1], size[t, 2], size[t, 3] = s0, s1, s2, s3
        use[t, 0], use[t, 1], use[t, 2], use[t, 3] = u0, u1, u2, u3


@compiled(inline="always")
def limit_flow(
    hot: float,
    charge: float,
    discharge: float,
    key: FloatArray,
    size: FloatArray,
    t: int,
    taken: FloatArray,
) -> tuple[float, float, float]:
    """Cut the order of an hour to what the pipes of the tank let through.

    Heat above the charging limit has to be used at once, which takes the best uses; discharging
    reaches only so far down the order. Writes to `taken` the sizes that remain. Returns the heat
    that goes into the tank if none of them is used, and the band in which the price of the node
    must stay: where a limit binds, node and tank have different prices.
    """
    band_low, band_high = -np.inf, np.inf
    heat = min(hot, charge)
    cut = hot - heat
    room = heat + discharge
    for j in range(USES):
        whole = size[t, j]
        left = whole
        if cut > 0.0 and whole > 0.0:
            band_low = key[t, j]
            left = max(whole - cut, 0.0)
            cut -= whole - left
        part = min(left, room)
        if part < left and band_high == np.inf:
            band_high = key[t, j]
        room -= part
        taken[j] = part
    return heat, band_low, band_high
