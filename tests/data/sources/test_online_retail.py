"""UCI Online Retail: refund documents, equal lines, London time, and the real file's totals."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from shopkeeper.data.measure import measure
from shopkeeper.data.metrics import BY_NAME

FILES = Path(__file__).parent / "files"


def test_an_invoice_has_its_lines_and_a_cancellation_is_a_refund_document(load):
    imported = load("online_retail.csv")
    assert imported.rows(
        "orders", "order_id", "kind", "customer_id", "status", "ordered_at", "country"
    ) == [
        {
            "order_id": "536365",
            "kind": "sale",
            "customer_id": "17850",
            "status": "delivered",
            "ordered_at": datetime(2010, 12, 1, 8, 26),
            "country": "United Kingdom",
        },
        {
            "order_id": "536414",
            "kind": "adjustment",
            "status": "delivered",
            "ordered_at": datetime(2010, 12, 1, 11, 52),
            "country": "United Kingdom",
        },
        {
            "order_id": "536600",
            "kind": "sale",
            "customer_id": "12868",
            "status": "delivered",
            "ordered_at": datetime(2011, 7, 1, 8, 0),
            "country": "EIRE",
        },
        {
            "order_id": "C536379",
            "kind": "refund",
            "customer_id": "14527",
            "status": "refunded",
            "ordered_at": datetime(2010, 12, 1, 9, 41),
            "country": "United Kingdom",
        },
    ]
    assert [
        (row["order_id"], row["line"], row["quantity"]) for row in imported.rows("order_items")
    ] == [
        ("536365", 1, 6),
        ("536365", 2, 6),
        ("536365", 3, 6),
        ("536414", 1, 56),
        ("536600", 1, 2),
        ("C536379", 1, -1),
    ]
    assert imported.rejected() == [
        (7, "quantity: cannot read “xxxx” as a whole number"),
        (8, "ordered_at: cannot read “xxxxxxxxx” as a time"),
        (9, "order_id is empty"),
    ]
    customer = imported.rows("customers")[0]
    assert (customer["customer_id"], customer["created_at"]) == (
        "12868",
        datetime(2011, 7, 1, 8, 0),
    )


def test_documents_that_sell_nothing_are_adjustments_and_no_metric_counts_them(load):
    rows = (
        "1,A,GIFT,1,2011-07-01 08:00:00,0.0,,UK",
        "1,B,LAMP,1,2011-07-01 08:00:00,2.5,,UK",
        "2,A,lost,-9,2011-07-01 08:00:00,0.0,,UK",
        "2,B,lost,-9,2011-07-01 08:00:00,0.0,,UK",
        "3,A,GIFT,1,2011-07-01 08:00:00,0.0,17850,UK",
        "A4,B,Adjust bad debt,1,2011-07-01 08:00:00,-11062.06,,UK",
        "C5,A,LAMP,-1,2011-07-01 08:00:00,0.0,,UK",
    )
    header = (FILES / "online_retail.csv").read_text().splitlines()[0]
    for number, extra in enumerate(("", "x,A,LAMP,many,2011-07-01 08:00:00,0.0,,UK")):
        imported = load(**{f"retail{number}_csv": "\n".join((header, *rows, extra))})
        assert {row["order_id"]: row["kind"] for row in imported.rows("orders")} == {
            "1": "sale", "2": "adjustment", "3": "sale", "A4": "adjustment", "C5": "refund",
        }  # fmt: skip
    numbers = measure(imported.shop, [BY_NAME["orders"], BY_NAME["gmv"]]).to_pylist()
    assert {row["metric"]: row["value"] for row in numbers} == {"orders": 2, "gmv": 2.5}


def test_the_second_edition_has_other_headers(load):
    imported = load("online_retail_2.csv")
    assert imported.rows("order_items", "order_id", "product_id", "price") == [
        {"order_id": "489434", "product_id": "85048", "price": Decimal("6.9500")}
    ]


def test_a_workbook_says_the_same_as_the_text_file(load, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for record in (FILES / "online_retail.csv").read_text().splitlines():
        sheet.append(
            [
                float(cell)
                if cell.replace(".", "", 1).lstrip("-").isdigit() and "." in cell
                else cell
                for cell in record.split(",")
            ]
        )
    buffer = io.BytesIO()
    book.save(buffer)
    by_text = load("online_retail.csv").rows("order_items")
    by_book = load(book_xlsx=buffer.getvalue())
    assert (by_book.file.kind, by_book.file.kept, by_book.file.rejected) == ("online_retail", 6, 3)
    assert by_book.rows("order_items") == by_text


def test_the_real_file_keeps_its_totals(load, real_data):
    imported = load(str(real_data / "online_retail" / "online_retail.csv"))
    file = imported.file
    assert (file.rows_read, file.kept, file.duplicates, file.rejected) == (541_909, 541_909, 0, 0)
    shop = imported.shop
    assert shop.rows("orders") == 25_900
    # 2,098 write-offs and three bad debts; four free orders of known customers are sales.
    kinds = shop.orders.kind.value_counts().to_pyarrow().to_pylist()
    assert {row["kind"]: row["kind_count"] for row in kinds} == {
        "sale": 19_963, "refund": 3_836, "adjustment": 2_101,
    }  # fmt: skip
    assert shop.rows("customers") == 4_372
    lines = shop.order_items
    total = (lines.quantity.cast("decimal(18, 0)") * lines.price).sum().execute()
    assert round(total, 3) == Decimal("9747747.934")
    assert lines.count(where=lines.quantity < 0).execute() == 10_624
    assert shop.orders.ordered_on.max().execute().date() == date(2011, 12, 9)
