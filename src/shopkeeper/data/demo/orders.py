"""The simulated orders become `orders`, `order_items`, `payments` and `shipments`."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from shopkeeper.data.demo import campaign as campaigns
from shopkeeper.data.demo.campaign import Campaign
from shopkeeper.data.demo.catalogue import Catalogue
from shopkeeper.data.demo.columns import Export, at, coded_ids, constant, ids, money, named, on
from shopkeeper.data.demo.habits import PAYMENT, SOLD_THROUGH
from shopkeeper.data.demo.people import regions
from shopkeeper.data.demo.plan import (
    CURRENCY,
    DAY,
    END,
    NEVER,
    ZONE,
    Flags,
    Ints,
    Plan,
    Rows,
    choose,
)
from shopkeeper.data.demo.spelling import CUSTOMER, ORDER, PRODUCT, SELLER, addresses
from shopkeeper.data.demo.world import World

_BATCH = 100_000
_FREE_SHIPPING_CENTS, _SHIPPING_CENTS = 9_900, 800
_STATUSES = ("cancelled", "delivered", "shipped", "paid")
_METHODS = ("alipay", "wechat_pay", "card", "cash_on_delivery")
_CARRIERS = ("顺丰速运", "中通快递", "圆通速递", "DHL")
_CODES = ("SAVE5", "SAVE10", "SAVE15", "SAVE20", "WINBACK10")
_CHANNELS = ("app", "web", "mini program")
_NOTES = (
    "请放快递柜",
    "工作日送货，谢谢",
    "麻烦包装结实一点",
    "送人用的，请不要放价格单",
    "到了先打电话 +86 100 0012 3456",
    "Please leave it with the neighbour",
    "Gift, no invoice please",
    "Call +1 202-555-0134 before delivery",
    "Ring twice",
    "If out of stock, mail me at guest@example.com",
)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Cents per order line (main, first and second extra; 0 where there is none) and per order."""

    price: Ints
    quantity: Ints
    discount: Ints
    shipping: Ints

    @property
    def line(self) -> Ints:
        """Each line after its discount."""
        return self.price * self.quantity - self.discount

    @property
    def total(self) -> Ints:
        """Amount to pay for each order."""
        return np.asarray(self.line.sum(axis=1) + self.shipping)


def amounts(world: World, orders: Rows) -> Amounts:
    """Return what the orders cost."""
    product = _lines(orders)
    there = product >= 0
    price = np.where(there, world.price[product], 0)
    quantity = there.astype(np.int64)
    quantity[:, 0] = orders["quantity"]
    discount = price * quantity * orders["discount"][:, None] // 100
    goods = (price * quantity - discount).sum(axis=1)
    shipping = np.where(goods < _FREE_SHIPPING_CENTS, _SHIPPING_CENTS, 0)
    return Amounts(price, quantity, discount, shipping)


def write_orders(
    folder: Path, plan: Plan, world: World, catalogue: Catalogue, orders: Rows, campaign: Campaign
) -> None:
    """Write the four tables, a batch of orders at a time."""
    rng = plan.generator("orders")
    treated = np.zeros(world.customers, bool)
    treated[campaign.customer] = campaign.treated
    with ExitStack() as stack:
        heads, items, payments, shipments = (
            stack.enter_context(Export(folder, table, plain=("order_id",)))
            for table in ("orders", "order_items", "payments", "shipments")
        )
        for start in range(0, len(orders), _BATCH):
            part = orders[start : start + _BATCH]
            number = np.arange(start, start + len(part))
            cost = amounts(world, part)
            unpaid = (part["cancelled"] == 1) & (part["ring"] == 0)
            paid = np.where(unpaid, NEVER, part["time"] + rng.integers(5, 600, len(part)))
            won = _won_back(part, treated)
            heads.write(_head(part, number, cost, paid) | _head_words(rng, world, part, won))
            _write_items(items, world, catalogue, part, number, cost)
            _write_payments(rng, payments, world, part, number, cost, paid)
            _write_shipments(rng, shipments, part, number)


def _lines(orders: Rows) -> Ints:
    return np.stack([orders[name] for name in ("bought", "extra1", "extra2")], 1).astype(np.int64)


def _status(orders: Rows) -> Ints:
    known = [orders["cancelled"] == 1, orders["delivered"] < END, orders["shipped"] < END]
    return np.select(known, [0, 1, 2], 3)


def _won_back(orders: Rows, treated: Flags) -> Flags:
    day = orders["time"] // DAY - campaigns.START_DAY
    return np.asarray(treated[orders["customer"]] & (day >= 0) & (day < campaigns.WINDOW_DAYS))


def _head(orders: Rows, number: Ints, cost: Amounts, paid: Ints) -> dict[str, pa.Array]:
    count = len(orders)
    cancelled = orders["cancelled"] == 1
    returned = orders["returned"] < NEVER
    charged_back = np.where(cancelled & (paid < NEVER), orders["time"] + 3 * DAY, NEVER)
    refunded_at = np.where(returned, orders["returned"], charged_back)
    return {
        "order_id": ids(ORDER, number),
        "kind": constant("sale", count),
        "ordered_at": at(orders["time"]),
        "ordered_on": on(orders["time"]),
        "time_zone": constant(ZONE, count),
        "status": named(_status(orders), _STATUSES),
        "paid_at": at(paid),
        "cancelled_at": at(orders["time"] + 7200, cancelled),
        "subtotal": money(cost.line.sum(axis=1)),
        "discount": money(cost.discount.sum(axis=1)),
        "shipping": money(cost.shipping),
        "tax": money(np.zeros(count, np.int64)),
        "total": money(cost.total),
        "refunded": money(np.where(returned, cost.line[:, 0], cost.total), refunded_at < END),
        "refunded_at": at(refunded_at, refunded_at < END),
        "currency": constant(CURRENCY, count),
    }


def _head_words(
    rng: np.random.Generator, world: World, orders: Rows, won: Flags
) -> dict[str, pa.Array]:
    count = len(orders)
    customer = orders["customer"].astype(np.int64)
    code = np.where(won, 4, np.where(orders["discount"] > 0, orders["discount"] // 5 - 1, -1))
    note = np.where(rng.random(count) < 0.05, rng.integers(0, len(_NOTES), count), -1)
    region, country = regions(world, customer)
    return {
        "customer_id": coded_ids(CUSTOMER, customer),
        "channel": named(choose(rng, SOLD_THROUGH, world.segment[customer]), _CHANNELS),
        "discount_code": named(code, _CODES),
        "region": region,
        "country": country,
        "ip": addresses(np.where(orders["ring"] > 0, -orders["ring"].astype(np.int64), customer)),
        "note": named(note, _NOTES),
    }


def _write_items(
    export: Export, world: World, catalogue: Catalogue, orders: Rows, number: Ints, cost: Amounts
) -> None:
    lines = _lines(orders)
    order, slot = np.nonzero(lines >= 0)
    product = lines[order, slot]
    line = np.cumsum(lines >= 0, axis=1)[order, slot]
    returned_at = np.where(slot == 0, orders["returned"][order], NEVER)
    returned = returned_at < NEVER
    quantity = cost.quantity[order, slot]
    distinct, title = np.unique(product, return_inverse=True)
    export.write(
        {
            "order_id": ids(ORDER, number[order]),
            "line": line,
            "product_id": coded_ids(PRODUCT, product),
            "seller_id": coded_ids(SELLER, world.seller[product]),
            "title": named(title, [catalogue.titles[code] for code in distinct]),
            "quantity": quantity,
            "price": money(cost.price[order, slot]),
            "discount": money(cost.discount[order, slot]),
            "currency": constant(CURRENCY, len(order)),
            "returned_quantity": pa.array(quantity, mask=~returned),
            "refunded": money(cost.line[order, slot], returned),
            "returned_at": at(returned_at, returned),
        }
    )


def _write_payments(
    rng: np.random.Generator,
    export: Export,
    world: World,
    orders: Rows,
    number: Ints,
    cost: Amounts,
    paid: Ints,
) -> None:
    method = choose(rng, PAYMENT, world.segment[orders["customer"]])
    rate = rng.choice([3, 6, 12], len(orders))
    rows = np.flatnonzero(paid < NEVER)
    dear = (cost.total > 60_000) & (method == 2)
    export.write(
        {
            "order_id": ids(ORDER, number[rows]),
            "line": np.ones(len(rows), np.int64),
            "method": named(method[rows], _METHODS),
            "installments": np.where(dear, rate, 1)[rows],
            "amount": money(cost.total[rows]),
            "currency": constant(CURRENCY, len(rows)),
            "paid_at": at(paid[rows]),
        }
    )


def _write_shipments(rng: np.random.Generator, export: Export, orders: Rows, number: Ints) -> None:
    status = _status(orders)
    carrier = rng.choice(len(_CARRIERS), len(orders), p=[0.3, 0.35, 0.3, 0.05])
    rows = np.flatnonzero((status == 1) | (status == 2))
    delivered = orders["delivered"][rows]
    export.write(
        {
            "order_id": ids(ORDER, number[rows]),
            "line": np.ones(len(rows), np.int64),
            "carrier": named(carrier[rows], _CARRIERS),
            "promised_at": at(orders["promised"][rows]),
            "shipped_at": at(orders["shipped"][rows]),
            "delivered_at": at(delivered, delivered < END),
        }
    )
