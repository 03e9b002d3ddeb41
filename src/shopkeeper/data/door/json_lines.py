"""Stage JSON: one object a line, or an array of objects.

The first objects say which columns there are; a column that is asked for by name later is looked up in
every line, so that what only a late line says is not lost.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from shopkeeper.data.door.files import encoding_of, opened, unreadable
from shopkeeper.data.door.staged import LONGEST_LINE, Staged, fill, literal, quoted
from shopkeeper.data.door.text import Broken, escaped, is_undecodable
from shopkeeper.data.sources.kinds import Header
from shopkeeper.words import Words

_BATCH = 20_000
_LOOK = 2000
_MOST_KEYS = 1000
_NO_JSON = Words(
    "the line is no JSON object; the file may be cut off", "该行不是 JSON 对象，文件可能不完整"
)


def stage_json(connection: duckdb.DuckDBPyConnection, path: Path, *, prefix: str) -> Staged:
    """Stage the objects of `path` as the relation `<prefix>_file`.

    Parameters
    ----------
    connection
        A DuckDB connection.
    path
        The file.
    prefix
        Prefix of the relations, unique in this import.

    Raises
    ------
    UnreadableFileError
        There is no JSON object in it, or its objects are dictionaries.
    """
    undecodable = _stage_lines(connection, path, prefix)
    connection.execute(
        f"CREATE TEMP TABLE {prefix}_staged AS SELECT _row, line, "
        # AND would look at the type of a line that is no JSON, and fail.
        f"CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' END AS _good FROM {prefix}_lines"
    )
    connection.execute(f"DROP TABLE {prefix}_lines")
    _refuse_dictionary(connection, path, prefix)
    pointers = _pointers(connection, prefix)
    if not pointers:
        raise unreadable(
            path, "No line of it is a JSON object.", "没有一行是 JSON 对象。",
            "Export it as JSON lines.", "请导出为 JSON lines。",
        )  # fmt: skip
    broken = connection.execute(
        f"""SELECT _row, line FROM {prefix}_staged
        WHERE NOT coalesce(_good, false) AND trim(coalesce(line, '')) <> ''"""
    ).fetchall()
    refused = [Broken(row, _NO_JSON, line) for row, line in broken]
    return _shown(connection, prefix, pointers, refused + undecodable)


def look_up(
    connection: duckdb.DuckDBPyConnection, staged: Staged, names: Iterable[str], *, prefix: str
) -> Staged:
    """Return the staged file with those of `names` too that only lines after the first ones have.

    Parameters
    ----------
    connection
        Holds the relation `<prefix>_file`.
    staged
        What `stage_json` returned; a file of another format is returned as it is.
    names
        Columns, nested ones with dots.
    prefix
        Prefix of the relations.
    """
    if not staged.pointers:
        return staged
    absent = {
        name: "/" + "/".join(_escaped(part) for part in name.split("."))
        for name in names
        if name not in staged.pointers
    }
    if not absent:
        return staged
    listed = ", ".join(literal(pointer) for pointer in absent.values())
    query = f"SELECT DISTINCT json_exists(line, [{listed}]) FROM {prefix}_staged WHERE _good"
    patterns = [row[0] for row in connection.execute(query).fetchall()]
    late = {
        name: absent[name]
        for at, name in enumerate(absent)
        if any(pattern[at] for pattern in patterns)
    }
    if not late:
        return staged
    return _shown(connection, prefix, staged.pointers | late, staged.broken)


def _stage_lines(connection: duckdb.DuckDBPyConnection, path: Path, prefix: str) -> list[Broken]:
    """Make the table `<prefix>_lines`; return the lines that are not in the file's encoding."""
    with opened(path) as file:
        start = file.read(1 << 20)
    array = start[:64].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[")
    source = (
        f"SELECT json::VARCHAR AS line FROM read_json_objects({literal(str(path))}, format = 'array')"
        if array
        else f"""SELECT line FROM read_csv({literal(str(path))}, auto_detect = false, header = false,
            columns = {{'line': 'VARCHAR'}}, delim = E'\\x01', quote = '', escape = '',
            max_line_size = {LONGEST_LINE}, buffer_size = {LONGEST_LINE})"""
    )
    try:
        connection.execute(
            f"CREATE TEMP TABLE {prefix}_lines AS SELECT row_number() OVER () AS _row, line FROM ({source})"
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        encoding = encoding_of(start)
        if array or not encoding:
            raise unreadable(
                path, "It is no JSON that can be read line by line.", "不是可以逐行读取的 JSON。",
                "Export it as JSON lines in UTF-8.", "请导出为 UTF-8 的 JSON lines。",
            ) from error  # fmt: skip
        connection.execute(f"DROP TABLE IF EXISTS {prefix}_lines")
        broken: list[Broken] = []
        fill(connection, f"{prefix}_lines", _decoded(path, encoding, broken))
        return broken
    return []


def _decoded(path: Path, encoding: str, broken: list[Broken]) -> Iterator[pa.RecordBatch]:
    """Yield the lines that can be decoded, with their numbers; the others go to `broken`."""
    why = Words(f"bytes that are not {encoding}", f"含有不是 {encoding} 编码的字节")
    schema = pa.schema([("_row", pa.int64()), ("line", pa.string())])
    yield pa.RecordBatch.from_pylist([], schema=schema)
    with opened(path) as raw:
        text = io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="\n")
        numbered = enumerate(text, start=1)
        while lines := list(islice(numbered, _BATCH)):
            bad = [(row, line) for row, line in lines if is_undecodable(line)]
            broken += [Broken(row, why, escaped(line, encoding)) for row, line in bad]
            rows = [
                {"_row": row, "line": line.rstrip("\r\n")}
                for row, line in lines
                if not is_undecodable(line)
            ]
            yield pa.RecordBatch.from_pylist(rows, schema=schema)


def _shown(
    connection: duckdb.DuckDBPyConnection,
    prefix: str,
    pointers: dict[str, str],
    broken: list[Broken],
) -> Staged:
    """Define `<prefix>_file`: a text column for each pointer."""
    listed = ", ".join(literal(pointer) for pointer in pointers.values())
    names = ", ".join(
        f"cells[{index}] AS {quoted(name)}" for index, name in enumerate(pointers, start=1)
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW {prefix}_file AS SELECT _row, {names} FROM (
        SELECT _row, json_extract_string(line, [{listed}]) AS cells FROM {prefix}_staged WHERE _good)"""
    )
    return Staged(Header(dict.fromkeys(pointers, "VARCHAR")), broken, pointers=pointers)


def _refuse_dictionary(connection: duckdb.DuckDBPyConnection, path: Path, prefix: str) -> None:
    """Refuse objects whose keys are things and not columns: each would become a column."""
    query = f"""SELECT max(len(json_keys(line))) FROM (
        SELECT line FROM {prefix}_staged WHERE _good LIMIT {_LOOK})"""
    most = connection.execute(query).fetchall()[0][0] or 0
    if most > _MOST_KEYS:
        raise unreadable(
            path,
            f"It holds an object with {most:,} keys, not one object a line with the same few columns.",
            f"文件里有一个含 {most:,} 个键的对象，而不是每行一个、列名相同的对象。",
            "Export it as JSON lines: one row, one object, one line.",
            "请导出为 JSON lines：一行数据是一个对象，占一行。",
        )


def _pointers(connection: duckdb.DuckDBPyConnection, prefix: str) -> dict[str, str]:
    """Column name → JSON pointer for the keys of the first objects, three levels deep."""
    found: dict[str, str] = {}
    level = [("", "")]
    for _ in range(3):
        deeper = []
        for name, pointer in level:
            part = f"json_extract(line, {literal(pointer)})" if pointer else "line::JSON"
            rows = connection.execute(
                f"""SELECT key, bool_or(kind = 'OBJECT') FROM (
                SELECT key, json_type(json_extract(part, '/' || replace(replace(key, '~', '~0'), '/', '~1'))) AS kind
                FROM (SELECT part, unnest(json_keys(part)) AS key FROM (
                    SELECT {part} AS part FROM {prefix}_staged WHERE _good LIMIT {_LOOK})
                    WHERE json_type(part) = 'OBJECT'))
                GROUP BY key ORDER BY key"""
            ).fetchall()
            for key, nested in rows:
                full = f"{name}.{key}" if name else key
                found[full] = f"{pointer}/{_escaped(key)}"
                if nested:
                    deeper.append((full, found[full]))
        level = deeper
    return found


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
