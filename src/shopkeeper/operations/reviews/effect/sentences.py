"""What was found, in sentences; every number stands in a table, and nothing is said to cause."""

from __future__ import annotations

from collections.abc import Iterator

from shopkeeper.operations.reviews.effect.drivers import Driver
from shopkeeper.operations.reviews.effect.matching import Matched
from shopkeeper.operations.reviews.effect.results import Findings
from shopkeeper.words import Words

_SIDES = {
    ("delivery", "late"): Words("Late delivery", "延迟送达"),
    ("delivery", "undelivered"): Words("Orders not delivered", "未送达的订单"),
    ("speed", "slowest quarter on time"): Words(
        "Slow delivery within the promise (the slowest quarter)", "虽未超时但最慢的四分之一配送"
    ),
    ("freight", "highest quarter"): Words(
        "A high freight share (the highest quarter)", "运费占比最高的四分之一订单"
    ),
    ("basket", "several items"): Words("Several items in one order", "一单多件"),
    ("basket", "several sellers"): Words("Several sellers in one order", "一单多卖家"),
    ("price", "lowest fifth"): Words("The lowest fifth of prices", "价格最低的五分之一"),
    ("price", "highest fifth"): Words("The highest fifth of prices", "价格最高的五分之一"),
}
_OUTCOMES = {
    "repeat_90d": Words("another order within 90 days", "90 天内再次下单"),
    "returned": Words("a return after the review", "评价后退货"),
    "spend_90d": Words("spend within 90 days", "90 天内消费额"),
    "view_to_cart": Words("a view leading to the cart", "浏览后加购"),
    "view_to_buy": Words("a view leading to a purchase", "浏览后购买"),
}
OUTCOME_WORDS = _OUTCOMES | {
    "conversion": Words("buys per view in burst weeks", "差评集中期的每次浏览购买数")
}


def sentences(findings: Findings) -> Iterator[Words]:
    """Yield the summary: first the two strongest reasons of different kinds, then what goes with it."""
    for driver in leading(findings.drivers):
        yield _driver(driver)
    for outcome, found in findings.writers.items():
        if findings.shown(found):
            yield _writer(outcome, found, findings.unit(outcome))
    for outcome, found in findings.visitors.items():
        if findings.shown(found):
            yield _visitor(outcome, found)
    panel = findings.panel
    if panel is not None and findings.panel_shown():
        value, low, high = _points(panel.difference, panel.low, panel.high)
        yield Words(
            f"The six weeks after a burst of bad reviews are associated with a change of {value} "
            f"percentage points in buys per view (95 % interval {low} to {high}; "
            f"{panel.products} products, {panel.weeks} product weeks, product and week effects "
            "held fixed).",
            f"差评集中出现后的六周里，每次浏览的购买数变化 {value} 个百分点（95% 区间 {low} 至 {high}；"
            f"{panel.products} 个商品、{panel.weeks} 个商品周，已控制商品与周固定效应；相关，不是因果）。",
        )
    yield _source(findings)


def leading(drivers: list[Driver]) -> list[Driver]:
    """Return the two reasons of different kinds that amount to most, of those that stand."""
    kept: list[Driver] = []
    for driver in drivers:
        if (
            driver.sure
            and driver.found.low > 0
            and all(driver.reason.kind != one.reason.kind for one in kept)
        ):
            kept.append(driver)
    return kept[:2]


def side(driver: Driver) -> Words:
    """Return the words for the side of a reason that has more bad reviews."""
    return reason_words(driver.reason.kind, driver.reason.level)


def reason_words(kind: str, level: str) -> Words:
    """Return the words for one side of a reason, as the table `drivers` names it.

    Examples
    --------
    >>> reason_words("delivery", "late").zh
    '延迟送达'
    """
    known = _SIDES.get((kind, level))
    if known is not None:
        return known
    if kind == "category":
        return Words(f"Category {level}", f"类目“{level}”")
    return Words(f"Seller {level}", f"卖家“{level}”")


def _driver(driver: Driver) -> Words:
    found, name = driver.found, side(driver)
    value, low, high = (
        f"{number * 100:.1f}" for number in (found.difference, found.low, found.high)
    )
    share, count = f"{driver.share * 100:.1f}", f"{found.matched_n:,}"
    return Words(
        f"{name.en} is associated with {value} percentage points more negative reviews than "
        f"comparable orders have (95 % interval {low} to {high}; {count} matched reviews); the "
        f"difference amounts to {share} % of the negative reviews of orders.",
        f"{name.zh}：差评率比可比订单高 {value} 个百分点（95% 区间 {low} 至 {high}；"
        f"匹配 {count} 条评价），高出的部分相当于有订单的差评的 {share}%；这是相关，不是因果。",
    )


def _writer(outcome: str, found: Matched, unit: str) -> Words:
    name, count = _OUTCOMES[outcome], f"{found.matched_n:,}"
    total = f"{found.exposed_n:,}"
    if unit == "share":
        value, low, high = _points(found.difference, found.low, found.high)
        amount = Words(f"{value} percentage points", f"{value} 个百分点")
    else:
        value, low, high = (
            f"{number:+,.2f}" for number in (found.difference, found.low, found.high)
        )
        amount = Words(f"{unit} {value}".strip(), f"{value} {unit}".strip())
    return Words(
        f"For those who wrote it, a negative instead of a positive review is associated with "
        f"a difference of {amount.en} in {name.en} (95 % interval {low} to {high}; {count} of {total} negative "
        "reviews matched).",
        f"写差评的顾客与情况相近、写好评的顾客相比，“{name.zh}”相差 {amount.zh}"
        f"（95% 区间 {low} 至 {high}；{total} 条差评中匹配 {count} 条；相关，不是因果）。",
    )


def _visitor(outcome: str, found: Matched) -> Words:
    name, count = _OUTCOMES[outcome], f"{found.matched_n:,}"
    value, low, high = _points(found.difference, found.low, found.high)
    return Words(
        f"For visitors, a product whose latest review is negative instead of positive is associated "
        f"with a difference of {value} percentage points in {name.en} (95 % interval {low} to {high}; {count} "
        "matched views of the same products).",
        f"访客看到的最近一条评价是差评时，与同一商品最近一条是好评时相比，“{name.zh}”相差 {value} 个百分点"
        f"（95% 区间 {low} 至 {high}；匹配浏览 {count} 次；相关，不是因果）。",
    )


def _source(findings: Findings) -> Words:
    names = {
        "text": Words("read from the text", "读自正文"),
        "label": Words("the shop's own label", "店铺标注"),
        "stars": Words("from the stars", "来自星级"),
    }
    parts = [(names[origin], f"{count:,}") for origin, count in findings.origins.items()]
    return Words(
        f"Sentiment of the reviews: {'; '.join(f'{n.en} {c}' for n, c in parts)}.",
        f"评价情感的来源：{'；'.join(f'{n.zh} {c} 条' for n, c in parts)}。",
    )


def _points(*values: float) -> tuple[str, ...]:
    """Return shares as signed percentage points."""
    return tuple(f"{value * 100:+.1f}" for value in values)
