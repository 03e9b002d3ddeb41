"""The calendar, the sizes and the seeds of the demo shop.

Times inside the demo are whole seconds of local time since the first midnight; they become UTC
instants and local days only when a column is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.void]

ZONE = "Asia/Shanghai"
CURRENCY = "CNY"
FIRST_DAY = date(2025, 7, 1)
DAYS = 365
DAY = 86_400
END = DAYS * DAY
NEVER = 2**31 - 1
EPOCH_DAY = (FIRST_DAY - date(1970, 1, 1)).days
UTC_SHIFT = 8 * 3600
FOLLOW_UP_DAYS = 90
STEP_DAYS = 5
"""Days simulated at once. No order is reviewed or repeated sooner, so a step never looks into itself."""

CATEGORIES = ("apparel", "shoes", "electronics", "beauty", "home", "food", "baby", "sports")
BANDS = ("low", "middle", "high")
CELLS = len(CATEGORIES) * len(BANDS)
SEGMENTS = ("loyal", "bargain", "premium", "family", "occasional")
SENTIMENTS = ("negative", "neutral", "positive")
NEGATIVE, NEUTRAL, POSITIVE = range(3)

_PARTS = (
    "world",
    "history",
    "sessions",
    "bots",
    "texts",
    "orders",
    "service",
    "dirt",
    "products",
    "contacts",
    "baskets",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for: sizes and seed."""

    customers: int
    events: int
    seed: int

    @property
    def products_per_cell(self) -> int:
        """Products of one category and price band; the shop grows, its products stay comparable."""
        return max(3, round(self.customers / 33 / CELLS))

    @property
    def products(self) -> int:
        """Products of the whole shop."""
        return CELLS * self.products_per_cell

    def generator(self, part: str) -> np.random.Generator:
        """Return the random generator of one part; parts never disturb each other."""
        children = np.random.SeedSequence(self.seed).spawn(len(_PARTS))
        return np.random.default_rng(children[_PARTS.index(part)])


def day_of(seconds: Ints) -> Ints:
    """Return the day number of local seconds, within the year."""
    return np.clip(seconds // DAY, 0, DAYS - 1)


def week_of(seconds: Ints) -> Ints:
    """Return the ISO week number since the week of the first day (which is a Tuesday)."""
    return (seconds // DAY + FIRST_DAY.weekday()) // 7


def date_of(day: int) -> date:
    """Return the calendar date of a day number."""
    return FIRST_DAY + timedelta(days=day)


def _month_of_day() -> Ints:
    return np.array([date_of(day).month - 1 for day in range(DAYS)])


def _intensity_of_day() -> Floats:
    days = [date_of(day) for day in range(DAYS)]
    weekly = np.array([0.92, 0.90, 0.93, 0.97, 1.05, 1.15, 1.12])[[day.weekday() for day in days]]
    peaks = {
        (11, 1): 1.6,
        (11, 2): 1.4,
        (11, 9): 1.5,
        (11, 10): 2.2,
        (11, 11): 3.6,
        (11, 12): 1.3,
        (12, 12): 2.0,
        (6, 1): 1.5,
        (6, 16): 1.5,
        (6, 17): 2.0,
        (6, 18): 3.0,
        (3, 8): 1.6,
        (2, 16): 0.4,
        (2, 17): 0.3,
        (2, 18): 0.35,
        (2, 19): 0.5,
        (2, 20): 0.6,
    }
    return np.asarray(weekly * [peaks.get((day.month, day.day), 1.0) for day in days])


MONTH = _month_of_day()
INTENSITY = _intensity_of_day()
HOURS = np.array(
    [4, 2, 1, 1, 1, 1, 2, 4, 6, 8, 10, 9, 9, 9, 8, 8, 8, 8, 9, 12, 15, 16, 13, 8], float
)


def time_of_day(rng: np.random.Generator, count: int) -> Ints:
    """Draw seconds within a day, evenings above all, none in the first quarter of an hour."""
    return time_of_day_by(rng, HOURS[None], np.zeros(count, np.int64))


def time_of_day_by(rng: np.random.Generator, hours: Floats, row: Ints) -> Ints:
    """Draw seconds within a day by the row of hours that `row` names, none before a quarter past."""
    hour = choose(rng, hours, row)
    return np.asarray(np.maximum(hour * 3600 + rng.integers(0, 3600, len(row)), 900))


def seasonal(rng: np.random.Generator, candidates: Ints) -> Ints:
    """Pick one of the candidate days of each row, in proportion to how busy the shop is then."""
    weights = INTENSITY[np.clip(candidates, 0, DAYS - 1)].cumsum(axis=1)
    pick = (rng.random(len(candidates))[:, None] * weights[:, -1:] > weights).sum(axis=1)
    return np.asarray(candidates[np.arange(len(candidates)), pick])


def choose(rng: np.random.Generator, weights: Floats, row: Ints) -> Ints:
    """Draw one column for each row of the weights that `row` names."""
    cumulative = weights.cumsum(axis=1)
    level = rng.random(len(row)) * cumulative[row, -1]
    return np.asarray((level[:, None] > cumulative[row]).sum(axis=1))
