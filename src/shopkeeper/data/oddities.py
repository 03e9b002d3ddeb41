"""Laws that no row breaks by itself: only the whole table tells what is odd in it.

What is usual is read from the data: the days on which nearly everything is dated, the order in which
events of a session follow each other, the sign that totals have.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

import ibis

from shopkeeper.data.currencies import AMBIGUOUS, CODES
from shopkeeper.data.law import Law
from shopkeeper.data.shop import Shop
from shopkeeper.data.tables import BY_NAME
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

_STRAY_DAYS, _STRAY_SHARE, _ENOUGH = 90, 0.01, 20
"""What is dated more than so many days from everything else, and is at most such a share of all, has a
wrong date; a single one is so among `_ENOUGH` already."""
_NO_PAUSE_DAYS = 3650
"""No shop pauses so long: what is dated before or after such a gap is wrong even where it is many rows."""
_BACKWARDS, _LEAST_SESSIONS = 0.2, 10
"""Share of sessions from which the clock of events is doubted, and how many it takes."""
_NAMED, _LONGEST_CODE = 5, 12
_SIGNS = {sign for signs, _ in AMBIGUOUS for sign in signs}
_STATE = Words(
    "; $ and ¥ are read once shop.toml states the currency and the files are imported again",
    "；在 shop.toml 里写明币种并重新导入后，即可识别 $ 与 ¥",
)


def usual_days(days: Sequence[tuple[date, int]]) -> tuple[date, date]:
    """Return the first and the last day of those on which nearly everything is dated.

    Parameters
    ----------
    days
        Each day on which something is dated, in order, and how much.

    Examples
    --------
    >>> days = [(date(1970, 1, 1), 40), (date(2025, 5, 1), 90), (date(2025, 5, 2), 1)]
    >>> [str(day) for day in usual_days(days)]
    ['2025-05-01', '2025-05-02']
    """
    turned = [(day, rows) for day, rows in reversed(days)]
    return days[_start(days)][0], turned[_start(turned)][0]


def _start(days: Sequence[tuple[date, int]]) -> int:
    """Return the place of the first day that is not far from the rest, seen from either end."""
    whole = sum(rows for _, rows in days)
    allowed = max(int(_STRAY_SHARE * whole), int(whole >= _ENOUGH))
    start, passed = 0, list(accumulate(rows for _, rows in days))
    for place in range(1, len(days)):
        gap, before = abs((days[place][0] - days[place - 1][0]).days), passed[place - 1]
        few = gap > _STRAY_DAYS and before <= allowed
        if few or (gap > _NO_PAUSE_DAYS and 2 * before < whole):
            start = place
    return start


def _dates(table: str, en: str, zh: str, corrupts: tuple[str, ...]) -> Law:
    time = str(BY_NAME[table].time)

    def usual(shop: Shop) -> tuple[date, date] | None:
        rows = shop.table(table)
        counted = rows.group_by(on=rows[time].date()).aggregate(rows=rows.count())
        found = counted.filter(counted.on.notnull()).order_by("on").to_pyarrow().to_pylist()
        days = [(row["on"], row["rows"]) for row in found]
        return usual_days(days) if days else None

    def broken(shop: Shop) -> ir.Table:
        rows, ends = shop.table(table), usual(shop)
        if ends is None:
            return rows.filter(ibis.literal(False))
        on = rows[time].date()
        return rows.filter((on < ends[0]) | (on > ends[1]))

    def told(shop: Shop) -> Words:
        ends = usual(shop)
        if ends is None:
            return Words("", "")
        first, last = ends
        return Words(
            f", which run from {first} to {last}; wrong by them: {en}",
            f"（其余都在 {first} 至 {last}）；因此不准的有：{zh}",
        )

    title = Words("dates far from all others", "日期远离其他所有行")
    return Law(f"{table}.stray_date", title, (table,), broken, corrupts, told)


def _currencies(table: str, corrupts: tuple[str, ...] = ()) -> Law:
    def broken(shop: Shop) -> ir.Table:
        rows = shop.table(table)
        return rows.filter(rows.currency.notnull() & rows.currency.notin(sorted(CODES)))

    def told(shop: Shop) -> Words:
        rows = broken(shop)
        counts = rows.group_by("currency").aggregate(rows=rows.count()).to_pyarrow().to_pylist()
        counts.sort(key=lambda row: (-row["rows"], row["currency"]))
        named = [f"{row['currency'][:_LONGEST_CODE]} ({row['rows']:,})" for row in counts[:_NAMED]]
        more = len(counts) - len(named)
        en, zh = ", ".join(named), "、".join(named).replace(" (", "（").replace(")", " 行）")
        advice = _STATE if any(row["currency"] in _SIGNS for row in counts) else Words("", "")
        return Words(
            f": {en}{f' and {more:,} more' if more else ''}; such amounts stand apart from all others{advice.en}",
            f"：{zh}{f'，另有 {more:,} 种' if more else ''}；这些金额不与其他金额相加{advice.zh}",
        )

    title = Words("currencies that ISO 4217 does not have", "币种不是 ISO 4217 代码")
    return Law(f"{table}.unknown_currency", title, (table,), broken, corrupts, told)


def _sales(shop: Shop) -> ir.Table:
    return shop.orders.filter(lambda t: (t.kind.fill_null("sale") == "sale") & t.total.notnull())


def _negative(shop: Shop) -> ir.Table:
    return _sales(shop).filter(lambda t: t.total < 0)


def _negative_told(shop: Shop) -> Words:
    negative, sales = (
        int(rows.count().to_pyarrow().as_py()) for rows in (_negative(shop), _sales(shop))
    )
    if negative == sales:
        return Words(
            ", every one of them: the file may write amounts with the opposite sign",
            "，且全部如此：导出文件的金额正负号可能相反",
        )
    return Words(
        f" ({negative:,} of {sales:,}); refunds belong in documents of the kind refund",
        f"（{sales:,} 单中 {negative:,} 单）；退款应记为退款单（refund）",
    )


def _sessions(shop: Shop) -> ir.Table:
    """Return the sessions with an order and a product seen or put into the cart: when each came first."""
    looks = ("Product Viewed", "Product Added")
    events = shop.events.filter(
        lambda t: t.session_id.notnull() & t.name.isin(("Order Completed", *looks))
    )
    ordered = events.name == "Order Completed"
    first = events.group_by("session_id").aggregate(
        ordered=events.happened_at.min(where=ordered), looked=events.happened_at.min(where=~ordered)
    )
    return first.filter(first.ordered.notnull() & first.looked.notnull())


def _backwards(shop: Shop) -> tuple[int, int]:
    """Return how many sessions begin with the order, and how many hold both."""
    first = _sessions(shop)
    found = first.aggregate(
        backwards=first.count(where=first.ordered < first.looked), both=first.count()
    )
    row = found.to_pyarrow().to_pylist()[0]
    return int(row["backwards"]), int(row["both"])


def _orders_first(shop: Shop) -> ir.Table:
    completed = shop.events.filter(lambda t: t.name == "Order Completed")
    backwards, both = _backwards(shop)
    if both < _LEAST_SESSIONS or backwards < _BACKWARDS * both:
        # A few sessions are cut in two by a login or by midnight.
        return completed.filter(ibis.literal(False))
    first = _sessions(shop)
    return completed.semi_join(first.filter(first.ordered < first.looked), "session_id")


def _orders_first_told(shop: Shop) -> Words:
    backwards, both = _backwards(shop)
    return Words(
        f" in {backwards:,} of {both:,} sessions that hold both, as if the clock ran backwards; wrong by it: "
        "funnel, paths and sessions",
        f"：同时有两者的 {both:,} 个会话中有 {backwards:,} 个，时间像是倒着走；因此不准的有：转化漏斗、访客路径与会话",
    )


_MONEY = ("gmv", "paid", "net", "aov")

ODDITIES: tuple[Law, ...] = (
    _currencies("orders", _MONEY),
    _currencies("order_items", _MONEY),
    _currencies("payments"),
    _currencies("products"),
    _currencies("events"),
    _currencies("campaigns"),
    Law(
        "orders.negative_total",
        Words("sale orders with a negative total", "总额为负的销售单"),
        ("orders",),
        _negative,
        _MONEY,
        _negative_told,
    ),
    _dates(
        "orders",
        "numbers by period, explained changes, retention, churn and lifetime value",
        "各期指标、变化解释、留存、流失与未来价值",
        ("gmv", "paid", "net", "orders"),
    ),
    _dates(
        "events",
        "visits by period, sessions and retention",
        "各期访问、会话与留存",
        ("conversion",),
    ),
    _dates("reviews", "reviews by period and topics that change", "各期评价与话题变化", ()),
    _dates("searches", "searches by period", "各期搜索", ()),
    Law(
        "events.ordered_before_seen",
        Words(
            "Order Completed before any Product Viewed or Product Added",
            "下单（Order Completed）早于任何浏览或加购",
        ),
        ("events",),
        _orders_first,
        (),
        _orders_first_told,
    ),
)
