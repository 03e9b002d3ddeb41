"""Texts become counts of word and character n-grams, in any language and without a tokenizer.

All texts of a chunk lie one behind the other in one array of code points. A polynomial hash rolls
over it, once for every length of n-gram, and never across the end of a text. What an n-gram says
is not kept: a bucket of 2²² stands for it. This module knows no class and no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shopkeeper.language.text import UNSPACED, squeezed, unmarked

BUCKET_BITS = 22
BUCKETS = 1 << BUCKET_BITS
CHUNK = 512
"""Texts hashed at a time: their number and a bucket fit into 31 bits, which sort in half the time."""

_ONE, _TWO = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_LONGEST_WORD = 64


def count_ngrams(
    texts: Sequence[str],
    *,
    characters: tuple[int, ...] = (2, 3, 4, 5),
    signs: tuple[int, ...] = (1, 2, 3),
    words: tuple[int, ...] = (1, 2),
    threads: int = 2,
    column_of: NDArray[np.int32] | None = None,
) -> sp.csr_matrix:
    """Count the n-grams of each text.

    Parameters
    ----------
    texts
        Texts as written; `normalise` is applied here.
    characters
        Lengths of character n-grams. They run across words, and a space stands before and after
        each text.
    signs
        Lengths of those that begin in a script without spaces, where one sign says more.
    words
        Lengths of word n-grams; a word is a run of letters and digits.
    threads
        Chunks hashed at the same time.
    column_of
        Column of each of the 2²² buckets, −1 for those to leave out; a bucket is its own column when
        not given. What is left out early costs no sorting.

    Returns
    -------
    scipy.sparse.csr_matrix
        One row a text, 2²² columns, counts as float32.

    Limits
    ------
    Different n-grams may share a bucket. Words are told apart by their first 64 characters.

    Examples
    --------
    >>> counts = count_ngrams(["不错", "不错 不错", ""], characters=(), signs=(2,), words=())
    >>> counts.sum(axis=1).ravel().tolist()
    [[2.0, 4.0, 0.0]]
    """
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    with ThreadPoolExecutor(threads) as pool:
        parts = list(
            pool.map(lambda chunk: _count_chunk(chunk, characters, signs, words, column_of), chunks)
        )
    if not parts:
        return sp.csr_matrix(np.zeros((0, BUCKETS), np.float32))
    lengths = np.concatenate([np.zeros(1, np.int64), *(part[0] for part in parts)])
    columns = np.concatenate([part[1] for part in parts])
    counts = np.concatenate([part[2] for part in parts])
    return sp.csr_matrix((counts, columns, np.cumsum(lengths)), shape=(len(texts), BUCKETS))


def _count_chunk(
    texts: Sequence[str],
    characters: tuple[int, ...],
    signs: tuple[int, ...],
    words: tuple[int, ...],
    column_of: NDArray[np.int32] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    # Sorting is most of the work: 8 million keys of 64 bits take 0.9 s, of 32 bits 0.4 s.
    codes = _joined(_normalised(texts))
    ends = np.flatnonzero(codes == 0)
    text_of = np.zeros(len(codes), np.int32)
    text_of[ends[:-1] + 1] = 1
    text_of = np.cumsum(text_of, dtype=np.int32)
    keys = [
        *_character_keys(codes, ends[text_of], text_of, characters, signs),
        *_word_keys(codes, text_of, words),
    ]
    if column_of is not None:
        keys = [_moved(key, column_of) for key in keys]
    key = np.sort(np.concatenate(keys)) if keys else np.zeros(0, np.int32)
    first = np.flatnonzero(np.diff(key, prepend=-1))
    counts = np.diff(first, append=len(key)).astype(np.float32)
    key = key[first]
    lengths = np.bincount(key >> BUCKET_BITS, minlength=len(texts))
    return lengths, (key & (BUCKETS - 1)).astype(np.int32), counts


def _joined(texts: Sequence[str]) -> NDArray[np.uint32]:
    whole = "".join(f" {text} \0" for text in texts)
    return np.frombuffer(whole.encode("utf-32-le"), dtype="<u4")


def _normalised(texts: Sequence[str]) -> list[str]:
    """Return each text as `normalise` does, looking for runs of a character in all of them at once."""
    plain = [unmarked(text) for text in texts]
    codes = _joined(plain)
    same = codes[1:] == codes[:-1]
    runs = np.flatnonzero(same[2:] & same[1:-1] & same[:-2])
    ends = np.flatnonzero(codes == 0)
    run_in = set(np.searchsorted(ends, runs).tolist())
    return [squeezed(text, has_runs=at in run_in) for at, text in enumerate(plain)]


def _character_keys(
    codes: NDArray[np.uint32],
    end: NDArray[np.int64],
    text_of: NDArray[np.int32],
    characters: tuple[int, ...],
    signs: tuple[int, ...],
) -> list[NDArray[np.int32]]:
    room = end - np.arange(len(codes))
    unspaced = np.zeros(len(codes), bool)
    for low, high in UNSPACED:
        unspaced |= (codes >= low) & (codes <= high)
    wide = codes.astype(np.uint64) + np.uint64(1)
    rolled, keys = np.zeros(len(codes), np.uint64), []
    for length in range(1, max(*characters, *signs, 0, 0) + 1):
        reach = len(codes) - length + 1
        if reach <= 0:
            break
        rolled[:reach] = rolled[:reach] * _ONE + wide[length - 1 :] * _TWO
        wanted = (unspaced & (length in signs)) | (~unspaced & (length in characters))
        if wanted.any():
            whole = wanted & (room >= length)
            keys.append(_key(text_of[whole], rolled[whole], length))
    return keys


def _word_keys(
    codes: NDArray[np.uint32], text_of: NDArray[np.int32], lengths: tuple[int, ...]
) -> list[NDArray[np.int32]]:
    there = np.zeros(int(codes.max(initial=0)) + 1, bool)
    there[codes] = True
    for code in np.flatnonzero(there):
        there[code] = chr(code).isalnum()
    inside = there[codes]
    starts = np.flatnonzero(inside & ~np.concatenate(([False], inside[:-1])))
    if len(starts) == 0:
        return []
    places = np.flatnonzero(inside)
    first = np.searchsorted(places, starts)
    sizes = np.diff(first, append=len(places))
    offset = np.minimum(np.arange(len(places)) - np.repeat(first, sizes), _LONGEST_WORD)
    weights = np.cumprod(np.full(_LONGEST_WORD + 1, _ONE))
    weights[_LONGEST_WORD] = 0
    mixed = (codes[places].astype(np.uint64) + np.uint64(7)) * _TWO
    mixed ^= mixed >> np.uint64(29)
    word = np.add.reduceat(mixed * weights[offset], first)
    text = text_of[starts]
    keys, rolled = [], np.zeros(len(word), np.uint64)
    for length in range(1, max(lengths, default=0) + 1):
        reach = len(word) - length + 1
        if reach <= 0:
            break
        rolled[:reach] = rolled[:reach] * _TWO + word[length - 1 :]
        if length in lengths:
            whole = text[:reach] == text[length - 1 :]
            keys.append(_key(text[:reach][whole], rolled[:reach][whole], 100 + length))
    return keys


def _moved(key: NDArray[np.int32], column_of: NDArray[np.int32]) -> NDArray[np.int32]:
    column = column_of[key & (BUCKETS - 1)]
    there = column >= 0
    moved: NDArray[np.int32] = (key[there] >> BUCKET_BITS << BUCKET_BITS) | column[there]
    return moved


def _key(text: NDArray[np.int32], rolled: NDArray[np.uint64], kind: int) -> NDArray[np.int32]:
    mixed = (rolled + np.uint64(kind)) * _ONE
    mixed ^= mixed >> np.uint64(31)
    bucket = (mixed * _TWO) >> np.uint64(64 - BUCKET_BITS)
    return (text.astype(np.int32) << BUCKET_BITS) | bucket.astype(np.int32)
