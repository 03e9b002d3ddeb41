"""Groups of customers who behave alike: a latent class model of counts, fitted by EM.

Source: Goodman (1974), Biometrika 61; Hagenaars & McCutcheon (2002), Applied Latent Class Analysis. A
customer belongs to one class; in each block of counts (categories bought, with or without a discount,
days between purchases …) what they do is drawn with the probabilities of that class. Who has done
little is told apart less surely, where distances between shares would take one order for a habit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STARTS, SHORT, LONG = 12, 15, 300
_PRIOR = 0.5
"""Added to every cell of a class (Jeffreys), so that nothing is impossible that was not yet seen."""


@dataclass(frozen=True, slots=True)
class Classes:
    """A fitted latent class model.

    Parameters
    ----------
    share
        Share of each class among customers, k.
    logs
        Logarithm of the probability of each column within its block, k × columns.
    log_likelihood
        Of the customers that it was fitted on.
    parameters
        Free parameters.
    """

    share: Floats
    logs: Floats
    log_likelihood: float
    parameters: int

    def probabilities(self, counts: Floats) -> Floats:
        """Return the probability of each class for each customer, n × k."""
        joint = counts @ self.logs.T + np.log(self.share)
        return np.asarray(np.exp(joint - logsumexp(joint, axis=1, keepdims=True)))

    def bic(self, customers: int) -> float:
        """Return Schwarz's criterion, parameters · ln n − 2 ln L; the lowest is best."""
        return float(self.parameters * np.log(customers) - 2 * self.log_likelihood)

    def icl(self, counts: Floats) -> float:
        """Return Schwarz's criterion and twice the entropy of the classes; the lowest is best.

        Source: Biernacki, Celeux & Govaert (2000), IEEE PAMI 22. Classes that lie over one another
        describe the counts better and tell nobody apart; the entropy is their price.
        """
        told = self.probabilities(counts)
        entropy = -(told * np.log(np.maximum(told, 1e-300))).sum()
        return self.bic(len(counts)) + 2 * float(entropy)


def fit_classes(
    counts: Floats, blocks: Sequence[slice], k: int, *, seed: int, starts: int = STARTS
) -> Classes:
    """Fit k classes: several random starts for a few steps, the best of them to the end.

    Parameters
    ----------
    counts
        Customers × columns.
    blocks
        Which columns share one distribution.
    k
        Number of classes.
    seed
        Seed of the starts.
    starts
        How many.

    Examples
    --------
    >>> counts = np.array([[5.0, 0.0], [4.0, 1.0], [0.0, 5.0], [1.0, 4.0]] * 30)
    >>> fitted = fit_classes(counts, [slice(0, 2)], 2, seed=0)
    >>> fitted.probabilities(counts).argmax(axis=1)[:4].tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
    True
    """
    draw = np.random.default_rng(seed)
    free = k - 1 + k * sum(block.stop - block.start - 1 for block in blocks)
    best: tuple[float, Floats] | None = None
    for _ in range(starts if k > 1 else 1):
        resp = draw.dirichlet(np.full(k, 0.3), len(counts)) if k > 1 else np.ones((len(counts), 1))
        value, resp = _climb(counts, blocks, resp, SHORT)
        if best is None or value > best[0]:
            best = (value, resp)
    assert best is not None, "there is one start at least"
    value, resp = _climb(counts, blocks, best[1], LONG)
    share, logs = _learned(counts, blocks, resp)
    return Classes(share, logs, value, free)


def _climb(
    counts: Floats, blocks: Sequence[slice], resp: Floats, steps: int
) -> tuple[float, Floats]:
    last = -np.inf
    for _ in range(steps):
        share, logs = _learned(counts, blocks, resp)
        joint = counts @ logs.T + np.log(share)
        whole = logsumexp(joint, axis=1, keepdims=True)
        resp, value = np.exp(joint - whole), float(whole.sum())
        if value - last < 1e-7 * abs(value):
            break
        last = value
    return value, resp


def _learned(counts: Floats, blocks: Sequence[slice], resp: Floats) -> tuple[Floats, Floats]:
    share = (resp.sum(axis=0) + _PRIOR) / (len(resp) + _PRIOR * resp.shape[1])
    sums = resp.T @ counts + _PRIOR
    logs = np.empty_like(sums)
    for block in blocks:
        part = sums[:, block]
        logs[:, block] = np.log(part / part.sum(axis=1, keepdims=True))
    return share, logs
