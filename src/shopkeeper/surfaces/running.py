"""Run every verb that has the data it needs, and nothing that is up to date.

A stored answer carries the fingerprint of what it was made from. When the fingerprint is the same
nothing is done, and to find that out only the manifest is read. Each answer is committed on its own,
so that a killed run keeps what it had finished. This module does not know what the verbs compute.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from shopkeeper import __version__
from shopkeeper.answer import Answer
from shopkeeper.data.damage import damage_told
from shopkeeper.data.shop import Shop, open_shop
from shopkeeper.data.store import Manifest, Version, writing
from shopkeeper.errors import MissingDataError, ShopkeeperError, UsageError
from shopkeeper.progress import Progress, heard_by, silent
from shopkeeper.settings import Settings
from shopkeeper.surfaces import stopping, wording
from shopkeeper.surfaces.report.terms import TABLES
from shopkeeper.surfaces.verbs import VERBS, Verb
from shopkeeper.words import Words

Outcome = Literal["answered", "unchanged", "skipped", "failed"]
_WITHOUT_INFLUENCE = ("language", "memory_limit", "privacy")


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one verb in a run.

    Parameters
    ----------
    verb
        The verb's name.
    outcome
        `answered` now, `unchanged` since an earlier run, `skipped` for want of data, or `failed`.
    reason
        Why it was skipped or what failed.
    enable
        What would let it answer.
    exit_code
        Exit code of the failure; 0 otherwise.
    """

    verb: str
    outcome: Outcome
    reason: Words | None = None
    enable: Words | None = None
    exit_code: int = 0

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Return the step as plain JSON values."""
        return {
            "verb": self.verb,
            "outcome": self.outcome,
            "reason": self.reason.get(lang) if self.reason else None,
            "enable": self.enable.get(lang) if self.enable else None,
        }


def run(path: Path | str, *, again: bool = False, progress: Progress = silent) -> tuple[Step, ...]:
    """Ask every verb whose data is there, in order, and store the answers.

    Parameters
    ----------
    path
        The shop's folder.
    again
        Answer anew even where nothing has changed.
    progress
        Told which verb is at work.

    Returns
    -------
    tuple of Step
        One step a verb, in the order in which they were asked.

    Limits
    ------
    Verbs are asked with their default arguments; those that are asked by hand only are left out. A change in a verb's code shows only when the
    package's version changes, or with `again`.

    Raises
    ------
    ShopNotFoundError
        There is no shop at that path.
    """
    verbs = [verb for verb in VERBS if not verb.by_hand]
    return tuple(
        _step(Path(path), verb, again=again, progress=progress, share=index / len(verbs))
        for index, verb in enumerate(verbs)
    )


def fingerprint(
    verb: Verb, manifest: Manifest, settings: Settings, arguments: Mapping[str, Any], folder: Path
) -> str:
    """Return a hash of everything that decides what a verb answers; `folder` is the shop's."""
    names = sorted(manifest.tables.keys() & set(verb.reads))
    chosen = asdict(settings)
    for name in _WITHOUT_INFLUENCE:
        del chosen[name]
    made_from = {
        "verb": verb.name,
        "arguments": dict(arguments),
        "tables": {name: _identity(manifest.tables[name]) for name in names},
        "answers": {
            name: _identity(manifest.answers[name])
            for name in verb.answers
            if name in manifest.answers
        },
        "settings": chosen,
        "version": __version__,
    }
    if verb.files:
        made_from["files"] = {name: _digest(folder / name) for name in verb.files}
    text = json.dumps(made_from, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def current_answer(verb: Verb, shop: Shop, arguments: Mapping[str, Any]) -> Answer | None:
    """Return the stored answer when it was made from the same data and arguments."""
    stored = shop.manifest.answers.get(verb.name)
    expected = fingerprint(verb, shop.manifest, shop.settings, arguments, shop.path)
    if stored is None or stored.fingerprint != expected:
        return None
    return shop.answer(verb.name)


def _digest(path: Path) -> str:
    """Return the hash of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _identity(version: Version) -> str:
    return version.fingerprint or version.folder


def _step(path: Path, verb: Verb, *, again: bool, progress: Progress, share: float) -> Step:
    shop = open_shop(path)
    mark = fingerprint(verb, shop.manifest, shop.settings, verb.defaults(), shop.path)
    known = step_known(verb, shop, mark)
    if known and (verb.missing(shop.manifest) or not again):
        return known
    progress(Words(f"{verb.name}: {verb.title.en}", verb.title.zh), share)

    def within(what: Words, part: float | None) -> None:
        said = Words(f"{verb.name}: {what.en}", f"{verb.title.zh}：{what.zh}")
        progress(said, share + (part or 0.0) / len(VERBS))

    with heard_by(within):
        return _asked(path, verb, shop, mark)


def step_known(verb: Verb, shop: Shop, mark: str) -> Step | None:
    """Return what is known of a question before it is asked.

    Parameters
    ----------
    verb
        The verb.
    shop
        The shop.
    mark
        Fingerprint of the question.

    Returns
    -------
    Step or None
        `skipped` where tables are missing or the same question was declined, `unchanged` where its
        answer is stored; None where it has to be asked.
    """
    missing = verb.missing(shop.manifest)
    if missing:
        return _skipped_for_want_of(verb, [need.tables for need in missing], missing[0].enable)
    stored = shop.manifest.answers.get(verb.name)
    refused = shop.manifest.refusals.get(verb.name)
    if stored and stored.fingerprint == mark and _is_there(shop.path / stored.folder):
        return Step(verb.name, "unchanged")
    if refused and refused["fingerprint"] == mark:
        return Step(verb.name, "skipped", Words(**refused["reason"]), Words(**refused["enable"]))
    return None


def _is_there(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("answer.json", "table.parquet"))


def require_answers(shop: Shop, names: Iterable[str]) -> None:
    """Read these of the stored answers, so that a damaged one is told before anything is made of it.

    Raises
    ------
    ArtifactError
        One of them is missing or damaged.
    """
    for name in names:
        shop.answer(name)


def require_consent(shop: Shop) -> None:
    """Refuse to show answers that were made before somebody opted out.

    Raises
    ------
    UsageError
        The settings name customers who opted out, and an answer was made from other settings or data.
    """
    if not shop.settings.opted_out:
        return
    stored = shop.manifest.answers
    older = [
        verb.name
        for verb in VERBS
        if verb.name in stored
        and stored[verb.name].fingerprint
        != fingerprint(verb, shop.manifest, shop.settings, verb.defaults(), shop.path)
    ]
    if older:
        raise UsageError(
            Words("Asked for a report.", "要写报告。"),
            Words(
                f"Made before shop.toml or the data last changed: {', '.join(older[:6])}; customers who opted out"
                " may stand in them.",
                f"以下结果早于 shop.toml 或数据的最近改动：{'、'.join(older[:6])}；其中可能还有要求不被画像的顾客。",
            ),
            Words("Run `shopkeeper run` first.", "请先执行 `shopkeeper run`。"),
        )


def ask(verb: Verb, shop: Shop, arguments: Mapping[str, Any]) -> Answer:
    """Ask one verb, with damage in the shop told by the name of what is damaged.

    Parameters
    ----------
    verb
        The verb.
    shop
        The shop.
    arguments
        Arguments that differ from the defaults, or all of them.

    Raises
    ------
    ShopkeeperError
        The verb declined, or something that it reads is missing or damaged.
    """
    require_answers(shop, verb.answers)
    with damage_told(shop.path):
        return verb.load()(shop, **arguments)


def _asked(path: Path, verb: Verb, shop: Shop, mark: str) -> Step:
    try:
        answer = ask(verb, _with_model(path, verb, shop), {})
    except MissingDataError as error:
        _store_refusal(path, verb, mark, error)
        return Step(verb.name, "skipped", error.found, error.do)
    except ShopkeeperError as error:
        return _failed(verb, error)
    except Exception as error:
        if stopping.asked() or os.environ.get("SHOPKEEPER_DEBUG"):
            raise
        return _failed(verb, wording.unforeseen(error, verb.name))
    _store_answer(path, verb, mark, answer)
    return Step(verb.name, "answered")


def _failed(verb: Verb, error: ShopkeeperError) -> Step:
    reason = Words(error.text("en"), error.text("zh"))
    return Step(verb.name, "failed", reason, exit_code=error.exit_code)


def _skipped_for_want_of(verb: Verb, wanted: list[tuple[str, ...]], enable: Words) -> Step:
    en = "; ".join(" or ".join(tables) for tables in wanted)
    zh = "；".join("或".join(TABLES[name].zh for name in tables) for tables in wanted)
    reason = Words(f"There are no rows in: {en}.", f"以下表没有数据：{zh}。")
    return Step(verb.name, "skipped", reason, enable)


def _with_model(path: Path, verb: Verb, shop: Shop) -> Shop:
    """Return the shop with the model that the verb reads, fitted where it is not there."""
    with damage_told(shop.path):
        model = verb.prepare(shop)
    if model is None:
        return shop
    with writing(path) as writer:
        folder = writer.folder("models", verb.model)
        model.save(folder)
        version = Version(writer.relative(folder), model.rows, model.mark)
        manifest = writer.manifest
        writer.commit(manifest.replaced(models=manifest.models | {verb.model: version}))
    return open_shop(path)


def _store_answer(path: Path, verb: Verb, mark: str, answer: Answer) -> None:
    with writing(path) as writer:
        folder = writer.folder("answers", verb.name)
        answer.save(folder)
        version = Version(writer.relative(folder), answer.table.num_rows, mark)
        manifest = writer.manifest
        writer.commit(
            manifest.replaced(
                answers=manifest.answers | {verb.name: version},
                refusals=_without(manifest.refusals, verb.name),
            )
        )


def _store_refusal(path: Path, verb: Verb, mark: str, error: MissingDataError) -> None:
    refusal = {
        "fingerprint": mark,
        "reason": error.found.to_dict(),
        "enable": error.do.to_dict(),
    }
    with writing(path) as writer:
        manifest = writer.manifest
        writer.commit(
            manifest.replaced(
                answers=_without(manifest.answers, verb.name),
                refusals=manifest.refusals | {verb.name: refusal},
            )
        )


def _without(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}
