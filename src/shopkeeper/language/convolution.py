"""A small convolutional reader that learns from what a large one says.

It sees an encoder's own word vectors, cut to their widest directions and left as they are; two
convolutions over three words each; the mean and the maximum over the words; a softmax (after Kim 2014,
Convolutional Neural Networks for Sentence Classification, and Hinton et al. 2015, Distilling the Knowledge
in a Neural Network). It is served from ONNX, where neither torch nor the encoder is needed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import TensorProto
from torch import Tensor, nn

from shopkeeper.language.body import Body, has_bfloat16
from shopkeeper.language.buckets import shuffled
from shopkeeper.language.graph import Graph, serialised
from shopkeeper.language.loop import descend, warmed
from shopkeeper.language.runtime import HEAD, MODEL, TOKENIZER, OnnxClassifier

Floats = NDArray[np.float64]
WIDTH = 128
BLOCKS = 2
_REACH = 3
_LEFT_OUT = 0.3
_RATE = 2e-3
_BATCH = 32
_PASSES = 16
_READINGS = 80_000
"""Texts read in all passes together, so that many texts do not take longer."""


def distil(
    body: Body,
    texts: Sequence[str],
    said: Floats,
    classes: tuple[str, ...],
    folder: Path,
    *,
    seed: int = 0,
) -> OnnxClassifier:
    """Train a convolutional reader on what another one says, write it as ONNX and return it.

    Parameters
    ----------
    body
        The encoder that lends its word vectors and its tokenizer.
    texts
        What to learn from.
    said
        Probabilities, one row a text and one column a class; cross entropy with them is minimised.
    classes
        Names of the columns.
    folder
        Where to write; it must exist.
    seed
        Seed of the weights, of the order of texts and of what is left out.

    Limits
    ------
    It sees two words on each side of a word. Words that the encoder's tokenizer does not know, such as most
    Chinese ones of an English encoder, are all one to it. It was measured with a thousand texts and more to
    learn from.
    """
    words = word_vectors(body, WIDTH)
    net = _trained(body.ids(texts), words, said, seed)
    weights = {name: value.detach().cpu().numpy() for name, value in net.state_dict().items()}
    about = {"labels": classes, "output": "logits", "tokens": body.tokens, "normalised": True}
    (folder / MODEL).write_bytes(convolution_graph(words, weights))
    (folder / TOKENIZER).write_text(body.tokenizer.to_str(), encoding="utf-8")
    (folder / HEAD).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    return OnnxClassifier(folder)


def word_vectors(body: Body, width: int) -> NDArray[np.float16]:
    """Return the encoder's word vectors on their `width` widest directions, spread about one.

    Rows are words of the tokenizer; the directions are the principal components of all of them.
    """
    table = body.model.get_input_embeddings().weight.detach().float().cpu().numpy()
    table = table - table.mean(axis=0)
    directions = np.linalg.eigh(table.T @ table)[1][:, ::-1][:, :width]
    cut = table @ directions
    made: NDArray[np.float16] = (cut / max(float(cut.std()), 1e-9)).astype(np.float16)
    return made


class Network(nn.Module):
    """From word vectors to the scores of classes.

    A convolution is written as a product of matrices, which is faster to train on a processor.

    Parameters
    ----------
    width
        Numbers in a word vector.
    classes
        How many there are.
    """

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(_REACH * width, width) for _ in range(BLOCKS))
        self.head = nn.Linear(3 * width, classes)
        self.dropout = nn.Dropout(_LEFT_OUT)

    def forward(self, vectors: Tensor, mask: Tensor) -> Tensor:
        """Return scores (texts, classes) of vectors (texts, tokens, width)."""
        there = mask[..., None].float()
        words = state = self.dropout(vectors) * there
        for number, block in enumerate(self.blocks):
            wide = nn.functional.pad(state, (0, 0, 1, 1))
            near = torch.cat([wide[:, at : at + state.shape[1]] for at in range(_REACH)], dim=2)
            made = nn.functional.gelu(block(near).float())
            state = (state + made if number else made) * there
        count = there.sum(1)
        highest = (state - 1e4 * (1 - there)).amax(1)
        parts = [state.sum(1) / count, highest, words.sum(1) / count]
        scores: Tensor = self.head(self.dropout(torch.cat(parts, dim=1)))
        return scores


def _trained(
    ids: Sequence[Sequence[int]], words: NDArray[np.float16], said: Floats, seed: int
) -> Network:
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    half = has_bfloat16(device)
    net = Network(words.shape[1], said.shape[1]).to(device)
    table = torch.from_numpy(words.astype(np.float32)).to(device)
    aims = torch.from_numpy(said.astype(np.float32)).to(device)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=0.01, fused=True)
    passes = min(_PASSES, max(2, math.ceil(_READINGS / len(ids))))
    steps, step = passes * math.ceil(len(ids) / _BATCH), 0
    net.train()
    for number in range(passes):
        generator = np.random.default_rng([seed, number])
        for batch in shuffled([len(one) for one in ids], _BATCH, generator):
            rows, mask = _padded([ids[at] for at in batch], device)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
                scores = net(table[rows], mask)
            log = torch.log_softmax(scores.float(), dim=1)
            descend(optimizer, -(aims[batch] * log).sum(1).mean(), (_RATE,), warmed(step, steps))
            step += 1
    return net.eval()


def _padded(ids: Sequence[Sequence[int]], device: torch.device) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(one) for one in ids])
    rows = torch.zeros((len(ids), int(lengths.max())), dtype=torch.long)
    for place, one in enumerate(ids):
        rows[place, : len(one)] = torch.tensor(one)
    mask = torch.arange(rows.shape[1])[None] < lengths[:, None]
    return rows.to(device), mask.to(device)


def convolution_graph(words: NDArray[np.float16], weights: dict[str, NDArray[np.float32]]) -> bytes:
    """Return the network as an ONNX graph: `input_ids` (texts, tokens) to `logits` (texts, classes).

    There is no padding mask: the runtime puts only texts of one length together.
    """
    graph, width = Graph(), words.shape[1]
    rows = graph.node("Gather", [graph.constant("words", words), "input_ids"], "rows")
    plain = graph.node("Cast", [rows], "plain", to=TensorProto.FLOAT)
    state = first = graph.node("Transpose", [plain], "first", perm=[0, 2, 1])
    for number in range(BLOCKS):
        kernel = weights[f"blocks.{number}.weight"].reshape(width, _REACH, width)
        inputs = [
            state,
            graph.constant(f"{number}.kernel", kernel.transpose(0, 2, 1)),
            graph.constant(f"{number}.bias", weights[f"blocks.{number}.bias"]),
        ]
        around = [_REACH // 2, _REACH // 2]
        made = graph.node("Conv", inputs, f"{number}.conv", pads=around)
        bent = graph.node("Gelu", [made], f"{number}.bent", "com.microsoft")
        state = graph.node("Add", [state, bent], f"{number}.state") if number else bent
    axis = graph.constant("axis", np.array([2], np.int64))
    parts = [
        graph.node("ReduceMean", [state, axis], "mean", keepdims=0),
        graph.node("ReduceMax", [state, axis], "highest", keepdims=0),
        graph.node("ReduceMean", [first, axis], "plainly", keepdims=0),
    ]
    together = graph.node("Concat", parts, "together", axis=1)
    head = graph.constant("head.weight", weights["head.weight"].T)
    product = graph.node("MatMul", [together, head], "product")
    graph.node("Add", [product, graph.constant("head.bias", weights["head.bias"])], "logits")
    return serialised(graph, ["logits"])
