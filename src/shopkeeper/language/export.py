"""A fine-tuned encoder becomes an ONNX folder that needs neither torch nor Transformers.

int8 is tried first, then int8 with the matrices that bear it least in full precision, then full precision.
The first whose labels agree with the encoder's own on nearly every row given is written, with the reason;
where none does, nothing is.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shopkeeper.errors import ArtifactError
from shopkeeper.language.graph import ACTIVATIONS, Precision, bert_graph
from shopkeeper.language.model_files import replace_whole, sha256_of, wrong_model
from shopkeeper.language.quantise import even_sizes
from shopkeeper.language.runtime import HEAD, MODEL, TOKENIZER, OnnxClassifier
from shopkeeper.language.train import EncoderClassifier
from shopkeeper.words import Words

AGREEMENT = 0.995
"""Share of the rows given whose label must be the encoder's own."""
_SHOWN = 48


@dataclass(frozen=True)
class Exported:
    """What was written.

    Parameters
    ----------
    folder
        Where it is.
    precision
        `int8`, `mixed` or `fp32`.
    agreement
        Share of the rows whose label is the encoder's own, by precision tried.
    rows
        Rows compared.
    reason
        Why it is not int8, in both languages; None where it is.
    """

    folder: Path
    precision: Precision
    agreement: dict[str, float]
    rows: int
    reason: Words | None


def export(
    classifier: EncoderClassifier,
    folder: Path,
    texts: Sequence[str],
    *,
    precision: Precision = "int8",
) -> Exported:
    """Write a classifier as ONNX and compare its labels with the encoder's own.

    Parameters
    ----------
    classifier
        A fitted one.
    folder
        Where to write; a model that is there is replaced.
    texts
        Texts like those that it will read, a few hundred; it is judged on them.
    precision
        What to try first.

    Raises
    ------
    ArtifactError
        The encoder is none that can be exported, there are no texts, or the labels do not agree.
    """
    _refuse_unknown(classifier)
    if not texts:
        raise wrong_model(
            classifier.encoder,
            Words("There are no texts to compare its labels on.", "没有可用来比对标签的文本。"),
            Words("Give a few hundred texts.", "请提供几百条文本。"),
        )
    shown, judged = _parted(texts)
    truth = classifier.probabilities(judged, exact=True).argmax(axis=1)
    agreement: dict[str, float] = {}
    order: tuple[Precision, ...] = ("int8", "mixed", "fp32")
    for tried in order[order.index(precision) :]:
        with tempfile.TemporaryDirectory() as scratch:
            files = _files(classifier, tried, shown)
            _write(Path(scratch), files)
            said = OnnxClassifier(Path(scratch)).probabilities(judged).argmax(axis=1)
        agreement[tried] = float(np.mean(said == truth))
        if agreement[tried] >= AGREEMENT:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder, files)
            reason = None if tried == "int8" else _why(agreement, tried, len(judged))
            return Exported(folder, tried, agreement, len(judged), reason)
    raise _disagrees(classifier.encoder, agreement, len(judged))


def _parted(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the texts that the scales are chosen on, and those that the labels are compared on."""
    distinct = list(dict.fromkeys(texts))
    if len(distinct) < 2 * _SHOWN:
        return distinct[:_SHOWN], distinct
    return distinct[:_SHOWN], distinct[_SHOWN:]


def _files(
    classifier: EncoderClassifier, kind: Precision, shown: Sequence[str]
) -> dict[str, bytes]:
    body, head = classifier.body_, classifier.head_
    weights = {name: value.float().cpu().numpy() for name, value in body.model.state_dict().items()}
    ends = (head.weight.detach().cpu().numpy(), head.bias.detach().cpu().numpy())
    config = body.model.config
    sizes = even_sizes(weights, config, ends, body.ids(shown)) if kind != "fp32" else {}
    graph = bert_graph(weights, config, ends, precision=kind, sizes=sizes)
    about = {
        "labels": classifier.classes_,
        "output": "logits",
        "tokens": body.tokens,
        "normalised": True,
        # What enters an int8 matrix is scaled by its largest number, which must be the text's own.
        "together": 1 if kind != "fp32" else 0,
        "precision": kind,
    }
    return {
        MODEL: graph,
        TOKENIZER: body.tokenizer.to_str().encode(),
        HEAD: json.dumps(about, ensure_ascii=False).encode(),
    }


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name in (MODEL, TOKENIZER):
        replace_whole(folder / name, files[name])
    about = json.loads(files[HEAD])
    about["sha256"] = {name: sha256_of(folder / name) for name in (MODEL, TOKENIZER)}
    replace_whole(folder / HEAD, json.dumps(about, ensure_ascii=False).encode())


def _refuse_unknown(classifier: EncoderClassifier) -> None:
    config = classifier.body_.model.config
    activation = getattr(config, "hidden_act", "")
    if classifier.body_.below is None or activation not in ACTIVATIONS:
        raise wrong_model(
            classifier.encoder,
            Words(
                f"An encoder of the kind {config.model_type} ({activation}) cannot be exported.",
                f"{config.model_type}（{activation}）类编码器无法导出。",
            ),
            Words(
                "Serve it with `EncoderClassifier`, or train a BERT, RoBERTa or XLM-R encoder.",
                "请直接用 `EncoderClassifier` 读取，或改用 BERT、RoBERTa、XLM-R 编码器训练。",
            ),
        )


def _why(agreement: dict[str, float], written: Precision, rows: int) -> Words:
    if "int8" not in agreement:
        return Words("int8 was not asked for.", "未要求使用 int8。")
    share = f"{agreement['int8']:.2%}"
    instead = {
        "mixed": Words("int8 with its widest matrices in full precision", "int8 加部分全精度矩阵"),
        "fp32": Words("full precision", "全精度"),
    }[written]
    return Words(
        f"In int8 only {share} of {rows:,} labels agree, {AGREEMENT:.1%} are needed; {instead.en} "
        "is used.",
        f"int8 只有 {share} 的标签一致（共 {rows:,} 条，要求 {AGREEMENT:.1%}），因此使用{instead.zh}。",
    )


def _disagrees(name: str, agreement: dict[str, float], rows: int) -> ArtifactError:
    listed = ", ".join(f"{precision} {share:.2%}" for precision, share in agreement.items())
    return wrong_model(
        name,
        Words(
            f"The exported model gives other labels: of {rows:,} rows agree {listed}; "
            f"{AGREEMENT:.1%} are needed.",
            f"导出模型给出的标签不一致：{rows:,} 条中一致的比例为 {listed}，要求 {AGREEMENT:.1%}。",
        ),
        Words(
            "Serve it with `EncoderClassifier`, and report the model's name.",
            "请直接用 `EncoderClassifier` 读取，并报告该模型的名称。",
        ),
    )
