"""Further verbs of behaviour: what is looked for, what is bought together, which ways are taken, and why.

They stand apart from `ask.py` only because a file has an end.
"""

from __future__ import annotations

from typing import Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.words import Words


def searches(
    shop: Shop,
    *,
    intents: int = 16,
    method: Literal["ngrams", "encoder"] = "ngrams",
    minimum_count: int | None = None,
) -> Answer:
    """Show what people look for, what they find and buy after, and what the shop does not sell.

    Queries are counted, grouped by meaning across languages, compared with the words of the
    catalogue, and corrected where they look misspelt.

    Parameters
    ----------
    shop
        The shop.
    intents
        Groups of queries at most, 2 to 200.
    method
        `ngrams` reads words and signs, and the titles of what is clicked; `encoder` reads English with
        a BERT encoder besides (needs the extra `encoder`).
    minimum_count
        No share of fewer searches is shown; the shop's own setting when not given.

    Returns
    -------
    Answer
        One row a query: searches, shares without a result, with a click, put in other words and followed
        by an order, each with its interval; its intent and a suggestion. Evidence: `whole` by language,
        `intents`, `not_sold`, `misspelt`, `rewordings`, `parts`.

    Raises
    ------
    MissingDataError
        There is no search with words in it, or a machine made all of them.
    MissingExtraError
        The encoder is asked for and not installed.
    UsageError
        `intents` or `minimum_count` is out of its range.

    Limits
    ------
    Who makes more than 100 searches a day is taken for a machine. A query of one searcher is counted
    and not written out. An order that follows a search need not come from it.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> asked = pa.table(
    ...     {
    ...         "search_id": ["1", "2"],
    ...         "query": ["Tea  pot", "tea pot"],
    ...         "searched_at": ["2025-05-01 10:00:00", "2025-05-01 11:00:00"],
    ...         "visitor_id": ["a", "b"],
    ...         "results": [0, 3],
    ...     }
    ... )
    >>> answer = searches(shop_from_tables({"searches": asked}), minimum_count=2)
    >>> [(row["query"], row["searches"], row["zero_share"]) for row in answer.table.to_pylist()]
    [('tea pot', 2, 0.5)]
    """
    from shopkeeper.operations.behaviour.seeking.finding import Plan, answer, find_source

    least = shop.settings.least_count(minimum_count)
    asked = Words("Asked what people look for.", "要查看顾客搜什么。")
    if not 2 <= intents <= 200:
        raise UsageError(
            asked,
            Words(f"`intents` is {intents}.", f"`intents` 为 {intents}。"),
            Words("Give a number from 2 to 200.", "请给出 2 到 200 之间的数。"),
        )
    source = find_source(shop)
    made = answer(shop, source, Plan(intents, method, least)) if source else None
    if made is None:
        raise MissingDataError(
            asked,
            Words("No search of a person has words in it.", "没有一次由人输入、带有文字的搜索。"),
            Words(
                "Import searches, or events named Products Searched with their query.",
                "请导入搜索记录，或带搜索词的搜索事件（Products Searched）。",
            ),
        )
    return made


def baskets(
    shop: Shop,
    *,
    by: Literal["product", "category", "brand"] = "product",
    minimum_count: int | None = None,
) -> Answer:
    """Show what is bought together, what stands for what, and how far chance explains it.

    Every pair has support, confidence and lift with their intervals, and is held against what chance
    would do with orders of the same sizes. What is viewed together tells substitutes.

    Parameters
    ----------
    shop
        The shop.
    by
        What lies in an order: a `product`, its `category` or its `brand`.
    minimum_count
        Orders that hold a product at least, so that its pairs are looked at; the shop's own setting
        when not given.

    Returns
    -------
    Answer
        One row a pair, the surest first: orders with both, support, confidence both ways, lift, times
        chance and its corrected p-value (Benjamini–Hochberg over all pairs), the same of views, and the
        relation. Evidence: `cross_shop` of customers, `decisions` (which things stand for another),
        `parts`.

    Raises
    ------
    MissingDataError
        No paid order holds two different products.
    UsageError
        `minimum_count` is below 1.

    Limits
    ------
    Orders of more than 200 different products are left out. Bought together does not mean that one
    sells the other.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> at = ["2025-05-01 10:00:00"] * 40
    >>> orders = pa.table({"order_id": [f"{n}" for n in range(40)], "ordered_at": at})
    >>> lines = [(n, "tea" if n < 20 else "shoe", "pot" if n < 20 else "lace") for n in range(40)]
    >>> items = pa.table(
    ...     {
    ...         "order_id": [f"{n}" for n, _, _ in lines for _ in (0, 1)],
    ...         "line": [1, 2] * 40,
    ...         "product_id": [name for _, *pair in lines for name in pair],
    ...         "quantity": [1] * 80,
    ...         "price": [5] * 80,
    ...     }
    ... )
    >>> answer = baskets(
    ...     shop_from_tables({"orders": orders, "order_items": items}), minimum_count=5
    ... )
    >>> [(row["item"], row["other_item"], row["lift"]) for row in answer.table.to_pylist()]
    [('lace', 'shoe', 2.0), ('pot', 'tea', 2.0)]
    """
    from shopkeeper.operations.behaviour.together.finding import Plan, answer

    made = answer(shop, Plan(by, shop.settings.least_count(minimum_count)))
    if made is None:
        raise MissingDataError(
            Words("Asked what is bought together.", "要查看哪些商品常一起买。"),
            Words(
                f"No paid order holds two of what is told apart by {by}.",
                f"没有一笔已支付订单含两种不同的{_BY[by]}。",
            ),
            Words(
                "Import orders with all their lines, or ask --by product.",
                "请导入含全部商品明细的订单，或改用 --by product。",
            ),
        )
    return made


_BY = {"product": "商品", "category": "类目", "brand": "品牌"}
