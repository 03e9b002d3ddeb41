"""Advice blames a product only where chance, among so many products, would not have found it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


def rows(reviews: int, bad: int, product: str) -> list[dict[str, Any]]:
    return [
        {
            "review_id": f"{product}-{number}",
            "product_id": product,
            "rating": 1 if number < bad else 5,
            "text": f"{'坏了' if number < bad else '很好'} {product} {number}",
            "reviewed_at": f"2025-03-{1 + number % 28:02d} 10:00:00",
        }
        for number in range(reviews)
    ]


def test_a_product_is_named_where_it_stands_among_all_and_not_for_two_of_two(
    command: Callable[..., Any], exported: Callable[..., Path], tmp_path: Path
) -> None:
    made = [row for number in range(80) for row in rows(4, number % 2, f"P{number:02d}")]
    made += rows(2, 2, "UNLUCKY") + rows(20, 17, "BROKEN")
    shop, page = tmp_path / "shop", tmp_path / "page.html"
    command("import", exported("reviews.csv", made), "--shop", shop)
    assert command("report", shop, "--output", page).code == 0
    advice = re.search('<section id="next".*?</section>', page.read_text(encoding="utf-8"), re.S)
    assert advice is not None
    assert "BROKEN" in advice[0]
    assert "UNLUCKY" not in advice[0]
