"""Vectors kept on disk, by what the text says and which encoder read it.

As of every `Cache`: a file that cannot be read or written costs time, never an answer, and no text
is kept, only hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.cache import Cache, cache_key

FILE = "sentence-vectors.sqlite"


class VectorCache:
    """Vectors of one encoder, as 16-bit numbers under a hash of the text.

    Parameters
    ----------
    folder
        Where the file is; made when something is first put.
    revision
        What made the vectors: another revision finds none of them.
    megabytes
        Room at most; when it is reached, the oldest quarter is dropped.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = VectorCache(Path(folder), "r1")
    ...     cache.put(["good"], np.array([[0.6, 0.8]], np.float32))
    ...     found = cache.get(["good", "bad"])
    >>> list(found), found["good"].round(1).tolist()
    (['good'], [0.6, 0.8])
    """

    def __init__(self, folder: Path, revision: str, *, megabytes: float = 2_000) -> None:
        self.revision, self._cache = revision, Cache(folder / FILE, megabytes=megabytes)

    def get(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of those texts that have one."""
        text_of = {cache_key(self.revision, text): text for text in texts}
        return {
            text_of[key]: np.frombuffer(half, np.float16).astype(np.float32)
            for key, half in self._cache.get(list(text_of)).items()
        }

    def put(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep the vectors of texts; quietly not, where the disk does not let it."""
        halves = vectors.astype(np.float16)
        self._cache.put(
            {
                cache_key(self.revision, text): half.tobytes()
                for text, half in zip(texts, halves, strict=True)
            }
        )
