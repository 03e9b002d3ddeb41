"""What does not fit into memory is written to disk, and no answer is lost for it."""

from pathlib import Path

import duckdb
import pytest

from shopkeeper.data.engines import connect, give_back_memory
from shopkeeper.data.importing import _connect
from shopkeeper.data.shop import create_shop
from shopkeeper.settings import Settings

SMALL = Settings(memory_limit="100MB")
SORTED = """
SELECT count(*), max(n) FROM (
  SELECT hash(range) AS h, range AS n, hash(range * 3) AS more FROM range(6000000) ORDER BY h LIMIT 5000000
)"""


def spilled(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the bytes that lie on disk while more is kept than fits into memory."""
    connection.execute("SET threads = 1; SET enable_progress_bar = false")
    connection.execute(
        "CREATE TEMP TABLE kept AS SELECT hash(range) AS h, hash(range * 3) AS more FROM range(9000000)"
    )
    (found,) = connection.execute("SELECT sum(size) FROM duckdb_temporary_files()").fetchall()
    assert connection.execute("SELECT count(h) FROM kept").fetchall() == [(9_000_000,)]
    return int(found[0])


@pytest.mark.parametrize("of", ["question", "import"])
def test_more_than_fits_into_memory_is_answered(of: str, tmp_path: Path) -> None:
    connection = (
        connect("duckdb", SMALL).con
        if of == "question"
        else _connect(create_shop(tmp_path / "shop"), SMALL)
    )
    assert spilled(connection) > 10_000_000
    (folder,) = connection.execute("SELECT current_setting('temp_directory')").fetchall()[0]
    if of == "question":
        assert Path(folder).stat().st_mode & 0o077 == 0
    else:
        assert connection.execute("SELECT current_setting('temp_file_encryption')").fetchall() == [
            (True,)
        ]
    count, _ = connection.execute(SORTED).fetchall()[0]
    assert count == 5_000_000
    connection.close()


def test_memory_is_given_back_and_the_limit_stays() -> None:
    backend = connect("duckdb", SMALL)
    told = "SELECT current_setting('memory_limit')"
    before = backend.raw_sql(told).fetchall()
    give_back_memory(backend, SMALL)
    assert backend.raw_sql(told).fetchall() == before != []
    assert backend.raw_sql("SELECT 1").fetchall() == [(1,)]
