"""What the answer of `explain_change` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shopkeeper.operations.behaviour.accounting.rows import Metric
from shopkeeper.operations.behaviour.accounting.said import READ
from shopkeeper.operations.behaviour.accounting.spans import told
from shopkeeper.operations.behaviour.vocabulary import PROPERTIES
from shopkeeper.words import Words, counted

if TYPE_CHECKING:
    from shopkeeper.operations.behaviour.accounting.plan import Plan

Row = dict[str, Any]

_CALLED: dict[Metric, Words] = {
    "net": Words("net revenue", "净额"),
    "paid": Words("paid revenue", "支付金额"),
    "orders": Words("paid orders", "支付订单数"),
    "aov": Words("average order value", "客单价"),
    "conversion": Words("conversion of visits", "访问转化率"),
}
TITLES = {
    name: Words(f"Why {words.en} changed", f"{words.zh}为何变化") for name, words in _CALLED.items()
}
REST, WHOLE = Words("everything else", "其余"), Words("the whole shop", "全店")
NOT_TOLD = Words("not told", "未注明")
_TOLD = 3
DEFINITIONS = {
    "slice": Words(
        "A part of the shop that changed far beyond its share of the whole change, without the parts named above "
        "it; with everything else they add up to the whole.",
        "变化远超其占比的一部分，不含列在它前面的各部分；连同“其余”加起来正好是全店。",
    ),
    "change": Words(
        "After less before. Of a rate, what the part adds to the change of the whole rate: mix + rate.",
        "后一期减前一期。比率指标为该部分对整体比率变化的贡献：结构 + 比率。",
    ),
    "volume": Words(
        "What more or fewer units in all would have changed, shares and prices alike (Shapley's value of total "
        "units, share and price).",
        "仅总件数变化、占比与单价不变时的影响（总件数、占比、单价的 Shapley 值）。",
    ),
    "mix": Words(
        "What another share of the slice would have changed (of a rate: against the whole rate). New and gone "
        "slices are all mix.",
        "仅该部分占比变化的影响（比率指标以整体比率为基准）；新出现与消失的部分全部计入此项。",
    ),
    "price": Words(
        "What another value of a unit would have changed; discount and freight of a line count.",
        "仅单件金额变化的影响，含该行的优惠与运费。",
    ),
    "other": Words(
        "What has no units: shipping and tax of orders, differences between an order and its lines, and refunds.",
        "没有件数的部分：订单运费与税、订单与明细的差额、退款。",
    ),
    "rate": Words(
        "What another rate within the slice would have changed.", "仅该部分自身比率变化的影响。"
    ),
    "share_of_change": Words("Change ÷ change of the whole.", "变化 ÷ 全店变化。"),
    "low": Words(
        "Lower end of the 95 % interval of the change or effect: orders (or visits) are taken as drawn by chance,"
        " and in the tree and among gains and losses customers are.",
        "变化（或影响）的 95% 区间下限：订单（或访问）视为随机出现；收入树与顾客增减以顾客为随机单位。",
    ),
    "high": Words("Upper end of that interval.", "该区间的上限。"),
    "effect": Words(
        "Part of the change of paid revenue that goes with the factor (logarithmic mean Divisia index; what rounding leaves "
        "goes to the last one).",
        "支付金额变化中该因素对应的部分（对数平均迪氏指数 LMDI；舍入余数计入最后一项）。",
    ),
    "p": Words(
        "Chance of so many mentions after, were they no oftener (hypergeometric, corrected for all terms "
        "of the texts that could have been told: Tarone 1990).",
        "若提及并未变多，后一期仍出现这么多的概率（超几何分布，按文本中所有可能入选的词做 Tarone 校正）。",
    ),
}


def slice_words(
    named: Mapping[str, str], called: Mapping[tuple[str, str], Words], *, bare: bool = False
) -> Words:
    """Return what a slice is called.

    Parameters
    ----------
    named
        Dimension → value, empty where it is not told.
    called
        Dimension and value → what the value is called, where it is not by itself.
    bare
        Without the dimensions.

    Examples
    --------
    >>> slice_words({"device": "app", "category": ""}, {}).en
    'device: app · category: not told'
    """
    parts = []
    for name, value in named.items():
        words = called.get((name, value), Words(value, value)) if value else NOT_TOLD
        head = PROPERTIES[name]
        parts.append(words if bare else Words(f"{head.en}: {words.en}", f"{head.zh}：{words.zh}"))
    return Words(" · ".join(one.en for one in parts), " · ".join(one.zh for one in parts))


def sentences(
    rows: list[Row], evidence: dict[str, list[Row]], plan: Plan, *, has_lines: bool
) -> Iterator[Words]:
    """Yield what a shopkeeper should know first; without lines of orders no effect is known."""
    whole, called = rows[-1], _CALLED[plan.metric]
    before, after = (_amount(whole[name], plan) for name in ("before", "after"))
    change, low, high = (_change(whole[name], plan) for name in ("change", "low", "high"))
    yield Words(
        f"From {told(plan.before)} to {told(plan.after)}, {called.en} went from {before} to {after}: {change.en} "
        f"(95 % interval {low.en} to {high.en}).",
        f"从 {told(plan.before)} 到 {told(plan.after)}，{called.zh}由 {before} 变为 {after}，变化 {change.zh}"
        f"（95% 区间 {low.zh} 至 {high.zh}）。",
    )
    if has_lines or plan.unit != "money":
        yield _effects(whole, plan)
    left = Words("", "")
    for row in [row for row in rows if row["kind"] == "slice"][:_TOLD]:
        one = _change(row["change"], plan)
        sure = not row["low"] <= 0 <= row["high"]
        yield Words(
            f"{row['slice_en']}{left.en}: {one.en}"
            + ("." if sure else ", within what chance does."),
            f"{row['slice_zh']}{left.zh}：{one.zh}" + ("。" if sure else "，仍在偶然范围内。"),
        )
        left = Words(" (what is left of it)", "（除上述之外）")
    yield from _known(evidence)
    yield from _said(evidence, {row["slice_en"]: row["slice_zh"] for row in rows})


def _effects(whole: Row, plan: Plan) -> Words:
    names = (
        {"mix": Words("mix", "结构"), "rate": Words("rates within", "自身比率")}
        if plan.is_rate
        else {"volume": Words("volume", "数量"), "mix": Words("mix", "结构")}
        if plan.unit == "count"
        else {
            "volume": Words("volume", "数量"), "mix": Words("mix", "结构"),
            "price": Words("price", "价格"), "other": Words("refunds, shipping, tax and other", "退款、运费、税及其他"),
        }
    )  # fmt: skip
    parts = [(words, _change(whole[name], plan)) for name, words in names.items()]
    return Words(
        "Of it " + ", ".join(f"{words.en} {part.en}" for words, part in parts) + ".",
        "其中" + "，".join(f"{words.zh} {part.zh}" for words, part in parts) + "。",
    )


def _known(evidence: dict[str, list[Row]]) -> Iterator[Words]:
    kinds = {
        "campaign": ("campaign", "campaigns", "营销活动", "场"),
        "price": ("price change", "price changes", "价格变动", "次"),
        "sold_out": ("product now out of stock", "products now out of stock", "已缺货商品", "件"),
        "stopped_selling": ("product that stopped selling", "products that stopped selling", "停售商品", "件"),
        "broken_week": ("week in which orders were not tracked", "weeks in which orders were not tracked", "下单埋点异常的周", "个"),
        "no_orders": ("day without an order", "days without an order", "没有订单的日子", "天"),
    }  # fmt: skip
    there = [row["kind"] for row in evidence["known"]]
    listed = [(there.count(kind), *words) for kind, words in kinds.items() if kind in there]
    if listed:
        yield Words(
            f"Known of these days: {', '.join(counted(n, one, many) for n, one, many, _, _ in listed)}.",
            f"这段时间已知：{'，'.join(f'{zh} {n} {unit}' for n, _, _, zh, unit in listed)}。",
        )
    for row in [row for row in evidence["known"] if row["kind"] == "broken_week"][:1]:
        after, before = f"{row['after']:.1%}", f"{row['before']:.1%}"
        yield Words(
            f"In the week of {row['from']} only {after} of the orders have their event, usually {before}: conversion of "
            "that week is measured too low.",
            f"{row['from']} 那一周只有 {after} 的订单有下单事件（平时 {before}），该周转化率被低估。",
        )


def _said(evidence: dict[str, list[Row]], chinese: Mapping[str, str]) -> Iterator[Words]:
    for row in evidence["said"][:2]:
        where = Words(row["slice"], chinese[row["slice"]])
        source = {"reviews": Words("Reviews", "评价"), "messages": Words("Messages", "消息")}[
            row["source"]
        ]
        yield Words(
            f"{source.en} of {where.en} now say “{row['term']}”: {counted(row['texts_after'], 'text')} "
            f"of {row['all_after']:,}, before {row['texts_before']:,} of {row['all_before']:,}.",
            f"{source.zh}（{where.zh}）新提到“{row['term']}”：{row['all_after']:,} 条中 {row['texts_after']:,} 条，"
            f"此前 {row['all_before']:,} 条中 {row['texts_before']:,} 条。",
        )


def _amount(value: Any, plan: Plan) -> str:
    if plan.unit == "share":
        return f"{float(value or 0):.2%}"
    number = f"{float(value or 0):,.{0 if plan.unit == 'count' else 2}f}"
    return f"{plan.currency} {number}".strip() if plan.unit == "money" else number


def _change(value: Any, plan: Plan) -> Words:
    share, digits = plan.unit == "share", 0 if plan.unit == "count" else 2
    # Adding zero takes the sign from what is rounded to nothing.
    number = round(float(value or 0) * (100 if share else 1), digits) + 0.0
    text = f"{number:+,.{digits}f}"
    if share:
        return Words(f"{text} points", f"{text} 个百分点")
    text = f"{plan.currency} {text}".strip() if plan.unit == "money" else text
    return Words(text, text)


def limits(plan: Plan, *, texts_left_out: bool, has_lines: bool) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words(
            "It says where the change lies, not what caused it; known events stand beside it.",
            "只说明变化发生在哪里，不说明原因；已知事件仅供对照。",
        )
    ]
    if plan.metric != "conversion":
        said.append(
            Words(
                "The device of an order is that of its event; where there is none, it is not told.",
                "订单的设备取自其下单事件；没有事件时为未注明。",
            )
        )
    if plan.unit == "money" and not has_lines:
        said.append(
            Words(
                "The shop has no lines of orders, so volume, mix and price are not told apart: all of the change stands under"
                " refunds, shipping, tax and other.",
                "店里没有订单明细，无法区分数量、结构与价格：全部变化都列在“其他”（退款、运费、税等）。",
            )
        )
    if texts_left_out:
        said.append(
            Words(
                f"Of reviews and of messages only the newest {READ:,} of each period were read.",
                f"评价与消息各只读取了每期最新的 {READ:,} 条。",
            )
        )
    if plan.others:
        listed = ", ".join(name or "–" for name in plan.others)
        said.append(
            Words(
                f"Only orders in {plan.currency or 'the shop’s own currency'} count; left out: {listed}.",
                f"只计 {plan.currency or '本店币种'} 订单；未计入：{listed}。",
            )
        )
    short = [
        told(span)
        for span in (plan.before, plan.after)
        if span[0] < plan.first or span[1] > plan.last
    ]
    if short:
        said.append(
            Words(
                f"Not covered by the data to its end: {', '.join(short)}.",
                f"数据未覆盖完整：{'、'.join(short)}。",
            )
        )
    lengths = [(span[1] - span[0]).days + 1 for span in (plan.before, plan.after)]
    if lengths[0] != lengths[1]:
        said.append(
            Words(
                f"The periods have {lengths[0]} and {lengths[1]} days; sums are not brought to one length.",
                f"两期分别为 {lengths[0]} 天与 {lengths[1]} 天，总额未按天数折算。",
            )
        )
    return tuple(said)
