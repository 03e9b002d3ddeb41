"""`check`: what is there, what was repaired, what was rejected and why, what that would corrupt."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shopkeeper.answer import Answer
from shopkeeper.data.law import Law
from shopkeeper.data.laws import LAWS
from shopkeeper.data.metrics import METRICS
from shopkeeper.data.shop import Shop
from shopkeeper.data.tables import TABLES
from shopkeeper.words import Words, counted

SHOWN_REJECTS = 10_000
_QUOTE = "“[^”]*”"

FINDINGS = pa.schema(
    [
        ("finding", pa.string()),
        ("table", pa.string()),
        ("rows", pa.int64()),
        ("total", pa.int64()),
        ("share", pa.float64()),
        ("what_en", pa.string()),
        ("what_zh", pa.string()),
        ("corrupts", pa.list_(pa.string())),
    ]
)
_DEFINITIONS = {
    "rows": Words("Rows that break the law", "不符合该规则的行数"),
    "total": Words("Rows of the table", "该表的总行数"),
    "share": Words("`rows` as a share of `total`", "`rows` 占 `total` 的比例"),
    "corrupts": Words("Numbers that such rows make wrong", "这些行会使哪些数字出错"),
    "rows_read": Words(
        "Rows of the file; equals kept + duplicates + rejected",
        "文件行数；等于 保留 + 重复 + 未导入",
    ),
    "kept": Words(
        "Rows of this file that were taken; rows that another file brought before are updated, not added",
        "该文件被采用的行数；其他文件已带来的行会被更新，不会重复增加",
    ),
    "duplicates": Words(
        "Rows whose key a later row of the same file repeats; the later one is kept",
        "主键被同一文件后面的行重复；保留后面的行",
    ),
    "rejected": Words(
        "Rows that cannot be used; kept aside with line and reason",
        "无法使用的行；连同行号与原因另存",
    ),
    "first_line": Words("Line of the file on which it occurs first", "在文件中首次出现的行号"),
    "cells": Words("Cells of a column that could not be read", "该列中无法读取的单元格数"),
    "repaired": Words("Cells that could not be read and were left empty", "无法读取而留空的单元格"),
}


def check(shop: Shop) -> Answer:
    """Say what the shop holds, what the door refused or repaired, and which laws are broken.

    Parameters
    ----------
    shop
        The shop.

    Returns
    -------
    Answer
        One row a broken law, most rows first; evidence `tables`, `imports`, `reasons` (why rows were
        rejected, over all of them), `rejected` (the rows), `repaired`.

    Limits
    ------
    Rows that break a law are counted, not removed. At most 10,000 rejected rows are listed; all of them
    are in the shop's folder `quarantine`, and `reasons` counts all.

    Examples
    --------
    >>> from datetime import datetime
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> placed, delivered = datetime(2026, 1, 2), datetime(2026, 1, 1)
    >>> order = pa.table({"order_id": ["o1"], "customer_id": ["c1"], "ordered_at": [placed]})
    >>> shipment = pa.table({"order_id": ["o1"], "line": [1], "delivered_at": [delivered]})
    >>> answer = check(shop_from_tables({"orders": order, "shipments": shipment}))
    >>> answer.table["finding"].to_pylist()
    ['shipments.delivered_at_before_ordered_at']
    """
    findings = sorted(_findings(shop), key=lambda row: (-row["rows"], row["finding"]))
    tables, imports, refused = _tables(shop), _imports(shop), _refused(shop)
    return Answer(
        verb="check",
        title=Words("What the data is worth", "数据可靠吗"),
        table=pa.Table.from_pylist(findings, schema=FINDINGS),
        method="laws",
        summary=_summary(tables, imports, findings),
        evidence={
            "tables": tables,
            "imports": imports,
            "reasons": _reasons(refused),
            "rejected": refused.slice(0, SHOWN_REJECTS).combine_chunks(),
            "repaired": _repaired(shop),
        },
        limits=(
            *_unlisted(refused.num_rows),
            Words(
                "Rows that break a law are counted here and stay in the tables.",
                "不符合规则的行只在这里计数，仍保留在表中。",
            ),
        ),
        definitions=_DEFINITIONS,
    )


def _findings(shop: Shop) -> list[dict[str, Any]]:
    there = [law for law in LAWS if all(shop.has(table) for table in law.needs)]
    counted = [(law, int(law.broken(shop).count().to_pyarrow().as_py())) for law in there]
    return [_finding(shop, law, rows) for law, rows in counted if rows]


def _finding(shop: Shop, law: Law, rows: int) -> dict[str, Any]:
    total, what = shop.rows(law.table), law.said(shop)
    return {
        "finding": law.name,
        "table": law.table,
        "rows": rows,
        "total": total,
        "share": rows / total,
        "what_en": what.en,
        "what_zh": what.zh,
        "corrupts": list(law.corrupts),
    }


def _tables(shop: Shop) -> pa.Table:
    rows = []
    for table in TABLES:
        if shop.has(table.name):
            data = shop.table(table.name)
            ends = (
                {"first": data[table.time].min(), "last": data[table.time].max()}
                if table.time
                else {}
            )
            found = data.aggregate(**ends).to_pyarrow().to_pylist()[0] if ends else {}
            rows.append({
                "table": table.name, "rows": shop.rows(table.name), "meaning_en": table.en,
                "meaning_zh": table.zh, "first": found.get("first"), "last": found.get("last"),
            })  # fmt: skip
    schema = pa.schema([
        ("table", pa.string()), ("rows", pa.int64()), ("meaning_en", pa.string()),
        ("meaning_zh", pa.string()), ("first", pa.timestamp("us")), ("last", pa.timestamp("us")),
    ])  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


def _imports(shop: Shop) -> pa.Table:
    rows = [
        {
            **{
                name: record[name]
                for name in ("file", "kind", "rows_read", "kept", "duplicates", "rejected")
            },
            "title_en": record["title"]["en"],
            "title_zh": record["title"]["zh"],
            "repaired": sum(record["repaired"].values()),
        }
        for record in shop.manifest.imports
    ]
    schema = pa.schema([
        ("file", pa.string()), ("kind", pa.string()), ("title_en", pa.string()),
        ("title_zh", pa.string()), ("rows_read", pa.int64()), ("kept", pa.int64()),
        ("duplicates", pa.int64()), ("rejected", pa.int64()), ("repaired", pa.int64()),
    ])  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


def _refused(shop: Shop) -> pa.Table:
    schema = pa.schema([
        ("file", pa.string()), ("line", pa.int64()), ("why_en", pa.string()),
        ("why_zh", pa.string()), ("cells", pa.string()),
    ])  # fmt: skip
    parts = [schema.empty_table()]
    for record in shop.manifest.imports:
        if record["quarantine"]:
            rows = pq.read_table(shop.path / record["quarantine"])
            files = pa.array([record["file"]] * rows.num_rows, pa.string())
            parts.append(rows.add_column(0, "file", files).cast(schema))
    return pa.concat_tables(parts)


def _reasons(refused: pa.Table) -> pa.Table:
    """Return one row a file and reason; a reason that quotes its cell is one, whatever the cell."""
    plain = refused.select(["file", "line"])
    for name in ("why_en", "why_zh"):
        words = pc.replace_substring_regex(refused[name], _QUOTE, "“…”")
        plain = plain.append_column(name, words)
    groups = plain.group_by(["file", "why_en", "why_zh"]).aggregate(
        [([], "count_all"), ("line", "min")]
    )
    ranked = groups.sort_by(
        [("count_all", "descending"), ("file", "ascending"), ("why_en", "ascending")]
    )
    return ranked.rename_columns({"count_all": "rows", "line_min": "first_line"}).select(
        ["file", "why_en", "why_zh", "rows", "first_line"]
    )


def _unlisted(rows: int) -> list[Words]:
    if rows <= SHOWN_REJECTS:
        return []
    return [
        Words(
            f"{SHOWN_REJECTS:,} of {rows:,} rejected rows are listed; all are in the shop's folder quarantine.",
            f"共 {rows:,} 行未导入，这里列出 {SHOWN_REJECTS:,} 行；全部保存在店铺的 quarantine 文件夹里。",
        )
    ]


def _held(tables: pa.Table, imports: pa.Table) -> list[Words]:
    """Say what the tables hold where several files say one thing: each counts its own rows as kept."""
    kinds = imports["kind"].to_pylist()
    if len(set(kinds)) == len(kinds):
        return []
    pairs = list(zip(tables["table"].to_pylist(), tables["rows"].to_pylist(), strict=True))
    en = ", ".join(f"{name} {rows:,}" for name, rows in pairs)
    zh = "、".join(f"{name} {rows:,}" for name, rows in pairs)
    return [
        Words(
            f"A row that a later file repeats is kept once; the tables hold: {en}.",
            f"后面的文件重复的行只保留一次；各表现有行数：{zh}。",
        )
    ]


def _repaired(shop: Shop) -> pa.Table:
    """Return one row a file and column with cells left empty, and the metrics that lack them."""
    rows = []
    for record in shop.manifest.imports:
        grain = next(iter(record["tables"]), "")
        for name, cells in record["repaired"].items():
            table, _, column = name.rpartition(".")
            needed = re.compile(rf"(^|\|){re.escape(f'{table or grain}.{column}')}($|[|=])")
            rows.append({
                "file": record["file"], "table": table or grain, "column": column, "cells": cells,
                "corrupts": [item.name for item in METRICS if any(map(needed.search, item.needs))],
            })  # fmt: skip
    schema = pa.schema([
        ("file", pa.string()), ("table", pa.string()), ("column", pa.string()), ("cells", pa.int64()),
        ("corrupts", pa.list_(pa.string())),
    ])  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


def _summary(
    tables: pa.Table, imports: pa.Table, findings: list[dict[str, Any]]
) -> tuple[Words, ...]:
    read, kept, twice, refused = (
        sum(imports[name].to_pylist()) for name in ("rows_read", "kept", "duplicates", "rejected")
    )
    repaired = sum(imports["repaired"].to_pylist())
    sentences = [
        Words(
            f"{counted(tables.num_rows, 'table')} from {counted(imports.num_rows, 'file')}: {read:,} rows read = {kept:,} kept + "
            f"{twice:,} duplicates + {refused:,} rejected; {repaired:,} cells could not be read and were left empty.",
            f"{imports.num_rows} 个文件成为 {tables.num_rows} 张表：读取 {read:,} 行 = 保留 {kept:,} + "
            f"重复 {twice:,} + 未导入 {refused:,}；另有 {repaired:,} 个单元格无法读取，已留空。",
        ),
        *_held(tables, imports),
    ]
    titles = {metric.name: metric.title for metric in METRICS}
    for row in [row for row in findings if row["corrupts"]][:3]:
        en = ", ".join(titles[name].en for name in row["corrupts"])
        zh = "、".join(titles[name].zh for name in row["corrupts"])
        sentences.append(
            Words(
                f"{row['rows']:,} of {row['total']:,} rows of {row['table']}: {row['what_en']}; this touches {en}.",
                f"{row['table']} 表的 {row['total']:,} 行中有 {row['rows']:,} 行：{row['what_zh']}；影响：{zh}。",
            )
        )
    return tuple(sentences)
