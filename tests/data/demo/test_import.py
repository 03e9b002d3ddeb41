"""Importing the demo shop finds the dirt that was planted in it, each kind as often as the truth says."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.checks import check
from shopkeeper.data.importing import ImportSummary, import_files
from shopkeeper.data.shop import Shop, open_shop

# Rows of these kinds cannot be kept: a cell is missing or unreadable without which there is no row.
REJECTED = {
    "orders-2.csv": {"order_id": "missing_key", "ordered_at": "unreadable_date"},
    "order_items-2.csv": {"order_id": "missing_key", "quantity": "not_a_number"},
    "products-2.csv": {"product_id": "missing_key"},
    "reviews-2.csv": {"review_id": "missing_key"},
}
# Cells of these kinds are left empty, and their rows are kept.
REPAIRED = {
    "orders-2.csv": {"total": "not_a_number"},
    "reviews-2.csv": {"reviewed_at": "unreadable_date", "rating": "not_a_number"},
}
# Kinds that are kept as they are and told by a law.
BROKEN = {
    "order_items.unknown_orders": ("order_items-2.csv", "orphan"),
    "order_items.negative_price": ("order_items-2.csv", "negative_price"),
    "products.negative_price": ("products-2.csv", "negative_price"),
    "shipments.delivered_at_before_ordered_at": ("shipments-2.csv", "delivered_before_ordered"),
}
# Words are kept as they are, and made harmless where they are shown.
KEPT = {"clean", "formula", "script", "injection", "without_text"}

Dirt = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def dirt(demo: Any) -> Dirt:
    return json.loads((demo.truth / "truth.json").read_text(encoding="utf-8"))["dirty_rows"]


@pytest.fixture(scope="module")
def imported(demo: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportSummary]:
    path = tmp_path_factory.mktemp("imported") / "shop"
    return path, import_files([demo.exports], path)


@pytest.fixture(scope="module")
def shop(imported: tuple[Path, ImportSummary]) -> Shop:
    return open_shop(imported[0])


@pytest.fixture(scope="module")
def checked(shop: Shop) -> Answer:
    return check(shop)


def test_every_planted_kind_is_expected_somewhere(dirt: Dirt) -> None:
    told = {
        (file, kind)
        for lost in (REJECTED, REPAIRED)
        for file, cells in lost.items()
        for kind in cells.values()
    }
    told |= set(BROKEN.values())
    planted = {(file, kind) for file, kinds in dirt.items() for kind in kinds}
    assert {kind for _, kind in planted - told} == KEPT | {"rows", "duplicate_key"}
    assert told <= planted


def test_every_file_is_imported_and_what_is_lost_of_it_is_what_was_planted(
    imported: tuple[Path, ImportSummary], dirt: Dirt
) -> None:
    files = {file.file: file for file in imported[1].files}
    assert {file.outcome for file in files.values()} == {"imported"}
    assert dirt.keys() <= files.keys()
    for name, file in files.items():
        kinds = dirt.get(name)
        if kinds is None:
            assert (file.duplicates, file.rejected, file.repaired) == (0, 0, {}), name
            continue
        assert file.rows_read == kinds["rows"]
        assert file.duplicates == kinds.get("duplicate_key", 0), name
        assert file.rejected == sum(kinds[kind] for kind in REJECTED.get(name, {}).values()), name
        assert file.kept == kinds["rows"] - file.duplicates - file.rejected
        wanted = {cell: kinds[kind] for cell, kind in REPAIRED.get(name, {}).items()}
        assert {cell: count for cell, count in file.repaired.items() if count} == wanted, name


def test_every_rejected_row_has_the_reason_for_which_it_was_planted(
    checked: Answer, dirt: Dirt
) -> None:
    # A reason begins with the column: "order_id is empty", "quantity: cannot read …".
    found = Counter(
        (row["file"], row["why_en"].split()[0].rstrip(":"))
        for row in checked.evidence["rejected"].to_pylist()
    )
    assert found == {
        (file, column): dirt[file][kind]
        for file, cells in REJECTED.items()
        for column, kind in cells.items()
    }


def test_every_law_finds_the_rows_that_were_planted_against_it_and_no_others(
    checked: Answer, imported: tuple[Path, ImportSummary], dirt: Dirt, demo: Any
) -> None:
    found = {row["finding"]: row["rows"] for row in checked.table.to_pylist()}
    # Reviews without words are nothing dirty, and dirty orders are nobody's.
    silent = pq.read_table(demo.exports / "reviews.parquet")["text"].null_count
    kept = {file.file: file.kept for file in imported[1].files}
    assert found == {law: dirt[file][kind] for law, (file, kind) in BROKEN.items()} | {
        "reviews.no_text": silent + dirt["reviews-2.csv"]["without_text"],
        "orders.no_customer": kept["orders-2.csv"],
    }


def test_what_strangers_wrote_is_kept_word_for_word(shop: Shop, demo: Any, dirt: Dirt) -> None:
    titles = pq.read_table(demo.exports / "products.parquet")["title"].to_pylist()
    assert not any(title[0] in "=+-@" or "<" in title for title in titles)
    kept = shop.products.title.to_pyarrow().to_pylist()
    kinds = dirt["products-2.csv"]
    assert sum(title[0] in "=+-@" for title in kept) == kinds["formula"]
    assert sum("<" in title for title in kept) == kinds["script"]
