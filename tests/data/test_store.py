"""Versions on disk: whole or not at all, one writer, readers never disturbed."""

import fcntl
import json
import subprocess
import sys
from pathlib import Path

import pytest

from shopkeeper.data.store import KEPT_COMMITS, Version, create_shop, read_salt, read_shop, writing
from shopkeeper.errors import ShopBusyError, ShopNotFoundError, UsageError


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return create_shop(tmp_path / "shop")


def commit(shop: Path, text: str) -> str:
    with writing(shop) as writer:
        folder = writer.folder("tables", "orders")
        (folder / "part-0.parquet").write_text(text)
        version = Version(writer.relative(folder), rows=1, fingerprint=text)
        writer.commit(writer.manifest.replaced(tables={"orders": version}))
    return version.folder


def test_a_new_shop_is_empty_and_has_a_salt_only_its_owner_reads(shop: Path) -> None:
    manifest, settings = read_shop(shop)
    assert (manifest.version, manifest.tables, settings.name) == (0, {}, "shop")
    assert len(read_salt(shop)) == 64
    assert (shop / "salt").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [None, "", "0" * 63])
def test_a_lost_salt_is_never_made_anew_over_tables(shop: Path, left: str | None) -> None:
    with writing(shop) as writer:
        folder = writer.folder("tables", "orders")
        made = Version(writer.relative(folder), 1)
        writer.commit(writer.manifest.replaced(tables={"orders": made}))
    (shop / "salt").unlink()
    if left is not None:
        (shop / "salt").write_text(left)
    with pytest.raises(UsageError, match="salt is gone or damaged") as caught:
        read_salt(create_shop(shop))
    assert "盐值" in caught.value.text("zh")


def test_creating_a_shop_again_keeps_its_salt(shop: Path) -> None:
    before = read_salt(shop)
    assert read_salt(create_shop(shop)) == before


def test_a_shop_that_lost_its_manifest_is_not_begun_anew(shop: Path) -> None:
    commit(shop, "a")
    (shop / "manifest.json").unlink()
    for open_it in (create_shop, read_shop):
        with pytest.raises(ShopNotFoundError, match=r"Put manifest\.json back"):
            open_it(shop)
    assert not (shop / "manifest.json").exists()


def test_a_shop_that_another_process_is_making_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "new"
    path.mkdir()
    with (path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ShopBusyError):
            create_shop(path)
    assert create_shop(path) == path


def test_what_is_written_appears_only_with_the_commit(shop: Path) -> None:
    with writing(shop) as writer:
        folder = writer.folder("tables", "orders")
        (folder / "part-0.parquet").write_text("half")
        assert read_shop(shop)[0].tables == {}
    assert read_shop(shop)[0].tables == {}
    assert not folder.exists()


def test_a_reader_keeps_its_version_while_a_writer_commits_the_next(shop: Path) -> None:
    first = commit(shop, "one")
    second = commit(shop, "two")
    assert (shop / first / "part-0.parquet").read_text() == "one"
    assert (shop / second / "part-0.parquet").read_text() == "two"


def test_old_versions_go_after_a_while(shop: Path) -> None:
    first = commit(shop, "one")
    for number in range(KEPT_COMMITS + 2):
        commit(shop, str(number))
    assert not (shop / first).exists()
    assert len(list((shop / "tables" / "orders").iterdir())) <= KEPT_COMMITS + 2


def test_leftovers_of_a_killed_writer_are_removed_by_the_next(shop: Path) -> None:
    kept = commit(shop, "one")
    left = shop / "tables" / "orders" / "v000009-1"
    left.mkdir()
    (shop / ".scratch").mkdir()
    with writing(shop):
        pass
    assert not left.exists()
    assert not (shop / ".scratch").exists()
    assert (shop / kept).exists()


def test_a_second_writer_is_told_that_the_shop_is_busy(shop: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from shopkeeper.data.store import writing\n"
        f"with writing(Path({str(shop)!r})): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        with pytest.raises(ShopBusyError, match="Another process is writing"), writing(shop):
            pass
    finally:
        holder.communicate("")
    with writing(shop):
        pass


def test_a_missing_shop_is_told_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ShopNotFoundError, match=r"no manifest\.json.*shopkeeper import"):
        read_shop(tmp_path)


def test_the_manifest_is_plain_json(shop: Path) -> None:
    commit(shop, "one")
    raw = json.loads((shop / "manifest.json").read_text())
    assert raw["version"] == 1
    assert raw["tables"]["orders"]["rows"] == 1
