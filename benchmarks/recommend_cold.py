"""Products that nobody has touched yet: are they found by those who will want them?

    python benchmarks/recommend_cold.py                        Musical Instruments, a fifth of the products hidden
    python benchmarks/recommend_cold.py --shop demo/shop       a shop's own products and customers

Two fifths of the products are hidden from all histories that are learned from: one fifth to choose by, one to report
on, once. Each is looked for by the histories of the customers who came upon it: among the hidden
products alone (`new`), and among all. Musical Instruments has no titles, so a product's text is its reviews; of a hidden one
only those of one half of the customers are read, and only the other half looks for it, so that nobody's own words lead to what they wanted.

Beside ours stand: the products in any order; the popular products of the newest one's category, as a shop knows them
(`popular in category`: nobody has touched the new ones, so they stand last) and as it would if it already knew how many will want
each (`popular in category, foreseen`); and likeness of the text to the history alone.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as combinations
from pathlib import Path

import numpy as np
import pyarrow.csv as csv
from machine import data_folder, keep
from scipy import sparse

from shopkeeper.intervals import bootstrap
from shopkeeper.operations.recommend.borrowing import LENDERS, LIKENESS, POWER, alike, extended
from shopkeeper.operations.recommend.counting import Counts
from shopkeeper.operations.recommend.features import FURTHEST, GAPS, NEWEST, PRODUCTS
from shopkeeper.operations.recommend.histories import Histories
from shopkeeper.operations.recommend.material import Material, weighted_traits
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import gains, hits
from shopkeeper.operations.recommend.pairs import Kernel, pairs_from_counts

SEED, HIDDEN = 0, 0.2
PROFILES = (0.2, 0.4, 0.6, 0.8)


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
    """Histories without hidden products, and the hidden one that each led to."""

    histories: Histories
    targets: np.ndarray
    hidden: np.ndarray


def instruments(hidden: np.ndarray | None = None) -> Data:
    path = data_folder() / "amazon_musical_instruments" / "Musical_instruments_reviews.csv"
    rows = csv.read_csv(path, parse_options=csv.ParseOptions(newlines_in_values=True))
    rows = rows.sort_by([("unixReviewTime", "ascending"), ("asin", "ascending")]).to_pylist()
    names = {name: n for n, name in enumerate(sorted({row["asin"] for row in rows}))}
    people = {name: n for n, name in enumerate(sorted({row["reviewerID"] for row in rows}))}
    looking = np.random.default_rng(SEED).random(len(people)) < 0.5
    unread = np.zeros(len(names), bool) if hidden is None else hidden
    sequences: list[list[int]] = [[] for _ in people]
    said: list[tuple[int, str]] = []
    for row in rows:
        who, what = people[row["reviewerID"]], names[row["asin"]]
        sequences[who].append(what)
        if not (unread[what] and looking[who]):
            text = f"{row['summary']} {row['reviewText']}".lower()
            said += [(what, word) for word in set(WORD.findall(text))]
    words = {word: n for n, word in enumerate(sorted({word for _, word in said}))}
    traits = weighted_traits(
        np.array([one for one, _ in said]), np.array([words[word] for _, word in said]), len(names)
    )
    nothing = np.zeros(len(names), np.int64)
    return Data(
        "Musical Instruments",
        sequences,
        traits,
        np.full(traits.shape[1], "title"),
        nothing,
        looking,
    )


def shop_data(path: Path) -> Data:
    from shopkeeper.data.shop import open_shop
    from shopkeeper.operations.recommend.features import touches
    from shopkeeper.operations.recommend.reading import read_catalogue, read_touched

    shop = open_shop(path)
    touched = read_touched(touches(shop))
    known = read_catalogue(shop, touched.products)
    sequences = [touched.histories.row(n).tolist() for n in range(len(touched.histories))]
    return Data(f"shop of {len(sequences):,} customers", sequences, known.traits, known.kinds, known.category, np.ones(len(sequences), bool))  # fmt: skip


def material_of(data: Data, hidden: np.ndarray) -> Material:
    """Count what came after what without the hidden products, as the engine does."""
    keys = []
    for sequence in data.sequences:
        own = np.array([one for one in dict.fromkeys(sequence) if not hidden[one]], np.int64)
        for gap in range(1, min(GAPS + 1, len(own))):
            keys.append((own[:-gap] * PRODUCTS + own[gap:]) * FURTHEST * NEWEST + gap * NEWEST + 2)  # noqa: PERF401
    key, pairs = np.unique(np.concatenate(keys), return_counts=True)
    counts = Counts(key, pairs.astype(np.int32)).without_newest(0)
    touched = np.zeros(data.traits.shape[0], np.int64)
    for sequence in data.sequences:
        own = [one for one in dict.fromkeys(sequence) if not hidden[one]]
        touched[own] += 1
    return Material(pairs_from_counts(*counts, len(touched)), touched, data.traits)


def case_of(data: Data, wanted: np.ndarray, hidden: np.ndarray) -> Case:
    histories, targets = [], []
    for sequence, looks in zip(data.sequences, data.looking, strict=True):
        own = list(dict.fromkeys(sequence))
        for at, product in enumerate(own):
            before = [one for one in own[:at] if not hidden[one]]
            if looks and wanted[product] and before:
                histories.append(before)
                targets.append(product)
    starts = np.append(0, np.cumsum([len(one) for one in histories]))
    return Case(Histories(starts, np.concatenate(histories).astype(np.int64)), np.array(targets), wanted)  # fmt: skip


def places(scores: np.ndarray, case: Case, among: np.ndarray) -> np.ndarray:
    """Return the place of each target among some products; of equal scores half are taken to be before it."""
    scores = scores.copy()
    scores[:, ~among] = -np.inf
    scores[case.histories.rows, case.histories.products] = -np.inf
    own = scores[np.arange(len(case.targets)), case.targets][:, None]
    ties = ((scores == own).sum(axis=1) - 1) // 2
    return (scores > own).sum(axis=1) + ties


def scores_of(
    data: Data, case: Case, hidden: np.ndarray, kernel: Kernel, chosen: tuple[int, float, float]
) -> np.ndarray:
    """Return what a model with new products gives each of them, in the order of `data`."""
    material = material_of(data, hidden)
    order = np.concatenate([np.flatnonzero(~hidden), np.flatnonzero(hidden)])
    place = np.argsort(order)
    weights = Transitions(kernel).fit(material).weights_
    learned = int((~hidden).sum())
    known = sparse.csr_matrix(weights[order[:learned]][:, order[:learned]])
    near = alike(sparse.csr_matrix(data.traits[order]), learned, data.kinds)
    method = Transitions(kernel)
    most, power, likeness = chosen
    method.weights_ = extended(known, near, most=most, power=power, likeness=likeness)
    moved = Histories(case.histories.starts, place[case.histories.products])
    return method.score(moved).toarray()[:, place]


def baselines(
    data: Data, case: Case, hidden: np.ndarray, kernel: Kernel
) -> Iterator[tuple[str, np.ndarray]]:
    width, rows = data.traits.shape[0], len(case.targets)
    yield "in any order", np.zeros((rows, width))
    newest = case.histories.products[case.histories.starts[1:] - 1]
    same = (data.category[newest][:, None] == data.category[None, :]).astype(float)
    touched = material_of(data, hidden).touched
    yield "popular in category", same * (1 + touched)[None, :]
    foreseen = np.zeros(width)
    for sequence in data.sequences:
        foreseen[list(dict.fromkeys(sequence))] += 1
    yield "popular in category, foreseen", same * (1 + foreseen)[None, :]
    for decay in PROFILES:
        profile = case.histories.profile(decay, width)
        scores = np.asarray((profile @ data.traits @ data.traits.T).todense(), float)
        yield f"text alone, profile {decay}", scores


def run(make, name: str) -> None:
    data = make(None)
    width = data.traits.shape[0]
    mixed = np.random.default_rng(SEED).permutation(width)
    count = max(int(HIDDEN * width), 1)
    test, valid = np.zeros(width, bool), np.zeros(width, bool)
    test[mixed[:count]] = True
    valid[mixed[count : 2 * count]] = True
    hidden = test | valid
    data = make(hidden)
    tried = {}
    case = case_of(data, valid, hidden)
    settings = combinations((5, 10, 20), (1.0, 4.0), (0.0, 1.0, 3.0), PROFILES)
    for most, power, likeness, profile in settings:
        scores = scores_of(data, case, hidden, kernel_of(profile), (most, power, likeness))
        tried[most, power, likeness, profile] = float(gains(places(scores, case, valid)).mean())
    best = max(tried, key=tried.__getitem__)
    # What a shop gets are the defaults, with the profile that its own past chooses.
    own = {profile: tried[LENDERS, POWER, LIKENESS, profile] for profile in PROFILES}
    kernel = kernel_of(max(own, key=own.__getitem__))
    print(f"{name}: on {len(case.targets):,} rows of validation lenders, power, likeness and profile {best} give "
          f"{tried[best]:.4f}, the defaults with profile {kernel.profile} {max(own.values()):.4f}")  # fmt: skip
    case = case_of(data, test, hidden)
    found = dict(baselines(data, case, hidden, kernel))
    found["borrowed transitions"] = scores_of(
        data, case, hidden, kernel, (LENDERS, POWER, LIKENESS)
    )
    figures = []
    for among, allowed in (("new", test), ("all", np.ones(width, bool) & ~valid)):
        at = {method: places(scores, case, allowed) for method, scores in found.items()}
        own = gains(at["borrowed transitions"])
        for method, place in at.items():
            ndcg = gains(place)
            ahead = bootstrap(lambda a, b: float((a - b).mean()), own, ndcg)
            figures.append({
                "data": name, "ranked": among, "products": int(allowed.sum()), "rows": len(case.targets), "method": method,
                "ndcg@10": round(float(ndcg.mean()), 4), "recall@10": round(float(hits(place).mean()), 4),
                "ours ahead by": f"{ahead.value:.4f} ({ahead.low:.4f} to {ahead.high:.4f})",
            })  # fmt: skip
    keep("recommend_cold", figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path)
    asked = parser.parse_args()
    if asked.shop:
        data = shop_data(asked.shop)
        run(lambda hidden: data, data.name)
    else:
        run(instruments, "Musical Instruments")


if __name__ == "__main__":
    main()
