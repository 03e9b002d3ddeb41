"""Intents: told from a few examples, turned away at a stated risk, refused where nothing can be told."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.errors import ArtifactError, MissingDataError, UsageError
from shopkeeper.language.misspell import misspelt

torch = pytest.importorskip("torch", reason="the extra `encoder` is not installed")
transformers = pytest.importorskip("transformers", reason="the extra `encoder` is not installed")

SAID = {
    "cancel": ["cancel my order", "stop the order please", "i want to cancel it", "cancel please"],
    "late": ["where is my parcel", "parcel is late", "my parcel did not come", "where is it"],
    "price": ["how much is it", "what does it cost", "price please", "tell me the price"],
}
TEXTS = [text for texts in SAID.values() for text in texts]
INTENTS = [name for name, texts in SAID.items() for _ in texts]
ODD = [
    "",
    "😡" * 50,
    "<script>alert(1)</script>",
    "x" * 100_000,
    "=1+1",
    "\ud800",
    "ok\x00ok",
    "好",
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A random BERT of two thin layers that knows the words above."""
    folder = tmp_path_factory.mktemp("bert")
    words = sorted({word for text in TEXTS for word in text.split()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=64,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(folder)
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def _made(tiny: str, *, seed: int = 0, rehearsals: int = 3):
    from shopkeeper.language.intents import IntentClassifier
    from shopkeeper.language.proxies import Course

    course = Course(layers=1, epochs=3, rate=1e-3, batch=4, tokens=12)
    return IntentClassifier(encoder=tiny, seed=seed, course=course, rehearsals=rehearsals)


@pytest.fixture(scope="module")
def fitted(tiny: str):
    return _made(tiny).fit(TEXTS, INTENTS)


def test_examples_are_told_apart(fitted) -> None:
    assert fitted.choose(TEXTS, risk=1.0) == INTENTS


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=4), st.floats(0, 1), st.floats(0, 1))
def test_more_risk_never_turns_more_away_and_sums_are_one(fitted, texts, one, other) -> None:
    low, high = sorted((one, other))
    careful, bold = fitted.choose(texts, risk=low), fitted.choose(texts, risk=high)
    assert all(b == c for c, b in zip(careful, bold, strict=True) if c is not None)
    said = fitted.probabilities(texts)
    assert said.shape == (len(texts), 3)
    assert np.allclose(said.sum(axis=1), 1)


def test_odd_texts_are_read_like_any_other(fitted) -> None:
    said, sure = fitted.probabilities(ODD), fitted.confidence(ODD)
    assert np.isfinite(said).all()
    assert ((sure >= 0) & (sure <= 1)).all()


def test_no_risk_chooses_nothing_and_full_risk_always_chooses(fitted) -> None:
    assert set(fitted.choose(ODD, risk=0.0)) == {None}
    assert None not in fitted.choose(ODD, risk=1.0)


def test_the_more_queries_lie_outside_the_less_sure_a_choice_is(tiny: str) -> None:
    from shopkeeper.language.intents import IntentClassifier
    from shopkeeper.language.proxies import Course

    course = Course(layers=1, epochs=2, rate=1e-3, batch=4, tokens=12)
    few, many = (
        IntentClassifier(encoder=tiny, course=course, outside=share, rehearsals=3).fit(
            TEXTS, INTENTS
        )
        for share in (0.05, 0.8)
    )
    assert few.confidence(TEXTS).mean() > many.confidence(TEXTS).mean()


def test_the_same_seed_gives_the_same_answers(tiny: str, fitted) -> None:
    again = _made(tiny).fit(TEXTS, INTENTS)
    assert np.array_equal(again.confidence(ODD[:3]), fitted.confidence(ODD[:3]))


def test_what_is_saved_reads_as_what_was_fitted(fitted, tmp_path: Path) -> None:
    from shopkeeper.language.intents import IntentClassifier

    fitted.save(tmp_path / "model")
    loaded = IntentClassifier.load(tmp_path / "model")
    assert loaded.classes_ == fitted.classes_
    assert np.allclose(loaded.probabilities(TEXTS), fitted.probabilities(TEXTS))
    assert loaded.choose(TEXTS, risk=0.4) == fitted.choose(TEXTS, risk=0.4)
    (tmp_path / "model" / "arrays.npz").write_bytes(b"damaged")
    with pytest.raises(ArtifactError, match="hash does not agree"):
        IntentClassifier.load(tmp_path / "model")
    with pytest.raises(ArtifactError, match="nothing readable"):
        IntentClassifier.load(tmp_path / "nowhere")


def test_two_intents_are_enough_and_one_is_refused(tiny: str) -> None:
    made = _made(tiny).fit(TEXTS[:8], INTENTS[:8])
    assert made.choose(TEXTS[:8], risk=1.0) == INTENTS[:8]
    with pytest.raises(MissingDataError, match="1 different intents"):
        _made(tiny).fit(TEXTS[:4], INTENTS[:4])
    with pytest.raises(MissingDataError, match="0 different intents"):
        _made(tiny).fit([], [])


def test_one_example_of_each_intent_is_read(tiny: str) -> None:
    made = _made(tiny).fit(TEXTS[::4], INTENTS[::4])
    assert made.choose(TEXTS[::4], risk=1.0) == INTENTS[::4]
    assert ((made.confidence(ODD) >= 0) & (made.confidence(ODD) <= 1)).all()


def test_the_number_of_examples_decides_how_the_encoder_is_trained(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopkeeper.language import intents

    for rows, course in ((len(TEXTS), intents.FEW), (len(TEXTS) - 1, intents.MANY)):
        monkeypatch.setattr(intents, "_FEW", rows)
        made = intents.IntentClassifier(encoder=tiny, rehearsals=0).fit(TEXTS, INTENTS)
        assert made.course_ == course


def test_a_model_fitted_again_chooses_its_course_anew(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopkeeper.language import intents

    made = intents.IntentClassifier(encoder=tiny, rehearsals=0).fit(TEXTS, INTENTS)
    monkeypatch.setattr(intents, "_FEW", 1)
    assert made.fit(TEXTS, INTENTS).course_ == intents.MANY


def test_what_cannot_be_asked_is_said(tiny: str, fitted) -> None:
    from shopkeeper.language.intents import IntentClassifier

    with pytest.raises(UsageError, match="12 texts and 3 intents"):
        _made(tiny).fit(TEXTS, INTENTS[:3])
    with pytest.raises(UsageError, match="The risk is 2"):
        fitted.choose(TEXTS, risk=2)
    with pytest.raises(UsageError, match="The risk is nan"):
        fitted.choose(TEXTS, risk=float("nan"))
    with pytest.raises(UsageError, match="The share outside is 1"):
        IntentClassifier(outside=1)
    with pytest.raises(UsageError, match="without rehearsals") as caught:
        _made(tiny, rehearsals=0).fit(TEXTS, INTENTS).choose(TEXTS)
    assert "演练" in caught.value.text("zh")


def test_no_texts_have_no_intents(fitted) -> None:
    assert fitted.probabilities([]).shape == (0, 3)
    assert fitted.choose([]) == []


def test_a_model_that_is_no_encoder_is_refused(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from shopkeeper.language import proxies

    def other(*_: object, **__: object) -> torch.nn.Module:
        return torch.nn.Linear(2, 2)

    monkeypatch.setattr(proxies.AutoModel, "from_pretrained", other)
    with pytest.raises(ArtifactError, match="not a BERT encoder"):
        proxies.ProxyEncoder(encoder=tiny).fit(TEXTS, np.zeros(len(TEXTS), np.intp))


@given(st.text(max_size=60), st.integers(0, 2**32 - 1))
def test_a_misspelt_text_stays_about_as_long_and_depends_on_the_seed_alone(text, seed) -> None:
    one, two = (misspelt(text, np.random.default_rng(seed), texts=1) for _ in range(2))
    assert one == two
    assert len(one) <= 2 * len(text)
    assert misspelt(text, np.random.default_rng(seed), texts=0) == text


@pytest.mark.slow
def test_real_queries_are_told_apart_better_than_by_the_commonest_intent(real_data: Path) -> None:
    import csv

    from shopkeeper.language.intents import IntentClassifier
    from shopkeeper.language.proxies import Course

    folder = real_data / "hint3_sofmattress" / "v1"
    rows = []
    for name in ("sofmattress_train.csv", "sofmattress_test.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows.append([(row["sentence"], row["label"]) for row in csv.DictReader(file)])
    taught = [row for row in rows[0] if row[1] in ("EMI", "COD", "WARRANTY", "PILLOWS")]
    asked = [row for row in rows[1] if row[1] in ("EMI", "COD", "WARRANTY", "PILLOWS")]
    made = IntentClassifier(course=Course(epochs=2), rehearsals=0)
    made.fit(*map(list, zip(*taught, strict=True)))
    said = made.probabilities([text for text, _ in asked]).argmax(axis=1)
    right = [made.classes_[code] == name for code, (_, name) in zip(said, asked, strict=True)]
    assert np.mean(right) > 0.8
