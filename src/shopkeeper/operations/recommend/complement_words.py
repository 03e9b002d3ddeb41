"""The words of `complements`: reasons, sentences, limits and definitions, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import pyarrow as pa

from shopkeeper.operations.recommend.bundles import Bundle
from shopkeeper.operations.recommend.due import AHEAD_DAYS, Due
from shopkeeper.operations.recommend.rebuying import LEVEL
from shopkeeper.operations.recommend.wording import PINNED
from shopkeeper.words import Words, counted

Reason = Literal["together", "category", "counted", "popular", "pinned"]
TITLE = Words("What goes with what, and what is due again", "搭配与补货")
DEFINITIONS = {
    "score": Words(
        "By how much likelier than by chance a basket with the product holds the complement: the leverage for "
        "each basket with the product; of categories that surely go together at least what their lift makes expected. With "
        "the method popular the orders that hold it.",
        "含此商品的一单同时含搭配商品的概率比偶然高多少（杠杆值除以含此商品的单数）；两个类目确实常同单购买时，不低于按类目提升度"
        "推算的值。方法为热门（popular）时为含该商品的订单数。",
    ),
    "reason": Words(
        "Baskets that hold both and how many times as often as by chance that is; where too few do, that their "
        "two categories are surely bought together, or else that it may be chance.",
        "同单购买的次数，以及为偶然情况的多少倍；次数不足时，说明两个类目确实常同单购买，否则说明可能出于偶然。",
    ),
    "baskets": Words(
        "Orders of several products that hold both, or all of them.",
        "同时含有这些商品的多件订单数。",
    ),
    "lift": Words(
        "Baskets that hold both over those expected by chance, given how often each stands beside any other product. "
        "For three, as a pair of them and the third would stand together, taken where that is least.",
        "同时含两件的单数 ÷ 偶然情况下预期的单数（已知各商品与其他商品同单的次数）。三件时取其中一对与第三件之间最低的。",
    ),
    "low": Words(
        "Interval of the lift, exact for a Poisson count, at the level that is left when of all pairs only those are "
        "shown that surely stand above chance (Benjamini and Yekutieli 2005).",
        "提升度的区间：按泊松计数精确计算；因只列出确实高于偶然的，置信水平已按商品对总数校正（Benjamini–Yekutieli 2005）。",
    ),
    "share": Words(
        "Of a bundle, the share of the baskets that hold all of it; of a refill, the share of its buyers who "
        "bought it on two days or more.",
        "组合：含全部商品的单数占比；补货商品：在两天或以上买过它的顾客占比。",
    ),
    "price": Words("Sum of the list prices.", "标价之和。"),
    "visits": Words("Sessions in which both were looked at.", "同时浏览两者的会话数。"),
    "usual_days": Words(
        "Usual days between two purchases: of a refill by all its buyers, of a customer by their own gaps drawn to "
        "those of the product (geometric mean).",
        "两次购买之间通常的天数（几何平均）：补货商品按全部买家，顾客则按其自己的间隔向商品的通常间隔收缩。",
    ),
    "due_on": Words("The day of the last purchase and the usual days.", "上次购买日加通常天数。"),
    "due_from": Words(
        f"With due_until the interval in which {LEVEL:.0%} of the next purchases of those who buy again are expected.",
        f"与最晚一日合为区间：预计再次购买者中 {LEVEL:.0%} 的下一次购买落在其中。",
    ),
    "ndcg": Words(
        "NDCG of the first ten: 1 ÷ log(place + 1), to base 2, of one product of a basket, told by another one of it, "
        "0 beyond place ten; the mean of the latest fifth of the baskets, learned from those before.",
        "前十名的 NDCG：凭一单中的一件商品为另一件排位，取 1 ÷ log(位次 + 1)（以 2 为底），十名以外为 0；"
        "对最近五分之一的多件订单取平均，只用此前的订单学习。",
    ),
    "recall": Words(
        "Share of those baskets whose other product was among the first ten.",
        "另一件商品排进前十名的订单占比。",
    ),
    "ahead": Words(
        "NDCG less that of the popular products on the same baskets; 95 % paired bootstrap interval.",
        "与热门商品在相同订单上的 NDCG 之差；区间为 95% 配对自助法区间。",
    ),
}


def reason_words(
    kind: Reason, count: int, lift: float, beside: str, source: str, target: str
) -> Words:
    """Return why a product goes with another.

    Parameters
    ----------
    kind
        What the score rests on.
    count
        Baskets that hold both; of a popular one, orders that hold it.
    lift
        How many times as often as by chance.
    beside
        The product of the cart that gives most of the score; empty where there is no cart.
    source, target
        The two categories.

    Examples
    --------
    >>> reason_words("together", 23, 4.14, "", "", "").en
    'Bought together in 23 baskets, 4.1 times as often as by chance'
    >>> reason_words("category", 0, 0.0, "", "鞋靴", "服饰").zh
    '「鞋靴」常与「服饰」同单购买'
    """
    en, zh = (f" with {beside[:60]}", f"与「{beside[:60]}」") if beside else ("", "")
    match kind:
        case "pinned":
            return PINNED
        case "together":
            return Words(
                f"Bought together{en} in {counted(count, 'basket')}, {lift:.1f} times as often as by chance",
                f"{zh}同单购买 {count:,} 次，为偶然情况的 {lift:.1f} 倍",
            )
        case "counted":
            return Words(
                f"Bought together{en} in {counted(count, 'basket')}, which may be chance",
                f"{zh}同单购买 {count:,} 次，可能出于偶然",
            )
        case "category":
            return Words(
                f"Products of {source} and {target} are often bought together",
                f"「{source}」常与「{target}」同单购买",
            )
        case "popular":
            return Words(f"Popular: in {counted(count, 'order')}", f"热门：{count:,} 笔订单买过")


def sentences(
    quality: pa.Table, parts: dict[str, int], due: Due, bundles: Sequence[Bundle], how: str
) -> Iterator[Words]:
    """Yield what a shopkeeper should know, every number from a table."""
    yield Words(
        f"Of {counted(parts['pairs_tested'], 'pair')} of all products that were ever bought beside another, however"
        f" seldom, {parts['pairs_sure']:,} are surely bought together "
        f"more often than by chance, in {counted(parts['several'], 'basket')} of several products.",
        f"所有曾与别的商品同单的商品（不论次数多少）组成 {parts['pairs_tested']:,} 对，在 {parts['several']:,} 笔多件订单中，"
        f"{parts['pairs_sure']:,} 对确实比偶然更常同单购买。",
    )
    if bundles:
        best = bundles[0]
        yield Words(
            f"{counted(len(bundles), 'bundle')} of two or three stand out; the first was bought in "
            f"{counted(best.support, 'basket')}, {best.lift:.1f} times as often as by chance (at least {best.low:.1f}).",
            f"有 {len(bundles):,} 个两件或三件的组合值得注意；首个组合同单 {best.support:,} 次，"
            f"为偶然情况的 {best.lift:.1f} 倍（至少 {best.low:.1f} 倍）。",
        )
    whole = {row["method"]: row for row in quality.to_pylist()}
    if how in whole and how != "popular":
        own, popular = whole[how], whole["popular"]
        yield Words(
            f"On the latest {counted(own['customers'], 'basket')}: told by one product, another one of the basket "
            f"stands at NDCG@10 {own['ndcg']:.3f}, popular products {popular['ndcg']:.3f}.",
            f"以最近 {own['customers']:,} 笔多件订单检验：凭其中一件找另一件，前十名 NDCG 为 {own['ndcg']:.3f}，"
            f"热门商品为 {popular['ndcg']:.3f}。",
        )
    yield from _due(due)


def _due(due: Due) -> Iterator[Words]:
    if due.refills:
        yield Words(
            f"{counted(due.parts['refills'], 'product')} are surely bought again; {counted(due.parts['due'], 'refill')} of "
            f"known customers are due by {AHEAD_DAYS} days after {due.today}.",
            f"有 {due.parts['refills']:,} 件商品确实会被再次购买；到 {due.today} 之后 {AHEAD_DAYS} 天内，"
            f"已知顾客应补货 {due.parts['due']:,} 次。",
        )
    if due.checked:
        told = due.checked
        yield Words(
            f"Checked on the newest purchase of {counted(told.customers, 'refill')}: {told.within:.0%} lay within the "
            f"interval ({LEVEL:.0%} wanted); half are foretold to within {told.error_days:.0f} days, by the product's "
            f"usual gap alone {told.product_error_days:.0f}.",
            f"以 {told.customers:,} 次最新补货检验：{told.within:.0%} 落在区间内（应为 {LEVEL:.0%}）；"
            f"一半误差在 {told.error_days:.0f} 天以内，只按商品通常间隔则为 {told.product_error_days:.0f} 天。",
        )


def limits(
    quality: pa.Table, parts: dict[str, int], due: Due, least: int, *, has_visits: bool
) -> Iterator[Words]:
    """Yield what the answer cannot say."""
    yield Words(
        "Bought together is no proof that offering one sells the other.",
        "同单购买并不证明推荐其一能带动另一件的销售。",
    )
    if not quality.num_rows:
        yield Words(
            f"Not judged: fewer than {least} of the latest baskets.",
            f"未作检验：最近的多件订单不足 {least} 笔。",
        )
    if not has_visits:
        yield Words(
            "Substitutes are not known: no session looked at two products.",
            "无法判断替代品：没有同时浏览两件商品的会话。",
        )
    if parts["empty_cart"]:
        yield Words(
            "The cart is empty, so popular products are shown.", "购物车为空，因此展示热门商品。"
        )
    if parts["short"]:
        yield Words(
            f"Shorter than asked, for want of products that surely go with it: {counted(parts['short'], 'list')}.",
            f"确实相配的商品不够，{parts['short']:,} 份列表少于要求的件数。",
        )
    if due.refills and not due.checked:
        yield Words(
            "When refills are due is not checked: too few customers bought one three times.",
            "补货时间未作检验：买过三次的顾客太少。",
        )
    if due.parts["due_opted_out"]:
        yield Words(
            f"Due, but not listed, for the shop does not use the history of these customers: "
            f"{counted(due.parts['due_opted_out'], 'refill')}.",
            f"另有应补货 {due.parts['due_opted_out']:,} 次未列出：这些顾客的行为不得用于个性化。",
        )
    if due.parts["due"] > len(due.rows):
        more = due.parts["due"] - len(due.rows)
        yield Words(
            f"Not listed: {counted(more, 'further refill')} that are due later.",
            f"另有 {more:,} 次较晚的补货未列出。",
        )
