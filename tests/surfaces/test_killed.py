"""A command killed at any moment leaves the shop readable and as it was; the next one finishes."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shopkeeper.data.shop import open_shop

# Kills its own process when the command touches the shop for the n-th time; 0 only counts.
CHILD = """
import os, signal, sys
shop, moment, *arguments = sys.argv[1:]
touched = 0

def watch(event, details):
    global touched
    if event in EVENTS and any(isinstance(item, str) and shop in item for item in map(name, details)):
        touched += 1
        if touched == int(moment):
            os.kill(os.getpid(), signal.SIGKILL)

def name(item):
    return os.fspath(item) if isinstance(item, os.PathLike) else item

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "os.listdir"}
from shopkeeper.surfaces.cli import main
sys.addaudithook(watch)
try:
    main(arguments)
finally:
    print("touched", touched, file=sys.stderr)
"""


def started(shop: Path, moment: int, *arguments: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", CHILD, str(shop), str(moment), *map(str, arguments)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(shop: Path, moment: int, *arguments: object) -> tuple[int, str]:
    child = started(shop, moment, *arguments)
    _, err = child.communicate()
    return child.returncode, err


def touches(shop: Path, *arguments: object) -> int:
    """How often the whole command touches the shop."""
    code, err = finished(shop, 0, *arguments)
    assert code == 0, err
    return int(err.rsplit("touched", 1)[1])


def moments(total: int, *, count: int) -> list[int]:
    """Return seeded random moments, and the last ones, where the manifest is replaced."""
    drawn = random.Random(20261124).sample(range(1, total + 1), min(count, total))
    return sorted({*drawn, total, total - 1, total - 2} & set(range(1, total + 1)))


def state(shop: Path) -> object:
    """What a reader sees: every row of every table and every stored answer."""
    opened = open_shop(shop)
    tables = {
        name: opened.table(name).to_pyarrow().sort_by("source").to_pylist()
        for name in opened.manifest.tables
    }
    answers = {name: opened.answer(name).to_dict() for name in opened.manifest.answers}
    for answer in answers.values():
        answer["evidence"].pop("speed", None)
    return json.dumps([tables, answers], default=str, sort_keys=True)


@pytest.fixture
def begun(command, exported, reviews, orders, tmp_path: Path) -> Path:
    """A shop with reviews and no orders."""
    shop = tmp_path / "begun"
    assert (
        command("import", exported("reviews.csv", reviews(60, mute=True)), "--shop", shop).code == 0
    )
    return shop


@pytest.mark.slow
def test_a_killed_import_leaves_the_shop_as_it_was_and_the_next_one_finishes(
    begun: Path, exported, reviews, orders, tmp_path: Path
) -> None:
    files = exported("orders.csv", orders(80)), exported("later.csv", reviews(90)[50:])
    whole = tmp_path / "whole"
    shutil.copytree(begun, whole)
    total = touches(whole, "import", *files, "--shop", whole)
    before, after = state(begun), state(whole)
    assert before != after
    for moment in moments(total, count=5):
        shop = tmp_path / f"killed-{moment}"
        shutil.copytree(begun, shop)
        code, _ = finished(shop, moment, "import", *files, "--shop", shop)
        assert code == -signal.SIGKILL
        assert state(shop) in (before, after)
        code, err = finished(shop, 0, "import", *files, "--shop", shop)
        assert code == 0, err
        assert state(shop) == after
        assert_nothing_is_left_over(shop)


@pytest.mark.slow
def test_a_killed_run_keeps_what_it_had_finished_and_the_next_one_finishes(
    begun: Path, command, exported, orders, tmp_path: Path
) -> None:
    assert command("import", exported("orders.csv", orders(80)), "--shop", begun).code == 0
    whole = tmp_path / "whole"
    shutil.copytree(begun, whole)
    total = touches(whole, "run", whole)
    answers = open_shop(whole).manifest.answers.keys()
    assert answers
    for moment in moments(total, count=3):
        shop = tmp_path / f"killed-{moment}"
        shutil.copytree(begun, shop)
        code, _ = finished(shop, moment, "run", shop)
        assert code == -signal.SIGKILL
        assert open_shop(shop).manifest.answers.keys() <= answers
        assert open_shop(shop).rows("orders") == 80
        code, err = finished(shop, 0, "run", shop)
        assert code == 0, err
        assert state(shop) == state(whole)
        assert_nothing_is_left_over(shop)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 14, 159])
def test_an_import_killed_while_the_engine_writes_leaves_the_shop_as_it_was(
    begun: Path, exported, reviews, seed: int
) -> None:
    many = exported(
        "many.csv", [row | {"text": f"{row['text']} {'很' * 200}"} for row in reviews(40_000)]
    )
    before = state(begun)
    started_at = time.monotonic()
    rehearsal = begun.with_name("rehearsal")
    shutil.copytree(begun, rehearsal)
    assert finished(rehearsal, 0, "import", many, "--shop", rehearsal)[0] == 0
    whole = time.monotonic() - started_at
    child = started(begun, 0, "import", many, "--shop", begun)
    time.sleep(random.Random(seed).uniform(0.3, 0.95) * whole)
    child.kill()
    child.communicate()
    assert state(begun) in (before, state(rehearsal))
    code, err = finished(begun, 0, "import", many, "--shop", begun)
    assert code == 0, err
    assert state(begun) == state(rehearsal)


def assert_nothing_is_left_over(shop: Path) -> None:
    """Every folder of a version is one that the manifest names, current or retired."""
    manifest = json.loads((shop / "manifest.json").read_text(encoding="utf-8"))
    named = {
        item["folder"]
        for kind in ("tables", "answers", "models")
        for item in manifest[kind].values()
    }
    named |= {record["quarantine"] for record in manifest["imports"]} | manifest["retired"].keys()
    there = {
        folder.relative_to(shop).as_posix()
        for kind in ("tables", "answers", "models", "quarantine")
        for folder in (shop / kind).glob("*/v*")
    }
    assert there <= named
    assert not (shop / ".scratch").exists()
    assert not list(shop.glob(".*.new"))
