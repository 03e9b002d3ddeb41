"""A small shop whose report speaks of customers, and how its pages are read."""

import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.behaviour import funnel, paths, retention, sessions
from shopkeeper.operations.recommend import complements, recommend, search_products
from shopkeeper.operations.segments import lifetime_value
from shopkeeper.settings import Settings
from shopkeeper.surfaces.report import write_report

START = datetime(2025, 1, 6, 9)
SCRIPT = "<script>alert(1)</script>"
TITLES = [
    "龙井茶 250 克",
    SCRIPT,
    "cup\u202egpj.exe",
    "Tea & <b>bowl</b>",
    "碗",
    "Kettle",
    "Tray",
    None,
]
CUSTOMERS, LEAST = 220, 10
LANGUAGES = ("en", "zh")
VERBS = (
    "funnel",
    "sessions",
    "retention",
    "lifetime_value",
    "paths",
    "recommend",
    "complements",
    "search_products",
)
SECTIONS = ("behaviour", "recommend", "complements")


def bought() -> Iterator[tuple[int, int, datetime]]:
    """Yield customer, number of the purchase and time: the later begun, the rarer the third one."""
    for who in range(CUSTOMERS):
        for step in range(1 + who % 4):
            day = who * 240 // CUSTOMERS + step * (20 + who % 17)
            yield who, step, START + timedelta(days=day, minutes=who)


def tables() -> dict[str, pa.Table]:
    """Return a shop of a year in which every purchase had a visit, and many visits had none."""
    orders, items, events = [], [], []
    for who, step, at in bought():
        key, product = f"o{who}-{step}", f"p{(who + 3 * step) % len(TITLES)}"
        orders.append(
            {"order_id": key, "customer_id": f"c{who:03d}", "ordered_at": at, "ordered_on": at.date(),
             "time_zone": "Asia/Shanghai", "status": "delivered", "total": 40 + who, "currency": "CNY"}
        )  # fmt: skip
        items.append(
            {"order_id": key, "line": 1, "product_id": product, "quantity": 1, "price": 40 + who}
        )
        if who % 4 == 0:
            beside = f"p{(who + 3 * step + 1) % len(TITLES)}"
            items.append(items[-1] | {"line": 2, "product_id": beside})
        names = ("Product Viewed", "Product Added", "Order Completed")
        visits = [(key, names), (f"{key}x", names[: 1 + who % 2])]
        events += [
            {"name": name, "happened_at": at - timedelta(minutes=9 - place), "session_id": visit,
             "customer_id": f"c{who:03d}", "product_id": product}
            for visit, done in visits
            for place, name in enumerate(done)
        ]  # fmt: skip
    products = [{"product_id": f"p{n}", "title": title} for n, title in enumerate(TITLES)]
    searches = [
        {
            "search_id": f"s{n}",
            "query": ("kettle", SCRIPT, "茶杯")[n % 3],
            "searched_at": START,
            "clicked_product_id": "p5",
        }
        for n in range(40)
    ]
    made = {
        "orders": orders,
        "order_items": items,
        "events": events,
        "products": products,
        "searches": searches,
    }
    return {name: pa.Table.from_pylist(rows) for name, rows in made.items()}


def answers(settings: Settings) -> dict[str, Answer]:
    """Return what the verbs answer to the shop."""
    bare = shop_from_tables(tables(), settings=settings)
    made = (funnel(bare), paths(bare), sessions(bare), retention(bare), lifetime_value(bare), recommend(bare),
            complements(bare), search_products(bare, method="keyword"))  # fmt: skip
    return {answer.verb: answer for answer in made}


def shop(told: dict[str, Answer], least: int = LEAST) -> Shop:
    chosen = Settings(minimum_count=least, currency="CNY")
    return shop_from_tables(tables(), settings=chosen, answers=told)


def page(made: Shop, folder: Path, lang: str) -> str:
    return write_report(made, folder / f"{lang}.html", lang=lang).read_text(encoding="utf-8")


def section(text: str, name: str) -> str:
    found = re.search(f'<section id="{name}".*?</section>', text, re.S)
    assert found is not None, name
    return found[0]


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", text)).split())


def grids(text: str) -> list[list[list[str]]]:
    """Return the tables of a section as texts."""
    return [
        [
            [plain(cell) for cell in re.findall("<t[hd].*?</t[hd]>", row, re.S)]
            for row in re.findall("<tr>.*?</tr>", body, re.S)
        ]
        for body in re.findall("<tbody>(.*?)</tbody>", text, re.S)
    ]


def share(row: dict[str, Any], names: tuple[str, str, str] = ("share", "low", "high")) -> str:
    value, low, high = (f"{100 * row[name]:.1f}%" for name in names)
    return f"{value} {low}–{high}"
