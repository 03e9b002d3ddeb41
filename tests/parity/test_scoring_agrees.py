"""The same call scores a table of DuckDB and one of Spark, and says the same of every text."""

from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.hashed import HashedEncoder
from shopkeeper.language.scale import (
    ClassScorer,
    LanguageScorer,
    Scorer,
    VectorScorer,
    scored,
    write_scored,
)

pytestmark = [
    pytest.mark.spark,
    # Spark's own Python code warns of what pandas and Arrow are about to rename.
    pytest.mark.filterwarnings("ignore"),
]

TEXTS = [
    *(f"{text} {n}" for n in range(60) for text in ("质量很好", "muito bom", "very bad cable", "差评")),
    None, "", "   ", "😡", "x" * 20_000, "\ud7ff\u0000odd", "a'b\"c\\",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models")
    taught = [text for text in TEXTS if text]
    classes = ["good" if "好" in text or "bom" in text else "bad" for text in taught]
    NgramClassifier().fit(taught, classes).save(made / "classes")
    HashedEncoder(width=16).fit(taught).save(made / "vectors")
    return made


@pytest.mark.parametrize("name", ["language", "class", "probability", "vector"])
def test_both_engines_say_the_same_of_every_text(
    spark: object, folder: Path, tmp_path: Path, name: str
) -> None:
    scorer: Scorer = {
        "language": LanguageScorer(),
        "class": ClassScorer(str(folder / "classes")),
        "probability": ClassScorer(str(folder / "classes"), of="bad"),
        "vector": VectorScorer(str(folder / "vectors")),
    }[name]
    table = pa.table({"id": list(range(len(TEXTS))), "text": pa.array(TEXTS, pa.string())})
    pq.write_table(table, tmp_path / "texts.parquet")
    found = []
    for connection in (ibis.duckdb.connect(), ibis.pyspark.connect(spark)):
        read = connection.read_parquet(str(tmp_path / "texts.parquet"))
        rows = scored(read, scorer).order_by("id").to_pyarrow()
        found.append(rows["score"].to_pylist())
        if connection.name == "duckdb":
            connection.disconnect()
    here, there = found
    assert len(here) == len(TEXTS)
    assert here[TEXTS.index(None)] is None
    for one, other in zip(here, there, strict=True):
        if isinstance(one, str) or one is None:
            assert one == other
        else:
            assert np.allclose(one, other, atol=1e-6)


def test_both_engines_write_the_same_scores(spark: object, folder: Path, tmp_path: Path) -> None:
    table = pa.table({"id": list(range(len(TEXTS))), "text": pa.array(TEXTS, pa.string())})
    pq.write_table(table, tmp_path / "texts.parquet")
    scorer, written = ClassScorer(str(folder / "classes")), []
    for name, connection in (("d", ibis.duckdb.connect()), ("s", ibis.pyspark.connect(spark))):
        read = connection.read_parquet(str(tmp_path / "texts.parquet"))
        assert write_scored(read, scorer, tmp_path / name, batch=50) == len(TEXTS)
        written.append(pq.read_table(tmp_path / name).sort_by("id")["score"].to_pylist())
        if connection.name == "duckdb":
            connection.disconnect()
    assert written[0] == written[1]
