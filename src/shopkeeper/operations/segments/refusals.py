"""What is said where customers cannot be told apart, valued or described: what was found, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopkeeper.errors import MissingDataError
from shopkeeper.operations.behaviour.small_cells import is_small
from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.words import Words, counted

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

NEEDED, NEEDED_AGAIN = 50, 10
"""Customers, and customers who bought again, that the models need at least."""


def how_many(count: int, of: int | None = None) -> Words:
    """Return a number of customers as it may be told; `of` is the number that they are part of.

    Examples
    --------
    >>> [how_many(count).en for count in (0, 7, 1200)]
    ['0', 'fewer than 20', '1,200']
    >>> how_many(25, of=30).en, how_many(25, of=30).zh
    ('all but fewer than 20', '除不足 20 位外都')
    """
    if is_small(count):
        return Words(f"fewer than {LEAST}", f"不足 {LEAST} 位")
    if count and of is not None and is_small(of - count):
        return Words(f"all but fewer than {LEAST}", f"除不足 {LEAST} 位外都")
    return Words(f"{count:,}", f"{count:,} 位")


def nobody(shop: Shop, asked: Words, currency: str) -> MissingDataError:
    """Return the message for a shop in which nobody bought."""
    from shopkeeper.operations.segments.base import known_currencies

    there = [row["currency"] for row in known_currencies(shop) if row["currency"]]
    of = Words(f" in {currency}", f" {currency} ") if currency else Words("", "")
    others = Words("", "")
    if currency and there:
        others = Words(
            f", or choose from {', '.join(there)}", f"，或从 {'、'.join(there)} 中选择币种"
        )
    return MissingDataError(
        asked,
        Words(f"No customer has a paid order{of.en}.", f"没有任何顾客有{of.zh}支付订单。"),
        Words(f"Import orders with customers{others.en}.", f"请导入带顾客编号的订单{others.zh}。"),
    )


def not_there(shop: Shop, asked: Words, currency: str, *, one: bool) -> MissingDataError:
    """Return the message for a card of nobody, or of one customer who is not there."""
    if not one:
        return nobody(shop, asked, currency)
    return MissingDataError(
        asked,
        Words(
            "That customer has no paid order in the currency, or opted out.",
            "该顾客没有该币种的支付订单，或已要求不被画像。",
        ),
        Words("Name a customer as `segment` lists them.", "请使用 `segment` 结果里的顾客编号。"),
    )


def all_small(asked: Words, least: int) -> MissingDataError:
    """Return the message for segments that all are too small to be told."""
    return MissingDataError(
        asked,
        Words(
            f"No segment has {least} customers, or would tell of one that has fewer.",
            f"没有可以给出的分群：都不足 {least} 位顾客，或会透露出不足者的人数。",
        ),
        Words("Import more orders with customers.", "请导入更多带顾客编号的订单。"),
    )


def few_bought(asked: Words, members: int, buyers: int, least: int) -> MissingDataError:
    """Return the message for a segment of whom too few have bought anything."""
    whole, some = how_many(members), how_many(buyers, members)
    return MissingDataError(
        asked,
        Words(
            f"Of {whole.en} customers in the segment {some.en} have a paid order; {least:,} are needed.",
            f"该分群的{_after(whole)}顾客中，{some.zh}有支付订单；至少需要 {least:,} 位。",
        ),
        Words(
            "A card says what customers bought: choose a segment of buyers, or a lower minimum_count.",
            "名片写的是购买情况：请换一个以买家为主的分群，或调低最小计数（minimum_count）。",
        ),
    )


def too_short(
    asked: Words, days: int, horizon: int, customers: int, again: int
) -> MissingDataError:
    """Return the message for purchases too short or too few to learn who leaves."""
    whole, back = how_many(customers), how_many(again, customers)
    before = Words(
        f" Twice {counted(horizon, 'day')} before its end {whole.en} customers had bought, {back.en} of them"
        f" again; {NEEDED} and {NEEDED_AGAIN} are needed.",
        f"在结束前两个 {horizon:,} 天之时，有{_after(whole)}顾客买过，其中{_after(back)}复购；"
        f"至少需要 {NEEDED} 位和 {NEEDED_AGAIN} 位。",
    )
    if not horizon:
        before = Words(" That is too short to learn from.", "这段时间太短，无从学起。")
    return MissingDataError(
        asked,
        Words(
            f"The data covers {counted(days, 'day')}.{before.en}",
            f"数据覆盖 {days:,} 天。{before.zh}",
        ),
        Words(
            "Import orders of a longer time, or look less far ahead with --horizon-days.",
            "请导入更长时间的订单，或用 --horizon-days 缩短天数。",
        ),
    )


def _after(number: Words) -> str:
    """Return a number after a Chinese word, from which a figure stands apart and a word does not."""
    return f" {number.zh}" if number.zh[0].isdigit() else number.zh


def too_few(customers: int, again: int, of: Words, others: Words) -> MissingDataError:
    """Return the message for customers too few to say what they are worth."""
    whole, back = how_many(customers), how_many(again, customers)
    return MissingDataError(
        Words("Asked for the value of customers.", "要估计顾客的未来价值。"),
        Words(
            f"Customers with paid orders{of.en}: {whole.en}, of whom {back.en} bought"
            f" again on another day; {NEEDED} and {NEEDED_AGAIN} are needed.",
            f"{whole.zh}顾客有{of.zh}支付订单，其中{_after(back)}在另一天再次购买；"
            f"至少需要 {NEEDED} 位和 {NEEDED_AGAIN} 位。",
        ),
        Words(
            f"Import more orders with customers{others.en}.",
            f"请导入更多带顾客编号的订单{others.zh}。",
        ),
    )
