"""Serving from ONNX: the same labels, equal texts once, a second run for nothing."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from shopkeeper.errors import ArtifactError
from shopkeeper.language import export as exporting
from shopkeeper.language.cache import Cache
from shopkeeper.language.export import export
from shopkeeper.language.runtime import OnnxClassifier
from tests.language.encoders.conftest import CLASSES, TEXTS, random_encoder, write_tokenizer

ODD = ["", "love it 3", "x" * 100_000, "好 😡 \ud800 \0", "love it 3", "hate it"]


def test_the_exported_model_gives_the_encoders_own_probabilities(fitted, tmp_path: Path) -> None:
    done = export(fitted, tmp_path, TEXTS, precision="fp32")
    assert done.precision == "fp32" and done.reason is not None
    said = OnnxClassifier(tmp_path).probabilities([*TEXTS, *ODD])
    assert np.allclose(said, fitted.probabilities([*TEXTS, *ODD], exact=True), atol=1e-5)


def test_int8_is_kept_where_its_labels_agree(fitted, exported: Path) -> None:
    served = OnnxClassifier(exported)
    said, truth = served.probabilities(TEXTS), fitted.probabilities(TEXTS, exact=True)
    assert json.loads((exported / "classifier.json").read_text())["precision"] == "int8"
    assert (said.argmax(axis=1) == truth.argmax(axis=1)).mean() >= exporting.AGREEMENT
    assert served.classes_ == fitted.classes_
    assert np.allclose(said.sum(axis=1), 1)


def test_roberta_counts_its_places_from_the_padding(tmp_path: Path) -> None:
    from shopkeeper.language.train import EncoderClassifier, Tuning

    folder = random_encoder(tmp_path / "roberta", "Roberta")
    made = EncoderClassifier(encoder=folder, tuning=Tuning(tokens=12, layers=1, epochs=1))
    made.fit(TEXTS, CLASSES)
    export(made, tmp_path / "onnx", TEXTS, precision="fp32")
    said = OnnxClassifier(tmp_path / "onnx").probabilities(TEXTS)
    assert np.allclose(said, made.probabilities(TEXTS, exact=True), atol=1e-5)


def test_full_precision_takes_the_place_of_an_int8_that_reads_otherwise(
    fitted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = OnnxClassifier.probabilities

    def other(self: OnnxClassifier, texts: list[str]) -> np.ndarray:
        said = original(self, texts)
        return said[:, ::-1] if self._about.together == 1 else said

    monkeypatch.setattr(OnnxClassifier, "probabilities", other)
    done = export(fitted, tmp_path, TEXTS)
    assert done.precision == "fp32"
    assert done.agreement["int8"] < 0.5 and done.agreement["fp32"] == 1
    assert done.reason is not None and "full precision" in done.reason.en


def test_a_model_that_gives_other_labels_is_not_written(
    fitted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = OnnxClassifier.probabilities
    monkeypatch.setattr(
        OnnxClassifier, "probabilities", lambda self, texts: original(self, texts)[:, ::-1]
    )
    with pytest.raises(ArtifactError, match="gives other labels"):
        export(fitted, tmp_path / "onnx", TEXTS)
    assert not (tmp_path / "onnx").exists()
    with pytest.raises(ArtifactError, match="no texts to compare"):
        export(fitted, tmp_path / "onnx", [])


def test_an_encoder_that_cannot_be_exported_is_told(tmp_path: Path) -> None:
    from shopkeeper.language.train import EncoderClassifier, Tuning

    folder = random_encoder(tmp_path / "modern", "ModernBert", global_attn_every_n_layers=2)
    made = EncoderClassifier(encoder=folder, tuning=Tuning(tokens=12, layers=1, epochs=1))
    made.fit(TEXTS, CLASSES)
    with pytest.raises(ArtifactError, match=r"modernbert.*cannot be exported"):
        export(made, tmp_path / "onnx", TEXTS)


def test_what_a_text_scores_does_not_depend_on_the_texts_beside_it(exported: Path) -> None:
    served = OnnxClassifier(exported)
    together = served.probabilities([*TEXTS, *ODD])
    alone = np.concatenate([served.probabilities([text]) for text in [*TEXTS, *ODD]])
    assert np.array_equal(together, alone)


def test_equal_texts_are_read_once_and_a_second_run_reads_nothing(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = OnnxClassifier(exported, cache=Cache(tmp_path / "kept.sqlite"))
    read: list[str] = []
    original = served._read
    monkeypatch.setattr(served, "_read", lambda texts: (read.extend(texts), original(texts))[1])
    first = served.probabilities([*TEXTS, *TEXTS, "LOVE  it 3"])
    assert sorted(read) == sorted(TEXTS)
    again = OnnxClassifier(exported, cache=Cache(tmp_path / "kept.sqlite"))
    monkeypatch.setattr(again, "_read", lambda _: pytest.fail("it was read again"))
    assert np.array_equal(again.probabilities([*TEXTS, *TEXTS, "LOVE  it 3"]), first)


def test_another_model_does_not_find_what_this_one_made(
    exported: Path, fitted, tmp_path: Path
) -> None:
    cache = Cache(tmp_path / "kept.sqlite")
    OnnxClassifier(exported, cache=cache).probabilities(TEXTS)
    export(fitted, tmp_path / "other", TEXTS, precision="fp32")
    other = OnnxClassifier(tmp_path / "other", cache=cache).probabilities(TEXTS)
    assert np.array_equal(other, OnnxClassifier(tmp_path / "other").probabilities(TEXTS))


def test_no_texts_give_no_rows(exported: Path) -> None:
    assert OnnxClassifier(exported).probabilities([]).shape == (0, 2)


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "classifier.json"])
def test_a_folder_that_lacks_a_file_is_told_which(
    exported: Path, tmp_path: Path, file: str
) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "model"))
    (folder / file).unlink()
    with pytest.raises(ArtifactError, match=f"has no {file}"):
        OnnxClassifier(folder)


def test_changed_bytes_are_refused(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "model"))
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ArtifactError, match=r"model.onnx has the hash"):
        OnnxClassifier(folder)


def foreign(exported: Path, folder: Path, about: dict[str, object]) -> Path:
    """Return a folder as another exporter leaves it: no hashes."""
    shutil.copytree(exported, folder)
    (folder / "classifier.json").unlink()
    (folder / "config.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_a_folder_exported_elsewhere_is_read_by_its_config(exported: Path, tmp_path: Path) -> None:
    about = {"id2label": {"1": "positive", "0": "negative"}}
    served = OnnxClassifier(foreign(exported, tmp_path / "model", about))
    assert served.classes_ == ("negative", "positive")
    assert np.allclose(
        served.probabilities(TEXTS), OnnxClassifier(exported).probabilities(TEXTS), atol=0.02
    )


def test_what_does_not_fit_together_is_refused(exported: Path, tmp_path: Path) -> None:
    three = {"id2label": {"0": "a", "1": "b", "2": "c"}}
    with pytest.raises(ArtifactError, match=r"shape \(1, 2\)"):
        OnnxClassifier(foreign(exported, tmp_path / "labels", three))
    two = {"id2label": {"0": "a", "1": "b"}}
    folder = foreign(exported, tmp_path / "words", two)
    write_tokenizer(folder, [f"word{n}" for n in range(500)])
    with pytest.raises(ArtifactError, match="tokenizer does not match"):
        OnnxClassifier(folder)
    folder = foreign(exported, tmp_path / "bytes", two)
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ArtifactError, match="no ONNX model"):
        OnnxClassifier(folder)
    folder = foreign(exported, tmp_path / "tokens", two)
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ArtifactError, match="no tokenizer"):
        OnnxClassifier(folder)
    with pytest.raises(ArtifactError, match="labels cannot be read"):
        OnnxClassifier(foreign(exported, tmp_path / "none", {"labels": 3}))


def small_model(folder: Path, width: int | str, kind: str) -> Path:
    """A bag of words as another framework leaves it: one input of any name, probabilities out."""
    import onnx
    from onnx import helper, numpy_helper

    folder.mkdir()
    known = write_tokenizer(folder, ["good", "bad"])
    table = np.zeros((known, 2), np.float32)
    table[-2:] = [[0, 5], [5, 0]]
    number = {"int32": onnx.TensorProto.INT32, "float": onnx.TensorProto.FLOAT}[kind]
    nodes = [
        helper.make_node("Cast", ["dense_input"], ["ids"], to=onnx.TensorProto.INT64),
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("ReduceMean", ["rows", "axis"], ["mean"], keepdims=0),
        helper.make_node("Softmax", ["mean"], ["said"], axis=-1),
    ]
    graph = helper.make_graph(
        nodes, "bag",
        [helper.make_tensor_value_info("dense_input", number, ["n", width])],
        [helper.make_tensor_value_info("said", onnx.TensorProto.FLOAT, ["n", 2])],
        [numpy_helper.from_array(table, "table"),
         numpy_helper.from_array(np.array([1]), "axis")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    about = {"labels": ["bad", "good"], "output": "probabilities", "tokens": 16}
    (folder / "classifier.json").write_text(json.dumps(about))
    return folder


@pytest.mark.parametrize(("width", "kind"), [("tokens", "int32"), (8, "float")])
def test_a_model_of_another_framework_is_read(tmp_path: Path, width: int | str, kind: str) -> None:
    served = OnnxClassifier(small_model(tmp_path / "bag", width, kind))
    said = served.probabilities(["good", "bad bad", "good good good good good good good good"])
    assert said.argmax(axis=1).tolist() == [1, 0, 1]


def test_a_classifier_exported_from_keras_is_read(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras", reason="TensorFlow and Keras are not installed")
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    known = write_tokenizer(tmp_path, ["good", "bad"])
    model = keras.Sequential(
        [
            keras.layers.Input((8,), dtype="int32"),
            keras.layers.Embedding(known, 4),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    model.layers[0].set_weights([np.eye(known, 4, k=-3, dtype=np.float32)])
    model.layers[-1].set_weights(
        [np.eye(4, 2, k=-2, dtype=np.float32) * 9, np.zeros(2, np.float32)]
    )
    model(np.zeros((1, 8), np.int32))  # what was never called cannot be exported
    model.export(str(tmp_path / "model.onnx"), format="onnx")
    about = {"labels": ["good", "bad"], "output": "probabilities"}
    (tmp_path / "classifier.json").write_text(json.dumps(about))
    said = OnnxClassifier(tmp_path).probabilities(["good", "bad bad"])
    assert said.argmax(axis=1).tolist() == [0, 1]
