"""UCI Online Retail: one CSV or xlsx, one row a line of an invoice; `C…` invoices are refunds."""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import CUSTOMERS, ORDER_ITEMS, ORDERS, PRODUCTS
from shopkeeper.words import Words

_CUSTOMER = """split_part("CustomerID", '.', 1)"""
_REFUND = """upper("InvoiceNo") LIKE 'C%'"""

KINDS = (
    FileKind(
        name="online_retail",
        platform="online_retail",
        title=Words("UCI Online Retail invoices", "UCI Online Retail 发票明细"),
        required=(
            "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
            "CustomerID", "Country",
        ),
        rows='SELECT *, row_number() OVER (PARTITION BY "InvoiceNo" ORDER BY _row) AS line FROM file',
        grain=Extract(ORDER_ITEMS, {
            "order_id": '"InvoiceNo"',
            "line": "line",
            "product_id": '"StockCode"',
            "title": '"Description"',
            "quantity": '"Quantity"',
            "price": '"UnitPrice"',
        }),
        others=(
            Extract(ORDERS, {
                "order_id": '"InvoiceNo"',
                "customer_id": _CUSTOMER,
                "kind": f"CASE WHEN {_REFUND} THEN 'refund' ELSE 'sale' END",
                "ordered_at": '"InvoiceDate"',
                "status": f"CASE WHEN {_REFUND} THEN 'refunded' ELSE 'delivered' END",
                "country": '"Country"',
            }),
            Extract(PRODUCTS, {"product_id": '"StockCode"', "title": '"Description"', "price": '"UnitPrice"'}),
            Extract(CUSTOMERS, {
                "customer_id": _CUSTOMER, "country": '"Country"', "created_at": '"InvoiceDate"',
            }),
        ),
        zone="Europe/London",
        currency="GBP",
    ),
)
