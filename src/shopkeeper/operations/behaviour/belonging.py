"""Who belongs to a segment: read from the stored answer that made it.

A stored answer with a table `members` (segment_set, segment, customer_id) offers segments, whichever
verb made it: the drop-offs of `funnel`, or what the customers are told apart by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from shopkeeper.errors import UsageError
from shopkeeper.words import Words

if TYPE_CHECKING:
    import pyarrow as pa

    from shopkeeper.data.shop import Shop

_TABLE, _LISTED = "members", 12
_COLUMNS = {"segment_set", "segment", "customer_id"}


def segment_members(shop: Shop, typed: str) -> list[str]:
    """Return the customers of a segment.

    Parameters
    ----------
    shop
        The shop.
    typed
        `set:segment`, such as `funnel_lost:Product Added`; or the segment alone.

    Raises
    ------
    UsageError
        No stored answer has such a segment.
    """
    wanted_set, colon, wanted = typed.strip().partition(":")
    if not colon:
        wanted_set, wanted = "", typed.strip()
    found: set[str] = set()
    there: list[str] = []
    for table in _tables(shop):
        mine = pc.equal(table["segment"], wanted.strip())
        if wanted_set:
            mine = pc.and_(mine, pc.equal(table["segment_set"], wanted_set.strip()))
        found |= set(table.filter(mine)["customer_id"].to_pylist())
        pairs = table.group_by(["segment_set", "segment"]).aggregate([]).to_pylist()
        there += sorted(f"{row['segment_set']}:{row['segment']}" for row in pairs)
    if not found:
        listed = ", ".join(dict.fromkeys(there[:_LISTED])) or "–"
        lacking = Words(
            f"No stored answer has it; there are: {listed}.",
            f"已保存的结果里没有这个分群；现有：{listed}。",
        )
        none = Words("No stored answer has it, or any other.", "还没有保存任何分群。")
        raise UsageError(
            Words(f"Asked for the segment {typed[:60]!r}.", f"指定了分群“{typed[:60]}”。"),
            lacking if there else none,
            Words(
                "Run `shopkeeper run` and choose one of these, or name the drop-offs of a funnel:"
                " 'funnel_lost(view > cart > order):cart'.",
                "请先执行 `shopkeeper run` 再从中选择，或写明某个漏斗的流失顾客：“funnel_lost(浏览 > 加购 > 下单):加购”。",
            ),
        )
    return sorted(found)


def _tables(shop: Shop) -> Iterator[pa.Table]:
    for name in sorted(shop.manifest.answers):
        answer = shop.answer(name)
        table = None if answer is None else answer.evidence.get(_TABLE)
        if table is not None and set(table.column_names) >= _COLUMNS:
            yield table
