"""What the shop has of each table and what the files said, joined into the next version of the table.

A version is one Parquet folder that everybody reads. Where it was made of more than one witness, the
witnesses lie beside it, for the next import only: `_told` (what the files said outright, with the ids
that they gave) and `_weak` (what they said in passing). A cell said outright always stands above one
said in passing; within each, the later one stands. The ids of `_told` are never overwritten, so that
an alias which turns out to be a customer's own id is undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from shopkeeper.data.door import merge
from shopkeeper.data.door.convert import Said
from shopkeeper.data.door.lines import renumbered
from shopkeeper.data.tables import BY_NAME, TABLES, Table
from shopkeeper.settings import Privacy

_VISITORS = "source = 'events'"


class Ledger:
    """The shop's tables and the news, as relations of one connection.

    Parameters
    ----------
    connection
        Holds the relations that files were converted to.
    folders
        Table → folder of its current version.
    said
        What the files said, oldest first.
    privacy
        What happens to personal fields, those of earlier imports too.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folders: dict[str, Path],
        said: Iterable[Said],
        privacy: Privacy,
    ) -> None:
        self.connection = connection
        self.folders = folders
        self.said = list(said)
        self.privacy = privacy
        self.aliases = self._known_aliases("aliases", news=True)

    def touched(self) -> list[Table]:
        """Return the tables whose next version differs, in the order of the tables."""
        names = {item.table for item in self.said}
        if self.aliases and names & {"identities", "customers", "orders"}:
            names |= self._realiased()
        return [table for table in TABLES if table.name in names]

    def write(self, table: Table, folder: Path) -> int:
        """Write the next version of a table into `folder` and return its number of rows."""
        told, weak = self._select(table, weak=False), self._select(table, weak=True)
        aliased = self._aliased(table)
        if told and (weak or aliased):
            told = self._beside(told, folder / "_told")
        if weak:
            weak = self._beside(weak, folder / "_weak")
        query = merge.merged(table, [f"({part})" for part in (weak, told) if part])
        if aliased:
            query = merge.identified(table, query, self.aliases)
        return merge.write(self.connection, query, folder)

    def _select(self, table: Table, *, weak: bool, news: bool = True) -> str:
        """Return the SELECT of one witness; empty text where it has nothing to say."""
        before = self._before(table, "_weak" if weak else "_told")
        query = f"SELECT * FROM {before}" if before else ""
        for item in self.said:
            if not news or item.table != table.name or item.weak != weak:
                continue
            relation = item.relation
            if item.by_place and query:
                relation = renumbered(self.connection, table, query, relation)
            query = merge.merged(table, [f"({query})", relation] if query else [relation])
        return query

    def _before(self, table: Table, layer: str) -> str:
        folder = self.folders.get(table.name)
        if folder is None:
            return ""
        if (folder / layer).is_dir():
            return merge.current(table, folder / layer, self.privacy)
        # Without a layer of its own, all that the version holds was said outright.
        if layer == "_weak" or (folder / "_weak").is_dir():
            return ""
        return merge.current(table, folder, self.privacy)

    def _beside(self, query: str, folder: Path) -> str:
        folder.mkdir()
        merge.write(self.connection, query, folder)
        return f"SELECT * FROM {merge.parquet(folder)}"

    def _known_aliases(self, name: str, *, news: bool) -> str:
        """Define the aliases that stand for a customer; empty text where there is none.

        An id that is a customer's own is no alias, whoever says so; a visitor's id must not be the
        customer of an order either.
        """
        identities = self._select(BY_NAME["identities"], weak=False, news=news)
        if not identities:
            return ""
        customers, orders = self._ids("customers", news=news), self._ids("orders", news=news)
        self.connection.execute(
            f"""CREATE TEMP TABLE {name} AS SELECT alias, customer_id, coalesce({_VISITORS}, false) AS visitor
            FROM ({identities}) WHERE alias NOT IN (SELECT customer_id FROM ({customers}))
            AND NOT (coalesce({_VISITORS}, false) AND alias IN (SELECT customer_id FROM ({orders})))"""
        )
        return name

    def _ids(self, name: str, *, news: bool) -> str:
        """Return a SELECT of the customer ids that a table holds, as the files gave them."""
        table = BY_NAME[name]
        relations = [self._before(table, layer) for layer in ("_told", "_weak")]
        relations += [item.relation for item in self.said if news and item.table == name]
        parts = [
            f"SELECT customer_id FROM {item} WHERE customer_id IS NOT NULL"
            for item in relations
            if item
        ]
        return " UNION ALL ".join(parts) or "SELECT NULL::VARCHAR AS customer_id WHERE false"

    def _realiased(self) -> set[str]:
        """Return the tables of the shop in which other ids are aliases now than before."""
        had = self._known_aliases("earlier_aliases", news=False)
        names = "alias, customer_id, visitor"
        differing = f"SELECT {names} FROM {self.aliases}"
        if had:
            differing = (
                f"({differing} EXCEPT SELECT {names} FROM {had}) UNION ALL "
                f"(SELECT {names} FROM {had} EXCEPT {differing})"
            )
        found = self.connection.execute(f"SELECT DISTINCT visitor FROM ({differing})").fetchall()
        return {
            table.name
            for table in TABLES
            if table.name in self.folders
            and _names_customers(table)
            and any(not visitor or "visitor_id" in table.names for (visitor,) in found)
        }

    def _aliased(self, table: Table) -> bool:
        """Say whether some row of a table names a customer by an alias."""
        if not self.aliases or not _names_customers(table):
            return False
        relations = [self._before(table, "_told"), self._before(table, "_weak")]
        relations += [item.relation for item in self.said if item.table == table.name]
        return any(
            self.connection.execute(
                f"SELECT 1 FROM {relation} t JOIN {self.aliases} i ON {merge.stands_for(table)} LIMIT 1"
            ).fetchall()
            for relation in relations
            if relation
        )


def _names_customers(table: Table) -> bool:
    return "customer_id" in table.names and table.name not in ("customers", "identities")
