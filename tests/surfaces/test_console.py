"""What reaches a terminal: numbers a person can read, and no cell that acts."""

import io
import json
import re
from decimal import Decimal

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.surfaces.console import LONGEST_CELL, Screen, cell_text, json_text, told, visible
from shopkeeper.words import Words

HOSTILE = "\x1b[2J\x1b]0;owned\x07 \u202egpj.exe \u2066x\u2069 \x9b31m\r\nnext"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def answer() -> Answer:
    table = pa.table(
        {
            "product": ["茶壶 teapot", HOSTILE],
            "orders": pa.array([1234567, 89], pa.int64()),
            "share": [0.97312, None],
        }
    )
    return Answer(
        verb="overview",
        title=Words("Numbers", "指标"),
        table=table,
        method="direct",
        summary=(Words(f"Sales rose {HOSTILE}.", f"销售额上升 {HOSTILE}。"),),
        evidence={"rejected rows": pa.table({"line": list(range(30))})},
        limits=(Words("Small shop.", "店铺较小。"),),
        definitions={"orders": Words("paid orders", "已付款订单数")},
    )


def shown(lang: str = "en", rows: int = 20) -> str:
    stream = io.StringIO()
    Screen(stream, lang).answer(answer(), rows=rows)
    return stream.getvalue()


def test_no_control_or_direction_character_of_a_cell_reaches_the_stream() -> None:
    text = shown()
    dangerous = {
        c for c in text if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or "\u202a" <= c <= "\u202e"
    }
    assert dangerous == {"\n"}
    assert "\\u001b[2J" in text
    assert "\\u202egpj.exe" in text


def test_off_a_terminal_there_is_no_colour_and_no_wrapping() -> None:
    text = shown()
    assert "\x1b" not in text
    row = next(line for line in text.splitlines() if "teapot" in line)
    assert "1,234,567" in row
    assert "0.9731" in row


def test_on_a_terminal_colour_is_ours_and_cells_still_cannot_act() -> None:
    stream = Terminal()
    Screen(stream, "en").answer(answer(), rows=20)
    text = stream.getvalue()
    assert "\x1b[1m" in text
    assert "\x1b[2J" not in text
    assert "\x1b]0" not in text


def test_chinese_on_a_terminal_is_not_torn_at_its_few_spaces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    Screen(stream, "zh").line(
        "- 成交总额（GMV）：全部销售单的下单金额，不论后来如何都计入 数量 × 单价"
    )
    assert len(stream.getvalue().splitlines()) == 1


def test_numbers_are_aligned_to_the_right() -> None:
    lines = [line for line in shown().splitlines() if "1,234,567" in line or " 89 " in line]
    ends = [lines[0].index("1,234,567") + len("1,234,567"), lines[1].index(" 89 ") + len(" 89")]
    # Chinese characters take two columns on a screen and one in a Python string.
    assert ends[0] + 2 == ends[1]


def test_the_language_decides_every_word_but_not_the_cells() -> None:
    english, chinese = shown("en"), shown("zh")
    assert "Limits" in english
    assert "Small shop." in english
    assert "局限" in chinese
    assert "店铺较小。" in chinese
    assert "支付订单数：已付款订单数" in chinese
    assert "茶壶 teapot" in english


def test_rows_beyond_the_limit_are_counted_and_not_shown() -> None:
    text = shown(rows=10)
    assert "… 20 more rows" in text
    assert "另有 20 行" in shown("zh", rows=10)


def test_a_single_wide_row_is_shown_as_a_list() -> None:
    wide = pa.table({f"metric_{n}": [n * 1000] for n in range(9)})
    stream = io.StringIO()
    Screen(stream, "en").answer(
        Answer(verb="v", title=Words("T", "题"), table=wide, method="m"), rows=5
    )
    assert any(line.split() == ["metric_8", "8,000"] for line in stream.getvalue().splitlines())


def on_terminal(table: pa.Table, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    shown = Answer(verb="v", title=Words("T", "题"), table=table, method="m")
    Screen(stream, "en").answer(shown, rows=20)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert all(len(line) <= 80 for line in plain.splitlines())
    return plain.splitlines()


def test_a_single_wide_row_has_no_empty_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = on_terminal(pa.table({f"metric_{n}": [n * 1000] for n in range(9)}), monkeypatch)
    assert lines[1].split() == ["metric_0", "0"]


def test_a_long_name_beside_many_numbers_stays_on_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "olist_order_payments_dataset.csv"
    numbers = {f"number_{n}": [1_000_000, 2] for n in range(6)}
    lines = on_terminal(pa.table({"file": [name] * 2, "kind": ["a", "b"], **numbers}), monkeypatch)
    assert lines.count(name) == 2
    assert any("kind a · number_0 1,000,000" in line for line in lines)


def test_periods_stand_across_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {
            "period": f"2025-{month:02d}-01",
            "metric": metric,
            "currency": "CNY",
            "value": 1234.0 * month,
        }
        for month in range(1, 13)
        for metric in ("gmv", "net_revenue")
    ]
    lines = on_terminal(pa.Table.from_pylist(rows), monkeypatch)
    assert lines[1].split()[-1] == "2025-12-01"
    assert next(line for line in lines if line.startswith("gmv CNY")).split()[-1] == "14,808"
    assert next(line for line in lines if line.startswith("gmv CNY")).split()[-2] == "13,574"
    assert any("earlier periods" in line for line in lines)


def test_a_very_long_cell_is_cut_visibly() -> None:
    text = cell_text("长" * 100_000)
    assert len(text) == LONGEST_CELL
    assert text.endswith("…")


def test_json_means_the_same_and_cannot_act_on_a_terminal() -> None:
    text = json_text({"cell": HOSTILE, "城市": "杭州"})
    assert json.loads(text) == {"cell": HOSTILE, "城市": "杭州"}
    assert "杭州" in text
    assert not {"\x1b", "\x9b", "\u202e", "\u2066"} & set(text)


def test_visible_keeps_emoji_that_are_joined() -> None:
    assert visible("👩‍👧 好评👍🏽") == "👩‍👧 好评👍🏽"


def test_progress_off_a_terminal_is_one_line_for_each_new_thing() -> None:
    stream = io.StringIO()
    with told("zh", stream=stream) as progress:
        for share in (0.0, 0.01, 0.02, 0.5):
            progress(Words("Reading a.csv", f"读取 a.csv{chr(0x1B)}"), share)
        progress(Words("Writing", "写入"), None)
    lines = [line.split(" ", 1)[1] for line in stream.getvalue().splitlines()]
    assert lines == ["读取 a.csv\\u001b 0%", "读取 a.csv\\u001b 50%", "写入"]


def test_progress_on_a_terminal_takes_brackets_as_text() -> None:
    stream = Terminal()
    with told("en", stream=stream) as progress:
        progress(Words("Reading [red]a[/red].csv", "读"), 0.4)
    assert "[red]a[/red].csv" in stream.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-1234.5, "-1,234"),
        (0.00012, "0.000120"),
        (1.2e-9, "1.20e-09"),
        (float("nan"), "–"),
        (False, "✗"),
        (-7, "-7"),
    ],
)
def test_a_number_is_written_as_a_person_reads_it(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_a_column_of_whole_numbers_is_shown_without_decimals_whatever_its_type() -> None:
    table = pa.table({"stars": [5.0, None, 1.0], "price": [Decimal("9.5000"), Decimal(3), None]})
    stream = io.StringIO()
    Screen(stream, "en").answer(
        Answer(verb="v", title=Words("T", "题"), table=table, method="m"), rows=5
    )
    rows = [line.split() for line in stream.getvalue().splitlines()[-3:]]
    assert rows == [["5", "9.50"], ["–", "3.00"], ["1", "–"]]


def test_an_empty_table_is_named_and_said_to_be_empty() -> None:
    stream = io.StringIO()
    table = pa.table({"n": [1]})
    empty = Answer(
        verb="v", title=Words("T", "题"), table=table, method="m", evidence={"left": table.slice(1)}
    )
    Screen(stream, "zh").answer(empty, rows=5)
    assert "left：无" in stream.getvalue().splitlines()
