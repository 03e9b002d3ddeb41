"""The report of a shop that lacks something: each section stays and says what would fill it."""

import os
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import StorageError, UsageError
from shopkeeper.operations.behaviour import overview
from shopkeeper.operations.reviews.ask import sentiment_effect
from shopkeeper.surfaces.report import write_report

SECTIONS = [
    "first", "next", "glance", "behaviour", "recommend", "complements", "change", "searches", "baskets", "segments", "time", "aspect", "topic", "category", "product", "seller",
    "effect", "quality", "definitions",
]  # fmt: skip
STAYING = {
    "nothing": [
        "first",
        "next",
        "glance",
        "behaviour",
        "recommend",
        "complements",
        "change",
        "searches",
        "baskets",
        "segments",
        "quality",
        "definitions",
    ],
    "no reviews": [
        "first",
        "next",
        "glance",
        "behaviour",
        "recommend",
        "complements",
        "change",
        "searches",
        "baskets",
        "segments",
        "seller",
        "quality",
        "definitions",
    ],
}
"""What a shop without reviews keeps; its first section says what reviews would add."""

START = datetime(2025, 3, 3, 8)


def tables() -> dict[str, pa.Table]:
    """Return a shop of 120 reviews over four months, the odd ones of orders that came late."""
    number = range(120)
    ids = [f"o{n}" for n in number]
    at = [START + timedelta(days=n) for n in number]
    return {
        "reviews": pa.table(
            {
                "review_id": [f"r{n}" for n in number],
                "order_id": ids,
                "rating": [1.0 if n % 3 == 1 else 5.0 for n in number],
                "text": ["东西坏了，也没人回复我的消息" if n % 3 == 1 else None for n in number],
                "reviewed_at": at,
                "reviewed_on": [date(2025, 3, 3) + timedelta(days=n) for n in number],
            }
        ),
        "orders": pa.table({"order_id": ids, "ordered_at": at, "total": list(number)}),
        "order_items": pa.table(
            {
                "order_id": ids,
                "line": [1] * 120,
                "product_id": [f"p{n % 4}" for n in number],
                "seller_id": [f"s{n % 2}" for n in number],
                "quantity": [1] * 120,
                "price": list(number),
            }
        ),
        "shipments": pa.table(
            {
                "order_id": ids,
                "line": [1] * 120,
                "promised_at": [moment + timedelta(days=4) for moment in at],
                "delivered_at": [at[n] + timedelta(days=3 + 4 * (n % 2)) for n in number],
            }
        ),
        "products": pa.table(
            {"product_id": ["p0", "p1", "p2", "p3"], "category": ["茶", "茶", "碗", None]}
        ),
    }


def without(*names: str) -> Shop:
    """Return the shop without some tables."""
    return shop_from_tables({k: table for k, table in tables().items() if k not in names})


def with_reviews(reviews: pa.Table) -> Shop:
    """Return a shop that has nothing but these reviews."""
    return shop_from_tables({"reviews": reviews})


PARTIAL = {
    "nothing": lambda: without(*tables()),
    "no reviews": lambda: without("reviews"),
    "no orders": lambda: without("orders", "order_items", "shipments"),
    "no products": lambda: without("products"),
    "no answers": without,
    "one review": lambda: with_reviews(tables()["reviews"].slice(1, 1)),
    "no dates": lambda: with_reviews(
        tables()["reviews"].drop_columns(["reviewed_at", "reviewed_on"])
    ),
    "no stars": lambda: with_reviews(tables()["reviews"].drop_columns(["rating"])),
}


@pytest.mark.parametrize(
    ("name", "lang"), [(name, ("en", "zh")[at % 2]) for at, name in enumerate(PARTIAL)]
)
def test_what_is_missing_is_said_and_the_sections_stay(
    name: str, lang: str, tmp_path: Path
) -> None:
    text = write_report(PARTIAL[name](), tmp_path / "r.html", lang=lang).read_text(encoding="utf-8")
    assert re.findall(r'<section id="(\w+)"', text) == STAYING.get(name, SECTIONS)
    assert set(re.findall(r'<a [^>]*href="#([\w-]+)"', text)) <= set(
        re.findall(r' id="([\w-]+)"', text)
    )
    assert 'class="missing"' in text
    assert not re.search(r"\b(nan|None|inf)\b(?! has)", re.sub(r"<[^>]+>", "", text))


def test_without_the_answers_the_report_says_how_to_make_them(tmp_path: Path) -> None:
    text = write_report(without(), tmp_path / "r.html", lang="zh").read_text(encoding="utf-8")
    assert "还不知道差评与什么有关" in text
    assert "执行 <code>shopkeeper run</code> 会判读正文" in text


def test_without_reviews_one_sentence_says_what_they_would_add(tmp_path: Path) -> None:
    for lang, said in (("en", "There are no reviews here"), ("zh", "店里还没有评价")):
        path = write_report(without("reviews"), tmp_path / "r.html", lang=lang)
        assert path.read_text(encoding="utf-8").count(said) == 1


def test_the_numbers_at_a_glance_name_the_days_that_they_cover(tmp_path: Path) -> None:
    shop = shop_from_tables(tables(), answers={"overview": overview(without())})
    for lang, days in (("en", "3 Mar 2025 – 30 Jun 2025"), ("zh", "2025年3月3日 至 2025年6月30日")):
        text = write_report(shop, tmp_path / "r.html", lang=lang).read_text(encoding="utf-8")
        glance = text.split('<section id="glance"', 1)[1].split("</section>", 1)[0]
        assert days in re.sub("<[^>]+>", "", glance)


def test_without_a_bad_review_no_reason_is_looked_for(tmp_path: Path) -> None:
    kept = tables()
    stars = pa.array([5.0] * 120)
    kept["reviews"] = kept["reviews"].set_column(2, "rating", stars)
    shop = shop_from_tables(kept)
    made = shop_from_tables(kept, answers={"sentiment_effect": sentiment_effect(shop)})
    for lang, said in (("en", "none is negative"), ("zh", "没有差评")):
        text = write_report(made, tmp_path / "r.html", lang=lang).read_text(encoding="utf-8")
        assert said in text
        assert "0.0 pp" not in text
        assert "0.0 个百分点" not in text


def test_an_answer_that_is_older_than_the_data_is_told(tmp_path: Path) -> None:
    old = shop_from_tables(tables(), answers={"overview": overview(without())})
    versions = {
        name: replace(version, fingerprint="of other data")
        for name, version in old.manifest.answers.items()
    }
    stale = replace(old, manifest=replace(old.manifest, answers=versions))
    text = write_report(stale, tmp_path / "r.html", lang="en").read_text(encoding="utf-8")
    assert "Older than the data: The shop's numbers by period." in unescape(text)


def test_an_unwritable_folder_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = without(*tables())

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(StorageError, match=r"The disk refused: No space left on device"):
        write_report(empty, tmp_path / "r.html")


@pytest.mark.parametrize(
    "name", ["shop.toml", "manifest.json", "salt", "tables/x.html", "answers", "../notes.txt"]
)
def test_a_report_overwrites_only_pages(tmp_path: Path, name: str) -> None:
    shop = shop_from_tables({"sellers": pa.table({"seller_id": ["a"]})})
    target = shop.path / name
    if name.startswith(".."):
        target = tmp_path / "notes.txt"
        target.write_text("mine", encoding="utf-8")
    before = target.read_bytes() if target.is_file() else None
    with pytest.raises(UsageError, match=r"Asked to write the report .* ends in \.html"):
        write_report(shop, target)
    assert before == (target.read_bytes() if target.is_file() else None)


def test_a_report_is_no_pipe_and_no_device(tmp_path: Path) -> None:
    # Never a real device: whoever runs this as root with the refusal gone would replace it.
    pipe = tmp_path / "pipe.html"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="no regular file"):
        write_report(shop_from_tables({}), pipe)
    assert pipe.is_fifo()


def test_a_report_replaces_an_older_one_of_any_name(tmp_path: Path) -> None:
    for name in ("report", "old.html"):
        (tmp_path / name).write_text("<!doctype html>old", encoding="utf-8")
        write_report(shop_from_tables({}), tmp_path / name)
        assert len((tmp_path / name).read_bytes()) > 1000
