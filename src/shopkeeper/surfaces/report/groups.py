"""Sections by category and by seller: who is complained about more than the shop as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from shopkeeper.intervals import proportion
from shopkeeper.surfaces.report import figures, phrases
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Missing, Section
from shopkeeper.surfaces.report.drawing import figure, strip
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.names import category_name, seller_cell
from shopkeeper.surfaces.report.pen import Pen, excerpt, percent, visible
from shopkeeper.surfaces.report.queries import Group
from shopkeeper.words import Words

SHOWN = 12


def categories(material: Material, pen: Pen) -> Section:
    """Write the section by category."""
    head = pen.say(phrases.CATEGORY)
    if not material.categories:
        return Section("category", head, blocks=(Missing(pen.say(phrases.CATEGORY_MISSING)),))
    table = _grid(
        material,
        pen,
        material.categories,
        what=phrases.WHAT_CATEGORY,
        title=phrases.COLUMN_CATEGORY,
        name=lambda group: pen.name(category_name(group)),
    )
    shown = enough(material.categories, material.least)[:SHOWN]
    blocks: list[Block] = [_picture(material, pen, shown), table] if len(shown) > 1 else [table]
    return Section("category", head, pen.say(phrases.CATEGORY_LEAD), tuple(blocks))


def sellers(material: Material, pen: Pen) -> Section:
    """Write the section by seller."""
    head = pen.say(phrases.SELLER)
    if not material.sellers:
        return Section("seller", head, blocks=(Missing(pen.say(phrases.SELLER_MISSING)),))
    table = _grid(
        material,
        pen,
        material.sellers,
        what=phrases.WHAT_SELLER,
        title=phrases.COLUMN_SELLER,
        name=lambda group: seller_cell(group, pen),
        late=any(group.delivered for group in material.sellers),
        drawn=True,
    )
    return Section("seller", head, pen.say(phrases.SELLER_LEAD), (table,))


def enough(groups: Sequence[Group], least: int) -> list[Group]:
    """Return the groups that have enough reviews for a percentage."""
    return [group for group in groups if group.reviews >= least]


def _grid(
    material: Material,
    pen: Pen,
    groups: Sequence[Group],
    *,
    what: Words,
    title: Words,
    name: Callable[[Group], Markup],
    late: bool = False,
    drawn: bool = False,
) -> Grid:
    fit = enough(groups, material.least)
    shown = (fit or sorted(groups, key=lambda group: (-group.reviews, group.key)))[:SHOWN]
    most = max((group.share.high for group in fit[:SHOWN]), default=1.0)
    overall = proportion(material.total.negative, material.total.reviews).value
    columns = [
        Column(pen.say(title), "text"),
        Column(pen.say(phrases.COLUMN_REVIEWS)),
        Column(pen.say(phrases.COLUMN_SHARE)),
    ]
    if fit and drawn:
        columns.append(Column(pen.say(phrases.COLUMN_RANGE), "range"))
    if late:
        columns.append(Column(pen.say(phrases.COLUMN_LATE)))
    rows = []
    for group in shown:
        row = [
            name(group),
            pen.count(group.reviews, "attributed_reviews"),
            pen.share_cell(group.share, group.reviews, "attributed_share"),
        ]
        if fit and drawn:
            row.append(strip(group.share, overall, most))
        if late:
            row.append(pen.share_cell(group.late_share, group.delivered, "seller_late_share"))
        rows.append(tuple(row))
    caption = pen.say(phrases.GROUPS_TABLE, what=what.get(pen.lang))
    note = _note(material, pen, groups, fit)
    if fit and drawn:
        note = pen.joined(note, pen.say(phrases.RANGE_NOTE))
    return Grid(caption, tuple(columns), tuple(rows), note)


def _note(material: Material, pen: Pen, groups: Sequence[Group], fit: Sequence[Group]) -> Markup:
    least = pen.count(material.least, "minimum_count")
    if not fit:
        return pen.say(phrases.GROUPS_TOO_FEW, least=least)
    counted = [group for group in groups if group.reviews]
    return pen.say(
        phrases.GROUPS_MORE if len(counted) > len(fit) else phrases.GROUPS_ALL,
        shown=pen.count(min(SHOWN, len(fit)), "attributed_reviews"),
        enough=pen.count(len(fit), "attributed_reviews"),
        few=pen.count(len(counted) - len(fit), "attributed_reviews"),
        least=least,
    )


def _picture(material: Material, pen: Pen, shown: Sequence[Group]) -> Block:
    overall = proportion(material.total.negative, material.total.reviews).value
    lines = [
        figures.Line(excerpt(visible(category_name(group)), most=24), group.share)
        for group in shown
    ]
    title = pen.say(phrases.CATEGORY_FIGURE)
    described = pen.say(
        phrases.SHARES_ALT,
        title=title,
        first=lines[0].label,
        share=percent(shown[0].share.value),
        overall=percent(overall),
    )
    return figure(
        figures.shares(lines, overall),
        title=title,
        reading=pen.say(phrases.SHARES_READING),
        described=described,
        pen=pen,
    )
