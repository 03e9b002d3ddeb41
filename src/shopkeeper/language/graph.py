"""A BERT encoder with mean pooling and a softmax's scores, as an ONNX graph written by hand.

One graph, three precisions. In int8 each matrix is stored as whole numbers with a scale for each of its
columns, and what enters it is scaled as it comes; where a few of the entering numbers are far larger than
the others, a part of their size is first moved into the matrix (Xiao et al. 2023, SmoothQuant). In mixed precision what leaves the bent wide layer, whose numbers scale
least well, is multiplied in full. There is no padding mask: the runtime puts only texts
of one length together, so that attention takes its fast kernel. The operators of ONNX Runtime's own
domain are used where they are faster than the standard ones; layer norms are the standard ones, which
were 15 × as fast as the fused operator (ONNX Runtime 1.32).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Precision = Literal["int8", "mixed", "fp32"]
Weights = Mapping[str, NDArray[np.float32]]
Sizes = Mapping[str, NDArray[np.float32]]
Head = tuple[NDArray[np.float32], NDArray[np.float32]]
ACTIVATIONS = {"gelu": "Gelu", "gelu_new": "FastGelu", "gelu_pytorch_tanh": "FastGelu"}
_OWN = "com.microsoft"
_OPSET, _IR = 18, 10


class Graph:
    """Nodes and constants, one behind the other."""

    def __init__(self, precision: Precision = "fp32", sizes: Sizes | None = None) -> None:
        self.precision, self.sizes = precision, sizes or {}
        self.linears: dict[str, tuple[str, NDArray[np.float32]]] = {}
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add an array; return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **how: Any) -> str:
        """Add an operator; return the name of what it puts out."""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **how))
        return output

    def linear(
        self, entering: str, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str
    ) -> str:
        """Add x · weightᵀ + bias."""
        self.linears[name] = (entering, weight)
        if self.precision == "fp32" or (self.precision == "mixed" and _narrows(name)):
            product = self.node(
                "MatMul", [entering, self.constant(f"{name}.weight", weight.T)], f"{name}.product"
            )
            return self.node("Add", [product, self.constant(f"{name}.bias", bias)], name)
        if name in self.sizes:
            size = self.sizes[name]
            inverse = self.constant(f"{name}.inverse", (1 / size).astype(np.float32))
            entering = self.node("Mul", [entering, inverse], f"{name}.even")
            weight = weight * size
        scale = np.maximum(np.abs(weight).max(axis=1), 1e-12) / 127
        whole = np.rint(weight / scale[:, None]).astype(np.int8).T
        inputs = [
            entering,
            self.constant(f"{name}.weight", whole),
            self.constant(f"{name}.scale", scale.astype(np.float32)),
            self.constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
            self.constant(f"{name}.bias", bias),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, name, _OWN)

    def norm(self, entering: str, weights: Weights, path: str, epsilon: float, name: str) -> str:
        """Add a layer norm."""
        parts = [
            self.constant(f"{name}.{part}", weights[f"{path}.{part}"])
            for part in ("weight", "bias")
        ]
        return self.node(
            "LayerNormalization", [entering, *parts], name, axis=-1, epsilon=float(epsilon)
        )


def _narrows(name: str) -> bool:
    return name.endswith(".output.dense") and not name.endswith(".attention.output.dense")


def bert_graph(
    weights: Weights, config: Any, head: Head, *, precision: Precision, sizes: Sizes | None = None
) -> bytes:
    """Return the graph: `input_ids` (texts, tokens) to `logits` (texts, classes).

    Parameters
    ----------
    weights
        The encoder's own arrays, named as BERT names them.
    config
        Its configuration.
    head
        Weights (classes, width) and bias of the softmax.
    precision
        `int8`, `mixed` or `fp32`.
    sizes
        For int8 and mixed: by matrix, the size of each entering number that is moved into the matrix.
    """
    return serialised(_drawn(weights, config, head, precision, sizes or {}), ["logits"])


def observed_graph(
    weights: Weights, config: Any, head: Head
) -> tuple[bytes, dict[str, tuple[str, NDArray[np.float32]]]]:
    """Return the graph in full precision with whatever enters a matrix as outputs.

    The dictionary tells for each matrix the output that enters it, and its weights.
    """
    graph = _drawn(weights, config, head, "fp32", {})
    shown = list(dict.fromkeys(entering for entering, _ in graph.linears.values()))
    return serialised(graph, shown), graph.linears


def _drawn(weights: Weights, config: Any, head: Head, precision: Precision, sizes: Sizes) -> Graph:
    graph = Graph(precision, sizes)
    state = _embedded(graph, weights, config)
    for number in range(config.num_hidden_layers):
        state = _layer(graph, state, weights, config, number)
    tokens = graph.constant("tokens.axis", _axis(1))
    mean = graph.node("ReduceMean", [state, tokens], "mean", keepdims=0)
    unit = graph.node("LpNormalization", [mean], "unit", axis=-1, p=2)
    # The softmax's own weights stay as they are: a class is decided there.
    product = graph.node("MatMul", [unit, graph.constant("head.weight", head[0].T)], "head.product")
    graph.node("Add", [product, graph.constant("head.bias", head[1])], "logits")
    return graph


def serialised(graph: Graph, outputs: list[str]) -> bytes:
    """Return a graph from `input_ids` (texts, tokens) to `outputs` as the bytes of a file."""
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        graph.constants,
    )
    sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OWN, 1)]
    model = helper.make_model(made, opset_imports=sets, ir_version=_IR)
    written: bytes = model.SerializeToString()
    return written


def _embedded(graph: Graph, weights: Weights, config: Any) -> str:
    # RoBERTa counts places from the padding's number on, BERT from zero.
    first = 0 if config.model_type == "bert" else int(config.pad_token_id) + 1
    places = weights["embeddings.position_embeddings.weight"][first:]
    kinds = weights.get("embeddings.token_type_embeddings.weight")
    if kinds is not None:
        places = places + kinds[0]
    words = graph.constant("words", weights["embeddings.word_embeddings.weight"])
    shape = graph.node("Shape", ["input_ids"], "shape", start=1, end=2)
    inputs = [graph.constant("places", places), graph.constant("zero", _axis(0)), shape]
    said = graph.node("Gather", [words, "input_ids"], "said")
    summed = graph.node("Add", [said, graph.node("Slice", inputs, "placed")], "summed")
    return graph.norm(summed, weights, "embeddings.LayerNorm", config.layer_norm_eps, "embedded")


def _layer(graph: Graph, state: str, weights: Weights, config: Any, number: int) -> str:
    path, epsilon = f"encoder.layer.{number}", config.layer_norm_eps
    parts = [f"{path}.attention.self.{part}" for part in ("query", "key", "value")]
    together = graph.linear(
        state,
        np.concatenate([weights[f"{part}.weight"] for part in parts]),
        np.concatenate([weights[f"{part}.bias"] for part in parts]),
        f"{number}.together",
    )
    split = [f"{number}.{part}" for part in ("query", "key", "value")]
    graph.nodes.append(helper.make_node("Split", [together], split, axis=-1, num_outputs=3))
    attended = graph.node(
        "MultiHeadAttention",
        split,
        f"{number}.attended",
        _OWN,
        num_heads=config.num_attention_heads,
    )
    state = _added(graph, state, attended, weights, f"{path}.attention.output", epsilon)
    wide = graph.linear(
        state,
        weights[f"{path}.intermediate.dense.weight"],
        weights[f"{path}.intermediate.dense.bias"],
        f"{number}.wide",
    )
    bent = graph.node(ACTIVATIONS[config.hidden_act], [wide], f"{number}.bent", _OWN)
    return _added(graph, state, bent, weights, f"{path}.output", epsilon)


def _added(
    graph: Graph, state: str, entering: str, weights: Weights, path: str, epsilon: float
) -> str:
    made = graph.linear(
        entering, weights[f"{path}.dense.weight"], weights[f"{path}.dense.bias"], f"{path}.dense"
    )
    summed = graph.node("Add", [made, state], f"{path}.summed")
    return graph.norm(summed, weights, f"{path}.LayerNorm", epsilon, f"{path}.normed")


def _axis(number: int) -> NDArray[np.int64]:
    return np.array([number], np.int64)
