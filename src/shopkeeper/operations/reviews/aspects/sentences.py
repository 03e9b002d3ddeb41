"""The words of `review_aspects`: sentences, limits and definitions, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopkeeper.language.taxonomy import Aspect
from shopkeeper.operations.reviews.aspects.reading import NEEDED, Reading
from shopkeeper.words import Words, counted

Row = dict[str, Any]
WORST = 3
TITLE = Words("What the reviews speak of", "评价谈到的方面")
DEFINITIONS = {
    "aspect": Words(
        "What the clause speaks of: one of a list of aspects for all languages, and the shop's own.",
        "该分句谈到的方面：取自中英文共用的方面表及店铺自定义的方面。",
    ),
    "polarity": Words(
        "negative (a complaint), neutral or positive (praise): what the clause thinks of the aspect.",
        "负面（抱怨）、中性或正面（称赞）：该分句对这一方面的看法。",
    ),
    "p_negative": Words(
        "Probability of a complaint, temperature-scaled.", "抱怨的概率（温度校准后）。"
    ),
    "p_neutral": Words(
        "Probability of neither, temperature-scaled.", "既非抱怨也非称赞的概率（温度校准后）。"
    ),
    "p_positive": Words("Probability of praise, temperature-scaled.", "称赞的概率（温度校准后）。"),
    "quote": Words(
        "The clause, letter for letter: field[start:end] is the quote.",
        "分句原文：「引自」所指文字里从「起」到「止」的部分，一字不差。",
    ),
    "field": Words("Which text of the review is quoted: title or text.", "引自标题还是正文。"),
    "start": Words(
        "Offset of the quote's first character, from 0.", "引文第一个字符的位置，从 0 起。"
    ),
    "end": Words("Offset behind the quote's last character.", "引文最后一个字符之后的位置。"),
    "term": Words("The words by which the aspect was recognised.", "据以识别该方面的词语。"),
    "share": Words(
        "In `aspects`, the share of the reviews with a text that speak of the aspect; in `products` "
        "and `months`, the share of complaints among those that speak of it; in `stars`, the share "
        "of 1 and 2 stars.",
        "「各方面」中为谈到该方面的评价在有文字评价中的占比；「突出的商品」与「按月份」中为谈到该方面的评价里抱怨的比例；"
        "「方面与星级」中为 1、2 星的比例。",
    ),
    "negative_share": Words(
        "Share of complaints among the reviews that speak of the aspect. A review that both praises "
        "and complains of it counts as a complaint.",
        "谈到该方面的评价中抱怨的比例；同一评价既夸又抱怨时算抱怨。",
    ),
    "usual": Words(
        "Share of complaints of the aspect in the whole shop.", "全店对该方面的抱怨比例。"
    ),
    "chance": Words(
        "Chance of so many complaints were the product like the whole shop (hypergeometric); listed is what "
        "stands among all products and aspects (Benjamini–Hochberg at 5 %).",
        "若该商品与全店一样，出现这么多抱怨的概率（超几何分布）；只列出在全部商品与方面中仍然成立的"
        "（Benjamini–Hochberg，5%）。",
    ),
    "expected": Words(
        "Reviews that would complain of both by chance.", "若互不相关，预计同时抱怨两者的评价数。"
    ),
    "low": Words("Lower end of the 95 % interval.", "95% 区间下限。"),
    "high": Words("Upper end of the 95 % interval.", "95% 区间上限。"),
    "accuracy": Words(
        "Share of reviews of one clause whose polarity is that of their stars.",
        "只有一个分句的评价中，分句情感与星级一致的比例。",
    ),
    "macro_f1": Words("Mean F1 of the classes that occur.", "出现的各类 F1 的平均。"),
}


def sentences(tables: Mapping[str, Sequence[Row]], *, least: int) -> Iterator[Words]:
    """Yield what a shopkeeper should know, every number from a table."""
    parts = {row["part"]: row["count"] for row in tables["parts"]}
    yield Words(
        f"Of {parts['with_text']:,} reviews with a text, {parts['with_aspect']:,} speak of at least "
        f"one aspect ({counted(parts['mentions'], 'mention')}).",
        f"{parts['with_text']:,} 条有文字的评价中，{parts['with_aspect']:,} 条至少谈到一个方面"
        f"（共 {parts['mentions']:,} 处）。",
    )
    shown = [row for row in tables["aspects"] if row["negative_share"] is not None]
    worst = [row for row in shown if row["negative"]][:WORST]
    for row in worst:
        yield _complaint(row, tables["quotes"])
    yield from _product(tables["products"], shown)
    yield from _agreement(tables["quality"], least)


def _complaint(row: Row, quotes: Sequence[Row]) -> Words:
    said = next(
        (q["quote"] for q in quotes if (q["name"], q["polarity"]) == (row["name"], "negative")), ""
    )
    share, low, high = (
        f"{row[key]:.1%}" for key in ("negative_share", "negative_low", "negative_high")
    )
    return Words(
        f"{row['aspect_en']}: {row['negative']:,} of {row['reviews']:,} reviews that speak of it "
        f"complain, {share} ({low} to {high})." + (f" “{said}”" if said else ""),
        f"{row['aspect_zh']}：谈到它的 {row['reviews']:,} 条评价中有 {row['negative']:,} 条抱怨，占 {share}"
        f"（{low} 至 {high}）。" + (f"「{said}」" if said else ""),
    )


def _product(products: Sequence[Row], shown: Sequence[Row]) -> Iterator[Words]:
    titles = {row["name"]: Words(row["aspect_en"], row["aspect_zh"]) for row in shown}
    for row in products[:1]:
        title = titles.get(row["name"])
        if title is not None:
            yield Words(
                f"{row['product']}: {row['negative']:,} of {row['reviews']:,} reviews that speak of its "
                f"{title.en.lower()} complain; in the shop {row['usual']:.1%} do.",
                f"{row['product']}：谈到{title.zh}的 {row['reviews']:,} 条评价中有 {row['negative']:,} 条抱怨；"
                f"全店的抱怨比例为 {row['usual']:.1%}。",
            )


def _agreement(quality: Sequence[Row], least: int) -> Iterator[Words]:
    found = {(row["method"], row["metric"]): row for row in quality}
    method = "learned" if ("learned", "accuracy") in found else "words"
    ours, simple = found.get((method, "accuracy")), found.get(("majority", "accuracy"))
    if ours is None or simple is None or ours["rows"] < least or ours["value"] is None:
        return
    yield Words(
        f"On {ours['rows']:,} reviews of one clause the polarity agrees with the stars in "
        f"{ours['value']:.1%}; always saying the commonest class agrees in {simple['value']:.1%}.",
        f"在 {ours['rows']:,} 条只有一个分句的评价上，情感与星级一致的占 {ours['value']:.1%}；"
        f"一律猜最常见的一类则为 {simple['value']:.1%}。",
    )


def limits(reading: Reading, *, asked: str) -> Iterator[Words]:
    """Yield what the answer cannot say."""
    yield Words(
        "Aspects are recognised by their words in Chinese, English and Portuguese. What a review only "
        "implies is not found, and a word can mean something else.",
        "方面靠中文、英文、葡萄牙文的词语识别；只是暗示而未说出的找不到，个别词语也可能另有所指。",
    )
    yield Words(
        "A clause has one polarity for all that it speaks of; irony is read as it is written.",
        "一个分句对其谈到的各方面只有一种情感；反话按字面理解。",
    )
    if asked == "learned" and not reading.learned:
        yield Words(
            f"Fewer than {NEEDED} different reviews with stars or a label, or all alike: polarity "
            "rests on a list of opinion words alone.",
            f"带星级或标注的不同评价不足 {NEEDED} 条，或都属同一类：情感只依据观点词表判断。",
        )
    if len(reading.single) < NEEDED:
        yield Words(
            "Too few reviews of a single clause: the probabilities are not calibrated on this shop.",
            "只有一个分句的评价太少：概率未按本店数据校准。",
        )


def meanings(aspects: Mapping[str, Aspect]) -> dict[str, Words]:
    """Return the definitions of the columns and of each aspect."""
    return DEFINITIONS | {
        name: Words(
            f"{aspect.title.en}: {aspect.meaning.en}", f"{aspect.title.zh}：{aspect.meaning.zh}"
        )
        for name, aspect in aspects.items()
    }
