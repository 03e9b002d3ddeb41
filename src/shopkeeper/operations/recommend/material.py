"""Material: all that a method learns from, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.pairs import Pairs

_COMMON = 0.1


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of the products, without what was held out.

    Parameters
    ----------
    pairs
        What came after what.
    touched
        Customers who touched each product.
    traits
        Products × traits (category, brand, words of the title), rows of length one; no columns
        where nothing is known of the products.
    """

    pairs: Pairs
    touched: Numbers
    traits: sparse.csr_matrix

    @property
    def width(self) -> int:
        """Number of products."""
        return len(self.touched)

    @property
    def popularity(self) -> Numbers:
        """Place of each product among the most touched, 0 for the first."""
        return popularity_of(self.touched)


def popularity_of(counts: Numbers) -> Numbers:
    """Return the place of each product among those with the highest counts, 0 for the first.

    Examples
    --------
    >>> popularity_of(np.array([3, 9, 3])).tolist()
    [1, 0, 2]
    """
    places = np.empty(len(counts), np.int64)
    places[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return places


def weighted_traits(
    products: NDArray[np.integer], traits: NDArray[np.integer], width: int
) -> sparse.csr_matrix:
    """Return products × traits: log(products ÷ products with the trait), rows of length one.

    Examples
    --------
    >>> weighted_traits(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).toarray().round(2).tolist()
    [[0.0, 0.0], [0.0, 1.0]]
    """
    count = int(traits.max(initial=-1)) + 1
    made = sparse.csr_matrix(
        (np.ones(len(products), np.float32), (products, traits)), shape=(width, count)
    )
    made.data[:] = 1
    having = np.bincount(made.indices, minlength=count)
    weight = np.log(width / np.maximum(having, 1)).astype(np.float32)
    made = sparse.csr_matrix(made @ sparse.diags_array(weight))
    made.eliminate_zeros()
    length = np.sqrt(np.asarray(made.multiply(made).sum(axis=1)).ravel())
    inverse = np.where(length > 0, 1 / np.where(length > 0, length, 1), 0).astype(np.float32)
    return sparse.csr_matrix(sparse.diags_array(inverse) @ made)


def neighbours(traits: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """Return products × products: cosine of the most alike products of each, itself left out.

    Traits that more than a tenth of the products have make no neighbours.
    """
    width = traits.shape[0]
    rare = traits[:, np.flatnonzero(telling(traits))]
    turned = sparse.csr_matrix(rare.T)
    parts = []
    for first in range(0, width, 1000):
        block = sparse.csr_matrix(rare[first : first + 1000] @ turned)
        parts.append(_largest(block, first, most))
    return sparse.csr_matrix(sparse.vstack(parts)) if parts else sparse.csr_matrix((0, 0))


def telling(traits: sparse.csr_matrix) -> NDArray[np.bool_]:
    """Return which traits make neighbours: those that at most a tenth of the products have."""
    having = np.bincount(traits.indices, minlength=traits.shape[1])
    rare: NDArray[np.bool_] = having <= max(_COMMON * traits.shape[0], 2)
    return rare


def _largest(block: sparse.csr_matrix, first: int, most: int) -> sparse.csr_matrix:
    from shopkeeper.operations.recommend.histories import leading

    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    block.data[block.indices == row + first] = 0
    block.eliminate_zeros()
    rows, columns, scores = leading(block, most)
    return sparse.csr_matrix((scores, (rows, columns)), shape=block.shape)
