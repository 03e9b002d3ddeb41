"""The answer of `judge_recommendations`, and its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.wording import DEFINITIONS as OF_RECOMMEND
from shopkeeper.proof.recommending import (
    BEYOND,
    EXPOSURE,
    QUALITY,
    Held,
    beyond,
    exposure,
    held_out,
    judged,
    quality,
)
from shopkeeper.proof.showings import OFF_POLICY, earned, read_showings
from shopkeeper.words import Words, counted

TITLE = Words("How good the recommendations are, and what they show", "推荐的效果与曝光")
GROUPS = 10
OWN = "transitions"
DEFINITIONS = {
    "ndcg": Words(
        "NDCG of the first ten: 1 ÷ log(place + 1), to base 2, of the first product that was new to the customer "
        "in the held-out days, 0 beyond place ten and for a product that was not there before; the mean of the "
        "customers. All products are ranked that the customer had not touched.",
        "前十名的 NDCG：留出期内顾客接触的第一件新商品排在第几位，取 1 ÷ log(位次 + 1)（以 2 为底），十名以外以及此前"
        "不存在的商品为 0；对顾客取平均。参与排序的是该顾客此前未接触的全部商品。",
    ),
    "recall": OF_RECOMMEND["recall"],
    "ahead": OF_RECOMMEND["ahead"],
    "ahead_of_last": Words(
        "The same against what customers came upon directly after the newest product.",
        "同上，但与「最新一件商品之后最常接触的商品」相比。",
    ),
    "slice": Words(
        "Which customers: all; by how many products they had touched (history); or by what they came upon: whether it "
        "belongs to the products that together have half of all touches (demand), whether it was first touched in "
        "the last 30 days (age), and its category, of which the eight most come upon are told.",
        "顾客范围：全部；按此前接触过的商品数（历史长短）；或按其接触的商品：是否属于合计占全部接触一半的热门商品（商品热度）、"
        "是否在最近 30 天内才首次有人接触（商品新旧）、所属类目（只列接触顾客最多的八个）。",
    ),
    "coverage": Words(
        "Share of the products that can be bought that stand among the ten of at least one customer.",
        "可购买的商品中，至少进入一位顾客前十名的占比。",
    ),
    "novelty": Words(
        "Mean of −log₂(share of the customers who have touched it) over all places: higher means less known.",
        "各展示位上 −log₂(接触过该商品的顾客占比) 的平均值；越高表示越不为人知。",
    ),
    "gini": Words(
        "Gini's coefficient of the places: 0 where all have the same number, towards 1 where one has them all.",
        "展示位分配的基尼系数：0 为完全平均，越接近 1 越集中。",
    ),
    "gap": Words(
        "NDCG of customers with longer histories less that of the others, parted at the median.",
        "历史较长的顾客与其余顾客的 NDCG 之差（以历史长度的中位数划分）。",
    ),
    "shown": Words("Share of the places of the lists.", "占推荐展示位的比例。"),
    "touched": Words("Share of the customers' touches before.", "占此前顾客接触次数的比例。"),
    "earned": Words(
        "Reward for each showing: `logged` as it was; `ips`, `snips` and `doubly_robust` as it would have been had one "
        "of the method's ten been shown by chance.",
        "每次展示的收益：「实际」为记录中的值；IPS、SNIPS 与双重稳健为假设随机展示该方法前十名之一时的估计。",
    ),
    "effective": Words(
        "Effective sample size: how many equally weighted showings would say as much.",
        "有效样本量：相当于多少次权重相同的展示。",
    ),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked."""

    days: int
    log: Path | None
    seed: int


def answer(shop: Shop, wanted: Wanted) -> Answer:
    """Return the answer of `judge_recommendations`."""
    least, seed = shop.settings.minimum_count, wanted.seed
    held = held_out(shop, days=wanted.days, seed=seed)
    shown = read_showings(wanted.log, held) if wanted.log is not None else None
    done = judged(held, seed=seed)
    rows = list(quality(held, done, least=least, seed=seed))
    wider = list(beyond(held, done, least=least, seed=seed))
    evidence = {
        "beyond": pa.Table.from_pylist(wider, schema=BEYOND),
        "exposure": pa.Table.from_pylist(
            list(exposure(shop, held, done, most=GROUPS)), schema=EXPOSURE
        ),
    }
    refused: list[Words] = []
    if shown is not None:
        told = list(earned(held, done, shown, seed=seed))
        evidence["off_policy"] = pa.Table.from_pylist([row for row, _ in told], schema=OFF_POLICY)
        refused = [_refused(row["method"], why) for row, why in told if why is not None]
        if shown.left_out:
            refused.append(
                Words(
                    f"Left out of the log: {counted(shown.left_out, 'showing')} to customers who were not known before.",
                    f"展示记录中有 {shown.left_out:,} 次展示的顾客此前没有记录，未计入。",
                )
            )
    return Answer(
        verb="judge_recommendations",
        title=TITLE,
        table=pa.Table.from_pylist(rows, schema=QUALITY),
        method="time split, full ranking, paired bootstrap",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(_sentences(held, rows, wider, wanted)),
        evidence=evidence,
        limits=(*_limits(held, rows, least), *refused),
        definitions=DEFINITIONS,
    )


def _sentences(
    held: Held, rows: list[dict[str, Any]], wider: list[dict[str, Any]], wanted: Wanted
) -> Iterator[Words]:
    whole = {row["method"]: row for row in rows if row["by"] == "all"}
    if OWN in whole:
        own, popular, last = (whole[name] for name in (OWN, "popular", "last_item"))
        yield Words(
            f"Learned from all but the last {counted(wanted.days, 'day')}; what "
            f"{counted(own['customers'], 'customer')} came upon first in them is found among ten for {own['recall']:.1%} "
            f"by transitions, {last['recall']:.1%} by the newest product alone and {popular['recall']:.1%} by popularity.",
            f"用最近 {wanted.days} 天之前的数据学习，检验 {own['customers']:,} 位顾客在这段时间接触的第一件新商品："
            f"进入前十的占比，先后关系为 {own['recall']:.1%}，只看最新一件为 {last['recall']:.1%}，热门为 {popular['recall']:.1%}。",
        )
        for column, en, zh in (
            ("ahead", "the popular products", "热门商品"),
            ("ahead_of_last", "what followed the newest product", "只看最新一件商品"),
        ):
            yield _verdict(own, column, en, zh)
    by_name = {row["method"]: row for row in wider}
    own, popular = by_name[OWN], by_name["popular"]
    yield Words(
        f"Of the products that can be bought {own['coverage']:.1%} are shown to somebody, {popular['coverage']:.1%} by "
        "popularity.",
        f"可购买的商品中有 {own['coverage']:.1%} 会展示给至少一位顾客，热门推荐为 {popular['coverage']:.1%}。",
    )  # fmt: skip


def _verdict(own: dict[str, Any], column: str, en: str, zh: str) -> Words:
    low, high = own[f"{column}_low"], own[f"{column}_high"]
    between = f"({low:+.3f} to {high:+.3f})"
    if low > 0:
        said = Words(f"Better than {en}", f"优于{zh}")
    elif high < 0:
        said = Words(f"Worse than {en}", f"不如{zh}")
    else:
        said = Words(f"Not shown to differ from {en}", f"尚不能说明与{zh}有差别")
    return Words(
        f"{said.en}: NDCG@10 {own[column]:+.3f} {between}.",
        f"{said.zh}：前十名 NDCG 相差 {own[column]:+.3f}（{low:+.3f} 至 {high:+.3f}）。",
    )


def _limits(held: Held, rows: list[dict[str, Any]], least: int) -> Iterator[Words]:
    yield Words(
        "What customers came upon is predicted, not what recommending would change.",
        "预测的是顾客会接触什么，而不是推荐会带来什么改变。",
    )
    absent = int((held.past.targets < 0).sum())
    if absent:
        yield Words(
            f"Counted as not found: {counted(absent, 'customer')} whose product nobody had touched before.",
            f"有 {absent:,} 位顾客接触的商品此前无人接触，计为未找到。",
        )
    if not rows:
        yield Words(
            f"No figure: fewer than {least} customers are left to judge on.",
            f"可用于检验的顾客不足 {least} 位，不给出数值。",
        )


def _refused(method: str, why: Words) -> Words:
    return Words(f"Nothing is estimated for {method}: {why.en}", f"{method} 未作估计：{why.zh}")
