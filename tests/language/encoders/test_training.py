"""Training that goes on after a kill, and what is said when nothing can be learned."""

from pathlib import Path

import numpy as np
import pytest

from shopkeeper.errors import ArtifactError, StorageError, TrainingError
from shopkeeper.language import checkpoints, loop, train
from shopkeeper.language.train import EncoderClassifier, Tuning
from tests.language.encoders.conftest import CLASSES, TEXTS, random_encoder

TUNING = Tuning(tokens=12, layers=1, epochs=3, patience=3, batch=8, rate=1e-3)


def fresh(encoder: str, **more: object) -> EncoderClassifier:
    from dataclasses import replace

    return EncoderClassifier(encoder=encoder, tuning=replace(TUNING, **more))


def test_a_killed_training_goes_on_and_ends_with_the_same_weights(
    tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fresh(tiny).fit(TEXTS, CLASSES)
    original, passes = loop._one_pass, []

    def killed(state, generator) -> None:
        if len(passes) == 2:
            raise KeyboardInterrupt
        passes.append(1)
        original(state, generator)

    monkeypatch.setattr(loop, "_one_pass", killed)
    with pytest.raises(KeyboardInterrupt):
        fresh(tiny).fit(TEXTS, CLASSES, checkpoint=tmp_path)
    again = []
    monkeypatch.setattr(
        loop, "_one_pass", lambda state, generator: (again.append(1), original(state, generator))
    )
    resumed = fresh(tiny).fit(TEXTS, CLASSES, checkpoint=tmp_path)
    assert len(again) == 1
    assert np.array_equal(resumed.probabilities(TEXTS), whole.probabilities(TEXTS))
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_of_other_texts_is_not_taken_up(tiny: str, tmp_path: Path) -> None:
    arrays = {"now.x": __import__("torch").zeros(1)}
    checkpoints.write_checkpoint(tmp_path, "other work", arrays, {"seen": [], "stepped": 0})
    assert checkpoints.read_checkpoint(tmp_path, "this work") is None
    assert checkpoints.read_checkpoint(tmp_path, "other work") is not None
    (tmp_path / "checkpoint.safetensors").write_bytes(b"torn")
    assert checkpoints.read_checkpoint(tmp_path, "other work") is None


def test_a_full_disk_during_a_checkpoint_says_so_and_keeps_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import os

    import torch

    plain = {"seen": [], "stepped": 0}
    checkpoints.write_checkpoint(tmp_path, "work", {"now.x": torch.zeros(4)}, plain)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device") as caught:
        checkpoints.write_checkpoint(tmp_path, "work", {"now.x": torch.ones(4)}, plain)
    assert "训练会从那里继续" in caught.value.text("zh")
    kept = checkpoints.read_checkpoint(tmp_path, "work")
    assert kept is not None and kept[0]["now.x"].sum() == 0
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.safetensors"]


def test_one_class_is_refused(tiny: str) -> None:
    with pytest.raises(TrainingError, match="at least two different classes"):
        fresh(tiny).fit(TEXTS, ["positive"] * len(TEXTS))
    with pytest.raises(TrainingError, match="1 labels"):
        fresh(tiny).fit(TEXTS, ["positive"])


def test_a_loss_that_is_no_number_is_told(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(
        loop.nn.functional,
        "cross_entropy",
        lambda *_: torch.tensor(float("nan"), requires_grad=True),
    )
    with pytest.raises(TrainingError, match=r"no longer a number.*Lower the learning rate"):
        fresh(tiny).fit(TEXTS, CLASSES)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_that_lacks_a_file_is_told_which(tmp_path: Path, file: str) -> None:
    folder = random_encoder(tmp_path / "model")
    (Path(folder) / file).unlink()
    with pytest.raises(ArtifactError, match=f"has no {file}"):
        fresh(folder).fit(TEXTS, CLASSES)


def test_damaged_weights_and_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    folder = Path(random_encoder(tmp_path / "model"))
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[:100])
    with pytest.raises(ArtifactError, match="cannot be read"):
        fresh(str(folder)).fit(TEXTS, CLASSES)
    other = Path(random_encoder(tmp_path / "other", num_hidden_layers=1))
    (folder / "model.safetensors").write_bytes((other / "model.safetensors").read_bytes())
    with pytest.raises(ArtifactError, match="weights lack"):
        fresh(str(folder)).fit(TEXTS, CLASSES)


def test_a_tokenizer_of_another_model_is_refused(tmp_path: Path) -> None:
    from tests.language.encoders.conftest import words, write_tokenizer

    folder = random_encoder(tmp_path / "model")
    write_tokenizer(Path(folder), [*words(), "more", "words"])
    with pytest.raises(ArtifactError, match="tokenizer does not match"):
        fresh(folder).fit(TEXTS, CLASSES)


def test_a_hub_that_cannot_be_reached_asks_for_a_local_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ArtifactError, match=r"give the path of its folder") as caught:
        fresh("nobody/no-such-encoder").fit(TEXTS, CLASSES)
    assert "./models/my-encoder" in caught.value.text("zh")
    with pytest.raises(ArtifactError, match="no such folder"):
        fresh("./no-such-folder").fit(TEXTS, CLASSES)


def test_a_classifier_is_refused_on_top_of_another_encoder(tmp_path: Path) -> None:
    folder = random_encoder(tmp_path / "model")
    fresh(folder, epochs=1).fit(TEXTS, CLASSES).save(tmp_path / "saved")
    random_encoder(tmp_path / "model", layer_norm_eps=1e-3, hidden_act="relu")
    import torch
    from safetensors.torch import load_file, save_file

    file = str(Path(folder) / "model.safetensors")
    save_file({k: v + torch.ones(1) for k, v in load_file(file).items()}, file, {"format": "pt"})
    with pytest.raises(ArtifactError, match="the classifier was trained on"):
        EncoderClassifier.load(tmp_path / "saved")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("Roberta", {}),
        ("ModernBert", {"global_attn_every_n_layers": 2}),
        ("Qwen3", {"num_key_value_heads": 2, "head_dim": 8}),
    ],
)
def test_other_kinds_of_encoder_learn_too(kind: str, more: dict, tmp_path: Path) -> None:
    folder = random_encoder(tmp_path / kind, kind, **more)
    made = fresh(folder, epochs=6, layers=2, rate=3e-3).fit(TEXTS, CLASSES)
    truth = [made.classes_.index(name) for name in CLASSES]
    assert (made.probabilities(TEXTS).argmax(axis=1) == truth).mean() > 0.8
    made.save(tmp_path / "saved")
    loaded = EncoderClassifier.load(tmp_path / "saved")
    assert np.allclose(loaded.probabilities(TEXTS), made.probabilities(TEXTS), atol=1e-6)


@pytest.mark.gpu
def test_a_gpu_gives_the_same_labels(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    there = fresh(tiny).fit(TEXTS, CLASSES).probabilities(TEXTS)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    here = fresh(tiny).fit(TEXTS, CLASSES).probabilities(TEXTS)
    assert (here.argmax(axis=1) == there.argmax(axis=1)).mean() > 0.95


def test_what_is_left_out_is_left_out_only_while_it_learns(tiny: str) -> None:
    fitted = fresh(tiny, epochs=1).fit(TEXTS, CLASSES)
    body = fitted.body_
    states = body.states(TEXTS[:4])
    before = body.vectors(states)
    with body.dropping(0.5):
        assert not np.array_equal(body.vectors(states), before)
    with body.dropping(0.0):
        assert np.array_equal(body.vectors(states), before)
    assert np.array_equal(body.vectors(states), before)
    attention = [part for name, part in body.upper.named_modules() if name.endswith("self.dropout")]
    with body.dropping(0.5):
        assert attention and not any(part.training for part in attention)


def test_the_best_pass_is_kept_where_texts_are_watched_and_the_last_where_none_are(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []

    class Watching(loop._State):
        def keep_best(self) -> None:
            last = self._weights()
            super().keep_best()
            same = all(np.array_equal(last[name], one) for name, one in self._weights().items())
            kept.append(same)

    monkeypatch.setattr(loop, "_State", Watching)
    assert np.isnan(fresh(tiny, epochs=2).fit(TEXTS, CLASSES).history_).all()
    monkeypatch.setattr(train, "WATCHED_FROM", len(TEXTS))
    # At this rate the weights are thrown about and no pass is better than the first look.
    watched = fresh(tiny, epochs=8, patience=2, rate=0.5).fit(TEXTS, CLASSES)
    best = int(np.argmax(watched.history_))
    assert len(watched.history_) == min(9, best + 3)
    assert kept == [True, best == len(watched.history_) - 1]
