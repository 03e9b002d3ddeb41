"""Models on this machine through Transformers: causal ones (GPT, Llama, Qwen) and seq2seq (T5, BART).

Only a folder is loaded, only safetensors weights, and no code that lies beside them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shopkeeper.errors import ArtifactError
from shopkeeper.language.encode import encoder_source
from shopkeeper.language.prompts import Prompt
from shopkeeper.language.providers import Ask, Fault, Reply
from shopkeeper.words import Words


class LocalModel:
    """Answers prompts with a model in a folder; one prompt at a time.

    Parameters
    ----------
    folder
        Where its files are: config.json, a tokenizer and *.safetensors.

    Limits
    ------
    Pieces come together with the whole reply, not one by one. A model without a chat template gets
    the messages one below the other.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def identity(self) -> str:
        """The folder and what its weights and configuration weigh, so that a new model is asked."""
        files = sorted(path for path in self.folder.glob("*") if path.is_file())
        sizes = ",".join(
            f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files
        )
        return f"local {self.folder.resolve()} {sizes}"

    def stream(self, prompt: Prompt, ask: Ask) -> Iterator[str | Reply]:
        """Yield the whole text, then the reply."""
        with self._lock:
            tokenizer, model = self._loaded = self._loaded or load_generator(self.folder)
            reply = _generate(tokenizer, model, prompt, ask)
        yield from (reply.text, reply)


def load_generator(folder: Path) -> tuple[Any, Any]:
    """Load the tokenizer and the model of a folder.

    Raises
    ------
    ArtifactError
        A file is missing or cannot be used.
    MissingExtraError
        Torch or Transformers is not installed.
    """
    encoder_source(str(folder))
    for pattern in ("config.json", "tokenizer*", "*.safetensors"):
        if not any(folder.glob(pattern)):
            raise _unusable(folder, f"{pattern} is missing", f"缺少 {pattern}")
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    local = {"local_files_only": True, "trust_remote_code": False}
    try:
        config = AutoConfig.from_pretrained(str(folder), **local)
        kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        tokenizer = AutoTokenizer.from_pretrained(str(folder), **local)
        model = kind.from_pretrained(str(folder), use_safetensors=True, **local).eval()
    except Exception as error:
        name = type(error).__name__
        raise _unusable(folder, f"it cannot be loaded ({name})", f"无法加载（{name}）") from error
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        raise _unusable(folder, "the tokenizer is another model's", "分词器与模型不匹配")
    return tokenizer, model


def _generate(tokenizer: Any, model: Any, prompt: Prompt, ask: Ask) -> Reply:
    import torch

    ids = tokenizer(_written(tokenizer, prompt), return_tensors="pt", truncation=False)["input_ids"]
    room = getattr(model.config, "max_position_embeddings", None) or getattr(
        model.config, "n_positions", None
    )
    whole = ids.shape[1] + (0 if model.config.is_encoder_decoder else ask.tokens)
    if room and whole > room:
        raise Fault(
            Words(
                f"the prompt and the reply need {whole} tokens and the model has {room}",
                f"提示与回复需要 {whole} 个 token，而模型只有 {room} 个",
            ),
            again=False,
        )
    drawn = ask.temperature > 0
    torch.manual_seed(ask.seed)
    start = time.monotonic()
    with torch.inference_mode():
        made = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=ask.tokens, do_sample=drawn,
            max_time=ask.seconds, pad_token_id=_padding(tokenizer),
            **({"temperature": ask.temperature} if drawn else {}),
        )[0]  # fmt: skip
    if time.monotonic() - start >= ask.seconds:
        found = Words(f"no answer within {ask.seconds:g} s", f"{ask.seconds:g} 秒内没有答复")
        raise Fault(found, again=False)
    written = made[1:] if model.config.is_encoder_decoder else made[ids.shape[1] :]
    text = tokenizer.decode(written, skip_special_tokens=True)
    return Reply(text, ids.shape[1], len(written), cut=len(written) >= ask.tokens)


def _written(tokenizer: Any, prompt: Prompt) -> str:
    messages = prompt.messages()
    if getattr(tokenizer, "chat_template", None):
        return str(
            tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        )
    return "\n\n".join(message["content"] for message in messages)


def _padding(tokenizer: Any) -> int:
    for token in (tokenizer.pad_token_id, tokenizer.eos_token_id):
        if token is not None:
            return int(token)
    return 0


def _unusable(folder: Path, en: str, zh: str) -> ArtifactError:
    return ArtifactError(
        Words(
            f"Asked to write with the model in {folder.name}.", f"要用 {folder.name} 中的模型生成。"
        ),
        Words(f"Found: {en}.", f"发现：{zh}。"),
        Words(
            "Give the folder of a model that was saved with save_pretrained and its tokenizer.",
            "请指定用 save_pretrained 保存、并带有分词器的模型文件夹。",
        ),
    )
