"""Numbers of behaviour: plain functions of counts."""

from __future__ import annotations

import math

from shopkeeper.intervals import Interval, proportion


def share_difference(top: int, base: int, other_top: int, other_base: int) -> Interval:
    """Return the difference of two independent shares with its 95 % interval.

    Source: Newcombe (1998), Statistics in Medicine 17, method 10: from the Wilson bounds l, u of
    each share p, d − √((p₁−l₁)² + (u₂−p₂)²) to d + √((u₁−p₁)² + (p₂−l₂)²).

    Examples
    --------
    >>> found = share_difference(56, 70, 48, 80)
    >>> round(found.value, 2), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    one, other = proportion(top, base), proportion(other_top, other_base)
    low = math.hypot(one.value - one.low, other.high - other.value)
    high = math.hypot(one.high - one.value, other.value - other.low)
    value = one.value - other.value
    return Interval(value, value - low, value + high)


def surely_apart(top: int, base: int, other_top: int, other_base: int, *, among: int) -> bool:
    """Say whether the first of two shares, the extremes of `among`, surely is the larger.

    Their Wilson intervals at level 1 − .05 / among (Bonferroni) must not touch, for of many shares
    that are equal some lie far apart by chance.

    Examples
    --------
    >>> surely_apart(54, 100, 31, 100, among=2), surely_apart(54, 100, 31, 100, among=40)
    (True, False)
    """
    level = 1 - 0.05 / among
    one, other = proportion(top, base, level=level), proportion(other_top, other_base, level=level)
    return one.low > other.high
