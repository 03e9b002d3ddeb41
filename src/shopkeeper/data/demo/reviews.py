"""The simulated reviews get their words, their stars and their answers: the table `reviews`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shopkeeper.data.demo.catalogue import THINGS, Catalogue
from shopkeeper.data.demo.columns import Export, at, constant, ids, on
from shopkeeper.data.demo.dice import Dice
from shopkeeper.data.demo.grammar import Written, compose
from shopkeeper.data.demo.phrases import ASPECTS_BY_CATEGORY, Phrases
from shopkeeper.data.demo.phrases_en import EN
from shopkeeper.data.demo.phrases_zh import ZH
from shopkeeper.data.demo.plan import (
    CATEGORIES,
    DAY,
    END,
    NEGATIVE,
    SENTIMENTS,
    ZONE,
    Flags,
    Ints,
    Plan,
    Rows,
)
from shopkeeper.data.demo.rows import FAKE, KINDS, TIED
from shopkeeper.data.demo.spelling import CUSTOMER, ORDER, PRODUCT, REVIEW
from shopkeeper.data.demo.world import World

_BATCH = 50_000
_STARS = ((1, 1, 1, 2, 2), (3,), (4, 5, 5, 5, 5))
_SLIPPED_STARS = ((5, 3, 3), (4, 4, 4, 4, 4, 4, 4, 2), (3, 3, 3, 3, 3, 3, 3, 1))
_SLIPS = (0.06, 0.13, 0.024)
"""How often the stars say something else than the text, by sentiment; mostly by one class."""
_WITHOUT_TEXT = 0.15


def write_reviews(
    exports: Path, truth: Path, plan: Plan, world: World, catalogue: Catalogue, reviews: Rows
) -> None:
    """Write `reviews`, and what is true of each beside it."""
    rng = plan.generator("texts")
    dice = Dice(rng)
    schema: pa.Schema | None = None
    with Export(exports, "reviews", plain=("review_id", "text")) as export:
        writer = None
        for start in range(0, len(reviews), _BATCH):
            part = reviews[start : start + _BATCH]
            number = np.arange(start, start + len(part))
            chinese = _languages(rng, world, part)
            written = [
                _text(dice, world, catalogue, row, zh)
                for row, zh in zip(part.tolist(), chinese.tolist(), strict=True)
            ]
            stars = [
                _rating(dice, row[4], item)
                for row, item in zip(part.tolist(), written, strict=True)
            ]
            export.write(_columns(rng, dice, part, number, chinese, written, stars))
            table = _truth(part, number, chinese, written)
            if writer is None:
                schema = table.schema
                writer = pq.ParquetWriter(truth / "review_truth.parquet", schema)
            writer.write_table(table)
        if writer is not None:
            writer.close()


def _languages(rng: np.random.Generator, world: World, reviews: Rows) -> Flags:
    stranger = rng.random(len(reviews)) < 0.6
    return np.where(reviews["customer"] >= 0, world.chinese[reviews["customer"]], stranger)


def _text(
    dice: Dice, world: World, catalogue: Catalogue, row: tuple[int, ...], chinese: bool
) -> Written | None:
    _, product, _, _, sentiment, kind, late, *_ = row
    phrases: Phrases = ZH if chinese else EN
    category = int(world.category[product])
    thing = THINGS[category][int(catalogue.thing[product])][1 if chinese else 0]
    if kind == FAKE:
        return _fake(dice, phrases, thing)
    if kind == TIED and dice.random() < _WITHOUT_TEXT:
        return None
    return compose(
        dice,
        phrases,
        sentiment=sentiment,
        aspects=ASPECTS_BY_CATEGORY[CATEGORIES[category]],
        thing=thing,
        late=bool(late),
    )


def _fake(dice: Dice, phrases: Phrases, thing: str) -> Written:
    text = (
        dice.pick(phrases.fakes)
        .replace("{thing}", thing)
        .replace("{days}", dice.pick(phrases.days))
    )
    if dice.random() < 0.4:
        text += dice.pick(phrases.endings)
    return Written(text, {"quality": "positive"}, False)


def _rating(dice: Dice, sentiment: int, written: Written | None) -> int:
    """Stars mostly agree with the text; without a text they are all that is said."""
    slips = written is not None and not written.spam and dice.random() < _SLIPS[sentiment]
    return dice.pick((_SLIPPED_STARS if slips else _STARS)[sentiment])


def _columns(
    rng: np.random.Generator,
    dice: Dice,
    reviews: Rows,
    number: Ints,
    chinese: Flags,
    written: list[Written | None],
    stars: list[int],
) -> dict[str, pa.Array]:
    count = len(reviews)
    fake = reviews["kind"] == FAKE
    rating = np.where(fake, 5, stars).astype(float)
    replied_at = reviews["time"] + rng.integers(DAY // 6, 5 * DAY, count)
    replied = (reviews["sentiment"] == NEGATIVE) & (rng.random(count) < 0.35) & (replied_at < END)
    titled = ~chinese & (rng.random(count) < 0.45) & ~fake
    return {
        "review_id": ids(REVIEW, number),
        "product_id": ids(PRODUCT, reviews["product"]),
        "order_id": ids(ORDER, reviews["order"]),
        "customer_id": ids(CUSTOMER, reviews["customer"]),
        "rating": pa.array(rating),
        "title": [
            dice.pick(EN.titles[sentiment]) if wanted and item and not item.spam else None
            for sentiment, wanted, item in zip(
                reviews["sentiment"].tolist(), titled.tolist(), written, strict=True
            )
        ],
        "text": [item.text if item else None for item in written],
        "reviewed_at": at(reviews["time"]),
        "reviewed_on": on(reviews["time"]),
        "time_zone": constant(ZONE, count),
        "verified": pa.array(reviews["order"] >= 0),
        "helpful_votes": rng.geometric(0.6, count) - 1,
        "reply": [
            dice.pick((ZH if zh else EN).replies) if wanted else None
            for zh, wanted in zip(chinese.tolist(), replied.tolist(), strict=True)
        ],
        "replied_at": at(replied_at, replied),
    }


def _truth(reviews: Rows, number: Ints, chinese: Flags, written: list[Written | None]) -> pa.Table:
    columns = {
        "review_id": ids(REVIEW, number),
        "sentiment": pa.array([SENTIMENTS[code] for code in reviews["sentiment"].tolist()]),
        "language": pa.array(["zh" if zh else "en" for zh in chinese.tolist()]),
        "aspects": pa.array([json.dumps(item.aspects if item else {}) for item in written]),
        "spam": pa.array([bool(item and item.spam) for item in written]),
        "fake": pa.array(reviews["kind"] == FAKE),
        "kind": pa.array([KINDS[code] for code in reviews["kind"].tolist()]),
        "followed_90d": pa.array((reviews["kind"] == TIED) & (reviews["time"] + 90 * DAY <= END)),
    }
    tied = reviews["kind"] == TIED
    for name in (
        "p_negative",
        "p_repeat_negative",
        "p_repeat_positive",
        "p_return_negative",
        "p_return_positive",
    ):
        columns[name] = pa.array(reviews[name].astype(float), mask=~tied)
    return pa.table(columns)
