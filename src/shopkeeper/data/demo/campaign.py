"""The win-back campaign: customers without a recent order, half of them held out at random.

Nobody in it has a review whose 90 days are still running, so the orders that it causes change no
repeat purchase.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopkeeper.data.demo.effects import UPLIFT_SEGMENT
from shopkeeper.data.demo.habits import HOUR
from shopkeeper.data.demo.plan import DAY, Flags, Floats, Ints, seasonal, time_of_day_by
from shopkeeper.data.demo.world import World

START_DAY = 285
"""12 April 2026."""
WINDOW_DAYS = 14
QUIET_DAYS = 130
"""Days without an order; longer than any delivery, review and its 90 days together."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Whom it reached, one entry per customer in it."""

    customer: Ints
    treated: Flags
    would_buy: Flags
    uplift: Floats


def start_campaign(
    rng: np.random.Generator, world: World, next_order: Ints, last_order: Ints
) -> Campaign:
    """Draw the arms, and move the next order of those whom the campaign wins back."""
    start = START_DAY * DAY
    quiet = (last_order < start - QUIET_DAYS * DAY) & (world.created < start)
    customer = np.flatnonzero(quiet & (world.ring == 0))
    count = len(customer)
    treated = rng.permutation(count) < count // 2
    would_buy = next_order[customer] < start + WINDOW_DAYS * DAY
    uplift = UPLIFT_SEGMENT[world.segment[customer]]
    won = treated & ~would_buy & (rng.random(count) < uplift)
    day = seasonal(rng, START_DAY + rng.integers(1, WINDOW_DAYS, (count, 3)))
    at = day * DAY + time_of_day_by(rng, HOUR, world.segment[customer])
    next_order[customer[won]] = at[won]
    return Campaign(customer, treated, would_buy, uplift)
