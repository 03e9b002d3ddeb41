"""Answer: what every verb returns, and the only thing that surfaces render.

An answer holds a table, the method that made it, sentences in both languages, further tables as
evidence, what it cannot say, and at most one chart as a Vega-Lite specification. It knows no shop.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopkeeper.errors import ArtifactError
from shopkeeper.words import Words, localised

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a verb.

    Parameters
    ----------
    verb
        Name of the verb.
    title
        One line that names the answer.
    table
        The answer itself, as an Arrow table with declared columns.
    method
        The method that made it.
    as_of
        The instant up to which data was used, ISO 8601 in UTC; empty when all data was used.
    summary
        Sentences a shopkeeper can act on. Every number in them stands in a table of the answer.
    evidence
        Further tables, by name.
    limits
        What the answer cannot say.
    definitions
        Meaning of columns and metrics, by name.
    chart
        A Vega-Lite specification with its data inside; texts may be `{"en": …, "zh": …}`.
    logged
        Counts that its verb wrote to a log of the shop when it answered, and writes again whenever a
        surface gives the answer once more; empty where there is no such log.
    """

    verb: str
    title: Words
    table: pa.Table
    method: str
    as_of: str = ""
    summary: tuple[Words, ...] = ()
    evidence: dict[str, pa.Table] = field(default_factory=dict)
    limits: tuple[Words, ...] = ()
    definitions: dict[str, Words] = field(default_factory=dict)
    chart: dict[str, Any] | None = None
    logged: dict[str, int] = field(default_factory=dict)

    def to_arrow(self) -> pa.Table:
        """Return the table."""
        return self.table

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas frame."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def to_dict(self, lang: str = "en", *, max_rows: int = 1000) -> dict[str, Any]:
        """Return the answer as plain JSON values.

        Parameters
        ----------
        lang
            Language of the texts.
        max_rows
            Rows of each table at the most; `rows` says how many there are in all.
        """
        return {
            "verb": self.verb,
            "title": self.title.get(lang),
            "method": self.method,
            "as_of": self.as_of,
            "summary": [words.get(lang) for words in self.summary],
            "table": plain_rows(spoken(self.table, lang), max_rows),
            "rows": self.table.num_rows,
            "evidence": {
                name: plain_rows(spoken(table, lang), max_rows)
                for name, table in self.evidence.items()
            },
            "limits": [words.get(lang) for words in self.limits],
            "definitions": {name: words.get(lang) for name, words in self.definitions.items()},
            "chart": localised(self.chart, lang),
        }

    def to_json(self, lang: str = "en", *, max_rows: int = 1000) -> str:
        """Return `to_dict` as JSON text."""
        return json.dumps(self.to_dict(lang, max_rows=max_rows), ensure_ascii=False, indent=2)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: title, sentences and the first rows, every cell escaped."""
        lang = _system_language()
        table = spoken(self.table, lang)
        shown = [
            [_shown(value) for value in row.values()] for row in plain_rows(table, _SHOWN_ROWS)
        ]
        sentences = "".join(f"<p>{escape(words.get(lang))}</p>" for words in self.summary)
        head = "".join(f"<th>{escape(name)}</th>" for name in table.column_names)
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in shown)
        left = table.num_rows - len(shown)
        more = Words(f"{left:,} more rows", f"另有 {left:,} 行").get(lang) if left else ""
        return (
            f"<h4>{escape(self.title.get(lang))}</h4>{sentences}"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{more}</p>"
        )

    def _ipython_display_(self) -> None:
        """Show the table, and beneath it the chart, which the notebook draws itself."""
        from IPython.display import display

        display({"text/html": self._repr_html_(), "text/plain": repr(self)}, raw=True)
        if self.chart is not None:
            lang = _system_language()
            major = "v5" if "/v5" in self.chart.get("$schema", "") else "v6"
            kind = f"application/vnd.vegalite.{major}+json"
            bundle = {kind: localised(self.chart, lang), "text/plain": self.title.get(lang)}
            display(bundle, raw=True)

    def save(self, folder: Path) -> None:
        """Write the answer into an existing empty folder: one JSON file and one Parquet a table."""
        import pyarrow.parquet as pq

        head = {
            "verb": self.verb,
            "title": self.title.to_dict(),
            "method": self.method,
            "as_of": self.as_of,
            "summary": [words.to_dict() for words in self.summary],
            "evidence": list(self.evidence),
            "limits": [words.to_dict() for words in self.limits],
            "definitions": {name: words.to_dict() for name, words in self.definitions.items()},
            "chart": self.chart,
            "logged": self.logged,
        }
        (folder / "answer.json").write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")
        pq.write_table(self.table, folder / "table.parquet")
        for index, table in enumerate(self.evidence.values()):
            pq.write_table(table, folder / f"evidence-{index}.parquet")


def _system_language() -> str:
    names = ("SHOPKEEPER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    said = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.2f}"
    return escape(str(value))


def load_answer(folder: Path) -> Answer:
    """Read an answer that `Answer.save` wrote.

    Raises
    ------
    ArtifactError
        The folder is missing or damaged.
    """
    try:
        return _read(folder)
    # What Arrow says of damaged files are kinds of OSError and ValueError.
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            Words(
                f"Asked to read the stored answer in {folder}.", f"要读取保存在 {folder} 的结果。"
            ),
            Words("It is missing or damaged.", "它已丢失或损坏。"),
            Words(
                "Answer anew with `shopkeeper run SHOP --again`.",
                "请用 `shopkeeper run 店铺 --again` 重新计算。",
            ),
        ) from error


def _read(folder: Path) -> Answer:
    import pyarrow.parquet as pq

    head = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return Answer(
        verb=head["verb"],
        title=Words(**head["title"]),
        table=pq.read_table(folder / "table.parquet"),
        method=head["method"],
        as_of=head["as_of"],
        summary=tuple(Words(**words) for words in head["summary"]),
        evidence={
            name: pq.read_table(folder / f"evidence-{index}.parquet")
            for index, name in enumerate(head["evidence"])
        },
        limits=tuple(Words(**words) for words in head["limits"]),
        definitions={name: Words(**words) for name, words in head["definitions"].items()},
        chart=head["chart"],
        logged=head.get("logged", {}),
    )


def spoken(table: pa.Table, lang: str) -> pa.Table:
    """Return a table with each pair of columns `x_en`, `x_zh` as one column `x` in `lang`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> spoken(pa.table({"rows": [2], "what_en": ["late"], "what_zh": ["延迟"]}), "zh").to_pydict()
    {'rows': [2], 'what': ['延迟']}
    """
    names = table.column_names
    other, own = ("_en", "_zh") if lang == "zh" else ("_zh", "_en")
    pairs = {name.removesuffix(own) for name in names if name.endswith(own)}
    pairs = {stem for stem in pairs if stem + other in names}
    kept = table.drop_columns([stem + other for stem in pairs])
    return kept.rename_columns(
        [
            name.removesuffix(own) if name.removesuffix(own) in pairs else name
            for name in kept.column_names
        ]
    )


def plain_rows(table: pa.Table, most: int, *, offset: int = 0) -> list[dict[str, Any]]:
    """Return rows of a table as plain JSON values.

    Parameters
    ----------
    table
        The table.
    most
        Rows at the most.
    offset
        Rows to leave out at the beginning.

    Examples
    --------
    >>> import pyarrow as pa
    >>> plain_rows(pa.table({"n": [1.0, float("nan"), 3.0]}), 2, offset=1)
    [{'n': None}, {'n': 3.0}]
    """
    rows = table.slice(offset, most).to_pylist()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return float(value)
