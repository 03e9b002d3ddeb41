"""The report: one HTML file that a shopkeeper can read on a phone, on paper and without a network.

It says first what is wrong and what to do, then shows the evidence. Everything in it comes from the
stored answers of the verbs and from counts of the shop's own tables; every number is a link to what
it counts. The page needs no script, loads nothing and lets nothing be loaded.

    gather (material, queries) → sections (advice, glance, behaviour, …) → page (template, style)

Limits: it shows what `shopkeeper run` has stored; run again after an import.
"""

from __future__ import annotations

from pathlib import Path

from shopkeeper.data.shop import Shop
from shopkeeper.data.store import storage_errors
from shopkeeper.errors import UsageError
from shopkeeper.words import Words

_ENDINGS = (".html", ".htm")


def write_report(shop: Shop, output: Path, *, lang: str = "") -> Path:
    """Write the report of a shop as one self-contained HTML file.

    Parameters
    ----------
    shop
        The shop.
    output
        The file to write; an older one is replaced whole.
    lang
        `en` or `zh`; the shop's own language when empty.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        The file belongs to the shop, is no regular file, or is there and no HTML.
    StorageError
        The disk is full or cannot be written.

    Limits
    ------
    Sections whose data is missing say so in one line. Nothing is computed that a verb computes: what
    `shopkeeper run` has not stored is not there.

    Examples
    --------
    >>> import tempfile
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> shop = shop_from_tables({"reviews": pa.table({"review_id": ["a"], "rating": [2.0]})})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(shop, Path(folder) / "report.html").read_text(encoding="utf-8")[:15]
    '<!doctype html>'
    """
    from shopkeeper.surfaces.report.page import render

    asked = Words(f"Asked to write the report {output}.", f"要写报告 {output}。")
    with storage_errors(output, asked):
        _refuse_to_overwrite(shop, output, asked)
    text = render(shop, lang or shop.settings.language)
    with storage_errors(output, asked):
        output.parent.mkdir(parents=True, exist_ok=True)
        unfinished = output.with_name(f".{output.name}.new")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(output)
    return output


def _refuse_to_overwrite(shop: Shop, output: Path, asked: Words) -> None:
    target, home = output.resolve(), shop.path.resolve()
    found = None
    if target.exists() and not target.is_file():
        found = Words("That is no regular file.", "那不是普通文件。")
    elif home in target.parents and (target.parent != home or target.suffix not in _ENDINGS):
        found = Words(
            "That place belongs to the shop's own files.", "那是店铺自己的文件所在的位置。"
        )
    elif target.exists() and not _is_page(target):
        found = Words("There is a file that is no HTML page.", "那里已有一个不是 HTML 的文件。")
    if found:
        do = Words("Name another file that ends in .html.", "请指定另一个以 .html 结尾的文件。")
        raise UsageError(asked, found, do)


def _is_page(path: Path) -> bool:
    if path.suffix in _ENDINGS:
        return True
    with path.open("rb") as file:
        return file.read(64).lstrip().lower().startswith(b"<!doctype html")
