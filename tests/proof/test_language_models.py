"""The methods that need an encoder or a language model, on a shop whose words a tiny encoder knows."""

from pathlib import Path

import pyarrow as pa
import pytest

pytest.importorskip("torch", reason="the extra `encoder` is not installed")
pytest.importorskip("transformers", reason="the extra `encoder` is not installed")

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.proof.ask import compare_methods
from tests.language.encoders.conftest import CLASSES, TEXTS, random_encoder
from tests.language.generation.conftest import save_tiny_chat


@pytest.fixture(scope="module")
def shop() -> Shop:
    texts = [f"{text} {text.split()[0]}" for text in TEXTS] + TEXTS
    reviews = {
        "review_id": [str(n) for n in range(len(texts))],
        "text": texts,
        "rating": [5.0 if name == "positive" else 1.0 for name in CLASSES] * 2,
    }
    return shop_from_tables({"reviews": pa.table(reviews)})


def test_the_cascade_stands_beside_the_others_with_its_curve(shop: Shop, tmp_path: Path) -> None:
    encoder = random_encoder(tmp_path / "encoder")
    answer = compare_methods(shop, methods="majority,cascade", encoder=encoder)
    rows = answer.table.to_pylist()
    plain, whole = (
        next(row for row in rows if row["method"] == name and row["labels"] == "all")
        for name in ("majority", "cascade")
    )
    assert [row["labels"] for row in rows if row["method"] == "cascade"] == ["all"]
    assert whole["macro_f1"] > 0.9 > plain["macro_f1"]
    curve = answer.evidence["cascade"].to_pylist()
    assert sum(point["chosen"] for point in curve) == 1
    assert [point["escalated"] for point in curve] == sorted(point["escalated"] for point in curve)
    assert curve[-1]["escalated"] == 1.0
    assert answer.evidence["gaps"].to_pylist()[-1]["language_model"] == "cascade"


def test_the_model_that_the_environment_names_is_prompted(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "chat"
    folder.mkdir()
    save_tiny_chat(folder)
    monkeypatch.setenv("SHOPKEEPER_LLM_MODEL", str(folder))
    monkeypatch.setenv("SHOPKEEPER_LLM_PRICE_PROMPT", "2.5")
    answer = compare_methods(shop, methods="majority,llm", held_out=30)
    said = [row for row in answer.table.to_pylist() if row["method"] == "llm"]
    assert len(said) > 1 and {row["rows"] for row in said} == {said[0]["rows"]}
    assert all(row["money_per_1000_rows"] > 0.1 for row in said)
    assert answer.evidence["skipped"].num_rows == 0
