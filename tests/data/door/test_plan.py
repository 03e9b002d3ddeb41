"""The short ways to read a text cell agree with the long one."""

from __future__ import annotations

from itertools import product

import duckdb
import pyarrow as pa

from shopkeeper.data.door.macros import MACROS
from shopkeeper.data.door.plan import Plan
from shopkeeper.data.privacy import register
from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import PRODUCTS
from shopkeeper.settings import Settings
from shopkeeper.words import Words

PARTS = (
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "=",
    '"',
    "'",
    "a",
    "-",
    "NULL",
    "\ufeff",
    "(",
    "!",
    "\\N",
    ">",
    "茶杯",
)


def test_every_short_cell_that_passes_for_clean_is_stored_as_the_general_reader_stores_it() -> None:
    connection = duckdb.connect()
    for macro in MACROS:
        connection.execute(macro)
    register(connection, "0")
    cells = sorted({"".join(parts) for parts in product(PARTS, repeat=3)})[::9]
    extract = Extract(PRODUCTS, {"product_id": '"x"'})
    kind = FileKind("odd", "odd", Words("odd", "奇"), ("x",), extract)
    ways: dict[str, list[str]] = {}
    for cell in cells:
        connection.register("one", pa.table({"x": [cell]}))
        plan = Plan(connection, kind, Settings(), "one")
        plan.learn(extract, "one")
        ways.setdefault(plan.text('"x"'), []).append(cell)
    assert len(ways) == 4
    for way, those in ways.items():
        connection.register("those", pa.table({"x": those}))
        differing = connection.execute(
            f'SELECT x FROM those WHERE ({way}) IS DISTINCT FROM cell("x")'
        ).fetchall()
        assert differing == []
