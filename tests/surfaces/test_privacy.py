"""What a planted person wrote or was called is in nothing that any command leaves or prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

NAME, NICKNAME, EMAIL = "Zelda Quixote", "欧阳小满", "zelda.quixote@private.example"
MOBILE, PHONE, ABROAD = "13812349876", "(415) 555-0199", "+44 20 7946 0958"
WIDE, CARD = "１３９１２３４９８７６", "11010519491231002X"
ADDRESS, IP, IPV6 = "742 Evergreen Terrace", "203.0.113.199", "2001:db8:85a3::8a2e:370:7334"
NOTE = f"write {EMAIL} or call {PHONE}, {ABROAD}, 电话{WIDE}，身份证{CARD}, from {IP}, {IPV6}"
Rows = list[dict[str, Any]]
PLANTED = (
    "zelda", "quixote", "小满", "private.example", "13812349876", "555-0199", "7946 0958", "７６",
    "1949123100", "evergreen", "203.0.113.199", "85a3::8a2e",
)  # fmt: skip


@pytest.fixture
def planted(
    exported: Callable[..., Path], orders: Callable[..., Rows], reviews: Callable[..., Rows]
) -> Path:
    """Exports in which a person stands wherever one can."""
    return plant(exported, orders(400), reviews(400))


def plant(exported: Callable[..., Path], orders: Rows, reviews: Rows) -> Path:
    """Write them."""
    for number, row in enumerate(orders[:40]):
        row["customer_id"] = (EMAIL, NAME, NICKNAME, MOBILE)[number % 4]
        row["status"] = "delivered" if number % 9 else "cancelled"
    orders = [
        row | {"note": NOTE, "channel": f"from {EMAIL}", "discount_code": EMAIL, "ip": IP}
        for row in orders
    ]
    orders += [orders[0] | {"order_id": f"bad{n}", "ordered_at": NAME} for n in range(3)]
    orders += [orders[0] | {"order_id": f"o of {EMAIL}"}]
    reviews = [row | {"title": f"{EMAIL} {IP}"} for row in reviews]
    for row in reviews[::3]:
        row["text"] = f"{row['text']} {NOTE}"
    reviews += [reviews[0] | {"review_id": f"{EMAIL} {n}", "rating": NAME} for n in range(3)]
    reviews += [reviews[0] | {"review_id": "", "customer_id": NAME}]
    customers = [
        {"customer_id": who, "name": NAME, "email": EMAIL, "phone": PHONE, "address": ADDRESS,
         "city": f"at {EMAIL}", "tags": NOTE}
        for who in ("c1", "c2", NAME, NICKNAME, MOBILE)
    ]  # fmt: skip
    products = [
        {"product_id": f"p{n}", "title": f"Tea for {EMAIL}", "category": f"tea {PHONE}",
         "brand": IPV6, "description": NOTE, "price": "9.50" if n else NAME}
        for n in range(7)
    ]  # fmt: skip
    messages = [
        {"message_id": f"m{n}", "conversation_id": (EMAIL, NAME, NICKNAME, MOBILE)[n % 4], "sender": "customer" if n % 3 else NAME, "text": NOTE,
         "sent_at": "2025-03-01 10:00:00" if n else f"when {MOBILE} calls", "customer_id": NICKNAME}
        for n in range(40)
    ]  # fmt: skip
    for name, rows in {
        "orders": orders, "reviews": reviews, "customers": customers, "products": products,
        "messages": messages,
    }.items():  # fmt: skip
        folder = exported(f"{name}.csv", rows).parent
    events = [
        {"event": f"Product Viewed by {EMAIL}" if n == 3 else "Product Viewed", "messageId": f"e{n}",
         "userId": (EMAIL, NAME, MOBILE)[n % 3], "anonymousId": NICKNAME,
         "timestamp": "2025-03-01T10:00:00Z" if n else NAME, "context": {"ip": IP, "sessionId": (EMAIL, NAME, MOBILE)[n % 3]},
         "properties": {"product_id": "p1", "url": f"https://x.example/{EMAIL}", "query": NOTE,
                        "utm_medium": NOTE}}
        for n in range(60)
    ]  # fmt: skip
    lines = [json.dumps(event) for event in events] + [json.dumps(events[0])[:-9]]
    (folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    headerless = f"{NAME},{EMAIL},{MOBILE},good\n{NICKNAME},a@b.example,{PHONE},bad\n"
    (folder / "headerless.csv").write_text(headerless, encoding="utf-8")
    (folder / "names.csv").write_text(
        f"{NAME},{ADDRESS}\n{NICKNAME},Other Street\n", encoding="utf-8"
    )
    users = f"id,name,email,user_id,timestamp\n1,{NAME},{EMAIL},u1,2025-03-01 10:00:00\n"
    (folder / "users.csv").write_text(users, encoding="utf-8")
    broken = f'review_id,text,rating\nr1,{NAME},5,{EMAIL}\nr2,"cut {NOTE}'
    (folder / "broken.csv").write_text(broken, encoding="utf-8")
    return folder


def leaks(text: str) -> set[str]:
    """The planted values in a text; a folder's own name is not the shop's."""
    return {value for value in PLANTED if value in text.lower()}


def leaks_in_files(shop: Path) -> set[str]:
    """The planted values in any file of a shop, Parquet read cell by cell."""
    found: set[str] = set()
    for path in (path for path in shop.rglob("*") if path.is_file()):
        text = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".parquet":
            text += json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
        found |= {f"{path.relative_to(shop)}: {value}" for value in leaks(text)}
    return found


def test_a_planted_person_is_in_no_file_and_in_no_output(
    command: Callable[..., Any], planted: Path, tmp_path: Path
) -> None:
    shop, printed = tmp_path / "shop", {}
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'table = "reviews"\n[columns]\ntext = "text"\nlabel = "who"\n', encoding="utf-8"
    )
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(
        "text,who\n" + f"good,{NAME}\nbad,{EMAIL}\nbad,{NICKNAME}\nbad,zelda\nbad,{MOBILE}\n" * 30,
        encoding="utf-8",
    )
    for lang in ("en", "zh"):
        report = tmp_path / f"{lang}.html"
        asked: list[tuple[object, ...]] = [
            ("import", planted, "--shop", shop),
            ("import", wrong, "--shop", shop, "--mapping", mapping),
            ("check", shop),
            ("check", shop, "--json"),
            ("run", shop),
            ("report", shop, "--output", report),
            ("overview", shop, "--json"),
            ("review-sentiment", shop, "--json"),
            ("sentiment-effect", shop),
            ("review-aspects", shop, "--json"),
        ]
        for words in asked:
            done = command(*words, "--lang", lang)
            assert done.code in (0, 2, 3), done.err
            text = done.out + done.err
            printed[f"{words[0]} {lang}"] = [line for line in text.splitlines() if leaks(line)]
        printed[f"report page {lang}"] = leaks(report.read_text(encoding="utf-8"))
    assert {name: found for name, found in printed.items() if found} == {}
    assert leaks_in_files(shop) == set()


def test_what_was_planted_did_arrive(
    command: Callable[..., Any], planted: Path, tmp_path: Path
) -> None:
    """Otherwise the test above could pass because nothing was imported."""
    shop = tmp_path / "shop"
    command("import", planted, "--shop", shop)
    found = {
        folder.name: pa.concat_tables([pq.read_table(file) for file in folder.rglob("*.parquet")])
        for folder in (shop / "tables").iterdir()
    }
    assert found["reviews"].num_rows == 403
    assert found["orders"].num_rows == 401
    assert found["events"].num_rows == 59
    assert found["messages"].num_rows == 39
    assert sum("[email]" in text for text in found["reviews"]["text"].to_pylist() if text) > 100
    assert not {"users", "headerless", "names"} & found.keys()
