"""Verbs of segments: what the customers will do; validate, fit, answer.

They stand apart from `ask.py` only because a file has an end.
"""

from __future__ import annotations

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import UsageError
from shopkeeper.words import Words

LONGEST_DAYS = 1_825


def churn(
    shop: Shop,
    *,
    horizon_days: int = 0,
    currency: str = "",
    opted_out: str = "",
    minimum_count: int | None = None,
) -> Answer:
    """Say who is overdue by their own rhythm, and how likely each is not to buy again soon.

    A weekly customer is overdue after three weeks, a yearly one is not. The probability is learned
    from what happened after an earlier day, and judged on the days since, beside recency alone.

    Parameters
    ----------
    shop
        The shop.
    horizon_days
        Days within which a purchase counts as staying, 7 to 730; 0 for a quarter of the days that
        the data covers, 90 at the most.
    currency
        Orders of this currency count; empty for the one with the most orders.
    opted_out
        Customers with commas between them who must not be profiled, besides those that shop.toml
        names; they are left out altogether.
    minimum_count
        Customers of a group at least, for a share of it to be shown; the shop's own setting when
        not given.

    Returns
    -------
    Answer
        One row a customer, the overdue first and among them the most valuable: days since and days
        between purchases, whether and how odd the silence is, when they were due, churn probability
        with its interval. Evidence: `quality` on the days kept aside beside recency alone,
        `calibration` by tenths, and `fitted`.

    Raises
    ------
    MissingDataError
        Nobody has a paid order, or before the two periods of `horizon_days` fewer than 50 customers
        had bought or fewer than 10 of them twice.
    UsageError
        `horizon_days` or `minimum_count` is out of range.

    Limits
    ------
    It knows when customers bought and nothing else. Who bought once has no rhythm and is never
    overdue. It says who, not what would bring them back.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> rows = [(n, day) for n in range(80) for day in range(n % 9, 200 - n, 9 + n % 20)]
    >>> orders = pa.table(
    ...     {
    ...         "order_id": [str(number) for number in range(len(rows))],
    ...         "customer_id": [f"c{who}" for who, _ in rows],
    ...         "ordered_at": [
    ...             f"{date(2025, 1, 1) + timedelta(days=day)} 10:00:00" for _, day in rows
    ...         ],
    ...         "total": [20] * len(rows),
    ...     }
    ... )
    >>> answer = churn(shop_from_tables({"orders": orders}), horizon_days=30)
    >>> answer.table["overdue"].to_pylist()[0], answer.table.num_rows
    (True, 80)
    """
    from shopkeeper.operations.segments import refusals
    from shopkeeper.operations.segments.left_out import who_opted_out
    from shopkeeper.operations.segments.overdue.finding import Plan, answer

    asked = Words("Asked who is overdue.", "要查看谁该来没来。")
    if horizon_days and not 7 <= horizon_days <= 730:
        raise UsageError(
            asked,
            Words(f"horizon_days is {horizon_days}.", f"天数（horizon_days）为 {horizon_days}。"),
            Words(
                "Give 7 to 730, or 0 to choose by the data.", "请给 7 到 730，或给 0 由数据决定。"
            ),
        )
    plan = Plan(
        horizon_days, currency.strip(), shop.settings.least_count(minimum_count),
        who_opted_out(shop, opted_out),
    )  # fmt: skip
    made = answer(shop, plan)
    if made is None:
        raise refusals.nobody(shop, asked, plan.currency)
    if isinstance(made, Answer):
        return made
    raise refusals.too_short(asked, made.days, made.horizon, made.customers, made.again)


def lifetime_value(
    shop: Shop,
    *,
    horizon_days: int = 90,
    covariates: str = "",
    currency: str = "",
    opted_out: str = "",
    minimum_count: int | None = None,
) -> Answer:
    """Say what each customer is expected to buy and to spend, and how right that was before.

    How often is foretold by BG/NBD, how much by Gamma-Gamma, from nothing but when and for how much
    each customer bought; how often also by how they began, where covariates are named. The last `horizon_days` are first kept aside, foretold from what came before
    and held against what happened, beside simpler guesses and boosted trees.

    Parameters
    ----------
    shop
        The shop.
    horizon_days
        Days ahead, 7 to 1,825.
    covariates
        What is known of a customer from the first order on, with commas between them: channel, category,
        discount, country, region, city. Rates of buying and of leaving then differ by them.
    currency
        Orders of this currency count; empty for the one with the most orders.
    opted_out
        Customers with commas between them who must not be profiled, besides those that shop.toml
        names; they are left out altogether.
    minimum_count
        Customers of a group at least, for a mean of it to be shown; the shop's own setting when not
        given.

    Returns
    -------
    Answer
        One row a customer, the most valuable first: historic, predicted and total value, historic and
        predicted number of orders, average order value and days between orders, probability of being
        active and of churn, and expected date of the next order; all but what has been has its interval.
        Evidence: `quality` on the days kept aside beside the same again, last year again and boosted
        trees, `calibration` and `value_calibration` by tenths, `fitted`, and `covariates`: what each of
        their values makes of the rates, with how right it was with and without them in `quality`.

    Raises
    ------
    MissingDataError
        There are fewer than 50 customers with paid orders in the currency, or fewer than 10 of them
        bought twice; or a covariate has no two values of 20 customers each.
    UsageError
        `horizon_days` or `minimum_count` is out of range, or a covariate is unknown.

    Limits
    ------
    Orders of one day are one purchase. What is spent at a time does not depend on covariates. Seasons, prices and campaigns are not known to it. Who never
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
    from shopkeeper.operations.segments import refusals
    from shopkeeper.operations.segments.left_out import who_opted_out
    from shopkeeper.operations.segments.lifetime.covariates import named_covariates
    from shopkeeper.operations.segments.lifetime.finding import answer
    from shopkeeper.operations.segments.lifetime.judging import Plan

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
    plan = Plan(
        horizon_days, currency.strip(), least, shop.settings.seed,
        named_covariates(covariates), who_opted_out(shop, opted_out),
    )  # fmt: skip
    made = answer(shop, plan)
    if isinstance(made, Answer):
        return made
    raise refusals.too_few(made.customers, made.again, made.of, made.others)
