"""The words of `recommend`: reasons, sentences, limits and definitions, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pyarrow as pa

from shopkeeper.operations.recommend.features import GAPS
from shopkeeper.words import Words, counted

Reason = Literal["bought", "viewed", "given", "alike", "together", "popular", "new"]
TITLE = Words("What to show each customer next", "给每位顾客推荐什么")
PINNED = Words("Chosen by the shop", "店铺精选")
_LONGEST = 60
DEFINITIONS = {
    "rank": Words("1 is shown first.", "1 为最先展示。"),
    "score": Words(
        "What the method ranks by, times the shop's own factor where it boosts; comparable within one "
        "customer only. Empty where a popular product fills the list or the shop pinned it.",
        "排序所用的得分（店铺加权时已乘倍数），只能在同一位顾客内比较；热门补足与店铺置顶的行为空。",
    ),
    "reason": Words(
        "The product of the customer's history that gives most of the score (`because`), in words.",
        "在顾客的历史中对得分贡献最大的商品（见「依据商品」），用文字说明。",
    ),
    "part": Words(
        "Share of the score that this product gives; with trees, the share of the score that is lost "
        "without it.",
        "该商品占得分的比例；用树模型时，为去掉该商品后得分减少的比例。",
    ),
    "personalised": Words(
        "Whether the customer's own history was used.", "是否使用了该顾客自己的历史。"
    ),
    "ndcg": Words(
        "NDCG of the first ten: 1 ÷ log(place + 1), to base 2, of the product that the customer came upon "
        "next, 0 beyond place ten; the mean of the customers. All products are ranked that the customer had "
        "not touched.",
        "前十名的 NDCG：顾客随后接触的商品排在第几位，取 1 ÷ log(位次 + 1)（以 2 为底），十名以外为 0；"
        "对顾客取平均。参与排序的是该顾客此前未接触的全部商品。",
    ),
    "recall": Words(
        "Share of the customers whose next product was among the first ten.",
        "随后接触的商品排进前十名的顾客占比。",
    ),
    "ahead": Words(
        "NDCG less that of the popular products on the same customers; 95 % paired bootstrap interval.",
        "与热门商品在相同顾客上的 NDCG 之差；区间为 95% 配对自助法区间。",
    ),
    "history": Words(
        "How many different products the customers had touched before.",
        "顾客此前接触过多少件不同的商品。",
    ),
}  # fmt: skip


NEW = Words("New in the shop", "本店新品")
_REASONS: dict[Reason, Words] = {
    "bought": Words("Because you bought {}", "因为您买过「{}」"),
    "viewed": Words("Because you looked at {}", "因为您看过「{}」"),
    "given": Words("Because you are looking at {}", "因为您正在看「{}」"),
    "alike": Words("Similar to {}", "与「{}」相似"),
    "together": Words("Goes with what you chose before", "与您之前选的商品相配"),
    "new": Words("New, for those who chose {}", "新品，适合选过「{}」的顾客"),
}
"""What a score rests on → what is said of it, with the title of a product."""


def reason_words(kind: Reason, title: str, customers: int) -> Words:
    """Return why a product is recommended.

    Parameters
    ----------
    kind
        What the score rests on.
    title
        The product of the history that it rests on; empty where there is none.
    customers
        Customers who touched the recommended product.
    """
    short = title if len(title) <= _LONGEST else title[: _LONGEST - 1] + "…"
    if kind == "popular":
        return Words(
            f"Popular: looked at or bought by {counted(customers, 'customer')}",
            f"热门：{customers:,} 位顾客看过或买过",
        )
    said = _REASONS[kind] if title or kind != "new" else NEW
    return Words(said.en.format(short), said.zh.format(short))


def sentences(quality: pa.Table, parts: dict[str, int], method: str) -> Iterator[Words]:
    """Yield what a shopkeeper should know, every number from a table."""
    yield _learned(parts)
    whole = {row["method"]: row for row in quality.to_pylist() if row["history"] == "all"}
    if method in whole and method != "popular":
        own, popular = whole[method], whole["popular"]
        yield Words(
            f"On the newest product of {counted(own['customers'], 'customer')}, held out: NDCG@10 "
            f"{own['ndcg']:.3f}, popular products {popular['ndcg']:.3f}; the next product is among ten "
            f"for {own['recall']:.1%} against {popular['recall']:.1%}.",
            f"以 {own['customers']:,} 位顾客留出的最新一件商品检验：前十名 NDCG 为 {own['ndcg']:.3f}，"
            f"热门商品为 {popular['ndcg']:.3f}；下一件商品进入前十的顾客占 {own['recall']:.1%}，"
            f"热门商品为 {popular['recall']:.1%}。",
        )
        yield from _verdict(own)


def _learned(parts: dict[str, int]) -> Words:
    return Words(
        f"Learned from {counted(parts['touches'], 'first touch', 'first touches')} of "
        f"{counted(parts['products_touched'], 'product')} by {counted(parts['customers'], 'customer')}.",
        f"学习自 {parts['customers']:,} 位顾客对 {parts['products_touched']:,} 件商品的 {parts['touches']:,} 次首次接触。",
    )


def _verdict(own: dict[str, Any]) -> Iterator[Words]:
    low, high = own["ahead_low"], own["ahead_high"]
    if low > 0:
        return
    if high < 0:
        yield Words(
            "Here popular products do better; ask with method popular.",
            "在本店，热门商品的效果更好；建议把 method 设为 popular。",
        )
    else:
        yield Words(
            "Here it is not shown that this does better than popular products.",
            "在本店，尚不能说明它比热门商品更好。",
        )


def limits(
    quality: pa.Table, parts: dict[str, int], least: int, every: int, exclude: frozenset[str]
) -> Iterator[Words]:
    """Yield what the answer cannot say."""
    yield from _counted_every(every)
    yield Words(
        "What customers came upon next is predicted, not what recommending would change.",
        "预测的是顾客随后会接触什么，而不是推荐会带来什么改变。",
    )
    if "bought" in exclude:
        yield Words(
            "What a customer has bought is not recommended again, so refills are not found; see complements.",
            "顾客买过的商品不再推荐，因此不会提示补货；补货另见搭配分析（complements）。",
        )
    if parts["given_unknown"]:
        yield Words(
            f"Listed, but nobody has touched it yet, so it says nothing here: {counted(parts['given_unknown'], 'product')} given.",
            f"给出的商品中有 {parts['given_unknown']:,} 件在商品表中但尚无人接触，无法据此推荐。",
        )
    yield from _not_judged(quality, least)
    if parts["not_shown"]:
        yield Words(
            f"Not listed: {counted(parts['not_shown'], 'customer')} with fewer products; name them with "
            "--customers.",
            f"另有接触商品较少的顾客 {parts['not_shown']:,} 位未列出；可用 --customers 指定。",
        )
    if parts["unknown"]:
        yield Words(
            f"Unknown here, so given popular products: {counted(parts['unknown'], 'customer')}.",
            f"本店没有记录的顾客 {parts['unknown']:,} 位，推荐热门商品。",
        )
    if parts["not_personalised"]:
        yield Words(
            f"Without personalisation, as asked: {counted(parts['not_personalised'], 'list')}; what these"
            " customers did still counts among everybody's.",
            f"按要求不作个性化的推荐：{parts['not_personalised']:,} 份；这些顾客的行为仍计入整体统计。",
        )
    if parts["short"]:
        yield Words(
            f"Shorter than asked, for want of products that may be shown: {counted(parts['short'], 'list')}.",
            f"可展示的商品不够，{parts['short']:,} 份推荐少于要求的件数。",
        )


def _counted_every(every: int) -> Iterator[Words]:
    if every > 1:
        yield Words(
            f"What came after what is counted for one customer in {every:,}; all would not fit in memory.",
            f"受内存所限，商品的先后关系只统计了每 {every:,} 位顾客中的 1 位。",
        )


def _not_judged(quality: pa.Table, least: int) -> Iterator[Words]:
    if not quality.num_rows:
        yield Words(
            f"Not judged: fewer than {least} customers have touched two products.",
            f"未作检验：接触过两件商品的顾客不足 {least} 位。",
        )


SIMILAR_TITLE = Words("What stands beside each product", "与每件商品相近或相连的商品")
SIMILAR_DEFINITIONS = {
    "rank": DEFINITIONS["rank"],
    "score": Words(
        "What the method ranks by; comparable within one product only.",
        "排序所用的得分，只能在同一件商品内比较。",
    ),
    "reason": Words(
        "The larger part of the score, in words: what customers chose before or after, or what both products "
        "have in common.",
        "得分中较大的部分，用文字说明：顾客在其前后选了什么，或两件商品有何共同之处。",
    ),
    "chosen_after": Words(
        f"Customers who came upon the similar product for the first time within {GAPS} new products after this one.",
        f"接触此商品之后，在随后 {GAPS} 件新商品之内首次接触相近商品的顾客数。",
    ),
    "chosen_before": Words(
        f"The same the other way round: the similar product first, this one within {GAPS} new products after it.",
        f"次序相反：先接触相近商品，在随后 {GAPS} 件新商品之内接触此商品的顾客数。",
    ),
    "ndcg": Words(
        "NDCG of the first ten: 1 ÷ log(place + 1), to base 2, of the customer's newest product, ranked by the one "
        "before it alone, 0 beyond place ten; the mean of the customers.",
        "前十名的 NDCG：只凭前一件商品为顾客最新接触的商品排位，取 1 ÷ log(位次 + 1)（以 2 为底），"
        "十名以外为 0；对顾客取平均。",
    ),
    "recall": Words(
        "Share of the customers whose newest product was among the first ten.",
        "最新接触的商品排进前十名的顾客占比。",
    ),
    "ahead": Words(
        "NDCG less that of the popular products of the same category, on the same customers; 95 % paired "
        "bootstrap interval.",
        "与同类目热门商品在相同顾客上的 NDCG 之差；区间为 95% 配对自助法区间。",
    ),
}
PARTS_OF_LIKENESS: dict[tuple[str, ...], Words] = {
    ("brand", "category", "title"): Words(
        "Same category and brand, similar title", "类目与品牌相同，标题相近"
    ),
    ("brand", "category"): Words("Same category and brand", "类目与品牌相同"),
    ("brand", "title"): Words("Same brand, similar title", "品牌相同，标题相近"),
    ("category", "title"): Words("Same category, similar title", "类目相同，标题相近"),
    ("brand",): Words("Same brand", "品牌相同"),
    ("category",): Words("Same category", "类目相同"),
    ("title",): Words("Similar title", "标题相近"),
}
"""What two products share → what is said of it."""


def likeness_words(kind: Literal["after", "before", "popular"], customers: int) -> Words:
    """Return why a product stands beside another, where customers are the reason.

    Examples
    --------
    >>> likeness_words("after", 3).en
    'Chosen after this one by 3 customers'
    """
    whom = counted(customers, "customer")
    match kind:
        case "after":
            return Words(
                f"Chosen after this one by {whom}", f"{customers:,} 位顾客在此商品之后选了它"
            )
        case "before":
            return Words(
                f"Chosen before this one by {whom}", f"{customers:,} 位顾客在此商品之前选了它"
            )
        case "popular":
            return Words(
                f"Popular in the same category: chosen by {whom}",
                f"同类目热门：{customers:,} 位顾客选择过",
            )


def similar_sentences(quality: pa.Table, parts: dict[str, int], method: str) -> Iterator[Words]:
    """Yield what a shopkeeper should know, every number from a table."""
    yield _learned(parts)
    whole = {row["method"]: row for row in quality.to_pylist()}
    if method in whole and method != "popular":
        own, popular = whole[method], whole["popular"]
        yield Words(
            f"On the newest product of {counted(own['customers'], 'customer')}, held out and found by the one "
            f"before it alone: NDCG@10 {own['ndcg']:.3f}, popular products of the category "
            f"{popular['ndcg']:.3f}; it is among ten for {own['recall']:.1%} against {popular['recall']:.1%}.",
            f"以 {own['customers']:,} 位顾客留出的最新一件商品检验，只凭前一件商品来找：前十名 NDCG 为 "
            f"{own['ndcg']:.3f}，同类目热门商品为 {popular['ndcg']:.3f}；进入前十的顾客占 {own['recall']:.1%}，"
            f"同类目热门商品为 {popular['recall']:.1%}。",
        )
        yield from _verdict(own)


def similar_limits(
    quality: pa.Table, parts: dict[str, int], least: int, every: int
) -> Iterator[Words]:
    """Yield what the answer cannot say."""
    yield from _counted_every(every)
    yield Words(
        "What replaces a product and what goes with it are not told apart.",
        "不区分替代品与搭配品。",
    )
    yield from _not_judged(quality, least)
    if parts["not_listed"]:
        yield Words(
            f"Not listed: {counted(parts['not_listed'], 'product')} that fewer customers touched; name them with "
            "--product.",
            f"另有接触顾客较少的商品 {parts['not_listed']:,} 件未列出；可用 --product 指定。",
        )
    if parts["short"]:
        yield Words(
            f"Shorter than asked, for want of anything near: {counted(parts['short'], 'list')}.",
            f"相近的商品不够，{parts['short']:,} 份列表少于要求的件数。",
        )
