"""The section of what goes together, who is due again and what searches lack: every number is an answer's."""

import html
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.recommend import complements, search_products
from shopkeeper.settings import Settings
from shopkeeper.surfaces.report import write_report

START = datetime(2025, 1, 6, 9)
SCRIPT = "<script>alert(1)</script>"
TITLES = [SCRIPT, "cup\u202egpj.exe", "Kettle", "龙井茶 250 克", "Tray", "碗"]
LANGUAGES = ("en", "zh")


def tables() -> dict[str, pa.Table]:
    """Two things go together; tea is bought every thirty days by half of the customers."""
    orders, items = [], []
    for n in range(240):
        key, who = f"o{n:03d}", n % 60
        if who % 2 == 0 and n >= 60:
            continue
        at = START + timedelta(days=118 if n == 2 else n // 60 * 30 + who % 7, minutes=n)
        orders.append({"order_id": key, "customer_id": f"c{who:02d}", "ordered_at": at, "ordered_on": at.date(),
                       "status": "delivered", "currency": "CNY"})  # fmt: skip
        some = [3] if who % 2 else [0, 1] if who % 4 == 0 else [2, 4]
        items += [{"order_id": key, "line": at + 1, "product_id": f"p{one}", "quantity": 1, "price": 40}
                  for at, one in enumerate(dict.fromkeys(some))]  # fmt: skip
    searches = [{"search_id": f"s{n}", "query": ("kettle", SCRIPT, "茶杯")[n % 3], "searched_at": START}
                for n in range(40)]  # fmt: skip
    products = [
        {"product_id": f"p{n}", "title": title, "price": 40, "currency": "CNY"}
        for n, title in enumerate(TITLES)
    ]
    made = {"orders": orders, "order_items": items, "searches": searches, "products": products}
    return {name: pa.Table.from_pylist(rows) for name, rows in made.items()}


def shop(told: dict[str, Answer]) -> Shop:
    return shop_from_tables(tables(), settings=Settings(minimum_count=10), answers=told)


@pytest.fixture(scope="module")
def told() -> dict[str, Answer]:
    bare = shop({})
    return {
        "complements": complements(bare),
        "search_products": search_products(bare, method="keyword"),
    }


@pytest.fixture(scope="module")
def sections(
    told: dict[str, Answer], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[str, str]]:
    """The section and its page by language."""
    folder, made = tmp_path_factory.mktemp("selling"), shop(told)
    texts = {
        lang: write_report(made, folder / f"{lang}.html", lang=lang).read_text(encoding="utf-8")
        for lang in LANGUAGES
    }
    return {lang: (section(text), text) for lang, text in texts.items()}


def section(text: str) -> str:
    found = re.search('<section id="complements".*?</section>', text, re.S)
    assert found is not None
    return found[0]


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", text)).split())


def cells(text: str) -> list[list[str]]:
    rows = re.findall("<tr>.*?</tr>", text, re.S)
    return [[plain(cell) for cell in re.findall("<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_lists_what_goes_together_who_is_due_and_what_is_not_found(
    told: dict[str, Answer], sections: dict[str, tuple[str, str]], lang: str
) -> None:
    own, lines = sections[lang][0], cells(sections[lang][0])
    answer = told["complements"]
    first = answer.table.to_pylist()[0]
    assert html.escape(first[f"reason_{lang}"]) in own
    bundle = answer.evidence["bundles"].to_pylist()[0]
    symbol = "¥" if lang == "zh" else "CN¥"
    assert any(
        line[1:2] == [str(bundle["baskets"])] and line[3] == f"{symbol}{bundle['price']:.2f}"
        for line in lines
        if len(line) == 4
    )
    due = answer.evidence["due"].to_pylist()
    assert due and any(line[0] == due[0]["customer_id"] for line in lines if line)
    assert ["茶杯", "13"] in lines and not any(
        line[0].lower() == "kettle" for line in lines if len(line) == 2 and line[1] == "14"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_titles_and_queries_of_strangers_are_shown_and_not_obeyed(
    sections: dict[str, tuple[str, str]], lang: str
) -> None:
    own = sections[lang][0]
    assert SCRIPT not in own and "\u202e" not in own
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in own and "cup⟨U+202E⟩gpj.exe" in own


def test_every_number_leads_to_a_definition_in_both_languages(
    sections: dict[str, tuple[str, str]],
) -> None:
    linked: dict[str, set[str]] = {}
    for lang, (own, text) in sections.items():
        meant = dict(re.findall(r'<div id="(def-[\w-]+)"><dt>.+?</dt><dd>(.+?)</dd>', text))
        linked[lang] = set(re.findall('href="#(def-[^"]+)"', own))
        assert linked[lang] <= meant.keys() and len(linked[lang]) >= 6
        rest = re.sub(r"<(bdi|time|caption|thead|a|h2|span)\b.*?</\1>", " ", own, flags=re.S)
        assert re.findall(r"\d+", plain(rest)) == []
    assert linked["en"] == linked["zh"]


def test_without_answers_it_says_how_to_get_them(tmp_path: Path, told: dict[str, Any]) -> None:
    for name, called in (("complements", "搭配与补货"), ("search_products", "搜索结果")):
        made = shop({verb: answer for verb, answer in told.items() if verb != name})
        text = section(
            write_report(made, tmp_path / "r.html", lang="zh").read_text(encoding="utf-8")
        )
        lines = [plain(one) for one in re.findall('<p class="missing">(.*?)</p>', text, re.S)]
        assert lines == [f"未列出：{called}。执行 shopkeeper run 即可得到。"]
