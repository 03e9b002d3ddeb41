"""How the customers of each segment behave on the site: when, on what, whence, looking at what.

What they buy stands in `world`. Shares are those of single visits and orders; the rows are the segments
of `plan`, and weighted by their sizes they come near what the shop has as a whole. None of it enters a
probability of `effects`.
"""

from __future__ import annotations

import numpy as np

from shopkeeper.data.demo.plan import BANDS, HOURS, Floats, Ints
from shopkeeper.data.demo.world import BAND_TASTE, CATEGORY_TASTE, World

DEVICE = np.array(
    [
        [0.90, 0.07, 0.03],
        [0.80, 0.15, 0.05],
        [0.10, 0.10, 0.80],
        [0.45, 0.50, 0.05],
        [0.15, 0.60, 0.25],
    ]
)
"""App, mobile web, desktop."""

CHANNEL = np.array(
    [
        [0.70, 0.12, 0.05, 0.09, 0.02, 0.02],
        [0.16, 0.12, 0.12, 0.16, 0.40, 0.04],
        [0.30, 0.52, 0.04, 0.06, 0.02, 0.06],
        [0.34, 0.12, 0.42, 0.06, 0.03, 0.03],
        [0.10, 0.52, 0.10, 0.03, 0.05, 0.20],
    ]
)
"""Direct, search, social, email, advertising, referral."""

SOLD_THROUGH = np.array(
    [
        [0.88, 0.07, 0.05],
        [0.55, 0.10, 0.35],
        [0.10, 0.85, 0.05],
        [0.35, 0.10, 0.55],
        [0.30, 0.55, 0.15],
    ]
)
"""App, web, mini program: the channel of an order."""

PAYMENT = np.array(
    [
        [0.55, 0.38, 0.06, 0.01],
        [0.68, 0.25, 0.04, 0.03],
        [0.35, 0.10, 0.54, 0.01],
        [0.22, 0.72, 0.04, 0.02],
        [0.40, 0.38, 0.14, 0.08],
    ]
)
"""Alipay, WeChat Pay, card, cash on delivery."""

_PARTS_OF_DAY = np.array(
    [
        [0.01, 0.03, 0.08, 0.08, 0.55, 0.25],
        [0.16, 0.02, 0.05, 0.07, 0.10, 0.60],
        [0.02, 0.03, 0.22, 0.60, 0.08, 0.05],
        [0.01, 0.14, 0.63, 0.08, 0.10, 0.04],
        [0.04, 0.04, 0.15, 0.30, 0.30, 0.17],
    ]
)
"""Of visits and orders, four hours each from midnight."""

HOUR = np.repeat(_PARTS_OF_DAY, 4, axis=1) * np.tile(
    HOURS / np.repeat(HOURS.reshape(6, 4).sum(axis=1), 4), (len(_PARTS_OF_DAY), 1)
)

LOOKED_AT = np.array(
    [
        [0.40, 0.32, 0.18, 0.10],
        [0.10, 0.25, 0.30, 0.35],
        [0.70, 0.20, 0.07, 0.03],
        [0.38, 0.34, 0.18, 0.10],
        [0.62, 0.25, 0.10, 0.03],
    ]
)
"""One to four products, in a visit without an order."""

SEARCHES = np.array([0.25, 0.50, 0.75, 0.30, 0.40])
LISTS = np.array([0.30, 0.75, 0.25, 0.55, 0.30])
"""Shares of the visits with a search and with a list of products."""

VISITS = np.array([1.3, 1.6, 0.6, 1.0, 0.6])
"""How often who is not driven by an order comes to look, beside the others."""


def shelf_views(world: World) -> Floats:
    """Return the cumulative chance of each product to be looked at, segments × products.

    Who looks around without buying looks at what the segment likes, more one-sidedly than it buys.
    """
    cell = world.category * len(BANDS) + world.band
    taste = (CATEGORY_TASTE**2)[:, :, None] * (BAND_TASTE**1.5)[:, None, :]
    weight = taste.reshape(len(taste), -1)[:, cell] * world.popularity
    return np.asarray((weight / weight.sum(axis=1, keepdims=True)).cumsum(axis=1))


def view_products(rng: np.random.Generator, shelf: Floats, segment: Ints) -> Ints:
    """Draw a product for each visit by the shelf of its segment."""
    level = segment + rng.random(len(segment))
    flat = (shelf + np.arange(len(shelf))[:, None]).ravel()
    width = shelf.shape[1]
    found = np.searchsorted(flat, level) - segment * width
    return np.asarray(np.clip(found, 0, width - 1))
