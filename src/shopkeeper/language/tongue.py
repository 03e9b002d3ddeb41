"""Which language a text is in: by its scripts, then by frequent words and by spelling.

Scripts decide where they can. Among languages in Latin letters each word is taken as drawn from the
language's frequent words, or else as spelled by its trigrams of letters (naive Bayes). Letters that
no language would put so, codes and numbers say nothing. No model is loaded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.frequent import PLAIN, SHOPPING
from shopkeeper.language.text import normalise

UNKNOWN = "und"
SURE = 0.55
"""Posterior below which a text in Latin letters is said to be in no known language."""

_READ = 1_000
_WORDS = 30
_SETTLING = 20
_SIGN = 2.0 / 3
"""Words that one sign of a script without spaces stands for; a Chinese word has 1.5 signs."""

_SCRIPTS = (
    ("Latin", "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"),
    ("Han", "\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"),
    ("Kana", "\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff"), ("Hangul", "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e"),
    ("Cyrillic", "\u0400-\u052f"), ("Arabic", "\u0621-\u065f\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f"),
    ("Thai", "\u0e01-\u0e3a\u0e40-\u0e4e"), ("Greek", "\u0370-\u03ff\u1f00-\u1fff"),
    ("Hebrew", "\u05d0-\u05ea"), ("Devanagari", "\u0900-\u097f"), ("Lao", "\u0e81-\u0edd"),
    ("Burmese", "\u1000-\u109f"), ("Khmer", "\u1780-\u17d3"), ("Bengali", "\u0980-\u09ff"),
    ("Tamil", "\u0b80-\u0bff"), ("Georgian", "\u10d0-\u10ff"), ("Armenian", "\u0531-\u0587"),
)  # fmt: skip
_SIGNS = ("Han", "Kana", "Thai", "Lao", "Burmese", "Khmer")
_ONLY = {
    "Hangul": "ko", "Thai": "th", "Greek": "el", "Hebrew": "he", "Devanagari": "hi", "Lao": "lo",
    "Burmese": "my", "Khmer": "km", "Bengali": "bn", "Tamil": "ta", "Georgian": "ka",
    "Armenian": "hy",
}  # fmt: skip
_OWN_LETTERS = (("Cyrillic", "іїєґ", "uk"), ("Arabic", "پچژگک", "fa"))
_RUN = re.compile("|".join(f"(?P<{name}>[{letters}]+)" for name, letters in _SCRIPTS))
_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+|(?=\w*\d)[^\W\u3005-\u9fff\uac00-\ud7a3]+",
    re.IGNORECASE,
)
_LATIN = re.compile(f"[{_SCRIPTS[0][1]}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LANGUAGES = tuple(PLAIN)
_CLASSES = (*_LANGUAGES, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language of a text.

    Parameters
    ----------
    language
        ISO 639-1; `und` where nothing tells.
    certainty
        Posterior of the language among those that share its script; 0 for `und`.
    shares
        Share of each script, counted in words (three signs of Chinese, Japanese or Thai count as
        two words); the largest first. Empty where there are no letters.
    """

    language: str
    certainty: float
    shares: dict[str, float]

    @property
    def mixed(self) -> bool:
        """Whether a second script has a fifth of the words or more."""
        return sum(share >= 0.2 for share in _apart(self.shares).values()) > 1


def tongue(text: str) -> Tongue:
    """Return the language of a text.

    Parameters
    ----------
    text
        Any text; the first 1,000 characters are read. Addresses, mentions and
        words with digits are passed over.

    Limits
    ------
    Eleven languages in Latin letters are told apart. One word that several of them share ("super",
    "ok") is in none. Of a mixed text the language with the most words is named. Cantonese counts as
    Chinese, Ukrainian is known by its own letters.

    Examples
    --------
    >>> [tongue(text).language for text in ("质量很好", "muito bom", "very good", "12345")]
    ['zh', 'pt', 'en', 'und']
    >>> tongue("这个 case 很好").shares
    {'Han': 0.73, 'Latin': 0.27}
    """
    plain = _plain(text)
    words: dict[str, float] = {}
    for match in _RUN.finditer(plain):
        script = match.lastgroup or ""
        size = len(match.group()) * _SIGN if script in _SIGNS else 1
        words[script] = words.get(script, 0) + size
    total, order = sum(words.values()), sorted(words, key=lambda name: -words[name])
    shares = {name: round(words[name] / total, 2) for name in order}
    if not shares:
        return Tongue(UNKNOWN, 0.0, {})
    script = _script(shares)
    if script == "Latin":
        return _named(_posterior(plain), shares)
    return Tongue(_by_script(script, plain, words), 1.0, shares)


def languages(texts: Sequence[str], *, settle: bool = False) -> list[str]:
    """Return the language of each text, equal texts read once.

    Parameters
    ----------
    texts
        Texts.
    settle
        Take what is common among the texts for likelier (the shares of the languages among those
        in Latin letters are the prior of each), so that a word which two languages share is in the
        shop's own. `und` is then left only where there are no letters, or no language is sure.

    Examples
    --------
    >>> languages(["Muito bom!", "", "好", "excelente"])
    ['pt', 'und', 'zh', 'und']
    >>> languages(["Muito bom!", "não recomendo", "excelente"], settle=True)
    ['pt', 'pt', 'pt']
    """
    distinct = list(dict.fromkeys(texts))
    found = {text: tongue(text) for text in distinct}
    named = {text: one.language for text, one in found.items()}
    if settle:
        latin = [text for text in distinct if _script(found[text].shares) == "Latin"]
        named |= dict(zip(latin, _settled(latin, [named[text] for text in latin]), strict=True))
    return [named[text] for text in texts]


def _settled(texts: list[str], named: list[str]) -> list[str]:
    if not any(name != UNKNOWN for name in named):
        return named
    likely = np.stack([_posterior(_plain(text))[:-1] for text in texts]) + 1e-12
    prior = np.full(len(_LANGUAGES), 1 / len(_LANGUAGES))
    for _ in range(_SETTLING):
        weighed = likely * prior
        weighed /= weighed.sum(axis=1, keepdims=True)
        prior = weighed.mean(axis=0) + 1e-4
    return [_LANGUAGES[best] for best in (likely * prior).argmax(axis=1).tolist()]


def _plain(text: str) -> str:
    return _NOISE.sub(" ", normalise(text[:_READ]))


def _script(shares: dict[str, float]) -> str:
    return max(_apart(shares).items(), key=lambda pair: pair[1], default=("", 0.0))[0]


def _apart(shares: dict[str, float]) -> dict[str, float]:
    """Return the shares with Chinese signs and kana as one, as Japanese writes them."""
    apart = dict(shares)
    if "Kana" in apart:
        apart["Han"] = apart.get("Han", 0.0) + apart.pop("Kana")
    return apart


def _by_script(script: str, plain: str, words: dict[str, float]) -> str:
    if script == "Han":
        # Chinese shops write の for 的, and little else in kana.
        kana, han = words.get("Kana", 0) - plain.count("の") * _SIGN, words.get("Han", 0)
        return "ja" if kana > 0.1 * (kana + han) or (kana > 0 and han == 0) else "zh"
    for name, letters, language in _OWN_LETTERS:
        if script == name:
            return language if any(letter in plain for letter in letters) else _COMMON[name]
    return _ONLY.get(script, UNKNOWN)


_COMMON = {"Cyrillic": "ru", "Arabic": "ar"}


def _named(posterior: NDArray[np.float64], shares: dict[str, float]) -> Tongue:
    best = int(posterior.argmax())
    if _CLASSES[best] == UNKNOWN or posterior[best] < SURE:
        return Tongue(UNKNOWN, 0.0, shares)
    return Tongue(_CLASSES[best], round(float(posterior[best]), 4), shares)


def _posterior(plain: str) -> NDArray[np.float64]:
    score = np.zeros(len(_CLASSES))
    for match in islice(_WORD.finditer(plain), _WORDS):
        if _LATIN.match(match.group()):
            score = score + _score(match.group().replace("’", "'"))
    posterior = np.exp(score - score.max())
    made: NDArray[np.float64] = posterior / posterior.sum()
    return made


@lru_cache(maxsize=50_000)
def _score(word: str) -> NDArray[np.float64]:
    """Return log P(word | language), one column a language and the last one for none."""
    lists, letters = _lists(), _letters()
    listed = lists.get(word)
    if listed is None:
        listed = lists.get(_bare(word), _NOTHING) * 0.5
    framed = f"  {word[:_LETTERS]} "
    spelled = np.ones(len(_LANGUAGES))
    for end in range(2, len(framed)):
        shares = (letters.get(framed[start : end + 1]) for start in (end - 2, end - 1, end))
        parts = (w * s for w, s in zip(_BACK_OFF, shares, strict=True) if s is not None)
        spelled *= sum(parts, _RARE)
    anything = float(np.exp(-_GUESS * (len(framed) - 2)))
    likelihood = 0.5 * listed + 0.3 * spelled + 0.2 * anything
    made: NDArray[np.float64] = np.log(np.append(likelihood, anything))
    return made


_NOTHING = np.zeros(len(_LANGUAGES))
_BACK_OFF = (0.5, 0.3, 0.18)
_RARE = np.full(len(_LANGUAGES), 0.02 / 40)
_LETTERS = 20
_GUESS = 2.7
"""Nats a letter of a string that is in no language; those of the languages have about two."""


@cache
def _lists() -> dict[str, NDArray[np.float64]]:
    """Return P(word | language) of the listed words, under their spelling and without accents."""
    listed: dict[str, NDArray[np.float64]] = {}
    # Words without meaning are about two thirds of what is written. The longest list divides, so
    # that a word of a short list says no more than one of a long list.
    for lists, weight in ((PLAIN, 0.65), (SHOPPING, 0.35)):
        longest = max(len(words.split()) for words in lists.values())
        for column, name in enumerate(_LANGUAGES):
            for word in lists[name].split():
                listed.setdefault(word, np.zeros(len(_LANGUAGES)))[column] += weight / longest
    for word, share in list(listed.items()):
        listed.setdefault(_bare(word), share)
    return listed


@cache
def _letters() -> dict[str, NDArray[np.float64]]:
    """Return P(last letter | the letters before it, language) for runs of one to three letters."""
    counts: dict[str, NDArray[np.float64]] = {}
    before: dict[str, NDArray[np.float64]] = {}
    for column, name in enumerate(_LANGUAGES):
        for word in {*PLAIN[name].split(), *SHOPPING[name].split()}:
            framed = f"  {word[:_LETTERS]} "
            for end in range(2, len(framed)):
                for start in (end - 2, end - 1, end):
                    run = framed[start : end + 1]
                    counts.setdefault(run, np.zeros(len(_LANGUAGES)))[column] += 1
                    key = f"{len(run)}{run[:-1]}"
                    before.setdefault(key, np.zeros(len(_LANGUAGES)))[column] += 1
    return {
        run: count / np.maximum(before[f"{len(run)}{run[:-1]}"], 1) for run, count in counts.items()
    }


def _bare(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    return "".join(part for part in parts if not unicodedata.combining(part))
