"""Borrowing: what a product that nobody has touched would follow, lent by the products most like it.

A new product gets a place in the weights that the others have learned: it follows, and leads to, what
its likest known products follow and lead to. Nothing is learned again for it.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from shopkeeper.operations.recommend.histories import leading
from shopkeeper.operations.recommend.material import telling

LENDERS, POWER = 20, 4.0
"""Known products that lend to a new one, and how much more the likest of them lend; chosen on the products
that were held out to be validated on (`benchmarks/recommend_cold.py`)."""

_BLOCK = 1_000


def lent(
    traits: sparse.csr_matrix, learned: int, *, most: int = LENDERS, power: float = POWER
) -> sparse.csr_matrix:
    """Return the share that each known product lends to each new one: known × new.

    Parameters
    ----------
    traits
        Products × traits, rows of length one; the new products come last.
    learned
        How many products are known.
    most
        Products that lend to each.
    power
        Likeness is raised to it before it is made a share.

    Returns
    -------
    sparse.csr_matrix
        cosine^power / Σ over the lenders of cosine^power; nothing for what is like no product.

    Examples
    --------
    >>> traits = sparse.csr_matrix(np.array([[1.0, 0], [0, 1.0], [0.6, 0.8]], np.float32))
    >>> lent(traits, 2, power=1.0).toarray().round(2).tolist()
    [[0.43], [0.57]]
    """
    count = traits.shape[0] - learned
    rare = sparse.csr_matrix(traits[:, np.flatnonzero(telling(traits))])
    turned = sparse.csr_matrix(rare[:learned].T)
    parts = [sparse.csr_matrix(np.zeros((0, learned), np.float32))]
    for first in range(learned, traits.shape[0], _BLOCK):
        block = sparse.csr_matrix(rare[first : first + _BLOCK] @ turned)
        row, lender, cosine = leading(block, most)
        share = np.power(cosine, np.float32(power))
        whole = np.bincount(row, weights=share, minlength=block.shape[0])
        share = (share / np.where(whole > 0, whole, 1.0)[row]).astype(np.float32)
        parts.append(sparse.csr_matrix((share, (row, lender)), shape=block.shape))
    made = sparse.csr_matrix(sparse.vstack(parts).T)
    assert made.shape == (learned, count)
    return made


def extended(weights: sparse.csr_matrix, shares: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the weights between all products, the new ones last.

    Parameters
    ----------
    weights
        Known × known: how much one product leads to another.
    shares
        Known × new, as `lent` returns them.

    Examples
    --------
    >>> weights = sparse.csr_matrix(np.array([[0.0, 4.0], [2.0, 0.0]], np.float32))
    >>> shares = sparse.csr_matrix(np.array([[0.25], [0.75]], np.float32))
    >>> extended(weights, shares).toarray().tolist()
    [[0.0, 4.0, 3.0], [2.0, 0.0, 0.5], [1.5, 1.0, 0.0]]
    """
    into = sparse.csr_matrix(weights @ shares)
    out = sparse.csr_matrix(shares.T @ weights)
    both = sparse.csr_matrix(out @ shares)
    # No product leads to itself.
    both.setdiag(0)
    whole = sparse.csr_matrix(sparse.bmat([[weights, into], [out, both]], dtype=np.float32))
    whole.eliminate_zeros()
    whole.sort_indices()
    return whole
