"""Taobao and Tmall seller exports: one file of orders, one of their items (GBK CSV or xlsx).

Cells may be wrapped as `="123"`, led by `'`, or end in 元; `cell` and `amount` undo that. The buyer's
nickname is personal, so a customer is its pseudonym; the item file names no buyer. A paid order that
was closed is refunded, an unpaid one cancelled. A line whose refund succeeded counts as returned when
at least what was paid for it was refunded; the files give no time for it. Of the address only the
province is kept. A line is known by its own number (子订单编号). Products are known by the seller's own code, else by the title.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind, Refusal
from shopkeeper.data.tables import CUSTOMERS, ORDER_ITEMS, ORDERS, PAYMENTS, PRODUCTS, SHIPMENTS
from shopkeeper.words import Words

_CUSTOMER = 'pseudonym("买家会员名")'
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|"
    "四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_REGION = f"""nullif(regexp_extract("收货地址", '^\\W*(?:中国)?\\s*({_PROVINCES})', 1), '')"""
_PRODUCT = 'coalesce(cell("商家编码"), cell("外部系统编号"), cell("标题"))'
# A line keeps its own number in every file; what is no whole number, or too long, gets one made from it.
_LINE = """coalesce(try_cast(cell("子订单编号") AS BIGINT),
    CAST('0x' || left(sha256(cell("子订单编号")), 15) AS BIGINT), 0)"""
_NEGATIVE = Words("a negative amount or quantity", "金额或数量为负")


def _status(paid: str) -> str:
    return f"""CASE WHEN contains("订单状态", '交易成功') THEN 'delivered'
        WHEN contains("订单状态", '交易关闭') AND {paid} IS NOT NULL THEN 'refunded'
        WHEN contains("订单状态", '关闭') THEN 'cancelled'
        WHEN contains("订单状态", '等待买家确认') THEN 'shipped'
        WHEN contains("订单状态", '等待卖家发货') OR contains("订单状态", '买家已付款') THEN 'paid'
        WHEN contains("订单状态", '等待买家付款') THEN 'created' END"""


KINDS = (
    FileKind(
        name="taobao_orders",
        platform="taobao",
        title=Words("Taobao/Tmall orders", "淘宝/天猫订单"),
        required=("订单编号", "买家会员名", "总金额", "订单状态", "订单创建时间", "订单付款时间"),
        optional=(
            "买家应付货款", "买家应付邮费", "买家实际支付金额", "买家实付金额", "退款金额", "买家留言",
            "收货人姓名", "收货地址", "联系电话", "联系手机", "物流单号", "物流公司", "是否手机订单",
        ),
        refusals=(
            Refusal('amount("总金额") < 0 OR amount("退款金额") < 0', _NEGATIVE),
        ),
        grain=Extract(ORDERS, {
            "order_id": '"订单编号"',
            "customer_id": _CUSTOMER,
            "kind": "'sale'",
            "ordered_at": '"订单创建时间"',
            "status": _status('cell("订单付款时间")'),
            "source_status": '"订单状态"',
            "paid_at": '"订单付款时间"',
            "subtotal": '"买家应付货款"',
            "shipping": '"买家应付邮费"',
            "total": '"总金额"',
            "refunded": '"退款金额"',
            "channel": """CASE WHEN contains("是否手机订单", '手机') THEN '手机' END""",
            "region": _REGION,
            "note": '"买家留言"',
        }),
        others=(
            Extract(PAYMENTS, {
                "order_id": '"订单编号"',
                "line": "1",
                "amount": 'coalesce(cell("买家实际支付金额"), cell("买家实付金额"))',
                "paid_at": '"订单付款时间"',
            }, where="""cell("订单付款时间") IS NOT NULL
                AND amount(coalesce(cell("买家实际支付金额"), cell("买家实付金额"))) IS NOT NULL"""),
            Extract(SHIPMENTS, {"order_id": '"订单编号"', "line": "1", "carrier": '"物流公司"'},
                    where='coalesce(cell("物流公司"), cell("物流单号")) IS NOT NULL'),
            Extract(CUSTOMERS, {
                "customer_id": _CUSTOMER,
                "name": '"收货人姓名"',
                "phone": 'coalesce(cell("联系手机"), "联系电话")',
                "address": '"收货地址"',
                "region": _REGION,
                "created_at": '"订单创建时间"',
            }),
        ),
        zone="Asia/Shanghai",
        currency="CNY",
    ),
    FileKind(
        name="taobao_items",
        platform="taobao",
        title=Words("Taobao/Tmall order items", "淘宝/天猫订单商品"),
        required=("子订单编号", "主订单编号", "标题", "价格", "购买数量", "订单状态"),
        optional=(
            "商家编码", "外部系统编号", "商品属性", "买家应付货款", "买家实际支付金额", "退款状态",
            "退款金额", "订单创建时间", "订单付款时间",
        ),
        refusals=(
            Refusal('cell("子订单编号") IS NULL', Words("子订单编号 is empty", "子订单编号 为空")),
            Refusal('whole("购买数量") < 0 OR amount("价格") < 0', _NEGATIVE),
        ),
        grain=Extract(ORDER_ITEMS, {
            "order_id": '"主订单编号"',
            "line": _LINE,
            "product_id": _PRODUCT,
            "title": '"标题"',
            "quantity": '"购买数量"',
            "price": '"价格"',
            "returned_quantity": """CASE WHEN contains("退款状态", '退款成功') AND amount("退款金额")
                >= coalesce(amount("买家实际支付金额"), amount("买家应付货款"), 0) THEN "购买数量" END""",
            "refunded": """CASE WHEN contains("退款状态", '退款成功') THEN "退款金额" END""",
        }),
        others=(
            Extract(ORDERS, {
                "order_id": '"主订单编号"',
                "kind": "'sale'",
                "ordered_at": '"订单创建时间"',
                "status": _status('cell("订单付款时间")'),
                "source_status": '"订单状态"',
                "paid_at": '"订单付款时间"',
            }, where='cell("订单创建时间") IS NOT NULL', weak=True),
            Extract(PRODUCTS, {
                "product_id": _PRODUCT,
                "title": '"标题"',
                "price": '"价格"',
                "attributes": """CASE WHEN cell("商品属性") IS NOT NULL
                    THEN to_json(MAP {'商品属性': cell("商品属性")})::VARCHAR END""",
            }, weak=True),
        ),
        zone="Asia/Shanghai",
        currency="CNY",
    ),
)
