"""Who and what is left out of every answer about customers, and how that is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from shopkeeper.data import facts
from shopkeeper.data.engines import held_table
from shopkeeper.words import Words, counted

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

_NAMED = 8


def who_opted_out(shop: Shop, given: str = "") -> frozenset[str]:
    """Return the customers who must not be profiled: those of the shop, and those typed with commas.

    Each stands there twice: as it was typed, and as the door calls who is known by a name or an address.
    """
    typed = [one.strip() for one in re.split("[,，、;；]", given) if one.strip()]
    return frozenset(shop.spelt((*shop.settings.opted_out, *typed)))


def left_out(
    shop: Shop, names: frozenset[str], others: Mapping[str, int], stray: int
) -> Iterator[Words]:
    """Yield what is left out: who opted out, orders in other currencies, and orders of wrong dates.

    Parameters
    ----------
    shop
        The shop.
    names
        Who opted out.
    others
        Orders in other currencies, by currency.
    stray
        Orders dated so far from all others that their dates are taken for wrong.
    """
    if names:
        yield _opted_out(shop, names)
    if stray:
        yield Words(
            f"Dated far from all others, taken for wrong and left out: {counted(stray, 'order')}.",
            f"有 {stray:,} 笔订单的日期远离其余，视为日期有误，未计入。",
        )
    if others:
        listed, orders = ", ".join(list(others)[:_NAMED]), sum(others.values())
        yield Words(
            f"{counted(orders, 'order')} in other currencies ({listed}) are not counted.",
            f"另有 {orders:,} 笔其他币种（{'、'.join(list(others)[:_NAMED])}）的订单未计入。",
        )


def _opted_out(shop: Shop, names: frozenset[str]) -> Words:
    """Say how many of the names bought anything: a name with a slip in it protects nobody."""
    out = pa.table({"customer_id": pa.array(sorted(names), pa.string())})
    mine = facts.orders(shop).semi_join(held_table(shop.connection, out), "customer_id")
    buyers, named = int(mine.customer_id.nunique().to_pyarrow().as_py()), len(names) // 2
    strangers = named - buyers
    if not strangers:
        return Words(
            f"Left out altogether, for they opted out: {counted(buyers, 'customer')}.",
            f"{buyers:,} 位要求不被画像的顾客已完全排除。",
        )
    return Words(
        f"Of {counted(named, 'name')} that opted out, {buyers:,} with orders are left out altogether; no orders are"
        f" known of {strangers:,}, so look whether they are spelt as the answers spell customers.",
        f"要求不被画像的 {named:,} 个编号中，{buyers:,} 位有订单，已完全排除；另外 {strangers:,} 个"
        "查无订单，请核对编号写法是否与结果中的一致。",
    )
