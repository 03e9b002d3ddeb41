"""Finding: sums of sessions become rates and means with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
from scipy.special import ndtri

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval, proportion
from shopkeeper.operations.behaviour.visiting.chance import told_chance
from shopkeeper.operations.behaviour.visiting.picture import rates
from shopkeeper.operations.behaviour.visiting.rows import session_rows, session_sums
from shopkeeper.operations.behaviour.visiting.sentences import (
    DEFINITIONS,
    TITLE,
    limits,
    sentences,
)
from shopkeeper.operations.behaviour.vocabulary import event_words, value_words
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
MOST_SHOWN = 20
TABLE = pa.schema(
    [("by", pa.string()), ("group_en", pa.string()), ("group_zh", pa.string()),
     ("metric", pa.string()), ("sessions", pa.int64()), ("value", pa.float64()),
     ("low", pa.float64()), ("high", pa.float64())]
)  # fmt: skip
_LENGTHS = pa.schema(
    [("up_to_minutes", pa.float64()), ("sessions", pa.int64()), ("share", pa.float64())]
)
_CHANCE = pa.schema(
    [("method", pa.string()), ("sessions", pa.int64())]
    + [(name, pa.float64()) for name in ("auc", "low", "high", "expected_rate", "happened_rate")]
)
_LIKELY = pa.schema(
    [("tenth", pa.int64()), ("sessions", pa.int64())]
    + [(name, pa.float64()) for name in ("expected", "happened", "low", "high")]
)
_EDGES = (0.0, 1.0, 5.0, 15.0, 30.0)


def answer(shop: Shop, least: int) -> Answer | None:
    """Count, and return the answer; None where no event belongs to anyone."""
    counted = shop.events.aggregate(
        events=shop.events.count(), named=shop.events.session_id.count()
    )
    (there,) = counted.to_pyarrow().to_pylist()
    complete = there["events"] == there["named"]
    rows: list[Row] = []
    cut, long = False, 0
    with session_rows(shop, complete=complete).cache() as kept:
        for by in ("", "entry", "device", "channel"):
            sums = session_sums(kept, by).order_by([ibis.desc("sessions"), "part"])
            groups = sums.limit(MOST_SHOWN + 1).to_pyarrow().to_pylist()
            cut = cut or len(groups) > MOST_SHOWN
            long = long if by else sum(found["long"] for found in groups)
            for found in groups[:MOST_SHOWN]:
                if by or found["sessions"]:
                    rows += _rows(by, found, least)
        lengths = _lengths(kept)
    if not rows:
        return None
    chance, likely = told_chance(shop, complete=complete)
    return Answer(
        verb="sessions",
        title=TITLE,
        table=pa.Table.from_pylist(rows, schema=TABLE),
        method="count",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(rows, chance)),
        evidence={
            "lengths": pa.Table.from_pylist(lengths, schema=_LENGTHS),
            "chance": pa.Table.from_pylist(chance, schema=_CHANCE),
            "likely": pa.Table.from_pylist(likely, schema=_LIKELY),
        },
        limits=limits(least, complete=complete, most=MOST_SHOWN if cut else 0, long=long),
        definitions=DEFINITIONS,
        chart=rates(rows),
    )


def _rows(by: str, found: Row, least: int) -> list[Row]:
    count = found["sessions"]
    named = event_words(found["part"]) if by == "entry" else value_words(found["part"])
    group = named if by else Words("", "")
    told = {
        "purchase_rate": proportion(found["bought"], count),
        "bounce_rate": proportion(found["bounced"], count),
        "events_per_session": _mean(found["depth"], found["depth_squares"], count),
        "minutes_per_session": _mean(found["seconds"], int(found["seconds_squares"]), count, 60),
    }
    rows = []
    for metric, one in told.items():
        shown = (one.value, one.low, one.high) if count >= least else (None, None, None)
        known = [None if value is None or math.isnan(value) else value for value in shown]
        rows.append(
            {"by": by or "all", "group_en": group.en, "group_zh": group.zh, "metric": metric,
             "sessions": count, "value": known[0], "low": known[1], "high": known[2]}
        )  # fmt: skip
    return rows


def _mean(total: int, squares: int, count: int, unit: int = 1) -> Interval:
    """Return a mean with its normal 95 % interval, from exact sums: m ± z √(s² / n)."""
    mean = total / count
    if count < 2:
        return Interval(mean / unit, math.nan, math.nan)
    # Whole numbers first: the difference of two large sums would lose its digits as a float.
    variance = (squares * count - total * total) / count / (count - 1)
    # Squares beyond 2⁵³, of clocks that are wrong, are rounded.
    half = float(ndtri(0.975)) * math.sqrt(max(variance, 0.0) / count)
    return Interval(mean / unit, max(mean - half, 0.0) / unit, (mean + half) / unit)


def _lengths(kept: Any) -> list[Row]:
    """Return how many sessions are no longer than so many minutes, and longer than the step before."""
    minutes = [60 * edge for edge in _EDGES]
    counts = {
        f"n{place}": kept.count(where=kept.seconds <= edge) for place, edge in enumerate(minutes)
    }
    (found,) = kept.aggregate(**counts, whole=kept.count()).to_pyarrow().to_pylist()
    so_far = [found[name] for name in counts] + [found["whole"]]
    before = [0, *so_far[:-1]]
    return [
        {"up_to_minutes": edge, "sessions": upto - less,
         "share": (upto - less) / found["whole"] if found["whole"] else None}
        for edge, upto, less in zip((*_EDGES, None), so_far, before, strict=True)
    ]  # fmt: skip
