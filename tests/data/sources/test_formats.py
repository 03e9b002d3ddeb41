"""The law of every row holds in every format: what is lost depends on the rows, not on how they are written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.data.importing import FileOutcome, import_files

FILES = Path(__file__).parent / "files"
Rows = list[dict[str, str | None]]
OWN = [
    {"review_id": "r1", "text": "很好 lovely", "rating": "5"},
    {"review_id": "r2", "text": "broke", "rating": "1"},
    {"review_id": "r1", "text": "后来坏了 broke later", "rating": "1"},
    {"review_id": None, "text": "whose?", "rating": "3"},
]  # fmt: skip


def whole_rows(name: str) -> Rows:
    """The records of a fixture that are whole, with their plain cells."""
    text = (FILES / name).read_text(encoding="utf-8-sig")
    if name.endswith(".csv"):
        records = list(csv.DictReader(io.StringIO(text)))
        return [
            {key: cell or None for key, cell in record.items()}
            for record in records
            if None not in record and None not in record.values()
        ]
    objects = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
    names = list(dict.fromkeys(key for item in objects for key in item))
    return [
        {key: _plain(item.get(key)) for key in names if not isinstance(item.get(key), (dict, list))}
        | {key: None for key in names if isinstance(item.get(key), (dict, list))}
        for item in objects
    ]


def _plain(value: object) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def written(rows: Rows, form: str) -> bytes:
    """The rows as a file of a format."""
    match form:
        case "csv":
            out = io.StringIO()
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
            return out.getvalue().encode()
        case "jsonl":
            return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        case "parquet":
            sink = io.BytesIO()
            schema = pa.schema([(name, pa.string()) for name in rows[0]])
            pq.write_table(pa.Table.from_pylist(rows, schema), sink)
            return sink.getvalue()
        case _:
            book, sink = openpyxl.Workbook(), io.BytesIO()
            book.active.append(list(rows[0]))
            for row in rows:
                book.active.append(list(row.values()))
            book.save(sink)
            return sink.getvalue()


def told(file: FileOutcome, shop: Path) -> tuple[object, ...]:
    why = sorted(
        row["why_en"]
        for part in shop.glob("quarantine/*/*/*.parquet")
        for row in pq.read_table(part).to_pylist()
    )
    return (file.kind, file.rows_read, file.kept, file.duplicates, file.rejected, why)


@pytest.mark.parametrize("form", ["jsonl", "parquet", "xlsx"])
@pytest.mark.parametrize("name", ["olist_orders.csv", "amazon_reviews.jsonl", "own"])
def test_what_is_kept_and_why_the_rest_is_not_is_the_same_in_every_format(
    tmp_path: Path, name: str, form: str
) -> None:
    rows = OWN if name == "own" else whole_rows(name)
    found = {}
    for each in ("csv", form):
        file, shop = tmp_path / f"same.{each}", tmp_path / each
        file.write_bytes(written(rows, each))
        [outcome] = import_files([file], shop).files
        found[each] = kind, read, kept, duplicates, rejected, why = told(outcome, shop)
        assert kind == ("canonical_reviews" if name == "own" else name.split(".", maxsplit=1)[0])
        assert read == len(rows) == kept + duplicates + rejected
        assert len(why) == rejected > 0
        assert import_files([file], shop).files[0].outcome == "unchanged"
    assert found[form] == found["csv"]
