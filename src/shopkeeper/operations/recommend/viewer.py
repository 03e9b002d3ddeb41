"""Whom a list is for: what they have, what lies in their cart, and whether that may be looked at.

Who asked not to be recommended to by their own history is left without one, in every verb; each time
that this is done, one line is added to a log in the shop's folder, with counts and no name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.features import carts, touches
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.rulebook import Rules, Verb
from shopkeeper.operations.recommend.shelf import Shelf

LOG = "opt_outs.jsonl"


def in_carts(shop: Shop, customers: Sequence[str], number: Mapping[str, int]) -> dict[str, Numbers]:
    """Return the products in the cart of each customer who has one.

    Parameters
    ----------
    shop
        The shop.
    customers
        Whose carts.
    number
        Number of each product by name.
    """
    rows = carts(shop, customers).to_pyarrow().to_pylist()
    made: dict[str, list[int]] = {}
    for row in rows:
        if row["product_id"] in number:
            made.setdefault(row["customer_id"], []).append(number[row["product_id"]])
    return {customer: np.sort(np.array(some, np.int64)) for customer, some in made.items()}


def sold_by(shelf: Shelf, customer: str | None) -> Numbers:
    """Return the products that the customer sells."""
    if customer is None:
        return np.zeros(0, np.int64)
    return np.flatnonzero(shelf.of("seller", (customer,)))


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
    number, made = shelf.number(), {}
    if "own" in rules.exclude:
        made["own"] = sold_by(shelf, customer)
    if "in_cart" in rules.exclude:
        made["in_cart"] = in_carts(shop, [customer], number).get(customer, np.zeros(0, np.int64))
    if rules.exclude & {"bought", "viewed"}:
        seen = touches(shop)
        seen = seen.filter(seen.customer_id == customer)
        rows = seen.group_by("product_id").aggregate(bought=seen.bought.any()).to_pyarrow()
        for rule, bought in (("bought", True), ("viewed", False)):
            if rule in rules.exclude:
                some = [
                    number[row["product_id"]]
                    for row in rows.to_pylist()
                    if row["bought"] == bought and row["product_id"] in number
                ]
                made[rule] = np.sort(np.array(some, np.int64))
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
