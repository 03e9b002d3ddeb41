"""Every business number, defined once: its 口径 in words, its unit, what it needs, its expression.

A metric is two aggregates over one kind of fact (`data/facts.py`): `top` and, for shares and means,
`base`. `measure` computes any number of metrics, overall or by period or by a column, with one query
a grain. Money is never added across currencies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

Unit = Literal["money", "count", "share"]
Grain = Literal["orders", "buyers", "visits", "deliveries", "reviews"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One business number.

    Parameters
    ----------
    name
        Its name in tables.
    title
        Its name in reports.
    definition
        What counts and what does not (口径).
    unit
        `money` (in the currency beside it), `count`, or `share` (0 to 1).
    needs
        What must hold a value: `table.column`, `table.column=value`, alternatives with `|`.
    grain
        The kind of fact that it is counted on.
    top
        The sum or count itself, over the facts.
    base
        What it is divided by; None where it is not divided.
    """

    name: str
    title: Words
    definition: Words
    unit: Unit
    needs: tuple[str, ...]
    grain: Grain
    top: Callable[[ir.Table], ir.Scalar]
    base: Callable[[ir.Table], ir.Scalar] | None = None


_VALUE = ("orders.order_id", "orders.total|order_items.price")
_BACK = (
    "orders.refunded|order_items.refunded|order_items.returned_at|order_items.returned_quantity"
    "|orders.kind=refund|orders.status=refunded"
)
_VISIT = ("events.session_id|events.visitor_id|events.customer_id", "events.name=Product Viewed")
_SENTIMENT = ("reviews.rating|reviews.label|review_sentiment.sentiment",)
_ORDER_VALUE = Words(
    "An order's value is the amount to pay as the platform states it (after discount, with shipping "
    "and tax); where it states none, the sum of quantity × price − discount + freight of its lines",
    "订单金额取平台给出的应付总额（折后，含运费与税）；平台未给出时，为各行 数量 × 单价 − 优惠 + 运费 之和",
)
EVERYWHERE = Words(
    "Days are local days of the shop. Currencies are never added together. Test orders count unless "
    "they were removed before the import; documents that sell nothing (kind adjustment: write-offs, bad "
    "debts) never count.",
    "日期为店铺当地日期；不同币种不相加；测试订单也会计入，除非导入前已剔除；不含销售的调整单（报损、坏账）一律不计。",
)
"""What holds for every number of orders and visits; their definitions end with it."""


def _define(en: str, zh: str) -> Words:
    return Words(f"{en} {EVERYWHERE.en}", f"{zh}{EVERYWHERE.zh}")


def _sentiment_share(sentiment: str, en: str, zh: str) -> Metric:
    return Metric(
        f"{sentiment}_review_share",
        Words(f"Share of {en} reviews", f"{zh}占比"),
        Words(
            f"Reviews that are {en} ÷ reviews that have a sentiment, by the local day of the review. "
            "The sentiment is the shop's own label; where there is none, the stars (1–2 negative, 4–5 "
            "positive, between them neutral); else what review_sentiment reads in the text.",
            f"{zh}数 ÷ 有情感的评价数，按评价当地日期。情感先取店铺自己的标注；"
            "没有时按星级（1–2 星为差评，4–5 星为好评，其间为中评）；再没有时取 review_sentiment 对正文的判读。",
        ),
        "share",
        _SENTIMENT,
        "reviews",
        lambda t: t.count(where=t.sentiment == sentiment),
        lambda t: t.count(where=t.sentiment.notnull()),
    )


METRICS: tuple[Metric, ...] = (
    Metric(
        "gmv",
        Words("GMV", "成交总额（GMV）"),
        _define(
            f"Value of all sale orders placed, whatever became of them: unpaid, cancelled and later "
            f"refunded orders count, refund documents do not. {_ORDER_VALUE.en}. By the day of the order.",
            f"全部销售单的下单金额，不论后来如何：未付款、已取消、后来退款的都计入，退款单不计。"
            f"{_ORDER_VALUE.zh}。按下单日期。",
        ),
        "money",
        _VALUE,
        "orders",
        lambda t: t.value.sum(where=t.sale),
    ),
    Metric(
        "paid",
        Words("Paid", "支付金额"),
        _define(
            "Value of the sale orders that were paid and not cancelled, before refunds. Paid means "
            "a payment time, or a status of paid, shipped, delivered or refunded; an order of which "
            f"neither status nor payment time is known counts as paid. {_ORDER_VALUE.en}. By the day "
            "of the order.",
            "已付款且未取消的销售单金额，未扣退款。有付款时间，或状态为已付款、已发货、已签收、已退款，"
            f"即为已付款；状态与付款时间都不知道的订单视为已付款。{_ORDER_VALUE.zh}。按下单日期。",
        ),
        "money",
        _VALUE,
        "orders",
        lambda t: t.value.sum(where=t.paid),
    ),
    Metric(
        "refunds",
        Words("Refunds", "退款金额"),
        _define(
            "Amount refunded on paid orders, by the day of the order: the larger of the order's and "
            "its lines' refunds; the whole value where the status is refunded and no amount is given. "
            "Where the platform books refunds as documents of their own, their value, by their own day.",
            "已支付订单的退款金额，按下单日期：取订单退款额与各行退款额之和中较大者；状态为已退款而未给金额的，"
            "按订单全额。平台把退款另立单据时，取退款单金额，按退款单日期。",
        ),
        "money",
        (*_VALUE, _BACK),
        "orders",
        lambda t: t.refund.sum(where=t.paid | ~t.sale),
    ),
    Metric(
        "net",
        Words("Net of refunds", "净支付金额（扣退款）"),
        _define(
            "Paid − refunds, each as defined under its own name.",
            "支付金额 − 退款金额，口径各见其条目。",
        ),
        "money",
        (*_VALUE, _BACK),
        "orders",
        lambda t: (
            t.value.sum(where=t.paid).fill_null(0)
            - t.refund.sum(where=t.paid | ~t.sale).fill_null(0)
        ),
    ),
    Metric(
        "orders",
        Words("Orders", "支付订单数"),
        _define(
            "Number of sale orders that were paid and not cancelled (as under paid).",
            "已付款且未取消的销售单数（口径同支付金额）。",
        ),
        "count",
        ("orders.order_id",),
        "orders",
        lambda t: t.count(where=t.paid),
    ),
    Metric(
        "buyers",
        Words("Buyers", "支付买家数"),
        _define(
            "Number of different customers with at least one paid order in the period; orders "
            "without a customer are left out.",
            "期内至少有一笔支付订单的不同顾客数；没有顾客编号的订单不计。",
        ),
        "count",
        ("orders.customer_id",),
        "orders",
        lambda t: t.customer_id.nunique(where=t.paid),
    ),
    Metric(
        "aov",
        Words("Average order value", "笔单价（AOV）"),
        _define(
            "Paid ÷ number of paid orders whose value is known, in one currency; before refunds; per "
            "order, not per buyer.",
            "支付金额 ÷ 金额已知的支付订单数，同一币种；未扣退款；按订单计，不是按买家计的客单价。",
        ),
        "money",
        _VALUE,
        "orders",
        lambda t: t.value.sum(where=t.paid),
        lambda t: t.count(where=t.paid & t.value.notnull()),
    ),
    Metric(
        "repeat_rate",
        Words("Repeat rate", "复购率"),
        _define(
            "Buyers with paid orders on at least two different days of the period ÷ buyers of the "
            "period. Overall, the period is all of the data, so the rate grows with its length.",
            "期内在至少两个不同日期有支付订单的买家数 ÷ 期内支付买家数。总计时以全部数据为一期，因此时间越长越高。",
        ),
        "share",
        ("orders.customer_id",),
        "buyers",
        lambda t: t.count(where=t.days >= 2),
        lambda t: t.count(),
    ),
    Metric(
        "return_rate",
        Words("Return rate", "退货退款率"),
        _define(
            "Paid orders of which something was returned or refunded ÷ paid orders, by the day of the "
            "order. Where the platform books refunds as documents of their own, each document counts "
            "as one returned order on its own day.",
            "有任一商品退货或有退款的支付订单数 ÷ 支付订单数，按下单日期。平台把退款另立单据时，每张退款单按其日期计一笔。",
        ),
        "share",
        ("orders.order_id", _BACK),
        "orders",
        lambda t: t.count(where=t.returned | ~t.sale),
        lambda t: t.count(where=t.paid),
    ),
    Metric(
        "view_to_cart",
        Words("Views → cart", "浏览加购率"),
        _define(
            "Visits with a product view and a product added to the cart ÷ visits with a product view. "
            "A visit is a session; where the source has none, one visitor's local day. It counts on "
            "the day on which it began. Bots are not removed.",
            "有商品浏览且有加购的访问数 ÷ 有商品浏览的访问数。访问即会话；来源没有会话时，为一位访客的一个当地日。"
            "按访问开始日期。未剔除机器流量。",
        ),
        "share",
        (*_VISIT, "events.name=Product Added"),
        "visits",
        lambda t: t.count(where=t.viewed & t.added),
        lambda t: t.count(where=t.viewed),
    ),
    Metric(
        "cart_to_buy",
        Words("Cart → buy", "加购支付转化率"),
        _define(
            "Visits with a product added to the cart and an order completed ÷ visits with a product "
            "added to the cart. Visits as under views → cart.",
            "有加购且有下单完成的访问数 ÷ 有加购的访问数。访问口径同浏览加购率。",
        ),
        "share",
        (*_VISIT, "events.name=Product Added", "events.name=Order Completed"),
        "visits",
        lambda t: t.count(where=t.added & t.bought),
        lambda t: t.count(where=t.added),
    ),
    Metric(
        "conversion",
        Words("Conversion (views → buy)", "浏览支付转化率"),
        _define(
            "Visits with a product view and an order completed ÷ visits with a product view. Visits "
            "as under views → cart.",
            "有商品浏览且有下单完成的访问数 ÷ 有商品浏览的访问数。访问口径同浏览加购率。",
        ),
        "share",
        (*_VISIT, "events.name=Order Completed"),
        "visits",
        lambda t: t.count(where=t.viewed & t.bought),
        lambda t: t.count(where=t.viewed),
    ),
    Metric(
        "late_delivery_rate",
        Words("Late-delivery rate", "延迟送达率"),
        _define(
            "Shipments of paid orders delivered after the promised time ÷ delivered shipments with a "
            "promise, by the day of the order. A promise at local midnight names a day, and all of "
            "that day is in time. What is not delivered is in neither number.",
            "送达晚于承诺时间的包裹数 ÷ 有承诺时间且已送达的包裹数，仅支付订单，按下单日期。承诺时间为当地零点的，"
            "视为承诺到当天，当天送达不算晚。未送达的不计入分子分母。",
        ),
        "share",
        ("shipments.promised_at", "shipments.delivered_at", "orders.order_id"),
        "deliveries",
        lambda t: t.count(where=t.late),
        lambda t: t.count(),
    ),
    _sentiment_share("negative", "negative", "差评"),
    _sentiment_share("neutral", "neutral", "中评"),
    _sentiment_share("positive", "positive", "好评"),
)
BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}
