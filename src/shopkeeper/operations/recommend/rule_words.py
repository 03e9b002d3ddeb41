"""The words of rules: what they removed, which of them cannot hold here, and what is logged."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pyarrow as pa

from shopkeeper.data.shop import Shop
from shopkeeper.errors import UsageError
from shopkeeper.operations.recommend.rule_names import RULES
from shopkeeper.operations.recommend.rulebook import FILE, Rules
from shopkeeper.operations.recommend.ruling import Ruling
from shopkeeper.operations.recommend.shelf import Shelf
from shopkeeper.operations.recommend.standing import margins
from shopkeeper.operations.recommend.viewer import LOG
from shopkeeper.words import Words, counted

DEFINITIONS = {
    "rule": Words(
        f"A rule of the shop, from {FILE} in its folder or the default. Of several that apply to a product the "
        "first in the table is counted.",
        f"店铺的展示规则，取自店铺文件夹里的规则文件（{FILE}）或默认值。一件商品适用多条时，只计表中靠前的一条。",
    ),
    "products": Words("Different products that the rule covers.", "规则涉及的不同商品数。"),
    "removed": Words(
        "How often the rule took a product away that was ranked before the last one of a list.",
        "规则从各列表中移除商品的次数，只计排在列表最后一件之前的。",
    ),
}
_COLUMNS = {
    "exclude.out_of_stock": ("stock", "库存（stock）"),
    "price.min": ("price", "标价（price）"),
    "price.max": ("price", "标价（price）"),
    "margin.min": ("price and cost", "标价与成本（price、cost）"),
    "most.brand": ("brand", "品牌（brand）"),
    "most.category": ("category", "类目（category）"),
    "most.seller": ("seller_id", "卖家（seller_id）"),
    "exclude.brands": ("brand", "品牌（brand）"),
    "exclude.categories": ("category", "类目（category）"),
    "exclude.sellers": ("seller_id", "卖家（seller_id）"),
    "exclude.own": ("seller_id", "卖家（seller_id）"),
    "boost.brands": ("brand", "品牌（brand）"),
    "boost.categories": ("category", "类目（category）"),
    "boost.sellers": ("seller_id", "卖家（seller_id）"),
    "channels": ("category", "类目（category）"),
}


def removed_sentence(table: pa.Table) -> Iterator[Words]:
    """Yield what the rules removed, every number from the table of rules."""
    if not any(table["removed"].to_pylist()):
        return
    told = [row for row in table.to_pylist() if row["removed"]]
    en = ", ".join(f"{row['removed']:,} {RULES[row['rule']].en}" for row in told)
    zh = "、".join(f"{RULES[row['rule']].zh} {row['removed']:,} 次" for row in told)
    yield Words(f"Rules kept from the lists: {en}.", f"规则从列表中移除：{zh}。")


def rule_limits(
    shop: Shop, rules: Rules, shelf: Shelf, verb_has: frozenset[str]
) -> Iterator[Words]:
    """Yield which rules of the file cannot hold here, or not for every product.

    Parameters
    ----------
    shop
        The shop.
    rules
        The rules.
    shelf
        The products.
    verb_has
        What the verb can look at beyond products: `customer` where it knows whom it answers.
    """
    has = _known(shelf)
    for key in sorted(rules.given & _COLUMNS.keys()):
        en, zh = _COLUMNS[key]
        if not any(has[en]):
            yield Words(
                f"The rule {key} cannot hold: no product has {en}.",
                f"规则 {key} 无法执行：商品都没有{zh}。",
            )
    yield from _in_part(rules, has)
    yield from _of_customers(shop, rules, verb_has)
    yield from _unknown_names(rules, shelf)
    if len(shelf.currencies) > 1 and rules.given & {"price.min", "price.max"}:
        yield Words(
            f"Prices are in several currencies ({', '.join(shelf.currencies)}); the band takes each number as it is.",
            f"标价有多种币种（{'、'.join(shelf.currencies)}），价格区间按数值比较。",
        )


def _known(shelf: Shelf) -> dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    listed = shelf.listed
    return {
        "stock": listed & np.isfinite(shelf.stock),
        "price": listed & np.isfinite(shelf.price),
        "price and cost": listed & np.isfinite(margins(shelf)),
        "brand": listed & (shelf.groups["brand"] >= 0),
        "category": listed & (shelf.groups["category"] >= 0),
        "seller_id": listed & (shelf.groups["seller"] >= 0),
    }


def _in_part(
    rules: Rules, has: dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]
) -> Iterator[Words]:
    """Say of how many products a rule knows nothing; those stay."""
    for key, part in (("price", "price"), ("margin", "price and cost")):
        without = len(has[part]) - int(has[part].sum())
        if any(name.startswith(f"{key}.") for name in rules.given) and 0 < without < len(has[part]):
            _, zh = _COLUMNS[f"{key}.min"]
            yield Words(
                f"The rule {key} knows nothing of {counted(without, 'product')} without {part}; they stay.",
                f"有 {without:,} 件商品没有{zh}，规则 {key} 不适用于它们，仍可展示。",
            )


def _of_customers(shop: Shop, rules: Rules, verb_has: frozenset[str]) -> Iterator[Words]:
    wanted = {name for name in ("bought", "viewed", "in_cart", "own")
              if f"exclude.{name}" in rules.given and name in rules.exclude}  # fmt: skip
    if wanted and "customer" not in verb_has:
        keys = sorted(f"exclude.{name}" for name in wanted)
        yield Words(
            f"Without a customer these rules have nobody to hold for: {', '.join(keys)}.",
            f"未指定顾客，以下规则无从执行：{'、'.join(keys)}。",
        )
        return
    if "in_cart" in wanted and not shop.has("events"):
        yield Words(
            "The rule exclude.in_cart cannot hold: there are no events.",
            "规则 exclude.in_cart 无法执行：没有行为事件。",
        )
    if "bought" in wanted and not shop.has("order_items"):
        yield Words(
            "The rule exclude.bought cannot hold: there are no lines of orders.",
            "规则 exclude.bought 无法执行：没有订单明细。",
        )


def _unknown_names(rules: Rules, shelf: Shelf) -> Iterator[Words]:
    channels = {one for some in rules.channels.values() for one in some}
    named: dict[str, tuple[frozenset[str], Collection[str]]] = {
        "products": (rules.products | frozenset(rules.pinned), shelf.number),
        "brands": (rules.brands, set(shelf.said["brand"])),
        "sellers": (rules.sellers, set(shelf.said["seller"])),
        "categories": (rules.categories | channels, set(shelf.said["category"])),
    }
    for kind, (wanted, there) in named.items():
        asked = wanted.union(rules.boost.get(kind, ()))
        unknown = sorted(name for name in asked if name not in there)
        if unknown:
            shown = unknown[0][:60]
            yield Words(
                f"Rules name {kind} that no product here is of: {len(unknown):,}, such as {shown}.",
                f"规则里有 {len(unknown):,} 个名称在本店商品中找不到，例如 {shown}。",
            )


def pinned_but_out(ruling: Ruling) -> Iterator[Words]:
    """Yield which products the shop pinned and another rule, or the request, keeps out."""
    pinned = ruling.standing.pinned
    for product in pinned[ruling.code[pinned] >= 0].tolist():
        rule = RULES[ruling.names[int(ruling.code[product])]]
        name = ruling.shelf.names[product]
        yield Words(
            f"Pinned but never shown, for another rule forbids it: {name} ({rule.en}).",
            f"已置顶但被其他规则排除：{name}（{rule.zh}）。",
        )


def check_channel(rules: Rules, channel: str, asked: Words) -> None:
    """Refuse a channel of which the rules know nothing.

    Raises
    ------
    UsageError
        The rules name no such channel.
    """
    if not channel or channel in rules.channels:
        return
    there = ", ".join(rules.channels)
    raise UsageError(
        asked,
        Words(
            f"{FILE} names no channel {channel!r}; there are {there}."
            if there
            else f"{FILE} names no channels.",
            f"{FILE} 中没有渠道 {channel}；现有：{there}。"
            if there
            else f"{FILE} 中没有设置渠道。",
        ),
        Words(
            f'Give one of them, or add {channel} = ["a category"] under [channels].',
            f'请使用其中之一，或在 [channels] 下加上 {channel} = ["类目"]。',
        ),
    )


def not_logged(done: bool) -> Iterator[Words]:
    """Yield that the log of lists without personalisation could not be written, where it was so."""
    if not done:
        yield Words(
            f"That lists were made without personalisation could not be written to {LOG}.",
            f"未能把「不作个性化」的记录写入 {LOG}。",
        )
