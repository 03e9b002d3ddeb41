"""Verbs of segments: validate, fit, answer."""

from __future__ import annotations

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.words import Words

LONGEST_DAYS = 1_825


def lifetime_value(
    shop: Shop, *, horizon_days: int = 90, currency: str = "", minimum_count: int | None = None
) -> Answer:
    """Say what each customer is expected to buy and to spend, and how right that was before.

    How often is foretold by BG/NBD, how much by Gamma-Gamma, from nothing but when and for how much
    each customer bought. The last `horizon_days` are first kept aside, foretold from what came before
    and held against what happened, beside the guess that everybody does the same again.

    Parameters
    ----------
    shop
        The shop.
    horizon_days
        Days ahead, 7 to 1,825.
    currency
        Orders of this currency count; empty for the one with the most orders.
    minimum_count
        Customers of a group at least, for a mean of it to be shown; the shop's own setting when not
        given.

    Returns
    -------
    Answer
        One row a customer, the most valuable first: purchases so far, probability of still being
        active, purchases, value of one and value expected, and value so far. Evidence: `quality` on
        the days kept aside beside the guess, `calibration` by tenths, and `fitted`.

    Raises
    ------
    MissingDataError
        There are fewer than 50 customers with paid orders in the currency, or fewer than 10 of them
        bought twice.
    UsageError
        `horizon_days` or `minimum_count` is out of range.

    Limits
    ------
    Orders of one day are one purchase. Seasons, prices and campaigns are not known to it. Who never
    bought is not in it.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> rows = [
    ...     (f"c{n}", 7 * n % 90 + step * (9 + n % 30))
    ...     for n in range(60)
    ...     for step in range(1 + n % 4)
    ... ]
    >>> orders = pa.table(
    ...     {
    ...         "order_id": [str(number) for number in range(len(rows))],
    ...         "customer_id": [who for who, _ in rows],
    ...         "ordered_at": [
    ...             f"{date(2025, 1, 1) + timedelta(days=at)} 10:00:00" for _, at in rows
    ...         ],
    ...         "total": [20] * len(rows),
    ...     }
    ... )
    >>> answer = lifetime_value(shop_from_tables({"orders": orders}), horizon_days=60)
    >>> answer.table.num_rows, all(0 <= p <= 1 for p in answer.table["p_active"].to_pylist())
    (60, True)
    """
    from shopkeeper.operations.segments.lifetime.finding import NEEDED, NEEDED_AGAIN, Plan, answer

    least = shop.settings.minimum_count if minimum_count is None else minimum_count
    if least < 1 or not 7 <= horizon_days <= LONGEST_DAYS:
        raise UsageError(
            Words("Asked for the value of customers.", "要估计顾客的未来价值。"),
            Words(
                f"horizon_days is {horizon_days}, minimum_count {least}.",
                f"天数（horizon_days）为 {horizon_days}，最小计数（minimum_count）为 {least}。",
            ),
            Words(
                f"Give horizon_days from 7 to {LONGEST_DAYS:,} and a minimum_count of 1 or more.",
                f"天数请给 7 到 {LONGEST_DAYS:,}，最小计数请给不小于 1 的数。",
            ),
        )
    made = answer(shop, Plan(horizon_days, currency.strip(), least))
    if isinstance(made, Answer):
        return made
    raise MissingDataError(
        Words("Asked for the value of customers.", "要估计顾客的未来价值。"),
        Words(
            f"Customers with paid orders{made.of.en}: {made.customers:,}, of whom {made.again:,} bought"
            f" again on another day; {NEEDED} and {NEEDED_AGAIN} are needed.",
            f"{made.customers:,} 位顾客有{made.of.zh}支付订单，其中 {made.again:,} 位在另一天再次购买；"
            f"至少需要 {NEEDED} 位和 {NEEDED_AGAIN} 位。",
        ),
        Words(
            f"Import more orders with customers{made.others.en}.",
            f"请导入更多带顾客编号的订单{made.others.zh}。",
        ),
    )
