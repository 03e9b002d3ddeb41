"""Section of `sentiment_effect`: what goes with bad reviews, and what differs after them."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval
from shopkeeper.operations.reviews.effect.sentences import reason_words
from shopkeeper.surfaces.report import figures, phrases, terms
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Missing, Points, Section
from shopkeeper.surfaces.report.drawing import figure
from shopkeeper.surfaces.report.lateness import lateness
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.names import category_name
from shopkeeper.surfaces.report.pen import Pen, excerpt, percent, points, short_id, visible
from shopkeeper.words import Words

VERB = "sentiment_effect"
SHOWN = 8
_BOUNDS = ("low", "difference", "high")
Row = dict[str, Any]


def effect(material: Material, pen: Pen) -> Section:
    """Write the section of what goes with bad reviews."""
    head = pen.say(phrases.EFFECT)
    answer = material.answers.get(VERB)
    late = lateness(material, pen)
    if answer is None:
        why = without_effect(material, pen, phrases.EFFECT_MISSING)
        return Section("effect", head, blocks=(Missing(why), *late))
    blocks = [*_drivers(answer, material, pen), *late, *_after(answer, pen), *_plain(answer, pen)]
    return Section("effect", head, pen.say(phrases.EFFECT_LEAD), tuple(blocks))


def without_effect(material: Material, pen: Pen, otherwise: Words) -> Markup:
    """Say why nothing was compared: what `run` found wanting, or that it has not been asked."""
    answer = material.answers.get(VERB)
    if answer is not None:
        compared = answer.evidence["drivers"].num_rows
        return pen.say(phrases.FIRST_NOTHING_STANDS if compared else phrases.DRIVERS_MISSING)
    refused = material.shop.manifest.refusals.get(VERB)
    if refused is None:
        return pen.say(otherwise)
    found, enable = (Words(**refused[part]).get(pen.lang) for part in ("reason", "enable"))
    return pen.say(phrases.REFUSED, found=found, enable=enable)


def leading(material: Material) -> list[Row]:
    """Return the reasons of different kinds that surely go with bad reviews, the largest first."""
    answer = material.answers.get(VERB)
    kept: list[Row] = []
    for row in answer.evidence["drivers"].to_pylist() if answer else []:
        if row["sure"] and row["low"] > 0 and all(row["kind"] != other["kind"] for other in kept):
            kept.append(row)
    return kept


def sentences(material: Material, pen: Pen) -> list[Markup]:
    """Write the two sentences that say what drives bad reviews, as the answer has them."""
    answer, rows = material.answers.get(VERB), leading(material)[:2]
    if answer is None:
        return []
    written = []
    for words, row in zip(answer.summary, rows, strict=False):
        name = str(row["level"])
        shown = visible(_level(row, material)) if row["kind"] in ("category", "seller") else name
        named = Words(words.en.replace(name, shown), words.zh.replace(name, shown))
        written.append(pen.sentence(named, f"{VERB}:drivers"))
    return written


def reason(row: Row, material: Material, lang: str) -> str:
    """Return what a reason is called in one line."""
    return visible(reason_words(row["kind"], _level(row, material)).get(lang))


def _level(row: Row, material: Material) -> str:
    level = str(row["level"])
    if row["kind"] == "seller":
        return short_id(level)
    known = {group.key: group for group in material.categories}
    if row["kind"] == "category" and level in known:
        return excerpt(category_name(known[level]), most=30)
    return level


def _drivers(answer: Answer, material: Material, pen: Pen) -> list[Block]:
    found = answer.evidence["drivers"].to_pylist()
    # Where all reviews are alike, nothing differs and no line of zeros says so better than words.
    rows = [row for row in found if row["low"] or row["high"]][:SHOWN]
    if not rows:
        why = phrases.DRIVERS_ALIKE if found else phrases.DRIVERS_MISSING
        return [Missing(pen.say(why))]
    names = [reason(row, material, pen.lang) for row in rows]
    lines = [
        figures.Line(name, Interval(*(100 * row[key] for key in ("difference", "low", "high"))))
        for name, row in zip(names, rows, strict=True)
    ]
    title = pen.say(phrases.DRIVERS_FIGURE)
    picture = figure(
        figures.differences(lines),
        title=title,
        reading=pen.say(phrases.DRIVERS_READING),
        described=pen.say(
            phrases.DRIVERS_ALT, title=title, first=names[0], value=points(rows[0]["difference"])
        ),
        pen=pen,
    )
    columns = (
        Column(pen.say(phrases.COLUMN_REASON_FOR), "text"),
        Column(pen.say(phrases.COLUMN_MATCHED), "aside"),
        Column(pen.say(phrases.COLUMN_POINTS)),
        Column(pen.say(phrases.COLUMN_ACCOUNTS)),
    )
    written = tuple(
        (
            Markup("<bdi>{}</bdi>").format(name),
            pen.count(row["n_matched"], f"{VERB}:n_matched"),
            _points_cell(row, f"{VERB}:drivers", pen),
            pen.link(percent(row["attributable_share"]), f"{VERB}:attributable_share"),
        )
        for name, row in zip(names, rows, strict=True)
    )
    return [picture, Grid(pen.say(phrases.DRIVERS_TABLE), columns, written)]


def _after(answer: Answer, pen: Pen) -> list[Block]:
    """Write what differs after a negative review, all else equal; the panel in its own words."""
    rows = answer.evidence["matched"].to_pylist()
    columns = (
        Column(pen.say(phrases.COLUMN_OUTCOME), "text"),
        Column(pen.say(phrases.COLUMN_AFTER_NEGATIVE), "aside"),
        Column(pen.say(phrases.COLUMN_AFTER_POSITIVE), "aside"),
        Column(pen.say(phrases.COLUMN_DIFFERENCE)),
    )
    written = tuple(_compared(row, pen) for row in rows)
    blocks: list[Block] = []
    if written:
        share = pen.link(_exact(rows, pen), f"{VERB}:overlap")
        note = pen.say(phrases.MATCHED_NOTE, exact=share)
        blocks.append(Grid(pen.say(phrases.MATCHED_TABLE), columns, written, note))
    panel = [row for row in answer.evidence["panel"].to_pylist() if row["week"] is None]
    return [*blocks, *(_panel(row, pen) for row in panel)]


def _exact(rows: list[Row], pen: Pen) -> str:
    """Write the share of the writers that found others alike in everything."""
    found = [row for row in rows if row["part"] == "writers" and row["overlap"] is not None]
    if not found or found[0]["n_negative"] < pen.minimum_count:
        return phrases.TOO_FEW.get(pen.lang)
    return percent(found[0]["overlap"])


def _compared(row: Row, pen: Pen) -> tuple[Markup, ...]:
    definition = f"{VERB}:{row['outcome']}"
    matched = pen.say(
        phrases.MATCHED_OF,
        matched=pen.count(row["n_matched"], f"{VERB}:n_matched"),
        total=pen.count(row["n_negative"], f"{VERB}:n_negative"),
    )
    who = pen.say(terms.PARTS[row["part"]])
    title = Markup("{}<small>{} · {}</small>").format(_outcome(row["outcome"], pen), who, matched)
    sides = [_amount(row[side], row["unit"], definition, pen) for side in ("negative", "positive")]
    if row["difference"] is None:
        difference = pen.link(phrases.TOO_FEW.get(pen.lang), "minimum_count")
    elif row["unit"] == "share":
        difference = _points_cell(row, f"{VERB}:{row['part']}", pen)
    else:
        low, value, high = (_change(row[key], row["unit"], pen) for key in _BOUNDS)
        difference = pen.cell(value, low, high, f"{VERB}:{row['part']}")
    return title, *sides, difference


def _panel(row: Row, pen: Pen) -> Block:
    if row["difference"] is None:
        return Missing(pen.say(phrases.PANEL_FEW))
    low, value, high = (points(row[key]) for key in _BOUNDS)
    text = pen.say(
        phrases.PANEL,
        difference=pen.link(phrases.POINTS.get(pen.lang).format(value=value), f"{VERB}:panel"),
        between=pen.link(phrases.BETWEEN.get(pen.lang).format(low=low, high=high), f"{VERB}:panel"),
        products=pen.count(row["products"], f"{VERB}:panel"),
        weeks=pen.count(row["product_weeks"], f"{VERB}:panel"),
    )
    return Points((text,))


def _plain(answer: Answer, pen: Pen) -> list[Block]:
    """Write every number by the sentiment of the reviews, nothing held equal."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in answer.evidence["by_sentiment"].to_pylist():
        found.setdefault((row["part"], row["metric"]), {})[row["sentiment"]] = row
    rows = tuple(
        (
            Markup("{}<small>{}</small>").format(
                _outcome(metric, pen), terms.PARTS[part].get(pen.lang)
            ),
            *(
                _valued(sentiments.get(name), f"{VERB}:{metric}", pen)
                for name in phrases.SENTIMENTS
            ),
        )
        for (part, metric), sentiments in found.items()
        if any(row["value"] is not None for row in sentiments.values())
    )
    titles = [
        Column(pen.say(words), "aside" if name == "neutral" else "number")
        for name, words in phrases.SENTIMENTS.items()
    ]
    columns = (Column(pen.say(phrases.COLUMN_OUTCOME), "text"), *titles)
    note = pen.say(phrases.PLAIN_NOTE)
    return [Grid(pen.say(phrases.PLAIN_TABLE), columns, rows, note)] if rows else []


def _outcome(name: str, pen: Pen) -> Markup:
    return pen.link(terms.OUTCOMES[name].get(pen.lang), f"{VERB}:{name}")


def _valued(row: Row | None, definition: str, pen: Pen) -> Markup:
    if row is None or row["value"] is None:
        return pen.link(phrases.TOO_FEW.get(pen.lang), "minimum_count")
    if row["unit"] == "share":
        return pen.share_cell(
            Interval(row["value"], row["low"], row["high"]), row["count"], definition
        )
    low, value, high = (_written(row[key], row["unit"], pen) for key in ("low", "value", "high"))
    return pen.cell(value, low, high, definition)


def _amount(value: float | None, unit: str, definition: str, pen: Pen) -> Markup:
    if value is None:
        return pen.link(phrases.TOO_FEW.get(pen.lang), "minimum_count")
    return pen.link(_written(value, unit, pen), definition)


def _written(value: float, unit: str, pen: Pen) -> str:
    match unit:
        case "share":
            return percent(value)
        case "days":
            return pen.days(value)
        case "units":
            return f"{value:,.1f}"
        case _:
            return pen.amount(value, unit)


def _change(value: float, unit: str, pen: Pen) -> str:
    text = pen.amount(value, unit)
    return f"+{text}" if value > 0 else text


def _points_cell(row: Row, definition: str, pen: Pen) -> Markup:
    low, value, high = (points(row[key]) for key in _BOUNDS)
    return pen.cell(phrases.POINTS.get(pen.lang).format(value=value), low, high, definition)
