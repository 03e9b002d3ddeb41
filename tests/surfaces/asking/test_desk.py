"""The desk: the shop as it is now, answers that are kept, and nothing left behind."""

import json
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.data.store import Version, writing
from shopkeeper.errors import ArtifactError, ShopNotFoundError
from shopkeeper.surfaces.asking import desk as module
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.running import fingerprint
from shopkeeper.surfaces.verbs import BY_NAME
from shopkeeper.words import Words

OVERVIEW = BY_NAME["overview"]
MONTH = {"period": "month"}


@pytest.fixture
def shop() -> Shop:
    return shop_from_tables({"reviews": pa.table({"review_id": ["a"], "rating": [5.0]})})


def answer(number: int) -> Answer:
    return Answer("overview", Words("Shop", "店"), pa.table({"n": [number]}), "count")


def store(shop: Shop, number: int) -> None:
    with writing(shop.path) as writer:
        folder = writer.folder("answers", "overview")
        answer(number).save(folder)
        mark = fingerprint(OVERVIEW, writer.manifest, shop.settings, MONTH, shop.path)
        version = Version(writer.relative(folder), 1, mark)
        writer.commit(writer.manifest.replaced(answers={"overview": version}))


def saved(desk: Desk, number: int, mark: str) -> Path:
    folder = desk.folder / f"job{number}"
    folder.mkdir()
    answer(number).save(folder)
    desk.keep(mark, folder)
    return folder


def test_what_is_logged_each_time_is_logged_when_an_answer_is_given_again(shop: Shop) -> None:
    verb = BY_NAME["similar_products"]
    arguments = verb.defaults()
    made = Answer(
        verb.name, Words("Beside", "相近"), pa.table({"n": [1]}), "combined",
        logged={"lists": 2, "by_request": 1},
    )  # fmt: skip
    with Desk(shop.path) as desk:
        folder = desk.folder / "job"
        folder.mkdir()
        made.save(folder)
        desk.keep(desk.mark(verb, arguments), folder)
        log = shop.path / "opt_outs.jsonl"
        # The verb has logged it when it answered.
        assert desk.give(verb, arguments) is not None
        assert not log.exists()
        for _ in range(2):
            given = desk.give(verb, arguments)
            assert given is not None
            assert given[1]
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        assert [(line["verb"], line["lists"], line["by_rules"]) for line in lines] == [
            ("similar_products", 2, 1)
        ] * 2
        log.unlink()
        log.mkdir()
        given = desk.give(verb, arguments)
        assert given is not None
        assert not given[1]
        assert "opt_outs.jsonl" in given[0].limits[-1].en


def test_a_stored_answer_is_found_when_it_is_committed(shop: Shop) -> None:
    with Desk(shop.path) as desk:
        assert desk.find(OVERVIEW, MONTH) is None
        assert not desk.has(OVERVIEW, MONTH)
        store(shop, 1)
        found = desk.find(OVERVIEW, MONTH)
        assert found is not None
        assert found.table["n"].to_pylist() == [1]
        assert desk.has(OVERVIEW, MONTH)
        assert not desk.has(OVERVIEW, {"period": "week"})


def test_a_version_that_goes_while_it_is_read_is_looked_for_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(shop, 1)
    with Desk(shop.path) as desk:
        original, times = module.load_answer, []

        def replaced(folder: Path) -> Answer:
            times.append(folder)
            if len(times) == 1:
                store(shop, 2)
                shutil.rmtree(folder)
            return original(folder)

        monkeypatch.setattr(module, "load_answer", replaced)
        found = desk.find(OVERVIEW, MONTH)
        assert found is not None
        assert len(times) == 2


def test_a_damaged_answer_is_told(shop: Shop) -> None:
    store(shop, 1)
    with Desk(shop.path) as desk:
        for file in shop.path.glob("answers/overview/*/table.parquet"):
            file.write_bytes(b"")
        with pytest.raises(ArtifactError):
            desk.find(OVERVIEW, MONTH)


def test_kept_answers_make_room_for_newer_ones(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT_ANSWERS", 2)
    with Desk(shop.path) as desk:
        folders = [saved(desk, number, f"mark{number}") for number in range(3)]
        assert [folder.exists() for folder in folders] == [False, True, True]
        held = desk.folder
        assert held.stat().st_mode & 0o077 == 0
    assert not held.exists()


def test_what_a_killed_process_left_is_removed_and_what_lives_is_not(shop: Shop) -> None:
    dead = Path(tempfile.gettempdir()) / "shopkeeper-desk-4194999-gone"
    dead.mkdir(exist_ok=True)
    with Desk(shop.path) as first, Desk(shop.path):
        assert first.folder.exists()
        assert not dead.exists()


def test_a_shop_of_events_alone_can_be_asked_who_comes_back_to_visit() -> None:
    events = pa.table({"event_id": ["1"], "name": ["Page Viewed"], "happened_at": ["2025-05-01 10:00:00"],
                       "visitor_id": ["v"]})  # fmt: skip
    visits = {"since": "visit", "returning": "visit", "period": "month", "minimum_count": None}
    shop = shop_from_tables({"events": events})
    with Desk(shop.path) as desk:
        assert desk.known(BY_NAME["retention"], visits) is None


def test_large_answers_are_not_all_held_in_memory_or_on_disk(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Desk(shop.path) as desk:
        saved(desk, 0, desk.mark(OVERVIEW, {"period": "day"}))
        one = desk.find(OVERVIEW, {"period": "day"})
        assert one is not None
        monkeypatch.setattr(module, "_MEMORY_BYTES", one.table.nbytes)
        for number, period in enumerate(("week", "month"), 1):
            saved(desk, number, desk.mark(OVERVIEW, {"period": period}))
            desk.find(OVERVIEW, {"period": period})
        assert [kept.table["n"].to_pylist() for kept in desk._memory.values()] == [[2]]
        monkeypatch.setattr(module, "_KEPT_BYTES", 1)
        saved(desk, 3, "newest")
        saved(desk, 4, "newest")
        assert [folder.name for folder in desk.folder.iterdir()] == ["job3"]


def test_a_shop_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ShopNotFoundError):
        Desk(tmp_path / "nowhere")
