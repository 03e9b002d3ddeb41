"""The list of verbs says truly what each one reads; otherwise a run would keep stale answers."""

from pathlib import Path

import pytest

from shopkeeper.data.demo import build_demo
from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import Shop
from shopkeeper.data.store import Manifest
from shopkeeper.surfaces import running
from shopkeeper.surfaces.running import run
from shopkeeper.surfaces.verbs import VERBS, Verb


class Watched(dict):
    """A dictionary that remembers which keys were looked at."""

    seen: set[str]

    def __getitem__(self, key: str) -> object:
        self.seen.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: object = None) -> object:
        self.seen.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.seen.add(str(key))
        return super().__contains__(key)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    build_demo(tmp_path / "demo", customers=2000, events=50_000, seed=3)
    import_files([tmp_path / "demo" / "exports"], tmp_path / "shop")
    return tmp_path / "shop"


@pytest.mark.slow
def test_every_verb_reads_only_the_tables_and_answers_that_it_declares(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: dict[str, tuple[set[str], set[str]]] = {}
    original = running._asked

    def watched(path: Path, verb: Verb, shop: Shop, mark: str) -> running.Step:
        tables, answers = Watched(shop.manifest.tables), Watched(shop.manifest.answers)
        tables.seen, answers.seen = set(), set()
        manifest = Manifest(
            shop.manifest.version, tables, answers, shop.manifest.models, shop.manifest.imports
        )
        step = original(path, verb, Shop(shop.path, shop.settings, manifest), mark)
        read[verb.name] = tables.seen, answers.seen
        return step

    monkeypatch.setattr(running, "_asked", watched)
    steps = run(demo)
    assert {step.outcome for step in steps} == {"answered"}
    for verb in (verb for verb in VERBS if not verb.by_hand):
        tables, answers = read[verb.name]
        assert tables
        assert tables <= set(verb.reads), verb.name
        assert answers <= {*verb.answers, verb.name}, verb.name


def test_a_verb_reads_answers_only_of_verbs_that_stand_before_it() -> None:
    before: set[str] = set()
    for verb in VERBS:
        assert set(verb.answers) <= before
        before.add(verb.name)
