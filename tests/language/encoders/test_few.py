"""A few texts of each class are enough to begin with."""

from pathlib import Path

import numpy as np
import pytest

from shopkeeper.errors import TrainingError
from shopkeeper.language.few import Few, FewShotClassifier, unlike
from tests.language.encoders.conftest import CLASSES, TEXTS

FEW = Few(tokens=12, layers=1, steps=30, batch=8, rate=3e-3)


def made(tiny: str) -> FewShotClassifier:
    return FewShotClassifier(encoder=tiny, tuning=FEW).fit(TEXTS[:16], CLASSES[:16])


def test_a_few_texts_teach_the_rest(tiny: str, tmp_path: Path) -> None:
    fitted = made(tiny)
    said = fitted.probabilities(TEXTS)
    names = np.array(fitted.classes_)[said.argmax(axis=1)]
    assert (names == np.array(CLASSES)).mean() > 0.9
    assert np.allclose(said.sum(axis=1), 1)
    assert np.array_equal(made(tiny).probabilities(TEXTS), said)
    fitted.save(tmp_path)
    assert np.allclose(FewShotClassifier.load(tmp_path).probabilities(TEXTS), said)


def test_texts_of_one_class_come_closer_than_they_were(tiny: str) -> None:
    import torch

    codes = torch.tensor([name == "positive" for name in CLASSES[:16]])
    before = FewShotClassifier(encoder=tiny, tuning=Few(tokens=12, layers=1, steps=0))
    distances = []
    for one in (before.fit(TEXTS[:16], CLASSES[:16]), made(tiny)):
        body = one.classifier_.body_
        vectors = torch.from_numpy(body.vectors(body.states(TEXTS[:16])))
        distances.append(float(unlike(vectors, codes)))
    assert distances[1] < distances[0] * 0.7


def test_one_text_a_class_and_one_class(tiny: str) -> None:
    fitted = FewShotClassifier(encoder=tiny, tuning=FEW).fit(["love it", "hate it"], ["+", "-"])
    assert fitted.probabilities(["love it", ""]).shape == (2, 2)
    with pytest.raises(TrainingError, match="1 different classes"):
        FewShotClassifier(encoder=tiny, tuning=FEW).fit(["love it", "hate it"], ["+", "+"])
