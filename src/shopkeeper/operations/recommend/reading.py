"""Reading: the engine adds up, and what it added up becomes arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.data.shop import Shop
from shopkeeper.errors import UsageError
from shopkeeper.language.text import normalise
from shopkeeper.operations.recommend.choice import Past
from shopkeeper.operations.recommend.counting import Counts, counts_of, every
from shopkeeper.operations.recommend.features import (
    catalogue,
    coded,
    codes,
    numbered,
    sequences,
    sold_titles,
    steps,
    transition_counts,
)
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.material import Material, weighted_traits
from shopkeeper.operations.recommend.names import Index, Texts
from shopkeeper.operations.recommend.pairs import pairs_from_counts
from shopkeeper.operations.recommend.shelf import (
    Shelf,
    listed_rows,
    placed,
    shelf_of,
    titles_of,
    told,
)
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

UNKNOWN = Words(
    "No customer has touched such a product, and none is listed.",
    "没有顾客接触过这件商品，商品表中也没有。",
)
MOST_NEW, NEWS_DAYS = 2_000, 180
"""Products that nobody has touched that are scored, and for how long after its listing such a one is news."""

_LOOKED_AT, _LONGEST = 5_000, 200
"""Names among which a mistaken one's nearest is sought, the most touched, and how much of it is read:
to compare a stranger's text with a million names would hold up everybody else."""

_WORD = re.compile(r"[a-zà-ÿ0-9]{2,}")
_SIGNS = re.compile(r"[\u3400-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Touched:
    """Every customer's products by number, and what each number stands for.

    Parameters
    ----------
    counts
        How often one product came after another.
    every
        1, or n where only every n-th customer was counted.
    histories
        One row a customer number.
    bought
        Whether each product of the histories was bought, not only looked at.
    customers, products
        Names by number.
    """

    counts: Counts
    every: int
    histories: Histories
    bought: NDArray[np.bool_]
    customers: pa.Array
    products: pa.Array

    def material(self, traits: sparse.csr_matrix, *, held_out: int = 0) -> Material:
        """Return what is known of the products without the newest of each customer.

        Parameters
        ----------
        traits
            Products × traits.
        held_out
            How many of the newest products of each customer are left out, 0 to 2.
        """
        width = len(self.products)
        touched = self.histories.customers(width)
        for newest in self._newest(held_out):
            touched -= np.bincount(self.histories.products[newest], minlength=width)
        counts = self.counts.without_newest(held_out)
        return Material(pairs_from_counts(*counts, width), touched, traits)

    def past(self, held_out: int) -> tuple[Past, Numbers]:
        """Return what customers knew before one of their newest products, that product, and who.

        Parameters
        ----------
        held_out
            1 for the newest product, 2 for the one before it. Customers with nothing before it are
            left out.
        """
        lengths = self.histories.lengths
        who = np.flatnonzero(lengths > held_out)
        targets = self.histories.products[self.histories.starts[1:][who] - held_out].astype(
            np.int64
        )
        starts = np.append(0, np.cumsum(lengths[who] - held_out))
        known = Histories(starts, self.histories.products[self._older(held_out)])
        return Past(known, targets), who

    def _older(self, held_out: int) -> NDArray[np.bool_]:
        """Return which products are not among so many of the newest of their customer."""
        older = np.ones(len(self.histories.products), bool)
        for newest in self._newest(held_out):
            older[newest] = False
        return older

    def _newest(self, held_out: int) -> Iterator[Numbers]:
        """Yield where the newest product of each customer is, then the one before it, and so on."""
        for back in range(held_out):
            some = self.histories.lengths > back
            yield self.histories.starts[1:][some] - 1 - back


def read_touched(touched: ir.Table) -> Touched:
    """Read every history, customers and products as numbers.

    Parameters
    ----------
    touched
        Columns customer_id, product_id, happened_at, place, bought.
    """
    customers = codes(touched, "customer_id").cache()
    products = codes(touched, "product_id").cache()
    sequence = sequences(coded(touched, customers, products)).cache()
    people = numbered(sequence, "customer").cache()
    things = numbered(sequence, "product").cache()
    who, length, person = _numbers(people, "customer")
    what, _, _ = _numbers(things, "product")
    starts = np.append(0, np.cumsum(length))
    step = steps(sequence, things)
    histories, bought = _histories(step, person, starts)
    counted = every(length, len(what))
    some = step.semi_join(people.filter(people.number % counted == 0), "customer")
    counts = transition_counts(some if counted > 1 else step)
    return Touched(
        counts_of(counts.order_by("key").to_pyarrow()),
        counted,
        histories,
        bought,
        _names(customers, "customer_id").take(pa.array(who)),
        _names(products, "product_id").take(pa.array(what)),
    )


def _numbers(table: ir.Table, what: str) -> tuple[Numbers, Numbers, Numbers]:
    """Return the code and the length by number, and the number by code."""
    rows = table.to_pyarrow()
    code, number, length = (
        rows[name].to_numpy().astype(np.int64) for name in (what, "number", "length")
    )
    code_of, length_of, number_of = (np.empty(len(code), np.int64) for _ in range(3))
    code_of[number], length_of[number], number_of[code] = code, length, number
    return code_of, length_of, number_of


def _histories(
    step: ir.Table, number: Numbers, starts: Numbers
) -> tuple[Histories, NDArray[np.bool_]]:
    """Put each product where it belongs, in whatever order the engine hands them over."""
    products, bought = np.empty(starts[-1], np.int32), np.empty(starts[-1], bool)
    table = step.select("customer", "place", "product", "bought").to_pyarrow()
    for rows in table.to_batches():
        customer, place, product, own = (
            column.to_numpy(zero_copy_only=False) for column in rows.columns
        )
        at = starts[number[customer]] + place
        products[at], bought[at] = product, own
    return Histories(starts, products), bought


def _names(table: ir.Table, what: str) -> pa.Array:
    return table.order_by("code").to_pyarrow()[what].combine_chunks()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of the products, by number.

    Parameters
    ----------
    titles
        Title of each product; its name where it has none.
    traits
        Products × traits: category, brand, words of the title.
    kinds
        What each trait is: category, brand or title.
    shelf
        What rules look at.
    others
        Products of the catalogue that have no number here.
    """

    titles: Sequence[str]
    traits: sparse.csr_matrix
    kinds: NDArray[np.str_]
    shelf: Shelf
    others: Index


def read_catalogue(shop: Shop, names: pa.Array) -> Catalogue:
    """Read what is known of products.

    Parameters
    ----------
    shop
        The shop.
    names
        Products by number.
    """
    rows = listed_rows(shop)
    known, sold = placed(rows, names), placed(sold_titles(shop).to_pyarrow(), names)
    titles = titles_of(known["title"], sold["title"], names)
    product, said = _said(known, titles, names)
    words = said.dictionary_encode()
    order = pc.array_sort_indices(words.dictionary)
    place = np.empty(len(order), np.int64)
    place[order.to_numpy()] = np.arange(len(order))
    kinds = [_kind(one) for one in words.dictionary.take(order).to_pylist()]
    there = pc.is_in(rows["product_id"], pc.cast(names, rows["product_id"].type))
    others = rows["product_id"].filter(pc.invert(there)).combine_chunks()
    others = others.take(pc.array_sort_indices(others))
    return Catalogue(
        Texts(titles),
        weighted_traits(product, place[words.indices.to_numpy()], len(titles)),
        np.array(kinds, dtype=str),
        shelf_of(rows, names),
        Index(pc.cast(others, pa.large_string())),
    )


def _said(known: pa.Table, titles: pa.Array, names: pa.Array) -> tuple[Numbers, pa.Array]:
    """Return everything that is said of products, and of which: `category x`, `brand y`, words of the title."""
    product, said = [], []
    for what in ("category", "brand"):
        values = pc.cast(told(known[what]), pa.large_string()).combine_chunks()
        product.append(np.flatnonzero(pc.is_valid(values).to_numpy(zero_copy_only=False)))
        said.append(pc.utf8_replace_slice(values.drop_null(), 0, 0, f"{what} "))
    named = pc.not_equal(titles, pc.cast(names, titles.type)).to_numpy(zero_copy_only=False)
    own = np.flatnonzero(named)
    words = [_words(title) for title in titles.take(pa.array(own)).to_pylist()]
    product.append(np.repeat(own, [len(one) for one in words]))
    said.append(pa.array([word for one in words for word in one], pa.large_string()))
    return np.concatenate(product).astype(np.int64), pa.concat_arrays(said)


def _kind(trait: str) -> str:
    """Return what a trait is; words of titles have no space."""
    kind, space, _ = trait.partition(" ")
    return kind if space else "title"


def counted(parts: Mapping[str, int]) -> pa.Table:
    """Return what an answer was made of, one row a part with its count."""
    said = [pa.array(list(parts), pa.string()), pa.array(list(parts.values()), pa.int64())]
    return pa.Table.from_arrays(said, names=["part", "count"])


def with_listed(shop: Shop, touched: Touched) -> Touched:
    """Return the same with the products of the catalogue that nobody has touched, numbered last."""
    there = set(touched.products.to_pylist())
    listed = catalogue(shop).product_id.to_pyarrow().to_pylist()
    others = sorted({name for name in listed if name is not None} - there)
    names = pa.concat_arrays([touched.products, pa.array(others, touched.products.type)])
    return replace(touched, products=names)


def newcomers(shop: Shop, products: pa.Array) -> tuple[list[str], NDArray[np.bool_]]:
    """Return the products of the catalogue that nobody has touched, and which of them are news.

    Parameters
    ----------
    shop
        The shop.
    products
        Products that somebody has touched.

    Returns
    -------
    tuple
        Names, the latest listed first, and whether each was listed in the `NEWS_DAYS` up to the latest
        listing, or nobody knows when.

    Limits
    ------
    `MOST_NEW` at the most: what has been listed for long and was never touched is no news.
    """
    listed = catalogue(shop).select("product_id", "created_at").to_pyarrow()
    latest = pc.max(listed["created_at"]).as_py()
    there = pc.is_in(listed["product_id"], pc.cast(products, listed["product_id"].type))
    new = listed.filter(pc.and_(pc.invert(there), pc.is_valid(listed["product_id"])))
    order = [("created_at", "descending"), ("product_id", "ascending")]
    new = new.sort_by(order).slice(0, MOST_NEW)
    names: list[str] = new["product_id"].to_pylist()
    if latest is None:
        return names, np.ones(len(names), bool)
    since = latest - timedelta(days=NEWS_DAYS)
    old = [at is not None and at < since for at in new["created_at"].to_pylist()]
    return names, ~np.array(old, bool)


def numbers_of(names: Iterable[str], number: Mapping[str, int], found: Words) -> Numbers:
    """Return the numbers of products; an error where one is not known.

    Parameters
    ----------
    names
        What was asked for.
    number
        Products that are known.
    found
        What to say of one that is not.

    Raises
    ------
    UsageError
        One is not known; the nearest known one is named.
    """
    asked = tuple(dict.fromkeys(names))
    for name in asked:
        if name not in number:
            some = islice(number, _LOOKED_AT)
            (near, *_) = *get_close_matches(name[:_LONGEST], some, 1), next(iter(number))
            raise UsageError(
                Words(f"Asked for the product {name!r}.", f"要查商品 {name}。"),
                found,
                Words(f"Check the name; the nearest known one is {near}.",
                      f"请核对编号；最接近的是 {near}。"),
            )  # fmt: skip
    return np.array([number[name] for name in asked], np.int64)


def touched_numbers(names: Iterable[str], number: Index, others: Index) -> Numbers:
    """Return the numbers of products; what is listed without a number is left out.

    Parameters
    ----------
    names
        What was asked for.
    number
        Products that have a number.
    others
        Products of the catalogue that have none.

    Raises
    ------
    UsageError
        One is neither.
    """
    return numbers_of([n for n in names if n in number or n not in others], number, UNKNOWN)


def _words(title: str) -> list[str]:
    """Return the words of a title, and its pairs of signs where it is written without spaces."""
    words = _WORD.findall(normalise(title).lower())
    signs = [run[at : at + 2] for run in _SIGNS.findall(title) for at in range(len(run) - 1)]
    return words + signs
