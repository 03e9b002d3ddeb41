"""Fitted things on disk: what was saved comes back, and what was touched is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shopkeeper.artifacts import load_artifact, save_artifact
from shopkeeper.errors import ArtifactError

META = {"classes": ["负面", "positive"], "temperature": 1.5}


def saved(folder: Path) -> Path:
    weights = {"weights": np.array([[1.5, -2.0, 0.25]]), "words": np.array(["很好", "bad", "坏"])}
    save_artifact(folder, kind="ngrams", arrays=weights, meta=META)
    return folder


def test_arrays_and_values_come_back_as_they_were(tmp_path: Path) -> None:
    arrays, meta = load_artifact(saved(tmp_path / "new" / "model"), kind="ngrams")
    assert arrays["weights"].tolist() == [[1.5, -2.0, 0.25]]
    assert arrays["words"].tolist() == ["很好", "bad", "坏"]
    assert meta == META


@given(arrays.arrays(np.float64, st.tuples(st.integers(0, 4), st.integers(0, 3))))
def test_every_float_survives_the_disk(
    tmp_path_factory: pytest.TempPathFactory, values: np.ndarray
) -> None:
    folder = tmp_path_factory.mktemp("artifact")
    save_artifact(folder, kind="k", arrays={"a": values}, meta={})
    np.testing.assert_array_equal(load_artifact(folder, kind="k")[0]["a"], values)


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = saved(tmp_path / "a"), saved(tmp_path / "b")
    assert (first / "arrays.npz").read_bytes() == (second / "arrays.npz").read_bytes()


def test_an_object_that_would_need_a_pickle_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allow_pickle=False"):
        save_artifact(tmp_path, kind="k", arrays={"a": np.array([{}], dtype=object)}, meta={})


def test_nothing_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ArtifactError, match=r"Asked to load a fitted ngrams from gone\. Found nothing"
    ):
        load_artifact(tmp_path / "gone", kind="ngrams")


def test_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="Found an artifact of kind 'ngrams'") as raised:
        load_artifact(saved(tmp_path / "m"), kind="encoder")
    assert "请用 `shopkeeper run 店铺 --again` 重新训练。" in raised.value.text("zh")


@pytest.mark.parametrize("name", ["arrays.npz", "artifact.json"])
def test_changed_bytes_are_refused(tmp_path: Path, name: str) -> None:
    folder = saved(tmp_path / "m")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-20] + b"x" * 20)
    with pytest.raises(ArtifactError, match=r"hash does not agree|nothing readable"):
        load_artifact(folder, kind="ngrams")


def test_a_head_that_is_no_object_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "m")
    (folder / "artifact.json").write_text(json.dumps({"kind": "ngrams"}), encoding="utf-8")
    with pytest.raises(ArtifactError, match="hash does not agree"):
        load_artifact(folder, kind="ngrams")
