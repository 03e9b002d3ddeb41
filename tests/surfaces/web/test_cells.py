"""Tables and charts as pages show them: main columns first, numbers in their unit, labels that leave room."""

from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.surfaces.drawings import NARROW, drawing
from shopkeeper.surfaces.rest.formats import ITSELF
from shopkeeper.surfaces.verbs import BY_NAME
from shopkeeper.surfaces.web.cells import table_view
from shopkeeper.surfaces.web.leading import LEADING
from shopkeeper.surfaces.web.pictures import WIDE
from shopkeeper.words import Words

CHURN = {
    "customer_id": ["c1", "c2"],
    "purchases": [5, 4],
    "p_lasts": [0.0095, 0.00001],
    "churn_probability": [0.6832, 0.0],
    "churn_low": [0.5981, 0.0],
    "value_so_far": [10859.41, -52.5],
    "currency": ["CNY", "CNY"],
}


def view_of(lang: str = "en", *, whole: bool = False, **changed: list[Any]) -> Any:
    """The table of an answer of `churn`."""
    table = pa.table({**CHURN, **changed})
    answer = Answer(verb="churn", title=Words("Who", "谁"), table=table, method="m")
    return table_view(answer, ITSELF, lang, most=10, whole=whole)


def test_the_main_columns_come_first_and_the_rest_when_it_is_asked_for() -> None:
    lean, whole = view_of(), view_of(whole=True)
    assert [title for title, _ in lean.columns] == [
        "Customer", "Value so far, CNY", "Chance of leaving", "Purchases"]  # fmt: skip
    assert lean.left_out == 2
    assert whole.left_out == 0
    assert len(whole.columns) == len(CHURN) - 1


def test_chances_are_in_per_cent_and_one_currency_stands_in_the_heading() -> None:
    rows = [[cell.text for cell in row] for row in view_of().rows]
    assert rows == [["c1", "10,859", "68.3%", "5"], ["c2", "−52", "0.0%", "4"]]
    assert [row[2].text for row in view_of(whole=True).rows] == ["0.9%", "<0.1%"]
    assert "至今净额（CNY）" in [title for title, _ in view_of("zh").columns]


def test_several_currencies_keep_their_column() -> None:
    titles = [title for title, _ in view_of(currency=["CNY", "GBP"]).columns]
    assert "Currency" in titles
    assert "Value so far" in titles


def test_the_columns_that_are_named_belong_to_verbs_that_exist() -> None:
    assert {*LEADING} <= {*BY_NAME, "check"}


@pytest.mark.parametrize(("width", "shown"), [(WIDE, "23.7%"), (NARROW, "23%")])
def test_numbers_in_the_cells_of_a_grid_lose_their_decimals_on_a_phone(
    width: int, shown: str
) -> None:
    axis = {"labelLimit": 240, "labelAngle": 0}
    grid = {
        "data": {"values": [{"to": "a very long name of a segment", "told": "23.7%"}]},
        "encoding": {"x": {"field": "to", "type": "nominal", "axis": axis}},
        "layer": [
            {"mark": "rect"},
            {"mark": {"type": "text"}, "encoding": {"text": {"field": "told", "type": "nominal"}}},
        ],
    }
    drawn = drawing(grid, title="t", lang="en", width=width)
    assert f">{shown}<" in drawn
    # A long name is cut where it would fill the phone.
    assert (">a very long name of a segment<" in drawn) == (width == WIDE)
