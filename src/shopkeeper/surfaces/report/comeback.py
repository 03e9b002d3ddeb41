"""Who comes back: a small table by first period and age, and what a customer has brought so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval
from shopkeeper.surfaces.report import customer_phrases as words
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.blocks import NOTHING, Block, Column, Grid, Missing, Paragraph
from shopkeeper.surfaces.report.pen import Pen, percent

AGES = {"month": (1, 2, 3, 6, 9, 12), "week": (1, 2, 3, 4, 8, 12)}
SHOWN, SHADES, CURRENCIES = 12, 5, 2
_ON_A_PHONE = 3
"""Ages that a narrow page has room for."""

Span = Literal["month", "week"]
Row = dict[str, Any]


def comeback(answer: Answer, pen: Pen) -> list[Block]:
    """Write who comes back, period by period since the first, and what they have brought."""
    rows = answer.table.to_pylist()
    span: Span = "month" if all(row["since"].day == 1 for row in rows) else "week"
    by_age = {row["age"]: row for row in answer.evidence["by_age"].to_pylist()}
    said = [pen.sentence(answer.summary[0], "came_back"), *_brought(answer, span, pen)]
    return [Paragraph(pen.joined(*said)), _table(rows, by_age, span, pen)]


def _table(rows: list[Row], by_age: dict[int, Row], span: Span, pen: Pen) -> Block:
    lines: dict[Any, dict[int, Row]] = {}
    for row in rows:
        lines.setdefault(row["since"], {})[row["age"]] = row
    large = {
        since: line
        for since, line in lines.items()
        if line[0]["customers"] is not None and line[0]["customers"] >= pen.minimum_count
    }
    ages = [age for age in AGES[span] if any(age in line for line in lines.values())]
    least = pen.count(pen.minimum_count, "minimum_count")
    # A first period of which nothing later has begun has nothing to show yet.
    told = {since: line for since, line in sorted(large.items()) if 1 in line}
    if not ages or not (by_age.keys() & set(ages) or told):
        return Missing(pen.say(words.RETENTION_NONE, least=least))
    shown = dict(list(told.items())[-SHOWN:])
    kept = [row["share"] for line in shown.values() for row in line.values() if row["age"] in ages]
    most = max((share for share in kept if share is not None), default=0.0)
    columns = (
        Column(pen.say(words.COLUMN_SINCE[span]), "text"),
        Column(pen.say(words.COLUMN_CUSTOMERS), "aside"),
        *(
            Column(
                pen.say(words.COLUMN_AGES[span], age=f"{age}"),
                "number" if place < _ON_A_PHONE else "aside",
            )
            for place, age in enumerate(ages)
        ),
    )
    listed = tuple(_line(since, line, ages, most, span, pen) for since, line in shown.items())
    whole = _all(lines, by_age, ages, pen)
    note = pen.joined(*_note(shown, told, len(lines) - len(large), ages, pen))
    return Grid(pen.say(words.RETENTION_TABLES[span]), columns, (whole, *listed), note)


def _all(
    lines: dict[Any, dict[int, Row]], by_age: dict[int, Row], ages: list[int], pen: Pen
) -> tuple[Markup, ...]:
    """Write the first line: all first periods for which that age is over."""
    # Those of the first age that is listed: of later first periods nothing is told yet.
    known = [by_age[age]["customers"] for age in ages if age in by_age]
    customers = known[0] if known else 0
    cells = [
        pen.share_cell(
            Interval(*(by_age[age][end] for end in ("share", "low", "high"))),
            by_age[age]["customers"],
            "came_back",
        )
        if age in by_age and by_age[age]["share"] is not None
        else pen.share_cell(Interval(0.0, 0.0, 0.0), 0, "came_back")
        for age in ages
    ]
    return pen.say(words.ALL_CUSTOMERS), pen.count(customers, "retention:customers"), *cells


def _line(
    since: Any, line: dict[int, Row], ages: list[int], most: float, span: Span, pen: Pen
) -> tuple[Markup, ...]:
    form = "%Y-%m" if span == "month" else "%Y-%m-%d"
    day = Markup('<time datetime="{0}">{0}</time>').format(f"{since:{form}}")
    cells = [_cell(line[age], most, pen) if age in line else NOTHING for age in ages]
    return day, pen.count(line[0]["customers"], "retention:customers"), *cells


def _cell(row: Row, most: float, pen: Pen) -> Markup:
    if row["returned"] is None:
        return pen.link(Markup('<span class="few">–</span>'), "retention:returned")
    if row["share"] is None:
        return Markup('<span class="open">{}</span>').format(
            pen.link(f"{row['returned']:,}…", "retention:complete")
        )
    shade = min(SHADES, 1 + int(SHADES * row["share"] / most)) if row["share"] else 0
    return Markup('<span class="heat h{}">{}</span>').format(
        shade, pen.link(percent(row["share"]), "retention:share")
    )


def _note(
    shown: dict[Any, dict[int, Row]],
    told: dict[Any, dict[int, Row]],
    few: int,
    ages: list[int],
    pen: Pen,
) -> Iterator[Markup]:
    yield pen.say(words.RETENTION_NOTE)
    cells = [line[age] for line in shown.values() for age in ages if age in line]
    if any(row["share"] is None and row["returned"] is not None for row in cells):
        yield pen.say(words.RETENTION_OPEN)
    if any(row["returned"] is None for row in cells):
        yield pen.say(words.RETENTION_SMALL)
    if few:
        least = pen.count(pen.minimum_count, "minimum_count")
        yield pen.say(words.RETENTION_FEW, least=least, few=pen.count(few, "minimum_count"))
    if len(told) > len(shown):
        yield pen.say(words.RETENTION_SHOWN, shown=pen.count(len(shown), "retention:since"))


def _brought(answer: Answer, span: Span, pen: Pen) -> Iterator[Markup]:
    """Write the net of a customer at the highest age of the table, in the currencies of most money."""
    last: dict[str, Row] = {}
    for row in _money(answer):
        fit = row["age"] in AGES[span] and row["customers"] >= pen.minimum_count
        if fit and row["low"] is not None:
            last[row["currency"]] = row
    for row in sorted(last.values(), key=lambda row: row["currency"])[:CURRENCIES]:
        mean, low, high = (
            pen.amount(row[end], row["currency"]) for end in ("per_customer", "low", "high")
        )
        between = phrases.BETWEEN.get(pen.lang).format(low=low, high=high)
        yield pen.say(
            words.BROUGHT[span],
            mean=pen.link(mean, "retention:per_customer"),
            age=pen.count(row["age"], "retention:age"),
            between=pen.link(between, "retention:per_customer"),
        )


def _money(answer: Answer) -> list[Row]:
    # A shop without orders is asked who visits again, and has no money.
    found = answer.evidence.get("revenue_by_age")
    rows: list[Row] = [] if found is None else found.to_pylist()
    return rows
