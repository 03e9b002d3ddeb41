"""Versions of tables and answers on disk: each appears whole, by one atomic rename, or not at all.

A shop is a folder::

    shop.toml            settings
    recommend.toml       rules for what is shown; opt_outs.jsonl counts lists without personalisation
    salt                 the shop's own salt, readable by its owner alone
    manifest.json        names the current version of every table and answer
    tables/<table>/<version>/*.parquet
    answers/<verb>/<version>/
    models/<name>/<version>/
    quarantine/<version>/*.parquet      rejected rows, by import
    mappings/*.toml      column mappings for files that no platform writes

A reader reads the manifest once and then sees that state however long it takes; a writer holds a
lock, writes new folders and replaces the manifest last. What a killed writer left is removed by the
next one. This module does not know what the tables mean.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from shlex import quote
from typing import Any

from shopkeeper.data.manifest import RESTORE, read_json
from shopkeeper.errors import (
    ShopBusyError,
    ShopNotFoundError,
    StorageError,
    UsageError,
)
from shopkeeper.settings import Settings, load_settings, settings_text
from shopkeeper.words import Words

KINDS = ("tables", "answers", "models", "quarantine")
KEPT_COMMITS = 8


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a table, an answer or a model.

    Parameters
    ----------
    folder
        Path relative to the shop.
    rows
        Number of rows.
    fingerprint
        What it was made from; equal fingerprints mean equal content.
    """

    folder: str
    rows: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The current state of a shop.

    Parameters
    ----------
    version
        Counts the commits.
    tables, answers, models
        Current version by name.
    imports
        One record a file that was imported, in order; see `data.importing`.
    refusals
        Why a verb could not answer, by verb, with the fingerprint of what it was asked of; see
        `surfaces.running`.
    retired
        Folders that a commit replaced, with that commit's number; kept for a while because a
        reader may still hold them.
    """

    version: int = 0
    tables: dict[str, Version] = field(default_factory=dict)
    answers: dict[str, Version] = field(default_factory=dict)
    models: dict[str, Version] = field(default_factory=dict)
    imports: tuple[dict[str, Any], ...] = ()
    refusals: dict[str, dict[str, Any]] = field(default_factory=dict)
    retired: dict[str, int] = field(default_factory=dict)

    @property
    def folders(self) -> set[str]:
        """The folders of every current version."""
        versions = (*self.tables.values(), *self.answers.values(), *self.models.values())
        quarantined = {record["quarantine"] for record in self.imports if record.get("quarantine")}
        return {version.folder for version in versions} | quarantined

    def replaced(self, **changes: Any) -> Manifest:
        """Return the next manifest, with these fields changed."""
        following = replace(self, version=self.version + 1, **changes)
        recent = {k: v for k, v in self.retired.items() if v > self.version - KEPT_COMMITS}
        gone = dict.fromkeys(self.folders - following.folders, following.version)
        return replace(following, retired=recent | gone)


def create_shop(path: Path, *, settings: Settings | None = None) -> Path:
    """Make an empty shop at `path`; a shop that is already there is left as it is.

    Raises
    ------
    ShopNotFoundError
        There are tables without the manifest that names them; a new one would hide them.
    UsageError
        The path is a file, or there are tables without the salt that made their pseudonyms.
    ShopBusyError
        Another process is making the same shop.
    """
    _refuse_file(path)
    with storage_errors(path):
        path.mkdir(parents=True, exist_ok=True)
        if all((path / name).exists() for name in ("shop.toml", "salt", "manifest.json")):
            return path
    with _locked(path):
        lost = not (path / "manifest.json").exists()
        if lost and any((path / "tables").glob("*/v*")):
            raise _lost_manifest(path)
        if not (path / "shop.toml").exists():
            text = settings_text(settings or Settings(name=path.name))
            _replace(path / "shop.toml", text)
        if not (path / "salt").exists():
            if any((path / "tables").glob("*/v*")):
                raise _lost_salt(path)
            _replace(path / "salt", secrets.token_hex(32), mode=0o600)
        if lost:
            _replace(path / "manifest.json", json.dumps(asdict(Manifest())))
    return path


def _refuse_file(path: Path) -> None:
    """Refuse a path that is a file or leads through one."""
    for place in (path, *path.parents):
        if place.exists() and not place.is_dir():
            raise UsageError(
                Words(f"Asked to open the shop {path}.", f"要打开店铺 {path}。"),
                Words(
                    f"{place.name} is a file, not a folder.", f"{place.name} 是文件，不是文件夹。"
                ),
                Words("Name the shop's folder.", "请给出店铺的文件夹。"),
            )


def _lost_manifest(path: Path) -> ShopNotFoundError:
    return ShopNotFoundError(
        Words(f"Asked to open the shop {path}.", f"要打开店铺 {path}。"),
        Words(
            "It has tables, but manifest.json, which names them, is gone.",
            "那里有数据表，但记录它们的 manifest.json 不见了。",
        ),
        RESTORE,
    )


def read_shop(path: Path) -> tuple[Manifest, Settings]:
    """Return the current manifest and the settings of the shop at `path`.

    Raises
    ------
    ShopNotFoundError
        There is no shop at that path.
    UnreadableFileError
        Its manifest is damaged.
    """
    if not (path / "manifest.json").is_file():
        _refuse_file(path)
        if any((path / "tables").glob("*/v*")):
            raise _lost_manifest(path)
        raise ShopNotFoundError(
            Words(f"Asked to open the shop {path}.", f"要打开店铺 {path}。"),
            Words(
                "There is no shop there (no manifest.json).", "那里没有店铺（缺少 manifest.json）。"
            ),
            Words(
                f"Make one with `shopkeeper import FILES --shop {quote(str(path))}`.",
                f"请先运行 `shopkeeper import 文件 --shop {quote(str(path))}` 建立店铺。",
            ),
        )
    return _manifest(path), load_settings(path / "shop.toml")


def _manifest(path: Path) -> Manifest:
    raw = read_json(path)
    versions = {
        kind: {name: Version(**version) for name, version in raw[kind].items()}
        for kind in ("tables", "answers", "models")
    }
    return Manifest(
        version=raw["version"],
        imports=tuple(raw["imports"]),
        refusals=raw["refusals"],
        retired=raw["retired"],
        **versions,
    )


def read_salt(path: Path) -> str:
    """Return the shop's salt.

    Raises
    ------
    UsageError
        It is gone or is not the one that was made: every pseudonym would change.
    """
    try:
        salt = (path / "salt").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        salt = ""
    if not re.fullmatch("[0-9a-f]{64}", salt):
        raise _lost_salt(path)
    return salt


def _lost_salt(path: Path) -> UsageError:
    return UsageError(
        Words(f"Asked to write to the shop {path.name}.", f"要写入店铺 {path.name}。"),
        Words(
            "Its salt is gone or damaged; with another one every customer would count twice.",
            "它的盐值文件（salt）不见了或已损坏；换一个盐值，每位顾客都会被当成两个人。",
        ),
        Words(
            "Put the file salt back from a backup, or import everything into a new folder.",
            "请从备份恢复 salt 文件，或把全部文件导入到新的文件夹。",
        ),
    )


class Writer:
    """A held lock on a shop, under which new folders are written and then committed at once."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._taken = 0

    def folder(self, kind: str, name: str) -> Path:
        """Make a new folder for the next version of `kind`/`name` and return it."""
        self._taken += 1
        folder = self.path / kind / name / f"v{self.manifest.version + 1:06d}-{self._taken}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def relative(self, folder: Path) -> str:
        """Return `folder` as the manifest writes it."""
        return folder.relative_to(self.path).as_posix()

    def commit(self, manifest: Manifest) -> None:
        """Make `manifest` the current one."""
        for kind in KINDS:
            for folder in (self.path / kind).glob(f"*/v{manifest.version:06d}-*"):
                _flush(folder)
        _replace(self.path / "manifest.json", json.dumps(asdict(manifest), ensure_ascii=False))
        self.manifest = manifest


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Hold the shop's lock; what is written inside appears only through `Writer.commit`.

    Raises
    ------
    ShopBusyError
        Another process holds the lock.
    StorageError
        The disk is full or cannot be written.
    """
    manifest, _ = read_shop(path)
    with _locked(path):
        manifest, _ = read_shop(path)
        sweep(path, manifest)
        writer = Writer(path, manifest)
        try:
            yield writer
        finally:
            sweep(path, writer.manifest)


def require_writable(path: Path) -> None:
    """Find out before long work whether the shop can be written to.

    Raises
    ------
    StorageError
        It cannot.
    """
    with storage_errors(path), (path / ".lock").open("a"):
        pass


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with storage_errors(path), (path / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ShopBusyError(
                Words(f"Asked to write to the shop {path.name}.", f"要写入店铺 {path.name}。"),
                Words("Another process is writing to it.", "另一个进程正在写入。"),
                Words("Wait until it has finished and run again.", "请等它结束后再运行。"),
            ) from error
        yield


def sweep(path: Path, manifest: Manifest) -> None:
    """Remove the folders that the manifest does not name, and old scratch folders."""
    named = manifest.folders | manifest.retired.keys()
    for kind in KINDS:
        for folder in (path / kind).glob("*/v*"):
            if folder.relative_to(path).as_posix() not in named:
                shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(path / ".scratch", ignore_errors=True)


REFUSALS = {
    errno.ENOSPC: "磁盘已满", errno.EDQUOT: "超出磁盘配额", errno.EFBIG: "文件过大",
    errno.EIO: "读写出错", errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.EROFS: "磁盘只读",
    errno.EISDIR: "那是一个文件夹", errno.ENOTDIR: "路径中有一处不是文件夹", errno.EEXIST: "已存在同名文件",
    errno.ELOOP: "链接循环", errno.ENAMETOOLONG: "名称太长", errno.ENOENT: "没有这个文件或文件夹",
}  # fmt: skip
"""What the system says of a file or folder that it refuses, in Chinese."""


@contextmanager
def storage_errors(path: Path, asked: Words | None = None) -> Iterator[None]:
    """Turn a full or unwritable disk into a StorageError; `asked` where it is not the shop's."""
    try:
        yield
    except OSError as error:
        if error.errno not in REFUSALS or error.errno == errno.ENOENT:
            raise
        found = Words(error.strerror or "cannot be written", REFUSALS[error.errno])
        if error.filename:
            place = error.filename
            found = Words(f"{found.en} ({place})", f"{found.zh}（{place}）")
        forbidden = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        raise storage_error(path, found, asked, do=_ALLOW if forbidden else _MAKE_ROOM) from error


_MAKE_ROOM = Words(
    "Free some space or choose another folder, then run again.",
    "请腾出空间或换一个文件夹，然后重新运行。",
)
_ALLOW = Words(
    "Let this user write there or choose another folder, then run again.",
    "请给当前用户写入权限或换一个文件夹，然后重新运行。",
)


def storage_error(
    path: Path, found: str | Words, asked: Words | None = None, *, do: Words = _MAKE_ROOM
) -> StorageError:
    """Return the error for a disk that refused a write."""
    found = found if isinstance(found, Words) else Words(found, found)
    return StorageError(
        asked or Words(f"Asked to write to the shop {path.name}.", f"要写入店铺 {path.name}。"),
        Words(
            f"The disk refused: {found.en}. The shop is as it was before.",
            f"磁盘拒绝写入：{found.zh}。店铺保持原样。",
        ),
        do,
    )


def _flush(folder: Path) -> None:
    for file in (*folder.rglob("*"), folder):
        _sync(file)


def _replace(path: Path, text: str, *, mode: int = 0o644) -> None:
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
