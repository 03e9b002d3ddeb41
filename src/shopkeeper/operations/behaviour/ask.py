"""Verbs of behaviour: validate, measure, answer."""

from __future__ import annotations

from typing import Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError
from shopkeeper.words import Words


def overview(shop: Shop, *, period: Literal["month", "week", "day"] = "month") -> Answer:
    """Show the shop's numbers overall and by period, each with its definition.

    Parameters
    ----------
    shop
        The shop.
    period
        Length of a period: a calendar month, an ISO week or a day.

    Returns
    -------
    Answer
        One row a metric (and currency): value, interval, and the two counts behind it. Evidence:
        `by_period`, and `left_out` with what each metric that is missing would need.

    Raises
    ------
    MissingDataError
        The shop has no data for any metric.

    Limits
    ------
    It counts and does not explain. The first and the last period may be incomplete.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> shop = shop_from_tables({"reviews": pa.table({"review_id": ["a", "b"], "rating": [1, 5]})})
    >>> [row["metric"] for row in overview(shop).table.to_pylist()]
    ['negative_review_share', 'neutral_review_share', 'positive_review_share']
    """
    from shopkeeper.data.measure import measure, missing
    from shopkeeper.data.metrics import METRICS
    from shopkeeper.operations.behaviour.glance import glance

    lacking = missing(shop)
    if len(lacking) == len(METRICS):
        raise MissingDataError(
            Words("Asked for the numbers of the shop.", "要查看店铺的经营数字。"),
            Words(
                "It has no orders, no events and no reviews with stars.",
                "店里没有订单、没有行为事件，也没有带星级的评价。",
            ),
            Words("Import an export that holds one of them.", "请导入至少含其中一种的导出文件。"),
        )
    return glance(shop, measure(shop), measure(shop, period=period), lacking, period)
