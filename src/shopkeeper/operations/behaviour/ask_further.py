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
