"""Terms: the quick search finds what a slow one finds."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.vocabulary import Terms

VALUES = {"a": 1, "ab": 2, "a b": 3, "b*": 4, "不": 5, "不好": 6, "好用": 7, "a b c": 8, "ba": 9}
TEXTS = st.text("ab c不好用,", max_size=25)


def slowly(text: str) -> list[tuple[int, int, int]]:
    """Try every term at every place: whole words before beginnings of words, the longest first."""
    found, at = [], 0
    terms = sorted(VALUES, key=lambda term: (term.split()[0].endswith("*"), -len(term)))
    while at < len(text):
        for term in terms:
            end = fits(text, at, term)
            if end:
                found.append((at, end, VALUES[term]))
                at = end - 1
                break
        at += 1
    return found


def fits(text: str, at: int, term: str) -> int:
    """Return where the term ends if it stands at a place, else 0."""
    if not term.isascii():
        return at + len(term) if text.startswith(term, at) else 0
    words = r"\s+".join(re.escape(word) for word in term.removesuffix("*").split())
    pattern = words + ("[abc]*" if term.endswith("*") else "")
    found = re.compile(rf"(?<![abc]){pattern}(?![abc])").match(text, at)
    return found.end() if found else 0


@given(TEXTS)
def test_the_quick_search_finds_what_the_slow_one_finds(text: str) -> None:
    assert Terms(VALUES).found(text) == slowly(text)


def test_words_remembered_do_not_grow_without_bound() -> None:
    terms = Terms({"known": 1})
    for start in range(0, 250_000, 50_000):
        terms.found(" ".join(f"w{number}" for number in range(start, start + 50_000)))
    assert len(terms._seen) <= 100_001
