"""Standing: what the rules of a shop say of every product, whoever is asked for and whatever is found.

Worked out once for the rules, the products and the channel; what depends on a request or on whom a list
is for comes after, in `ruling`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.rulebook import Rules
from shopkeeper.operations.recommend.shelf import NAMED, Shelf

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules say of every product.

    Parameters
    ----------
    rules
        The rules.
    shelf
        What is known of the products.
    names
        Rules for every list; of several against one product the first is counted. The request itself
        says what `asked_for` and `filter` keep out.
    counts
        How many products each covers.
    code
        Place in `names` of the first rule against each product; −1 for none.
    factor
        Factor on the score of each product; None where nothing is boosted.
    pinned
        Products that stand first, in this order.
    """

    rules: Rules
    shelf: Shelf
    names: tuple[str, ...]
    counts: dict[str, int]
    code: NDArray[np.int8]
    factor: NDArray[np.float64] | None
    pinned: Numbers


def standing(rules: Rules, shelf: Shelf, channel: str = "") -> Standing:
    """Return what the rules say of every product.

    Parameters
    ----------
    rules
        The rules.
    shelf
        What is known of the products.
    channel
        Whose allowed categories hold; all where it is empty.
    """
    covered = dict(_covered(rules, shelf, channel))
    code = np.full(len(shelf), -1, np.int8)
    for at, mask in reversed(list(enumerate(covered.values()))):
        code[mask] = at
    return Standing(
        rules,
        shelf,
        tuple(covered),
        {name: int(np.count_nonzero(mask)) for name, mask in covered.items()},
        code,
        _factors(rules, shelf),
        shelf.number.those(rules.pinned),
    )


def _covered(rules: Rules, shelf: Shelf, channel: str) -> Iterator[tuple[str, Flags]]:
    """Yield the rules that hold for every list, each with the products that it keeps out."""
    nothing = np.zeros(len(shelf), bool)
    if "not_listed" in rules.exclude:
        yield "not_listed", ~shelf.listed
    if "out_of_stock" in rules.exclude:
        yield "out_of_stock", shelf.listed & ~shelf.buyable
    yield "asked_for", nothing
    yield from _named(rules, shelf)
    if channel:
        yield "channel", ~shelf.of("category", rules.channels[channel])
    yield from _priced(rules, shelf)
    yield "filter", nothing


def _named(rules: Rules, shelf: Shelf) -> Iterator[tuple[str, Flags]]:
    if rules.products:
        mask = np.zeros(len(shelf), bool)
        mask[shelf.number.those(rules.products)] = True
        yield "product", mask
    of = {"brand": rules.brands, "seller": rules.sellers, "category": rules.categories}
    for group, names in of.items():
        if names:
            yield group, shelf.of(group, names)


def _priced(rules: Rules, shelf: Shelf) -> Iterator[tuple[str, Flags]]:
    if math.isfinite(rules.price_min) or math.isfinite(rules.price_max):
        yield "price", (shelf.price < rules.price_min) | (shelf.price > rules.price_max)
    if math.isfinite(rules.margin_min):
        yield "margin", margins(shelf) < rules.margin_min


def margins(shelf: Shelf) -> NDArray[np.float64]:
    """Return (price − cost) ÷ price of each product; NaN where either is unknown or the price is 0."""
    price = np.where(shelf.price > 0, shelf.price, np.nan)
    made: NDArray[np.float64] = (price - shelf.cost) / price
    return made


def _factors(rules: Rules, shelf: Shelf) -> NDArray[np.float64] | None:
    """Return the factor on the score of each product."""
    if not any(rules.boost.values()):
        return None
    factor = np.ones(len(shelf))
    for name, by in rules.boost.get("products", {}).items():
        if name in shelf.number:
            factor[shelf.number[name]] *= by
    for group, key in zip(NAMED, ("brands", "categories", "sellers"), strict=True):
        for name, by in rules.boost.get(key, {}).items():
            factor[shelf.of(group, (name,))] *= by
    return factor
