"""Scoring a column on DuckDB: null for null, equal texts once, memory of one batch, whole files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.scale import ClassScorer, LanguageScorer, score_array, write_scored


@dataclass(frozen=True)
class Counting:
    """Says how long a text is, and remembers how many texts it was asked about at a time."""

    asked: list[int] = field(default_factory=list)
    type: dt.DataType = dt.int64

    def score(self, texts: Sequence[str]) -> pa.Array:
        """Return lengths."""
        self.asked.append(len(texts))
        if "fail" in texts:
            raise ValueError("asked to fail")
        return pa.array([len(text) for text in texts])


def table_of(folder: Path, texts: list[str | None]) -> ibis.Table:
    pq.write_table(pa.table({"text": pa.array(texts, pa.string())}), folder / "texts.parquet")
    return ibis.duckdb.connect().read_parquet(str(folder / "texts.parquet"))


def test_null_stays_null_and_equal_texts_are_scored_once() -> None:
    scorer = Counting()
    said = score_array(scorer, pa.chunked_array([["bom", None, "bom"], ["", "bom"]]))
    assert said.to_pylist() == [3, None, 3, 0, 3]
    assert scorer.asked == [2]


@pytest.mark.parametrize("texts", [[], [None, None]])
def test_no_text_asks_no_model(texts: list[None]) -> None:
    scorer = Counting()
    assert score_array(scorer, pa.array(texts, pa.string())).to_pylist() == texts
    assert scorer.asked == []


def test_a_table_is_scored_batch_by_batch(tmp_path: Path) -> None:
    scorer, texts = Counting(), [f"text {n}" for n in range(10_000)]
    assert write_scored(table_of(tmp_path, texts), scorer, tmp_path / "out", batch=1_000) == 10_000
    assert max(scorer.asked) <= 2_048
    assert pq.read_table(tmp_path / "out")["score"].to_pylist() == [len(text) for text in texts]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    table = table_of(tmp_path, ["good", "fail"])
    with pytest.raises(ValueError, match="asked to fail"):
        write_scored(table, Counting(), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["texts.parquet"]


def test_a_saved_classifier_is_loaded_once_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught = ["good cable", "bad cable", "good sound", "bad sound"] * 3
    NgramClassifier().fit(taught, ["up", "down"] * 6).save(tmp_path / "model")
    loads: list[Path] = []
    original = NgramClassifier.load

    def watched(folder: Path) -> NgramClassifier:
        loads.append(folder)
        return original(folder)

    monkeypatch.setattr(NgramClassifier, "load", watched)
    scorer = ClassScorer(str(tmp_path / "model"))
    for _ in range(3):
        assert score_array(scorer, pa.array(["good", "bad"])).to_pylist() == ["up", "down"]
    chance = score_array(ClassScorer(str(tmp_path / "model"), of="up"), pa.array(["good"]))
    assert chance[0].as_py() > 0.5
    assert len(loads) == 1


def test_languages_are_a_column() -> None:
    said = score_array(LanguageScorer(), pa.array(["质量很好", "muito bom", "12", None]))
    assert said.to_pylist() == ["zh", "pt", "und", None]
