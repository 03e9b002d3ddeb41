"""The words of `review_sentiment`: sentences, limits and definitions, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from shopkeeper.operations.reviews.learning import Split
from shopkeeper.words import Words, counted

TITLE = Words("Sentiment of the reviews", "评价情感")
NAMES = {
    "negative": Words("negative", "负面"),
    "neutral": Words("neutral", "中性"),
    "positive": Words("positive", "正面"),
}
DEFINITIONS = {
    "sentiment": Words(
        "negative, neutral or positive: the shop's own label, else the stars (1–2, 3, 4–5), else what "
        "the text is read as, unless the model abstains.",
        "负面、中性或正面：先取店铺标注，再取星级（1–2、3、4–5），都没有时取文字的判读结果（模型弃权的除外）。",
    ),
    "read": Words(
        "What the text is read as, by a model that has not learned from that text.",
        "文字的判读结果，由未学过该文本的模型给出。",
    ),
    "p_negative": Words(
        "Probability of negative, temperature-scaled.", "负面的概率（温度校准后）。"
    ),
    "p_neutral": Words("Probability of neutral, temperature-scaled.", "中性的概率（温度校准后）。"),
    "p_positive": Words(
        "Probability of positive, temperature-scaled.", "正面的概率（温度校准后）。"
    ),
    "abstained": Words(
        "The highest probability is below the threshold: what was read is no more than a guess.",
        "最高概率低于阈值，模型弃权，判读结果只是猜测。",
    ),
    "origin": Words(
        "Where the sentiment comes from: label, stars or text.", "情感的来源：标注、星级或文字。"
    ),
    "rating": Words("Stars, 1 to 5.", "星级，1 到 5。"),
    "accuracy": Words(
        "Share of held-out reviews whose class was right.", "留出评价中判对类别的比例。"
    ),
    "macro_f1": Words(
        "Mean over the classes of F1 = 2 · right / (said + true).",
        "各类 F1 = 2 × 判对数 ÷（判为该类数 + 实为该类数）的平均。",
    ),
    "f1": Words(
        "F1 of one class = 2 · right / (said + true).",
        "单个类别的 F1 = 2 × 判对数 ÷（判为该类数 + 实为该类数）。",
    ),
    "polarity_auc": Words(
        "Chance that a positive review has a higher P(positive) − P(negative) than a negative one.",
        "随机一条正面评价的 P(正面) − P(负面) 高于随机一条负面评价的概率。",
    ),
    "ece": Words(
        "Expected calibration error: mean distance of confidence from accuracy over 15 bins.",
        "期望校准误差：15 个区间内置信度与准确率之差的平均。",
    ),
    "answered": Words("Share of held-out reviews not abstained from.", "留出评价中未弃权的比例。"),
    "accuracy_answered": Words(
        "Accuracy on the held-out reviews not abstained from.", "留出评价中未弃权部分的准确率。"
    ),
    "low": Words("Lower end of the 95 % bootstrap interval.", "95% 自助法区间下限。"),
    "high": Words("Upper end of the 95 % bootstrap interval.", "95% 自助法区间上限。"),
    "contribution": Words(
        "Log-odds that the class loses when the words are taken out of the text.",
        "从文本中去掉这些词后，该类对数几率的下降值。",
    ),
    "p": Words("Probability of the class that was read.", "读出类别的概率。"),
    "escalated": Words(
        "Share of the reviews that the encoder reads because the n-grams are unsure.",
        "因 n-gram 模型没有把握而交给编码器读取的评价比例。",
    ),
    "threshold": Words(
        "Confidence of the n-grams below which the encoder reads.",
        "n-gram 模型的置信度低于此值时改由编码器读取。",
    ),
    "chosen": Words(
        "Whether this threshold is the one in use: the lowest share escalated from which on macro-F1 "
        "falls by half a point at most.",
        "是否为正在使用的阈值：自该升级比例起，宏平均 F1 的下降都不超过 0.5 个百分点。",
    ),
    "rows_per_second": Words(
        "Reviews per second on the machine that ran it.", "在本次运行的机器上每秒处理的评价数。"
    ),
}


def sentences(tables: dict[str, pa.Table], method: str, *, least: int) -> Iterator[Words]:
    """Yield what a shopkeeper should know, every number from a table."""
    parts = _pairs(tables["parts"], "part", "reviews")
    shares = {
        row["sentiment"]: row["share"]
        for row in tables["shares"].to_pylist()
        if row["month"] is None
    }
    yield Words(
        f"Of {counted(parts['reviews'], 'review')}, {parts['with_text']:,} "
        f"{'has' if parts['with_text'] == 1 else 'have'} a text.",
        f"共 {parts['reviews']:,} 条评价，其中 {parts['with_text']:,} 条有文字。",
    )
    if None not in shares.values():
        listed = {name: f"{share:.1%}" for name, share in shares.items()}
        yield Words(
            ", ".join(f"{share} are {name}" for name, share in listed.items()) + ".",
            "，".join(f"{NAMES[name].zh} {share}" for name, share in listed.items()) + "。",
        )
    quality = {(row["method"], row["metric"]): row for row in tables["quality"].to_pylist()}
    # Below the smallest count no percentage is shown.
    examined = quality.get((method, "accuracy"), {"rows": 0})["rows"]
    if examined >= least and method != "majority":
        yield from _how_good(quality, method)
    if parts.get("disagreeing"):
        yield Words(
            f"{counted(parts['disagreeing'], 'review says', 'reviews say')} the opposite of the stars.",
            f"有 {parts['disagreeing']:,} 条评价的文字与星级相反。",
        )


def limits(
    tables: dict[str, pa.Table], split: Split, asked: str, method: str, accuracy: float, needed: int
) -> Iterator[Words]:
    """Yield what the answer cannot say."""
    if method == "stars":
        yield Words(
            f"No text was read: {counted(split.distinct, 'different text has', 'different texts have')} "
            "stars or a label, "
            f"{needed} are needed. Sentiment is that of the labels and stars.",
            f"未读文字：有星级或标注的不同文本只有 {split.distinct} 条，至少需要 {needed} 条。"
            "情感取自标注与星级。",
        )
        return
    if method != asked:
        yield Words(
            "Every labelled review is of one class, so nothing can be learned from the words.",
            "所有有标注的评价都属于同一类，无法从文字中学习。",
        )
    yield Words(
        "The stars are taken as the truth of the text; where they are not, accuracy is understated.",
        "以星级作为文字的真值；两者不符时，准确率会被低估。",
    )
    yield {
        "time": Words(
            "Judged on the newest reviews, without those that repeat an older text.",
            "用最新的评价检验，不含重复旧文本的评价。",
        ),
        "text": Words(
            "Judged on reviews drawn at random by groups of equal text, not on later ones.",
            "用按相同文本分组随机抽取的评价检验，而不是更晚的评价。",
        ),
    }[split.by]
    if split.sampled < 1:
        yield Words(
            f"Learned from {split.sampled:.1%} of the labelled reviews (`max_fit_rows`).",
            f"从 {split.sampled:.1%} 的有标注评价中学习（`max_fit_rows`）。",
        )
    if method != "majority" and not _reached(tables):
        yield Words(
            f"No threshold reaches an accuracy of {accuracy:.0%}, so nothing was abstained from.",
            f"没有阈值能使准确率达到 {accuracy:.0%}，因此没有弃权。",
        )


def _how_good(quality: dict[tuple[str, str], dict[str, float]], method: str) -> Iterator[Words]:
    ours, simple = quality[method, "accuracy"], quality["majority", "accuracy"]
    if ours["value"] is None:
        return
    value, low, high = (f"{ours[key]:.1%}" for key in ("value", "low", "high"))
    yield Words(
        f"On {ours['rows']:,} held-out reviews the class read from the text is right in {value} "
        f"({low} to {high}); always saying the commonest class is right in {simple['value']:.1%}.",
        f"在 {ours['rows']:,} 条留出评价上，从文字读出的类别有 {value} 正确（{low} 至 {high}）；"
        f"一律猜最常见的一类则为 {simple['value']:.1%}。",
    )
    answered, sure = quality[method, "answered"], quality[method, "accuracy_answered"]
    if sure["value"] is not None and answered["value"] < 1:
        yield Words(
            f"It answers {answered['value']:.1%} of them and is then right in {sure['value']:.1%}; "
            "from the others it abstains.",
            f"其中它对 {answered['value']:.1%} 给出判断，正确率 {sure['value']:.1%}；其余弃权。",
        )


def _reached(tables: dict[str, pa.Table]) -> bool:
    return "threshold" in tables["fitted"]["name"].to_pylist()


def _pairs(table: pa.Table, key: str, value: str) -> dict[str, int]:
    return dict(zip(table[key].to_pylist(), table[value].to_pylist(), strict=True))
