"""How well intents are told apart and turned away, beside n-grams, frozen vectors and SetFit's recipe.

Run `python benchmarks/language_intents.py`, or with some of: hint3 banking77.

HINT3 (Arora et al. 2020): a mattress shop's real chatbot queries, of which some are about none of the
intents; in-scope accuracy leaves those out, MCC is over all queries with "none" as a class of its
own. The threshold comes from the examples alone. Nothing was chosen on the rows that examine. On a
machine that others use too, set OMP_NUM_THREADS=1: two threads that wait for one core take ten
times as long.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from machine import data_folder, keep
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import matthews_corrcoef
from transformers import AutoModel, AutoTokenizer, get_linear_schedule_with_warmup

from shopkeeper.intervals import bootstrap
from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.encode import SentenceEncoder, encoder_source
from shopkeeper.language.intents import RISK, IntentClassifier
from shopkeeper.language.metrics import calibration_error

NONE = "NO_NODES_DETECTED"
SETFIT_ROWS = 1_000
"""Its pairs are forty a text, each read twice: the 10,003 texts of Banking77 would take hours."""
PUBLISHED = (
    ("BERT (paper)", "accuracy in scope", 0.736),
    ("Dialogflow (paper)", "accuracy in scope", 0.732),
    ("best of the paper", "mcc", 0.638),
)
FLOORS = {
    ("hint3", "accuracy in scope"): 0.76,
    ("hint3", "mcc"): 0.60,
    ("banking77", "accuracy"): 0.93,
}


def read(path: str, text: str, label: str) -> tuple[list[str], np.ndarray]:
    """Read texts and labels of one CSV of the public data sets."""
    with (data_folder() / path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row[text] for row in rows], np.array([row[label] for row in rows])


def measured(
    data: str, method: str, metric: str, values: np.ndarray, statistic: Any = np.mean
) -> Any:
    """Return one figure with its bootstrap interval; `values` has one row a query."""
    interval = bootstrap(lambda rows: float(statistic(rows)), values, repeats=500)
    numbers = {"value": interval.value, "low": interval.low, "high": interval.high}
    rounded = {name: round(number, 4) for name, number in numbers.items()}
    floor = FLOORS.get((data, metric)) if method == "intents" else None
    head = {"data": data, "method": method, "metric": metric, **rounded, "rows": len(values)}
    return head | ({"floor": floor} if floor else {})


def error(rows: np.ndarray) -> float:
    """Return the calibration error of rows of (confidence, right)."""
    return calibration_error(rows[:, 0], rows[:, 1].astype(bool))


def told(data: str, method: str, model: Any, said: np.ndarray, truth: np.ndarray) -> list[Any]:
    """Return accuracy and calibration error on queries that have an intent."""
    inside = truth != NONE
    names = np.array(model.classes_)
    right = names[said[inside].argmax(axis=1)] == truth[inside]
    sure = np.column_stack([said[inside].max(axis=1), right])
    metric = "accuracy" if inside.all() else "accuracy in scope"
    return [
        measured(data, method, metric, right.astype(float)),
        measured(data, method, "ece", sure, error),
    ]


def chosen(data: str, model: IntentClassifier, asked: list[str], truth: np.ndarray) -> list[Any]:
    """Return MCC, and how often a choice was wrong, at several stated risks."""
    made = []
    for risk in dict.fromkeys((RISK, 0.2, 0.35)):
        said = np.array([name or NONE for name in model.choose(asked, risk=risk)])
        pairs = np.column_stack([truth, said])
        wrong = (truth != said)[said != NONE].astype(float)
        suffix = "" if risk == RISK else f" at risk {risk}"
        made += [
            measured(data, "intents", f"mcc{suffix}", pairs, lambda p: matthews_corrcoef(*p.T)),
            measured(data, "intents", f"chosen and wrong at risk {risk}", wrong),
            measured(data, "intents", f"turned away at risk {risk}", (said == NONE).astype(float)),
        ]
    return made


class Frozen:
    """The reference of the data's catalogue: logistic regression on MiniLM's vectors as they come."""

    def fit(self, texts: list[str], intents: list[str]) -> Frozen:
        """Learn from texts."""
        self.encoder = SentenceEncoder(tokens=64)
        self.probe = LogisticRegression(C=10, max_iter=300)
        self.probe.fit(self.encoder.vectors(texts), intents)
        self.classes_ = tuple(self.probe.classes_)
        return self

    def probabilities(self, texts: list[str]) -> np.ndarray:
        """Return one row a text."""
        return self.probe.predict_proba(self.encoder.vectors(texts))


class SetFit:
    """SetFit with its published settings (Tunstall et al. 2022), written out; the package is not needed.

    Every text is paired with 20 of its class and 20 of others; the whole encoder learns in one pass,
    16 pairs a step, that the cosine is one or zero; logistic regression then stands on its vectors.
    """

    def fit(self, texts: list[str], intents: list[str]) -> SetFit:
        """Learn from texts."""
        source = encoder_source("")
        torch.manual_seed(0)
        self.tokenizer = AutoTokenizer.from_pretrained(source)
        self.model = AutoModel.from_pretrained(source).train()
        pairs = paired(np.array(intents), np.random.default_rng(0))
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=2e-5)
        steps = -(-len(pairs) // 16)
        schedule = get_linear_schedule_with_warmup(optimizer, steps // 10, steps)
        for start in range(0, len(pairs), 16):
            left, right, alike = pairs[start : start + 16].T
            both = self._pooled([texts[at] for at in [*left, *right]])
            cosines = (both[: len(left)] * both[len(left) :]).sum(1)
            loss = torch.nn.functional.mse_loss(cosines, torch.tensor(alike).float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        self.model.eval()
        self.probe = LogisticRegression(max_iter=300).fit(self._vectors(texts), intents)
        self.classes_ = tuple(self.probe.classes_)
        return self

    def probabilities(self, texts: list[str]) -> np.ndarray:
        """Return one row a text."""
        return self.probe.predict_proba(self._vectors(texts))

    def _vectors(self, texts: list[str]) -> np.ndarray:
        with torch.inference_mode():
            parts = [self._pooled(texts[at : at + 64]) for at in range(0, len(texts), 64)]
        return torch.cat(parts).numpy()

    def _pooled(self, texts: list[str]) -> torch.Tensor:
        read = self.tokenizer(
            texts, padding=True, truncation=True, max_length=64, return_tensors="pt"
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            top = self.model(**read).last_hidden_state.float()
        held = read["attention_mask"][..., None]
        return torch.nn.functional.normalize((top * held).sum(1) / held.sum(1), dim=1)


def paired(intents: np.ndarray, generator: np.random.Generator, each: int = 20) -> np.ndarray:
    """Return rows of (text, text, one where they have one intent), in random order."""
    rows = []
    for place, intent in enumerate(intents):
        for alike in (1, 0):
            drawn = generator.choice(np.flatnonzero((intents == intent) == bool(alike)), each)
            rows += [(place, other, alike) for other in drawn]
    return generator.permutation(np.array(rows))


def figures(data: str, files: tuple[str, str], columns: tuple[str, str]) -> None:
    """Measure the classifier and its peers on one data set; each one's figures are kept at once."""
    taught, intents = read(files[0], *columns)
    asked, truth = read(files[1], *columns)
    methods: dict[str, Callable[[], Any]] = {
        "n-grams": partial(NgramClassifier, minimum_texts=1, strength=16.0),
        "frozen": Frozen,
        "intents": IntentClassifier,
    }
    if len(taught) <= SETFIT_ROWS:
        methods["setfit"] = SetFit
    for method, make in methods.items():
        clock = time.perf_counter()
        model = make().fit(taught, intents.tolist())
        trained = time.perf_counter()
        made = told(data, method, model, model.probabilities(asked), truth)
        rate = len(asked) / (time.perf_counter() - trained)
        made.append({"data": data, "method": method, "training_seconds": round(trained - clock, 1),
                     "rows_per_second": round(rate)})  # fmt: skip
        if method == "intents" and NONE in truth:
            made += chosen(data, model, asked, truth)
        keep("language_intents", made)
    if data == "hint3":
        told_by_others = [{"method": m, "metric": k, "value": v} for m, k, v in PUBLISHED]
        keep("language_intents", [{"data": data, **figure} for figure in told_by_others])


HINT3 = tuple(f"hint3_sofmattress/v1/sofmattress_{part}.csv" for part in ("train", "test"))
PARTS: dict[str, Callable[[], None]] = {
    "hint3": partial(figures, "hint3", HINT3, ("sentence", "label")),
    "banking77": partial(
        figures, "banking77", ("banking77/train.csv", "banking77/test.csv"), ("text", "category")
    ),
}


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
