"""The verb `complements`: validate, read, answer."""

from __future__ import annotations

from typing import Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.words import Words


def complements(  # noqa: PLR0913 — each is an option of the command
    shop: Shop,
    *,
    product: str = "",
    cart: str | None = None,
    k: int = 10,
    method: Literal["together", "popular"] = "together",
    exclude: str = "",
    customer: str = "",
    opted_out: str = "",
    channel: str = "",
    seed: int | None = None,
) -> Answer:
    """Find what goes with a product or a cart, bundles worth offering, and who is due to buy again.

    Counted on baskets: what is bought together more often than by chance, for so many pairs; what is
    looked at together and not bought together stands apart, as substitutes. Judged on the latest
    baskets beside the popular products.

    Parameters
    ----------
    shop
        The shop.
    product
        Products with commas between them, a list for each; empty for the 1,000 in most orders.
    cart
        Products of one cart with commas between them: one list that goes with all of them. An empty
        cart gets popular products.
    k
        Products for each, 1 to 1,000.
    method
        How products are ranked: `together` by what is bought in the same basket, `popular` by the
        orders that hold it.
    exclude
        Products with commas between them that are not to be shown.
    customer
        Customer who is shown the lists, for rules on what they bought, looked at or have in the cart.
    opted_out
        Customers with commas between them whose own history must not be looked at; `*` for everyone.
    channel
        Channel where it is shown: only the categories that the shop's rules allow there; empty for
        all.
    seed
        Seed of samples and intervals; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a product (none for a cart) and rank: the complement, score, reason, baskets with both,
        lift with its interval. Evidence: `bundles`, `substitutes`, `refills` and `due`, with
        `ranking_quality`, `ruled_out`, `parts`.

    Raises
    ------
    MissingDataError
        No paid order holds two products.
    SettingsError
        The shop's rules have an unknown key or a value that cannot be used.
    UsageError
        `k` is out of range, a product or channel is unknown, or `product` and `cart` are both there.

    Limits
    ------
    Bought together is no proof that offering one sells the other. Baskets of over 60 products are not
    counted. A pair that chance alone makes in one of twenty is shown too, without an interval, and its reason
    says that it may be chance. Who is due is told for products that are surely bought again, of customers who did so.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> pairs = [("tea", "cup"), ("rice", "oil")] * 8
    >>> ids = [f"o{number}" for number in range(len(pairs))]
    >>> lines = {
    ...     "order_id": ids * 2,
    ...     "line": [1] * len(ids) + [2] * len(ids),
    ...     "product_id": [pair[0] for pair in pairs] + [pair[1] for pair in pairs],
    ...     "quantity": [1] * 2 * len(ids),
    ...     "price": [1.0] * 2 * len(ids),
    ... }
    >>> day = [f"2025-05-{1 + number:02d} 10:00:00" for number in range(len(ids))]
    >>> orders = pa.table({"order_id": ids, "customer_id": ids, "ordered_at": day})
    >>> shop = shop_from_tables({"orders": orders, "order_items": pa.table(lines)})
    >>> row = complements(shop, product="tea").table.to_pylist()[0]
    >>> row["complement_id"], row["baskets"], row["reason_en"]
    ('cup', 8, 'Bought together in 8 baskets, 3.0 times as often as by chance')
    """
    from shopkeeper.operations.recommend.complementing import Wanted, answer
    from shopkeeper.operations.recommend.request import check_count, names_of
    from shopkeeper.operations.recommend.serving_rules import Viewer

    asked = Words("Asked what goes with products.", "要查搭配商品。")
    check_count(asked, k)
    if product and cart is not None:
        raise UsageError(
            asked,
            Words(
                "Both products and a cart are given.", "同时给出了商品（product）和购物车（cart）。"
            ),
            Words("Give one of them.", "请只给其中一项。"),
        )
    wanted = Wanted(
        names_of(product), None if cart is None else names_of(cart), k, method, names_of(exclude),
        Viewer(customer.strip(), channel.strip(), frozenset(names_of(opted_out))),
        shop.settings.seed if seed is None else seed,
    )  # fmt: skip
    made = answer(shop, wanted)
    if made is None:
        raise MissingDataError(
            asked,
            Words("No paid order holds two products.", "没有一笔已付款订单含有两件商品。"),
            Words("Import orders with all their lines.", "请导入含全部明细的订单。"),
        )
    return made
