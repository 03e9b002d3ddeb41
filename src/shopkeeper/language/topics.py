"""Vectors fall into topics: a tree over a sample that no seed draws, cut where clusters hold.

The sample is chosen by the texts' own hashes, so it is the same in every run and changes little when
texts are added. Ward's tree is built on it, cut, and the centres are moved to the middle of all
texts that are nearest to them. Nothing is drawn at random. This module knows unit vectors and keys;
it knows no language.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.stats import binom

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

SAMPLE = 4_000
NONE = -1
_AXES = 24
_NEW_TEXTS, _NEW_SHARE, _NEW_CHANCE = 5, 0.8, 0.01
_ROUNDS = 10
_BLOCK = 50_000


@dataclass(frozen=True)
class Topics:
    """Topics of the texts of one space.

    Parameters
    ----------
    codes
        Topic of each text, 0, 1, … from the largest; −1 where it is near none.
    similarity
        Cosine of each text with the centre of its topic.
    centres
        One unit row a topic.
    sampled
        Distinct texts that the tree was built on.
    """

    codes: Ints
    similarity: Floats
    centres: Floats
    sampled: int


def find_topics(
    vectors: Floats,
    keys: Sequence[str],
    *,
    topics: int,
    minimum: int,
    fresh: NDArray[np.bool_] | None = None,
    sample: int = SAMPLE,
    salt: str = "",
) -> Topics:
    """Find topics among unit vectors.

    Parameters
    ----------
    vectors
        One unit row a text.
    keys
        Key of each text; equal texts have equal keys and count once in the tree.
    topics
        Topics at most.
    minimum
        Texts of a topic at least; those of smaller ones go to the nearest that stays.
    fresh
        Texts of the newest week; a branch that holds at least five and few others stands on its own.
    sample
        Distinct texts in the tree at most; the tree takes memory with the square of it.
    salt
        Another salt draws another sample; for measuring how much depends on it.

    Examples
    --------
    >>> rows = np.repeat(np.eye(3, 8, dtype=np.float32), 4, axis=0)
    >>> found = find_topics(rows, "abcdefghijkl", topics=3, minimum=2)
    >>> found.codes.tolist()
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    """
    fresh = np.zeros(len(keys), bool) if fresh is None else fresh
    at = sampled_texts(keys, fresh, sample, salt=salt)
    if len(at) < max(4, 2 * minimum):
        return Topics(
            np.full(len(keys), NONE), np.zeros(len(keys), np.float32), vectors[:0], len(at)
        )
    tree = linkage(_narrow(vectors[at]), "ward")
    labels = _cut(tree, topics, max(2, round(minimum * len(at) / len(set(keys)))))
    labels = _with_new(tree, labels, fresh[at])
    centres = _moved(vectors, _centres(vectors[at], labels))
    return _ordered(vectors, keys, centres, len(at))


def adjusted_rand(one: Ints, other: Ints) -> float:
    """Return how far two partitions of the same texts agree: 1 wholly, 0 as much as by chance.

    Source: Hubert & Arabie 1985, Journal of Classification 2.

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([5, 5, 2, 2]))
    1.0
    """
    _, rows = np.unique(one, return_inverse=True)
    _, columns = np.unique(other, return_inverse=True)
    width = int(columns.max(initial=0)) + 1
    table = np.bincount(rows * width + columns)
    pairs = [
        float((n * (n - 1) / 2).sum()) for n in (table, np.bincount(rows), np.bincount(columns))
    ]
    chance = pairs[1] * pairs[2] / max(1.0, len(one) * (len(one) - 1) / 2)
    most = (pairs[1] + pairs[2]) / 2
    return 1.0 if most == chance else (pairs[0] - chance) / (most - chance)


def sampled_texts(
    keys: Sequence[str], fresh: NDArray[np.bool_], sample: int, *, salt: str = ""
) -> Ints:
    """Return distinct texts with the lowest hashes, in that order; fresh ones come in first.

    Examples
    --------
    >>> sampled_texts(["a", "b", "a"], np.zeros(3, bool), 5).tolist()
    [0, 1]
    """
    first: dict[str, int] = {}
    for place, key in enumerate(keys):
        first.setdefault(key, place)
    at = np.fromiter(first.values(), np.intp, len(first))
    hashes = np.array([_hashed(salt + keys[place]) for place in at.tolist()], np.uint64)
    new = {key for key, is_new in zip(keys, fresh.tolist(), strict=True) if is_new}
    old = np.array([keys[place] not in new for place in at.tolist()])
    order = np.lexsort((hashes, old))
    # The newest week has a quarter of the room at most.
    newest = order[~old[order]][: sample // 4]
    rest = order[old[order]][: sample - len(newest)]
    chosen = np.concatenate([newest, rest])
    made: Ints = at[chosen[np.argsort(hashes[chosen], kind="stable")]]
    return made


def _hashed(key: str) -> int:
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _narrow(rows: Floats) -> NDArray[np.float64]:
    """Return the rows on their main axes, where distances tell more and the tree costs less."""
    wide = rows.astype(np.float64)
    wide -= wide.mean(axis=0)
    values, axes = np.linalg.eigh(wide.T @ wide)
    narrow: NDArray[np.float64] = wide @ axes[:, ::-1][:, : min(_AXES, len(values))]
    return narrow


def _cut(tree: NDArray[np.float64], topics: int, minimum: int) -> Ints:
    """Return labels of the coarsest cut with the most clusters of the minimum size, up to `topics`."""
    finest = min(len(tree) + 1, 4 * topics)
    cuts = cut_tree(tree, n_clusters=list(range(1, finest + 1)))
    enough = np.array([(np.bincount(cuts[:, n]) >= minimum).sum() for n in range(finest)])
    best = cuts[:, int(np.where(enough <= topics, enough, -1).argmax())]
    sizes = np.bincount(best)
    return np.where(sizes[best] >= minimum, best, NONE)


def _with_new(tree: NDArray[np.float64], labels: Ints, fresh: NDArray[np.bool_]) -> Ints:
    """Give a label of its own to each branch that holds far more fresh texts than chance would."""
    rows, rate = len(tree) + 1, float(fresh.mean())
    new, size, parent = np.zeros(2 * rows - 1), np.ones(2 * rows - 1), np.full(2 * rows - 1, -1)
    new[:rows] = fresh
    for step, (left, right) in enumerate(tree[:, :2].astype(np.intp).tolist()):
        new[rows + step] = new[left] + new[right]
        size[rows + step] = size[left] + size[right]
        parent[left] = parent[right] = rows + step
    odd = (new >= _NEW_TEXTS) & (new >= _NEW_SHARE * size)
    odd &= binom.sf(new - 1, size, rate) < _NEW_CHANCE / rows
    labels, following = labels.copy(), int(labels.max()) + 1
    for node in np.flatnonzero(odd).tolist():
        if parent[node] < 0 or not odd[parent[node]]:
            labels[_leaves(tree, node)] = following
            following += 1
    return labels


def _leaves(tree: NDArray[np.float64], node: int) -> list[int]:
    rows, waiting, found = len(tree) + 1, [node], []
    while waiting:
        one = waiting.pop()
        if one < rows:
            found.append(one)
        else:
            waiting += tree[one - rows, :2].astype(int).tolist()
    return found


def _centres(vectors: Floats, labels: Ints) -> Floats:
    names = np.unique(labels[labels >= 0])
    sums = np.stack([vectors[labels == name].sum(axis=0) for name in names])
    return _unit(sums)


def _moved(vectors: Floats, centres: Floats) -> Floats:
    """Move each centre to the middle of the texts nearest to it, until they rest (k-means)."""
    vectors = vectors[vectors.any(axis=1)]
    before = np.zeros(0, np.intp)
    for _ in range(_ROUNDS):
        codes, _ = nearest_topics(vectors, centres)
        if len(before) and (before == codes).mean() > 0.999:
            break
        before = codes
        ones = np.ones(len(codes), np.float32)
        member = sp.csr_matrix((ones, (codes, np.arange(len(codes)))), (len(centres), len(codes)))
        sums = np.asarray(member @ vectors)
        centres = np.where(sums.any(axis=1, keepdims=True), _unit(sums), centres)
    return centres


def nearest_topics(vectors: Floats, centres: Floats) -> tuple[Ints, Floats]:
    """Return the topic whose centre is nearest to each text, and the cosine; −1 for a zero row."""
    codes, best = np.zeros(len(vectors), np.intp), np.zeros(len(vectors), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        cosine = vectors[start : start + _BLOCK] @ centres.T
        codes[start : start + _BLOCK] = cosine.argmax(axis=1)
        best[start : start + _BLOCK] = cosine.max(axis=1)
    codes[~vectors.any(axis=1)] = NONE
    return codes, best


def _ordered(vectors: Floats, keys: Sequence[str], centres: Floats, sampled: int) -> Topics:
    codes, similarity = nearest_topics(vectors, centres)
    sizes = np.bincount(codes[codes >= 0], minlength=len(centres)).tolist()
    # Ties go to the topic with the first key, so that the order of the rows decides nothing.
    first = [
        min((keys[at] for at in np.flatnonzero(codes == n).tolist()), default="")
        for n in range(len(sizes))
    ]
    order = np.array(sorted(range(len(sizes)), key=lambda n: (-sizes[n], first[n])))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Topics(np.append(rank, NONE)[codes], similarity, centres[order], sampled)


def _unit(rows: Floats) -> Floats:
    made: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return made
