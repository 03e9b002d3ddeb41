"""The words of `search_products`: reasons, sentences, limits and definitions, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from shopkeeper.operations.recommend.wording import PINNED
from shopkeeper.words import Words, counted

TITLE = Words("What a search finds", "搜索结果")
DEFINITIONS = {
    "score": Words(
        "Expected relevance from 0 to 1, by weights learned on judged pairs of another shop: words, spelling and, "
        "where it was read, meaning. With the method keyword BM25 over the largest that the query can have.",
        "预期相关度，0 到 1；由另一家商店的人工评分学得的权重计算，兼看词语、写法与（读取过时的）含义。"
        "方法为关键词（keyword）时为 BM25 与其上限之比。",
    ),
    "reason": Words(
        "What the product has of the query, in words.", "商品与搜索词的相符之处，用文字说明。"
    ),
    "meant": Words(
        "The closest term that a product has, where none has the term as it was typed.",
        "商品中都没有所输入的词时，最接近的词。",
    ),
    "found": Words(
        "Products that answer a search and may be shown; searches are counted over all the time of the shop.",
        "符合搜索词且可展示的商品数；搜索次数为本店全部时间的合计。",
    ),
    "ndcg": Words(
        "NDCG of the first ten: 1 ÷ log(place + 1), to base 2, of the product that was clicked after the search "
        "(or then bought in the same session), 0 beyond place ten; the mean of the searches.",
        "前十名的 NDCG：搜索后点击（或随后在同一会话中购买）的商品排在第几位，取 1 ÷ log(位次 + 1)（以 2 为底），"
        "十名以外为 0；对搜索取平均。",
    ),
    "recall": Words(
        "Share of the searches whose product was among the first ten.", "商品排进前十名的搜索占比。"
    ),
    "ahead": Words(
        "NDCG less that of the popular products on the same searches; 95 % paired bootstrap interval.",
        "与热门商品在相同搜索上的 NDCG 之差；区间为 95% 配对自助法区间。",
    ),
}
_WHOLE = 0.999


def reason_words(covered: float, meant: float, *, pinned: bool) -> Words:
    """Return why a product is found.

    Parameters
    ----------
    covered
        Share of the query that the title has, term by term, weighed by rarity.
    meant
        The same for terms that are at most lightly misspelt, in the title or beside it.
    pinned
        Whether the shop put it there.

    Examples
    --------
    >>> reason_words(1.0, 1.0, pinned=False).en, reason_words(0.0, 0.0, pinned=False).zh
    ('Has every word of the search', '含义与搜索词相近')
    """
    if pinned:
        return PINNED
    if covered > _WHOLE:
        return Words("Has every word of the search", "标题包含全部搜索词")
    if meant > _WHOLE:
        return Words(
            "Has every word of the search, some beside the title or spelled differently",
            "包含全部搜索词（部分在标题之外或写法略有不同）",
        )
    if meant > 0:
        return Words("Has some words of the search", "包含部分搜索词")
    return Words("Means something close to the search", "含义与搜索词相近")


def sentences(quality: pa.Table, parts: dict[str, int], query: str, how: str) -> Iterator[Words]:
    """Yield what a shopkeeper should know, every number from a table."""
    if not query:
        yield Words(
            f"The {counted(parts['queries'], 'commonest search', 'commonest searches')} of the shop, over "
            f"{counted(parts['listed'], 'product')}; {parts['nothing_found']:,} find nothing that may be shown.",
            f"本店最常见的 {parts['queries']:,} 个搜索词，在 {parts['listed']:,} 件商品中查找；"
            f"其中 {parts['nothing_found']:,} 个找不到可展示的商品。",
        )
    elif parts["nothing_found"]:
        yield Words(
            "Nothing that may be shown answers this search.", "没有可展示的商品符合这次搜索。"
        )
    rows = {(row["target"], row["method"]): row for row in quality.to_pylist()}
    for target, en, zh in (("clicked", "clicked", "点击"), ("bought", "bought", "购买")):
        own, popular = rows.get((target, how)), rows.get((target, "popular"))
        if own is None or popular is None:
            continue
        yield Words(
            f"On {counted(own['searches'], 'search', 'searches')} of the shop the product that was {en} stands at NDCG@10 "
            f"{own['ndcg']:.3f}; with popular products alone it would be {popular['ndcg']:.3f}.",
            f"以本店 {own['searches']:,} 次搜索检验：所{zh}商品的前十名 NDCG 为 {own['ndcg']:.3f}，"
            f"只按热门排序则为 {popular['ndcg']:.3f}。",
        )


def limits(quality: pa.Table, parts: dict[str, int], query: str, least: int) -> Iterator[Words]:
    """Yield what the answer cannot say."""
    yield Words(
        "The weights come from another shop's judged pairs; the order of what is found is a guess until "
        "clicks or judgements of this shop confirm it.",
        "权重来自另一家商店的人工评分；在本店的点击或评分证实之前，排序只是推测。",
    )
    if query:
        yield Words(
            "How good the search is, by clicks and purchases of this shop, is answered without a query.",
            "不给搜索词时，会用本店的点击与购买检验搜索的好坏。",
        )
    elif not quality.num_rows:
        yield Words(
            f"Not judged: fewer than {least} searches led to a click on a listed product.",
            f"未作检验：带来商品点击的搜索不足 {least} 次。",
        )
    if not parts["with_meaning"]:
        yield Words(
            "Meaning was not read, so only words and spelling count: the encoder is not installed, not asked "
            "for, or no title is written in a script that it knows.",
            "未读取含义，只比较词语与写法：未安装编码器、未要求使用，或标题不是编码器懂得的文字。",
        )
    if parts["unread"]:
        yield Words(
            f"Not yet read for their meaning, and found by words and spelling alone: {counted(parts['unread'], 'product')}; "
            "each further search reads more of them.",
            f"尚有 {parts['unread']:,} 件商品未读取含义，只按词语与写法查找；之后每次搜索会继续读取。",
        )
