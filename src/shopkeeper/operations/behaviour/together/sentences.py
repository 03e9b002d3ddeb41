"""What the answer of `baskets` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopkeeper.operations.behaviour.together.rows import LARGEST
from shopkeeper.words import Words, counted

Row = dict[str, Any]

TITLE = Words("What is bought together", "哪些商品常一起买")
_TOLD, _LONGEST = 3, 40
DEFINITIONS = {
    "together": Words(
        "Paid orders that hold both; how many of each lies in them does not matter.",
        "同时含两者的已支付订单数，与各买几件无关。",
    ),
    "support": Words(
        "Orders with both ÷ all paid orders with a known product; 95 % Wilson interval.",
        "同时含两者的订单 ÷ 全部含已知商品的已支付订单；区间为 95% Wilson 区间。",
    ),
    "confidence": Words(
        "Orders with both ÷ orders with the first, which is the rarer; 95 % Wilson interval.",
        "同时含两者的订单 ÷ 含前一件（较少见的一件）的订单；区间为 95% Wilson 区间。",
    ),
    "back": Words(
        "Orders with both ÷ orders with the second; 95 % Wilson interval.",
        "同时含两者的订单 ÷ 含后一件的订单；区间为 95% Wilson 区间。",
    ),
    "lift": Words(
        "Orders with both × all orders ÷ (orders with the first × with the second); 95 % interval by the delta "
        "method. Below 1 throughout where most orders hold one product.",
        "同时含两者的订单 × 全部订单 ÷（含前一件的订单 × 含后一件的订单）；区间为 95% 区间（delta 法）。"
        "多数订单只有一件商品时，普遍小于 1。",
    ),
    "expected": Words(
        "Orders with both that chance would give, were orders as large as they are (configuration model).",
        "订单大小不变时，偶然会出现的同时含两者的订单数（配置模型）。",
    ),
    "size_lift": Words(
        "Orders with both ÷ expected; exact 95 % Poisson interval. 1 is chance.",
        "同时含两者的订单 ÷ 预期；区间为 95% 精确泊松区间。1 表示偶然。",
    ),
    "q": Words(
        "Chance of such a count, corrected by Benjamini and Hochberg for all pairs of products with enough orders.",
        "偶然出现这种计数的概率，按全部订单数足够的商品对做 Benjamini-Hochberg 校正。",
    ),
    "view_lift": Words(
        "The same of sessions that view both: sessions ÷ expected; exact 95 % Poisson interval.",
        "同时浏览两者的会话 ÷ 预期；区间为 95% 精确泊松区间。",
    ),
    "view_q": Words("The same chance for views.", "浏览的同一概率。"),
    "relation": Words(
        "complement: surely bought together more than by chance (q below 0.05); substitute: surely viewed "
        "together more than by chance, and bought together less (the upper end below 1); undecided: neither is sure.",
        "互补（complement）：一起购买确实多于偶然（q 小于 0.05）；替代（substitute）：一起浏览确实多于偶然，"
        "一起购买却少于偶然（区间上限小于 1）；不确定（undecided）：两者都不能肯定。",
    ),
    "both": Words(
        "Customers of one category (or what was asked by) who ever bought of the other too; fewer than 20 are not listed.",
        "买过一个类目（或所选分组）的顾客里，也买过另一个的人数；不足 20 位的不列出。",
    ),
    "distance": Words(
        "1 − Yule's Q of the customers who bought both but never in one order; joined by Ward's method. The "
        "nearer, the more they stand for each other.",
        "1 − Yule Q（买过两者、但从不在同一订单的顾客），按 Ward 法合并；越近越像互相替代。",
    ),
    "recurs": Words(
        "Share of 200 trees, of counts drawn anew, in which the very same things are joined; the ends of the distance are "
        "those of such trees.",
        "重新抽取人数后的 200 棵树里，恰好由同样这些商品合成一支的比例；距离的上下限取自这些树。",
    ),
}


def sentences(rows: list[Row], parts: dict[str, int], least: int) -> Iterator[Words]:
    """Yield what a shopkeeper should know first."""
    yield Words(
        f"Of {counted(parts['baskets'], 'paid order')}, {parts['several']:,} hold two things or more.",
        f"{parts['baskets']:,} 笔已支付订单中，{parts['several']:,} 笔含两件或以上不同商品。",
    )
    yield Words(
        f"Of {counted(parts['tests'], 'possible pair')} of things with {counted(least, 'order')} or more each,"
        f" {parts['complement']:,} are surely bought together "
        f"(complements) and {parts['substitute']:,} surely stand for each other (substitutes).",
        f"各有至少 {least} 笔订单的商品组成 {parts['tests']:,} 对可能的组合，其中确实常一起买（互补）的 {parts['complement']:,} 对，"
        f"确实互相替代的 {parts['substitute']:,} 对。",
    )
    sure = [row for row in rows if row["relation"] == "complement"]
    for row in sure[:_TOLD]:
        one, other = (_name(row, side) for side in ("", "other_"))
        times, low, high = (f"{row[f'size_lift{end}']:.1f}" for end in ("", "_low", "_high"))
        yield Words(
            f"{one} and {other} are bought together {times} times as often as chance would have it "
            f"({low} to {high}), in {counted(row['together'], 'order')}.",
            f"{one}与{other}一起买的次数是偶然的 {times} 倍（{low} 至 {high}），共 {row['together']:,} 笔订单。",
        )
    swaps = [row for row in rows if row["relation"] == "substitute"]
    for row in swaps[:_TOLD]:
        one, other = (_name(row, side) for side in ("", "other_"))
        yield Words(
            f"{one} and {other} are viewed together, but one is bought instead of the other.",
            f"{one}与{other}常一起看，但买了一个就不买另一个。",
        )


def _name(row: Row, side: str) -> str:
    name = str(row[f"{side}title"] or row[f"{side}item"])
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST].rstrip(' ,，')}…"


def limits(least: int, parts: dict[str, int], *, views: bool) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words(
            "Bought together does not mean that one sells the other; only an experiment would tell.",
            "一起购买不等于相互带动，只有实验才能说明。",
        ),
        Words(
            f"Only pairs of products with at least {least} orders each are looked at.",
            f"只看各有至少 {least} 笔订单的商品。",
        ),
    ]
    if parts["too_large"]:
        said.append(
            Words(
                f"Orders of more than {LARGEST} different products are left out: {parts['too_large']:,}.",
                f"超过 {LARGEST} 种商品的订单不计入：{parts['too_large']:,} 笔。",
            )
        )
    if not views:
        said.append(
            Words(
                "There are no views, so substitutes cannot be told.",
                "没有浏览记录，因此无法判断替代关系。",
            )
        )
    return tuple(said)
