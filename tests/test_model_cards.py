"""Model cards: both languages say the same things, and what they name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CARDS = sorted((ROOT / "docs" / "models").glob("*.md"))
ENGLISH = [path for path in CARDS if not path.name.endswith(".zh.md")]
HEADINGS = {
    "What it is": "是什么",
    "Data": "数据",
    "Licence": "许可",
    "How good it is": "效果",
    "Limits": "局限",
    "Do not use for": "请勿用于",
}


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_a_card_says_the_same_in_both_languages(path: Path) -> None:
    english = path.read_text(encoding="utf-8")
    chinese = path.with_suffix(".zh.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", english, re.M) == list(HEADINGS)
    assert re.findall(r"^## (.*)$", chinese, re.M) == list(HEADINGS.values())
    shapes = [re.findall(r"^(- |\|)", text, re.M) for text in (english, chinese)]
    assert shapes[0] == shapes[1]
    numbers = [sorted(re.findall(r"\d\.\d{3}|\d+ %|\d+%", text)) for text in (english, chinese)]
    assert [n.replace(" ", "") for n in numbers[0]] == [n.replace(" ", "") for n in numbers[1]]


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.name)
def test_what_a_card_names_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (path.parent / link).exists()
    for name in re.findall(r"`(language/\w+\.py)`", text):
        assert (ROOT / "src" / "shopkeeper" / name).exists()
    for name in re.findall(r"`python (benchmarks/\w+\.py)", text):
        assert (ROOT / name).exists()
    assert "FIGURES" not in text
