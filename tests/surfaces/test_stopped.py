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


@pytest.mark.parametrize("wait", [0.0, 0.4, 1.0, 1.6])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_import_that_is_stopped_says_so_in_one_line(
    big: Path, tmp_path: Path, wait: float, lang: str
) -> None:
    child = started("import", big, "--shop", tmp_path / "shop", "--lang", lang)
    time.sleep(wait)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    if child.returncode == 0:
        pytest.skip("the import had finished")
    said = {"en": "Interrupted; the shop is as it was.", "zh": "已中断；店铺保持原样。"}[lang]
    assert (child.returncode, out) == (130, "")
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
