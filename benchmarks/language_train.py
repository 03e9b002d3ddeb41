"""Training beside `transformers.Trainer`, serving beside `transformers.pipeline`, both with defaults.

Run `python benchmarks/language_train.py`, or with the names of some of: training serving quality. The last
is left out of the whole: sixteen draws instead of five, an hour on two cores, two minutes on a GPU.

Same encoder (MiniLM), same texts (Amazon's reviews of musical instruments), same 96 tokens, same two
cores, in one run. The rows that examine are those of `sentiment.py`; no choice was made on them.
"""

from __future__ import annotations

import copy
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
import transformers
from machine import keep
from onnx import TensorProto, helper
from sentiment import amazon
from torch import nn

from shopkeeper.intervals import bootstrap
from shopkeeper.language.body import Body
from shopkeeper.language.cascade import Cascade
from shopkeeper.language.encode import encoder_source
from shopkeeper.language.export import export
from shopkeeper.language.metrics import macro_f1
from shopkeeper.language.runtime import OnnxClassifier
from shopkeeper.language.train import EncoderClassifier, Tuning

TOKENS = 96
PER_CLASS = 200
EPOCHS = 3
DRAWS, MANY = 5, 16
OURS = {"as it comes": Tuning(tokens=TOKENS)}
"""Chosen on rows that teach, with other draws than those here."""
Row = dict[str, Any]


def parted(seed: int = 0) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the rows that teach, mixed, and those that examine."""
    texts, classes, late = amazon()
    rows = list(zip(texts, classes, strict=True))
    order = np.random.default_rng(seed).permutation(len(rows))
    return [rows[at] for at in order if not late[at]], [rows[at] for at in order if late[at]]


def even(rows: list[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """Return the first `count` rows of each class."""
    names = sorted({name for _, name in rows})
    return [row for name in names for row in [r for r in rows if r[1] == name][:count]]


def training(draws: int = DRAWS, first: int = 100, part: str = "training") -> list[Row]:
    """Train on 600 reviews, a third of each class, in several draws; the Trainer passes three times."""
    made: list[Row] = []
    scores: dict[str, list[float]] = {}
    taken: dict[str, list[float]] = {}
    teach, examine = parted()
    asked, truth_names = map(list, zip(*examine, strict=True))
    for draw in range(draws):
        mixed = np.random.default_rng(first + draw).permutation(len(teach))
        rows = even([teach[at] for at in mixed], PER_CLASS)
        texts, classes = map(list, zip(*rows, strict=True))
        names = sorted(set(classes))
        truth = np.array([names.index(name) for name in truth_names])
        for method, (seconds, said) in both(texts, classes, asked).items():
            score = bootstrap(macro_f1, truth, said, repeats=500)
            named = f"{part}, draw {draw}"
            made.append(figure(named, method, "macro_f1", score.value, score.low, score.high))
            made.append(figure(named, method, "seconds of the whole training", seconds))
            scores.setdefault(method, []).append(score.value)
            taken.setdefault(method, []).append(seconds)
    for method in OURS:
        gaps = np.subtract(scores[method], scores["Trainer"])
        times = np.divide(taken["Trainer"], taken[method])
        error = np.std(gaps, ddof=1) / len(gaps) ** 0.5
        made += [
            figure(part, f"{method} / Trainer", "times as fast", np.mean(times), times.min(),
                   times.max()),
            figure(part, f"{method} − Trainer", "macro_f1", np.mean(gaps), gaps.min(), gaps.max()),
            figure(part, f"{method} − Trainer", "standard error of macro_f1", error),
        ]  # fmt: skip
    return made


def quality() -> list[Row]:
    """Tell the difference to the Trainer apart from luck: other draws, and more of them."""
    return training(MANY, first=5_000, part="quality")


def both(
    texts: list[str], classes: list[str], asked: list[str]
) -> dict[str, tuple[float, np.ndarray]]:
    """Return the seconds of each way of training, loading included in ours, and what it then says."""
    done = {}
    for method, tuning in OURS.items():
        start = time.perf_counter()
        ours = EncoderClassifier(tuning=tuning).fit(texts, classes)
        seconds = time.perf_counter() - start
        done[method] = (seconds, ours.probabilities(asked).argmax(axis=1))
    return done | {"Trainer": trainer(texts, classes, asked)}


def trainer(texts: list[str], classes: list[str], asked: list[str]) -> tuple[float, np.ndarray]:
    """Return the seconds of the Trainer with its defaults, and the classes that it then says."""
    source = encoder_source("")
    tokenizer = transformers.AutoTokenizer.from_pretrained(source)
    names = sorted(set(classes))
    transformers.set_seed(0)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        source, num_labels=len(names)
    )

    def rows(some: list[str]) -> list[Row]:
        coded = tokenizer(some, truncation=True, max_length=TOKENS)
        return [{key: coded[key][at] for key in coded} for at in range(len(some))]

    taught = [
        row | {"labels": names.index(name)} for row, name in zip(rows(texts), classes, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        how = transformers.TrainingArguments(
            output_dir=folder, num_train_epochs=EPOCHS, report_to=[], disable_tqdm=True,
            save_strategy="no",
        )  # fmt: skip
        one = transformers.Trainer(
            model=model, args=how, train_dataset=taught, processing_class=tokenizer
        )
        start = time.perf_counter()
        one.train()
        seconds = time.perf_counter() - start
    model.eval()
    said = np.zeros(len(asked), np.intp)
    order = np.argsort([len(text) for text in asked])
    with torch.no_grad():
        for at in range(0, len(asked), 32):
            batch = order[at : at + 32]
            some = tokenizer(
                [asked[row] for row in batch], truncation=True, max_length=TOKENS, padding=True,
                return_tensors="pt",
            ).to(model.device)  # fmt: skip
            said[batch] = model(**some).logits.argmax(dim=1).cpu().numpy()
    return seconds, said


class MeanPooledBertForSequenceClassification(transformers.BertPreTrainedModel):
    """The fine-tuned classifier as a model that `transformers.pipeline` takes."""

    def __init__(self, fitted: EncoderClassifier) -> None:
        config = fitted.body_.model.config
        config.id2label = dict(enumerate(fitted.classes_))
        config.label2id = {name: number for number, name in config.id2label.items()}
        super().__init__(config)
        self.bert, self.head = copy.deepcopy(fitted.body_.model), fitted.head_
        # What the pipeline would take by itself, and faster for reading.
        self.bert.set_attn_implementation("sdpa")

    def forward(self, input_ids: Any, attention_mask: Any, **_: Any) -> Any:
        """Return the scores of the classes."""
        top = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask[..., None].float()
        mean = nn.functional.normalize((top * weights).sum(1) / weights.sum(1), dim=1)
        return transformers.modeling_outputs.SequenceClassifierOutput(logits=self.head(mean))


def serving() -> list[Row]:
    """Read reviews with one fine-tuned encoder in four ways, end to end with tokenising."""
    teach, examine = parted()
    learned, watched, others = teach[:3_000], teach[3_000:4_500], teach[4_500:]
    fitted = EncoderClassifier(tuning=Tuning(tokens=TOKENS))
    fitted.fit(*map(list, zip(*learned, strict=True)))
    asked, names = map(list, zip(*examine, strict=True))
    truth = np.array([fitted.classes_.index(name) for name in names])
    few = asked[:300]
    tokenizer = transformers.AutoTokenizer.from_pretrained(encoder_source(""))
    model = MeanPooledBertForSequenceClassification(fitted).eval()
    pipe = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer)
    pipe(few[:20], truncation=True, max_length=TOKENS)  # the first call is not timed
    base = rate(lambda: pipe(few, truncation=True, max_length=TOKENS), len(few))
    exact = fitted.probabilities(asked, exact=True).argmax(axis=1)
    lengths = [len(one) for one in fitted.body_.ids(asked)]
    made = [
        figure("serving", "texts", "tokens a text, mean", float(np.mean(lengths))),
        figure("serving", "transformers.pipeline", "rows a second", base),
        figure("serving", "encoder in full precision", "macro_f1", macro_f1(truth, exact)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for precision in ("fp32", "int8"):
            place = Path(folder) / precision
            done = export(fitted, place, [text for text, _ in watched], precision=precision)
            served = OnnxClassifier(place)
            served.probabilities(few[:20])
            many = asked if precision == "int8" else few
            speed = rate(lambda one=served, some=many: one.probabilities(some), len(many))
            name = f"onnx {done.precision}" + ("" if done.precision == precision else ", not int8")
            made += [
                figure("serving", f"asked {precision}", "labels that agree",
                       done.agreement[precision]),
                figure("serving", name, "rows a second", speed),
                figure("serving", name, "times the pipeline", speed / base),
            ]  # fmt: skip
        said = served.probabilities(asked).argmax(axis=1)
        made.append(figure("serving", name, "macro_f1", macro_f1(truth, said)))
        made.append(figure("serving", name, "labels that agree, on the rows that examine",
                           float(np.mean(said == exact))))  # fmt: skip
        made += cascaded(served, fitted.body_, others + learned, watched, asked, truth, exact, base)
        made += peaks(base, speed, lengths, done.precision)
    return made


def cascaded(
    teacher: OnnxClassifier,
    body: Body,
    unlabelled: list[tuple[str, str]],
    watched: list[tuple[str, str]],
    asked: list[str],
    truth: np.ndarray,
    exact: np.ndarray,
    base: float,
) -> list[Row]:
    """Distil, choose the threshold on the watched rows, and read the rows that examine."""
    cascade = Cascade(teacher).fit(
        [text for text, _ in unlabelled], *map(list, zip(*watched, strict=True)), body=body
    )
    speed = rate(lambda: cascade.probabilities(asked), len(asked))
    said = cascade.probabilities(asked).argmax(axis=1)
    own = rate(lambda: cascade.student.probabilities(asked), len(asked))
    student = cascade.student.probabilities(asked)
    places = np.array([teacher.classes_.index(name) for name in cascade.student.classes_])
    share = float((student.max(axis=1) < cascade.threshold_).mean())
    gap = bootstrap(
        lambda t, a, b: macro_f1(t, a) - macro_f1(t, b), truth, said, exact, repeats=500
    )
    alone = macro_f1(truth, places[student.argmax(axis=1)])
    points = [
        {"part": "cascade curve"} | {k: round(float(v), 4) for k, v in vars(point).items()}
        for point in cascade.curve_
    ]
    return [
        *points,
        figure("serving", f"{type(cascade.student).__name__} alone", "macro_f1", alone),
        figure("serving", "student alone", "rows a second", own),
        figure("serving", "cascade", "share escalated", share),
        figure("serving", "cascade", "rows a second", speed),
        figure("serving", "cascade", "times the pipeline", speed / base),
        figure("serving", "cascade − encoder", "macro_f1", gap.value, gap.low, gap.high),
    ]


def peaks(base: float, speed: float, lengths: list[int], precision: str) -> list[Row]:
    """Return what share of the machine's fastest matrix multiplication the encoder reaches."""
    tokens = np.array(lengths, float)
    flops = float((6 * (24 * 384**2 * tokens + 4 * 384 * tokens**2)).mean())
    full, whole = peak("fp32"), peak("int8")
    # In mixed precision a part is multiplied in full; the share is of the faster peak all the same.
    own = full if precision == "fp32" else whole
    return [
        figure("peak", "onnx fp32 matrix product", "GFLOP/s", full),
        figure("peak", "onnx int8 matrix product", "GFLOP/s", whole),
        figure("peak", "transformers.pipeline", "share of the fp32 peak", base * flops / full / 1e9),
        figure("peak", f"onnx {precision}", "share of its peak", speed * flops / own / 1e9),
    ]  # fmt: skip


def peak(precision: str) -> float:
    """Return the highest rate of ONNX Runtime's matrix products on two cores, in GFLOP a second."""
    return max(product(precision, *shape) for shape in ((640, 1536, 384), (640, 384, 1536))) / 1e9


def product(precision: str, rows: int, width: int, columns: int) -> float:
    """Return the rate of one product, computed on both cores at the same time."""
    random = np.random.default_rng(0)
    if precision == "int8":
        given = [
            ("b", TensorProto.INT8, [width, columns], random.integers(-9, 9, width * columns)),
            ("s", TensorProto.FLOAT, [columns], np.ones(columns)),
        ]  # fmt: skip
        node = helper.make_node(
            "DynamicQuantizeMatMul", ["a", "b", "s"], ["c"], domain="com.microsoft"
        )
    else:
        given = [("b", TensorProto.FLOAT, [width, columns], random.normal(size=width * columns))]
        node = helper.make_node("MatMul", ["a", "b"], ["c"])
    graph = helper.make_graph(
        [node], "product",
        [helper.make_tensor_value_info("a", TensorProto.FLOAT, [rows, width])],
        [helper.make_tensor_value_info("c", TensorProto.FLOAT, [rows, columns])],
        [helper.make_tensor(*one) for one in given],
    )  # fmt: skip
    sets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=sets, ir_version=10).SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options)
    entering = {"a": random.normal(size=(rows, width)).astype(np.float32)}
    repeats = 50

    def many(_: int) -> None:
        for _ in range(repeats):
            session.run(None, entering)

    def once() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(many, range(2)))

    return max(rate(once, 2 * repeats * 2 * rows * width * columns) for _ in range(5))


def rate(work: Callable[[], Any], count: float) -> float:
    """Return how much of a work is done in a second."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def figure(part: str, method: str, metric: str, value: float, *bounds: float) -> Row:
    """Return one line."""
    ends = dict(zip(("low", "high"), (round(float(b), 4) for b in bounds), strict=False))
    return {
        "part": part,
        "method": method,
        "metric": metric,
        "value": round(float(value), 4),
    } | ends


PARTS: dict[str, Callable[[], list[Row]]] = {
    "training": training, "serving": serving, "quality": quality,
}  # fmt: skip


if __name__ == "__main__":
    torch.set_num_threads(2)
    for part in sys.argv[1:] or ("training", "serving"):
        keep("language_train", PARTS[part]())
