"""UCI Online Retail and its successor II: one CSV or xlsx, one row a line of an invoice.

Invoices that begin with C are refund documents. Documents that sell nothing are adjustments: those that
begin with A (bad debts), and those at price 0 throughout for no customer (stock that was damaged, lost or
found). A row has no number, so lines are numbered in the
order of the file and equal rows stay two lines, as the invoice has them. The date of an invoice names
no zone and is London's. What the customers and products are is known from these lines only.

Limits: of an invoice for no customer that two files share, the later file decides whether it sells.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import CUSTOMERS, ORDER_ITEMS, ORDERS, PRODUCTS
from shopkeeper.words import Words

# Few lines are at price 0, so they are looked at first.
_FREE = "SELECT order_id FROM grain WHERE price = 0"
_KIND = f"""CASE WHEN kind = 'sale' AND (upper(order_id) LIKE 'A%' OR customer_id IS NULL AND order_id IN ({_FREE})
    AND order_id NOT IN (SELECT order_id FROM grain WHERE price <> 0 AND order_id IN ({_FREE})))
    THEN 'adjustment' ELSE kind END"""


def _kind(name: str, title: Words, *, invoice: str, price: str, customer: str) -> FileKind:
    # Spreadsheets have turned customer numbers into decimals: 17850.0.
    known = f"""regexp_replace("{customer}", '\\.0$', '')"""
    refund = f"""upper("{invoice}") LIKE 'C%'"""
    return FileKind(
        name=name,
        platform="online_retail",
        title=title,
        required=(
            invoice, "StockCode", "Description", "Quantity", "InvoiceDate", price, customer, "Country",
        ),
        numbered_within=f'"{invoice}"',
        grain=Extract(ORDER_ITEMS, {
            "order_id": f'"{invoice}"',
            "line": "_position",
            "product_id": '"StockCode"',
            "title": '"Description"',
            "quantity": '"Quantity"',
            "price": f'"{price}"',
        }, by_place=True),
        others=(
            Extract(ORDERS, {
                "order_id": f'"{invoice}"',
                "customer_id": known,
                "kind": f"CASE WHEN {refund} THEN 'refund' ELSE 'sale' END",
                "ordered_at": '"InvoiceDate"',
                "status": f"CASE WHEN {refund} THEN 'refunded' ELSE 'delivered' END",
                "country": '"Country"',
            }, settled={"kind": _KIND}),
            Extract(PRODUCTS, {
                "product_id": '"StockCode"', "title": '"Description"', "price": f'"{price}"',
            }),
            Extract(CUSTOMERS, {
                "customer_id": known, "country": '"Country"', "created_at": '"InvoiceDate"',
            }),
        ),
        zone="Europe/London",
        currency="GBP",
    )


KINDS = (
    _kind(
        "online_retail", Words("UCI Online Retail invoices", "UCI Online Retail 发票明细"),
        invoice="InvoiceNo", price="UnitPrice", customer="CustomerID",
    ),
    _kind(
        "online_retail_2", Words("UCI Online Retail II invoices", "UCI Online Retail II 发票明细"),
        invoice="Invoice", price="Price", customer="Customer ID",
    ),
)  # fmt: skip
