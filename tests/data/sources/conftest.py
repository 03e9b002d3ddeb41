"""A shop made from small files, in each platform's own format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shopkeeper.data.importing import FileOutcome, ImportSummary, import_files
from shopkeeper.data.shop import Shop, open_shop
from shopkeeper.data.tables import BY_NAME

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Imported:
    """A shop after an import, and what the import said."""

    path: Path
    summary: ImportSummary

    @property
    def file(self) -> FileOutcome:
        """The outcome of the first file."""
        return self.summary.files[0]

    @property
    def shop(self) -> Shop:
        """The shop as it is now."""
        return open_shop(self.path)

    def rows(self, table: str, *columns: str) -> list[dict[str, Any]]:
        """Rows of a table in the order of its key, without empty cells; some columns only."""
        found = self.shop.table(table).to_pyarrow().to_pylist()
        found.sort(key=lambda row: [str(row[name]) for name in BY_NAME[table].key])
        wanted = columns or tuple(name for name in BY_NAME[table].names if name != "source")
        return [{name: row[name] for name in wanted if row[name] is not None} for row in found]

    def rejected(self) -> list[tuple[int, str]]:
        """Line and English reason of every rejected row."""
        found = [
            (row["line"], row["why_en"])
            for file in self.path.glob("quarantine/*/*/*.parquet")
            for row in pq.read_table(file).to_pylist()
        ]
        return sorted(found)


Load = Callable[..., Imported]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Import files of `files/` by name, or name=content pairs, into one shop."""
    shop = tmp_path / "shop"

    def _load(*names: str, mapping: Path | None = None, **written: str | bytes) -> Imported:
        paths = [FILES / name for name in names]
        for name, content in written.items():
            stem, _, ending = name.rpartition("_")
            path = tmp_path / f"{stem}.{ending}"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return Imported(shop, import_files(paths, shop, mapping=mapping))

    return _load
