"""Models that write learn from prompts and answers, whole or by two thin matrices."""

from pathlib import Path

import pytest

from shopkeeper.errors import ArtifactError, TrainingError
from shopkeeper.language.write import Writer, Writing
from tests.language.encoders.conftest import write_tokenizer

PROMPTS = ["red shirt", "blue cup", "green lamp", "red cup"]
ANSWERS = ["a shirt in red", "a cup in blue", "a lamp in green", "a cup in red"]
WORDS = ["red", "blue", "green", "shirt", "cup", "lamp", "a", "in"]


def random_writer(folder: Path, kind: str) -> str:
    import torch
    import transformers

    folder.mkdir()
    known = write_tokenizer(folder, WORDS)
    torch.manual_seed(0)
    numbers = {"vocab_size": known, "pad_token_id": 0, "eos_token_id": 3}
    config = {
        "T5": lambda: transformers.T5Config(
            d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, decoder_start_token_id=0,
            dropout_rate=0.0, **numbers
        ),
        "GPT2": lambda: transformers.GPT2Config(
            n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=2, **numbers
        ),
        "Qwen3": lambda: transformers.Qwen3Config(
            hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
            head_dim=8, intermediate_size=64, **numbers
        ),
    }[kind]()  # fmt: skip
    auto = transformers.AutoModelForSeq2SeqLM if kind == "T5" else transformers.AutoModelForCausalLM
    auto.from_config(config).save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(
    ("kind", "rank"), [("T5", 0), ("T5", 4), ("GPT2", 0), ("GPT2", 4), ("Qwen3", 4)]
)
def test_a_writer_learns_its_examples(kind: str, rank: int, tmp_path: Path) -> None:
    folder = random_writer(tmp_path / "model", kind)
    tuning = Writing(epochs=25, batch=4, rate=1e-2 if rank == 0 else 3e-2, rank=rank, tokens=16)
    made = Writer(folder, tuning=tuning).fit(PROMPTS, ANSWERS)
    # Behind thin matrices the words' own table stays random, so little can be learned.
    assert made.history_[-1] < made.history_[0] * (0.9 if rank else 0.5)
    said = made.write(PROMPTS, tokens=8)
    made.save(tmp_path / "saved")
    assert Writer.load(tmp_path / "saved").write(PROMPTS, tokens=8) == said
    learned = (tmp_path / "saved" / "arrays.npz").stat().st_size
    if rank == 0 and kind == "T5":
        assert said == ANSWERS
    assert (learned < (tmp_path / "model" / "model.safetensors").stat().st_size) or rank == 0


def test_what_cannot_be_learned_is_told(tmp_path: Path) -> None:
    folder = random_writer(tmp_path / "model", "T5")
    with pytest.raises(TrainingError, match="0 prompts and 0 answers"):
        Writer(folder).fit([], [])
    with pytest.raises(TrainingError, match="no longer a number"):
        Writer(folder, tuning=Writing(rate=1e30, rank=0)).fit(PROMPTS, ANSWERS)
    with pytest.raises(ArtifactError, match="no such folder"):
        Writer("./nowhere").fit(PROMPTS, ANSWERS)


def test_odd_texts_do_no_harm(tmp_path: Path) -> None:
    folder = random_writer(tmp_path / "model", "GPT2")
    odd = ["", "\ud800 \0", "x" * 100_000]
    made = Writer(folder, tuning=Writing(epochs=1, tokens=16)).fit(odd, odd)
    assert len(made.write(odd, tokens=4)) == 3
