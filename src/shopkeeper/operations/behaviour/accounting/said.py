"""What reviews and messages say after, that they did not say before: terms of the shop's own texts."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
from scipy.stats import hypergeom

from shopkeeper.language.terms import telling_terms, terms_held, texts_with
from shopkeeper.language.text import normalise
from shopkeeper.language.tongue import languages
from shopkeeper.operations.behaviour.accounting.rows import sided

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
Span = tuple[date, date]

NEW_P, TERMS, READ, EXCERPT = 0.05, 12, 10_000, 160
"""Chance below which more mentions than before are told, corrected; terms that are told of each language,
texts of a period that are read, the newest, and signs of a quoted text, at most."""


def new_terms(
    shop: Shop, before: Span, after: Span, slices: list[tuple[str, dict[str, str]]]
) -> tuple[list[Row], bool]:
    """Return terms that texts hold oftener after, and whether some texts were too many to be read.

    A row holds slice, source, term, counts, chance and a quote.

    Parameters
    ----------
    shop
        The shop.
    before, after
        First and last day.
    slices
        Name of each slice and what it holds still: category, brand or product_id; only texts about
        its products are read. One without any of them is read whole.
    """
    found: list[Row] = []
    left_out, tries = False, 0
    for source, table in (("reviews", _reviews(shop)), ("messages", _messages(shop))):
        sides = [_read(table, before, after, side) for side in (0, 1)]
        left_out |= any(len(rows) > READ for rows in sides)
        # In the order of what they say, so that a name decides nothing.
        read = [
            sorted(rows[:READ], key=lambda row: (row["text"], row["id"] or "")) for rows in sides
        ]
        for name, values in slices:
            parts = (
                [row for row in rows if all((row[key] or "") == one for key, one in values.items())]
                for rows in read
            )
            told, made = tried_terms(*parts)
            tries += made
            found += [{"slice": name, "source": source, **row} for row in told]
    return surely_new(found, tries), left_out


def _read(table: ir.Table, before: Span, after: Span, side: int) -> list[Row]:
    """Return the newest texts of one period, one more than are read where there are more."""
    kept = sided(table, before, after)
    kept = kept.filter(kept.text.notnull() & (kept.text != "") & (kept.side == side))
    kept = kept.order_by([kept.on.desc(), "text", "id"]).limit(READ + 1)
    kept = kept.select("id", "text", "product_id", "category", "brand")
    rows: list[Row] = kept.to_pyarrow().to_pylist()
    return rows


def _reviews(shop: Shop) -> ir.Table:
    review = shop.reviews
    on = ibis.coalesce(review.reviewed_on, review.reviewed_at.date())
    row = review.select("product_id", id="review_id", text=ibis.coalesce(review.text, ""), on=on)
    return _with_products(shop, row)


def _messages(shop: Shop) -> ir.Table:
    message = shop.messages.filter(ibis._.sender == "customer")
    on = ibis.coalesce(message.sent_on, message.sent_at.date())
    row = message.select("product_id", id="message_id", text=ibis.coalesce(message.text, ""), on=on)
    return _with_products(shop, row)


def _with_products(shop: Shop, row: ir.Table) -> ir.Table:
    product = shop.products.select("category", "brand", known="product_id")
    return row.left_join(product, row.product_id == product.known).drop("known")


def surely_new(rows: list[Row], tries: int) -> list[Row]:
    """Return the rows that chance does not make, corrected for so many tests; of one slice and source a dozen."""
    corrected = [row | {"p": min(1.0, row["p"] * tries)} for row in rows]
    kept: list[Row] = []
    many: Counter[Any] = Counter()
    for row in sorted(corrected, key=lambda row: (row["p"], row["term"])):
        place = row.get("slice"), row.get("source")
        many[place] += 1
        if row["p"] < NEW_P and many[place] <= TERMS:
            kept.append(row)
    order = list(dict.fromkeys((row.get("slice"), row.get("source")) for row in rows))
    return sorted(kept, key=lambda row: order.index((row.get("slice"), row.get("source"))))


def tried_terms(before: list[Row], after: list[Row]) -> tuple[list[Row], int]:
    """Return terms of the later texts with the chance of each, and how many tests that takes."""
    texts = [row["text"] for row in (*before, *after)]
    if not before or not after:
        return [], 0
    side = np.array([0] * len(before) + [1] * len(after))
    tongue = np.array(languages(texts, settle=True))
    tried: list[Row] = []
    tries = 0
    for language in sorted(set(tongue.tolist())):
        mine = np.flatnonzero(tongue == language)
        plain = [normalise(texts[n]) for n in mine.tolist()]
        sizes = [int((side[mine] == one).sum()) for one in (0, 1)]
        terms = telling_terms(plain, side[mine], language=language, count=TERMS)
        held_by, read = terms_held(plain, side[mine], language=language)
        totals = np.array(list(held_by.values())) * len(mine) // max(read, 1)
        tries += comparisons(np.bincount(totals), len(mine), sizes[1])
        told = [term.term for term in terms[1]] if len(terms) > 1 and all(sizes) else []
        for term, held in zip(told, texts_with(told, plain), strict=True):
            counts = [int(held[side[mine] == one].sum()) for one in (0, 1)]
            chance = float(hypergeom.sf(counts[1] - 1, len(mine), held.sum(), sizes[1]))
            quote = min(
                (texts[n] for n in mine[held & (side[mine] == 1)].tolist()),
                key=lambda text: (abs(len(text) - EXCERPT // 2), text),
            )
            tried.append(
                {"term": term, "texts_before": counts[0], "all_before": sizes[0],
                 "texts_after": counts[1], "all_after": sizes[1], "p": chance, "quote": quote[:EXCERPT]}
            )  # fmt: skip
    return tried, tries


def comparisons(counts: np.ndarray, texts: int, after: int) -> int:
    """Return by how many tests a chance is to be corrected where every term could have been told.

    A term that so few texts hold that it could not be called new even if all of them were later ones
    is no test (Tarone 1990, A modified Bonferroni method for discrete data, Biometrics 46).

    Parameters
    ----------
    counts
        Number of terms that 0, 1, 2, … texts hold, shape (most texts + 1,).
    texts, after
        Texts in all, and the later ones.

    Examples
    --------
    >>> comparisons(np.array([0, 1000, 50, 0, 3]), 40, 20)
    1
    >>> comparisons(np.array([0, 1000, 50, 0, 0, 0, 0, 0, 0, 3]), 40, 20)
    3
    """
    held = np.arange(len(counts))
    least = np.asarray(hypergeom.sf(np.minimum(held, after) - 1, texts, held, after))
    order = np.argsort(least)
    reach = np.cumsum(counts[order])

    def enough(k: int) -> bool:
        place = int(np.searchsorted(least[order], NEW_P / k, side="right"))
        return not place or int(reach[place - 1]) <= k

    # The fewest tests k such that no more than k terms can be as rare as 0.05 / k.
    return 1 + bisect_left(range(1, int(counts.sum()) + 1), True, key=enough)
