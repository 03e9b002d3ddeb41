"""Encoders: refused when they are not what they claim, fine-tuned when they are."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from shopkeeper.errors import ArtifactError, MissingExtraError
from shopkeeper.language import encode
from shopkeeper.language.encode import check_weights, encoder_source

torch = pytest.importorskip("torch", reason="the extra `encoder` is not installed")
transformers = pytest.importorskip("transformers", reason="the extra `encoder` is not installed")

GOOD = ["good cable", "love it", "works great", "nice sound"]
BAD = ["broken cable", "hate it", "stopped working", "bad sound"]
TEXTS = [f"{text} {n}" for n in range(12) for text in (*GOOD, *BAD)]
CLASSES = [name for _ in range(12) for name in ["positive"] * 4 + ["negative"] * 4]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A random BERT of three thin layers with a vocabulary of the words above."""
    folder = tmp_path_factory.mktemp("bert")
    words = sorted({word for text in (*GOOD, *BAD) for word in text.split()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *map(str, range(12))]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=3, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=64,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(folder)
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def _fitted(tiny: str, seed: int = 0):
    from shopkeeper.language.train import EncoderClassifier, Tuning

    tuning = Tuning(rows=80, tokens=12, layers=1, epochs=2, batch=8, rate=1e-3)
    return EncoderClassifier(encoder=tiny, seed=seed, tuning=tuning).fit(TEXTS, CLASSES)


def test_a_fine_tuned_encoder_tells_what_it_was_taught(tiny: str) -> None:
    said = _fitted(tiny).probabilities(["love it 3", "hate it 4", "", "x" * 100_000, "好 😡"])
    assert np.allclose(said.sum(axis=1), 1)
    assert said[:2].argmax(axis=1).tolist() == [1, 0]


def test_the_same_seed_gives_the_same_encoder(tiny: str) -> None:
    one, two = (_fitted(tiny).probabilities(TEXTS) for _ in range(2))
    assert np.array_equal(one, two)


def test_a_saved_encoder_reads_as_the_fitted_one(tiny: str, tmp_path: Path) -> None:
    from shopkeeper.language.train import EncoderClassifier

    fitted = _fitted(tiny)
    fitted.save(tmp_path / "model")
    loaded = EncoderClassifier.load(tmp_path / "model")
    assert np.allclose(loaded.probabilities(TEXTS), fitted.probabilities(TEXTS))


def test_no_texts_give_no_rows(tiny: str) -> None:
    assert _fitted(tiny).probabilities([]).shape == (0, 2)


def test_the_method_answers_with_the_declared_columns(tiny: str, tmp_path: Path) -> None:
    import pyarrow as pa

    from shopkeeper.operations.reviews.methods.encoder import Encoder

    table = pa.table({"text": TEXTS, "sentiment": CLASSES})
    method = Encoder(encoder=tiny, seed=1).fit(table)
    said = method.predict(table)
    assert said.column_names == ["p_negative", "p_neutral", "p_positive"]
    assert set(said["p_neutral"].to_pylist()) == {0.0}
    method.save(tmp_path)
    assert Encoder.load(tmp_path).predict(table).equals(said)


def test_weights_that_are_not_the_known_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(ArtifactError, match="not 53aa51172d14"):
        check_weights(tmp_path / "model.safetensors")
    with pytest.raises(ArtifactError, match="has the hash nothing"):
        check_weights(tmp_path / "missing.safetensors")


def test_a_missing_package_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found(name: str) -> SimpleNamespace | None:
        return None if name == "torch" else SimpleNamespace()

    monkeypatch.setattr(encode, "find_spec", found)
    with pytest.raises(MissingExtraError, match="Not installed: torch") as caught:
        encoder_source("")
    assert 'pip install "shopkeeper[encoder]"' in caught.value.text("zh")


def test_a_model_that_is_no_encoder_is_refused(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from shopkeeper.language import body

    def other(*_: object, **__: object) -> tuple[torch.nn.Module, dict[str, list[str]]]:
        return torch.nn.Linear(2, 2), {"missing_keys": []}

    monkeypatch.setattr(body.AutoModel, "from_pretrained", other)
    with pytest.raises(ArtifactError, match="not an encoder with layers"):
        _fitted(tiny)


@pytest.mark.slow
def test_minilm_learns_english_reviews_better_than_the_commonest_class(real_data: Path) -> None:
    import csv

    from shopkeeper.language.train import EncoderClassifier, Tuning

    path = real_data / "amazon_musical_instruments" / "Musical_instruments_reviews.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (f"{r['summary']}. {r['reviewText']}", float(r["overall"]))
            for r in csv.DictReader(file)
        ]
    bad = [text for text, stars in rows if stars <= 2][:150]
    good = [text for text, stars in rows if stars == 5][:150]
    texts, classes = [*bad[:110], *good[:110]], ["negative"] * 110 + ["positive"] * 110
    fitted = EncoderClassifier(tuning=Tuning(tokens=48, epochs=1)).fit(texts, classes)
    said = fitted.probabilities([*bad[110:], *good[110:]]).argmax(axis=1)
    assert (said == np.repeat([0, 1], 40)).mean() > 0.75
