"""What texts newly say is told only where chance does not do it, over all terms that could have been told."""

import numpy as np
import pytest

from shopkeeper.operations.behaviour.accounting import said

CHINESE = [
    "以前买过，这次也很好", "杯子很漂亮，送人合适", "包装严实，发货很快", "质量不错，下次再买", "颜色和图片一样",
    "有点小，穿着紧", "物流慢，等了一周", "客服态度好，回复及时", "味道清香，泡茶好喝", "面料舒服，透气",
    "开关坏了，不能用", "声音大，晚上吵", "价格合适，划算", "尺码标准，很合身", "电池耐用，充电快",
]  # fmt: skip
ENGLISH = [
    "the zipper broke after a week", "lovely colour, fits well", "arrived late and the box was torn",
    "good value for the price", "the strap is too short", "my daughter loves it", "battery lasts all day",
    "too loud at night", "soft fabric, washes well", "the lid leaks", "support answered quickly", "smells fresh",
]  # fmt: skip


def newer_terms(before: list[said.Row], after: list[said.Row]) -> list[said.Row]:
    return said.surely_new(*said.tried_terms(before, after))


def rows(texts: list[str]) -> list[said.Row]:
    return [
        {"id": f"r{n}", "text": text, "product_id": "", "category": "", "brand": ""}
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize("sentences", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_periods_that_say_the_same_have_nothing_new(sentences: list[str]) -> None:
    told = 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        before, after = (
            [" ".join(draw.choice(sentences, 2)) for _ in range(size)] for size in (24, 10)
        )
        told += bool(newer_terms(rows(before), rows(after)))
    assert told <= 60 * 0.05 + 3


@pytest.mark.parametrize(
    ("sentences", "new", "term"),
    [
        (CHINESE, ["拉链坏了", "拉链卡住拉不动", "才两天拉链就掉", "换了新拉链"], "拉链"),
        (ENGLISH, ["the hinge snapped", "hinge bent", "a weak hinge"], "hinge"),
    ],
)
def test_what_most_later_texts_say_is_new(sentences: list[str], new: list[str], term: str) -> None:
    draw = np.random.default_rng(1)
    before, after = ([str(draw.choice(sentences)) for _ in range(size)] for size in (60, 20))
    found = newer_terms(rows(before), rows([*after, *new * 7]))
    (told,) = [row for row in found if row["term"] == term]
    assert told["texts_before"] == 0
    assert told["texts_after"] >= 14
    assert 0 < told["p"] < 0.001


def test_a_word_inside_another_is_not_that_word() -> None:
    before = [f"a plain {word}" for word in ("cup", "lamp", "bag") * 20]
    after = [*(f"ring {n}" for n in range(6)), *(f"string {n}" for n in range(16)), *before[:10]]
    for row in newer_terms(rows(before), rows(after)):
        if row["term"] == "ring":
            assert row["texts_after"] == 6


def test_large_numbers_of_terms_take_no_time() -> None:
    # Nine million terms that thirty of 20,000 texts hold each.
    counts = np.zeros(31, np.int64)
    counts[30] = 9_000_000
    assert said.comparisons(counts, 20_000, 10_000) == 9_000_000


def test_terms_too_rare_to_be_new_are_no_tests() -> None:
    # All three texts of a term among the later 10 of 34 have a chance of .02, all four one of .0045.
    assert said.comparisons(np.array([0, 500, 80, 2]), 34, 10) == 2
    assert said.comparisons(np.array([0, 500, 80, 3]), 34, 10) == 3
    assert said.comparisons(np.array([0, 500, 80, 30, 4]), 34, 10) == 4
    assert said.comparisons(np.array([0, 500, 80]), 34, 10) == 1
