"""How much of the size of what enters an int8 matrix is better moved into the matrix.

A few of the numbers that enter a matrix of BERT are far larger than the others, and one scale for all
of them leaves little of the small ones. Number j is divided by s_j = max|x_j|^a / max|w_j|^(1 − a), and
row j of the matrix multiplied by it (Xiao et al. 2023, SmoothQuant). The exponent a is chosen for each
matrix by the error of its product on a few texts; no division at all is among the choices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from shopkeeper.language.graph import Head, Sizes, Weights, observed_graph

EXPONENTS = (0.5, 0.65, 0.8, 0.95)
_TOKENS = 400
Matrix = NDArray[np.float32]


def even_sizes(weights: Weights, config: Any, head: Head, ids: Sequence[list[int]]) -> Sizes:
    """Return for each matrix the sizes to divide by; a matrix that gains nothing is left out.

    Parameters
    ----------
    weights, config, head
        As of `bert_graph`.
    ids
        Token numbers of a few texts like those that will be read.
    """
    written, linears = observed_graph(weights, config, head)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(written, options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_outputs()]
    seen: dict[str, list[Matrix]] = {name: [] for name in names}
    for one in ids:
        rows = session.run(None, {"input_ids": np.array([one], np.int64)})
        for name, row in zip(names, rows, strict=True):
            seen[name].append(row[0])
    found = {}
    for name, (entering, weight) in linears.items():
        size = _best(np.concatenate(seen[entering]), weight)
        if size is not None:
            found[name] = size
    return found


def _best(entering: Matrix, weight: Matrix) -> Matrix | None:
    largest = np.maximum(np.abs(entering).max(axis=0), 1e-3)
    heavy = np.maximum(np.abs(weight).max(axis=0), 1e-5)
    # The tokens that hold the largest numbers are kept: they set the scale.
    order = np.argsort(-np.abs(entering).max(axis=1), kind="stable")
    step = max(1, len(order) // _TOKENS)
    rows = entering[np.unique(np.concatenate([order[:20], order[::step]]))]
    truth = rows @ weight.T
    best, least = None, _error(rows, weight, truth)
    for exponent in EXPONENTS:
        size = (largest**exponent / heavy ** (1 - exponent)).astype(np.float32)
        error = _error(rows / size, weight * size, truth)
        if error < least:
            best, least = size, error
    return best


def _error(rows: Matrix, weight: Matrix, truth: Matrix) -> float:
    low, high = min(rows.min(), 0.0), max(rows.max(), 0.0)
    step = max(high - low, 1e-9) / 255
    column = np.maximum(np.abs(weight).max(axis=1, keepdims=True), 1e-12) / 127
    product = (np.rint(rows / step) * step) @ (np.rint(weight / column) * column).T
    return float(((product - truth) ** 2).mean())
