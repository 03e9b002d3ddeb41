"""Products that nobody has touched yet: are they found by those who will want them?

    python benchmarks/recommend_cold.py                        Musical Instruments, a fifth of the products new
    python benchmarks/recommend_cold.py --beauty               Amazon Beauty, with what is said of its products
    python benchmarks/recommend_cold.py --shop demo/shop       a shop's own products and customers

A fifth of the products is hidden from all histories that are learned from, to report on, once; another fifth after the
other to choose by. Each is looked for by the histories of the customers who came upon it: among the hidden
products alone (`new`), and among all (`all`). What new products cost the others is told too: the newest known product of each
customer, held out, is looked for among all (`known`). Musical Instruments has no titles, so a product's text is its reviews; only
those of one half of the customers are read, and only the other half looks, so that nobody's own words lead to what they wanted.

Beside ours stand: the products in any order; the popular products of the newest one's category, as a shop knows them
(`popular in category`: nobody has touched the new ones, so they stand last) and as it would if it already knew how many will want
each (`popular in category, foreseen`); likeness of the text to the history alone; and transitions without any new product.
Of products that have the same score any order is as likely as another: the figure is the mean over all of them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow.csv as csv
from machine import data_folder, keep
from scipy import sparse

from shopkeeper.intervals import bootstrap
from shopkeeper.operations.recommend.borrowing import LIKENESS, POWER, RIDGE, described, extended
from shopkeeper.operations.recommend.counting import Counts
from shopkeeper.operations.recommend.features import FURTHEST, GAPS, NEWEST, PRODUCTS
from shopkeeper.operations.recommend.histories import Histories
from shopkeeper.operations.recommend.material import Material, weighted_traits
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import DEPTH
from shopkeeper.operations.recommend.pairs import Kernel, pairs_from_counts

SEED, HIDDEN, MOST, LARGE = 0, 0.2, 2_000, 5_000
PROFILES = (0.2, 0.4, 0.6, 0.8)
SETTINGS = ((RIDGE, LIKENESS, POWER), (1.0, LIKENESS, POWER), (10.0, LIKENESS, POWER), (RIDGE, 0.0, POWER),
            (RIDGE, 2.0, POWER), (RIDGE, LIKENESS, 1.0), (RIDGE, LIKENESS, 3.0))  # fmt: skip


def kernel_of(profile: float) -> Kernel:
    return Kernel(decay=0.9, backward=1.0, source_power=0.5, target_power=0.2, profile=profile)


WORD = re.compile(r"[a-zà-ÿ0-9]{2,}|[\u3400-\u9fff]{2}")


@dataclass
class Data:
    """Who touched what in order, and what is known of the products."""

    name: str
    sequences: list[list[int]]
    traits: sparse.csr_matrix
    kinds: np.ndarray
    category: np.ndarray
    looking: np.ndarray


@dataclass
class Case:
    """Histories without hidden products, and what each led to."""

    histories: Histories
    targets: np.ndarray

    def sample(self) -> Case:
        rows = np.sort(np.random.default_rng(SEED).permutation(len(self.targets))[:MOST])
        return Case(self.histories.take(rows), self.targets[rows])


@dataclass
class Split:
    """A fifth of the products that is new, what is hidden beside it, and what was learned without both."""

    data: Data
    new: np.ndarray
    hidden: np.ndarray

    def __post_init__(self) -> None:
        self.learned = [self.of(n, 1 if looks else 0) for n, looks in enumerate(self.data.looking)]
        self.material = material_of(self.learned, self.data.traits)
        self.allowed = ~self.hidden | self.new
        own = [
            (one[:-1], one[-1])
            for n, looks in enumerate(self.data.looking)
            if looks and len(one := self.of(n, 0)) > 1
        ]
        self.known, self.cold = case_of(own), case_of(list(self.upon()))

    def of(self, customer: int, without: int) -> list[int]:
        own = [one for one in dict.fromkeys(self.data.sequences[customer]) if not self.hidden[one]]
        return own[: len(own) - without]

    def upon(self) -> Iterator[tuple[list[int], int]]:
        for sequence, looks in zip(self.data.sequences, self.data.looking, strict=True):
            own = list(dict.fromkeys(sequence))
            for at, product in enumerate(own):
                before = [one for one in own[:at] if not self.hidden[one]]
                if looks and self.new[product] and before:
                    yield before, product


def instruments() -> Data:
    path = data_folder() / "amazon_musical_instruments" / "Musical_instruments_reviews.csv"
    rows = csv.read_csv(path, parse_options=csv.ParseOptions(newlines_in_values=True))
    rows = rows.sort_by([("unixReviewTime", "ascending"), ("asin", "ascending")]).to_pylist()
    names = {name: n for n, name in enumerate(sorted({row["asin"] for row in rows}))}
    people = {name: n for n, name in enumerate(sorted({row["reviewerID"] for row in rows}))}
    looking = np.random.default_rng(SEED).random(len(people)) < 0.5
    sequences: list[list[int]] = [[] for _ in people]
    said: list[tuple[int, str]] = []
    for row in rows:
        who, what = people[row["reviewerID"]], names[row["asin"]]
        sequences[who].append(what)
        if not looking[who]:
            text = f"{row['summary']} {row['reviewText']}".lower()
            said += [(what, word) for word in set(WORD.findall(text))]
    words = {word: n for n, word in enumerate(sorted({word for _, word in said}))}
    traits = weighted_traits(
        np.array([one for one, _ in said]), np.array([words[word] for _, word in said]), len(names)
    )
    nothing = np.zeros(len(names), np.int64)
    kinds = np.full(traits.shape[1], "title")
    return Data("Musical Instruments", sequences, traits, kinds, nothing, looking)


def beauty() -> Data:
    folder = data_folder() / "recsys_beauty"
    rows = [line.split()[1:] for line in (folder / "Beauty.txt").read_text().splitlines()]
    sequences = [[int(one) - 1 for one in row] for row in rows]
    said = json.loads((folder / "Beauty_item2attributes.json").read_text())
    width = max(map(max, sequences)) + 1
    pairs = np.array([(int(name) - 1, trait) for name, own in said.items() for trait in own])
    pairs = pairs[pairs[:, 0] < width]
    traits = weighted_traits(pairs[:, 0], pairs[:, 1], width)
    nothing, everyone = np.zeros(width, np.int64), np.ones(len(sequences), bool)
    return Data("Beauty", sequences, traits, np.full(traits.shape[1], "title"), nothing, everyone)


def shop_data(path: Path) -> Data:
    from shopkeeper.data.shop import open_shop
    from shopkeeper.operations.recommend.features import touches
    from shopkeeper.operations.recommend.reading import read_catalogue, read_touched

    shop = open_shop(path)
    touched = read_touched(touches(shop))
    known = read_catalogue(shop, touched.products)
    sequences = [touched.histories.row(n).tolist() for n in range(len(touched.histories))]
    everyone = np.ones(len(sequences), bool)
    return Data(f"shop of {len(sequences):,} customers", sequences, known.traits, known.kinds, known.shelf.groups["category"], everyone)  # fmt: skip


def material_of(sequences: list[list[int]], traits: sparse.csr_matrix) -> Material:
    """Count what came after what, as the engine does."""
    keys, touched = [], np.zeros(traits.shape[0], np.int64)
    for sequence in sequences:
        own = np.array(sequence, np.int64)
        touched[own] += 1
        for gap in range(1, min(GAPS + 1, len(own))):
            keys.append((own[:-gap] * PRODUCTS + own[gap:]) * FURTHEST * NEWEST + gap * NEWEST + 2)  # noqa: PERF401
    key, pairs = np.unique(np.concatenate(keys), return_counts=True)
    counts = Counts(key, pairs.astype(np.int32)).without_newest(0)
    return Material(pairs_from_counts(*counts, len(touched)), touched, traits)


def case_of(rows: list[tuple[list[int], int]]) -> Case:
    starts = np.append(0, np.cumsum([len(before) for before, _ in rows]))
    products = np.array([one for before, _ in rows for one in before], np.int64)
    return Case(Histories(starts, products), np.array([target for _, target in rows])).sample()


def gains_of(scores: np.ndarray, case: Case, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return NDCG@10 and recall of each row, in the mean over the orders of what has the same score."""
    scores = scores.copy()
    scores[:, ~among] = -np.inf
    scores[case.histories.rows, case.histories.products] = -np.inf
    own = scores[np.arange(len(case.targets)), case.targets][:, None]
    first, same = (scores > own).sum(axis=1), (scores == own).sum(axis=1)
    summed = np.append(0, np.cumsum(1 / np.log2(np.arange(DEPTH) + 2.0)))
    begin, end = np.minimum(first, DEPTH), np.minimum(first + same, DEPTH)
    return (summed[end] - summed[begin]) / same, (end - begin) / same


def method_of(
    split: Split, profile: float, settings: tuple[float, float, float]
) -> tuple[Transitions, np.ndarray]:
    """Return the model with the new products, and the number that it has for each of `data`."""
    kernel, touched = kernel_of(profile), split.material.touched
    known = np.flatnonzero(~split.hidden)
    known = known[np.argsort(-touched[known], kind="stable")]
    order = np.concatenate([known, np.flatnonzero(split.new)])
    place = np.full(len(touched), -1, np.int64)
    place[order] = np.arange(len(order))
    weights = Transitions(kernel).fit(split.material).weights_[known][:, known]
    told = described(sparse.csr_matrix(split.data.traits[order]), split.data.kinds)
    starts = np.append(0, np.cumsum([len(one) for one in split.learned]))
    histories = Histories(starts, place[[one for own in split.learned for one in own]])
    method = Transitions(kernel)
    method.weights_ = extended(
        sparse.csr_matrix(weights), told, histories, profile, settings=settings
    )
    return method, place


def scored(method: Transitions, place: np.ndarray, case: Case) -> np.ndarray:
    moved = Histories(case.histories.starts, place[case.histories.products])
    made = np.zeros((len(case.targets), len(place)), np.float32)
    made[:, place >= 0] = method.score(moved).toarray()[:, place[place >= 0]]
    return made


def baselines(split: Split, case: Case, profile: float) -> Iterator[tuple[str, np.ndarray]]:
    data, width, rows = split.data, split.data.traits.shape[0], len(case.targets)
    yield "in any order", np.zeros((rows, width), np.float32)
    newest = case.histories.products[case.histories.starts[1:] - 1]
    same = (data.category[newest][:, None] == data.category[None, :]).astype(np.float32)
    yield "popular in category", same * (1 + split.material.touched)[None, :]
    foreseen = np.bincount(
        [one for own in data.sequences for one in dict.fromkeys(own)], minlength=width
    )
    yield "popular in category, foreseen", same * foreseen[None, :]
    for decay in PROFILES:
        likeness = case.histories.profile(decay, width) @ data.traits @ data.traits.T
        yield f"text alone, profile {decay}", likeness.toarray()
    plain = Transitions(kernel_of(profile)).fit(split.material)
    yield "transitions without new ones", plain.score(case.histories).toarray()


def chosen(splits: list[Split]) -> float:
    """Tell how settings do on the products to choose by; return the profile with which the defaults do best."""

    def worth(profile: float, settings: tuple[float, float, float]) -> float:
        made = []
        for split in splits:
            method, place = method_of(split, profile, settings)
            made.append(gains_of(scored(method, place, split.cold), split.cold, split.new)[0])
        return float(np.concatenate(made).mean())

    own = {profile: worth(profile, SETTINGS[0]) for profile in PROFILES}
    profile = max(own, key=own.__getitem__)
    others = {settings: round(worth(profile, settings), 4) for settings in SETTINGS}
    print(
        f"to choose by: profile {own}; ridge, likeness and power with profile {profile}: {others}"
    )
    return profile


def run(data: Data) -> None:
    width = data.traits.shape[0]
    mixed = np.random.default_rng(SEED).permutation(width)
    fifths = np.full(width, -1)
    for number in range(int(1 / HIDDEN)):
        fifths[mixed[int(number * HIDDEN * width) : int((number + 1) * HIDDEN * width)]] = number
    folds = (1, 2, 3, 4) if width < LARGE else (1,)
    profile = chosen([Split(data, fifths == n, (fifths == n) | (fifths == 0)) for n in folds])
    split = Split(data, fifths == 0, fifths == 0)
    figures = []
    method, place = method_of(split, profile, SETTINGS[0])
    for ranked, case, among in (
        ("new", split.cold, split.new), ("all", split.cold, split.allowed), ("known", split.known, split.allowed)
    ):  # fmt: skip
        ours = [("ours", scored(method, place, case))]
        own, _ = gains_of(ours[0][1], case, among)
        for name, scores in chain(baselines(split, case, profile), ours):
            ndcg, recall = gains_of(scores, case, among)
            ahead = bootstrap(lambda a, b: float((a - b).mean()), own, ndcg)
            figures.append({
                "data": data.name, "ranked": ranked, "products": int(among.sum()), "rows": len(ndcg), "method": name,
                "ndcg@10": round(float(ndcg.mean()), 4), "recall@10": round(float(recall.mean()), 4),
                "ours ahead by": f"{ahead.value:.4f} ({ahead.low:.4f} to {ahead.high:.4f})",
            })  # fmt: skip
    keep("recommend_cold", figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path)
    parser.add_argument("--beauty", action="store_true")
    asked = parser.parse_args()
    run(shop_data(asked.shop) if asked.shop else beauty() if asked.beauty else instruments())


if __name__ == "__main__":
    main()
