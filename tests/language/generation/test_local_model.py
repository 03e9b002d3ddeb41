"""Models in a folder: a causal one and a seq2seq one made on the spot, and folders that are neither."""

import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from shopkeeper.errors import ArtifactError, ProviderError  # noqa: E402
from shopkeeper.language.generate import Generator, Patience, generator_from_environment  # noqa: E402
from shopkeeper.language.prompts import Prompt  # noqa: E402
from shopkeeper.language.providers.local import LocalModel  # noqa: E402

SAYS = '{"label": "positive"}'


@pytest.fixture(scope="module")
def seq2seq(tiny_chat: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seq2seq")
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(tiny_chat))
    torch.manual_seed(0)
    config = transformers.T5Config(
        vocab_size=len(tokenizer), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    transformers.T5ForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.chat_template = None
    tokenizer.save_pretrained(folder)
    return folder


def test_a_causal_model_in_a_folder_answers(tiny_chat: Path) -> None:
    generator = Generator(LocalModel(tiny_chat))
    assert generator.text(Prompt("怎么样？")) == SAYS
    assert "".join(generator.stream(Prompt("How?"))) == SAYS
    schema = {"type": "object", "properties": {"label": {"const": "positive"}}}
    assert generator.json(Prompt("How?"), schema) == {"label": "positive"}
    assert generator.texts([Prompt("a"), Prompt("b")]) == [SAYS] * 2


def test_a_seq2seq_model_answers_the_same_each_time(seq2seq: Path) -> None:
    one, two = (Generator(LocalModel(seq2seq)).text(Prompt("hi"), tokens=8) for _ in range(2))
    assert one == two


def test_a_drawn_reply_is_decided_by_its_seed(seq2seq: Path) -> None:
    def drawn(seed: int) -> str:
        generator = Generator(LocalModel(seq2seq), temperature=2.0, seed=seed)
        return generator.text(Prompt("hi"), tokens=24)

    assert drawn(1) == drawn(1)
    assert len({drawn(seed) for seed in range(4)}) > 1


def test_the_environment_names_a_folder(tiny_chat: Path) -> None:
    generator = generator_from_environment(environment={"SHOPKEEPER_LLM_MODEL": str(tiny_chat)})
    assert generator is not None
    assert generator.text(Prompt("?")) == SAYS


def test_a_prompt_that_does_not_fit_is_refused(tiny_chat: Path) -> None:
    with pytest.raises(ProviderError, match="and the model has 4096"):
        Generator(LocalModel(tiny_chat)).text(Prompt("x" * 100_000))


def test_a_model_that_takes_too_long_is_given_up(tiny_chat: Path) -> None:
    generator = Generator(LocalModel(tiny_chat), patience=Patience(seconds=1e-9, attempts=1))
    with pytest.raises(ProviderError, match="no answer within"):
        generator.text(Prompt("?"))


@pytest.mark.parametrize("lacking", ["config.json", "tokenizer", "model.safetensors"])
def test_a_folder_that_lacks_a_file_says_which(
    tiny_chat: Path, tmp_path: Path, lacking: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_chat, folder)
    for path in folder.glob(f"{lacking}*"):
        path.unlink()
    with pytest.raises(ArtifactError, match=r"is missing|cannot be loaded") as caught:
        Generator(LocalModel(folder)).text(Prompt("?"))
    assert "save_pretrained" in caught.value.text("zh")


def test_a_damaged_file_is_refused(tiny_chat: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_chat, folder)
    (folder / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(ArtifactError, match="cannot be loaded"):
        Generator(LocalModel(folder)).text(Prompt("?"))


def test_a_tokenizer_of_another_model_is_refused(tiny_chat: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_chat, folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    tokenizer.add_tokens([f"<{n}>" for n in range(50)])
    tokenizer.save_pretrained(folder)
    with pytest.raises(ArtifactError, match="the tokenizer is another model's"):
        Generator(LocalModel(folder)).text(Prompt("?"))


def test_code_that_lies_beside_a_model_is_not_run(tiny_chat: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_chat, folder)
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Evil"}}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ArtifactError, match="cannot be loaded"):
        Generator(LocalModel(folder)).text(Prompt("?"))


def test_a_changed_model_is_asked_anew(tiny_chat: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_chat, folder)
    before = LocalModel(folder).identity
    with (folder / "config.json").open("a") as file:
        file.write(" ")
    assert LocalModel(folder).identity != before
