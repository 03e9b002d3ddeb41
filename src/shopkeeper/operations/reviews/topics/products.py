"""Products of which a topic speaks more than of others. This module knows ids and topic numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

SHOWN = 5
_LEAST_TEXTS = 3
_CHANCE = 0.05


def affected(
    products: Sequence[str | None], codes: NDArray[np.int64], topics: int, *, least: int
) -> list[dict[str, Any]]:
    """Return the products with more texts of a topic than chance would give, most first.

    Parameters
    ----------
    products
        Product of each text.
    codes
        Topic of each text, below zero for none.
    topics
        Number of topics.
    least
        Texts of a product from which on a share is told.

    Returns
    -------
    list of dict
        topic, product_id, texts, expected (texts of the topic in proportion to all texts of the
        product), share (of the product's texts) and p (hypergeometric tail, times the number of
        pairs looked at); at most five a topic, p below 0.05.

    Examples
    --------
    >>> products = ["a"] * 40 + ["b"] * 40
    >>> codes = np.array([0] * 30 + [1] * 10 + [0] * 2 + [1] * 38)
    >>> [
    ...     (row["topic"], row["product_id"], row["texts"])
    ...     for row in affected(products, codes, 2, least=30)
    ... ]
    [(1, 'a', 30), (2, 'b', 38)]
    """
    pairs: Counter[tuple[int, str]] = Counter()
    by_product: Counter[str] = Counter()
    by_topic: Counter[int] = Counter()
    for product, code in zip(products, codes.tolist(), strict=True):
        if product is not None:
            pairs[code, product] += 1
            by_product[product] += 1
            by_topic[code] += 1
    whole = sum(by_product.values())
    looked = [
        (code, product) for (code, product), n in pairs.items() if code >= 0 and n >= _LEAST_TEXTS
    ]
    rows = []
    for code, product in looked:
        texts, own = pairs[code, product], by_product[product]
        chance = float(hypergeom.sf(texts - 1, whole, by_topic[code], own)) * len(looked)
        if chance < _CHANCE:
            row: dict[str, Any] = {
                "topic": code + 1,
                "product_id": product,
                "texts": texts,
                "p": chance,
            }
            row["expected"] = by_topic[code] * own / whole
            row["share"] = texts / own if own >= least else None
            rows.append(row)
    # Ties stay in the order of the texts, so that no product's name decides which are told.
    rows.sort(key=lambda row: (row["topic"], -row["texts"] + row["expected"]))
    kept = [[row for row in rows if row["topic"] == n + 1][:SHOWN] for n in range(topics)]
    return [row for some in kept for row in some]
