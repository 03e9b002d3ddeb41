"""How customers began: what is known of each from the first order on.

Channel, category and discount are those of the first order; the place is the customer's own, as the shop
knows it now.

Nothing is executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from shopkeeper.operations.segments.traits import bought_lines, paid_orders, people
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

COVARIATES = {
    "channel": Words("channel of the first order", "首单渠道"),
    "category": Words("category of the first order", "首单类目"),
    "discount": Words("discount on the first order", "首单优惠"),
    "country": Words("country", "国家"),
    "region": Words("region", "省/州"),
    "city": Words("city", "城市"),
}
"""What customers can differ by, and what it is called."""


def beginnings(shop: Shop, currency: str, names: Sequence[str]) -> ir.Table:
    """Return one row a customer who bought in a currency: `customer_id` and a text for each name.

    Of several orders on the first day the earliest counts; its category is that on which most was
    spent. What is not known is null.

    Parameters
    ----------
    shop
        The shop.
    currency
        The currency.
    names
        Out of `COVARIATES`.
    """
    order = paid_orders(shop, currency)
    order = order.mutate(
        place=ibis.row_number().over(
            group_by="customer_id", order_by=["on", "ordered_at", "order_id"]
        )
    )
    first = order.filter(order.place == 0)
    begun = first.select(
        "customer_id", "order_id", "channel", discount=ibis.ifelse(first.reduced, "yes", "no")
    )
    if "category" in names:
        mostly = _mostly(shop, currency, begun)
        begun = begun.left_join(mostly, "customer_id").drop("customer_id_right")
    if {"country", "region", "city"} & set(names):
        who = people(shop).drop("accepts_marketing")
        begun = begun.left_join(who, "customer_id").drop("customer_id_right")
    return begun.select("customer_id", *names)


def _mostly(shop: Shop, currency: str, begun: ir.Table) -> ir.Table:
    """Return the category on which most was spent in the first order of each customer."""
    line = bought_lines(shop, currency).semi_join(begun, "order_id")
    line = line.filter(line.category.notnull())
    spent = line.group_by("customer_id", "category").aggregate(
        spent=(line.quantity * line.price).sum()
    )
    spent = spent.mutate(
        place=ibis.row_number().over(
            group_by="customer_id", order_by=[ibis.desc("spent"), "category"]
        )
    )
    return spent.filter(spent.place == 0).select("customer_id", "category")
