"""What is known of the numbers of a file from its other cells: decimal points or decimal commas."""

from __future__ import annotations

from decimal import Decimal

HEAD = "order_id;line;product_id;quantity;price;discount"


def items(load, *rows: str) -> list[tuple[object, ...]]:
    found = load(items_csv="\n".join((HEAD, *rows))).rows("order_items")
    return [(row["quantity"], row["price"], row.get("discount")) for row in found]


def test_what_a_column_proves_decides_its_cells_that_fit_both_writings(load):
    found = items(load, "o1;1;p;1;12,50;0", "o1;2;p;1;1,234;0", "o1;3;p;1;2.500;0")
    assert [price for _, price, _ in found] == [Decimal("12.5"), Decimal("1.234"), Decimal(2500)]


def test_a_column_that_proves_nothing_is_written_as_the_rest_of_its_file(load):
    assert items(load, "o1;1;p;1,000;12,50;1.000", "o1;2;p;2,000;9,90;2.500") == [
        (1, Decimal("12.5"), Decimal(1000)),
        (2, Decimal("9.9"), Decimal(2500)),
    ]


def test_a_file_with_points_keeps_its_thousands(load):
    assert items(load, "o1;1;p;1,000;12.50;1.000", "o1;2;p;2;1,250.00;0") == [
        (1000, Decimal("12.5"), Decimal(1)),
        (2, Decimal(1250), Decimal(0)),
    ]


def test_a_cell_that_is_no_number_is_empty_and_counted(load):
    loaded = load(items_csv="\n".join((HEAD, "o1;1;p;1;12,50;1,5x", "o1;2;p;1,5;9,90;0")))
    assert loaded.file.repaired == {"discount": 1}
    assert loaded.rejected() == [(3, "quantity: cannot read “1,5” as a whole number")]


def test_ratings_are_read_with_commas_and_out_of_five(load):
    rows = ["4,5", "5/5", "4.5 out of 5 stars", "7/10", "x"]
    cells = "\n".join(f"r{n};{cell};ok" for n, cell in enumerate(rows))
    loaded = load(reviews_csv=f"review_id;rating;text\n{cells}")
    assert [row.get("rating") for row in loaded.rows("reviews")] == [4.5, 5.0, 4.5, None, None]
    assert loaded.file.repaired == {"rating": 2}
