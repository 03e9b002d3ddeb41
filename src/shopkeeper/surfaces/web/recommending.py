"""The page on which recommendations are tried: a customer, a visit, or a product, with reasons and rules."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pyarrow.compute as pc

from shopkeeper.answer import Answer, spoken
from shopkeeper.errors import ShopkeeperError
from shopkeeper.surfaces.asking.desk import Desk, View
from shopkeeper.surfaces.report.pen import visible
from shopkeeper.surfaces.verbs import BY_NAME
from shopkeeper.surfaces.web import phrases
from shopkeeper.surfaces.web.cells import table_view
from shopkeeper.surfaces.web.frame import Reader, query_string

NAMES = ("customers", "given", "product", "k")
_MOST, _SUGGESTED, _INSTANCES = 1000, 200, 5
_RULES = "ruled_out"


def context(desk: Desk, view: View, reader: Reader, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return what the template of the page shows; called in the kitchen's thread.

    Parameters
    ----------
    desk, view
        Where answers are found, and the shop as it is now.
    reader
        Who reads, and what is asked: a customer, a visit or a product.
    arguments
        Of the verb `recommend`, as the reader asks it.
    """
    verb, beside = BY_NAME["recommend"], BY_NAME["similar_products"]
    lang = reader.lang
    step = desk.known(verb, verb.defaults())
    if step and step.outcome == "skipped":
        words = [part.get(lang) for part in (step.reason, step.enable) if part]
        return {"active": "/recommend", "missing": " ".join(words)}
    stored = desk.find(verb, verb.defaults())
    alike = desk.find(beside, beside.defaults())
    wanted = reader.asked.get("customers") or reader.asked.get("given")
    shown = _shown(desk, view, arguments) if wanted else None
    asked = any(reader.asked.get(name) for name in ("customers", "given", "product"))
    instance = "" if asked else _first(stored)
    want = {"customers": instance} if instance else reader.asked
    picks, title, rules = _picked(want, lang, shown, stored, alike)
    if instance:
        title = phrases.FOR_INSTANCE.get(lang).format(customer=visible(instance))
    return {
        "active": "/recommend",
        "missing": "",
        "asked": reader.asked,
        "is_asked": asked,
        "learned": stored is not None,
        "waits": asked and not picks and not reader.asked.get("product"),
        "title": title,
        "picks": picks,
        "rules": table_view(rules, _RULES, lang, most=20) if rules else None,
        "sentences": [words.get(lang) for words in stored.summary[1:2]] if stored else [],
        "instances": _instances(stored),
        "products": _products(view, stored),
    }


def _shown(desk: Desk, view: View, arguments: dict[str, Any]) -> Answer | None:
    """Return the answer that is kept, or the one that the stored model gives at once."""
    verb = BY_NAME["recommend"]
    if desk.has(verb, arguments):
        return desk.find(verb, arguments)
    try:
        return desk.at_once(verb, arguments, view)
    except ShopkeeperError:
        # What cannot be understood is told by the job that the button starts.
        return None


def _picked(
    asked: dict[str, str],
    lang: str,
    shown: Answer | None,
    stored: Answer | None,
    alike: Answer | None,
) -> tuple[list[dict[str, Any]], str, Answer | None]:
    """Return what is recommended, under which heading, and the answer whose rules held."""
    if asked.get("product") and alike:
        rows = _rows(alike, "product_id", asked["product"], lang)
        name = _title(alike, asked["product"])
        return (
            _picks(rows, "similar_id"),
            phrases.BESIDE_PRODUCT.get(lang).format(product=name),
            alike,
        )
    if asked.get("given") and shown:
        return (
            _picks(spoken(shown.table, lang).to_pylist(), "product_id"),
            phrases.FOR_VISIT.get(lang),
            shown,
        )
    if asked.get("customers"):
        customer = asked["customers"].strip()
        source = shown or (stored if asked.get("k", "") in ("", "10") else None)
        rows = _rows(source, "customer_id", customer, lang) if source else []
        title = phrases.FOR_CUSTOMER.get(lang).format(customer=visible(customer))
        return _picks(rows, "product_id"), title, source if rows else None
    return [], "", None


def _rows(answer: Answer, column: str, value: str, lang: str) -> list[dict[str, Any]]:
    mine = answer.table.filter(pc.equal(answer.table[column], value))
    rows: list[dict[str, Any]] = spoken(mine, lang).to_pylist()
    return rows


def _picks(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [
        {
            "rank": row["rank"],
            "title": visible(row["title"] or row[key]),
            "reason": visible(row["reason"] or ""),
            "address": query_string("/recommend", {"product": row[key]}),
            "customer": visible(str(row.get("customer_id") or "")),
        }
        for row in rows[:_MOST]
    ]


def _title(alike: Answer, product: str) -> str:
    named = alike.table.filter(pc.equal(alike.table["similar_id"], product))["title"]
    return visible(named[0].as_py() or product) if len(named) else visible(product)


def _first(stored: Answer | None) -> str:
    """Return a customer whose list is shown before anybody is asked for."""
    if stored is None or not stored.table.num_rows:
        return ""
    return stored.table["customer_id"][0].as_py() or ""


def _instances(stored: Answer | None) -> list[tuple[str, str]]:
    """Return a few customers to try."""
    if stored is None:
        return []
    known = pc.unique(stored.table["customer_id"])[:_INSTANCES].to_pylist()
    return [(visible(one), f"/recommend?customers={quote(one, safe='')}") for one in known if one]


def _products(view: View, stored: Answer | None) -> list[tuple[str, str]]:
    """Return products to choose from: those that are recommended most."""
    if stored is None:
        return []
    counted = stored.table.group_by("product_id").aggregate([("rank", "count"), ("title", "min")])
    counted = counted.sort_by([("rank_count", "descending"), ("product_id", "ascending")])
    rows = counted.slice(0, _SUGGESTED).to_pylist()
    return [(row["product_id"], visible(row["title_min"] or row["product_id"])) for row in rows]
