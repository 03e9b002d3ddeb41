"""Fixtures that several parts of the tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data sets used for measuring; it is never part of the project."""
    folder = Path(os.environ.get("SHOPKEEPER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no public data sets at {folder} (set SHOPKEEPER_DATA)")
    return folder
