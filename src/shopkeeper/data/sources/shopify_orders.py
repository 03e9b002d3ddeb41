"""Shopify's order export: one row a line item, the order's own cells only on its first row.

Rows belong together by `Name`; a first row is one that fills the order's own cells (status, amounts,
currency), so two exports pasted together are duplicates and not double sales. Some exports repeat the
e-mail and the time on every line, some the whole order. The file has no product and no customer id:
products are joined on the SKU (the line item's name where there is none), customers on the e-mail
address (the phone number where there is none), as a pseudonym. Test orders are rejected. The export
gives the amount of a refund but not its time. `fulfilled` means handed to the carrier; nothing in
the file says that it arrived.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind, Refusal
from shopkeeper.data.tables import CUSTOMERS, ORDER_ITEMS, ORDERS, PAYMENTS, PRODUCTS, SHIPMENTS
from shopkeeper.words import Words

CUSTOMER = 'pseudonym(coalesce(cell("Email"), cell("Phone")))'
_ORDER_CELLS = (
    "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing",
    "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount",
    "Created at", "Billing Name", "Shipping Name", "Shipping Address1", "Shipping City",
    "Shipping Zip", "Shipping Province", "Shipping Country", "Notes", "Cancelled at",
    "Payment Method", "Refunded Amount", "Source", "Phone", "Tags",
)  # fmt: skip
_FILLED = ",\n    ".join(
    f'first_value(cell("{name}") IGNORE NULLS) OVER whole AS "{name}"' for name in _ORDER_CELLS
)
# How many of the cells that stand on an order's first row this row fills. Some exports repeat the time
# or the currency on every line, so one of them alone says nothing.
_SCORE = " + ".join(
    f'(cell("{name}") IS NOT NULL)::INT'
    for name in ("Financial Status", "Currency", "Subtotal", "Total", "Created at")
)
_LINE = """concat_ws(chr(31), "Lineitem name", "Lineitem sku", "Lineitem price")"""
# A block begins with a row as full as the order's fullest; a copy of the order begins one of its own.
# Where no row of the file is less full, each line repeats the order, and its first line tells a copy.
_ROWS = f"""
SELECT * EXCLUDE (_score, _top, _first) REPLACE (
    {_FILLED}),
    row_number() OVER (PARTITION BY "Name", _block ORDER BY _row) AS _position
FROM (SELECT *, count(CASE WHEN _score > 0 AND _score = _top
        AND ((SELECT bool_or(_score < _top) FROM scored) OR {_LINE} = _first) THEN 1 END)
        OVER (PARTITION BY "Name" ORDER BY _row) AS _block
    FROM scored)
WINDOW whole AS (PARTITION BY "Name", _block ORDER BY _row
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"""
_ROWS = f"""SELECT * FROM (WITH scored AS (SELECT *, max(_score) OVER (PARTITION BY "Name") AS _top,
    first_value({_LINE}) OVER (PARTITION BY "Name" ORDER BY _row) AS _first
    FROM (SELECT *, {_SCORE} AS _score FROM file)) {_ROWS})"""
_STATUS = """CASE WHEN cell("Cancelled at") IS NOT NULL THEN 'cancelled'
    WHEN lower("Financial Status") = 'refunded' THEN 'refunded'
    WHEN lower("Financial Status") = 'voided' THEN 'cancelled'
    WHEN lower("Fulfillment Status") IN ('fulfilled', 'partial') THEN 'shipped'
    WHEN lower("Financial Status") IN ('paid', 'partially_refunded') THEN 'paid'
    ELSE 'created' END"""
_PRODUCT = 'coalesce(cell("Lineitem sku"), cell("Lineitem name"))'

KINDS = (
    FileKind(
        name="shopify_orders",
        platform="shopify",
        title=Words("Shopify orders", "Shopify 订单"),
        required=(
            "Name", "Email", "Financial Status", "Fulfillment Status", "Currency", "Subtotal",
            "Shipping", "Taxes", "Total", "Created at", "Lineitem quantity", "Lineitem name",
            "Lineitem price",
        ),
        optional=tuple(
            name
            for name in (*_ORDER_CELLS, "Lineitem sku", "Lineitem discount", "Vendor")
            if name not in {
                "Email", "Financial Status", "Fulfillment Status", "Currency", "Subtotal", "Shipping",
                "Taxes", "Total", "Created at",
            }
        ),
        rows=_ROWS,
        refusals=(
            Refusal(
                """contains(lower("Payment Method"), 'bogus')
                OR list_contains(string_split_regex(lower("Tags"), '\\s*,\\s*'), 'test')""",
                Words("a test order", "测试订单"),
            ),
            Refusal('whole("Lineitem quantity") < 0', Words("a negative quantity", "数量为负")),
        ),
        grain=Extract(ORDER_ITEMS, {
            "order_id": '"Name"',
            "line": "_position",
            "product_id": _PRODUCT,
            "title": '"Lineitem name"',
            "quantity": '"Lineitem quantity"',
            "price": '"Lineitem price"',
            "discount": '"Lineitem discount"',
            "currency": '"Currency"',
        }, by_place=True),
        others=(
            Extract(ORDERS, {
                "order_id": '"Name"',
                "customer_id": CUSTOMER,
                "kind": "'sale'",
                "ordered_at": '"Created at"',
                "status": _STATUS,
                "source_status": """concat_ws(' / ', "Financial Status", "Fulfillment Status")""",
                "paid_at": '"Paid at"',
                "cancelled_at": '"Cancelled at"',
                "subtotal": '"Subtotal"',
                "discount": '"Discount Amount"',
                "shipping": '"Shipping"',
                "tax": '"Taxes"',
                "total": '"Total"',
                "refunded": '"Refunded Amount"',
                "currency": '"Currency"',
                "channel": '"Source"',
                "discount_code": '"Discount Code"',
                "region": '"Shipping Province"',
                "country": '"Shipping Country"',
                "note": '"Notes"',
            }),
            Extract(PAYMENTS, {
                "order_id": '"Name"',
                "line": "1",
                "method": '"Payment Method"',
                "amount": '"Total"',
                "currency": '"Currency"',
                "paid_at": '"Paid at"',
            }, where='cell("Paid at") IS NOT NULL AND amount("Total") IS NOT NULL'),
            Extract(SHIPMENTS, {"order_id": '"Name"', "line": "1", "shipped_at": '"Fulfilled at"'},
                    where='cell("Fulfilled at") IS NOT NULL'),
            Extract(PRODUCTS, {
                "product_id": _PRODUCT,
                "title": '"Lineitem name"',
                "brand": '"Vendor"',
                "price": '"Lineitem price"',
                "currency": '"Currency"',
            }, weak=True),
            Extract(CUSTOMERS, {
                "customer_id": CUSTOMER,
                "name": 'coalesce(cell("Billing Name"), "Shipping Name")',
                "email": '"Email"',
                "phone": '"Phone"',
                "address": '"Shipping Address1"',
                "city": '"Shipping City"',
                "region": '"Shipping Province"',
                "country": '"Shipping Country"',
                "postal_prefix": 'left(cell("Shipping Zip"), 3)',
                "accepts_marketing": '"Accepts Marketing"',
                "created_at": '"Created at"',
            }, weak=True),
        ),
    ),
)
