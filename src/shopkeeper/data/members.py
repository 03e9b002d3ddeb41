"""Who belongs to which segment: what the verb `segment` stored, as a table that any verb can join.

A segment lives: when the shop is run again the same rule is asked of the new data. Nothing is told
under `as_of`, for a stored answer knows the whole shop.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

COLUMNS = ("segment_set", "segment", "customer_id")


def members(shop: Shop) -> ir.Table | None:
    """Return `segment_set`, `segment` and `customer_id` of the stored segments; None without any.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.answer import Answer
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> from shopkeeper.words import Words
    >>> found = pa.table({"segment_set": ["rfm"], "segment": ["loyal"], "customer_id": ["c1"]})
    >>> empty = pa.table({"segment": ["loyal"]})
    >>> stored = Answer("segment", Words("Who", "谁"), empty, "rfm", evidence={"members": found})
    >>> shop = shop_from_tables({}, answers={"segment": stored})
    >>> members(shop).customer_id.to_pyarrow().to_pylist()
    ['c1']
    """
    version = shop.manifest.answers.get("segment")
    if version is None or shop.cut is not None:
        return None
    folder = shop.path / version.folder
    names = json.loads((folder / "answer.json").read_text(encoding="utf-8"))["evidence"]
    if "members" not in names:
        return None
    file = folder / f"evidence-{names.index('members')}.parquet"
    table: ir.Table = shop.connection.read_parquet(str(file)).select(*COLUMNS)
    return table
