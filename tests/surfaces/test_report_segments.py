"""The section of who the customers are: its numbers are those of the answers, and each is a link."""

import html
import re
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import shop_from_tables
from shopkeeper.operations.segments import churn, profile, segment
from shopkeeper.settings import Settings
from shopkeeper.surfaces.report import write_report

SCRIPT = "<script>alert(1)</script>"
LANGUAGES = ("en", "zh")


def tables() -> dict[str, pa.Table]:
    """Return a shop in which some buy once, and the others stop one after another, of a category with a hostile name."""
    rows = [
        (who, step, datetime(2025, 1, 6, 9) + timedelta(days=who % 40 + step * (15 + who % 40)))
        for who in range(300) for step in range(1 + (who % 6 > 0) * (20 + who * 37 % 340) // (15 + who % 40))
    ]  # fmt: skip
    ids = [f"o{who}-{step}" for who, step, _ in rows]
    return {
        "orders": pa.table({
            "order_id": ids, "customer_id": [f"c{who:03d}" for who, *_ in rows], "ordered_at": [at for *_, at in rows],
            "status": ["paid"] * len(rows), "total": [30.0 + who for who, *_ in rows], "currency": ["CNY"] * len(rows)}),
        "order_items": pa.table({
            "order_id": ids, "line": [1] * len(rows), "product_id": ["p"] * len(rows), "quantity": [1] * len(rows),
            "price": [30.0] * len(rows)}),
        "products": pa.table({"product_id": ["p"], "title": [SCRIPT], "category": [SCRIPT]}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    shop = shop_from_tables(tables(), settings=Settings(minimum_count=20))
    return {one.verb: one for one in (segment(shop), churn(shop), profile(shop))}


@pytest.fixture(scope="module")
def pages(answers: dict[str, Answer], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    shop = shop_from_tables(tables(), settings=Settings(minimum_count=20), answers=answers)
    folder = tmp_path_factory.mktemp("report")
    return {
        lang: write_report(shop, folder / f"{lang}.html", lang=lang).read_text(encoding="utf-8")
        for lang in LANGUAGES
    }


def section(page: str) -> str:
    return re.search(r'<section[^>]*id="segments".*?</section>', page, re.S)[0]  # type: ignore[index]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_segment_is_listed_with_its_numbers(
    lang: str, pages: dict[str, str], answers: dict[str, Answer]
) -> None:
    text = html.unescape(re.sub(r"<[^>]+>", "", section(pages[lang])))
    for row in answers["segment"].table.to_pylist():
        if row["customers"] is not None:
            assert row[f"name_{lang}"] in text
            assert f"{row['customers']:,}" in text
            assert f"{row['share']:.1%}" in text
    for one in (*answers["segment"].summary, *answers["churn"].summary):
        assert re.sub(r"\s", "", one.get(lang)) in re.sub(r"\s", "", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_number_stands_without_a_link_and_no_name_is_markup(
    lang: str, pages: dict[str, str]
) -> None:
    part = section(pages[lang])
    assert "<script" not in part
    assert "alert(" in part
    free = r"<(svg|figcaption|time)\b.*?</\1>"
    unlinked = re.sub(rf'<a class="n".*?</a>|{free}|<[^>]+>|&[^;]+;', " ", part, flags=re.S)
    assert not re.findall(r"\d", unlinked), unlinked


def test_what_was_not_run_is_said(tmp_path: Path) -> None:
    page = write_report(shop_from_tables(tables()), tmp_path / "r.html", lang="zh").read_text(
        encoding="utf-8"
    )
    assert "未列出：" in section(page) and "分群名片" in section(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_segments_and_who_is_overdue_are_drawn(lang: str, pages: dict[str, str]) -> None:
    figures = re.findall(r'<figure class="chart">.*?</figure>', section(pages[lang]), re.S)
    assert len(figures) == 2
    heads = {
        "en": ["How recently and how often customers bought", "Who bought no more, foretold and happened"],
        "zh": ["最近购买时间与购买频次", "不再购买：预测与实际"],
    }  # fmt: skip
    for figure, head in zip(figures, heads[lang], strict=True):
        assert f"<h3>{head}</h3>" in figure
        assert figure.count("<svg") == 2
        assert len(re.findall(r"<(?:path|rect|text)\b", figure)) > 40
        assert not re.search(r"<(?:script|image|foreignObject|a)\b", figure)
    assert {"en": "Recency", "zh": "最近购买"}[lang] in figures[0]
