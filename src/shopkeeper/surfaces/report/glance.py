"""Section of the shop at a glance: the numbers of `overview`, and their course."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.data.metrics import BY_NAME as METRICS
from shopkeeper.intervals import Interval
from shopkeeper.surfaces.report import figures, phrases
from shopkeeper.surfaces.report.blocks import Block, Fact, Facts, Missing, Paragraph, Section
from shopkeeper.surfaces.report.drawing import figure
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen, percent

SHOWN = (
    "gmv", "net", "paid", "orders", "buyers", "aov", "repeat_rate", "return_rate", "view_to_cart",
    "conversion", "late_delivery_rate", "negative_review_share",
)  # fmt: skip
DRAWN = ("gmv", "orders")


def glance(material: Material, pen: Pen) -> Section:
    """Write the section of the shop at a glance."""
    head = pen.say(phrases.GLANCE)
    answer = material.answers.get("overview")
    if answer is None:
        return Section("glance", head, blocks=(Missing(pen.say(phrases.GLANCE_MISSING)),))
    rows = answer.table.to_pylist()
    facts = tuple(fact for name in SHOWN if (fact := _fact(name, _of(rows, name), pen)) is not None)
    blocks: list[Block] = [Facts(facts)] if facts else []
    blocks += _pictures(answer, pen)
    lacking = [row["metric"] for row in answer.evidence["left_out"].to_pylist()]
    if lacking:
        listed = phrases.LIST.get(pen.lang).join(METRICS[n].title.get(pen.lang) for n in lacking)
        blocks.append(Paragraph(pen.say(phrases.GLANCE_LACKING, metrics=listed), quiet=True))
    lead = Markup()
    if days := spans(material, pen):
        joined = Markup(" · ").join(days)
        lead = pen.say(phrases.GLANCE_DAYS, spans=joined)
    return Section("glance", head, lead, tuple(blocks))


def spans(material: Material, pen: Pen) -> list[Markup]:
    """Write the days that the data covers, one text a kind of data."""
    written = []
    for words, (start, end) in (
        (phrases.SPAN_ORDERS, material.ordered),
        (phrases.SPAN_VISITS, material.visited),
        (phrases.SPAN_REVIEWS, material.reviewed),
    ):
        if start and end:
            written.append(pen.say(words, first=pen.day(start), last=pen.day(end)))
    if material.shop.cut:
        written.append(pen.say(phrases.SPAN_AS_OF, day=pen.day(material.shop.cut)))
    return written


def _of(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    found = [row for row in rows if row["metric"] == name]
    return sorted(found, key=lambda row: -(row["value"] or 0))


def _fact(name: str, rows: list[dict[str, Any]], pen: Pen) -> Fact | None:
    if not rows or (rows[0]["value"] is None and METRICS[name].unit != "share"):
        return None
    label = Markup("{}").format(METRICS[name].title.get(pen.lang))
    first = rows[0]
    match METRICS[name].unit:
        case "money":
            others = [pen.money(row["value"], row["currency"], name) for row in rows[1:4]]
            value = pen.money(first["value"], first["currency"], name)
            return Fact(label, value, Markup(" · ").join(others))
        case "count":
            return Fact(label, pen.count(first["value"], name))
        case "share":
            return _share(name, first, label, pen)


def _share(name: str, row: dict[str, Any], label: Markup, pen: Pen) -> Fact:
    base = pen.say(phrases.GLANCE_COUNTED[name], base=pen.count(row["base"], name))
    if row["value"] is None or row["low"] is None:
        few = pen.share(Interval(0.0, 0.0, 0.0), 0, name)
        return Fact(label, few, pen.say(phrases.GLANCE_FEW, base=base))
    note = pen.say(
        phrases.GLANCE_BASE,
        low=pen.link(percent(row["low"]), name),
        high=pen.link(percent(row["high"]), name),
        base=base,
    )
    return Fact(label, pen.link(percent(row["value"]), name), note)


def _pictures(answer: Answer, pen: Pen) -> list[Block]:
    rows = answer.evidence["by_period"].to_pylist()
    drawn: list[Block] = []
    for name in DRAWN:
        course = _main_currency([row for row in rows if row["metric"] == name])
        if len(course) < 3:
            continue
        metric = METRICS[name].title.get(pen.lang)
        title = pen.say(phrases.GLANCE_FIGURE, metric=metric, period=_step(course, pen))
        drawn.append(
            figure(
                figures.bars_over_time(
                    [figures.Course(row["period"], row["value"] or 0.0) for row in course]
                ),
                title=title,
                reading=_reading(course[0]["currency"], pen),
                described=title,
                pen=pen,
            )
        )
    return drawn


def _reading(currency: str | None, pen: Pen) -> Markup:
    reading = pen.say(phrases.GLANCE_READING)
    return Markup("{} · {}").format(currency, reading) if currency else reading


def _main_currency(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[str, float] = {}
    for row in rows:
        sums[row["currency"] or ""] = sums.get(row["currency"] or "", 0.0) + (row["value"] or 0)
    if not sums:
        return []
    main = max(sums, key=lambda currency: (sums[currency], currency))
    return [row for row in rows if (row["currency"] or "") == main]


def _step(course: list[dict[str, Any]], pen: Pen) -> str:
    days = (course[1]["period"] - course[0]["period"]).days
    name = "month" if days > 7 else "week" if days > 1 else "day"
    return phrases.PERIODS[name].get(pen.lang)
