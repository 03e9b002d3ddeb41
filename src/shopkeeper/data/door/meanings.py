"""Refuse a file in which too many cells of a column with few meanings have none of them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from shopkeeper.data.sources.kinds import FileKind
from shopkeeper.errors import DataError
from shopkeeper.words import Words

FEW = 0.05
"""The share of cells without a meaning up to which a file is taken."""
_SHOWN, _LONGEST, _MOST = 8, 20, 30


def require_meanings(
    connection: duckdb.DuckDBPyConnection, path: Path, kind: FileKind, *, prefix: str
) -> None:
    """Look at the columns of `kind.meanings` in the relation `<prefix>_file`.

    Parameters
    ----------
    connection
        Holds the staged file and the door's macros.
    path
        The file.
    kind
        The kind of file that it is.
    prefix
        Prefix of the relations.

    Raises
    ------
    DataError
        More than a few percent of a column's cells say nothing that is known.
    """
    for name, written in kind.meanings.items():
        meant = kind.grain.columns[name]
        # What has no meaning here may be anybody's name.
        query = f"""SELECT sketched(left({written}, {_LONGEST})) AS said, count(*), any_value({meant}) IS NULL AS unknown
            FROM {prefix}_file WHERE {written} IS NOT NULL GROUP BY ALL ORDER BY 2 DESC, 1"""
        rows = connection.execute(query).fetchall()
        total = sum(count for _, count, _ in rows)
        unknown = [said for said, _, is_unknown in rows if is_unknown]
        if sum(count for _, count, is_unknown in rows if is_unknown) > FEW * total:
            raise (_unknown if len(unknown) <= _MOST else _no_label)(path, name, unknown)


def _unknown(path: Path, name: str, cells: list[str]) -> DataError:
    shown = ", ".join(f"{cell!r}" for cell in cells[:_SHOWN])
    shown += " …" if len(cells) > _SHOWN else ""
    return DataError(
        Words(f"Asked to import {path.name}.", f"要导入 {path.name}。"),
        Words(
            f"The mapping does not say what these cells of {name} mean: {shown}.",
            f"列映射没有说明 {name} 列里这些值的含义：{shown}。",
        ),
        Words(
            f'Name each under [values.{name}], such as "0" = "negative", and import again.',
            f'请在 [values.{name}] 下逐个写明，例如 "0" = "negative"，然后重新导入。',
        ),
    )


def _no_label(path: Path, name: str, cells: list[str]) -> DataError:
    # So many different cells are texts, and may be anybody's.
    return DataError(
        Words(f"Asked to import {path.name}.", f"要导入 {path.name}。"),
        Words(
            f"The column that the mapping takes for {name} holds more than {_MOST} different cells.",
            f"列映射中作为 {name} 的列有 {_MOST} 种以上不同的内容。",
        ),
        Words(
            f"Name a column of labels for {name}, or leave {name} out.",
            f"请为 {name} 指定只含少数几种标签的列，或去掉 {name}。",
        ),
    )
