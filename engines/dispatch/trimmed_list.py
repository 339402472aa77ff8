"""A short sorted list of (key, mass) that is trimmed at both ends: the one data structure here.

Both exact methods, `tank` and `fleet`, keep the derivative of a concave piecewise linear function
as such a list: at each key the derivative drops by the mass there. Adding a function is inserting
its steps; limiting what may be held is trimming. The items are ``key[head:tail]``; both arrays
have room on either side, so that the shorter side is shifted.

Nothing here may be compiled with fast mathematics: equal keys must stay equal bit by bit, and
infinities are used.
"""

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled

ROOM = 16
"""Free places kept on either side; an hour inserts fewer items than that."""


@compiled(inline="always")
def insert(
    key: FloatArray, mass: FloatArray, head: int, tail: int, new: float, amount: float
) -> tuple[int, int]:
    """Add `amount` at the key `new`; equal keys share a place. Returns the new ends."""
    if amount <= 0.0:
        return head, tail
    low = head
    count = tail - head
    while count > 0:
        half = (count + 1) >> 1
        low = low + half if key[low + half - 1] < new else low
        count -= half
    if low < tail and key[low] == new:
        mass[low] += amount
        return head, tail
    if low - head < tail - low:
        for i in range(head, low):
            key[i - 1] = key[i]
            mass[i - 1] = mass[i]
        key[low - 1] = new
        mass[low - 1] = amount
        return head - 1, tail
    for i in range(tail, low, -1):
        key[i] = key[i - 1]
        mass[i] = mass[i - 1]
    key[low] = new
    mass[low] = amount
    return head, tail + 1


@compiled(inline="always")
def insert_first(key: FloatArray, mass: FloatArray, head: int, new: float, amount: float) -> int:
    """Add `amount` at a key that is not above any in the list, which is not empty."""
    if key[head] == new:
        mass[head] += amount
        return head
    key[head - 1] = new
    mass[head - 1] = amount
    return head - 1


@compiled(inline="always")
def insert_last(key: FloatArray, mass: FloatArray, tail: int, new: float, amount: float) -> int:
    """Add `amount` at a key that is not below any in the list, which is not empty."""
    if key[tail - 1] == new:
        mass[tail - 1] += amount
        return tail
    key[tail] = new
    mass[tail] = amount
    return tail + 1


@compiled(inline="always")
def trim_left(
    key: FloatArray, mass: FloatArray, head: int, tail: int, amount: float
) -> tuple[int, float]:
    """Take `amount` of mass from the smallest keys. Returns the new head and the last key cut."""
    cut = -np.inf
    while amount > 0.0 and head < tail:
        cut = key[head]
        if mass[head] <= amount:
            amount -= mass[head]
            head += 1
        else:
            mass[head] -= amount
            amount = 0.0
    return head, cut


@compiled(inline="always")
def trim_right(
    key: FloatArray, mass: FloatArray, head: int, tail: int, amount: float
) -> tuple[int, float]:
    """Take `amount` of mass from the largest keys. Returns the new tail and the last key cut."""
    cut = np.inf
    while amount > 0.0 and head < tail:
        cut = key[tail - 1]
        if mass[tail - 1] <= amount:
            amount -= mass[tail - 1]
            tail -= 1
        else:
            mass[tail - 1] -= amount
            amount = 0.0
    return tail, cut


@compiled(inline="always")
def keep_left(
    key: FloatArray, mass: FloatArray, head: int, tail: int, amount: float
) -> tuple[int, float]:
    """Keep `amount` of mass at the smallest keys. Returns the new tail and the last key cut."""
    i = head
    while i < tail and mass[i] <= amount:
        amount -= mass[i]
        i += 1
    if i == tail:
        return tail, np.inf
    cut = key[i]
    if amount > 0.0:
        mass[i] = amount
        i += 1
    return i, cut


@compiled(inline="always")
def recentre(key: FloatArray, mass: FloatArray, head: int, tail: int) -> tuple[int, int]:
    """Move the items back to the middle if one side has run out of room."""
    room = key.shape[0]
    if head >= ROOM and tail <= room - ROOM:
        return head, tail
    count = tail - head
    new = (room - count) >> 1
    if new < head:
        for i in range(count):
            key[new + i] = key[head + i]
            mass[new + i] = mass[head + i]
    else:
        for i in range(count - 1, -1, -1):
            key[new + i] = key[head + i]
            mass[new + i] = mass[head + i]
    return new, new + count
