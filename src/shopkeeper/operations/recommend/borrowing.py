"""Borrowing: what a product that nobody has touched would follow, lent by the products most like it.

A new product gets a place in the weights that the others have learned: it follows, and leads to, what
its likest known products follow and lead to, and it stands beside them. Nothing is learned again for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import leading

LENDERS, POWER, LIKENESS, CATEGORY = 10, 4.0, 1.0, 8.0
"""Known products that lend to a new one, how much more the likest of them lend, and the weight of likeness
itself against all that is lent, and of the category among the traits; chosen on products that were held out to be validated on
(`benchmarks/recommend_cold.py`)."""

NEAR = 100
"""Known products of which the likeness itself counts."""

_BLOCK, _COMMON = 1_000, 20_000


def alike(
    traits: sparse.csr_matrix, learned: int, kinds: NDArray[np.str_], *, most: int = NEAR
) -> sparse.csr_matrix:
    """Return the cosine of each new product with the known ones that are most like it: known × new.

    Parameters
    ----------
    traits
        Products × traits, rows of length one; the new products come last. Traits that more than
        20,000 products have count for nothing: to compare all that have them would take too long.
    learned
        How many products are known.
    kinds
        What each trait is; a category counts for more than its rarity says.
    most
        Known products for each new one.

    Examples
    --------
    >>> traits = sparse.csr_matrix(np.array([[1.0, 0], [0, 1.0], [0.6, 0.8]], np.float32))
    >>> alike(traits, 2, np.array(["brand", "title"])).toarray().round(2).tolist()
    [[0.6], [0.8]]
    """
    having = np.bincount(traits.indices, minlength=traits.shape[1])
    weight = np.where(kinds == "category", np.float32(CATEGORY), np.float32(1))
    weighed = sparse.csr_matrix(traits @ sparse.diags_array(weight.astype(np.float32)))
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    inverse = (1 / np.where(length > 0, length, 1)).astype(np.float32)
    weighed = sparse.csr_matrix(sparse.diags_array(inverse) @ weighed)
    rare = sparse.csr_matrix(weighed[:, np.flatnonzero(having <= _COMMON)])
    turned = sparse.csr_matrix(rare[:learned].T)
    parts = [sparse.csr_matrix(np.zeros((0, learned), np.float32))]
    for first in range(learned, traits.shape[0], _BLOCK):
        block = sparse.csr_matrix(rare[first : first + _BLOCK] @ turned)
        row, known, cosine = leading(block, most)
        parts.append(sparse.csr_matrix((cosine, (row, known)), shape=block.shape))
    return sparse.csr_matrix(sparse.vstack(parts).T)


def lent(
    near: sparse.csr_matrix, *, most: int = LENDERS, power: float = POWER
) -> sparse.csr_matrix:
    """Return the share that each known product lends to each new one: known × new.

    Parameters
    ----------
    near
        Cosines, as `alike` returns them.
    most
        Products that lend to each.
    power
        A cosine is raised to it before it is made a share.

    Returns
    -------
    sparse.csr_matrix
        cosine^power / Σ over the lenders of cosine^power; nothing for what is like no product.

    Examples
    --------
    >>> near = sparse.csr_matrix(np.array([[0.6], [0.8]], np.float32))
    >>> lent(near, power=1.0).toarray().round(2).tolist()
    [[0.43], [0.57]]
    """
    turned = sparse.csr_matrix(near.T)
    turned.sort_indices()
    row, lender, cosine = leading(turned, most)
    share = np.power(cosine, np.float32(power))
    whole = np.bincount(row, weights=share, minlength=turned.shape[0])
    share = (share / np.where(whole > 0, whole, 1.0)[row]).astype(np.float32)
    return sparse.csr_matrix(sparse.csr_matrix((share, (row, lender)), shape=turned.shape).T)


def extended(
    weights: sparse.csr_matrix,
    near: sparse.csr_matrix,
    *,
    most: int = LENDERS,
    power: float = POWER,
    likeness: float = LIKENESS,
) -> sparse.csr_matrix:
    """Return the weights between all products, the new ones last.

    Parameters
    ----------
    weights
        Known × known: how much one product leads to another.
    near
        Known × new, as `alike` returns them.
    most, power
        See `lent`.
    likeness
        Weight of likeness itself against what is lent, all products taken together. Both together weigh as
        much as what is lent would alone, so that new products do not crowd out the others.

    Examples
    --------
    >>> weights = sparse.csr_matrix(np.array([[0.0, 4.0], [2.0, 0.0]], np.float32))
    >>> near = sparse.csr_matrix(np.array([[0.2], [0.6]], np.float32))
    >>> extended(weights, near, power=1.0, likeness=0.0).toarray().tolist()
    [[0.0, 4.0, 3.0], [2.0, 0.0, 0.5], [1.5, 1.0, 0.0]]
    """
    shares = lent(near, most=most, power=power)
    into, out = sparse.csr_matrix(weights @ shares), sparse.csr_matrix(shares.T @ weights)
    both = sparse.csr_matrix(out @ shares)
    # No product leads to itself.
    both.setdiag(0)
    into, out = _mixed(into, near, likeness), _mixed(out, sparse.csr_matrix(near.T), likeness)
    whole = sparse.csr_matrix(sparse.bmat([[weights, into], [out, both]], dtype=np.float32))
    whole.eliminate_zeros()
    whole.sort_indices()
    return whole


def _mixed(
    borrowed: sparse.csr_matrix, near: sparse.csr_matrix, likeness: float
) -> sparse.csr_matrix:
    whole = float(near.sum())
    if not whole:
        return borrowed
    scale = np.float32(likeness * float(borrowed.sum()) / whole)
    return sparse.csr_matrix((borrowed + near * scale) * np.float32(1 / (1 + likeness)))
