"""A cache saves time, forgets the oldest, and never makes anything fail."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.cache import Cache, cache_folder, cache_key


def test_what_was_put_is_found_and_the_rest_is_not(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "kept.sqlite")
    assert cache.get([b"a"]) == {}
    rows = {bytes([n % 256, n // 256]): str(n).encode() for n in range(1_200)}
    cache.put(rows)
    assert Cache(cache.path).get([*rows, b"other"]) == rows


def test_the_oldest_go_when_there_is_no_room(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "kept.sqlite", megabytes=0.2)
    for n in range(40):
        cache.put({bytes([n]): b"x" * 10_000})
    assert cache.path.stat().st_size < 300_000
    assert cache.get([bytes([39])]) and not cache.get([bytes([0])])


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\1" * 5_000])
def test_a_damaged_file_is_begun_again(tmp_path: Path, content: bytes) -> None:
    cache = Cache(tmp_path / "kept.sqlite")
    cache.path.write_bytes(content)
    assert cache.get([b"a"]) == {}
    cache.put({b"a": b"1"})
    cache.put({b"a": b"1"})
    assert cache.get([b"a"]) == {b"a": b"1"}


def test_a_place_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "kept.sqlite")
    cache.put({b"a": b"1"})
    assert cache.get([b"a"]) == {}


def test_a_full_disk_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "kept.sqlite")
    cache.put({b"a": b"1"})

    def full(self: Cache, base: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Cache, "_bound", full)
    cache.put({b"b": b"2"})
    assert cache.get([b"a", b"b"]) == {b"a": b"1"}


def test_the_folder_is_the_one_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHOPKEEPER_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_only_the_same_model_and_text_have_the_same_key(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert (cache_key(*one) == cache_key(*other)) == (one == other)
