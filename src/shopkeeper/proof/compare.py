"""Is the cleverer method worth it? Every method on the same held-out rows, beside the simplest.

The difference to the simplest is taken row by row, so that what both find hard cancels out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import Interval, bootstrap
from shopkeeper.operations.reviews.choice import MethodName, method_named
from shopkeeper.operations.reviews.evidence import SCHEMAS, STATISTICS, quality_rows
from shopkeeper.operations.reviews.learning import Learned, Split, learn, split_rows
from shopkeeper.operations.reviews.sentiment import NEEDED, read_reviews
from shopkeeper.words import Words

BASELINE: MethodName = "majority"
COMPARED = ("accuracy", "macro_f1", "polarity_auc")
REPEATS = 500

_DIFFERENCES = SCHEMAS["quality"].append(pa.field("better", pa.bool_()))
_ASKED = Words("Asked to compare ways of reading reviews.", "要比较读取评价的各种方法。")
_DEFINITIONS = {
    "value": Words(
        "Metric of the method minus metric of the baseline, on the same held-out reviews.",
        "在相同的留出评价上，该方法的指标减去基线的指标。",
    ),
    "low": Words("Lower end of the 95 % paired bootstrap interval.", "95% 配对自助法区间下限。"),
    "high": Words("Upper end of the 95 % paired bootstrap interval.", "95% 配对自助法区间上限。"),
    "better": Words("The whole interval is above zero.", "整个区间都大于零。"),
}


def compare_sentiment(
    shop: Shop,
    *,
    methods: Sequence[MethodName] = ("majority", "ngrams"),
    encoder: str = "",
    seed: int | None = None,
) -> Answer:
    """Compare ways of reading reviews on the same held-out rows.

    Parameters
    ----------
    shop
        The shop.
    methods
        Methods of `review_sentiment`; `majority` is always among them, as the baseline.
    encoder
        Folder or hub id of another encoder; empty for MiniLM.
    seed
        Seed of everything random; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a method and metric: the difference to the baseline with its paired bootstrap
        interval. Evidence: `quality` of every method.

    Raises
    ------
    MissingDataError
        There are fewer than 50 different labelled texts.
    UsageError
        No method but the baseline was named.

    Limits
    ------
    One split is judged; another would give other numbers within about these intervals.

    Examples
    --------
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> texts = [f"{word} {n}" for n in range(60) for word in ("bom", "ruim")]
    >>> reviews = {
    ...     "review_id": [str(n) for n in range(120)],
    ...     "text": texts,
    ...     "rating": [5.0, 1.0] * 60,
    ... }
    >>> answer = compare_sentiment(shop_from_tables({"reviews": pa.table(reviews)}))
    >>> [(row["method"], row["metric"], row["better"]) for row in answer.table.to_pylist()][0]
    ('ngrams', 'accuracy', True)
    """
    others = [name for name in dict.fromkeys(methods) if name != BASELINE]
    if not others:
        raise UsageError(
            _ASKED,
            Words("No method but the baseline was named.", "除基线外没有指定方法。"),
            Words("Name `ngrams` or `encoder`.", "请指定 `ngrams` 或 `encoder`。"),
        )
    rows, split, chosen = _rows(shop, seed)
    least = shop.settings.minimum_count
    learned = {
        name: learn(
            rows,
            split,
            partial(method_named, name, encoder=encoder, seed=chosen),
            seed=chosen,
            accuracy=0.0,
            minimum=least,
        )
        for name in (BASELINE, *others)
    }
    quality = [
        row for name, one in learned.items() for row in quality_rows(name, one, split, seed=chosen)
    ]
    differences = [
        _row(
            name,
            metric,
            paired(learned[name], learned[BASELINE], split, metric, seed=chosen),
            split,
        )
        for name in others
        for metric in COMPARED
    ]
    return Answer(
        verb="compare_sentiment",
        title=Words("Ways of reading reviews, compared", "评价读取方法的比较"),
        table=pa.Table.from_pylist(differences, schema=_DIFFERENCES),
        method="paired bootstrap",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(_sentence(row) for row in differences if row["metric"] == "accuracy"),
        evidence={"quality": pa.Table.from_pylist(quality, schema=SCHEMAS["quality"])},
        limits=(
            Words(
                "One split is judged; another would give somewhat other numbers.",
                "只检验了一种划分；换一种划分，数字会略有不同。",
            ),
        ),
        definitions=_DEFINITIONS,
    )


def paired(one: Learned, other: Learned, split: Split, metric: str, *, seed: int) -> Interval:
    """Return a metric of one reading minus that of another, on the same resampled rows."""
    statistic = STATISTICS[metric]
    at = np.flatnonzero(split.examines)

    def difference(
        truth: NDArray[np.intp], mine: NDArray[np.float64], theirs: NDArray[np.float64]
    ) -> float:
        silent = np.zeros(len(truth), bool)
        return statistic(truth, mine, silent) - statistic(truth, theirs, silent)

    arrays = (split.codes[at], one.probabilities[at], other.probabilities[at])
    return bootstrap(difference, *arrays, seed=seed, repeats=REPEATS)


def _rows(shop: Shop, seed: int | None) -> tuple[pa.Table, Split, int]:
    chosen = shop.settings.seed if seed is None else seed
    reviews = read_reviews(shop)
    rows = reviews.filter(pc.is_valid(reviews["text"]))
    least = shop.settings.minimum_count
    split = split_rows(rows, seed=chosen, max_rows=shop.settings.max_fit_rows, minimum=least)
    if split.distinct < NEEDED:
        raise MissingDataError(
            _ASKED,
            Words(
                f"{split.distinct} different texts have stars or a label.",
                f"有星级或标注的不同文本有 {split.distinct} 条。",
            ),
            Words(
                f"Import reviews until there are {NEEDED}.", f"请导入评价，至少达到 {NEEDED} 条。"
            ),
        )
    return rows, split, chosen


def _row(method: str, metric: str, interval: Interval, split: Split) -> dict[str, Any]:
    numbers = {"value": interval.value, "low": interval.low, "high": interval.high}
    known = {key: value if math.isfinite(value) else None for key, value in numbers.items()}
    head = {"method": method, "metric": metric, "rows": int(split.examines.sum())}
    return head | known | {"better": interval.low > 0}


def _sentence(row: dict[str, Any]) -> Words:
    value, low, high = (f"{100 * row[key]:+.1f}" for key in ("value", "low", "high"))
    return Words(
        f"On {row['rows']:,} held-out reviews the accuracy of {row['method']} differs from always "
        f"saying the commonest class by {value} points ({low} to {high}).",
        f"在 {row['rows']:,} 条留出评价上，{row['method']} 的准确率与一律猜最常见的一类相差 "
        f"{value} 个百分点（{low} 至 {high}）。",
    )
