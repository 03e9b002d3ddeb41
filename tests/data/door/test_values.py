"""Files read as values say what the same files say when they are read as text."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from shopkeeper.data import importing
from shopkeeper.data.importing import FileOutcome, import_files
from shopkeeper.data.store import create_shop

TEXTS = (
    "红色 茶杯",
    " LEADING",
    "TRAILING ",
    "\ttab",
    "'quoted",
    "-",
    "NULL",
    "",
    "tea\t ",
    "杯子🍵",
)
DIRT = {
    "InvoiceNo": ("", " 536365", "C536379", "'536365", "-"),
    "StockCode": TEXTS,
    "Description": TEXTS,
    "Quantity": ("2.5", "1e3", "many", "", " 7", "1,000", "-3", "2.0", "0x10", "9223372036854775808", "nan"),
    "InvoiceDate": (
        "2011-03-27 01:30:00", "infinity", "epoch", "yesterday", "", "2011-01-04", "2011-01-04T10:00:00Z",
        " 2011-01-04 10:00:00", "2011-01-04 10:00:00.5", "04/01/2011 10:00", "10-12-01 08:26:00",
    ),
    "UnitPrice": ("£2.50", "1.23456", "", "-11062.06", "(3.20)", "1e2", "inf", "free"),
    "CustomerID": ("", "17850", "17850.0 ", "-"),
    "Country": ("", "EIRE ", "中国", "N/A"),
}  # fmt: skip


def rows(seed: int, *, dirty: float, scattered: bool) -> list[dict[str, str]]:
    draw = random.Random(seed)
    invoices = [str(536365 + number // 5) for number in range(60)]
    if scattered:
        draw.shuffle(invoices)
    made = []
    for invoice in invoices:
        row = {
            "InvoiceNo": invoice, "StockCode": f"S{draw.randrange(9)}", "Description": draw.choice(("CUP", "灯")),
            "Quantity": str(draw.randrange(-4, 40)), "InvoiceDate": f"2011-0{draw.randrange(1, 9)}-11 10:0{draw.randrange(9)}:00",
            "UnitPrice": f"{draw.randrange(900) / 100:.2f}", "CustomerID": f"{12000 + draw.randrange(7)}.0",
            "Country": draw.choice(("United Kingdom", "EIRE")),
        }  # fmt: skip
        for name, cells in DIRT.items():
            if draw.random() < dirty:
                row[name] = draw.choice(cells)
        made.append(row)
    return made


def written(path: Path, made: list[dict[str, str]]) -> Path:
    lines = [",".join(made[0])]
    lines += [
        ",".join(f'"{cell}"' if "," in cell else cell for cell in row.values()) for row in made
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def told(file: Path, shop: Path) -> tuple[FileOutcome, dict[str, list[tuple[object, ...]]]]:
    # With salts of their own two shops would give a person two pseudonyms.
    (create_shop(shop) / "salt").write_text("0" * 64, encoding="ascii")
    [outcome] = import_files([file], shop).files
    tables = {
        folder.name: duckdb.sql(f"SELECT * FROM '{folder}/*/*.parquet' ORDER BY ALL").fetchall()
        for kind in ("tables", "quarantine")
        for folder in sorted((shop / kind).glob("*"))
    }
    return outcome, tables


@pytest.mark.parametrize("scattered", [False, True])
@pytest.mark.parametrize("dirty", [0.0, 0.002, 0.01, 0.2])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_file_read_as_values_says_what_its_text_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, dirty: float, scattered: bool
) -> None:
    file = written(tmp_path / "retail.csv", rows(seed, dirty=dirty, scattered=scattered))
    outcome, tables = told(file, tmp_path / "values")
    monkeypatch.setattr(importing, "value_columns", lambda kind, header: {})
    expected, general = told(file, tmp_path / "text")
    assert tables == general
    assert outcome == expected
    assert outcome.rows_read == 60 == outcome.kept + outcome.duplicates + outcome.rejected


@pytest.mark.parametrize("name", ["Quantity", "InvoiceDate", "UnitPrice"])
def test_each_odd_cell_of_a_value_column_is_read_as_its_text_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for number, cell in enumerate(DIRT[name]):
        made = rows(7, dirty=0.0, scattered=False)
        made[31][name] = cell
        file = written(tmp_path / f"{number}.csv", made)
        with monkeypatch.context() as patch:
            found = told(file, tmp_path / f"values{number}")
            patch.setattr(importing, "value_columns", lambda kind, header: {})
            assert found == told(file, tmp_path / f"text{number}"), cell
