"""Files of which every row is rejected: the outcome says so, why, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

MAPPING = """\
table = "order_items"
[columns]
order_id = "ord"
line = "line"
quantity = "qty"
price = "price"
"""
LINES = "ord,line,qty,price\n" + "".join(f"o{n},L{n % 4},1,2.5\n" for n in range(50))


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "lines.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def test_a_file_of_which_every_row_is_rejected_is_not_called_imported(load, mapping):
    imported = load(mapping=mapping, lines_csv=LINES)
    file = imported.file
    assert (file.outcome, file.rejected, file.kept) == ("unusable", 50, 0)
    assert not imported.summary.is_whole
    assert "None of its 50 rows is usable" in file.error.text("en")
    assert "(50 rows): line: cannot read “L0” as a whole number" in file.error.text("en")
    assert "leave it out: one is then made" in file.error.do.en
    assert "没有可用的行" in file.error.text("zh")
    assert "为 line 换一个文件里的列，或删去这一项" in file.error.do.zh


def test_it_is_said_each_time_until_the_mapping_is_corrected(load, mapping):
    load(mapping=mapping, lines_csv=LINES)
    again = load(mapping=mapping, lines_csv=LINES)
    assert (again.file.outcome, again.summary.changed) == ("unusable", False)
    mapping.write_text(MAPPING.replace('line = "line"\n', ""), encoding="utf-8")
    corrected = load(mapping=mapping, lines_csv=LINES)
    assert (corrected.file.outcome, corrected.file.kept) == ("imported", 50)
    assert corrected.summary.is_whole


def test_other_files_of_the_same_import_are_kept_as_they_are(load, mapping):
    imported = load("olist_sellers.csv", mapping=mapping, lines_csv=LINES)
    assert [file.outcome for file in imported.summary.files] == ["imported", "unusable"]
    assert imported.summary.is_whole
    assert imported.shop.rows("sellers") > 0


def test_the_commonest_reason_comes_first_and_a_broken_line_is_no_column(load, mapping):
    broken = "ord,line,qty,price\n" + "o1,1,1,2,9,9\n" * 3 + "o2,L1,1,2\n"
    error = load(mapping=mapping, lines_csv=broken).file.error
    assert "(3 rows): 6 cells where the header has 4" in error.text("en")
    assert "Export it again" in error.do.en
    assert "重新导出" in error.do.zh


def test_a_file_without_rows_is_not_unusable(load, mapping):
    assert load(mapping=mapping, lines_csv="ord,line,qty,price\n").file.outcome == "imported"
