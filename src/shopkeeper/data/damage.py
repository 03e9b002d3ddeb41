"""Damage in a shop's folder, told with the name of what is damaged.

A table's files are looked at before an engine reads them. What lies deeper shows only while they are
read: `damage_told` then looks for it, so that a bad disk is not taken for a defect of the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopkeeper.data.store import read_shop
from shopkeeper.errors import UnreadableFileError
from shopkeeper.words import Words


def require_files(folder: Path) -> None:
    """Look at the ends of a version's files.

    Parameters
    ----------
    folder
        One version of a table.

    Raises
    ------
    UnreadableFileError
        The files are gone, or one of them is no whole Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for file in _files(folder):
        try:
            pq.read_metadata(file)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(file) from error


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Name the damaged file where reading the shop at `path` fails on one.

    Raises
    ------
    UnreadableFileError
        A file of a table or of the rows kept aside is gone or damaged.
    """
    try:
        yield
    except Exception as error:
        if _may_be_damage(error):
            _look_at_all(path)
        raise


def _may_be_damage(error: Exception) -> bool:
    """Say whether an engine may have raised this because of what it read."""
    package = type(error).__module__.partition(".")[0].lstrip("_")
    name = type(error).__name__
    engines = package in ("duckdb", "pyarrow", "pyspark", "py4j") and name not in _OTHERWISE
    return engines or isinstance(error, OSError)


_OTHERWISE = ("InterruptException", "OutOfMemoryException", "ArrowMemoryError", "ArrowCancelled")


def _look_at_all(path: Path) -> None:
    """Read every row of every current file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    manifest, _ = read_shop(path)
    kept = [version.folder for version in manifest.tables.values()]
    kept += [record["quarantine"] for record in manifest.imports if record["quarantine"]]
    for folder in kept:
        for file in _files(path / folder):
            try:
                with pq.ParquetFile(file) as whole:
                    for _ in whole.iter_batches():
                        continue
            except (OSError, pa.ArrowException) as error:
                raise _damaged(file) from error


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise _unreadable(
            folder, Words(f"Its files in {folder} are gone.", f"{folder} 里的文件不见了。")
        )
    return files


def _damaged(file: Path) -> UnreadableFileError:
    return _unreadable(file.parent, Words(f"{file} is damaged.", f"{file} 已损坏。"))


def _unreadable(folder: Path, found: Words) -> UnreadableFileError:
    named = "/".join(folder.parts[-3:-1])
    return UnreadableFileError(
        Words(f"Asked to read {named} of the shop.", f"要读取店铺的 {named}。"),
        found,
        Words(
            "Put that folder back from a backup, or import the exports into a new folder.",
            "请从备份恢复该文件夹，或把导出的文件导入到新的文件夹。",
        ),
    )
