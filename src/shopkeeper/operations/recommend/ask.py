"""Verbs of recommend: validate, read, answer."""

from __future__ import annotations

from typing import Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.words import Words

MOST_SHOWN = 1_000


def recommend(
    shop: Shop,
    *,
    customers: str = "",
    given: str = "",
    k: int = 10,
    method: Literal["transitions", "routed", "similar", "last_item", "popular"] = "transitions",
    opted_out: str = "",
    exclude: str = "",
    seed: int | None = None,
) -> Answer:
    """Recommend products to each customer, each with the reason that gives most of its score.

    Learned from the order in which customers came upon products, and judged on the newest product of
    each customer beside the popular products. What a customer has touched, what is out of stock or
    no longer listed, and what you exclude is not shown.

    Parameters
    ----------
    shop
        The shop.
    customers
        Customers with commas between them; empty for the 1,000 with the most products. An unknown
        one gets popular products.
    given
        Products of a visit with commas between them, oldest first, for a visitor without a history.
    k
        Products for each, 1 to 1,000.
    method
        How products are ranked: `transitions` by what came after each product of the history,
        `routed` by whichever method did best for histories of that length, trees included (slower),
        `similar` by category, brand and title, `last_item` by what came after the newest product,
        `popular` by how many touched it.
    opted_out
        Customers with commas between them whose own history must not decide what they are shown:
        they get popular products, the same for all of them; `*` for everyone, in one list where no
        customer is named. What they did still counts among everybody's.
    exclude
        Products with commas between them that are not to be shown.
    seed
        Seed of samples, trees and intervals; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a customer and rank: product, score, reason, the product that it rests on and its
        part of the score. Evidence: `ranking_quality` on held-out products beside the popular and
        the last item, by length of history; `ruled_out`, `parts`, `fitted`.

    Raises
    ------
    MissingDataError
        No known customer has bought or viewed a product.
    UsageError
        `k` is out of range, a product is unknown, or `customers` and `given` are both there.

    Limits
    ------
    It predicts what comes next, not what recommending changes. A product that a customer has touched
    is never shown again. A product that nobody has touched is not shown.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> bought = [("a", "kettle"), ("a", "cup"), ("b", "kettle"), ("b", "cup"), ("c", "kettle")]
    >>> ids = [f"o{number}" for number in range(5)]
    >>> shop = shop_from_tables(
    ...     {
    ...         "orders": pa.table(
    ...             {
    ...                 "order_id": ids,
    ...                 "customer_id": [customer for customer, _ in bought],
    ...                 "ordered_at": [f"2025-05-0{number + 1} 10:00:00" for number in range(5)],
    ...             }
    ...         ),
    ...         "order_items": pa.table(
    ...             {
    ...                 "order_id": ids,
    ...                 "line": [1] * 5,
    ...                 "product_id": [product for _, product in bought],
    ...                 "quantity": [1] * 5,
    ...                 "price": [1.0] * 5,
    ...             }
    ...         ),
    ...     }
    ... )
    >>> row = recommend(shop, customers="c").table.to_pylist()[0]
    >>> row["product_id"], row["reason_en"], row["reason_zh"]
    ('cup', 'Because you bought kettle', '因为您买过「kettle」')
    """
    from shopkeeper.operations.recommend.answering import Plan, answer

    asked = Words("Asked for recommendations.", "要推荐商品。")
    if not 1 <= k <= MOST_SHOWN:
        raise UsageError(
            asked,
            Words(f"k is {k}.", f"每位顾客的件数 k 为 {k}。"),
            Words(f"Give a number from 1 to {MOST_SHOWN}.", f"请给出 1 到 {MOST_SHOWN} 之间的数。"),
        )
    if customers and given:
        raise UsageError(
            asked,
            Words("Both customers and the products of a visit are given.",
                  "同时给出了顾客（customers）和访问中的商品（given）。"),
            Words("Give one of them.", "请只给其中一项。"),
        )  # fmt: skip
    plan = Plan(
        _names(customers), _names(given), k, method,
        frozenset(_names(opted_out)), _names(exclude), shop.settings.seed if seed is None else seed,
    )  # fmt: skip
    made = answer(shop, plan)
    if made is None:
        raise MissingDataError(
            asked,
            Words(
                "No known customer has bought or viewed a product.",
                "没有可识别的顾客买过或浏览过商品。",
            ),
            Words(
                "Import orders with their lines and customers, or events with customers and products.",
                "请导入含明细与顾客的订单，或含顾客与商品的行为事件。",
            ),
        )
    return made


def _names(text: str) -> tuple[str, ...]:
    """Return the names between commas, Chinese ones included."""
    return tuple(filter(None, (name.strip() for name in text.replace("，", ",").split(","))))
