"""One uniform number after another from a NumPy generator, quick enough for a sentence's many choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

_BLOCK = 8_192
_T = TypeVar("_T")


class Dice:
    """Draws for code that goes through texts one by one.

    Parameters
    ----------
    rng
        The generator; numbers are taken from it in blocks.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._numbers: list[float] = []

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        if not self._numbers:
            self._numbers = self._rng.random(_BLOCK).tolist()
        return self._numbers.pop()

    def pick(self, options: Sequence[_T]) -> _T:
        """Draw one of the options."""
        return options[int(self.random() * len(options))]
