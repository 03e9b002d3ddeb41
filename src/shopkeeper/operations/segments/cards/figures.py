"""The figures of a card: each a statistic with its count, and its interval where it is a share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.small_cells import is_small
from shopkeeper.operations.behaviour.vocabulary import category_words
from shopkeeper.operations.segments.base import Base, Floats, Ints
from shopkeeper.operations.segments.clock import PART_NAMES, PARTS, half_hour, part_of_day
from shopkeeper.operations.segments.guards import refused
from shopkeeper.operations.segments.traits import bought_lines, own_reviews, paid_orders
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Flags = NDArray[np.bool_]
TOP, LEAST_REVIEWS, LONGEST = 3, 5, 80


@dataclass(frozen=True, slots=True)
class Figure:
    """One statistic of a card.

    Parameters
    ----------
    part
        Of which part of the card it is: who, buys, when, price, says, next.
    statistic
        Which statistic it is.
    value, low, high
        The number, and its interval where it has one.
    n
        Out of how many, or of how many; None where it would tell of a few others.
    label
        What it is a statistic of, in both languages.
    """

    part: str
    statistic: str
    value: float
    n: int | None
    low: float | None = None
    high: float | None = None
    label: Words = field(default_factory=lambda: Words("", ""))


@dataclass(frozen=True, slots=True)
class Labels:
    """What each line is of: the labels that may be told in their order, and the place of each line's, −1 for none."""

    values: list[str]
    codes: Ints


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that cards are made of, by number of the customer."""

    base: Base
    line_who: Ints
    category: Labels
    title: Labels
    price: Floats
    order_who: Ints
    weekday: Ints
    part_of_day: NDArray[np.object_]
    reduced: Flags
    returned: Flags
    review_who: Ints
    sentiment: NDArray[np.object_]
    mention_who: Ints
    aspect: NDArray[np.object_]
    polarity: NDArray[np.object_]
    aspects: dict[str, Words]
    names: dict[str, Words]


def read_material(shop: Shop, base: Base) -> Material:
    """Read what the customers of a base bought and wrote."""
    line = _placed(bought_lines(shop, base.currency).to_pyarrow(), base)
    paid = paid_orders(shop, base.currency)
    timed = paid.mutate(half_hour=half_hour(paid.ordered_at, paid.time_zone))
    order = _placed(timed.to_pyarrow(), base)
    review = _placed(own_reviews(shop).to_pyarrow(), base)
    mention, names = _mentions(shop, review)
    return Material(
        base=base,
        line_who=_whole(line, "who"),
        category=_labels(line, "category"),
        title=_labels(line, "title"),
        price=line["price"].cast(pa.float64()).to_numpy(),
        order_who=_whole(order, "who"),
        weekday=pc.day_of_week(order["on"]).to_numpy().astype(np.int64),
        part_of_day=_parts_of_day(order, shop.settings.time_zone),
        reduced=_flags(order, "reduced"),
        returned=_flags(order, "returned"),
        review_who=_whole(review, "who"),
        sentiment=_texts(review, "sentiment"),
        mention_who=_whole(mention, "who"),
        aspect=_texts(mention, "aspect"),
        polarity=_texts(mention, "polarity"),
        aspects=names,
        names=category_words(shop),
    )


def _placed(rows: pa.Table, base: Base) -> pa.Table:
    rows = rows.append_column("who", pc.index_in(rows["customer_id"], base.ids))
    return rows.filter(pc.is_valid(rows["who"]))


def _labels(rows: pa.Table, name: str) -> Labels:
    """Read a column of labels; each is looked at once, however many lines have it."""
    coded = rows[name].cast(pa.string()).combine_chunks().dictionary_encode()
    known = coded.dictionary.to_pylist()
    values = sorted(one for one in known if refused(one) is None)
    place = {value: at for at, value in enumerate(values)}
    codes = np.array([place.get(one, -1) for one in known] + [-1], np.int64)
    return Labels(values, codes[coded.indices.fill_null(len(known)).to_numpy()])


def _whole(rows: pa.Table, name: str) -> Ints:
    return np.asarray(rows[name].to_numpy(zero_copy_only=False), dtype=np.int64)


def _texts(rows: pa.Table, name: str) -> NDArray[np.object_]:
    return np.array(rows[name].to_pylist(), dtype=object)


def _parts_of_day(order: pa.Table, zone: str) -> NDArray[np.object_]:
    """Return the part of the local day of each order; none where every order has the same clock time.

    Such a source tells days alone, and its hour is no habit of anybody.
    """
    coded = order["half_hour"].combine_chunks().dictionary_encode()
    parts = pa.array(
        [part_of_day(text, zone) for text in coded.dictionary.to_pylist()], pa.string()
    )
    clocks = pc.strftime(order["ordered_at"], "%H:%M:%S")
    if len(clocks.drop_null().unique()) < 2:
        return np.full(order.num_rows, None, dtype=object)
    return np.array(parts.take(coded.indices).to_pylist(), dtype=object)


def _flags(rows: pa.Table, name: str) -> Flags:
    return np.array([bool(one) for one in rows[name].to_pylist()], dtype=bool)


def _mentions(shop: Shop, review: pa.Table) -> tuple[pa.Table, dict[str, Words]]:
    """Return what own reviews say of aspects, where `review_aspects` is stored."""
    stored = shop.answer("review_aspects")
    empty = pa.schema([("who", pa.int64()), ("aspect", pa.string()), ("polarity", pa.string())])
    if (
        stored is None
        or "aspects" not in stored.evidence
        or "aspect" not in stored.table.column_names
    ):
        return empty.empty_table(), {}
    names = {
        row["name"]: Words(row["aspect_en"], row["aspect_zh"])
        for row in stored.evidence["aspects"].to_pylist()
    }
    said = stored.table.select(["review_id", "aspect", "polarity"])
    place = pc.index_in(said["review_id"], review["review_id"].combine_chunks())
    said = said.append_column("who", review["who"].combine_chunks().take(place))
    return said.filter(pc.is_valid(said["who"])), names


def figures(made: Material, mine: Flags, least: int) -> Iterator[Figure]:
    """Yield the figures of some customers; what rests on fewer than `least` of them is left out."""
    yield from _who(made, mine, least)
    yield from _buys(made, mine, least)
    yield from _when(made, mine, least)
    yield from _price(made, mine, least)
    yield from _says(made, mine, least)


def _who(made: Material, mine: Flags, least: int) -> Iterator[Figure]:
    now, count = made.base.state(made.base.end), int(mine.sum())
    whole = len(mine)
    few = is_small(whole - count, least)
    yield Figure("who", "customers", float(count), None if few else whole)
    if not few:
        share = proportion(count, whole)
        yield Figure("who", "share", share.value, whole, share.low, share.high)
    yield Figure("who", "purchases", float(now.purchases[mine].mean()), count)
    yield Figure("who", "days_since", float(np.median(now.days_since[mine])), count)
    yield Figure("who", "value_so_far", float(now.spent[mine].sum() / count), count)


def _buys(made: Material, mine: Flags, least: int) -> Iterator[Figure]:
    here = mine[made.line_who]
    for name, labels, most in (("category", made.category, TOP), ("product", made.title, 1)):
        known = labels.codes[here & (labels.codes >= 0)]
        counts = np.bincount(known, minlength=len(labels.values))
        for at in np.argsort(-counts, kind="stable")[:most].tolist():
            who = made.line_who[here & (labels.codes == at)]
            if not counts[at] or len(np.unique(who)) < least:
                continue
            share = proportion(float(counts[at]), float(len(known)))
            label = labels.values[at]
            called = made.names.get(label) or Words(label[:LONGEST], label[:LONGEST])
            yield Figure(
                "buys",
                name,
                share.value,
                len(known),
                share.low,
                share.high,
                called,
            )


WEEKDAYS = (
    Words("Monday", "星期一"), Words("Tuesday", "星期二"), Words("Wednesday", "星期三"),
    Words("Thursday", "星期四"), Words("Friday", "星期五"), Words("Saturday", "星期六"),
    Words("Sunday", "星期日"),
)  # fmt: skip


def _when(made: Material, mine: Flags, least: int) -> Iterator[Figure]:
    here = mine[made.order_who]
    names = [str(day) for day in range(7)]
    days = np.array(names, dtype=object)[made.weekday[here]]
    parts = made.part_of_day[here]
    for name, known, order in (("weekday", days, names), ("part_of_day", parts, PARTS)):
        values, counts = np.unique([one for one in known if one], return_counts=True)
        if not len(values):
            continue
        at = max(range(len(values)), key=lambda n: (counts[n], -order.index(str(values[n]))))
        if _people(made.order_who[here][known == values[at]]) < least:
            continue
        whole = int(counts.sum())
        share = proportion(float(counts[at]), float(whole))
        most = str(values[at])
        label = WEEKDAYS[int(most)] if name == "weekday" else PART_NAMES[most]
        yield Figure("when", name, share.value, whole, share.low, share.high, label)
    now = made.base.state(made.base.end)
    again = mine & (now.purchases > 1)
    back, once = int(again.sum()), int(mine.sum() - again.sum())
    if back >= least:
        between = (now.age[again] - now.days_since[again]) / (now.purchases[again] - 1)
        told = None if is_small(once, least) else back
        yield Figure("when", "days_between", float(np.median(between)), told)


def _price(made: Material, mine: Flags, least: int) -> Iterator[Figure]:
    priced = mine[made.line_who] & ~np.isnan(made.price)
    prices = made.price[priced]
    if len(prices) and _people(made.line_who[priced]) >= least:
        yield Figure("price", "median_price", float(np.median(prices)), len(prices))
    here = mine[made.order_who]
    for part, name, flags in (
        ("price", "reduced", made.reduced[here]), ("says", "returned", made.returned[here]),
    ):  # fmt: skip
        if len(flags) and _may_tell(made.order_who[here], flags, least):
            share = proportion(float(flags.sum()), float(len(flags)))
            yield Figure(part, name, share.value, len(flags), share.low, share.high)


def _may_tell(who: Ints, flags: Flags, least: int) -> bool:
    """Say whether neither those of whom it holds nor those of whom it does not are a few customers."""
    return not any(is_small(_people(who[some]), least) for some in (flags, ~flags))


def _says(made: Material, mine: Flags, least: int) -> Iterator[Figure]:
    here = mine[made.review_who]
    reviews = int(here.sum())
    if reviews >= LEAST_REVIEWS and _people(made.review_who[here]) >= least:
        bad = made.sentiment[here] == "negative"
        if _may_tell(made.review_who[here], bad, least):
            share = proportion(float(bad.sum()), float(reviews))
            yield Figure("says", "negative", share.value, reviews, share.low, share.high)
    said = mine[made.mention_who]
    for name, polarity in (("praised", "positive"), ("complained", "negative")):
        of = said & (made.polarity == polarity)
        values, counts = np.unique(made.aspect[of].astype(str), return_counts=True)
        if counts.sum() < LEAST_REVIEWS:
            continue
        at = int(np.lexsort((values, -counts))[0])
        if _people(made.mention_who[of & (made.aspect == values[at])]) < least:
            continue
        share = proportion(float(counts[at]), float(counts.sum()))
        label = made.aspects.get(str(values[at]), Words(str(values[at]), str(values[at])))
        if refused(label.en) is None and refused(label.zh) is None:
            yield Figure("says", name, share.value, int(counts.sum()), share.low, share.high, label)


def _people(who: Ints) -> int:
    return len(np.unique(who))
