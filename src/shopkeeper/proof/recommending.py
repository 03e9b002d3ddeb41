"""How good recommendations are: learned before a day, judged on what customers came upon after it.

A split by time, all products ranked, the popular ones and what followed the newest product in every
table. Beside how often the next product is found stands what of the catalogue is shown, and to whom.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError
from shopkeeper.intervals import bootstrap
from shopkeeper.operations.recommend.choice import Method, Past, ranked, routed, tuned
from shopkeeper.operations.recommend.features import touches
from shopkeeper.operations.recommend.histories import Histories, leading, unseen
from shopkeeper.operations.recommend.methods.last_item import LastItem
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import DEPTH, gains, hits
from shopkeeper.operations.recommend.reading import (
    Catalogue,
    Touched,
    read_catalogue,
    read_touched,
)
from shopkeeper.proof.exposure import coverage, gini, novelty, shares
from shopkeeper.proof.slicing import slices
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

Numbers = NDArray[np.int64]
METHODS = ("popular", "last_item", "similar", "transitions", "routed")
JUDGED_ON, BATCH, BANDS = 5_000, 500, 4
_MICROSECONDS = 86_400e6
NEVER = np.iinfo(np.int64).max // 2
"""The place of what nobody could have ranked."""

QUALITY = pa.schema(
    [
        ("method", pa.string()),
        ("by", pa.string()),
        ("slice", pa.string()),
        ("customers", pa.int64()),
        ("ndcg", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("recall", pa.float64()),
        ("ahead", pa.float64()),
        ("ahead_low", pa.float64()),
        ("ahead_high", pa.float64()),
        ("ahead_of_last", pa.float64()),
        ("ahead_of_last_low", pa.float64()),
        ("ahead_of_last_high", pa.float64()),
    ]
)
BEYOND = pa.schema(
    [
        ("method", pa.string()),
        ("coverage", pa.float64()),
        ("novelty", pa.float64()),
        ("gini", pa.float64()),
        ("gap", pa.float64()),
        ("gap_low", pa.float64()),
        ("gap_high", pa.float64()),
    ]
)
EXPOSURE = pa.schema(
    [
        ("method", pa.string()),
        ("by", pa.string()),
        ("group", pa.string()),
        ("shown", pa.float64()),
        ("touched", pa.float64()),
        ("gini", pa.float64()),
    ]
)
_ASKED = Words("Asked how good the recommendations are.", "要检验推荐的效果。")


@dataclass(frozen=True, slots=True)
class Held:
    """What was known before a day, and what each customer came upon first after it.

    Parameters
    ----------
    touched
        Who had touched what.
    known
        What was known of the products.
    past
        Histories, and the product that came next; −1 for one that was not there before.
    age
        Days from each product's first touch to the day.
    after
        The day.
    """

    touched: Touched
    known: Catalogue
    past: Past
    age: NDArray[np.float64]
    after: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """How each method did.

    Parameters
    ----------
    places
        Place of what came next, one a customer, by method.
    lists
        The ten that each customer would have been shown, by method; −1 where there were fewer.
    methods
        The methods, fitted on what was known.
    popularity
        Place of each product among the most touched.
    """

    places: dict[str, Numbers]
    lists: dict[str, Numbers]
    methods: dict[str, Method]
    popularity: Numbers


def held_out(shop: Shop, *, days: int, seed: int) -> Held:
    """Part the shop's touches by time.

    Parameters
    ----------
    shop
        The shop.
    days
        How many of the last days are held out.
    seed
        Seed of the sample of customers.

    Raises
    ------
    MissingDataError
        There is nothing before that day, or nothing after it.
    """
    whole = touches(shop)
    last = whole.happened_at.max().to_pyarrow().as_py()
    if last is None:
        raise _nothing(days)
    after = last - timedelta(days=days)
    before = touches(shop.as_of(after))
    touched = read_touched(before)
    if not len(touched.products):
        raise _nothing(days)
    later = whole.filter(whole.happened_at > after)
    rows = later.select("customer_id", "product_id", "happened_at", "place").to_pyarrow()
    known = read_catalogue(shop.as_of(after), touched.products)
    past = _first(touched, rows).sample(JUDGED_ON, seed)
    if not len(past.targets):
        raise _nothing(days)
    return Held(touched, known, past, _ages(before, touched.products, after), after)


def _ages(before: ir.Table, products: pa.Array, after: datetime) -> NDArray[np.float64]:
    """Return the days from the first touch of each product to a day."""
    first = before.group_by("product_id").aggregate(first=before.happened_at.min()).to_pyarrow()
    place = pc.index_in(pc.cast(products, first["product_id"].type), first["product_id"])
    moment = first["first"].cast(pa.timestamp("us")).take(place).cast(pa.int64()).to_numpy()
    now = np.datetime64(after.replace(tzinfo=None), "us").astype(np.int64)
    days: NDArray[np.float64] = (now - moment) / _MICROSECONDS
    return days


def _first(touched: Touched, rows: pa.Table) -> Past:
    """Return each known customer's history, and the first product after it that is new to them."""
    order = [(name, "ascending") for name in ("happened_at", "place", "product_id")]
    rows = rows.sort_by(order)
    who = numbers_in(rows["customer_id"], touched.customers)
    what = numbers_in(rows["product_id"], touched.products)
    width, histories = len(touched.products), touched.histories
    held = np.sort(histories.rows * width + histories.products)
    key = who * width + what
    at = np.minimum(np.searchsorted(held, key), max(len(held) - 1, 0))
    new = (who >= 0) & ((what < 0) | (held[at] != key))
    customers, first = np.unique(who[new], return_index=True)
    return Past(histories.take(customers), what[new][first])


def numbers_in(names: pa.ChunkedArray, known: pa.Array) -> Numbers:
    """Return the number of each name; −1 where it is not known."""
    at = pc.index_in(names, pc.cast(known, names.type))
    numbers: Numbers = pc.fill_null(at, -1).to_numpy().astype(np.int64)
    return numbers


def judged(held: Held, *, seed: int) -> Judged:
    """Fit every method on what was known, and rank all products for each customer.

    Parameters
    ----------
    held
        What was known and what came next.
    seed
        Seed of the sample on which the kernel is chosen: what was newest before the day.
    """
    touched, past = held.touched, held.past
    traits = held.known.traits
    learned, newest = touched.material(traits, held_out=1), touched.past(1)[0]
    kernel = tuned(learned, newest, seed=seed)
    methods: dict[str, Method] = {
        "popular": Popular(), "last_item": LastItem(), "similar": Similar(kernel.profile),
        "transitions": Transitions(kernel), "routed": routed(learned, newest, seed=seed, kernel=kernel),
    }  # fmt: skip
    material = touched.material(traits)
    there = np.flatnonzero(past.targets >= 0)
    places, lists = {}, {}
    for name in METHODS:
        method = methods[name].fit(material)
        places[name] = np.full(len(past.targets), NEVER)
        places[name][there] = ranked(method, past.take(there), material)
        lists[name] = ten_of(method, past.histories, material.popularity)
    return Judged(places, lists, methods, material.popularity)


def ten_of(method: Method, histories: Histories, popularity: Numbers) -> Numbers:
    """Return the ten products that each history is shown; −1 where there are fewer."""
    made = np.full((len(histories), DEPTH), -1, np.int64)
    for first in range(0, len(made), BATCH):
        part = histories.take(np.arange(first, min(first + BATCH, len(made))))
        row, product, _ = leading(unseen(method.score(part), part), DEPTH, popularity)
        made[first + row, np.arange(len(row)) - np.searchsorted(row, row)] = product
    return made


def quality(held: Held, done: Judged, *, least: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield one row a method and slice, each beside the popular products and the last item's rule."""
    past = held.past
    parts = slices(held.touched, held.known, past.histories.lengths, past.targets, held.age)
    for by, part, rows in parts:
        if rows.sum() < max(least, 1):
            continue
        own = {name: gains(place)[rows] for name, place in done.places.items()}
        for name, gain in own.items():
            value = bootstrap(np.mean, gain, seed=seed)
            told: dict[str, Any] = {
                "method": name, "by": by, "slice": part, "customers": int(rows.sum()), "ndcg": value.value,
                "low": value.low, "high": value.high, "recall": float(hits(done.places[name])[rows].mean()),
            }  # fmt: skip
            for column, other in (("ahead", "popular"), ("ahead_of_last", "last_item")):
                if name != other:
                    ahead = bootstrap(_difference, gain, own[other], seed=seed)
                    told |= {column: ahead.value, f"{column}_low": ahead.low, f"{column}_high": ahead.high}  # fmt: skip
            yield told


def _difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float((one - other).mean())


def beyond(held: Held, done: Judged, *, least: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield one row a method: what of the catalogue is shown, and how far user groups lie apart.

    The gap is the NDCG of the customers with longer histories less that of the others, parted at the median.
    """
    products, customers = len(held.touched.products), len(held.touched.customers)
    touched = held.touched.histories.customers(products)
    lengths = held.past.histories.lengths
    longer = lengths > np.median(lengths)
    enough = min(longer.sum(), (~longer).sum()) >= max(least, 1)
    for name, lists in done.lists.items():
        counts = np.bincount(lists[lists >= 0], minlength=products)
        row: dict[str, Any] = {
            "method": name, "coverage": coverage(lists, held.known.shelf.buyable),
            "novelty": novelty(lists, touched, customers), "gini": gini(counts),
        }  # fmt: skip
        if enough:
            gap = bootstrap(_gap, gains(done.places[name]), longer, seed=seed)
            row |= {"gap": gap.value, "gap_low": gap.low, "gap_high": gap.high}
        yield row


def _gap(gain: NDArray[np.float64], longer: NDArray[np.bool_]) -> float:
    if longer.all() or not longer.any():
        return float("nan")
    return float(gain[longer].mean() - gain[~longer].mean())


def exposure(shop: Shop, held: Held, done: Judged, *, most: int) -> Iterator[dict[str, Any]]:
    """Yield the share of the places that sellers, brands and price bands have, beside their share of touches.

    Parameters
    ----------
    shop
        The shop.
    held, done
        What was known, and what was shown.
    most
        Groups that are listed of each kind, the most shown.
    """
    touched = held.touched.histories.products[None, :]
    for by, (group, names) in _groups(shop, held).items():
        chosen = shares(touched, group, len(names))
        for method, lists in done.lists.items():
            shown = shares(lists, group, len(names))
            uneven = gini(shown)
            for number in np.lexsort((np.arange(len(names)), -shown))[:most].tolist():
                yield {
                    "method": method, "by": by, "group": names[number],
                    "shown": float(shown[number]), "touched": float(chosen[number]), "gini": uneven,
                }  # fmt: skip


def _groups(shop: Shop, held: Held) -> dict[str, tuple[Numbers, list[str]]]:
    """Return the seller, brand and price band of each product, where the shop knows any."""
    product = shop.as_of(held.after).products
    rows = (
        product.group_by("product_id")
        .aggregate(
            seller=product.seller_id.min(),
            brand=product.brand.min(),
            price=product.price.cast("float64").min(),
        )
        .to_pyarrow()
    )
    at = pc.index_in(pc.cast(held.touched.products, rows["product_id"].type), rows["product_id"])
    rows = rows.take(at)
    found = {}
    for by in ("seller", "brand"):
        told = rows[by].combine_chunks().dictionary_encode()
        names = told.dictionary.to_pylist()
        order = np.argsort(np.array(names, dtype=str), kind="stable")
        place = np.empty(len(names) + 1, np.int64)
        place[order], place[-1] = np.arange(len(names)), -1
        number = pc.fill_null(told.indices, len(names)).to_numpy(zero_copy_only=False)
        found[by] = (place[number], [names[n] for n in order.tolist()])
    price = rows["price"].to_numpy(zero_copy_only=False).astype(np.float64)
    if np.isfinite(price).any():
        edges = np.unique(np.nanquantile(price, np.linspace(0, 1, BANDS + 1)))
        band = np.clip(np.searchsorted(edges, price, "right") - 1, 0, max(len(edges) - 2, 0))
        names = [f"{low:g}–{high:g}" for low, high in itertools.pairwise(edges)] or [f"{edges[0]:g}"]  # fmt: skip
        found["price"] = (np.where(np.isfinite(price), band, -1), names)
    return {by: told for by, told in found.items() if len(told[1]) > 1}


def _nothing(days: int) -> MissingDataError:
    return MissingDataError(
        _ASKED,
        Words(
            f"No customer known before the last {days} days came upon a further product in them.",
            f"在最近 {days} 天之前已有记录的顾客，没有人在这 {days} 天里接触新的商品。",
        ),
        Words(
            "Give another number of --days, or import more orders or events.",
            "请调整 --days，或导入更多订单或行为事件。",
        ),
    )
