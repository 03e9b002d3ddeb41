"""Ruling: which products a list may show, by the rules of the shop, and what each rule took away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Numbers, first_of
from shopkeeper.operations.recommend.rulebook import Rules
from shopkeeper.operations.recommend.shelf import Shelf
from shopkeeper.operations.recommend.standing import Flags, Standing
from shopkeeper.operations.recommend.walking import NOTHING, Walk, diverse

RULED_OUT = pa.schema([("rule", pa.string()), ("products", pa.int64()), ("removed", pa.int64())])
OF_LISTS = ("given", "own", "in_cart", "bought", "viewed")
"""Rules that depend on whom a list is for; of several that apply the first is counted."""

_WINDOW = 100
"""Products beyond the length of a list among which diversity chooses."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One product of a list; without a score where a popular product fills it or the shop pinned it."""

    product: int
    score: float | None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """One list: what the shop pinned, then what was found with its scores, then what fills it."""

    pinned: Numbers
    found: Numbers
    worth: NDArray[np.floating]
    filling: Numbers

    def placed(self) -> list[Placed]:
        """Return the products of the list in their order."""
        scored = zip(self.found.tolist(), self.worth.tolist(), strict=True)
        return [
            *(Placed(one, None, pinned=True) for one in self.pinned.tolist()),
            *(Placed(one, score) for one, score in scored),
            *(Placed(one, None) for one in self.filling.tolist()),
        ]


class Ruling:
    """The rules of a shop for one request, and a count of what they removed.

    Parameters
    ----------
    standing
        What the rules say of every product.
    asked_for
        Products that the caller does not want.
    traits
        Products × traits, rows of length one, for diversity.
    filtered
        Products that the request rules out by what they are.
    counting
        Whether what is removed is counted.
    """

    def __init__(
        self,
        standing: Standing,
        *,
        asked_for: Numbers,
        traits: sparse.csr_matrix | None = None,
        filtered: Flags | None = None,
        counting: bool = True,
    ) -> None:
        self.standing, self.traits, self.counting = standing, traits, counting
        self.names = [*standing.names, *OF_LISTS]
        self.products = standing.counts | {"asked_for": len(set(asked_for.tolist()))}
        self.code = standing.code.copy()
        said, own = self.names.index("asked_for"), self.code[asked_for]
        self.code[asked_for] = np.where((own < 0) | (own > said), said, own)
        if filtered is None:
            self.products.pop("filter")
        else:
            self.products["filter"] = int(np.count_nonzero(filtered))
            self.code[filtered & (self.code < 0)] = self.names.index("filter")
        self.barred: dict[str, list[Numbers]] = {name: [] for name in OF_LISTS}
        self.capped: dict[str, list[Numbers]] = {name: [] for name in self.rules.most}
        self.removed: Counter[str] = Counter()

    @property
    def rules(self) -> Rules:
        """The rules."""
        return self.standing.rules

    @property
    def shelf(self) -> Shelf:
        """What is known of the products."""
        return self.standing.shelf

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
    ) -> Chosen:
        """Return one list, best first, and count what the rules removed before it was full.

        Parameters
        ----------
        found, scores
            Products with a score, in any order, and the scores, above 0.
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
        factor, code = self.standing.factor, self.code
        worth = scores if factor is None else scores * factor[found]
        changed = self._bar(barred)
        walk = Walk(k, self.rules.most, self.shelf.groups)
        first = self.standing.pinned[code[self.standing.pinned] < 0]
        if len(first) and fill is None:
            first = first[np.isin(first, found)]
        pinned = first[walk.take(first)]
        free = code[found] < 0
        if len(pinned):
            free &= ~np.isin(found, pinned)
        taken = self._taken(walk, found, worth, popularity, np.flatnonzero(free))
        chosen, filling, more = found[taken], NOTHING, NOTHING
        passed = _passed(found, worth, popularity, code, taken if walk.full else None)
        if fill is not None and not walk.full:
            filling, more = walk.filling(fill, code, np.concatenate([pinned, chosen]))
        if self.counting:
            self._count(np.union1d(passed, more) if len(more) else passed, walk)
        code[changed] = -1
        return Chosen(pinned, chosen, worth[taken], filling)

    def _bar(self, barred: Mapping[str, Numbers]) -> Numbers:
        """Set the rules of this list against its products; return which of them were free."""
        changed = [NOTHING]
        for at, name in enumerate(OF_LISTS, start=len(self.standing.names)):
            products = barred.get(name, NOTHING)
            if len(products):
                if self.counting:
                    self.barred[name].append(products)
                free = products[self.code[products] < 0]
                self.code[free] = at
                changed.append(free)
        return np.concatenate(changed)

    def _taken(
        self, walk: Walk, found: Numbers, worth: NDArray[np.floating], popularity: Numbers, free: Numbers
    ) -> Numbers:  # fmt: skip
        """Return which places of what was found the list takes, in its order."""
        weight, traits = self.rules.diversity, self.traits
        diversified = weight > 0 and traits is not None
        near = walk.k + (_WINDOW if diversified or self.rules.most else 0)
        best = free[first_of(worth[free], popularity[found[free]], near)]
        if diversified and traits is not None and len(best) > 1:
            wanted = len(best) if self.rules.most else walk.k
            best = best[diverse(traits[found[best]], worth[best], weight, wanted)]
        taken = best[walk.take(found[best])]
        if walk.full or len(best) == len(free):
            return taken
        # Caps refused so much of the best that the others have to be looked at too.
        rest = np.setdiff1d(free, best)
        rest = rest[np.lexsort((popularity[found[rest]], -worth[rest]))]
        return np.concatenate([taken, rest[walk.take(found[rest])]])

    def _count(self, passed: Numbers, walk: Walk) -> None:
        counts = np.bincount(self.code[passed], minlength=len(self.names))
        for rule in np.flatnonzero(counts).tolist():
            self.removed[self.names[rule]] += int(counts[rule])
        for group, products in walk.refused.items():
            self.removed[f"{group}_most"] += sum(map(len, products))
            self.capped[group] += products

    def table(self, in_force: tuple[str, ...] = ()) -> pa.Table:
        """Return each rule with the products that it covers and what it removed from the lists.

        Parameters
        ----------
        in_force
            Rules of `OF_LISTS` that held here.
        """
        covered = {
            name: self.products[name] for name in self.standing.names if name in self.products
        }
        covered |= {name: _different(self.barred[name]) for name in OF_LISTS if name in in_force}
        covered |= {f"{group}_most": _different(some) for group, some in self.capped.items()}
        rules = list(covered)
        removed = [self.removed[rule] for rule in rules]
        columns = (rules, list(covered.values()), removed)
        return pa.Table.from_arrays(
            [pa.array(column, kind) for column, kind in zip(columns, RULED_OUT.types, strict=True)],
            schema=RULED_OUT,
        )


def _passed(
    found: Numbers,
    worth: NDArray[np.floating],
    popularity: Numbers,
    code: NDArray[np.int8],
    taken: Numbers | None,
) -> Numbers:
    """Return what rules forbid of what was found, before the last that a full list took."""
    out = np.flatnonzero(code[found] >= 0)
    if taken is None or not len(out):
        return found[out]
    if not len(taken):
        return NOTHING
    least = worth[taken].min()
    last = popularity[found[taken[worth[taken] == least]]].max()
    before = (worth[out] > least) | ((worth[out] == least) & (popularity[found[out]] < last))
    passed: Numbers = found[out[before]]
    return passed


def _different(products: list[Numbers]) -> int:
    if len(products) == 1:
        return len(set(products[0].tolist()))
    return len(np.unique(np.concatenate(products))) if products else 0
