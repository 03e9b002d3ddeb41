"""An answer: saved and read again, and the same in JSON whatever it holds."""

import json
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer, load_answer
from shopkeeper.words import Words


def answer() -> Answer:
    table = pa.table(
        {
            "product": ["茶壶", "teapot <b>"],
            "revenue": pa.array([Decimal("12.5000"), None], pa.decimal128(18, 4)),
            "share": [0.25, float("nan")],
            "day": [date(2025, 3, 1), None],
            "at": pa.array([datetime(2025, 3, 1, 8), None], pa.timestamp("us")),
            "words": [["好", "good"], []],
            "good": [True, None],
        }
    )
    return Answer(
        verb="overview",
        title=Words("Numbers", "指标"),
        table=table,
        method="direct",
        as_of="2025-04-01T00:00:00",
        summary=(Words("Two rows.", "两行。"),),
        evidence={"by day": table.slice(1), "空": table.slice(2)},
        limits=(Words("Few.", "很少。"),),
        definitions={"share": Words("part of all", "占比")},
        chart={"mark": "bar", "title": {"en": "Sales", "zh": "销售额"}},
    )


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    answer().save(tmp_path)
    read = load_answer(tmp_path)
    assert read.to_dict("zh") == answer().to_dict("zh")
    assert read.table.schema == answer().table.schema
    assert list(read.evidence) == ["by day", "空"]


def test_nothing_on_disk_is_a_pickle(tmp_path: Path) -> None:
    answer().save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".parquet"}


def test_json_holds_plain_values_in_one_language() -> None:
    document = json.loads(answer().to_json("zh"))
    assert document["title"] == "指标"
    assert document["summary"] == ["两行。"]
    assert document["chart"] == {"mark": "bar", "title": "销售额"}
    assert document["table"] == [
        {
            "product": "茶壶", "revenue": 12.5, "share": 0.25, "day": "2025-03-01",
            "at": "2025-03-01T08:00:00", "words": ["好", "good"], "good": True,
        },
        {
            "product": "teapot <b>", "revenue": None, "share": None, "day": None, "at": None,
            "words": [], "good": None,
        },
    ]  # fmt: skip


def test_rows_beyond_the_limit_are_counted() -> None:
    document = answer().to_dict("en", max_rows=1)
    assert (len(document["table"]), document["rows"]) == (1, 2)


def test_an_answer_is_a_table() -> None:
    assert answer().to_arrow().num_rows == 2
    assert answer().to_pandas()["product"].tolist() == ["茶壶", "teapot <b>"]


def test_a_notebook_shows_the_table_and_then_the_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, object]] = []
    notebook = ModuleType("IPython.display")
    notebook.display = lambda bundle, raw: shown.append(bundle)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", notebook)
    monkeypatch.setenv("SHOPKEEPER_LANG", "zh")
    answer()._ipython_display_()
    page, chart = shown
    assert "<h4>指标</h4><p>两行。</p>" in str(page["text/html"])
    # What a stranger wrote stays text.
    assert "teapot &lt;b&gt;" in str(page["text/html"])
    assert chart["application/vnd.vegalite.v6+json"] == {"mark": "bar", "title": "销售额"}


def test_a_table_can_be_had_in_arrow_and_in_pandas() -> None:
    assert answer().to_arrow().schema == answer().table.schema
    assert answer().to_pandas()["product"].tolist() == ["茶壶", "teapot <b>"]
