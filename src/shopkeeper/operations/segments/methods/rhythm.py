"""Each customer's own rhythm: days between purchases, and how odd a silence is for them.

A customer's days between purchases vary around a mean of their own, and the means vary among
customers: Gamma-Gamma (Fader & Hardie 2013), of days instead of money. It knows nothing of seasons,
and the silence that has not ended yet is not part of the fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Shape p of a customer's own days between purchases; q and v of the means of all."""

    p: float
    q: float
    v: float

    def expected(self, gaps: Floats, mean: Floats) -> Floats:
        """Return the days that a customer is expected to let pass: (p (v + x m)) / (p x + q − 1)."""
        return np.asarray(self.p * (self.v + gaps * mean) / (self.p * gaps + self.q - 1))

    def lasts(self, gaps: Floats, mean: Floats, silence: Floats) -> Floats:
        """Return the probability that a gap of this customer lasts longer than the silence so far.

        Given x gaps of mean m, the rate is Gamma(q + p x, v + x m), and a further gap over itself and
        v + x m is Beta(p, q + p x); so 1 − I_{s/(s + v + x m)}(p, q + p x).

        Examples
        --------
        >>> often = Rhythm(4.0, 3.0, 60.0).lasts(np.array([9.0]), np.array([7.0]), np.array([40.0]))
        >>> seldom = Rhythm(4.0, 3.0, 60.0).lasts(
        ...     np.array([9.0]), np.array([60.0]), np.array([40.0])
        ... )
        >>> bool(often[0] < 0.05 < seldom[0])
        True
        """
        known = self.v + gaps * mean
        part = silence / np.maximum(silence + known, 1e-12)
        return np.asarray(1 - betainc(self.p, self.q + self.p * gaps, part), dtype=np.float64)
