"""A short sorted list of (key, mass) that is trimmed at both ends: the one data structure here.

Both exact methods, `tank` and `fleet`, keep the derivative of a concave piecewise linear function
as such a list: at each key the derivative drops by the mass there. Adding a function is inserting
its steps; limiting what may be held is trimming. The items are ``key[head:tail]``; both arrays
have room on either side, so that the shorter side is shifted.

Nothing here may be compiled with fast mathematics: equal keys must stay equal bit by bit, and
infinities are used.
"""

from typing import Any

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled

ROOM = 16
"""Free places kept on either side; an hour inserts fewer items than that."""
NONE: Any = np.uint64(0)
ONE: Any = np.uint64(1)
"""Places are unsigned: the compiler need not ask whether an index counts from the end."""


@compiled(inline="always")
def insert(
    key: FloatArray, mass: FloatArray, head: int, tail: int, new: float, amount: float
) -> tuple[int, int]:
    """Add `amount` at the key `new`; equal keys share a place. Returns the new ends."""
    if amount <= 0.0:
        return head, tail
    low = head
    count = tail - head
    while count > NONE:
        half = (count + ONE) >> ONE
        low = low + half if key[low + half - ONE] < new else low
        count -= half
    if low < tail and key[low] == new:
        mass[low] += amount
        return head, tail
    if low - head < tail - low:
        for i in range(head, low):
            key[i - ONE] = key[i]
            mass[i - ONE] = mass[i]
        key[low - ONE] = new
        mass[low - ONE] = amount
        return head - ONE, tail
    i = tail
    while i > low:
        key[i] = key[i - ONE]
        mass[i] = mass[i - ONE]
        i -= ONE
    key[low] = new
    mass[low] = amount
    return head, tail + ONE


@compiled(inline="always")
def insert_first(key: FloatArray, mass: FloatArray, head: int, new: float, amount: float) -> int:
    """Add `amount` at a key that is not above any in the list, which is not empty."""
    if key[head] == new:
        mass[head] += amount
        return head
    key[head - ONE] = new
    mass[head - ONE] = amount
    return head - ONE


@compiled(inline="always")
def insert_last(key: FloatArray, mass: FloatArray, tail: int, new: float, amount: float) -> int:
    """Add `amount` at a key that is not below any in the list, which is not empty."""
    if key[tail - ONE] == new:
        mass[tail - ONE] += amount
        return tail
    key[tail] = new
    mass[tail] = amount
    return tail + ONE


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
            head += ONE
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
        cut = key[tail - ONE]
        if mass[tail - ONE] <= amount:
            amount -= mass[tail - ONE]
            tail -= ONE
        else:
            mass[tail - ONE] -= amount
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
        i += ONE
    if i == tail:
        return tail, np.inf
    cut = key[i]
    if amount > 0.0:
        mass[i] = amount
        i += ONE
    return i, cut


@compiled(inline="always")
def recentre(key: FloatArray, mass: FloatArray, head: int, tail: int) -> tuple[int, int]:
    """Move the items back to the middle if one side has run out of room."""
    room = np.uint64(key.shape[0])
    margin = np.uint64(ROOM)
    if head >= margin and tail <= room - margin:
        return head, tail
    count = tail - head
    new = (room - count) >> ONE
    if new < head:
        for i in range(count):
            key[new + i] = key[head + i]
            mass[new + i] = mass[head + i]
    else:
        i = count
        while i > NONE:
            i -= ONE
            key[new + i] = key[head + i]
            mass[new + i] = mass[head + i]
    return new, new + count
