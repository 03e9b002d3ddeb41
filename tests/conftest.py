"""Fixtures that several parts of the tests share."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data sets used for measuring; it is never part of the project."""
    folder = Path(os.environ.get("SHOPKEEPER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no public data sets at {folder} (set SHOPKEEPER_DATA)")
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of a small demo shop that numbers are computed from."""
    from shopkeeper.data.demo import build_demo

    folder = tmp_path_factory.mktemp("demo-tables")
    build_demo(folder, seed=11)
    return folder / "exports"


@pytest.fixture(scope="session")
def demo_tables(demo_folder: Path) -> dict[str, pa.Table]:
    """The tables of that demo shop that most verbs read."""
    names = ("products", "orders", "order_items", "shipments", "events", "reviews")
    return {name: pq.read_table(demo_folder / f"{name}.parquet") for name in names}
