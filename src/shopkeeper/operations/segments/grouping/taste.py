"""Grouping by taste: what the things that a customer bought are called becomes their vector."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
from scipy import sparse

from shopkeeper.language.hashed import HashedEncoder
from shopkeeper.operations.behaviour.vocabulary import category_words
from shopkeeper.operations.segments.base import Base, Floats, Ints
from shopkeeper.operations.segments.grouping.ways import (
    FEWEST,
    LOOKED_AT,
    MOST,
    NOT_YET,
    Way,
)
from shopkeeper.operations.segments.guards import refused
from shopkeeper.operations.segments.methods.taste import fit_centres, nearest, silhouettes, unit
from shopkeeper.operations.segments.traits import bought_lines
from shopkeeper.operations.segments.vocabulary import Categories, label_words
from shopkeeper.words import Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shopkeeper.data.shop import Shop

WIDTH = 64
UNTOLD, UNTOLD_NAME = "untold", Words("nothing with a name", "所购商品没有名称")
Row = dict[str, Any]


def by_taste(shop: Shop, base: Base, *, wanted: int, seed: int) -> Way:
    """Group by the vectors of what was bought; the number by silhouette where none is wanted."""
    who, day, product, texts, categories = _bought(shop, base)
    vectors = HashedEncoder(width=WIDTH).fit(texts).vectors(texts).astype(np.float64)

    def tastes(end: int) -> Floats:
        known = day <= end
        shape = (base.customers, len(texts))
        touched = sparse.csr_matrix(
            (np.ones(int(known.sum())), (who[known], product[known])), shape
        )
        return unit(np.asarray(touched @ vectors)) if len(texts) else np.zeros((shape[0], 1))

    now = tastes(base.end)
    told = np.flatnonzero(np.abs(now).sum(axis=1) > 0)
    # Like comes to like, so that no name decides who is looked at.
    order = told[np.lexsort(np.round(now[told], 9).T)] if len(told) else told
    step = max(1, -(-len(order) // LOOKED_AT))
    few = now[order[::step]]
    distinct = len(np.unique(np.round(few, 9), axis=0)) if len(few) else 0
    tried = [wanted] if wanted else [k for k in range(FEWEST, MOST + 1) if k < distinct]
    found = silhouettes(few, [k for k in tried if k < distinct], seed=seed)
    k = max(found, key=lambda one: (found[one], -one)) if found else 1
    centres = fit_centres(few, k, seed=seed) if distinct else np.zeros((0, now.shape[1]))
    if k > 1:
        share = np.bincount(nearest(few, centres), minlength=k)
        centres = centres[np.argsort(-share, kind="stable")]
    count = len(centres)

    def placed(rows: Floats) -> Ints:
        if not count:
            return np.zeros(len(rows), np.int64)
        codes = nearest(rows, centres)
        return np.where(codes < 0, count, codes)

    def at(end: int) -> Ints:
        return np.where(base.state(end).purchases > 0, placed(tastes(end)), NOT_YET)

    def again(rows: NDArray[np.intp], seed: int) -> Ints:
        drawn = now[rows]
        named = np.abs(drawn).sum(axis=1) > 0
        if named.sum() <= k or not count:
            return placed(drawn)
        codes = nearest(drawn, fit_centres(drawn[named], k, seed=seed))
        return np.where(codes < 0, count, codes)

    codes = placed(now)
    bought = categories[product] if len(texts) else product
    names = _names(codes, count, who, bought, category_words(shop))
    choices = [
        {"segments": one, "criterion": "silhouette", "value": value, "chosen": one == k}
        for one, value in found.items()
    ]
    ids = (*(f"t{number + 1}" for number in range(count)), UNTOLD)
    return Way(ids, (*names, UNTOLD_NAME), codes, at, again, evidence={"choices": choices})


def _bought(shop: Shop, base: Base) -> tuple[Ints, Ints, Ints, list[str], NDArray[np.object_]]:
    """Return customer, day and product of each line, the words of each product, and its category."""
    line = bought_lines(shop, base.currency)
    rows = line.select("customer_id", "on", "title", "category").distinct().to_pyarrow()
    place = pc.index_in(rows["customer_id"], base.ids)
    rows = rows.filter(pc.is_valid(place))
    who = pc.index_in(rows["customer_id"], base.ids).to_numpy().astype(np.int64)
    said = pc.binary_join_element_wise(
        pc.fill_null(rows["category"], ""), pc.fill_null(rows["title"], ""), " "
    )
    texts = sorted(set(said.to_pylist()) - {" "})
    number = {text: at for at, text in enumerate(texts)}
    product = np.array([number.get(one, -1) for one in said.to_pylist()], np.int64)
    kept = product >= 0
    day = rows["on"].cast("int32").to_numpy().astype(np.int64) + date(1970, 1, 1).toordinal()
    category = dict(zip(said.to_pylist(), rows["category"].to_pylist(), strict=True))
    of = np.array([category.get(text) for text in texts], dtype=object)
    return who[kept], day[kept], product[kept], texts, of


def _names(
    codes: Ints, count: int, who: Ints, category: NDArray[Any], called: Categories
) -> list[Words]:
    """Name each cluster by the categories that it has more of than all customers."""
    names = []
    known = np.array([isinstance(one, str) for one in category], bool)
    labels, at = np.unique(category[known].astype(str), return_inverse=True)
    said = {label: label_words("category", label, called) for label in labels.tolist()}
    whole = np.bincount(at, minlength=len(labels)) if len(labels) else np.zeros(0)
    for code in range(count):
        inside = np.bincount(at[codes[who[known]] == code], minlength=len(labels))
        ranked = sorted(
            (
                (_lift(int(inside[n]), int(inside.sum()), int(whole[n]), int(whole.sum())), label)
                for n, label in enumerate(labels.tolist())
                if not any(refused(one) for one in (label, said[label].en, said[label].zh))
            ),
            key=lambda one: (-one[0], one[1]),
        )[:2]
        best = [said[label] for lift, label in ranked if lift > 0]
        fallback = Words(f"taste {code + 1}", f"口味 {code + 1}")
        both = Words(", ".join(one.en for one in best), "、".join(one.zh for one in best))
        names.append(both if best else fallback)
    return names


def _lift(inside: int, of: int, whole: int, all_of: int) -> float:
    if not inside or not of:
        return 0.0
    return inside / of * math.log(inside / of * all_of / whole)
