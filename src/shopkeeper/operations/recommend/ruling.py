"""Ruling: which products a list may show, by the rules of the shop, and what each rule took away."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.rulebook import Rules
from shopkeeper.operations.recommend.shelf import NAMED, Shelf

Flags = NDArray[np.bool_]
RULED_OUT = pa.schema([("rule", pa.string()), ("products", pa.int64()), ("removed", pa.int64())])
OF_LISTS = ("given", "own", "in_cart", "bought", "viewed")
"""Rules that depend on whom a list is for; of several that apply the first is counted."""

_WINDOW, _STEP = 100, 2_000
"""Products beyond the length of a list among which diversity chooses, and popular ones looked at at once."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One product of a list; without a score where a popular product fills it or the shop pinned it."""

    product: int
    score: float | None
    pinned: bool = False


class Ruling:
    """The rules of a shop on its products, and a count of what they removed.

    Parameters
    ----------
    rules
        The rules.
    shelf
        What is known of the products.
    asked_for
        Products that the caller does not want.
    channel
        Whose allowed categories hold; all where it is empty.
    traits
        Products × traits, rows of length one, for diversity.
    filtered
        Products that the request rules out by what they are.
    """

    def __init__(
        self,
        rules: Rules,
        shelf: Shelf,
        *,
        asked_for: Numbers,
        channel: str = "",
        traits: sparse.csr_matrix | None = None,
        filtered: Flags | None = None,
    ) -> None:
        self.rules, self.shelf, self.traits = rules, shelf, traits
        width = len(shelf.names)
        self.covered: dict[str, Flags] = dict(_covered(rules, shelf, asked_for, channel))
        if filtered is not None:
            self.covered["filter"] = filtered
        self.names = [*self.covered, *OF_LISTS]
        self.code = np.full(width, -1, np.int8)
        for at, mask in reversed(list(enumerate(self.covered.values()))):
            self.code[mask] = at
        self.barred = {name: np.zeros(width, bool) for name in OF_LISTS}
        self.removed: Counter[str] = Counter()
        self.capped: dict[str, Flags] = {name: np.zeros(width, bool) for name in rules.most}
        number = shelf.number()
        self.pinned = [number[name] for name in rules.pinned if name in number]
        self.factor = _factors(rules, shelf, number)

    @property
    def allowed(self) -> Flags:
        """Which products no rule keeps from every list."""
        free: Flags = self.code < 0
        return free

    def choose(
        self,
        found: Numbers,
        scores: NDArray[np.floating],
        k: int,
        *,
        barred: Mapping[str, Numbers],
        popularity: Numbers,
        fill: Numbers | None = None,
    ) -> list[Placed]:
        """Return one list, best first, and count what the rules removed before it was full.

        Parameters
        ----------
        found, scores
            Products with a score, and the scores, above 0.
        k
            Products of the list at most.
        barred
            Products that this list may not show, by the rule of `OF_LISTS`.
        popularity
            Place of each product among the popular, which decides between equal scores.
        fill
            Products that fill a list that is too short, best first. Pinned products stand first in
            every list that is filled, and else only where they are found.
        """
        code = self._coded(barred)
        worth = scores * self.factor[found]
        order = np.lexsort((popularity[found], -worth))
        found, worth = found[order], worth[order]
        first = [one for one in self.pinned if code[one] < 0]
        if fill is None and first:
            first = [first[at] for at in np.flatnonzero(np.isin(first, found)).tolist()]
        walk = _Walk(self, k)
        placed = [Placed(one, None, pinned=True) for one in first if walk.takes(one)]
        there = {one.product for one in placed}
        free = [
            at for at in np.flatnonzero(code[found] < 0).tolist() if int(found[at]) not in there
        ]
        taken = walk.through(found, worth, free)
        placed += [Placed(int(found[at]), float(worth[at])) for at in taken]
        end = max(taken, default=-1) + 1 if walk.full else len(found)
        passed = found[:end][code[found[:end]] >= 0]
        if fill is not None and not walk.full:
            there |= {one.product for one in placed}
            more, end = walk.filling(fill, code, there)
            placed += [Placed(one, None) for one in more]
            passed = np.union1d(passed, fill[:end][code[fill[:end]] >= 0])
        self._count(code, passed, walk)
        return placed

    def _coded(self, barred: Mapping[str, Numbers]) -> NDArray[np.int8]:
        """Return the first rule against each product, also those of this list; −1 for none."""
        code = self.code.copy()
        base = len(self.covered)
        for at, name in reversed(list(enumerate(OF_LISTS))):
            if name in barred:
                products = barred[name]
                self.barred[name][products] = True
                code[products[self.code[products] < 0]] = base + at
        return code

    def _count(self, code: NDArray[np.int8], passed: Numbers, walk: _Walk) -> None:
        for rule, count in enumerate(np.bincount(code[passed], minlength=len(self.names)).tolist()):
            self.removed[self.names[rule]] += count
        for group, products in walk.refused.items():
            self.removed[f"{group}_most"] += len(products)
            self.capped[group][products] = True

    def table(self, in_force: tuple[str, ...] = ()) -> pa.Table:
        """Return each rule with the products that it covers and what it removed from the lists.

        Parameters
        ----------
        in_force
            Rules of `OF_LISTS` that held here.
        """
        covered = dict(self.covered)
        covered |= {name: self.barred[name] for name in OF_LISTS if name in in_force}
        covered |= {f"{group}_most": mask for group, mask in self.capped.items()}
        rows = [
            {"rule": rule, "products": int(mask.sum()), "removed": self.removed[rule]}
            for rule, mask in covered.items()
        ]
        return pa.Table.from_pylist(rows, schema=RULED_OUT)


class _Walk:
    """One list in the making: what it holds of each brand, category and seller."""

    def __init__(self, ruling: Ruling, k: int) -> None:
        self.ruling, self.k, self.count = ruling, k, 0
        self.used: Counter[tuple[str, int]] = Counter()
        self.refused: dict[str, list[int]] = {}

    @property
    def full(self) -> bool:
        return self.count >= self.k

    def takes(self, product: int) -> bool:
        """Take the product, unless the list is full or has its share of what the product is."""
        if self.full:
            return False
        kinds = [(group, int(self.ruling.shelf.groups[group][product])) for group in self._most]
        for group, kind in kinds:
            if kind >= 0 and self.used[group, kind] >= self._most[group]:
                self.refused.setdefault(group, []).append(product)
                return False
        self.used.update(kinds)
        self.count += 1
        return True

    @property
    def _most(self) -> Mapping[str, int]:
        return self.ruling.rules.most

    def through(self, found: Numbers, worth: NDArray[np.floating], free: list[int]) -> list[int]:
        """Return which places of what was found are taken, in the order of the list."""
        weight, traits = self.ruling.rules.diversity, self.ruling.traits
        if weight and traits is not None and len(free) > 1:
            free = _diverse(traits[found[free[: self.k + _WINDOW]]], worth[free], weight, free)
        taken = []
        for at in free:
            if self.full:
                break
            if self.takes(int(found[at])):
                taken.append(at)
        return taken

    def filling(
        self, fill: Numbers, code: NDArray[np.int8], there: set[int]
    ) -> tuple[list[int], int]:
        """Return what fills the list, and how far down the popular products one had to go."""
        taken: list[int] = []
        # Most lists are full after a few; a large catalogue is not walked through for each.
        for start in range(0, len(fill), _STEP):
            part = fill[start : start + _STEP]
            for at in np.flatnonzero(code[part] < 0).tolist():
                product = int(part[at])
                if product not in there and self.takes(product):
                    taken.append(product)
                if self.full:
                    return taken, start + at + 1
        return taken, len(fill)


def _diverse(
    traits: sparse.csr_matrix, worth: NDArray[np.floating], weight: float, free: list[int]
) -> list[int]:
    """Return places by maximal marginal relevance, those beyond the window after them.

    Next is the largest (1 − weight) · score ÷ best score − weight · likeness to the most alike that
    is already in the list (Carbonell and Goldstein 1998).
    """
    window = traits.shape[0]
    own = (1 - weight) * worth[:window] / max(float(worth[0]), 1e-12)
    alike = np.asarray((traits @ traits.T).todense())
    nearest, left, order = np.zeros(window), np.ones(window, bool), []
    for _ in range(window):
        at = int(np.argmax(np.where(left, own - weight * nearest, -np.inf)))
        order.append(at)
        left[at] = False
        nearest = np.maximum(nearest, alike[at])
    return [free[at] for at in order] + free[window:]


def _covered(
    rules: Rules, shelf: Shelf, asked_for: Numbers, channel: str
) -> Iterator[tuple[str, Flags]]:
    """Yield the rules that hold for every list, each with the products that it keeps out."""
    if "not_listed" in rules.exclude:
        yield "not_listed", ~shelf.listed
    if "out_of_stock" in rules.exclude:
        yield "out_of_stock", shelf.listed & (shelf.stock <= 0)
    mask = np.zeros(len(shelf.names), bool)
    mask[asked_for] = True
    yield "asked_for", mask
    yield from _named(rules, shelf)
    if channel:
        yield "channel", ~shelf.of("category", rules.channels[channel])
    yield from _priced(rules, shelf)


def _named(rules: Rules, shelf: Shelf) -> Iterator[tuple[str, Flags]]:
    if rules.products:
        yield "product", np.array([name in rules.products for name in shelf.names], bool)
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


def _factors(rules: Rules, shelf: Shelf, number: dict[str, int]) -> NDArray[np.float64]:
    """Return the factor on the score of each product."""
    factor = np.ones(len(shelf.names))
    for name, by in rules.boost.get("products", {}).items():
        if name in number:
            factor[number[name]] *= by
    for group, key in zip(NAMED, ("brands", "categories", "sellers"), strict=True):
        for name, by in rules.boost.get(key, {}).items():
            factor[shelf.of(group, (name,))] *= by
    return factor
