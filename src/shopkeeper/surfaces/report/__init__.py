"""The report: one HTML file that a shopkeeper can read on a phone, on paper and without a network.

It says first what is wrong and what to do, then shows the evidence. Everything in it comes from the
stored answers of the verbs and from counts of the shop's own tables; every number is a link to what
it counts. The page needs no script, loads nothing and lets nothing be loaded.

    gather (material, queries) → sections (advice, glance, opinions, …) → page (template, style)

Limits: it shows what `shopkeeper run` has stored; run again after an import.
"""

from __future__ import annotations

from pathlib import Path

from shopkeeper.data.shop import Shop
from shopkeeper.data.store import storage_errors


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

    text = render(shop, lang or shop.settings.language)
    with storage_errors(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        unfinished = output.with_name(f".{output.name}.new")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(output)
    return output
