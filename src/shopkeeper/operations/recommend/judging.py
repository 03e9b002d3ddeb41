"""Judging: choose on the newest product but one, judge on the newest, then learn from everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.intervals import bootstrap
from shopkeeper.operations.recommend.choice import Method, Routed, ranked, routed, tuned
from shopkeeper.operations.recommend.methods.last_item import LastItem
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import (
    BUCKETS,
    bucket_name,
    bucket_of,
    gains,
    hits,
)
from shopkeeper.operations.recommend.pairs import Kernel
from shopkeeper.operations.recommend.reading import Touched

How = Literal["transitions", "routed", "similar", "last_item", "popular"]
JUDGED_ON = 5_000
"""Customers on whose newest product the methods are judged, at most."""

RANKING_QUALITY = pa.schema(
    [
        ("method", pa.string()),
        ("history", pa.string()),
        ("customers", pa.int64()),
        ("ndcg", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("recall", pa.float64()),
        ("ahead", pa.float64()),
        ("ahead_low", pa.float64()),
        ("ahead_high", pa.float64()),
    ]
)
FITTED = pa.schema([("name", pa.string()), ("value", pa.string())])


@dataclass(frozen=True, slots=True)
class Fitted:
    """A method that has learned from everything, how good it was before, and what was chosen."""

    method: Method
    popularity: NDArray[np.int64]
    quality: pa.Table
    fitted: pa.Table


def fit(touched: Touched, traits: sparse.csr_matrix, how: How, *, least: int, seed: int) -> Fitted:
    """Choose, judge and fit.

    Parameters
    ----------
    touched
        Everything that customers touched.
    traits
        Products × traits.
    how
        Which method.
    least
        Below this many customers no figure is given.
    seed
        Seed of samples, trees and intervals.
    """
    made, told = _chosen(touched, traits, how, seed)
    rows = _judged(touched, traits, how, made, least=least, seed=seed)
    whole = touched.material(traits)
    return Fitted(
        made.fit(whole),
        whole.popularity,
        pa.Table.from_pylist(rows, schema=RANKING_QUALITY),
        pa.Table.from_pylist(told, schema=FITTED),
    )


def _judged(
    touched: Touched, traits: sparse.csr_matrix, how: How, made: Method, *, least: int, seed: int
) -> list[dict[str, Any]]:
    """Return how good the method is on the newest products, beside the popular and what came last.

    What it learns from for that is let go before everything is learned: both do not fit beside each other.
    """
    known = touched.material(traits, held_out=1)
    past = touched.past(1)[0].sample(JUDGED_ON, seed)
    contenders: dict[str, Method] = {"popular": Popular(), "last_item": LastItem(), how: made}
    places = {name: ranked(one.fit(known), past, known) for name, one in contenders.items()}
    return list(quality(places, by_length(past.histories.lengths), least, seed))


def _chosen(
    touched: Touched, traits: sparse.csr_matrix, how: How, seed: int
) -> tuple[Method, list[dict[str, str]]]:
    if how == "popular":
        return Popular(), []
    if how == "last_item":
        return LastItem(), []
    before = touched.past(2)[0]
    material = touched.material(traits, held_out=2)
    if how == "routed":
        router: Routed = routed(material, before, seed=seed)
        names = [bucket_name(number) for number in range(len(BUCKETS))]
        return router, [
            {"name": name, "value": value} for name, value in zip(names, router.chosen, strict=True)
        ]
    kernel = tuned(material, before, seed=seed)
    if how == "similar":
        return Similar(kernel.profile), [{"name": "profile", "value": str(kernel.profile)}]
    return Transitions(kernel), [
        {"name": name, "value": str(getattr(kernel, name))} for name in Kernel.__slots__
    ]


def by_length(lengths: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Return which customers are in each slice: all of them, and each length of history."""
    bucket = bucket_of(lengths)
    parts = {"all": np.ones(len(bucket), bool)}
    return parts | {bucket_name(number): bucket == number for number in range(len(BUCKETS))}


def quality(
    places: dict[str, NDArray[np.int64]], parts: dict[str, NDArray[np.bool_]], least: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Yield how good each method is on each part, beside the method `popular`.

    Parameters
    ----------
    places
        Place of what came next, one a customer, by method.
    parts
        Which customers, by the name of the part.
    least
        Below this many customers no figure is given.
    seed
        Seed of the intervals.
    """
    for part, rows in parts.items():
        if rows.sum() < max(least, 1):
            continue
        popular = gains(places["popular"])[rows]
        for name, place in places.items():
            own = gains(place)[rows]
            value = bootstrap(np.mean, own, seed=seed)
            told = {
                "method": name,
                "history": part,
                "customers": int(rows.sum()),
                "ndcg": value.value,
                "low": value.low,
                "high": value.high,
                "recall": float(hits(place)[rows].mean()),
            }
            if name != "popular":
                ahead = bootstrap(lambda a, b: float((a - b).mean()), own, popular, seed=seed)
                told |= {"ahead": ahead.value, "ahead_low": ahead.low, "ahead_high": ahead.high}
            yield told
