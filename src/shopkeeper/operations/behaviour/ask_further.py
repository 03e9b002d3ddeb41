"""Further verbs of behaviour: what is looked for, what is bought together, which ways are taken, and why.

They stand apart from `ask.py` only because a file has an end.
"""

from __future__ import annotations

from typing import Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.words import Words

_BY = {"product": "商品", "category": "类目", "brand": "品牌"}


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
    and not written out; of one that fewer than 20 searched for, how many they are and what they did is
    not told. An order that follows a search need not come from it.

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
                "Import orders with all their lines, or ask --by category or brand.",
                "请导入含全部商品明细的订单，或改用 --by category 或 brand。",
            ),
        )
    return made


def explain_change(
    shop: Shop,
    *,
    metric: Literal["net", "paid", "orders", "aov", "conversion"] = "net",
    before: str = "",
    after: str = "",
    by: str = "",
    currency: str = "",
    minimum_count: int | None = None,
) -> Answer:
    """Explain why a metric moved between two periods: an exact account, and what is known of it.

    The change is parted into volume, mix and price (of a rate: mix and rate) over slices that add up
    to the last cent; the few slices that explain most are named, with campaigns, price changes,
    stock-outs and broken weeks, and what reviews and messages say that they did not say before.

    Parameters
    ----------
    shop
        The shop.
    metric
        `net` (paid less refunds), `paid`, `orders`, `aov` (average order value) or `conversion`.
    before, after
        The two periods: a month (2025-03), an ISO week (2025-W10), a day, or two days
        (2025-03-01..2025-03-09); empty for the last whole month and the one before it.
    by
        Up to four dimensions, with commas between them: channel, device, region, country, category,
        brand, product_id; empty for channel, device, category and product.
    currency
        The one currency that counts; empty for that of most orders.
    minimum_count
        Units of a product at least, so that its price or its end is told; the shop's own setting when
        not given.

    Returns
    -------
    Answer
        One row a slice that explains most, then everything else and the whole: before, after, change with
        its interval, and the effects. Evidence: `by_dimension`, the revenue `tree`, `gain_loss` of
        customers, `known` events, what is newly `said`, `periods`.

    Raises
    ------
    MissingDataError
        Nothing of the metric is recorded.
    UsageError
        A period, a dimension or the currency cannot be understood, or a period lies outside of the data.

    Limits
    ------
    It says where a change lies, not what caused it. Effects are Shapley's values; the tree is parted by
    the logarithmic mean and is empty where a factor is not above zero.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> orders = pa.table(
    ...     {
    ...         "order_id": ["1", "2", "3"],
    ...         "ordered_at": ["2025-03-05 10:00:00", "2025-04-05 10:00:00", "2025-04-30 10:00:00"],
    ...         "channel": ["web", "web", "app"],
    ...         "total": [10, 12, 20],
    ...     }
    ... )
    >>> answer = explain_change(shop_from_tables({"orders": orders}), metric="orders")
    >>> [(row["slice_en"], int(row["change"])) for row in answer.table.to_pylist()]
    [('channel: app', 1), ('channel: web', 0), ('the whole shop', 1)]
    """
    from shopkeeper.operations.behaviour.accounting.finding import answer
    from shopkeeper.operations.behaviour.accounting.plan import make_plan

    plan = make_plan(
        shop,
        metric=metric,
        before=before,
        after=after,
        by=by,
        currency=currency,
        least=shop.settings.least_count(minimum_count),
    )
    return answer(shop, plan)


def paths(shop: Shop, *, minimum_count: int | None = None) -> Answer:
    """Show which ways visitors take: what follows what, with loops, entries and exits.

    Steps are events, and page views by the type of page; the commonest ways to an order and to leaving
    without one are written out.

    Parameters
    ----------
    shop
        The shop.
    minimum_count
        No share of fewer is shown; the shop's own setting when not given.

    Returns
    -------
    Answer
        One row a transition: how often, in how many sessions, share of all that leave the step before with
        its interval, whether it is a loop, and how often it goes back. Evidence: `nodes` (entries, exits,
        loops and orders after each step), `to_purchase`, `to_leaving`, `parts`.

    Raises
    ------
    MissingDataError
        There are no events, or none that names its session, visitor or customer.
    UsageError
        `minimum_count` is below 1.

    Limits
    ------
    Where the source names no session, one ends when its visitor pauses for 30 minutes. The 40 commonest
    steps are told apart. Bots are not removed.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> names = ["Product Viewed", "Product Viewed", "Order Completed"]
    >>> at = ["2025-05-01 10:00:00", "2025-05-01 10:05:00", "2025-05-01 10:09:00"]
    >>> events = pa.table({"name": names, "happened_at": at, "session_id": ["a", "a", "a"]})
    >>> answer = paths(shop_from_tables({"events": events}), minimum_count=1)
    >>> [(row["source_en"], row["target_en"], row["share"]) for row in answer.table.to_pylist()][
    ...     1:3
    ... ]
    [('Order Completed', 'leaves', 1.0), ('Product Viewed', 'Order Completed', 0.5)]
    """
    from shopkeeper.operations.behaviour.walking.finding import answer

    least = shop.settings.least_count(minimum_count)
    made = answer(shop, least) if shop.has("events") else None
    if made is None:
        raise MissingDataError(
            Words("Asked which ways visitors take.", "要查看访客走过的路径。"),
            Words(
                "No event names its session, visitor or customer.",
                "没有事件带有会话、访客或顾客编号。",
            ),
            Words("Import events with one of them.", "请导入至少带其中一种编号的事件。"),
        )
    return made
