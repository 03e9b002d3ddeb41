"""The answer of `compare_methods`: one row a method and number of labels, and what to make of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.errors import MissingDataError, ShopkeeperError
from shopkeeper.operations.reviews.learning import split_rows
from shopkeeper.operations.reviews.sentiment import NEEDED, read_reviews
from shopkeeper.proof import verdict
from shopkeeper.proof.contenders import (
    LABELS,
    LLM_ROWS,
    MOST,
    Answering,
    Contender,
    ContenderName,
    Remembered,
    contender,
)
from shopkeeper.proof.curve import Codes, Result, Sample, money, quality, samples, trial
from shopkeeper.words import Words

TABLE = pa.schema(
    [
        ("method", pa.string()),
        ("labels", pa.string()),
        ("taught", pa.int64()),
        ("macro_f1", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("ece", pa.float64()),
        ("training_seconds", pa.float64()),
        ("rows_per_second", pa.float64()),
        ("money_per_1000_rows", pa.float64()),
        ("rows", pa.int64()),
    ]
)
CURVE = pa.schema(
    [
        ("labels", pa.string()),
        ("escalated", pa.float64()),
        ("threshold", pa.float64()),
        ("macro_f1", pa.float64()),
        ("rows_per_second", pa.float64()),
        ("chosen", pa.bool_()),
    ]
)
SKIPPED = pa.schema(
    [("method", pa.string()), ("reason_en", pa.string()), ("reason_zh", pa.string())]
)
_ASKED = Words("Asked to compare methods.", "要比较各种方法。")


@dataclass(frozen=True)
class Plan:
    """What was asked of the comparison."""

    methods: tuple[ContenderName, ...]
    encoder: str
    held_out: int
    hour_price: float
    token_price: float
    seed: int


@dataclass(frozen=True)
class Task:
    """Texts with classes that teach, and others that examine.

    Parameters
    ----------
    taught
        Texts that may teach and the class of each.
    examined
        Texts that examine.
    truth
        Class of each text that examines, as its place in `classes`.
    classes
        The classes.
    """

    taught: tuple[list[str], list[str]]
    examined: list[str]
    truth: Codes
    classes: tuple[str, ...]


def compare(shop: Shop, plan: Plan, *, answering: Answering | None = None) -> Answer:
    """Return the answer of `compare_methods`.

    Parameters
    ----------
    shop
        The shop.
    plan
        What was asked.
    answering
        From prompts to a language model's replies; the method `llm` is skipped without it.
    """
    task = review_task(shop, plan)
    results, skipped = run_trials(task, plan, answering=answering)
    return composed(results, skipped, task, plan, as_of=shop.cut.isoformat() if shop.cut else "")


def review_task(shop: Shop, plan: Plan) -> Task:
    """Return the shop's labelled or starred reviews, parted as `review_sentiment` parts them."""
    reviews = read_reviews(shop)
    rows = reviews.filter(pc.is_valid(reviews["text"]))
    settings = shop.settings
    split = split_rows(
        rows, seed=plan.seed, max_rows=settings.max_fit_rows, minimum=settings.minimum_count
    )
    if split.distinct < NEEDED or split.classes < 2:
        raise MissingDataError(
            _ASKED,
            Words(
                f"{split.distinct} different texts have stars or a label, of {split.classes} classes.",
                f"有星级或标注的不同文本有 {split.distinct} 条，共 {split.classes} 类。",
            ),
            Words(
                f"Import reviews until there are {NEEDED}, of two classes at least.",
                f"请导入评价，至少达到 {NEEDED} 条、两个类别。",
            ),
        )
    texts = rows["text"].to_pylist()
    teaches = np.flatnonzero(split.teaches)
    examines = np.random.default_rng(plan.seed).permutation(np.flatnonzero(split.examines))
    examines = examines[: plan.held_out]
    return Task(
        ([texts[i] for i in teaches], [SENTIMENTS[split.codes[i]] for i in teaches]),
        [texts[i] for i in examines],
        split.codes[examines],
        SENTIMENTS,
    )


def run_trials(
    task: Task, plan: Plan, *, answering: Answering | None = None
) -> tuple[list[Result], list[dict[str, str]]]:
    """Return what each method did at each number of labels, and what was left out and why."""
    codes = np.unique(task.taught[1], return_inverse=True)[1]
    budgets = list(samples(codes, seed=plan.seed))
    remembered = Remembered(plan.encoder)
    results: list[Result] = []
    skipped: list[dict[str, str]] = []
    for method in plan.methods:
        if method == "llm" and answering is None:
            skipped.append(_row("llm", verdict.NO_LLM))
            continue
        make = partial(
            contender,
            method,
            encoder=plan.encoder,
            seed=plan.seed,
            answering=answering,
            remembered=remembered,
            unlabelled=task.taught[0],
        )
        try:
            # What a method had done before it failed is kept.
            results.extend(_trials(method, make, budgets, task, plan))
        except ShopkeeperError as error:
            skipped.append(_row(method, error.found))
    return results, skipped


def _trials(
    method: ContenderName,
    make: Callable[[], Contender],
    budgets: Sequence[Sample],
    task: Task,
    plan: Plan,
) -> Iterator[Result]:
    asked = task.examined[:LLM_ROWS] if method == "llm" else task.examined
    for sample in budgets:
        if not _worth(method, sample):
            continue
        kept = _at_most(sample, MOST.get(method), plan.seed)
        made = trial(method, make, kept, taught=task.taught, examined=asked, classes=task.classes)
        if method == "llm":
            # It is shown no more labels than the fewest, so it is asked once and stands beside all.
            yield from (replace(made, sample=Sample(b.labels, kept.index)) for b in budgets)
            return
        yield made


def composed(
    results: Sequence[Result],
    skipped: Sequence[dict[str, str]],
    task: Task,
    plan: Plan,
    *,
    as_of: str = "",
) -> Answer:
    """Return the answer that trials give."""
    table = pa.Table.from_pylist([_line(one, task, plan) for one in results], schema=TABLE)
    gaps = verdict.gap_rows(results, task.truth, seed=plan.seed)
    return Answer(
        verb="compare_methods",
        title=verdict.TITLE,
        table=table,
        method="held-out reviews, paired bootstrap",
        as_of=as_of,
        summary=verdict.sentences(table.to_pylist(), gaps, results, task.truth, seed=plan.seed),
        evidence={
            "gaps": pa.Table.from_pylist(gaps, schema=verdict.GAPS),
            "cascade": pa.Table.from_pylist(_curve(results), schema=CURVE),
            "skipped": pa.Table.from_pylist(list(skipped), schema=SKIPPED),
        },
        limits=verdict.LIMITS,
        definitions=verdict.DEFINITIONS,
    )


def _worth(method: str, sample: Sample) -> bool:
    least, most = LABELS.get(method, (0, None))
    labels = math.inf if sample.labels is None else sample.labels
    # All the labels may still be few.
    return labels >= least and (most is None or labels <= most or len(sample.index) <= 3 * most)


def _at_most(sample: Sample, rows: int | None, seed: int) -> Sample:
    if rows is None or len(sample.index) <= rows:
        return sample
    mixed = np.random.default_rng(seed).permutation(sample.index)
    return Sample(sample.labels, np.sort(mixed[:rows]))


def _line(result: Result, task: Task, plan: Plan) -> dict[str, Any]:
    score, error = quality(result, task.truth, seed=plan.seed)
    price = money(
        result.rows_per_second,
        hour_price=plan.hour_price,
        tokens_per_row=result.tokens_per_row,
        token_price=plan.token_price,
    )
    return {
        "method": result.method,
        "labels": verdict.labels_of(result.sample),
        "taught": len(result.sample.index),
        "macro_f1": score.value,
        "low": score.low,
        "high": score.high,
        "ece": error,
        "training_seconds": result.training_seconds,
        "rows_per_second": result.rows_per_second,
        "money_per_1000_rows": price,
        "rows": len(result.said),
    }


def _curve(results: Sequence[Result]) -> list[dict[str, Any]]:
    return [
        {"labels": verdict.labels_of(one.sample), **asdict(point)}
        for one in results
        for point in one.curve
    ]


def _row(method: str, reason: Words) -> dict[str, str]:
    return {"method": method, "reason_en": reason.en, "reason_zh": reason.zh}
