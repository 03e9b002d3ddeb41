"""Vectors: kept under what the text says, fresh and kept the same, never compared across spaces."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.errors import ArtifactError
from shopkeeper.language.hashed import HashedEncoder, main_axes
from shopkeeper.language.spaces import encode_by_language, nearest, similarities
from shopkeeper.language.vectors import FILE, VectorCache

TEXTS = ["good cable", "质量很好", "bad cable", "质量很差", "muito bom", "", "good cable"]
ANY = st.text(st.characters(exclude_categories=[]), max_size=60)


def test_a_kept_vector_is_found_by_text_and_revision_only(tmp_path: Path) -> None:
    rows = np.eye(2, 4, dtype=np.float32)
    VectorCache(tmp_path, "one").put(["a", "\ud800"], rows)
    found = VectorCache(tmp_path, "one").get(["a", "\ud800", "b"])
    assert {text: row.tolist() for text, row in found.items()} == {
        "a": [1, 0, 0, 0], "\ud800": [0, 1, 0, 0]}  # fmt: skip
    assert VectorCache(tmp_path, "other").get(["a"]) == {}


def test_the_file_holds_no_text(tmp_path: Path) -> None:
    VectorCache(tmp_path, "one").put(["my secret words"], np.ones((1, 4), np.float32))
    assert b"secret" not in (tmp_path / FILE).read_bytes()


def test_a_damaged_file_costs_time_and_no_answer(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    cache = VectorCache(tmp_path, "one")
    assert cache.get(["a"]) == {}
    cache.put(["a"], np.ones((1, 2), np.float32))
    cache.put(["a"], np.ones((1, 2), np.float32))
    assert list(cache.get(["a"])) == ["a"]


def test_a_folder_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here", encoding="utf-8")
    cache = VectorCache(tmp_path / "file" / "folder", "one")
    cache.put(["a"], np.ones((1, 2), np.float32))
    assert cache.get(["a"]) == {}


def test_a_full_cache_drops_the_oldest(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "one", megabytes=0.064)
    for start in range(20):
        texts = [f"{start} {n}" for n in range(100)]
        cache.put(texts, np.ones((100, 64), np.float32))
    assert (tmp_path / FILE).stat().st_size < 100_000
    assert cache.get(["19 0"]) and not cache.get(["0 0"])


def test_a_file_that_another_process_writes_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopkeeper.language.cache._WAIT_SECONDS", 0.01)
    cache = VectorCache(tmp_path, "one")
    cache.put(["a"], np.ones((1, 2), np.float32))
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    cache.put(["b"], np.ones((1, 2), np.float32))
    assert cache.get(["a"]) == {}
    other.close()
    assert list(cache.get(["a", "b"])) == ["a"]


@given(st.lists(ANY, min_size=1, max_size=8))
def test_hashed_vectors_are_unit_or_zero_for_any_texts(texts: list[str]) -> None:
    lengths = np.linalg.norm(HashedEncoder(width=16).vectors(texts), axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-4) | (lengths == 0))


def test_a_hashed_vector_does_not_depend_on_its_neighbours() -> None:
    encoder = HashedEncoder()
    together = encoder.vectors(TEXTS)
    alone = np.concatenate([encoder.vectors([text]) for text in TEXTS])
    assert np.allclose(together, alone, atol=1e-6)


def test_a_saved_hashed_encoder_reads_as_the_fitted_one(tmp_path: Path) -> None:
    texts = [f"{text} {n}" for n in range(10) for text in TEXTS]
    for name, encoder in (("fitted", HashedEncoder(width=8).fit(texts)), ("bare", HashedEncoder())):
        encoder.save(tmp_path / name)
        loaded = HashedEncoder.load(tmp_path / name)
        assert loaded.space == encoder.space
        assert np.allclose(loaded.vectors(TEXTS), encoder.vectors(TEXTS))


def test_encoders_fitted_on_other_texts_are_other_spaces() -> None:
    one = HashedEncoder(width=4).fit(["good cable", "bad cable", "good sound"] * 4)
    other = HashedEncoder(width=4).fit(["slow parcel", "fast parcel", "slow box"] * 4)
    assert len({one.space, other.space, HashedEncoder(width=4).space}) == 3


def test_the_main_axes_are_those_of_the_exact_decomposition() -> None:
    import scipy.sparse as sp

    rows = np.random.default_rng(0).normal(size=(60, 20)) * np.linspace(10, 1, 20)
    axes = main_axes(sp.csr_matrix(rows.astype(np.float32)), np.eye(20, 12, dtype=np.float32))
    exact = np.linalg.svd(rows)[2][:3]
    assert np.allclose(np.abs((axes[:, :3] * exact.T).sum(axis=0)), 1, atol=1e-2)


def test_similarities_across_spaces_are_nan_and_never_a_number() -> None:
    encoded = encode_by_language(TEXTS, model=HashedEncoder(width=32), other=HashedEncoder())
    made = similarities(encoded, encoded)
    for one, space in enumerate(encoded.spaces):
        for two, other in enumerate(encoded.spaces):
            assert np.isnan(made[one, two]) == (space != other or space == "")
    assert encoded.spaces[0] != encoded.spaces[1]
    assert encoded.spaces[5] == ""


def test_the_nearest_text_is_always_of_the_same_space() -> None:
    encoded = encode_by_language(TEXTS, model=HashedEncoder(width=32), other=HashedEncoder())
    found = nearest(encoded, encoded)
    for place, other in enumerate(found.tolist()):
        assert other == -1 or encoded.spaces[place] == encoded.spaces[other]


def test_without_a_model_every_language_is_hashed() -> None:
    encoded = encode_by_language(TEXTS, model=None, other=HashedEncoder())
    assert len({space for space in encoded.spaces if space}) == 1


torch = pytest.importorskip("torch", reason="the extra `encoder` is not installed")
transformers = pytest.importorskip("transformers", reason="the extra `encoder` is not installed")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of one thin layer."""
    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "cable"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=32,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(folder)
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def test_sentences_are_unit_rows_in_the_order_of_the_texts(tiny: Path) -> None:
    from shopkeeper.language.encode import SentenceEncoder

    encoder = SentenceEncoder(encoder=str(tiny))
    texts = ["good cable", "bad " * 5_000, "", "好 😡", "good cable", "x" * 100_000]
    made = encoder.vectors(texts)
    assert made.shape == (6, 32)
    assert made.dtype == np.float32
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    assert np.array_equal(made[0], made[4])
    alone = np.concatenate([encoder.vectors([text]) for text in texts])
    assert (made * alone).sum(axis=1).min() > 0.999
    assert encoder.vectors([]).shape == (0, 32)


def test_equal_texts_are_encoded_once_and_kept_ones_not_at_all(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopkeeper.language.encode import SentenceEncoder

    encoder = SentenceEncoder(encoder=str(tiny), cache=tmp_path)
    read: list[str] = []
    original = SentenceEncoder._encode

    def watched(self: object, loaded: object, plain: list[str]) -> object:
        read.extend(plain)
        return original(self, loaded, plain)

    monkeypatch.setattr(SentenceEncoder, "_encode", watched)
    fresh = encoder.vectors(["Good  cable", "good cable", "bad"])
    kept = encoder.vectors(["good cable", "bad", "cable"])
    assert read == ["good cable", "bad", "cable"]
    assert np.array_equal(fresh[1:], kept[:2])


def test_the_model_is_loaded_once(tiny: Path) -> None:
    from shopkeeper.language.encode import load_encoder

    assert load_encoder(str(tiny)) is load_encoder(str(tiny))


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "vocab"])
def test_a_folder_that_lacks_a_file_is_refused_by_its_name(
    tiny: Path, tmp_path: Path, missing: str
) -> None:
    from shopkeeper.language.encode import load_encoder

    for file in tiny.iterdir():
        kept = not file.name.startswith(missing)
        if missing == "vocab":
            kept = file.name not in ("vocab.txt", "tokenizer.json")
        if kept:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    named = "tokenizer.json" if missing == "vocab" else missing
    with pytest.raises(ArtifactError, match=f"lacks {named}") as caught:
        load_encoder(str(tmp_path))
    assert "文件夹" in caught.value.text("zh")


def test_a_tokenizer_of_another_model_is_refused(tiny: Path, tmp_path: Path) -> None:
    from shopkeeper.language.encode import load_encoder

    for file in tiny.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    whole = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    whole["model"]["vocab"] |= {f"word{n}": 8 + n for n in range(5)}
    (tmp_path / "tokenizer.json").write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(ArtifactError, match="The tokenizer knows 13 tokens, the model 8"):
        load_encoder(str(tmp_path))


def test_damaged_weights_and_weights_without_numbers_are_refused(
    tiny: Path, tmp_path: Path
) -> None:
    from shopkeeper.language.encode import SentenceEncoder, load_encoder

    for name in ("damaged", "nan"):
        (tmp_path / name).mkdir()
        for file in tiny.iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
    (tmp_path / "damaged" / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(ArtifactError, match="cannot be read as an encoder"):
        load_encoder(str(tmp_path / "damaged"))
    model = transformers.BertModel.from_pretrained(tiny)
    with torch.no_grad():
        model.embeddings.word_embeddings.weight.fill_(float("nan"))
    model.save_pretrained(tmp_path / "nan")
    with pytest.raises(ArtifactError, match="no numbers"):
        SentenceEncoder(encoder=str(tmp_path / "nan")).vectors(["good"])


def test_a_hub_that_cannot_be_reached_says_how_to_give_a_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from shopkeeper.language.encode import load_encoder

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ArtifactError, match="no folder here, and the hub did not give it"):
        load_encoder("nobody/no-such-encoder")
