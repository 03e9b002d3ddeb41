"""Walking: which of many products one list takes, down from the best, by its length and its caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Numbers

_STEP = 256
NOTHING = np.zeros(0, np.int64)


class Walk:
    """One list in the making: what it holds of each brand, category and seller.

    Parameters
    ----------
    k
        Products of the list at most.
    most
        How many of them one brand, category or seller may have.
    groups
        Number of each product's brand, category and seller; −1 where it has none.
    """

    def __init__(self, k: int, most: Mapping[str, int], groups: Mapping[str, Numbers]) -> None:
        self.k, self.count = k, 0
        self.most, self.groups = most, groups
        self.used: Counter[tuple[str, int]] = Counter()
        self.over: dict[str, list[int]] = {name: [] for name in most}
        self.refused: dict[str, list[Numbers]] = {name: [] for name in most}

    @property
    def full(self) -> bool:
        """Whether the list has as many products as it may."""
        return self.count >= self.k

    def take(self, products: Numbers) -> Numbers:
        """Take what the caps allow until the list is full; return the places of what was taken.

        Parameters
        ----------
        products
            Numbers of products, best first.
        """
        if not self.most:
            taken = min(len(products), self.k - self.count)
            self.count += taken
            return np.arange(taken)
        places: list[int] = []
        for start, end in _steps(len(products)):
            places += [start + at for at in self._through(products[start:end])]
            if self.full:
                break
        return np.array(places, np.int64)

    def _through(self, products: Numbers) -> list[int]:
        kinds = {group: self.groups[group][products] for group in self.most}
        against, taken, at = self._against(kinds, len(products)), [], 0
        while not self.full:
            left = against[at:] < 0
            step = int(left.argmax()) if left.any() else len(left)
            for number, group in enumerate(self.most):
                self.refused[group].append(
                    products[at : at + step][against[at : at + step] == number]
                )
            at += step
            if at == len(products):
                break
            taken.append(at)
            if self._uses({group: int(kinds[group][at]) for group in self.most}):
                against = self._against(kinds, len(products))
            at += 1
        return taken

    def _against(self, kinds: Mapping[str, Numbers], count: int) -> NDArray[np.int8]:
        """Return which cap is the first against each product; −1 for none."""
        against = np.full(count, -1, np.int8)
        for number, group in reversed(list(enumerate(self.most))):
            if self.over[group]:
                against[np.isin(kinds[group], self.over[group])] = number
        return against

    def _uses(self, kinds: Mapping[str, int]) -> bool:
        """Count one product; say whether one of its kinds has its share now."""
        self.count += 1
        before = sum(map(len, self.over.values()))
        for group, kind in kinds.items():
            self.used[group, kind] += 1
            if kind >= 0 and self.used[group, kind] == self.most[group]:
                self.over[group].append(kind)
        return sum(map(len, self.over.values())) > before

    def filling(
        self, fill: Numbers, code: NDArray[np.int8], there: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Return what fills the list, and what rules kept from filling it before it was full.

        Parameters
        ----------
        fill
            Products, best first.
        code
            The rule against each product; −1 for none.
        there
            Products that the list holds already.
        """
        taken, passed = [NOTHING], [NOTHING]
        # Not all at once: there may be a million, and nearly always the first are enough.
        for start, end in _steps(len(fill)):
            near = fill[start:end]
            free = np.flatnonzero(code[near] < 0)
            free = free[~np.isin(near[free], there)]
            own = free[self.take(near[free])]
            taken.append(near[own])
            near = near[: own[-1] + 1] if self.full else near
            passed.append(near[code[near] >= 0])
            if self.full:
                break
        return np.concatenate(taken), np.concatenate(passed)


def _steps(count: int) -> Iterator[tuple[int, int]]:
    """Yield where parts begin and end, each as long as all before it."""
    start, end = 0, _STEP
    while start < count:
        yield start, min(end, count)
        start, end = end, 2 * end


def diverse(
    traits: sparse.csr_matrix, worth: NDArray[np.floating], weight: float, most: int
) -> Numbers:
    """Return the places of so many products at most by maximal marginal relevance.

    Next is the largest (1 − weight) · score ÷ best score − weight · likeness to the most alike that
    is already in the list (Carbonell and Goldstein 1998).

    Parameters
    ----------
    traits
        Products × traits, best first, rows of length one.
    worth
        Their scores.
    weight
        Weight of being unlike, 0 to 1.
    most
        How many are wanted.

    Examples
    --------
    >>> traits = sparse.csr_matrix(np.array([[1.0, 0], [1.0, 0], [0, 1.0]]))
    >>> diverse(traits, np.array([3.0, 2.0, 1.0]), 0.5, 9).tolist()
    [0, 2, 1]
    """
    own = (1 - weight) * worth / max(float(worth[0]), 1e-12)
    alike = np.asarray((traits @ traits.T).todense())
    nearest, left = np.zeros(len(own)), np.ones(len(own), bool)
    order = np.zeros(min(len(own), most), np.int64)
    for place in range(len(order)):
        at = int(np.argmax(np.where(left, own - weight * nearest, -np.inf)))
        order[place] = at
        left[at] = False
        nearest = np.maximum(nearest, alike[at])
    return order
