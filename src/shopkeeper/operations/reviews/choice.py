"""Which way of reading a review: each is a file of `methods`, chosen by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Protocol, Self

import pyarrow as pa

MethodName = Literal["majority", "ngrams", "encoder", "cascade"]


class Method(Protocol):
    """What every method does: learn from one table, answer with another, be kept on disk."""

    def fit(self, table: pa.Table) -> Self:
        """Learn from the columns `text` and `sentiment`; return the method itself."""

    def predict(self, table: pa.Table) -> pa.Table:
        """Return `p_negative`, `p_neutral`, `p_positive` for each `text`, and change nothing."""

    def save(self, folder: Path) -> None:
        """Write what was learned into `folder`."""


def method_named(name: MethodName, *, encoder: str = "", seed: int = 0) -> Method:
    """Return a method that has learned nothing yet.

    Parameters
    ----------
    name
        Its name.
    encoder
        Folder or hub id of another encoder, for `encoder` and `cascade`; empty for MiniLM.
    seed
        Seed of whatever it draws.
    """
    match name:
        case "majority":
            from shopkeeper.operations.reviews.methods.majority import Majority

            return Majority()
        case "ngrams":
            from shopkeeper.operations.reviews.methods.ngrams import Ngrams

            return Ngrams()
        case "encoder":
            from shopkeeper.operations.reviews.methods.encoder import Encoder

            return Encoder(encoder=encoder, seed=seed)
        case "cascade":
            from shopkeeper.operations.reviews.methods.cascade import CascadeReader

            return CascadeReader(encoder=encoder, seed=seed)


def curve_of(method: Method) -> list[dict[str, Any]]:
    """Return the rows of a cascade's curve; none of another method."""
    found: list[dict[str, Any]] = getattr(method, "curve_", [])
    return found
