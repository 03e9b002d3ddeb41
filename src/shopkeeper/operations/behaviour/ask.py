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
    from shopkeeper.data.measure import measure, missing, nothing_measured
    from shopkeeper.data.metrics import METRICS
    from shopkeeper.operations.behaviour.glance import glance

    lacking = missing(shop)
    if len(lacking) == len(METRICS):
        raise MissingDataError(
            Words("Asked for the numbers of the shop.", "要查看店铺的经营数字。"),
            nothing_measured(shop),
            Words("Import an export that holds one of them.", "请导入至少含其中一种的导出文件。"),
        )
    return glance(shop, measure(shop), measure(shop, period=period), lacking, period)


def funnel(
    shop: Shop,
    *,
    steps: str = "",
    order: Literal["ordered", "any"] = "ordered",
    per: Literal["session", "customer"] = "session",
    window_hours: float = 168.0,
    cohort: str = "",
    breakdown: str = "",
    minimum_count: int | None = None,
) -> Answer:
    """Show how many go on from step to step, and where the rest are lost.

    Steps are events, in order or in any order, within a window of time, by session or by customer;
    a cohort is compared with everybody else, and several properties can be counted apart at once.

    Parameters
    ----------
    shop
        The shop.
    steps
        Event names with commas between them, or short ones such as `view,cart,order`; empty for
        those of Product Viewed, Product Added, Checkout Started and Order Completed that the shop has.
    order
        `ordered`: each step comes no earlier than the one before it; `any`: the order is free.
    per
        Whose events belong together: one `session`'s, or one `customer`'s over all sessions.
    window_hours
        Most hours from the first to the last of the events that count together.
    cohort
        A property and its values, such as `device=mobile|tablet`, to compare with all others; or
        segments, such as `segment=rfm:champions|rfm:loyal`, or who is lost in a funnel,
        `segment=funnel_lost(view > cart > order):cart`.
    breakdown
        Properties counted apart, with commas between them: channel, device, product_id, category,
        brand, city, region, country.
    minimum_count
        Below this count no percentage is shown; the shop's own setting when not given. By customer,
        counts of 1 to 19 are not shown whatever it is.

    Returns
    -------
    Answer
        One row a cohort, group and step: count, lost, share of the first step and of the step before,
        each with its interval. Evidence: `difference` of the cohort and all others, `members` (customers by
        the last step that they reached, segments that `retention` and other funnels can read by the
        names that stand there, counted anew), and `parts`.

    Raises
    ------
    MissingDataError
        There are no events of at least two steps, none belongs to anyone, nobody did the first step,
        or nobody who did is in the cohort.
    UsageError
        A step, a property, the cohort, the window or `minimum_count` cannot be understood.

    Limits
    ------
    Where the source names no session, one ends when its visitor pauses for 30 minutes. A property is
    that of the earliest event of the first step that has one. Bots are not removed.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> names = ["Product Viewed", "Order Completed", "Product Viewed"]
    >>> at = ["2025-05-01 10:00:00", "2025-05-01 10:05:00", "2025-05-01 11:00:00"]
    >>> events = pa.table({"name": names, "happened_at": at, "session_id": ["a", "a", "b"]})
    >>> answer = funnel(shop_from_tables({"events": events}), minimum_count=1)
    >>> [(row["step"], row["count"], row["share"]) for row in answer.table.to_pylist()]
    [('Product Viewed', 2, 1.0), ('Order Completed', 1, 0.5)]
    """
    from shopkeeper.operations.behaviour.stepping.finding import answer
    from shopkeeper.operations.behaviour.stepping.plan import make_plan

    plan = make_plan(
        shop,
        steps=steps,
        order=order,
        per=per,
        window_hours=window_hours,
        cohort=cohort,
        breakdown=breakdown,
        least=shop.settings.least_count(minimum_count),
    )
    return answer(shop, plan)


def retention(
    shop: Shop,
    *,
    since: Literal["order", "visit"] = "order",
    returning: Literal["order", "visit"] = "order",
    period: Literal["month", "week"] = "month",
    segment: str = "",
    by: str = "",
    minimum_count: int | None = None,
) -> Answer:
    """Show who comes back, period by period since the first, and what they have brought so far.

    Customers are taken together by the period in which they began; each row says how many of them
    were active so many periods later. Revenue adds up beside it, net of refunds, in each currency.

    Parameters
    ----------
    shop
        The shop.
    since
        What a customer begins with: the first paid `order`, or the first `visit`.
    returning
        What counts as coming back: a paid `order`, or a `visit`.
    period
        Length of a period: a calendar month or an ISO week.
    segment
        Only customers of this segment, beside all others: `set:segment` of a stored answer, such as
        `rfm:loyal`, or who is lost in a funnel, `funnel_lost(view > cart > order):cart`; empty for
        everybody.
    by
        Property by which customers are told apart from their beginning on: channel, country, region,
        city, or device of visits.
    minimum_count
        No cohort of fewer customers is shown, 20 at least; the shop's own setting when not given.

    Returns
    -------
    Answer
        One row a first period and age: customers, returned, share with its interval, and whether
        the period is over. Evidence: `by_age` over all first periods; `revenue` (net, cumulative, and
        per customer with its interval) and `revenue_by_age`, each by currency; `against` of a segment
        and all others, or `by_group`.

    Raises
    ------
    MissingDataError
        There are no paid orders with a customer (or no events with a customer or visitor), no event
        names a customer where visits and orders are asked for together, or dates are too far apart.
    UsageError
        `minimum_count` is below 1, there is no such segment or fewer than 20 are in it, both a segment
        and `by` are given, or `by` is no such property.

    Limits
    ------
    Who bought before the data begins looks new. A second order within the first period is no return.
    A period that the data does not cover has its count and no share. Where 1 to 19 customers came back,
    or brought money, neither is told.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> rows = [(n, "01-03") for n in range(80)] + [(n, "02-28") for n in range(20)]
    >>> orders = pa.table(
    ...     {
    ...         "order_id": [str(number) for number in range(len(rows))],
    ...         "customer_id": [f"顾客{who}" for who, _ in rows],
    ...         "ordered_at": [f"2025-{day} 10:00:00" for _, day in rows],
    ...         "total": [10] * len(rows),
    ...     }
    ... )
    >>> answer = retention(shop_from_tables({"orders": orders}), minimum_count=20)
    >>> [(row["age"], row["customers"], row["share"]) for row in answer.table.to_pylist()]
    [(0, 80, 1.0), (1, 80, 0.25)]
    """
    from shopkeeper.operations.behaviour.returning.finding import Plan, answer
    from shopkeeper.operations.behaviour.returning.groups import told_apart_by
    from shopkeeper.operations.behaviour.small_cells import SMALLEST
    from shopkeeper.operations.behaviour.stepping.dropping import members_of

    least = max(shop.settings.least_count(minimum_count), SMALLEST)
    chosen = told_apart_by(by, since, segment)
    for activity in (since, returning):
        if not shop.has("orders" if activity == "order" else "events"):
            raise _nobody_to_follow(activity)
    members = members_of(shop, segment) if segment.strip() else ()
    made = answer(shop, Plan(since, returning, period, least, segment.strip(), chosen, members))
    if made is None:
        raise _nobody_to_follow(since)
    return made


def sessions(shop: Shop, *, minimum_count: int | None = None) -> Answer:
    """Show how long and how deep sessions are, and how many have an order, by entry and device.

    Parameters
    ----------
    shop
        The shop.
    minimum_count
        No figure of fewer sessions is shown; the shop's own setting when not given.

    Returns
    -------
    Answer
        One row a group (all, by first event, device and channel) and metric: purchase rate, bounce
        rate, events and minutes of a session, each with its interval. Evidence: `lengths`; `chance`: how well a model of the first three events
        tells who will order, beside the rate by entry, on the latest fifth of the sessions; `likely`: how likely
        it held tenths of them to order, and how many did.

    Raises
    ------
    MissingDataError
        There are no events, or none that names its session, visitor or customer.
    UsageError
        `minimum_count` is below 1.

    Limits
    ------
    Where the source names no session, one ends when its visitor pauses for 30 minutes. The time on
    the last page is not recorded. Bots are not removed.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> names = ["Product Viewed", "Order Completed", "Product Viewed"]
    >>> at = ["2025-05-01 10:00:00", "2025-05-01 10:05:00", "2025-05-01 11:00:00"]
    >>> events = pa.table({"name": names, "happened_at": at, "session_id": ["a", "a", "b"]})
    >>> answer = sessions(shop_from_tables({"events": events}), minimum_count=1)
    >>> [(row["metric"], row["value"]) for row in answer.table.to_pylist()][:3]
    [('purchase_rate', 0.5), ('bounce_rate', 0.5), ('events_per_session', 1.5)]
    """
    from shopkeeper.operations.behaviour.visiting.finding import answer

    least = shop.settings.least_count(minimum_count)
    made = answer(shop, least) if shop.has("events") else None
    if made is None:
        raise MissingDataError(
            Words("Asked what becomes of sessions.", "要查看会话概况。"),
            Words(
                "No event names its session, visitor or customer.",
                "没有事件带有会话、访客或顾客编号。",
            ),
            Words("Import events with one of them.", "请导入至少带其中一种编号的事件。"),
        )
    return made


def _nobody_to_follow(activity: str) -> MissingDataError:
    asked = Words("Asked who comes back.", "要查看顾客留存。")
    if activity == "order":
        return MissingDataError(
            asked,
            Words("No paid order names its customer.", "没有带顾客编号的已支付订单。"),
            Words(
                "Import orders with customers, or ask with --since visit --returning visit.",
                "请导入带顾客编号的订单，或改用 --since visit --returning visit。",
            ),
        )
    return MissingDataError(
        asked,
        Words("No event names its customer or visitor.", "没有事件带有顾客或访客编号。"),
        Words("Import events with one of them.", "请导入至少带其中一种编号的事件。"),
    )
