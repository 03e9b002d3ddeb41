"""Which rows teach and which rows examine; equal texts are never on both sides.

A review copied a hundred times would otherwise examine what it taught. Rows are therefore split by
groups. This module knows groups and times, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.text import text_key

Groups = NDArray[np.intp]
Mask = NDArray[np.bool_]


def text_groups(texts: Sequence[str]) -> Groups:
    """Return a group number for each text; equal for texts that `text_key` takes as equal.

    Examples
    --------
    >>> text_groups(["Muito bom!", "ruim", "muito bom"]).tolist()
    [0, 1, 0]
    """
    keys = [text_key(text) for text in texts]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], dtype=np.intp)


def held_out_by_group(groups: Groups, *, share: float, seed: int) -> Mask:
    """Hold out whole groups, drawn at random, until about `share` of the rows is reached.

    A group is passed over where it would take the held-out rows above the share, so that one text
    that everybody copies stays with the rows that teach.

    Parameters
    ----------
    groups
        Group number of each row.
    share
        Share of the rows to hold out.
    seed
        Seed of the draw.

    Examples
    --------
    >>> held_out_by_group(np.array([0, 0, 0, 1, 2]), share=0.4, seed=0).tolist()
    [False, False, False, True, True]
    """
    sizes = np.bincount(groups)
    order = np.random.default_rng(seed).permutation(len(sizes))
    chosen, room = np.zeros(len(sizes), bool), share * len(groups)
    for group in order:
        if sizes[group] <= room:
            chosen[group] = True
            room -= sizes[group]
    return chosen[groups]


def but_lone_classes(held: Mask, groups: Groups, codes: NDArray[np.intp]) -> Mask:
    """Return the held-out rows without the groups of every class that no other row has.

    Such a class must be taught, and what else has its text goes with it.

    Parameters
    ----------
    held
        Whether a row is held out; whole groups are.
    groups
        Group number of each row.
    codes
        Class of each row.

    Examples
    --------
    >>> held, groups = np.array([False, True, True, True]), np.array([0, 1, 1, 2])
    >>> but_lone_classes(held, groups, np.array([0, 1, 0, 0])).tolist()
    [False, False, False, True]
    """
    lone = held & ~np.isin(codes, codes[~held])
    kept: Mask = held & ~np.isin(groups, groups[lone])
    return kept


def held_out_by_time(times: NDArray[np.datetime64], groups: Groups, *, share: float) -> Mask:
    """Hold out the newest rows whose group no older row has.

    Parameters
    ----------
    times
        Time of each row.
    groups
        Group number of each row.
    share
        Share of the rows that counts as newest, before those that repeat an older text go to the
        rows that teach.

    Examples
    --------
    >>> days = np.array(["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"], "datetime64[D]")
    >>> held_out_by_time(days, np.array([0, 1, 0, 2]), share=0.5).tolist()
    [False, False, False, True]
    """
    order = np.sort(times)
    newest = times >= order[min(len(order) - 1, int(np.ceil(len(order) * (1 - share))))]
    taught = np.zeros(int(groups.max(initial=-1)) + 1, bool)
    taught[groups[~newest]] = True
    examines: Mask = newest & ~taught[groups]
    return examines


def folds(groups: Groups, *, count: int, seed: int) -> NDArray[np.intp]:
    """Deal whole groups into `count` folds of about equal rows, the largest groups first.

    Examples
    --------
    >>> dealt = folds(np.array([0, 0, 1, 2, 3]), count=2, seed=0)
    >>> bool(dealt[0] == dealt[1]), sorted(np.bincount(dealt).tolist())
    (True, [2, 3])
    """
    sizes = np.bincount(groups)
    mixed = np.random.default_rng(seed).permutation(len(sizes))
    order = mixed[np.argsort(-sizes[mixed], kind="stable")]
    fold_of = np.zeros(len(sizes), np.intp)
    filled = np.zeros(count)
    for group in order:
        fold_of[group] = int(filled.argmin())
        filled[fold_of[group]] += sizes[group]
    return fold_of[groups]
