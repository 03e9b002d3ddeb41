"""Listing: from a model, the rules and whom lists are for to what is shown, with what each rests on.

The only place where lists of recommendations are made, whether for one customer or for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopkeeper.operations.recommend.choice import Method
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.model import Model
from shopkeeper.operations.recommend.rulebook import Rules
from shopkeeper.operations.recommend.ruling import Ruling

_PINNED, _FOUND, _FILLING = range(3)
_NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom lists are for.

    Parameters
    ----------
    numbers
        Numbers of customers; −1 for who is not known.
    histories
        What each has touched, where it may be looked at, else nothing.
    personal
        Whether it may be looked at.
    visit
        Products of the visit of who is not known.
    names
        Name of each of whom it matters, where no number says it; nothing of the others is looked at.
    """

    numbers: Numbers
    histories: Histories
    personal: NDArray[np.bool_]
    visit: Numbers
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def part(self, first: int, last: int) -> Whom:
        """Return those from the row `first` up to `last`."""
        if first == 0 and last >= len(self):
            return self
        rows = np.arange(first, min(last, len(self)))
        return Whom(
            self.numbers[rows], self.histories.take(rows), self.personal[rows], self.visit,
            self.names[first:last],
        )  # fmt: skip


def known_customers(model: Model, numbers: Numbers, personal: NDArray[np.bool_]) -> Whom:
    """Return customers as those whom lists are for.

    Parameters
    ----------
    model
        What was read.
    numbers
        Numbers of customers; −1 for who is not known.
    personal
        Whether what each has touched may be looked at.
    """
    if len(numbers) == 1:
        row = model.touched.histories.row(int(numbers[0])) if personal[0] else _NOTHING
        only = np.asarray(row)
        return Whom(numbers, Histories(np.array([0, len(only)]), only), personal, _NOTHING)
    own = model.touched.histories.take(numbers[personal])
    # Whose history may not be used has none, for ranking and for what is left out alike.
    lengths = np.zeros(len(numbers), np.int64)
    lengths[personal] = own.lengths
    histories = Histories(np.append(0, np.cumsum(lengths)), own.products)
    return Whom(numbers, histories, personal, _NOTHING)


@dataclass(frozen=True, slots=True)
class Lists:
    """What is shown, by row and rank.

    Parameters
    ----------
    row, rank, product
        Whose list, the place in it from 1, and the number of the product.
    score
        NaN where a popular product fills the list or the shop pinned it.
    source, share
        The product that gives most of the score, −1 where none does, and its part of it.
    pinned
        Whether the shop pinned it.
    """

    row: Numbers
    rank: Numbers
    product: Numbers
    score: NDArray[np.float64]
    source: Numbers
    share: NDArray[np.float64]
    pinned: NDArray[np.bool_]


def lists(model: Model, whom: Whom, ruling: Ruling, k: int) -> Lists:
    """Return the list of each row as the rules allow it, filled with popular products up to `k`.

    Parameters
    ----------
    model
        What was learned.
    whom
        Whom the lists are for.
    ruling
        The rules.
    k
        Products of a list.
    """
    method, popularity = model.fitted.method, model.fitted.popularity
    chosen = [
        ruling.choose(
            found, scores, k,
            barred=barred(model, ruling.rules, whom, row), popularity=popularity, fill=model.popular,
        )
        for row, (found, scores) in enumerate(_found(method, whom.histories))
    ]  # fmt: skip
    pieces = [piece for one in chosen for piece in (one.pinned, one.found, one.filling)]
    lengths = np.array([len(piece) for piece in pieces], np.int64)
    kind = np.repeat(np.tile(np.arange(3), len(chosen)), lengths)
    row = np.repeat(np.repeat(np.arange(len(chosen)), 3), lengths)
    product = np.concatenate([_NOTHING, *pieces])
    count, scored = len(product), kind == _FOUND
    score, source, share = np.full(count, np.nan), np.full(count, -1), np.zeros(count)
    score[scored] = np.concatenate([np.zeros(0), *(one.worth for one in chosen)])
    source[scored], share[scored] = method.explain(whom.histories, row[scored], product[scored])
    rank = np.arange(count) - np.searchsorted(row, row) + 1
    return Lists(row, rank, product, score, source, share, kind == _PINNED)


def _found(method: Method, histories: Histories) -> Iterator[tuple[Numbers, NDArray[np.floating]]]:
    """Yield which products each history leads to, and their scores."""
    if len(histories) == 1 and isinstance(method, Transitions):
        # The same to the bit, without a row of a million zeros.
        yield method.follow(histories.row(0))
        return
    scores = method.score(histories)
    for start, end in zip(scores.indptr[:-1].tolist(), scores.indptr[1:].tolist(), strict=True):
        data, products = scores.data[start:end], scores.indices[start:end]
        kept = data > 0
        yield products[kept].astype(np.int64), data[kept]


def barred(model: Model, rules: Rules, whom: Whom, row: int) -> dict[str, Numbers]:
    """Return what one list may not show, by the rule that forbids it.

    Parameters
    ----------
    model
        What was read.
    rules
        The rules.
    whom
        Whom the lists are for.
    row
        Whose list.
    """
    customer, made = int(whom.numbers[row]), {}
    if not whom.personal[row] or customer < 0:
        name = whom.names[row] if whom.names else ""
        sold = {"own": model.known.shelf.sold_by(name)} if name and "own" in rules.exclude else {}
        return sold or {"given": whom.visit}
    own = whom.histories.row(row)
    if "in_cart" in rules.exclude:
        made["in_cart"] = model.carts.row(customer)
    if rules.exclude & {"bought", "viewed"}:
        start = int(model.touched.histories.starts[customer])
        bought = model.touched.bought[start : start + len(own)]
        made |= {"bought": own[bought]} if "bought" in rules.exclude else {}
        made |= {"viewed": own[~bought]} if "viewed" in rules.exclude else {}
    if "own" in rules.exclude:
        made["own"] = model.known.shelf.sold_by(model.touched.customers[customer].as_py())
    return made
