"""Bad input at the command line: a clear answer, never a traceback, and nothing is lost."""

import gzip
import hashlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopkeeper.data.shop import open_shop

HEADER = "review_id,product_id,rating,text,reviewed_at\n"


def counts(document: dict[str, object]) -> list[tuple[int, int, int, int]]:
    """Rows read, kept, duplicate and rejected of each file, which must add up."""
    names = ("rows_read", "kept", "duplicates", "rejected")
    found = [tuple(file[name] for name in names) for file in document["files"]]
    assert all(read == kept + twice + rejected for read, kept, twice, rejected in found)
    return found


def texts(shop: Path, table: str = "reviews", column: str = "text") -> list[str]:
    return open_shop(shop).table(table)[column].to_pyarrow().to_pylist()


def snapshot(shop: Path) -> dict[str, bytes]:
    """Every file that a reader of the shop may see."""
    named = json.loads((shop / "manifest.json").read_text(encoding="utf-8"))
    folders = [item["folder"] for kind in ("tables", "answers") for item in named[kind].values()]
    files = [file for folder in folders for file in (shop / folder).rglob("*") if file.is_file()]
    return {str(file): file.read_bytes() for file in (*files, shop / "manifest.json")}


@pytest.fixture
def shop(command, exported, reviews, orders, tmp_path: Path) -> Path:
    """A shop with something to lose."""
    first = exported("reviews.csv", reviews(40))
    second = exported("orders.csv", orders(60))
    assert command("import", first, second, "--shop", tmp_path / "店 shop").code == 0
    return tmp_path / "店 shop"


def write(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(command, shop: Path, path: Path) -> dict[str, object]:
    """Import one file that cannot be imported; the shop must stay as it is."""
    before = snapshot(shop)
    done = command("import", path, "--shop", shop, "--json")
    assert done.code == 3
    assert snapshot(shop) == before
    error = done.document["files"][0]["error"]
    assert all(error[part] for part in ("asked", "found", "do"))
    spoken = command("import", path, "--shop", shop, "--lang", "zh")
    assert spoken.code == 3
    assert path.name in spoken.out
    return error


def test_a_missing_folder(command, shop: Path, tmp_path: Path) -> None:
    before = snapshot(shop)
    done = command("import", tmp_path / "nowhere", "--shop", shop)
    assert done.code == 3
    assert "nowhere" in done.err
    assert "There is no such file or folder." in done.err
    assert "Name the exported files" in done.err
    spoken = command("import", tmp_path / "nowhere", "--shop", shop, "--lang", "zh")
    assert "没有这个文件或文件夹。" in spoken.err
    assert snapshot(shop) == before


def test_a_missing_folder_makes_no_shop(command, tmp_path: Path) -> None:
    assert command("import", tmp_path / "nowhere", "--shop", tmp_path / "new").code == 3
    assert not (tmp_path / "new").exists()


def test_a_folder_without_data_files(command, shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "readme.doc").write_text("hello", encoding="utf-8")
    done = command("import", folder, "--shop", shop, "--json")
    assert (done.code, done.document["error"]) == (3, "SourceNotFoundError")


@pytest.mark.parametrize(
    "content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"], ids=["none", "blank", "bom"]
)
def test_an_empty_file(command, shop: Path, tmp_path: Path, content: bytes) -> None:
    error = refused(command, shop, write(tmp_path, "empty.csv", content))
    assert error["error"] == "UnreadableFileError"


def test_a_header_without_rows(command, shop: Path, tmp_path: Path) -> None:
    done = command("import", write(tmp_path, "none.csv", HEADER), "--shop", shop, "--json")
    assert done.code == 0
    assert counts(done.document) == [(0, 0, 0, 0)]
    assert len(texts(shop)) == 40


def test_a_file_of_another_platform_gets_a_mapping_to_start_from(
    command, shop: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, "erp.csv", "Beleg,Menge,Preis\n1,2,3.5\n2,1,4.0\n")
    error = refused(command, shop, path)
    assert error["error"] == "UnrecognisedFileError"
    assert "Beleg, Menge, Preis" in error["found"]
    suggested = command("import", path, "--shop", shop, "--json").document["files"][0]["mapping"]
    assert "Beleg" in Path(suggested).read_text(encoding="utf-8")


def test_unrecognised_files_do_not_hold_up_the_others(
    command, shop: Path, tmp_path: Path, exported, reviews
) -> None:
    good = exported("more.csv", reviews(50)[40:])
    strange = write(tmp_path, "erp.csv", "Beleg,Menge\n1,2\n")
    done = command("import", strange, good, "--shop", shop, "--json")
    assert done.code == 3
    assert [file["outcome"] for file in done.document["files"]] == ["unrecognised", "imported"]
    assert len(texts(shop)) == 50


def test_a_picture_named_csv(command, shop: Path, tmp_path: Path) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    error = refused(command, shop, write(tmp_path, "photo.csv", png))
    assert error["error"] in ("UnreadableFileError", "UnrecognisedFileError")


@pytest.mark.parametrize("name", ["book.xlsx", "table.parquet"])
def test_bytes_that_are_not_what_the_name_says(
    command, shop: Path, tmp_path: Path, name: str
) -> None:
    assert refused(command, shop, write(tmp_path, name, HEADER))["error"] == "UnreadableFileError"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.xlsx", b"PK\x03\x04" + b"\x00" * 200),
        ("cut.parquet", b"PAR1" + b"\x15\x04" * 50),
        ("cut.csv.gz", gzip.compress(HEADER.encode() * 500)[:40]),
        ("not.csv.gz", HEADER.encode()),
    ],
)
def test_a_damaged_container(
    command, shop: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    assert refused(command, shop, write(tmp_path, name, content))["error"] == "UnreadableFileError"


def test_a_broken_encoding_keeps_the_good_rows_and_the_bad_one_aside(
    command, shop: Path, tmp_path: Path
) -> None:
    lines = [f"b{n},p1,5,茶壶很好 {n},2025-03-01\n".encode() for n in range(20)]
    lines[7] = b"b7,p1,5,\xff\xfe\xb2\xe8 broken,2025-03-01\n"
    path = write(tmp_path, "mixed.csv", HEADER.encode() + b"".join(lines))
    done = command("import", path, "--shop", shop, "--json")
    assert done.code == 0
    assert counts(done.document) == [(20, 19, 0, 1)]
    assert "茶壶很好 3" in texts(shop)


def test_chinese_written_in_gbk_is_read(command, shop: Path, tmp_path: Path) -> None:
    body = "".join(f"g{n},p1,5,物流很快，包装完好 {n},2025-03-01\n" for n in range(12))
    path = write(tmp_path, "gbk.csv", (HEADER + body).encode("gb18030"))
    assert command("import", path, "--shop", shop).code == 0
    assert "物流很快，包装完好 11" in texts(shop)


def test_a_truncated_csv_keeps_every_whole_row(command, shop: Path, tmp_path: Path) -> None:
    body = "".join(f'"t{n}","p1","4","fine {n}","2025-03-01"\n' for n in range(10))
    path = write(tmp_path, "cut.csv", HEADER + body + '"t10","p1","4","the last on')
    done = command("import", path, "--shop", shop, "--json")
    assert done.code == 0
    assert counts(done.document) == [(11, 10, 0, 1)]
    told = command("check", shop, "--rows", "50").out
    assert "cut.csv" in told
    assert "12" in told


def test_truncated_json_lines_keep_every_whole_row(command, shop: Path, tmp_path: Path) -> None:
    rows = [
        {"review_id": f"j{n}", "product_id": "p1", "rating": 2, "text": "坏了 broke"}
        for n in range(5)
    ]
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)[:-9]
    done = command("import", write(tmp_path, "cut.jsonl", content), "--shop", shop, "--json")
    assert counts(done.document) == [(5, 4, 0, 1)]


@pytest.mark.parametrize("mark", [";", "\t", "|"], ids=["semicolon", "tab", "bar"])
def test_a_known_header_with_another_delimiter_is_read(
    command, shop: Path, tmp_path: Path, mark: str
) -> None:
    line = mark.join(("d1", "p1", "5", "good, sturdy", "2025-03-01"))
    path = write(tmp_path, "other.csv", HEADER.replace(",", mark) + line + "\n")
    assert command("import", path, "--shop", shop).code == 0
    assert "good, sturdy" in texts(shop)


def test_a_wrong_delimiter_is_told_with_the_header_that_was_found(
    command, shop: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, "wrong.csv", HEADER.replace(",", "^") + "w1^p1^5^good^2025-03-01\n")
    error = refused(command, shop, path)
    assert "review_id^product_id" in error["found"]


def test_duplicate_keys_keep_the_last_and_count_the_others(
    command, shop: Path, tmp_path: Path
) -> None:
    body = "k1,p1,1,first,2025-03-01\nk2,p1,2,other,2025-03-01\nk1,p1,5,changed,2025-03-02\n"
    done = command("import", write(tmp_path, "twice.csv", HEADER + body), "--shop", shop, "--json")
    assert done.code == 0
    assert counts(done.document) == [(3, 2, 1, 0)]
    assert "changed" in texts(shop)
    assert "first" not in texts(shop)


def test_orphans_are_kept_and_told_by_check(command, shop: Path, tmp_path: Path) -> None:
    content = "order_id,line,product_id,quantity,price\nnobody,1,p1,2,9.90\n"
    path = write(tmp_path, "items.csv", content)
    assert command("import", path, "--shop", shop).code == 0
    document = command("check", shop, "--json").document
    everything = json.dumps(document, ensure_ascii=False)
    assert "order_items" in everything
    assert "orders" in everything
    assert texts(shop, "order_items", "order_id") == ["nobody"]


def run_alone(command, tmp_path: Path, path: Path) -> dict[str, dict[str, object]]:
    """Make a shop of one file and run it; every verb must end in an answer or in words."""
    shop = tmp_path / "alone"
    assert command("import", path, "--shop", shop).code == 0
    done = command("run", shop, "--json")
    assert done.code in (0, 3)
    steps = {step["verb"]: step for step in done.document["steps"]}
    assert {step["outcome"] for step in steps.values()} <= {"answered", "skipped"}
    assert all(step["reason"] for step in steps.values() if step["outcome"] == "skipped")
    assert command("report", shop, "--output", tmp_path / "r.html").code == 0
    return steps


def test_all_texts_empty(command, tmp_path: Path, exported, reviews) -> None:
    path = exported("mute.csv", [row | {"text": ""} for row in reviews(60)])
    steps = run_alone(command, tmp_path, path)
    assert steps["review_sentiment"]["outcome"] == "skipped"
    assert steps["review_sentiment"]["enable"]
    assert steps["overview"]["outcome"] == "answered"


def test_one_class_only(command, tmp_path: Path, exported, reviews) -> None:
    steps = run_alone(command, tmp_path, exported("happy.csv", reviews(80, stars=(5,))))
    assert steps["overview"]["outcome"] == "answered"
    assert "review_sentiment" in steps


def test_ten_reviews_give_no_percentage(command, tmp_path: Path, exported, reviews) -> None:
    steps = run_alone(command, tmp_path, exported("few.csv", reviews(10)))
    assert steps["review_sentiment"]["outcome"] == "skipped"
    assert command("review-sentiment", tmp_path / "alone").code == 3


def test_a_review_of_100_000_characters(command, tmp_path: Path, exported, reviews) -> None:
    rows = reviews(60)
    rows[3]["text"] = "这把茶壶真的很好看 lovely " * 5000
    run_alone(command, tmp_path, exported("long.csv", rows))
    kept = max(len(text or "") for text in texts(tmp_path / "alone"))
    assert kept >= 100_000
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert len(page) < 3_000_000


def test_emoji_survive_the_door(command, shop: Path, tmp_path: Path) -> None:
    said = "👩‍👧 喜欢👍🏽 love it 🫖"
    path = write(tmp_path, "emoji.csv", HEADER + f"e1,p1,5,{said},2025-03-01\n")
    assert command("import", path, "--shop", shop).code == 0
    assert said in texts(shop)


def test_html_in_a_review_reaches_the_report_as_text(
    command, tmp_path: Path, exported, reviews
) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)> 太差 broke"
    rows = [row | {"text": f"{attack} {row['text']}"} for row in reviews(80)]
    run_alone(command, tmp_path, exported("html.csv", rows))
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_a_formula_as_a_product_name_is_kept_as_text(command, shop: Path, tmp_path: Path) -> None:
    formula = '=HYPERLINK(""http://x"",""teapot"")'
    path = write(tmp_path, "products.csv", f'product_id,title,price\np1,"{formula}",9.90\n')
    assert command("import", path, "--shop", shop).code == 0
    (title,) = texts(shop, "products", "title")
    assert "HYPERLINK" in title
    assert command("check", shop).code == 0


def test_terminal_codes_in_a_file_name_do_not_act(command, shop: Path, tmp_path: Path) -> None:
    path = write(tmp_path, "a\x1b[2Jb\u202ec.csv", HEADER + "f1,p1,5,good,2025-03-01\n")
    done = command("import", path, "--shop", shop)
    assert done.code == 0
    assert not {"\x1b", "\u202e"} & set(done.out + done.err)


# The disk is full ---------------------------------------------------------------------------------


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
    command, exported, reviews, tmp_path: Path, small_disk
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
    command, exported, reviews, tmp_path: Path
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
    command, exported, reviews, orders, tmp_path: Path, words: tuple[str, ...]
) -> None:
    shop = tmp_path / "shop"
    files = exported("reviews.csv", reviews(200)), exported("orders.csv", orders(200))
    assert command("import", *files, "--shop", shop).code == 0
    before = snapshot(shop)
    is_told(shopkeeper(*words, shop, most_bytes=2_000))
    assert snapshot(shop) == before
    assert not list(shop.glob("*.html"))
