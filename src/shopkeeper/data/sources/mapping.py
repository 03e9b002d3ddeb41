"""A short TOML file that says which column of a file is which column of a canonical table.

::

    table = "reviews"
    platform = "my_crm"            # optional; goes into the column `source`
    time_zone = "Asia/Shanghai"    # optional; holds for cells that name no zone of their own
    currency = "CNY"               # optional

    [columns]                      # canonical column = "column of the file"
    text = "评价内容"
    label = "评价"

    [values.label]                 # optional: cell of the file = what it means
    "好评" = "positive"

Where the id of a review, event, search, message or article has no column, one is made from the whole
row, so that equal rows are duplicates and a second import changes nothing. A line without a number
is numbered within its order. A customer without an id is a pseudonym of the e-mail address, else of
the phone number. Every other key needs a column.

A label that is neither named under [values.label] nor negative, neutral or positive is left empty and
counted as repaired; a file with more than a few percent of such labels is refused.

Limits: one file fills one table; write one mapping for each, with the same file where need be.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from shopkeeper.data.sources.kinds import Extract, FileKind, Header
from shopkeeper.data.tables import BY_NAME, Table
from shopkeeper.errors import SettingsError, UnrecognisedFileError
from shopkeeper.words import Words

MADE_FROM_ROW = ("reviews", "events", "searches", "messages", "articles")
NUMBERED = ("order_items", "payments", "shipments")
WORDS = {"label": ("negative", "neutral", "positive")}
_PARTS = ("table", "platform", "time_zone", "currency", "columns", "values")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping as it was written, checked against the canonical tables.

    Parameters
    ----------
    path
        The TOML file.
    table
        The canonical table that it fills.
    columns
        Canonical column → column of the file.
    values
        Canonical column → cell of the file → what it means.
    platform, time_zone, currency
        What the file's cells leave unsaid.
    """

    path: Path
    table: Table
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    platform: str = "mapping"
    time_zone: str = ""
    currency: str = ""

    def kind(self, header: Header) -> FileKind:
        """Return what this mapping says of a file with that header."""
        made = _made_keys(self.table, self.columns)
        columns = {name: self._cell(name, source) for name, source in self.columns.items()}
        return FileKind(
            name=f"mapping_{self.table.name}",
            platform=self.platform,
            title=Words(f"{self.table.name}, by a mapping", f"{self.table.name}（按列映射）"),
            required=tuple(self.columns.values()),
            grain=Extract(
                self.table, columns | dict.fromkeys(made, "_key") | self._person(made), by_place=made == ("line",)
            ),
            rows=self._rows(made, header),
            meanings={name: self._written(name) for name in WORDS if name in self.columns},
            zone=self.time_zone or "UTC",
            zone_is_fixed=bool(self.time_zone),
            currency=self.currency,
        )

    def _cell(self, name: str, source: str) -> str:
        cell = _quoted(source)
        meanings = self.values.get(name, {})
        if not meanings and name not in WORDS:
            return cell
        written = self._written(name)
        known = " ".join(f"WHEN {_literal(word)} THEN {_literal(word)}" for word in WORDS.get(name, ()))
        other = f"CASE lower({written}) {known} END" if known else written
        cases = " ".join(f"WHEN {_literal(key)} THEN {_literal(value)}" for key, value in meanings.items())
        return f"CASE {written} {cases} ELSE {other} END" if cases else other

    def _written(self, name: str) -> str:
        # A spreadsheet writes the label 1 as 1.0.
        return f"regexp_replace(cell(CAST({_quoted(self.columns[name])} AS VARCHAR)), '\\.0$', '')"

    def _person(self, made: tuple[str, ...]) -> dict[str, str]:
        if self.table.name != "customers" or not made:
            return {}
        known = [_quoted(self.columns[name]) for name in ("email", "phone") if name in self.columns]
        return {"customer_id": f"pseudonym(coalesce({', '.join(f'cell({name})' for name in known)}))"}

    def _rows(self, made: tuple[str, ...], header: Header) -> str:
        if not made or self.table.name == "customers":
            return ""
        if made == ("line",):
            order = _quoted(self.columns["order_id"])
            return f"SELECT *, row_number() OVER (PARTITION BY cell({order}) ORDER BY _row) AS _key FROM file"
        cells = ", ".join(f"coalesce(CAST({_quoted(name)} AS VARCHAR), '')" for name in header.columns)
        return f"SELECT *, row_key(concat_ws(chr(31), {cells})) AS _key FROM file"


def read_mapping(path: Path, header: Header) -> FileKind | None:
    """Return what the mapping at `path` says of a file; None where it is meant for another file.

    Parameters
    ----------
    path
        The TOML file.
    header
        The columns of the file to import.

    Raises
    ------
    SettingsError
        The mapping itself cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "m.toml"
    >>> _ = path.write_text('table = "reviews"\\n[columns]\\ntext = "review"')
    >>> read_mapping(path, Header({"review": "VARCHAR", "cat": "VARCHAR"})).grain.columns["text"]
    '"review"'
    >>> read_mapping(path, Header({"comment": "VARCHAR"})) is None
    True
    """
    mapping = load_mapping(path)
    return mapping.kind(header) if set(mapping.columns.values()) <= header.columns.keys() else None


def misfit(path: Path, file: str, header: Header) -> UnrecognisedFileError:
    """Return the error for a file that lacks columns which the mapping at `path` names."""
    named = load_mapping(path).columns.values()
    lacking = [name for name in named if name not in header.columns]
    if not any(name in header.columns for name in named):
        return UnrecognisedFileError(
            Words(f"Asked to import {file} with the mapping {path.name}.", f"要按列映射 {path.name} 导入 {file}。"),
            Words("This mapping is not for this file: it names none of its columns.",
                  "这份列映射不适用于该文件：其中的列名，文件里一个也没有。"),
            Words(f"Import {file} without --mapping; a mapping of its own is then suggested.",
                  f"请不带 --mapping 单独导入 {file}，届时会为它建议列映射。"),
        )
    near = {name: get_close_matches(name, header.columns, 1) for name in lacking}
    shown = ", ".join(f"{name!r}" for name in lacking)
    hint = "".join(f" {name!r} → {found[0]!r}?" for name, found in near.items() if found)
    return UnrecognisedFileError(
        Words(f"Asked to import {file} with the mapping {path.name}.", f"要按列映射 {path.name} 导入 {file}。"),
        Words(f"The file has no column {shown}.", f"文件里没有这些列：{shown}。"),
        Words(f"Correct the names under [columns] in {path.name}.{hint}",
              f"请改正 {path.name} 里 [columns] 下的列名。{hint}"),
    )


def load_mapping(path: Path) -> Mapping:
    """Read a mapping and check it against the canonical tables.

    Raises
    ------
    SettingsError
        It is no TOML, or names a table or column that does not exist, or lacks a key.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _bad(path, "it is not written in UTF-8; save it as UTF-8",
                   "文件不是 UTF-8 编码，请另存为 UTF-8") from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise _bad(path, f"it cannot be read as TOML ({error})", f"无法按 TOML 读取（{error}）") from error
    for part in given:
        if part not in _PARTS:
            raise _bad(path, f"{part!r} is no part of a mapping; there are {', '.join(_PARTS)}",
                       f"列映射里没有 {part!r} 这一项；可用：{', '.join(_PARTS)}")
    table = _table(path, given.get("table"))
    mapping = Mapping(
        path,
        table,
        _columns(path, table, given.get("columns")),
        _values(path, table, given.get("values", {})),
        **{name: _text(path, name, given[name]) for name in ("platform", "time_zone", "currency") if name in given},
    )
    _check(mapping)
    return mapping


def _table(path: Path, name: Any) -> Table:
    if not isinstance(name, str) or name not in BY_NAME:
        listed = ", ".join(BY_NAME)
        shown = "table is missing" if name is None else f"there is no table {name!r}"
        shown_zh = "缺少 table" if name is None else f"没有名为 {name!r} 的表"
        raise _bad(path, f"{shown}; there are {listed}", f"{shown_zh}；可用：{listed}")
    return BY_NAME[name]


def _columns(path: Path, table: Table, given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or not given:
        raise _bad(path, "[columns] is missing or empty", "缺少 [columns]，或里面是空的")
    for name, source in given.items():
        _known(path, table, name)
        _text(path, name, source)
    return dict(given)


def _values(path: Path, table: Table, given: Any) -> dict[str, dict[str, str]]:
    if not isinstance(given, dict):
        raise _bad(path, "[values] is no table of cells", "[values] 的写法不对")
    for name, meanings in given.items():
        _known(path, table, name)
        if not isinstance(meanings, dict) or not all(isinstance(value, str) for value in meanings.values()):
            raise _bad(path, f'[values.{name}] should hold lines like "1" = "positive"',
                       f'[values.{name}] 应为类似 "1" = "positive" 的行')
    return {name: dict(meanings) for name, meanings in given.items()}


def _known(path: Path, table: Table, name: str) -> None:
    if name not in table.names:
        near = get_close_matches(name, table.names, 1)
        hint, hint_zh = (f" (did you mean {near[0]}?)", f"（是否为 {near[0]}？）") if near else ("", "")
        raise _bad(
            path,
            f"the table {table.name} has no column {name!r}{hint}; there are {', '.join(table.names)}",
            f"表 {table.name} 没有 {name!r} 这一列{hint_zh}；可用：{'、'.join(table.names)}",
        )


def _text(path: Path, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _bad(path, f"{name} = {value!r} should be a text", f"{name} = {value!r} 应为文本")
    return value


def _check(mapping: Mapping) -> None:
    path, table = mapping.path, mapping.table
    made = _made_keys(table, mapping.columns)
    lacking = [
        name
        for name in dict.fromkeys((*table.key, *(item.name for item in table.columns if item.required)))
        if name not in mapping.columns and name not in made
    ]
    if lacking:
        listed = ", ".join(lacking)
        raise _bad(path, f"the table {table.name} needs a column for {listed}", f"表 {table.name} 还需要这些列：{listed}")
    if mapping.time_zone and mapping.time_zone not in available_timezones():
        raise _bad(path, f"time_zone {mapping.time_zone!r} is no IANA zone",
                   f"time_zone {mapping.time_zone!r} 不是 IANA 时区")
    if mapping.currency and not (len(mapping.currency) == 3 and mapping.currency.isalpha() and mapping.currency.isupper()):
        raise _bad(path, f"currency {mapping.currency!r} is no ISO 4217 code such as CNY",
                   f"currency {mapping.currency!r} 不是 ISO 4217 币种代码（如 CNY）")
    for name in set(mapping.values) - set(mapping.columns):
        raise _bad(path, f"[values.{name}] has no column under [columns]", f"[values.{name}] 在 [columns] 里没有对应的列")


def _made_keys(table: Table, columns: dict[str, str]) -> tuple[str, ...]:
    """Return the key columns that are made where the file has none."""
    lacking = tuple(name for name in table.key if name not in columns)
    if table.name in MADE_FROM_ROW or (table.name in NUMBERED and lacking == ("line",)):
        return lacking
    if table.name == "customers" and ("email" in columns or "phone" in columns):
        return lacking
    return ()


def can_be_made(table: str, column: str) -> bool:
    """Say whether a key column is made where a mapping leaves it out.

    Examples
    --------
    >>> can_be_made("order_items", "line"), can_be_made("orders", "order_id")
    (True, False)
    """
    if table in MADE_FROM_ROW:
        return column in BY_NAME[table].key
    return table in NUMBERED and column == "line"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _bad(path: Path, en: str, zh: str) -> SettingsError:
    return SettingsError(
        Words(f"Asked to use the mapping {path.name}.", f"要使用列映射 {path.name}。"),
        Words(f"Found: {en}.", f"发现：{zh}。"),
        Words("Correct it and run the command again.", "请改正后重新运行命令。"),
    )
