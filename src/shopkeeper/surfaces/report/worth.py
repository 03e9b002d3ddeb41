"""What customers are worth: what is expected of them, and how well that held on days kept aside."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.operations.behaviour.small_cells import SMALLEST
from shopkeeper.surfaces.report import customer_phrases as words
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Missing, Paragraph
from shopkeeper.surfaces.report.drawing import own_chart
from shopkeeper.surfaces.report.pen import Pen, percent

VERB = "lifetime_value"
BASELINE = "same_again"
_TENTHS = 10
_BOUNDS = ("value", "low", "high")

Row = dict[str, Any]
Told = dict[tuple[str, str], Row]


def worth(answer: Answer, pen: Pen) -> list[Block]:
    """Write what is expected of customers, the part of the highest tenth, and how right that was."""
    said = [pen.sentence(one, "worth_ahead") for one in answer.summary[:1]]
    said += _total(answer, pen)
    quality = answer.evidence["quality"].to_pylist()
    told = {(row["method"], row["metric"]): row for row in quality}
    if not told:
        return [Paragraph(pen.joined(*said)), Missing(pen.say(words.WORTH_UNJUDGED))]
    said += _tenth(answer, pen)
    picture = own_chart(answer, words.WORTH_FIGURE, words.WORTH_READING, pen)
    return [Paragraph(pen.joined(*said)), *picture, _table(told, answer, pen)]


def _total(answer: Answer, pen: Pen) -> Iterator[Markup]:
    """Write what all customers together are expected to bring, and the part of the highest tenth."""
    table = answer.table.sort_by([("predicted_clv", "descending")])
    whole, highest = (_sum(part) for part in (table, table.slice(0, len(table) // _TENTHS)))
    if not whole > 0 or len(table) // _TENTHS < max(SMALLEST, pen.minimum_count):
        return
    yield pen.say(
        words.WORTH_TOTAL,
        total=pen.money(whole, _currency(answer), f"{VERB}:predicted_clv"),
        part=pen.link(percent(highest / whole), "worth_part"),
    )


def _sum(table: pa.Table) -> float:
    return float(pc.sum(table["predicted_clv"]).as_py() or 0.0)


def _currency(answer: Answer) -> str:
    return str(answer.table["currency"][0].as_py() or "")


def _tenth(answer: Answer, pen: Pen) -> Iterator[Markup]:
    for row in answer.evidence["calibration"].to_pylist():
        if row["tenth"] == _TENTHS and row["customers"] >= pen.minimum_count:
            between = phrases.BETWEEN.get(pen.lang).format(
                low=f"{row['low']:.2f}", high=f"{row['high']:.2f}"
            )
            yield pen.say(
                words.WORTH_TENTH,
                expected=pen.link(f"{row['expected']:.2f}", f"{VERB}:tenth"),
                happened=pen.link(f"{row['happened']:.2f}", f"{VERB}:happened"),
                between=pen.link(between, f"{VERB}:happened"),
            )


def _table(told: Told, answer: Answer, pen: Pen) -> Grid:
    columns = (
        Column(pen.say(words.COLUMN_MEASURE), "text"),
        Column(pen.say(words.COLUMN_MODEL)),
        Column(pen.say(words.COLUMN_BASELINE)),
    )
    rows = tuple(
        (
            pen.link(measure.get(pen.lang), f"{VERB}:{name}"),
            *(
                _cell(told.get((method, name)), name, answer, pen)
                for method in (answer.method, BASELINE)
            ),
        )
        for name, measure in words.MEASURES.items()
    )
    note = [pen.say(words.WORTH_NOTE)]
    own, same = (told[method, "purchases_rmse"] for method in (answer.method, BASELINE))
    if own["high"] >= same["low"]:
        note.insert(0, pen.say(words.WORTH_NOT_NEARER))
    return Grid(pen.say(words.WORTH_TABLE), columns, rows, pen.joined(*note))


def _cell(row: Row | None, name: str, answer: Answer, pen: Pen) -> Markup:
    # Where nothing happened in the days kept aside, nothing can be divided by it.
    if row is None or row["value"] is None or math.isnan(row["value"]):
        return Markup("–")
    value, low, high = (_written(row[end], name, answer, pen) for end in _BOUNDS)
    return pen.cell(value, low, high, f"{VERB}:{name}")


def _written(value: float | None, name: str, answer: Answer, pen: Pen) -> str:
    if value is None or math.isnan(value):
        return "–"
    if name == "value_rmse":
        return pen.amount(value, _currency(answer))
    return f"{value:.3f}" if name == "purchases_rmse" else f"{value:.2f}"
