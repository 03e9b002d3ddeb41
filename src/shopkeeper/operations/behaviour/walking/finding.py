"""Finding: transitions become the answer of `paths`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.vocabulary import event_words
from shopkeeper.operations.behaviour.walking.picture import graph
from shopkeeper.operations.behaviour.walking.rows import (
    ENTRY,
    EXIT,
    LENGTH,
    NODES,
    node_counts,
    node_sums,
    placed,
    stepped,
    transitions,
    ways,
)
from shopkeeper.operations.behaviour.walking.sentences import (
    DEFINITIONS,
    MARKS,
    TITLE,
    limits,
    sentences,
)
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
LISTED = 30
_SHARE = [("share", pa.float64()), ("low", pa.float64()), ("high", pa.float64())]
TABLE = pa.schema(
    [("source_en", pa.string()), ("source_zh", pa.string()), ("target_en", pa.string()),
     ("target_zh", pa.string()), ("transitions", pa.int64()), ("sessions", pa.int64()), *_SHARE,
     ("loop", pa.bool_()), ("reverse", pa.int64())]
)  # fmt: skip
_RATES = ("entry", "exit", "loop", "purchase")
EVIDENCE = {
    "nodes": pa.schema(
        [("node_en", pa.string()), ("node_zh", pa.string()), ("events", pa.int64()), ("sessions", pa.int64()),
         *((f"{rate}_{end}", pa.float64()) for rate in _RATES for end in ("share", "low", "high")),
         ("mean_place", pa.float64())]
    ),
    "to_purchase": pa.schema(
        [("path_en", pa.string()), ("path_zh", pa.string()), ("sessions", pa.int64()), *_SHARE]
    ),
    "to_leaving": pa.schema(
        [("path_en", pa.string()), ("path_zh", pa.string()), ("sessions", pa.int64()), *_SHARE]
    ),
    "parts": pa.schema([("part", pa.string()), ("events", pa.int64())]),
}  # fmt: skip


def answer(shop: Shop, least: int) -> Answer | None:
    """Count, and return the answer; None where no event belongs to anyone."""
    counted = shop.events.aggregate(
        events=shop.events.count(), named=shop.events.session_id.count()
    )
    (there,) = counted.to_pyarrow().to_pylist()
    complete = there["events"] == there["named"]
    with stepped(shop, complete=complete).cache() as events:
        counts = node_counts(events).order_by([ibis.desc("events"), "node"]).to_pyarrow()
        if not counts.num_rows:
            return None
        common = tuple(counts["node"].to_pylist()[:NODES])
        with placed(events, common).cache() as steps:
            moves = _plain(transitions(steps))
            sums = _plain(node_sums(steps))
            ends = {
                kind: _ways(ways(steps, bought=kind == "to_purchase"), least)
                for kind in ("to_purchase", "to_leaving")
            }
    rows = _moves(moves, least)
    nodes = _nodes(moves, sums, least)
    entered = sum(row["transitions"] for row in moves if row["source"] == ENTRY)
    used = sum(row["events"] for row in sums)
    parts = {
        "all_events": there["events"],
        "without_owner": there["events"] - used,
        "sessions": entered,
        "nodes": counts.num_rows,
        "rare_nodes": max(0, counts.num_rows - NODES),
    }
    evidence: dict[str, list[Row]] = {
        "nodes": nodes,
        **ends,
        "parts": [{"part": name, "events": count} for name, count in parts.items()],
    }
    return Answer(
        verb="paths",
        title=TITLE,
        table=pa.Table.from_pylist(rows, schema=TABLE),
        method="count",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(rows, evidence)),
        evidence={
            name: pa.Table.from_pylist(evidence[name], schema=schema)
            for name, schema in EVIDENCE.items()
        },
        limits=limits(least, parts, complete=complete),
        definitions=DEFINITIONS,
        chart=graph(rows, nodes),
    )


def _plain(table: ir.Table) -> list[Row]:
    rows: list[Row] = table.to_pyarrow().to_pylist()
    return rows


def node_words(node: str) -> Words:
    """Return what a node is called.

    Examples
    --------
    >>> node_words("(exit)").en, node_words("Page Viewed /cart").zh
    ('leaves', '浏览页面 /cart')
    """
    if node in MARKS:
        return MARKS[node]
    name, gap, kind = node.partition(" /")
    words = event_words(name)
    return Words(f"{words.en}{gap}{kind}", f"{words.zh}{gap}{kind}")


def _named(column: str, node: str) -> Row:
    words = node_words(node)
    return {column: node, f"{column}_en": words.en, f"{column}_zh": words.zh}


def _share(top: int, base: int, least: int, name: str = "") -> Row:
    names = [f"{name}_{end}" if name else end for end in ("share", "low", "high")]
    if base < least:
        return dict.fromkeys(names)
    one = proportion(top, base)
    return dict(zip(names, (one.value, one.low, one.high), strict=True))


def _moves(moves: list[Row], least: int) -> list[Row]:
    leaving: dict[str, int] = {}
    count = {(row["source"], row["target"]): row["transitions"] for row in moves}
    for row in moves:
        leaving[row["source"]] = leaving.get(row["source"], 0) + row["transitions"]
    ordered = sorted(moves, key=lambda row: (-row["transitions"], row["source"], row["target"]))
    return [
        {
            **row,
            **_named("source", row["source"]),
            **_named("target", row["target"]),
            **_share(row["transitions"], leaving[row["source"]], least),
            "loop": row["source"] == row["target"],
            "reverse": count.get((row["target"], row["source"]), 0),
        }
        for row in ordered
    ]


def _nodes(moves: list[Row], sums: list[Row], least: int) -> list[Row]:
    count = {(row["source"], row["target"]): row["transitions"] for row in moves}
    sessions = sum(row["transitions"] for row in moves if row["source"] == ENTRY)
    ordered = sorted(sums, key=lambda row: (-row["sessions"], row["node"]))
    return [
        {
            **_named("node", row["node"]),
            "events": row["events"],
            "sessions": row["sessions"],
            **_share(count.get((ENTRY, row["node"]), 0), sessions, least, "entry"),
            **_share(count.get((row["node"], EXIT), 0), row["events"], least, "exit"),
            **_share(count.get((row["node"], row["node"]), 0), row["events"], least, "loop"),
            **_share(row["bought"], row["sessions"], least, "purchase"),
            "mean_place": row["places"] / row["sessions"],
        }
        for row in ordered
    ]


def _ways(table: ir.Table, least: int) -> list[Row]:
    columns = [f"back_{n}" for n in range(LENGTH)]
    total = table.aggregate(sessions=table.sessions.sum()).to_pyarrow()["sessions"][0].as_py() or 0
    found = table.order_by([ibis.desc("sessions"), *columns]).limit(LISTED)
    rows = []
    for row in _plain(found):
        nodes = [row[name] for name in reversed(columns) if row[name] is not None]
        words = [node_words(node) for node in nodes]
        cut = "… → " if len(nodes) == LENGTH else ""
        rows.append(
            {"path_en": cut + " → ".join(one.en for one in words),
             "path_zh": cut + " → ".join(one.zh for one in words),
             "sessions": row["sessions"], **_share(row["sessions"], total, least)}
        )  # fmt: skip
    return rows
