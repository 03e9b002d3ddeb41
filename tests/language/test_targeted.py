"""Targeted polarity: two terms of one text may be thought of differently."""

from pathlib import Path

import numpy as np
import pytest

from shopkeeper.errors import ArtifactError, MissingDataError
from shopkeeper.language.quotes import Quote, find_quote
from shopkeeper.language.targeted import TargetedEncoder, TargetedNgrams

PARTS = ["screen", "battery", "keyboard", "case", "fan", "price"]
GOOD, BAD = ["great", "lovely", "excellent"], ["awful", "poor", "terrible"]


def rows(count: int) -> tuple[list[Quote], list[str]]:
    """Texts that praise one part and complain of another, each asked of both."""
    generator = np.random.default_rng(0)
    targets, classes = [], []
    for _ in range(count):
        one, other = generator.choice(PARTS, 2, replace=False)
        good, bad = generator.choice(GOOD), generator.choice(BAD)
        text = f"the {one} is {good}, the {other} is {bad}"
        targets += [find_quote(text, str(one)), find_quote(text, str(other))]
        classes += ["positive", "negative"]
    return targets, classes


def right(model: TargetedNgrams | TargetedEncoder, count: int = 20) -> float:
    targets, classes = rows(80)
    model.fit(targets[: 2 * (80 - count)], classes[: 2 * (80 - count)])
    said = model.probabilities(targets[-2 * count :]).argmax(axis=1)
    return float(
        np.mean([model.classes_[code] for code in said] == np.array(classes[-2 * count :]))
    )


def test_the_clause_tells_apart_what_the_text_cannot() -> None:
    assert right(TargetedNgrams(views=("text",))) <= 0.6
    assert right(TargetedNgrams()) >= 0.95


def test_the_same_seed_gives_the_same_answer() -> None:
    targets, classes = rows(20)
    one, other = (TargetedNgrams(seed=3).fit(targets, classes) for _ in range(2))
    assert (one.probabilities(targets) == other.probabilities(targets)).all()


@pytest.mark.parametrize("model", [TargetedNgrams(), TargetedEncoder()])
def test_one_class_is_refused(model: TargetedNgrams | TargetedEncoder) -> None:
    with pytest.raises(MissingDataError, match=r"2 examples have 1 class"):
        model.fit([find_quote("a cat", "cat")] * 2, ["positive"] * 2)


@pytest.mark.parametrize("text", ["x" * 100_000, "好" * 100_000, "\x00\u200b😀" * 34_000])
def test_a_very_long_text_is_read_around_the_term(text: str) -> None:
    targets, classes = rows(10)
    fitted = TargetedNgrams().fit(targets, classes)
    made = fitted.probabilities([Quote(text, 50_000, 50_100), Quote(text, 0, len(text))])
    assert np.allclose(made.sum(axis=1), 1)


def test_the_encoder_tells_terms_apart_and_is_kept_on_disk(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    model = TargetedEncoder()
    assert right(model) >= 0.9
    odd = [Quote("x" * 3_000, 2_990, 3_000), Quote("\u200b\u200b", 0, 1), Quote("😀" * 500, 0, 500)]
    asked = [*rows(3)[0], *odd]
    model.save(tmp_path / "kept")
    assert np.allclose(
        TargetedEncoder.load(tmp_path / "kept").probabilities(asked), model.probabilities(asked)
    )
    with pytest.raises(ArtifactError, match=r"fitted targeted-encoder from nothing"):
        TargetedEncoder.load(tmp_path / "nothing")
