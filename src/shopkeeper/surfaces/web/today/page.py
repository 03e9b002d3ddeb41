"""The first page, written: tiles, findings, and the course of what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from shopkeeper.surfaces.asking.desk import View
from shopkeeper.surfaces.report.pen import Pen, excerpt, percent, signed, visible
from shopkeeper.surfaces.web import phrases
from shopkeeper.surfaces.web.cells import amount, arrow_view
from shopkeeper.surfaces.web.frame import Reader, query_string
from shopkeeper.surfaces.web.kitchen import Kitchen
from shopkeeper.surfaces.web.pictures import Pictures
from shopkeeper.surfaces.web.today.attention import Finding, attention
from shopkeeper.surfaces.web.today.chart import course_chart
from shopkeeper.surfaces.web.today.figures import Days, Figure, Point, days_of, figures_of
from shopkeeper.words import Words

_SPARK_DAYS, _SPARK_HEIGHT = 28, 36
_WEEKDAYS = (
    Words("Monday", "星期一"), Words("Tuesday", "星期二"), Words("Wednesday", "星期三"),
    Words("Thursday", "星期四"), Words("Friday", "星期五"), Words("Saturday", "星期六"),
    Words("Sunday", "星期日"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tile:
    """One number as the page shows it."""

    title: str
    value: str
    base: str
    few: str
    spark: Markup
    against: tuple[tuple[str, str], ...]
    state: str
    outside: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as the page shows it."""

    money: str
    kind: str
    title: str
    why: str
    address: str
    leads: str


@dataclass(frozen=True, slots=True)
class Material:
    """What the page of one day is written from."""

    days: Days | None
    on: date
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    absent: tuple[str, ...] = ()


def material(kitchen: Kitchen, view: View, asked: str) -> Material:
    """Gather what the page of a day needs; called in the kitchen's thread.

    Parameters
    ----------
    kitchen
        Where it is kept.
    view
        The shop as it is now.
    asked
        The day in ISO 8601; the newest whole one where it is none.
    """
    shop = view.shop
    days = kitchen.material(view, "days", lambda: days_of(shop))
    if days is None:
        return Material(None, date.min, (), ())
    on = _day(asked, days)

    def gather() -> Material:
        figures = figures_of(days, on, fewest=shop.settings.minimum_count)
        found = tuple(attention(shop, figures, on, days.currency))
        absent = tuple(name for name in phrases.ABSENT if not shop.has(name))
        return Material(days, on, tuple(figures), found, absent)

    return kitchen.material(view, ("today", on), gather)


def context(found: Material, reader: Reader, pictures: Pictures) -> dict[str, Any]:
    """Return what the template of the page shows."""
    if found.days is None:
        return {"active": "/", "day": ""}
    pen, on, days = Pen(reader.lang, 0), found.on, found.days
    newest = on == days.newest_whole
    shown = f"{_WEEKDAYS[on.weekday()].get(reader.lang)} {pen.day(on)}"
    if reader.lang == "zh":
        shown = f"{pen.day(on)}{_WEEKDAYS[on.weekday()].zh}"
    banded = next((figure.band for figure in found.figures if figure.band), None)
    drawn = table = None
    if found.figures:
        first = found.figures[0]
        metric = first.title.get(reader.lang)
        if first.unit == "money" and first.currency:
            metric += f"（{first.currency}）" if reader.lang == "zh" else f", {first.currency},"
        title = phrases.COURSE.get(reader.lang).format(metric=metric)
        drawn = pictures.picture(
            course_chart(first),
            title=title,
            lang=reader.lang,
            address="/today",
            query=query_string("", {"day": on.isoformat(), "lang": reader.lang}),
        )
        table = arrow_view(course_table(found, reader.lang), "course", title, reader.lang, most=14)
    return {
        "active": "/",
        "day": Markup(shown),  # noqa: S704
        "newest": newest,
        "ended": pen.day(days.last) if newest and days.has_ended else "",
        "before": _address(on - timedelta(days=1), days),
        "after": _address(on + timedelta(days=1), days),
        "tiles": [_tile(figure, reader.lang) for figure in found.figures],
        "method": _method(banded, reader.lang) if banded else "",
        "findings": [_line(one, days.currency, reader.lang) for one in found.findings],
        "absent": _absent(found.absent, reader.lang),
        "drawn": drawn,
        "table": table,
    }


def course_table(found: Material, lang: str) -> pa.Table:
    """Return every number of the page by day, newest first, as a table."""
    columns: dict[str, list[Any]] = {}
    for figure in found.figures:
        points = figure.course[::-1]
        name = figure.title.get(lang)
        columns.setdefault("day", [point.on for point in points])
        columns[name] = [point.value for point in points]
        if figure is found.figures[0]:
            low, high = Words("lowest expected", "预期下限"), Words("highest expected", "预期上限")
            columns[low.get(lang)] = [point.band.low if point.band else None for point in points]
            columns[high.get(lang)] = [point.band.high if point.band else None for point in points]
    if lang == "zh" and columns:
        columns = {"日期" if name == "day" else name: cells for name, cells in columns.items()}
    return pa.table(columns)


def _day(asked: str, days: Days) -> date:
    try:
        on = date.fromisoformat(asked)
    except ValueError:
        return days.newest_whole
    return min(max(on, days.first), days.last)


def _address(on: date, days: Days) -> str:
    if not days.first <= on <= days.last:
        return ""
    return "/" if on == days.newest_whole else f"/?day={on.isoformat()}"


def _method(band: Any, lang: str) -> str:
    return phrases.BAND_METHOD.get(lang).format(
        weeks=band.weeks, chance=percent(band.chance).replace(".0%", "%")
    )


def _absent(names: Sequence[str], lang: str) -> str:
    """Return what the page does not show because nothing of it was imported."""
    return Words("; ", "；").get(lang).join(phrases.ABSENT[name].get(lang) for name in names)


def _tile(figure: Figure, lang: str) -> Tile:
    def shown(value: float | None) -> str:
        return amount(value, figure.unit, lang, figure.currency)

    def bound(value: float) -> str:
        return _short(shown(_rounded(value) if figure.unit == "money" else value))

    few = ""
    if figure.value is None and figure.unit == "share":
        few = phrases.TOO_FEW.get(lang).format(base=figure.base or 0)
    against = [
        (phrases.BEFORE.get(lang), _change(figure.value, figure.before, figure.unit, lang)),
        (
            phrases.WEEK_BEFORE.get(lang),
            _change(figure.value, figure.week_before, figure.unit, lang),
        ),
    ]
    if figure.band:
        against.append(
            (
                phrases.EXPECTED.get(lang),
                f"{bound(figure.band.low)} – {bound(figure.band.high)}",
            )
        )
    state = {-1: phrases.BELOW, 0: phrases.WITHIN, 1: phrases.ABOVE}[figure.outside]
    if figure.band is None or figure.value is None:
        state = phrases.NO_BAND if figure.band is None else Words("", "")
    base = phrases.OF_BASE.get(lang).format(base=f"{figure.base:,}") if figure.base else ""
    return Tile(
        title=figure.title.get(lang),
        value=shown(figure.value),
        base=base,
        few=few,
        spark=spark(figure.course[-_SPARK_DAYS:], outside=bool(figure.outside)),
        against=tuple(against),
        state=state.get(lang),
        outside=bool(figure.outside),
    )


def _short(text: str) -> str:
    """Return an amount of four digits and more without the decimals that a range does not need."""
    return text.removesuffix(".00")


def _change(value: float | None, earlier: float | None, unit: str, lang: str) -> str:
    """Return how a number has changed: shares in points, small counts as they are, others in per cent."""
    if value is None or earlier is None:
        return "–"
    if unit == "share":
        points = signed(f"{100 * (value - earlier):.1f}")
        return f"{points} {Words('pp', '个百分点').get(lang)}"
    if unit == "count" and max(value, earlier) < 100:
        return signed(f"{value - earlier:.0f}")
    if not earlier:
        return "–"
    return signed(f"{100 * (value / earlier - 1):.1f}") + "%"


def _line(one: Finding, currency: str, lang: str) -> Line:
    kind = one.kind
    if kind == "unusual":
        kind = "below" if one.numbers["side"] < 0 else "above"
    title, why = (words.get(lang) for words in phrases.FOUND[kind])
    units = {"value": "money", "bound": "money", "usual": "share"}
    numbers = {
        name: _short(amount(_rounded(value), "money", lang, currency))
        if units.get(name) == "money"
        else amount(value, units.get(name, "count"), lang)
        for name, value in one.numbers.items()
    }
    subject = one.subject.get(lang) if one.subject else ""
    return Line(
        money=_short(amount(_rounded(one.money), "money", lang, currency)),
        kind=phrases.MONEY_KINDS[one.kind].get(lang),
        title=title.format(subject=subject),
        why=why.format(
            subject=subject,
            keys=Words(", ", "、")
            .get(lang)
            .join(excerpt(visible(key), most=40) for key in one.keys),
            **numbers,
        ),
        address=_leads(one),
        leads=phrases.LEADS_TO[one.kind].get(lang) if one.kind in phrases.LEADS_TO else "",
    )


def _rounded(money: float) -> float:
    """Return an amount without the cents that a hundred and more does not need."""
    return float(round(money)) if abs(money) >= 100 else money


def _leads(one: Finding) -> str:
    if one.kind == "unanswered":
        return "/reviews?sentiment=negative&reply=none&days=28"
    if one.kind == "disliked":
        return query_string(
            "/reviews", {"product": one.product_id, "sentiment": "negative", "days": 28}
        )
    if one.kind == "stock":
        return query_string("/recommend", {"product": one.product_id})
    return "#course" if one.kind == "unusual" else ""


def spark(points: Sequence[Point], *, outside: bool) -> Markup:
    """Draw the last weeks of a number as a small line on its band, with the last day as a dot.

    Parameters
    ----------
    points
        Days in order.
    outside
        Whether the last day is marked.
    """
    values = [point.value for point in points if point.value is not None]
    values += [edge for point in points if point.band for edge in (point.band.low, point.band.high)]
    if len(values) < 3 or min(values) == max(values):
        return Markup('<svg class="spark" aria-hidden="true" viewBox="0 0 100 36"></svg>')
    low, size = min(values), max(values) - min(values)

    def place(at: int, value: float) -> str:
        across = 100 * at / (len(points) - 1)
        return f"{across:.1f},{_SPARK_HEIGHT - 2 - (_SPARK_HEIGHT - 4) * (value - low) / size:.1f}"

    banded = [(at, point.band) for at, point in enumerate(points) if point.band]
    edges = [place(at, band.high) for at, band in banded]
    edges += [place(at, band.low) for at, band in reversed(banded)]
    line = [place(at, point.value) for at, point in enumerate(points) if point.value is not None]
    last = points[-1].value
    now = Markup()
    if last is not None:
        now = Markup('<path class="now{}" d="M{}h0"/>').format(
            " out" if outside else "", place(len(points) - 1, last)
        )
    return Markup(
        '<svg class="spark" aria-hidden="true" viewBox="0 0 100 36" preserveAspectRatio="none">'
        '<polygon points="{}"/><polyline points="{}"/>{}</svg>'
    ).format(" ".join(edges), " ".join(line), now)
