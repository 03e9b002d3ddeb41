"""The rows that the simulation keeps in memory: narrow numbers, so that a million customers fit."""

from __future__ import annotations

import numpy as np

from shopkeeper.data.demo.plan import NEGATIVE, Ints, Rows

ORDER = np.dtype(
    [
        ("customer", "i4"),
        ("time", "i4"),
        ("focal", "i4"),
        ("other", "i4"),
        ("bought", "i4"),
        ("extra1", "i4"),
        ("extra2", "i4"),
        ("quantity", "i1"),
        ("discount", "i1"),
        ("late", "i1"),
        ("cancelled", "i1"),
        ("earlier", "i2"),
        ("ring", "i2"),
        ("shipped", "i4"),
        ("promised", "i4"),
        ("delivered", "i4"),
        ("returned", "i4"),
    ]
)
"""One order. `focal` and `other` are the two products viewed before it, -1 where none was."""

REVIEW = np.dtype(
    [
        ("order", "i4"),
        ("product", "i4"),
        ("customer", "i4"),
        ("time", "i4"),
        ("sentiment", "i1"),
        ("kind", "i1"),
        ("late", "i1"),
        ("p_negative", "f4"),
        ("p_repeat_negative", "f4"),
        ("p_repeat_positive", "f4"),
        ("p_return_negative", "f4"),
        ("p_return_positive", "f4"),
    ]
)
"""One review. `order` is -1 for those without an order, `customer` -1 for those without a customer."""

TIED, WAVE, FAKE = range(3)
KINDS = ("order", "wave", "fake")
_TIME_BITS = 26


class Latest:
    """The sentiment of each product's latest review at any moment.

    Parameters
    ----------
    reviews
        Reviews in any order.
    before
        For each product, 1 where the latest review before all of these is negative.
    """

    def __init__(self, reviews: Rows, before: Ints) -> None:
        key = _key(reviews["product"], reviews["time"])
        order = np.argsort(key, kind="stable")
        self._key = key[order]
        self._product = reviews["product"][order].astype(np.int64)
        self._sentiment = reviews["sentiment"][order].astype(np.int64)
        self._before = before.copy()

    def negative(self, product: Ints, time: Ints) -> Ints:
        """Return 1 where the latest review written before `time` is negative."""
        if not len(self._key):
            return self._before[product]
        index = np.searchsorted(self._key, _key(product, time)) - 1
        found = (index >= 0) & (self._product[index] == product)
        return np.where(found, self._sentiment[index] == NEGATIVE, self._before[product])

    def settle(self, negative: Ints) -> None:
        """Write the state after all reviews into `negative`."""
        negative[self._product] = self._sentiment == NEGATIVE


def _key(product: Ints, time: Ints) -> Ints:
    return (product.astype(np.int64) << _TIME_BITS) + time
