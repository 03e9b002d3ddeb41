"""A disk that refuses a write: the user is told, and the shop stays as it was."""

import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def shopkeeper(
    *arguments: object, most_bytes: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, which may write files of `most_bytes` at most."""

    def limited() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    return subprocess.run(
        [sys.executable, "-m", "shopkeeper", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path] | None]:
    """Mount a file system of a given size; None where that is not allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def mount(size: int) -> Path:
        nonlocal mounted
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
            capture_output=True,
            check=False,
        )
        mounted = made.returncode == 0
        return place

    mount(1_000_000)
    if mounted:
        subprocess.run(["umount", str(place)], check=True)
    yield mount if mounted else None
    subprocess.run(["umount", str(place)], capture_output=True, check=False)


def big_export(tmp_path: Path, exported, reviews) -> Path:
    rows = reviews(20_000)
    for row in rows:
        row["text"] = str(row["text"]) + hashlib.sha256(str(row["review_id"]).encode()).hexdigest()
    return exported("big.csv", rows)


def is_told(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    assert "The disk refused" in done.stderr
    assert "Free some space" in done.stderr


def test_a_full_disk_during_import_leaves_the_shop_as_it_was(
    command, exported, reviews, tmp_path: Path, small_disk, snapshot, texts
) -> None:
    few, big = exported("few.csv", reviews(40)), big_export(tmp_path, exported, reviews)
    shop = (small_disk(700_000) if small_disk else tmp_path) / "shop"
    assert command("import", few, "--shop", shop).code == 0
    before = snapshot(shop)
    done = shopkeeper("import", big, "--shop", shop, most_bytes=None if small_disk else 200_000)
    is_told(done)
    assert snapshot(shop) == before
    assert len(texts(shop)) == 40


def test_a_file_that_may_not_grow_leaves_the_shop_as_it_was(
    command, exported, reviews, tmp_path: Path, snapshot, texts
) -> None:
    few, big = exported("few.csv", reviews(40)), big_export(tmp_path, exported, reviews)
    shop = tmp_path / "shop"
    assert command("import", few, "--shop", shop).code == 0
    before = snapshot(shop)
    is_told(shopkeeper("import", big, "--shop", shop, most_bytes=100_000))
    assert snapshot(shop) == before
    assert shopkeeper("import", big, "--shop", shop).returncode == 0
    assert len(texts(shop)) == 20_000


@pytest.mark.parametrize("words", [("run",), ("report",)], ids=" ".join)
def test_a_full_disk_during_run_and_report_leaves_the_shop_as_it_was(
    command, exported, reviews, orders, tmp_path: Path, words: tuple[str, ...], snapshot
) -> None:
    shop = tmp_path / "shop"
    files = exported("reviews.csv", reviews(200)), exported("orders.csv", orders(200))
    assert command("import", *files, "--shop", shop).code == 0
    before = snapshot(shop)
    is_told(shopkeeper(*words, shop, most_bytes=2_000))
    assert snapshot(shop) == before
    assert not list(shop.glob("*.html"))
