"""A small network that learns from what another reader says."""

from pathlib import Path

import numpy as np
import pytest
import torch

from shopkeeper.language.body import Body
from shopkeeper.language.cascade import Cascade
from shopkeeper.language.convolution import Network, convolution_graph, distil, word_vectors
from shopkeeper.language.runtime import OnnxClassifier
from tests.language.encoders.conftest import CLASSES, TEXTS

NAMES = ("negative", "positive")
SAID = np.array([[0.05, 0.95] if name == "positive" else [0.9, 0.1] for name in CLASSES])


@pytest.fixture(scope="module")
def body(tiny: str) -> Body:
    return Body(tiny, layers=1, tokens=16)


@pytest.fixture(scope="module")
def student(body: Body, tmp_path_factory: pytest.TempPathFactory) -> OnnxClassifier:
    return distil(body, TEXTS, SAID, NAMES, tmp_path_factory.mktemp("student"))


def test_it_says_what_the_teacher_says(student: OnnxClassifier) -> None:
    said = student.probabilities(TEXTS)
    assert (said.argmax(axis=1) == SAID.argmax(axis=1)).all()
    assert np.abs(said - SAID).mean() < 0.15
    assert student.classes_ == NAMES


def test_any_text_gets_a_row(student: OnnxClassifier) -> None:
    said = student.probabilities(["", "好用", "good " * 100_000, "cable"])
    assert said.shape == (4, 2) and np.allclose(said.sum(axis=1), 1)


def test_the_same_seed_gives_the_same_student(
    body: Body, student: OnnxClassifier, tmp_path: Path
) -> None:
    for seed, equal in ((0, True), (1, False)):
        (tmp_path / str(seed)).mkdir()
        other = distil(body, TEXTS, SAID, NAMES, tmp_path / str(seed), seed=seed)
        assert np.array_equal(other.probabilities(TEXTS), student.probabilities(TEXTS)) is equal


def test_the_written_graph_computes_what_was_trained(body: Body) -> None:
    import onnxruntime

    torch.manual_seed(3)
    words = word_vectors(body, 8)
    net = Network(words.shape[1], 3).eval()
    weights = {name: value.numpy() for name, value in net.state_dict().items()}
    session = onnxruntime.InferenceSession(convolution_graph(words, weights))
    table = torch.from_numpy(words.astype(np.float32))
    rows = torch.tensor([[2, 5, 7, 3], [2, 9, 3, 0]])
    mask = torch.tensor([[True] * 4, [True] * 3 + [False]])
    with torch.no_grad():
        whole = net(table[rows], mask).numpy()
    for place, length in enumerate((4, 3)):
        said = session.run(None, {"input_ids": rows[place : place + 1, :length].numpy()})[0]
        assert np.allclose(said[0], whole[place], atol=1e-5)


def test_word_vectors_are_the_widest_directions_of_the_encoders_own(body: Body) -> None:
    table = body.model.get_input_embeddings().weight.detach().numpy()
    centred = table - table.mean(axis=0)
    whole = word_vectors(body, table.shape[1]).astype(float)
    # Turned and scaled, not bent: distances between words keep their ratios.
    ours, own = (np.linalg.norm(part[1:] - part[0], axis=1) for part in (whole, centred))
    assert np.allclose(ours / ours[0], own / own[0], atol=0.01)
    spread = whole.std(axis=0)
    assert (np.diff(spread) < 0.01).all()


class Teacher:
    """Says what the texts' classes are."""

    classes_ = NAMES

    def probabilities(self, texts: list[str]) -> np.ndarray:
        said = dict(zip(TEXTS, SAID, strict=True))
        return np.array([said.get(text, [0.5, 0.5]) for text in texts])


class Undecided:
    """Cannot tell anything."""

    classes_ = NAMES

    def probabilities(self, texts: list[str]) -> np.ndarray:
        return np.full((len(texts), 2), 0.5)


@pytest.mark.parametrize("last", [False, True])
def test_the_student_that_escalates_less_is_kept(
    student: OnnxClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, last: bool
) -> None:
    students = [Undecided(), student][:: 1 if last else -1]
    monkeypatch.setattr(Cascade, "_students", lambda *_: iter(students))
    made = Cascade(Teacher()).fit(TEXTS, TEXTS, CLASSES)
    assert made.student is student
    assert next(point.escalated for point in made.curve_ if point.chosen) == 0
    made.save(tmp_path)
    again = Cascade.load(tmp_path, Teacher())
    assert isinstance(again.student, OnnxClassifier)
    assert np.array_equal(again.probabilities(TEXTS), made.probabilities(TEXTS))


def test_an_encoder_lends_its_words_to_a_student(body: Body) -> None:
    cascade = Cascade(Teacher()).fit(TEXTS, TEXTS, CLASSES)
    both = [type(one).__name__ for one in cascade._students(TEXTS, SAID, body, 0)]
    assert both == ["NgramClassifier", "OnnxClassifier"]
    assert len(list(cascade._students(TEXTS, SAID, None, 0))) == 1
