"""Whom a list is for: what they have, what lies in their cart, and whether that may be looked at.

Who asked not to be recommended to by their own history is left without one, in every verb; each time
that this is done, one line is added to a log in the shop's folder, with counts and no name.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.features import carts, touches
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.rulebook import Rules, Verb
from shopkeeper.operations.recommend.shelf import Shelf

LOG = "opt_outs.jsonl"


def read_carts(shop: Shop, customers: pa.Array, products: pa.Array) -> Histories:
    """Return what lies in the cart of each customer, by number; one row a customer.

    Parameters
    ----------
    shop
        The shop.
    customers, products
        Names by number; what has none is left out.
    """
    if not shop.has("events"):
        return Histories(np.zeros(len(customers) + 1, np.int64), np.zeros(0, np.int64))
    rows = carts(shop).to_pyarrow()
    who, what = (
        pc.index_in(rows[name].cast(names.type), value_set=names)
        for name, names in (("customer_id", customers), ("product_id", products))
    )
    there = pc.and_(pc.is_valid(who), pc.is_valid(what))
    owner, product = (
        column.filter(there).combine_chunks().to_numpy().astype(np.int64) for column in (who, what)
    )
    order = np.lexsort((product, owner))
    starts = np.searchsorted(owner[order], np.arange(len(customers) + 1))
    return Histories(starts, product[order])


def barred_for(shop: Shop, rules: Rules, shelf: Shelf, customer: str) -> dict[str, Numbers]:
    """Return what a list for one customer may not show, by the rule that forbids it.

    Parameters
    ----------
    shop
        The shop.
    rules
        The rules; nothing is read of a customer who has opted out.
    shelf
        The products.
    customer
        The customer; empty for nobody.
    """
    if not customer or not may_be_read(rules, customer):
        return {}
    made = {}
    if "own" in rules.exclude:
        made["own"] = shelf.sold_by(customer)
    if "in_cart" in rules.exclude:
        there = carts(shop, [customer]).product_id.to_pyarrow()
        made["in_cart"] = np.sort(shelf.number.those(there.to_pylist()))
    if rules.exclude & {"bought", "viewed"}:
        seen = touches(shop)
        seen = seen.filter(seen.customer_id == customer)
        rows = seen.group_by("product_id").aggregate(bought=seen.bought.any()).to_pyarrow()
        for rule, bought in (("bought", True), ("viewed", False)):
            if rule in rules.exclude:
                own = rows.filter(pc.equal(rows["bought"], bought))["product_id"]
                made[rule] = np.sort(shelf.number.those(own.to_pylist()))
    return made


def may_be_read(rules: Rules, customer: str | None) -> bool:
    """Say whether what this customer did may decide what they are shown."""
    return rules.everyone and customer not in rules.opted_out


def logged(shop: Shop, verb: Verb, *, lists: int, by_request: int) -> bool:
    """Add to the shop's log that lists were made without personalisation; False where it cannot be.

    Parameters
    ----------
    shop
        The shop; of the past nothing is logged, for nobody is served from it.
    verb
        What was asked.
    lists
        Lists that were made without personalisation.
    by_request
        How many of them because the request said so; the rules of the shop said it of the others.
    """
    if shop.cut is not None or not lists:
        return True
    line = json.dumps(
        {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "verb": verb,
            "lists": lists,
            "by_request": by_request,
            "by_rules": lists - by_request,
        }
    )
    try:
        file = os.open(shop.path / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        return False
    # One write of a short line, so that lines of several processes never mix.
    with os.fdopen(file, "ab", buffering=0) as log:
        return log.write(f"{line}\n".encode()) > 0
