"""Models in folders and on hubs: what must be there, and what to say when it is not.

Nothing here runs a model. A folder is looked at before anything heavy reads it, so that the message
names the file that is missing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError
from tokenizers import Tokenizer

from shopkeeper.errors import ArtifactError
from shopkeeper.words import Words

_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_TOKENIZERS = (
    "tokenizer.json",
    "vocab.txt",
    "sentencepiece.bpe.model",
    "spiece.model",
    "vocab.json",
)


def checked_folder(source: str, name: str) -> str:
    """Return the source; refuse a folder that lacks its configuration, weights or tokenizer.

    Parameters
    ----------
    source
        A folder or a hub id. A path that holds a separator and begins with one, with `.` or with `~`
        is a folder, whether it is there or not.
    name
        What the user called it.
    """
    folder = Path(source).expanduser()
    if not folder.is_dir():
        if source.startswith(("/", ".", "~", "\\")):
            raise wrong_model(
                name,
                Words("There is no such folder.", "没有这个文件夹。"),
                Words("Give the path of a model's folder.", "请给出模型文件夹的路径。"),
            )
        return source
    for any_of in (("config.json",), _WEIGHTS, _TOKENIZERS):
        if not any((folder / file).is_file() for file in any_of):
            raise lacks(name, any_of[0])
    return str(folder)


def lacks(name: str, file: str) -> ArtifactError:
    """Return the error for a model folder without one of its files."""
    return wrong_model(
        name,
        Words(f"The folder has no {file}.", f"文件夹里没有 {file}。"),
        Words(f"Copy {file} of the same model into it.", f"请把同一模型的 {file} 复制到该文件夹。"),
    )


def wrong_model(name: str, found: Words, do: Words) -> ArtifactError:
    """Return the error for a model that cannot be used."""
    called = Path(name).name or "MiniLM"
    return ArtifactError(
        Words(f"Asked to use the model {called}.", f"要使用模型 {called}。"), found, do
    )


@contextmanager
def loading(name: str) -> Iterator[None]:
    """Turn whatever a loader raises into an error that says how to give a local path."""
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        if Path(name).expanduser().is_dir() or not name:
            raise wrong_model(
                name,
                Words(
                    f"Its files cannot be read ({type(error).__name__}).",
                    f"其文件无法读取（{type(error).__name__}）。",
                ),
                Words("Copy the whole folder again.", "请重新复制整个文件夹。"),
            ) from error
        raise wrong_model(
            name,
            Words(
                "It is no folder here, and no hub that has it could be reached.",
                "本机没有这个文件夹，也连接不到提供它的模型库。",
            ),
            Words(
                "Copy the model to this machine and give the path of its folder (with config.json, "
                "model.safetensors and tokenizer.json), for example ./models/my-encoder.",
                "请把模型复制到本机，并给出其文件夹路径（含 config.json、model.safetensors 与 "
                "tokenizer.json），例如 ./models/my-encoder。",
            ),
        ) from error


def fast_tokenizer(source: str, name: str, *, words: int) -> Tokenizer:
    """Return the tokenizer of a folder or hub id.

    Parameters
    ----------
    source, name
        Where it is, and what the user called it.
    words
        Rows of the model's table of words; a tokenizer that knows more is another model's.
    """
    file = Path(source) / "tokenizer.json"
    if file.is_file():
        tokenizer = read_tokenizer(file, name)
    else:
        from transformers import AutoTokenizer

        with loading(name):
            tokenizer = AutoTokenizer.from_pretrained(source).backend_tokenizer
    if tokenizer.get_vocab_size() > words:
        raise mismatch(name, tokenizer.get_vocab_size(), words)
    return tokenizer


def read_tokenizer(file: Path, name: str) -> Tokenizer:
    """Return the tokenizer in a file."""
    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:
        raise wrong_model(
            name,
            Words(f"{file.name} is no tokenizer.", f"{file.name} 不是分词器文件。"),
            Words(
                f"Copy {file.name} of the same model into the folder.",
                f"请把同一模型的 {file.name} 复制到该文件夹。",
            ),
        ) from error


def mismatch(name: str, known: int, words: int) -> ArtifactError:
    """Return the error for a tokenizer that knows more words than its model."""
    return wrong_model(
        name,
        Words(
            f"The tokenizer does not match: it knows {known:,} words, the model {words:,}.",
            f"分词器与模型不匹配：分词器有 {known:,} 个词，模型只有 {words:,} 个。",
        ),
        Words(
            "Use the tokenizer.json that came with the model.",
            "请使用该模型自带的 tokenizer.json。",
        ),
    )


def revision_of(source: str) -> str:
    """Return the hash of a folder's weights; of a hub id the id itself."""
    folder = Path(source)
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")) if folder.is_dir() else []:
        digest.update(sha256_of(file).encode())
    return digest.hexdigest() if folder.is_dir() else source


def sha256_of(file: Path) -> str:
    """Return the hash of a file's bytes, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def replace_whole(file: Path, content: bytes) -> None:
    """Write a file so that a reader or a kill finds the old one or the new one, never a part."""
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
