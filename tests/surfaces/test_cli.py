"""The command line as scripts and people use it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shopkeeper import __version__
from shopkeeper.data import importing
from shopkeeper.data.shop import open_shop
from shopkeeper.data.store import writing
from shopkeeper.surfaces import cli
from shopkeeper.surfaces.verbs import BY_NAME


@pytest.fixture
def shop(command, exported, reviews, orders, tmp_path: Path) -> Path:
    files = exported("reviews.csv", reviews(60, mute=True)), exported("orders.csv", orders(80))
    assert command("import", *files, "--shop", tmp_path / "茶 shop").code == 0
    return tmp_path / "茶 shop"


def test_help_lists_every_command_in_the_language_asked_for(command) -> None:
    english, chinese = command("--help"), command("--help", "--lang", "zh")
    assert (english.code, chinese.code) == (0, 0)
    for name in ("import", "check", "run", "report", "demo", "overview", "sentiment-effect"):
        assert name in english.out
        assert name in chinese.out
    assert "Usage: shopkeeper [OPTIONS] COMMAND" in english.out
    assert "用法：shopkeeper [选项] 命令" in chinese.out
    assert "Show this message" not in chinese.out


def test_no_command_shows_the_help_and_fails(command) -> None:
    done = command()
    assert done.code == 2
    assert "Usage: shopkeeper" in done.out


def test_the_version_is_the_package_s(command) -> None:
    assert command("--version").out.strip() == __version__


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["sell", "x"], "No such command 'sell'", "命令无法识别"),
        (["run"], "Missing argument 'SHOP'", "缺少参数 SHOP"),
        (["run", "x", "--fast"], "No such option", "没有选项 --fast"),
        (["overview", "x", "--period", "year"], "'year' is not one of", "--period 只能是"),
        (["demo", "x", "--seed", "one"], "'one' is not a valid integer", "--seed 的值不可用"),
        (["check", "x", "--rows", "abc"], "--rows", "--rows 的值不可用：应为整数，最小 1。"),
        (["check", "好" * 100], "No file can have such a name", "没有文件能用这样的名称"),
        (["check", ""], "The name is empty", "名称是空的"),
        (["report", "x", "--output", ""], "The name is empty", "名称是空的"),
        (["import", "x", "--shop", ""], "The name is empty", "名称是空的"),
        (["import", "x", "--shop", "n" * 300], "No file can have such", "没有文件能用这样的名称"),
        (["--lang", "en", "check"], "`shopkeeper check --help`", "缺少参数"),
        (["import", "x"], "Missing option '--shop'", "缺少参数"),
    ],
)
def test_a_command_that_cannot_be_understood_is_answered_in_both_languages(
    command, arguments: list[str], english: str, chinese: str
) -> None:
    done = command(*arguments)
    assert done.code == 2
    assert english in done.err
    assert "--help" in done.err
    assert chinese in command(*arguments, "--lang", "zh").err
    error = command(*arguments, "--json").document
    assert (error["error"], error["exit_code"]) == ("UsageError", 2)


def test_a_shop_that_is_not_there(command, tmp_path: Path) -> None:
    for name in ("check", "run", "report", "overview"):
        done = command(name, tmp_path / "gone")
        assert (done.code, done.out) == (2, "")
        assert "There is no shop there" in done.err
    document = command("run", tmp_path / "gone", "--json", "--lang", "zh").document
    assert document["found"] == "那里没有店铺（缺少 manifest.json）。"


def test_json_is_one_document_and_logs_go_to_standard_error(command, shop: Path) -> None:
    for arguments in (["run", shop], ["check", shop], ["overview", shop], ["report", shop]):
        done = command(*arguments, "--json")
        assert isinstance(done.document, dict)
        assert done.code == 0
    assert command("report", shop, "--json").document["report"] == str(shop / "report.html")


def test_a_run_on_unchanged_data_says_that_it_did_nothing(command, shop: Path) -> None:
    first = command("run", shop, "--json").document
    second = command("run", shop, "--json").document
    assert (first["changed"], second["changed"]) == (True, False)
    assert all(step["outcome"] in ("unchanged", "skipped") for step in second["steps"])
    assert "nothing was done" in command("run", shop).out
    assert "没有变化" in command("run", shop, "--lang", "zh").out


def test_a_run_on_unchanged_data_loads_nothing_heavy(command, shop: Path) -> None:
    command("run", shop)
    code = (
        "import sys\n"
        "from shopkeeper.surfaces.cli import main\n"
        "try:\n"
        f"    main(['run', {str(shop)!r}])\n"
        "finally:\n"
        "    print(sorted({'duckdb', 'ibis', 'numpy', 'pyarrow', 'sklearn', 'torch'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_importing_the_same_files_again_changes_nothing(
    command, shop: Path, exported, reviews
) -> None:
    before = (shop / "manifest.json").read_bytes()
    done = command("import", exported("reviews.csv", reviews(60, mute=True)), "--shop", shop)
    assert done.code == 0
    assert "unchanged" in done.out
    assert (shop / "manifest.json").read_bytes() == before


def test_a_run_without_data_says_what_would_enable_it(command, exported, tmp_path: Path) -> None:
    path = exported("sellers.csv", [{"seller_id": "s1", "city": "杭州"}])
    assert command("import", path, "--shop", tmp_path / "s").code == 0
    done = command("run", tmp_path / "s")
    assert done.code == 3
    assert "Import reviews" in done.out
    assert "请导入评价" in command("run", tmp_path / "s", "--lang", "zh").out


def test_a_new_shop_speaks_the_language_in_which_it_was_made(
    command, exported, reviews, tmp_path: Path
) -> None:
    path = exported("r.csv", reviews(5))
    assert command("import", path, "--shop", tmp_path / "店", "--lang", "zh").code == 0
    settings = open_shop(tmp_path / "店").settings
    assert (settings.language, settings.name) == ("zh", "店")
    assert "分析" in command("run", tmp_path / "店").out
    assert "verb" in command("run", tmp_path / "店", "--lang", "en").out


def test_a_setting_that_cannot_be_used(command, shop: Path) -> None:
    (shop / "shop.toml").write_text('curency = "CNY"\n', encoding="utf-8")
    done = command("run", shop)
    assert done.code == 2
    assert "'curency' is no setting" in done.err


def test_a_shop_that_another_process_writes_to(command, shop: Path, exported, reviews) -> None:
    later = exported("later.csv", reviews(70)[60:])
    with writing(shop):
        done = command("import", later, "--shop", shop)
    assert done.code == 5
    assert "Another process is writing to it." in done.err


def test_a_stored_answer_is_shown_without_asking_again(
    command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("run", shop)
    shown = command("overview", shop)
    monkeypatch.setattr("shopkeeper.surfaces.verbs.Verb.load", lambda self: pytest.fail("asked"))
    assert cli.ask_verb(BY_NAME["overview"], cli.Asked("en"), shop, period="month") == 0
    assert shown.code == 0


def test_a_defect_is_told_in_words_and_the_traceback_only_on_request(
    command, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exported, reviews
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by a customer's e-mail ann@example.com")

    path = exported("more.csv", reviews(3))
    monkeypatch.setattr(importing, "import_files", broken)
    done = command("import", path, "--shop", shop)
    assert done.code == 1
    assert "This is a defect in shopkeeper (ZeroDivisionError)." in done.err
    assert "ann@example.com" not in done.err
    assert "缺陷" in command("import", path, "--shop", shop, "--lang", "zh").err
    assert "要执行：import。" in command("--lang", "zh", "import", path, "--shop", shop).err
    assert command("import", path, "--shop", shop, "--json").document["exit_code"] == 1
    monkeypatch.setenv("SHOPKEEPER_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["import", str(path), "--shop", str(shop)])


def test_too_little_memory_is_no_defect(
    command, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(importing, "import_files", hungry)
    done = command("import", shop, "--shop", shop)
    assert done.code == 1
    assert "memory_limit" in done.err


def program(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "shopkeeper", *map(str, arguments)]


def test_a_reader_that_goes_away_is_no_error(shop: Path) -> None:
    line = " ".join(f"'{word}'" for word in program("overview", shop, "--json"))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line} | head -c 1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("{", 0)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_an_interruption_ends_with_130(tmp_path: Path) -> None:
    child = subprocess.Popen(
        program("demo", tmp_path / "d", "--customers", 300_000),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stderr is not None
    assert "Building a demo shop" in child.stderr.readline()
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate()
    assert child.returncode == 130
    assert "Traceback" not in err


def test_a_terminal_that_knows_only_ascii_still_gets_an_answer(shop: Path) -> None:
    done = subprocess.run(
        program("overview", shop, "--lang", "zh"),
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 0
    assert b"\\u" in done.stdout


@pytest.mark.parametrize("name", [".", "./", "../shop"])
def test_a_shop_may_be_the_folder_in_which_one_stands(
    command, shop: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(shop)
    done = command("check", name if shop.name == "shop" else ".")
    assert done.code == 0, done.err


def test_what_lies_beside_the_data_is_named(command, exported, tmp_path: Path) -> None:
    folder = exported("reviews.csv", [{"review_id": "1", "text": "good", "rating": "5"}]).parent
    (folder / "old.zip").write_bytes(b"PK")
    (folder / "more").mkdir()
    (folder / ".DS_Store").write_bytes(b"")
    done = command("import", folder, "--shop", tmp_path / "s")
    assert "Not looked at: more/, old.zip." in done.out
    told = command("import", folder, "--shop", tmp_path / "s", "--json").document
    assert told["skipped"] == ["more/", "old.zip"]


def test_an_import_of_which_nothing_is_usable_fails_and_says_why(
    command, exported, reviews, tmp_path: Path
) -> None:
    path = exported("lines.csv", [{"ord": "1", "line": "L0", "qty": "1", "price": "2"}])
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'table = "order_items"\n[columns]\norder_id = "ord"\nline = "line"\nquantity = "qty"\nprice = "price"\n'
    )
    line = ["import", path, "--shop", tmp_path / "s", "--mapping", mapping]
    english, chinese = command(*line, "--lang", "en"), command(*line, "--lang", "zh")
    assert (english.code, chinese.code) == (3, 3)
    assert "nothing usable" in english.out
    assert "cannot read “L0” as a whole number" in english.out.splitlines()[-1]
    assert "没有可用的行" in chinese.out
    document = command(*line, "--json").document
    assert document["files"][0]["error"]["exit_code"] == 3
    beside = command("import", exported("reviews.csv", reviews(5)), *line[1:])
    assert beside.code == 0
