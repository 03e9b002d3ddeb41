"""Equal texts never straddle a split, whichever part of the code deals them."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.errors import MissingDataError
from shopkeeper.language import train
from shopkeeper.language.splits import folds, held_out_by_group, held_out_by_time, text_groups
from shopkeeper.language.text import text_key
from shopkeeper.operations.reviews.learning import FOLDS, Split, split_rows
from shopkeeper.operations.reviews.methods import cascade
from shopkeeper.proof.comparison import Plan, review_task

Sides = np.ndarray
Deal = Callable[[Sequence[str], Sequence[int], int], Sides]
CHANGES = (str.upper, "{} !!!".format, "<b>{}</b>".format, " {}。".format)


def days(texts: Sequence[str]) -> np.ndarray:
    return np.datetime64("2024-01-01", "us") + np.arange(len(texts)).astype("timedelta64[D]")


def rows_of(texts: Sequence[str], codes: Sequence[int], *, dated: bool) -> pa.Table:
    times = days(texts) if dated else np.full(len(texts), np.datetime64("NaT", "us"))
    return pa.table(
        {"text": texts, "target": [SENTIMENTS[code] for code in codes], "reviewed_at": times}
    )


def sides_of(split: Split) -> Sides:
    return np.where(split.examines, 2, np.where(split.teaches, 1, 0))


def by_time(texts: Sequence[str], codes: Sequence[int], seed: int) -> Sides:
    return sides_of(
        split_rows(rows_of(texts, codes, dated=True), seed=seed, max_rows=10**6, minimum=1)
    )


def by_text(texts: Sequence[str], codes: Sequence[int], seed: int) -> Sides:
    return sides_of(
        split_rows(rows_of(texts, codes, dated=False), seed=seed, max_rows=10**6, minimum=1)
    )


def capped(texts: Sequence[str], codes: Sequence[int], seed: int) -> Sides:
    rows = rows_of(texts, codes, dated=True)
    return sides_of(split_rows(rows, seed=seed, max_rows=len(texts) // 2, minimum=1))


def folds_of_a_split(texts: Sequence[str], codes: Sequence[int], seed: int) -> Sides:
    split = split_rows(rows_of(texts, codes, dated=True), seed=seed, max_rows=10**6, minimum=1)
    sides = np.full(len(texts), FOLDS)
    sides[split.teaches] = folds(split.groups[split.teaches], count=FOLDS, seed=seed)
    return sides


def watched_by_the_encoder(texts: Sequence[str], codes: Sequence[int], seed: int) -> Sides:
    learned, watched = train._parted(texts, np.array(codes), seed)
    assert np.array_equal(np.sort(np.concatenate([learned, watched])), np.arange(len(texts)))
    sides = np.zeros(len(texts))
    sides[watched] = 1
    return sides


def chosen_by_the_cascade(texts: Sequence[str], codes: Sequence[int], seed: int) -> Sides:
    sides = np.zeros(len(texts))
    sides[cascade._parted(list(texts), [SENTIMENTS[code] for code in codes], seed)[1]] = 1
    return sides


def compared(texts: Sequence[str], codes: Sequence[int], seed: int) -> Sides:
    reviews = {
        "review_id": [f"{n:04d}" for n in range(len(texts))],
        "text": texts,
        "label": [SENTIMENTS[code] for code in codes],
        "reviewed_at": days(texts),
    }
    plan = Plan((), "", 10**6, 0.0, 0.0, seed)
    task = review_task(shop_from_tables({"reviews": pa.table(reviews)}), plan)
    return np.array([2 * (text in task.examined) + (text in task.taught[0]) for text in texts])


DEALS: dict[str, Deal] = {
    "a draw": lambda texts, _, seed: held_out_by_group(text_groups(texts), share=0.3, seed=seed),
    "the newest": lambda texts, _, seed: held_out_by_time(
        days(texts), text_groups(texts), share=0.3
    ),
    "folds": lambda texts, _, seed: folds(text_groups(texts), count=3, seed=seed),
    "reviews by time": by_time,
    "reviews by text": by_text,
    "a sample of the reviews": capped,
    "folds of the reviews that teach": folds_of_a_split,
    "what the encoder watches": watched_by_the_encoder,
    "what the cascade chooses by": chosen_by_the_cascade,
}
every_deal = pytest.mark.parametrize("deal", DEALS.values(), ids=DEALS)


def straddling(deal: Deal, texts: Sequence[str], codes: Sequence[int], seed: int) -> list[str]:
    sides: dict[str, set[float]] = {}
    for text, side in zip(texts, deal(texts, codes, seed), strict=True):
        sides.setdefault(text_key(text), set()).add(float(side))
    return [key for key, found in sides.items() if len(found) > 1]


@every_deal
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=6, max_size=60),
    st.integers(0, 10**6),
    st.sampled_from(CHANGES),
    st.integers(0, 2),
    st.integers(0, 3),
)
def test_one_changed_copy_of_a_text_is_on_the_side_of_its_original(
    deal: Deal,
    drawn: list[tuple[int, int]],
    place: int,
    change: Callable[[str], str],
    code: int,
    seed: int,
) -> None:
    texts, codes = [f"texto 质量 {'abcdefghijklm'[n]}" for n, _ in drawn], [one for _, one in drawn]
    # The newest row says what an older one says, is written otherwise and judged otherwise.
    copied = change(texts[place % len(texts)])
    assert straddling(deal, [*texts, copied], [*codes, code], seed) == []


@pytest.mark.parametrize("deal", [*DEALS.values(), compared], ids=[*DEALS, "compared"])
def test_different_texts_are_dealt_to_more_than_one_side(deal: Deal) -> None:
    texts, codes = [f"texto {n}" for n in range(90)], [n % 3 for n in range(90)]
    assert len(set(deal(texts, codes, 0).tolist())) > 1
    # A deal that looked at nothing but the row would be found out.
    copies = [f"texto {n % 30}{'!' * (n // 30)}" for n in range(90)]
    assert straddling(lambda *_: np.arange(90) // 45, copies, codes, 0)


def test_no_copy_of_what_teaches_examines_when_methods_are_compared() -> None:
    texts = [CHANGES[n // 70](f"texto {n % 70}") for n in range(140)]
    assert straddling(compared, texts, [n % 3 for n in range(140)], 0) == []
    with pytest.raises(MissingDataError):
        compared(["texto"] * 140, [n % 3 for n in range(140)], 0)
