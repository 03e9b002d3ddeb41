"""The command line as a function: arguments in, exit code and both streams out."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shopkeeper.data.shop import open_shop
from shopkeeper.surfaces.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Command = Callable[..., Done]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command line in this process."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        streams = capsys.readouterr()
        assert "Traceback" not in streams.err + streams.out
        return Done(int(end.value.code or 0), streams.out, streams.err)

    return run


Rows = Sequence[dict[str, object]]


@pytest.fixture
def exported(tmp_path: Path) -> Callable[[str, Rows], Path]:
    """Write rows as a CSV file into a folder of exports."""

    def write(name: str, rows: Rows) -> Path:
        path = tmp_path / "exports" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def review_rows(
    count: int, *, stars: Sequence[int] = (5, 1, 4, 2, 3), mute: bool = False
) -> list[dict[str, object]]:
    """Make reviews in both languages whose words go with their stars; mute ones have no words."""
    said = {
        5: "质量很好，非常喜欢 lovely and sturdy",
        4: "不错，会再买 good value",
        3: "一般般 it is fine",
        2: "有点失望 thinner than expected",
        1: "太差了，坏了 broke after a day",
    }
    return [
        {
            "review_id": f"r{number:05d}",
            "product_id": f"p{number % 7}",
            "order_id": f"o{number:05d}",
            "customer_id": f"c{number % 50}",
            "rating": stars[number % len(stars)],
            "text": "" if mute else f"{said[stars[number % len(stars)]]} {number % 97}",
            "reviewed_at": f"2025-{1 + number % 12:02d}-{1 + number % 28:02d} 10:00:00",
        }
        for number in range(count)
    ]


def order_rows(count: int, customers: int = 50) -> list[dict[str, object]]:
    """Make orders of so many customers."""
    return [
        {
            "order_id": f"o{number:05d}",
            "customer_id": f"c{number % customers}",
            "ordered_at": f"2025-{1 + number % 12:02d}-{1 + number % 28:02d} 08:00:00",
            "status": "delivered",
            "total": f"{10 + number % 90}.50",
            "currency": "CNY",
        }
        for number in range(count)
    ]


def line_rows(count: int) -> list[dict[str, object]]:
    """Make the lines of orders: one each, and in every third order one that goes with it."""
    return [
        {
            "order_id": f"o{number:05d}",
            "line": line + 1,
            "product_id": f"p{number % 7 + 20 * line}",
            "quantity": 1,
            "price": f"{10 + number % 7}.00",
        }
        for number in range(count)
        for line in range(2 if number % 3 == 0 else 1)
    ]


def product_rows(count: int) -> list[dict[str, object]]:
    """Make products with titles in both languages."""
    return [
        {
            "product_id": f"p{number}",
            "title": f"{('茶壶', '茶杯', '茶盘')[number % 3]} {('pot', 'cup', 'tray')[number % 3]} {number}",
            "category": "tea",
        }
        for number in range(count)
    ]


def search_rows(count: int) -> list[dict[str, object]]:
    """Make searches for tea things."""
    return [
        {
            "search_id": f"s{number}",
            "query": ("茶壶", "tea cup", "tray")[number % 3],
            "searched_at": f"2025-05-{1 + number % 28:02d} 10:00:00",
            "clicked_product_id": f"p{number % 30}",
        }
        for number in range(count)
    ]


def event_rows(count: int) -> list[dict[str, object]]:
    """Make events of fifty customers who look at thirty products, and put some aside."""
    return [
        {
            "event_id": f"e{number:05d}",
            "name": "Product Added" if number % 4 == 3 else "Product Viewed",
            "happened_at": f"2025-{1 + number // 90:02d}-{1 + number % 28:02d} 09:{number % 60:02d}:00",
            "customer_id": f"c{number % 50}",
            "product_id": f"p{(number * 7 + number // 11) % 30}",
        }
        for number in range(count)
    ]


@pytest.fixture
def reviews() -> Callable[..., list[dict[str, object]]]:
    """Rows of reviews."""
    return review_rows


@pytest.fixture
def orders() -> Callable[[int], list[dict[str, object]]]:
    """Rows of orders."""
    return order_rows


@pytest.fixture
def texts() -> Callable[..., list[str]]:
    """One column of a table of a shop."""

    def read(shop: Path, table: str = "reviews", column: str = "text") -> list[str]:
        return open_shop(shop).table(table)[column].to_pyarrow().to_pylist()

    return read


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, bytes]]:
    """Every file that a reader of a shop may see."""

    def read(shop: Path) -> dict[str, bytes]:
        named = json.loads((shop / "manifest.json").read_text(encoding="utf-8"))
        folders = [
            item["folder"] for kind in ("tables", "answers") for item in named[kind].values()
        ]
        files = [
            file for folder in folders for file in (shop / folder).rglob("*") if file.is_file()
        ]
        return {str(file): file.read_bytes() for file in (*files, shop / "manifest.json")}

    return read
