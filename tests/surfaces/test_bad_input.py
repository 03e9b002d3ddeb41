"""Bad input at the command line: a clear answer, never a traceback, and nothing is lost."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = "review_id,product_id,rating,text,reviewed_at\n"


def packed() -> bytes:
    """A zip archive that is no workbook."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("orders.csv", "a,b\n")
    return whole.getvalue()


def counts(document: dict[str, object]) -> list[tuple[int, int, int, int]]:
    """Rows read, kept, duplicate and rejected of each file, which must add up."""
    names = ("rows_read", "kept", "duplicates", "rejected")
    found = [tuple(file[name] for name in names) for file in document["files"]]
    assert all(read == kept + twice + rejected for read, kept, twice, rejected in found)
    return found


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


@pytest.fixture
def refused(command, shop: Path, snapshot) -> Callable[[Path], dict[str, object]]:
    """Import one file that cannot be imported; the shop must stay as it is."""

    def run(path: Path) -> dict[str, object]:
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

    return run


def test_a_missing_folder(command, shop: Path, tmp_path: Path, snapshot) -> None:
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
def test_an_empty_file(tmp_path: Path, content: bytes, refused) -> None:
    error = refused(write(tmp_path, "empty.csv", content))
    assert error["error"] == "UnreadableFileError"


def test_a_header_without_rows(command, shop: Path, tmp_path: Path, texts) -> None:
    done = command("import", write(tmp_path, "none.csv", HEADER), "--shop", shop, "--json")
    assert done.code == 0
    assert counts(done.document) == [(0, 0, 0, 0)]
    assert len(texts(shop)) == 40


def test_a_file_of_another_platform_gets_a_mapping_to_start_from(
    command, shop: Path, tmp_path: Path, refused
) -> None:
    path = write(tmp_path, "erp.csv", "Beleg,Menge,Preis\n1,2,3.5\n2,1,4.0\n")
    error = refused(path)
    assert error["error"] == "UnrecognisedFileError"
    assert "Beleg, Menge, Preis" in error["found"]
    suggested = command("import", path, "--shop", shop, "--json").document["files"][0]["mapping"]
    assert "Beleg" in Path(suggested).read_text(encoding="utf-8")


def test_unrecognised_files_do_not_hold_up_the_others(
    command, shop: Path, tmp_path: Path, exported, reviews, texts
) -> None:
    good = exported("more.csv", reviews(50)[40:])
    strange = write(tmp_path, "erp.csv", "Beleg,Menge\n1,2\n")
    done = command("import", strange, good, "--shop", shop, "--json")
    assert done.code == 3
    assert [file["outcome"] for file in done.document["files"]] == ["unrecognised", "imported"]
    assert len(texts(shop)) == 50


def test_a_picture_named_csv(tmp_path: Path, refused) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    error = refused(write(tmp_path, "photo.csv", png))
    assert error["error"] in ("UnreadableFileError", "UnrecognisedFileError")


@pytest.mark.parametrize("name", ["book.xlsx", "table.parquet"])
def test_bytes_that_are_not_what_the_name_says(tmp_path: Path, name: str, refused) -> None:
    assert refused(write(tmp_path, name, HEADER))["error"] == "UnreadableFileError"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.xlsx", b"PK\x03\x04" + b"\x00" * 200),
        ("cut.parquet", b"PAR1" + b"\x15\x04" * 50),
        ("cut.csv.gz", gzip.compress(HEADER.encode() * 500, mtime=0)[:40]),
        ("not.csv.gz", HEADER.encode()),
    ],
)
def test_a_damaged_container(tmp_path: Path, name: str, content: bytes, refused) -> None:
    assert refused(write(tmp_path, name, content))["error"] == "UnreadableFileError"


def test_a_broken_encoding_keeps_the_good_rows_and_the_bad_one_aside(
    command, shop: Path, tmp_path: Path, texts
) -> None:
    lines = [f"b{n},p1,5,茶壶很好 {n},2025-03-01\n".encode() for n in range(20)]
    lines[7] = b"b7,p1,5,\xff\xfe\xb2\xe8 broken,2025-03-01\n"
    path = write(tmp_path, "mixed.csv", HEADER.encode() + b"".join(lines))
    done = command("import", path, "--shop", shop, "--json")
    assert done.code == 0
    assert counts(done.document) == [(20, 19, 0, 1)]
    assert "茶壶很好 3" in texts(shop)


def test_chinese_written_in_gbk_is_read(command, shop: Path, tmp_path: Path, texts) -> None:
    body = "".join(f"g{n},p1,5,物流很快，包装完好 {n},2025-03-01\n" for n in range(12))
    path = write(tmp_path, "gbk.csv", (HEADER + body).encode("gb18030"))
    assert command("import", path, "--shop", shop).code == 0
    assert "物流很快，包装完好 11" in texts(shop)


def test_chinese_written_in_big5_is_read(command, shop: Path, tmp_path: Path, texts) -> None:
    body = "".join(f"b{n},p1,5,這個茶壺很漂亮，品質也很好 {n},2025-03-01\n" for n in range(12))
    path = write(tmp_path, "big5.csv", (HEADER + body).encode("big5"))
    assert command("import", path, "--shop", shop).code == 0
    assert "這個茶壺很漂亮，品質也很好 11" in texts(shop)


def test_an_encoding_in_doubt_is_refused(tmp_path: Path, refused) -> None:
    body = "x1,p1,5,這個茶壺很漂亮品質也好,2025-03-01\n".encode("big5")
    body += "x2,p1,5,物流很快包装完好下次再来,2025-03-01\n".encode("gbk")
    error = refused(write(tmp_path, "both.csv", HEADER.encode() + body * 9))
    assert "GBK or in Big5" in error["found"]


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


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.zip", b"PK\x03\x04" + b"\x00" * 200, "It is a zip archive."),
        ("a.csv", packed(), "It is a zip archive."),
        ("a.pdf", b"%PDF-1.4\n1 0 obj", "It is a PDF, not a table."),
        ("a.xls", b"a,b\n1,2\n", "Its bytes are no xls file."),
    ],
)
def test_what_is_sent_in_place_of_a_table_is_called_by_its_name(
    tmp_path: Path, refused, name: str, content: bytes, found: str
) -> None:
    assert refused(write(tmp_path, name, content))["found"] == found


def test_a_file_that_may_not_be_read_is_not_a_full_disk(
    tmp_path: Path, refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, "secret.csv.gz", HEADER)
    monkeypatch.setattr(gzip, "open", denied)
    assert refused(path)["found"] == "It cannot be opened: Permission denied."


def test_a_folder_without_tables_says_where_they_may_be(command, tmp_path: Path) -> None:
    folder = tmp_path / "sent"
    (folder / "2024").mkdir(parents=True)
    assert "folders that may hold some: 2024" in command("import", folder, "--shop", "x").err
    (folder / "all.zip").write_bytes(b"PK")
    assert "to unpack first: all.zip" in command("import", folder, "--shop", "x").err


def test_a_shop_is_no_export(command, shop: Path, tmp_path: Path) -> None:
    done = command("import", shop, "--shop", tmp_path / "other")
    assert (done.code, "That folder is a shop itself." in done.err) == (3, True)


def test_a_name_with_a_space_is_quoted_in_what_to_type(command, tmp_path: Path) -> None:
    told = command("check", tmp_path / "my shop").err
    assert f"--shop '{tmp_path / 'my shop'}'" in told


def test_a_language_that_is_not_spoken_is_no_fault_of_the_settings(
    command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPKEEPER_LANG", "xx")
    done = command("check", shop)
    assert (done.code, "SHOPKEEPER_LANG" in done.err, "shop.toml" in done.err) == (2, True, False)


def test_a_mapping_that_is_not_utf_8_says_how_to_save_it(
    command, shop: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, "erp.csv", "Beleg,Menge\n1,2\n")
    mapping = write(tmp_path, "m.toml", '# 列映射\ntable = "orders"\n'.encode("gbk"))
    done = command("import", path, "--shop", shop, "--mapping", mapping)
    assert (done.code, "save it as UTF-8" in done.err) == (2, True)


def test_one_json_object_full_of_things_is_one_failed_file(tmp_path: Path, refused) -> None:
    things = {f"item {n}": {"attributes": [n, n + 1]} for n in range(1500)}
    error = refused(write(tmp_path, "things.json", json.dumps(things)))
    assert error["error"] == "UnreadableFileError"
    assert "an object with 1,500 keys" in error["found"]


@pytest.mark.parametrize("mark", [";", "\t", "|"], ids=["semicolon", "tab", "bar"])
def test_a_known_header_with_another_delimiter_is_read(
    command, shop: Path, tmp_path: Path, mark: str, texts
) -> None:
    line = mark.join(("d1", "p1", "5", "good, sturdy", "2025-03-01"))
    path = write(tmp_path, "other.csv", HEADER.replace(",", mark) + line + "\n")
    assert command("import", path, "--shop", shop).code == 0
    assert "good, sturdy" in texts(shop)


def test_a_wrong_delimiter_is_told_with_the_header_that_was_found(tmp_path: Path, refused) -> None:
    path = write(tmp_path, "wrong.csv", HEADER.replace(",", "^") + "w1^p1^5^good^2025-03-01\n")
    error = refused(path)
    assert "review_id^product_id" in error["found"]


def test_duplicate_keys_keep_the_last_and_count_the_others(
    command, shop: Path, tmp_path: Path, texts
) -> None:
    body = "k1,p1,1,first,2025-03-01\nk2,p1,2,other,2025-03-01\nk1,p1,5,changed,2025-03-02\n"
    done = command("import", write(tmp_path, "twice.csv", HEADER + body), "--shop", shop, "--json")
    assert done.code == 0
    assert counts(done.document) == [(3, 2, 1, 0)]
    assert "changed" in texts(shop)
    assert "first" not in texts(shop)


def test_orphans_are_kept_and_told_by_check(command, shop: Path, tmp_path: Path, texts) -> None:
    content = "order_id,line,product_id,quantity,price\nnobody,1,p1,2,9.90\n"
    path = write(tmp_path, "items.csv", content)
    assert command("import", path, "--shop", shop).code == 0
    document = command("check", shop, "--json").document
    findings = {row["finding"]: row["rows"] for row in document["table"]}
    assert findings["order_items.unknown_orders"] == 1
    assert texts(shop, "order_items", "order_id") == ["nobody"]


def test_emoji_survive_the_door(command, shop: Path, tmp_path: Path, texts) -> None:
    said = "👩‍👧 喜欢👍🏽 love it 🫖"
    path = write(tmp_path, "emoji.csv", HEADER + f"e1,p1,5,{said},2025-03-01\n")
    assert command("import", path, "--shop", shop).code == 0
    assert said in texts(shop)


def test_a_formula_as_a_product_name_is_kept_as_text(
    command, shop: Path, tmp_path: Path, texts
) -> None:
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


def test_a_corrected_file_is_not_counted_twice_in_what_the_tables_hold(
    command, tmp_path: Path, exported, reviews
) -> None:
    shop = tmp_path / "again"
    for name, count in (("one.csv", 20), ("two.csv", 24)):
        assert command("import", exported(name, reviews(count)), "--shop", shop).code == 0
    told = " ".join(command("check", shop, "--json").document["summary"])
    assert "44 kept" in told
    assert "the tables hold: reviews 24." in told


def test_the_reasons_in_the_report_add_up_to_the_rejected_rows(
    command, tmp_path: Path, exported
) -> None:
    rows = [
        {
            "order_id": f"o{n}",
            "customer_id": "c1",
            "ordered_at": "2025-01-01" if n > 12 else f"day {n}",
        }
        for n in range(30)
    ]
    rows += [{"order_id": "", "customer_id": "c1", "ordered_at": "2025-01-01"}]
    shop = tmp_path / "dirty"
    assert command("import", exported("orders.csv", rows), "--shop", shop).code == 0
    assert command("report", shop).code == 0
    page = (shop / "report.html").read_text(encoding="utf-8")
    part = re.sub(
        "<[^>]+>", " ", page.split("Why rows were rejected", 1)[1].split("</table>", 1)[0]
    )
    assert sum(int(word) for word in part.split() if word.isdigit()) == 14
    assert "Other reasons" not in part
