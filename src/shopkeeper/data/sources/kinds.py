"""What a source says about one kind of file: how it is recognised and which cell means what.

A source is data, not code: SQL expressions over the file's own column names, run by DuckDB at the
door. Reading, typing, hashing, rejecting and merging are done once, in `data.door`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shopkeeper.data.tables import Table
from shopkeeper.words import Words


@dataclass(frozen=True, slots=True)
class Header:
    """The first look at a file.

    Parameters
    ----------
    columns
        Column name → DuckDB type. Text formats give VARCHAR for every column. Nested JSON objects
        are flattened three levels deep, with dots: `properties.product_id`.
    """

    columns: dict[str, str]

    def has(self, *names: str) -> bool:
        """Say whether every one of these columns is there; `a|b` asks for either.

        Examples
        --------
        >>> Header({"event": "VARCHAR", "user_id": "VARCHAR"}).has("event", "userId|user_id")
        True
        """
        return all(any(option in self.columns for option in name.split("|")) for name in names)


@dataclass(frozen=True, slots=True)
class Extract:
    """What the rows of a file say for one canonical table.

    Parameters
    ----------
    table
        The canonical table.
    columns
        Canonical column → SQL expression over the file's columns (quote their names). The
        expression is the raw cell: text is trimmed and typed by the door according to the
        canonical type, times are read in the zone that the cell names or else in `FileKind.zone`
        and turned into UTC, personal columns are hashed or dropped, free text is masked. The local
        day, `time_zone`, `currency` and `source` are filled in where the mapping leaves them out.
    where
        SQL condition: rows that say something for this table. Not for the grain.
    each
        SQL for a list: the row speaks once for each of its items, as `_item`, numbered from 1 as
        `_number`. Not for the grain.
    weak
        It only fills what no other file says: a product that an order line names, a customer that an
        order names. A later such mention replaces an earlier one.
    settled
        Canonical column → SQL over the merged row, one a key, in which `grain` is the relation of the
        file's good rows: what only all of its rows together can say. Not for the grain.
    by_place
        Its lines are numbered by their place in the file, for the file gives them no number.
    """

    table: Table
    columns: dict[str, str]
    where: str = "true"
    each: str = ""
    weak: bool = False
    settled: dict[str, str] = field(default_factory=dict)
    by_place: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason to reject a row, beyond required columns that are empty or unreadable.

    Parameters
    ----------
    when
        SQL condition over the file's columns.
    why
        The reason, in words.
    """

    when: str
    why: Words


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file of one platform.

    Parameters
    ----------
    name
        E.g. `shopify_orders`.
    platform
        E.g. `shopify`; goes into the column `source`.
    title
        What the file is, in words.
    required
        Columns that a file of this kind has; they identify it. `a|b` asks for either, and both are
        named in `optional`.
    grain
        The table in which each row of the file is one row: kept, duplicate (of a later row with
        the same key) or rejected.
    optional
        Columns that are read when the file has them and are null otherwise.
    others
        Further tables that the same rows fill; rows without the key are passed over, a later row
        with the same key fills and overrides the earlier.
    rows
        SQL that prepares the file's rows: a SELECT from `file` (which has the file's columns and
        `_row`, the number of the data row from 1) that keeps `_row` and may add columns, for
        example filled-down cells. Empty to take the rows as they are.
    numbered_within
        SQL expression: the rows that share its value are numbered from 1 in the order of the file, as
        `_position`.
    refusals
        Further reasons to reject a row.
    meanings
        Canonical column → SQL of the cell as it was written, where only a few words have a meaning
        (`negative`, `neutral`, `positive`) and any other is left empty, counted as repaired.
    zone, currency
        The platform's own, used for cells that name none when the shop's settings name none either.
    zone_is_fixed
        The zone holds whatever the shop's settings say: the file's format or its mapping states it.
    """

    name: str
    platform: str
    title: Words
    required: tuple[str, ...]
    grain: Extract
    optional: tuple[str, ...] = ()
    others: tuple[Extract, ...] = ()
    rows: str = ""
    numbered_within: str = ""
    refusals: tuple[Refusal, ...] = ()
    meanings: dict[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    currency: str = ""
    zone_is_fixed: bool = False
