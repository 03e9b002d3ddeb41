"""Ctrl-C at any moment: exit code 130, one line or one JSON document, and the shop as it was."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHILD = """
import sys
from shopkeeper.__main__ import main
print("listening", file=sys.stderr, flush=True)
main()
"""
# Stops itself when it first touches a path that holds a word: on any machine at the same moment.
STOPS_ITSELF = """
import os, signal, sys
from shopkeeper.__main__ import main
word = sys.argv.pop(1)

def watch(event, details):
    global word
    if event in ("open", "os.mkdir") and word and word in str(details[0]):
        word = ""
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(watch)
main()
"""


def started(*arguments: object) -> subprocess.Popen[str]:
    """Start a command and wait until it hears signals; nothing heavy is loaded by then."""
    words = [sys.executable, "-c", CHILD, *map(str, arguments)]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    assert child.stderr.readline() == "listening\n"
    return child


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """An export that takes a while."""
    path = tmp_path / "reviews.csv"
    row = "p{n},5,质量很好 {n} lovely,2025-03-01 10:00:00\n"
    lines = (f"r{n}," + row.format(n=n) for n in range(300_000))
    path.write_text("review_id,product_id,rating,text,reviewed_at\n" + "".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("wait", [0.0, 0.4])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_import_that_is_stopped_says_so_in_one_line(
    big: Path, tmp_path: Path, wait: float, lang: str
) -> None:
    child = started("import", big, "--shop", tmp_path / "shop", "--lang", lang)
    time.sleep(wait)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    says_that_it_stopped(child.returncode, out, err, lang)


@pytest.mark.parametrize("word", ["reviews.csv", "manifest.json", "/tables/reviews"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_import_that_is_stopped_at_work_leaves_the_shop_as_it_was(
    big: Path, tmp_path: Path, word: str, lang: str
) -> None:
    words = ["import", str(big), "--shop", str(tmp_path / "shop"), "--lang", lang]
    done = subprocess.run(
        [sys.executable, "-c", STOPS_ITSELF, word, *words],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    says_that_it_stopped(done.returncode, done.stdout, done.stderr, lang)
    manifest = tmp_path / "shop" / "manifest.json"
    assert not manifest.exists() or json.loads(manifest.read_text("utf-8"))["tables"] == {}


def says_that_it_stopped(code: int, out: str, err: str, lang: str) -> None:
    said = {"en": "Interrupted; the shop is as it was.", "zh": "已中断；店铺保持原样。"}[lang]
    assert (code, out) == (130, "")
    assert err.splitlines()[-1] == said
    assert "Traceback" not in err


def test_a_stopped_command_is_one_document_in_json(big: Path, tmp_path: Path) -> None:
    child = started("import", big, "--shop", tmp_path / "shop", "--json")
    while not (tmp_path / "shop" / "manifest.json").exists():
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 130
    assert json.loads(out)["error"] == "StoppedError"
    assert json.loads((tmp_path / "shop" / "manifest.json").read_text("utf-8"))["tables"] == {}
