"""How often somebody may ask: a bucket of requests each, that fills up again at a steady rate."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limit:
    """At most so many requests a second for each asker, with some to spare at first.

    Parameters
    ----------
    rate
        Requests a second; 0 for no limit.
    burst
        Requests that may come at once.
    askers
        Askers that are remembered; beyond that, the one that asked least lately is forgotten.
    clock
        Seconds, from any beginning.

    Examples
    --------
    >>> now = [0.0]
    >>> limit = Limit(rate=2, burst=1, clock=lambda: now[0])
    >>> limit.wait("a"), limit.wait("a"), limit.wait("b")
    (0.0, 0.5, 0.0)
    >>> now[0] = 0.5
    >>> limit.wait("a")
    0.0
    """

    def __init__(
        self,
        *,
        rate: float,
        burst: float,
        askers: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._burst, self._most, self._clock = rate, burst, askers, clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def left(self, asker: str) -> float:
        """Return the seconds until an asker has a request, without taking it; 0 where there is one."""
        if not self._rate or asker not in self._buckets:
            return 0.0
        bucket = self._buckets[asker]
        full = min(self._burst, bucket.left + (self._clock() - bucket.at) * self._rate)
        return 0.0 if full >= 1 else (1 - full) / self._rate

    def wait(self, asker: str) -> float:
        """Take one request of an asker and return 0, or return the seconds until there is one."""
        if not self._rate:
            return 0.0
        now = self._clock()
        bucket = self._buckets.setdefault(asker, _Bucket(self._burst, now))
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._rate)
        bucket.at = now
        self._buckets.move_to_end(asker)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            return (1 - bucket.left) / self._rate
        bucket.left -= 1
        return 0.0


def whole_seconds(seconds: float) -> str:
    """Return seconds as the header Retry-After wants them.

    Examples
    --------
    >>> whole_seconds(0.2), whole_seconds(3.0)
    ('1', '3')
    """
    return str(max(1, math.ceil(seconds)))
