"""The planted probabilities: what makes a review bad, and what a bad review does.

Both the simulation and the truth read these functions, so that the truth is what was used. Each
probability is a sum of observable reasons (category, price band, month, earlier orders, late
delivery), the customer's segment where it cannot confound, and the sentiment of the review.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopkeeper.data.demo.plan import NEGATIVE, NEUTRAL, Floats, Ints

LATE_BY_MONTH = np.array([0.08, 0.09, 0.05, 0.05, 0.05, 0.12, 0.05, 0.05, 0.05, 0.06, 0.17, 0.12])
LATE_BY_CATEGORY = np.array([0.0, 0.0, 0.0, -0.01, 0.04, 0.0, -0.01, 0.02])

# Log odds of a negative review.
_NEGATIVE_BASE = -2.05
_NEGATIVE_LATE = 2.2
_NEGATIVE_EARLIER = -0.15
_NEGATIVE_CATEGORY = np.array([0.35, 0.20, 0.15, -0.10, 0.05, -0.25, -0.20, 0.0])
_NEGATIVE_BAND = np.array([0.30, 0.0, -0.25])
_NEGATIVE_MONTH = np.array([0.10, 0.05, 0.0, 0.0, 0.0, 0.25, 0.0, 0.0, 0.0, 0.05, 0.35, 0.25])
NEUTRAL_SHARE = 0.14

# Probability of another order within 90 days of the review.
_REPEAT_BASE = 0.46
_REPEAT_LATE = -0.07
_REPEAT_EARLIER = 0.05
_REPEAT_CATEGORY = np.array([-0.05, -0.03, -0.06, 0.03, -0.02, 0.07, 0.06, 0.0])
_REPEAT_BAND = np.array([-0.04, 0.0, 0.03])
_REPEAT_MONTH = np.array([-0.02, -0.01, 0.0, 0.0, 0.0, -0.04, 0.0, 0.0, 0.0, -0.01, -0.06, -0.04])
_REPEAT_SEGMENT = np.array([0.10, 0.0, -0.03, 0.05, -0.08])
REPEAT_EFFECT = np.array([-0.12, -0.05, 0.0])

# Probability of a return.
_RETURN_BASE = 0.05
_RETURN_LATE = 0.05
_RETURN_CATEGORY = np.array([0.06, 0.05, 0.02, 0.0, 0.01, -0.02, 0.0, 0.01])
_RETURN_BAND = np.array([0.0, 0.01, 0.03])
RETURN_EFFECT = np.array([0.10, 0.03, 0.0])

CHOICE_EFFECT = 0.20
"""Of two products viewed in a session that will order one, each is bought with probability one half;
a negative latest review moves that much from the product to the other one."""

ASIDE_CART = (0.10, 0.07)
"""Probability that a viewed product that is not bought is put into the cart all the same: usually,
and when its latest review is negative."""

UPLIFT_SEGMENT = np.array([0.02, 0.17, 0.04, 0.12, 0.06])
"""Of the contacted who would not have bought within 14 days, the share that does because of it."""

BROKEN_WEEK = 37
"""Week in which the app lost its Order Completed events; the orders themselves are complete."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """What an order's outcomes depend on, one entry per order."""

    category: Ints
    band: Ints
    month: Ints
    earlier: Ints
    late: Ints
    segment: Ints

    def negative(self) -> Floats:
        """Probability that the review is negative."""
        odds = (
            _NEGATIVE_BASE
            + _NEGATIVE_LATE * self.late
            + _NEGATIVE_EARLIER * np.minimum(self.earlier, 3)
            + _NEGATIVE_CATEGORY[self.category]
            + _NEGATIVE_BAND[self.band]
            + _NEGATIVE_MONTH[self.month]
        )
        return np.asarray(1 / (1 + np.exp(-odds)))

    def repeat(self, sentiment: Ints | int) -> Floats:
        """Probability of another order within 90 days of a review of that sentiment."""
        return np.asarray(
            _REPEAT_BASE
            + _REPEAT_LATE * self.late
            + _REPEAT_EARLIER * np.minimum(self.earlier, 3)
            + _REPEAT_CATEGORY[self.category]
            + _REPEAT_BAND[self.band]
            + _REPEAT_MONTH[self.month]
            + _REPEAT_SEGMENT[self.segment]
            + REPEAT_EFFECT[sentiment]
        )

    def returned(self, sentiment: Ints | int) -> Floats:
        """Probability of a return after a review of that sentiment."""
        return np.asarray(
            _RETURN_BASE
            + _RETURN_LATE * self.late
            + _RETURN_CATEGORY[self.category]
            + _RETURN_BAND[self.band]
            + RETURN_EFFECT[sentiment]
        )


def late(month: Ints, category: Ints) -> Floats:
    """Probability that an order of that month and category arrives after the promised day."""
    return np.asarray(LATE_BY_MONTH[month] + LATE_BY_CATEGORY[category])


def bought_focal(focal_negative: Ints, other_negative: Ints) -> Floats:
    """Probability that the first of two viewed products is the one that is bought."""
    return np.asarray(0.5 - CHOICE_EFFECT * (focal_negative - other_negative))


def draw_sentiment(rng: np.random.Generator, negative: Floats) -> Ints:
    """Draw negative, neutral or positive for each probability of negative."""
    level = rng.random(len(negative))
    neutral = negative + (1 - negative) * NEUTRAL_SHARE
    return np.where(level < negative, NEGATIVE, np.where(level < neutral, NEUTRAL, 2))
