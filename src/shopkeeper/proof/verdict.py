"""What a comparison of methods means, in words: which to use, and when a language model is worth it.

This module knows results and speaks of them; it computes no probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from shopkeeper.language.metrics import macro_f1
from shopkeeper.proof.contenders import LLM_ROWS, MOST, TRADITIONAL
from shopkeeper.proof.curve import Codes, Result, Sample, gap
from shopkeeper.words import Words

Row = dict[str, Any]
CLOSE = 0.005
"""A method that is surely less than this below the best, or cannot be told from it, is as good."""

GAPS = pa.schema(
    [
        ("labels", pa.string()),
        ("language_model", pa.string()),
        ("traditional", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("rows", pa.int64()),
    ]
)
TITLE = Words("Ways of reading reviews: what each is worth here", "评价读取方法：哪种值得在这里用")
NO_LLM = Words("No language model to prompt is set.", "没有设置可供提示的大语言模型。")
NAMES = {
    "majority": Words("always the commonest class", "一律最常见的一类"),
    "ngrams": Words("n-grams", "词片段（n-gram）"),
    "embeddings": Words("frozen sentence vectors with a linear softmax", "冻结句向量加线性分类"),
    "few_shot": Words("few-shot fine-tuning", "少样本微调"),
    "fine_tuned": Words("the fine-tuned encoder", "微调编码器"),
    "cascade": Words("the cascade", "级联"),
    "llm": Words("the prompted language model", "提示大语言模型"),
}
DEFINITIONS = {
    "labels": Words(
        "Labelled reviews of each class that taught, at most.", "每个类别最多用于学习的标注评价数。"
    ),
    "macro_f1": Words("Mean F1 of the classes, on held-out reviews.", "留出评价上各类 F1 的平均。"),
    "low": Words("Lower end of the 95 % bootstrap interval.", "95% 自助法区间下限。"),
    "high": Words("Upper end of the 95 % bootstrap interval.", "95% 自助法区间上限。"),
    "ece": Words(
        "Expected calibration error: how far the confidence is from the accuracy, on average.",
        "期望校准误差：置信度与准确率平均相差多少。",
    ),
    "training_seconds": Words("Seconds of the fit.", "训练用时（秒）。"),
    "rows_per_second": Words("Reviews read a second.", "每秒读取的评价数。"),
    "money_per_1000_rows": Words(
        "Price of reading 1,000 reviews: machine time, and tokens of a prompted model.",
        "读取 1,000 条评价的费用：机器时间，以及被提示模型的词元。",
    ),
    "value": Words(
        "Macro-F1 of the best language model minus that of the best traditional method.",
        "最好的语言模型与最好的传统方法的宏平均 F1 之差。",
    ),
}
LIMITS = (
    Words(
        "Stars are taken as the truth of the text, and one split is judged.",
        "以星级为文本的真实类别，且只检验了一种划分。",
    ),
    Words(
        "The best of several methods is shown, which flatters it a little.",
        "展示的是几种方法中最好的一种，因此略偏乐观。",
    ),
    Words(
        f"Few-shot fine-tuning is tried up to 64 labels a class, fine-tuning from 64 on; methods with "
        f"an encoder learn from {MOST['fine_tuned']:,} reviews at most; a prompted model reads "
        f"{LLM_ROWS}.",
        f"少样本微调只试到每类 64 条标注，微调从 64 条开始；用编码器的方法最多学习 "
        f"{MOST['fine_tuned']:,} 条评价；被提示的模型只读 {LLM_ROWS} 条。",
    ),
    Words(
        "MiniLM, the default encoder, knows English; name another for other languages.",
        "默认编码器 MiniLM 只懂英文；其他语言请指定别的编码器。",
    ),
)


def labels_of(sample: Sample) -> str:
    """Return the number of labels a class as it is printed."""
    return "all" if sample.labels is None else str(sample.labels)


def gap_rows(results: Sequence[Result], truth: Codes, *, seed: int) -> list[Row]:
    """Return, for each number of labels, the best language model minus the best traditional method.

    Best is by the point estimate on the same rows; the interval is of the pair.
    """
    made = []
    for labels in dict.fromkeys(labels_of(one.sample) for one in results):
        here = [one for one in results if labels_of(one.sample) == labels]
        plain = [one for one in here if one.method in TRADITIONAL]
        models = [one for one in here if one.method not in TRADITIONAL]
        if not plain or not models:
            continue
        one, other = _best(models, truth), _best(plain, truth)
        interval = gap(one, other, truth, seed=seed)
        made.append(
            {
                "labels": labels,
                "language_model": one.method,
                "traditional": other.method,
                "value": interval.value,
                "low": interval.low,
                "high": interval.high,
                "rows": min(len(one.said), len(other.said)),
            }
        )
    return made


def sentences(
    rows: Sequence[Row], gaps: Sequence[Row], results: Sequence[Result], truth: Codes, *, seed: int
) -> tuple[Words, ...]:
    """Return which method to use and why, and with how many labels a language model is worth it."""
    if not results:
        return ()
    return (_advice(rows, results, truth, seed=seed), *([_when(gaps)] if gaps else []))


def _advice(rows: Sequence[Row], results: Sequence[Result], truth: Codes, *, seed: int) -> Words:
    whole = [one for one in results if one.sample.labels is None] or list(results)
    best = _best(whole, truth)
    equal = [best]
    for one in whole:
        interval = gap(one, best, truth, seed=seed)
        if one is not best and (interval.high >= 0 or interval.low >= -CLOSE):
            equal.append(one)
    chosen = max(equal, key=lambda one: one.rows_per_second)
    own, top = _line(rows, chosen), _line(rows, best)
    head = Words(
        f"Use {NAMES[chosen.method].en}: with {_labels(own).en} its macro-F1 is {_score(own)} on "
        f"{own['rows']:,} held-out reviews, at {own['rows_per_second']:,.0f} reviews a second",
        f"建议使用{NAMES[chosen.method].zh}：用{_labels(own).zh}，在 {own['rows']:,} 条留出评价上"
        f"宏平均 F1 为 {_score_zh(own)}，每秒读取 {own['rows_per_second']:,.0f} 条",
    )
    if chosen is not best:
        return Words(
            f"{head.en}; {NAMES[best.method].en} has {_score(top)}, which cannot be told from it, and "
            f"reads {top['rows_per_second']:,.0f} a second.",
            f"{head.zh}；{NAMES[best.method].zh}为 {_score_zh(top)}，两者无法区分，而每秒只读 "
            f"{top['rows_per_second']:,.0f} 条。",
        )
    others = [one for one in whole if one is not best]
    if not others:
        return Words(f"{head.en}.", f"{head.zh}。")
    second = _best(others, truth)
    behind = _line(rows, second)
    return Words(
        f"{head.en}; the next best, {NAMES[second.method].en}, has {_score(behind)}.",
        f"{head.zh}；次好的是{NAMES[second.method].zh}，为 {_score_zh(behind)}。",
    )


def _when(gaps: Sequence[Row]) -> Words:
    wins = [row["labels"] for row in gaps if row["low"] > 0]
    losses = [row["labels"] for row in gaps if row["high"] < 0]
    ties = [row["labels"] for row in gaps if row["labels"] not in (*wins, *losses)]
    parts = [
        Words(
            f"with {', '.join(labels)} {en}",
            f"{_numbers_zh(labels)}{zh}",
        )
        for labels, en, zh in (
            (wins, "it beats n-grams and the commonest class", "时胜过 n-gram 与最常见的一类"),
            (ties, "it cannot be told from them", "时与它们无法区分"),
            (losses, "it loses to them", "时不如它们"),
        )
        if labels
    ]
    return Words(
        f"The best language model by labels a class: {'; '.join(part.en for part in parts)}.",
        f"最好的语言模型，按每类标注数看：{'；'.join(part.zh for part in parts)}。",
    )


def _numbers_zh(labels: Sequence[str]) -> str:
    numbers = "、".join(label for label in labels if label != "all")
    parts = [f"{numbers} 条" if numbers else "", "全部标注" if "all" in labels else ""]
    return "及".join(filter(None, parts))


def _best(results: Sequence[Result], truth: Codes) -> Result:
    # A prompted model reads fewer rows; all are ranked on the rows that all have read.
    rows = min(len(one.said) for one in results)
    return max(
        results,
        key=lambda one: macro_f1(truth[:rows], one.said[:rows]),
    )


def _line(rows: Sequence[Row], result: Result) -> Row:
    labels = labels_of(result.sample)
    return next(row for row in rows if (row["method"], row["labels"]) == (result.method, labels))


def _score(row: Row) -> str:
    return f"{row['macro_f1']:.3f} ({row['low']:.3f}–{row['high']:.3f})"


def _score_zh(row: Row) -> str:
    return f"{row['macro_f1']:.3f}（{row['low']:.3f}–{row['high']:.3f}）"


def _labels(row: Row) -> Words:
    if row["labels"] == "all":
        return Words(f"all {row['taught']:,} labels", f"全部 {row['taught']:,} 条标注")
    return Words(f"{row['labels']} labels a class", f"每类 {row['labels']} 条标注")
