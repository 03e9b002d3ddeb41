"""Random encoders made on the spot, and what was learned on top of one of them."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra `encoder` is not installed")
pytest.importorskip("transformers", reason="the extra `encoder` is not installed")

GOOD = ["good cable", "love it", "works great", "nice sound"]
BAD = ["broken cable", "hate it", "stopped working", "bad sound"]
TEXTS = [f"{text} {n}" for n in range(12) for text in (*GOOD, *BAD)]
CLASSES = [name for _ in range(12) for name in ["positive"] * 4 + ["negative"] * 4]
SIZES = {
    "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64,
    "max_position_embeddings": 64,
}  # fmt: skip


def write_tokenizer(folder: Path, words: list[str]) -> int:
    """Write a tokenizer.json of whole words; return how many there are."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    numbers = {word: number for number, word in enumerate(known)}
    made = Tokenizer(WordLevel(numbers, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.add_special_tokens(known[:5])
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    made.save(str(folder / "tokenizer.json"))
    return len(known)


def words() -> list[str]:
    return [
        *sorted({word for text in (*GOOD, *BAD) for word in text.split()}),
        *map(str, range(12)),
    ]


def random_encoder(folder: Path, kind: str = "Bert", **more: object) -> str:
    """Write a random encoder of a kind of Transformers, with its tokenizer."""
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    known = write_tokenizer(folder, words())
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=known, pad_token_id=0, **(SIZES | more)
    )
    getattr(transformers, f"{kind}Model")(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A random BERT of three thin layers."""
    return random_encoder(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def fitted(tiny: str):
    """A classifier fine-tuned on top of it."""
    from shopkeeper.language.train import EncoderClassifier, Tuning

    tuning = Tuning(tokens=12, layers=1, epochs=4, batch=8, rate=3e-3)
    return EncoderClassifier(encoder=tiny, tuning=tuning).fit(TEXTS, CLASSES)


@pytest.fixture(scope="session")
def exported(fitted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that it was exported to."""
    from shopkeeper.language.export import export

    return export(fitted, tmp_path_factory.mktemp("onnx"), TEXTS).folder
