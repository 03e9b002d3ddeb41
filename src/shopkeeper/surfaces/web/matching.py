"""A question in Chinese or English → the verbs that answer it, by the words that they share.

There is no model here, and nothing is guessed: every verb has words, those of its name, its title, its
description, its columns, its choices, and a short list of what shopkeepers say instead. A word that few
verbs have weighs more than one that many have (inverse document frequency). What was matched is shown
beside each verb, so that whoever asks can see why. It understands no negation and no comparison.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from shopkeeper.data.metrics import METRICS, Metric
from shopkeeper.surfaces.asking.questions import question_of
from shopkeeper.surfaces.verbs import VERBS
from shopkeeper.surfaces.web.said import CALLED, CUES, OUTSIDE, SAID, SENTENCES
from shopkeeper.words import Words

_LEAST, _SURE, _SHOWN = 0.6, 1.05, 3
"""Score from which a verb is shown, and from which it is answered without asking back; verbs at the most."""
_CUED, _SPOKEN, _NAMED, _TOLD = 1.5, 1.0, 0.8, 0.3
"""Weight of a turn of phrase, of a word that shopkeepers say, of a word of a name or title, and of one of a
description."""
_LATIN = re.compile(r"[a-z][a-z']+")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_PERIODS = {
    "day": (
        "day",
        "days",
        "daily",
        "yesterday",
        "today",
        "昨天",
        "今天",
        "昨日",
        "每天",
        "每日",
        "按天",
        "按日",
        "日报",
    ),
    "week": ("week", "weeks", "weekly", "每周", "这周", "上周", "本周", "按周", "周报"),
    "month": ("month", "months", "monthly", "每月", "上个月", "上月", "本月", "按月", "月报"),
}
_ASIDE = (
    "the a an of to and or in on at for is are was were be been do does did how what which who "
    "whom whose why when where that this these those it its their our my your we i you they me us "
    "with from by as not no can could should would will shall may many much more most each every "
    "one all any some than then there here about into over under show tell give list find see say "
    "says said get got has have had if shop shops store go goes make made take takes"
)
_COMMON = frozenset(_ASIDE.split())
_PLAIN = frozenset(
    ["什么", "怎么", "怎样", "哪些", "哪个", "哪种", "多少", "我们", "他们", "这个", "那个", "有多", "少人", "多人", "顾客", "店铺", "一个",
     "可以", "如何", "是否", "有没", "没有", "多么"]
)  # fmt: skip
_PARTICLES = frozenset("的了在吗是么呢吧和与对把被该谁样什些")


@dataclass(frozen=True, slots=True)
class Match:
    """A verb that fits a question.

    Parameters
    ----------
    verb
        Its name.
    words
        The words that it shares with the question, in its order.
    score
        The sum of their weights.
    """

    verb: str
    words: tuple[str, ...]
    score: float

    @property
    def is_sure(self) -> bool:
        """Whether more than a single word speaks for it."""
        return self.score > _SURE


def matches(text: str) -> list[Match]:
    """Return the verbs that answer a question, the best first; none where none does.

    Parameters
    ----------
    text
        The question.

    Limits
    ------
    Words are compared as they are written, less the endings -s, -ed and -ing; a question in other words
    finds nothing.

    Examples
    --------
    >>> [match.verb for match in matches("在哪一步流失？")][:1]
    ['funnel']
    >>> matches("will it rain tomorrow")
    []
    """
    if outside(text):
        return []
    asked, found = dict.fromkeys(_words(text)), []
    hits = _hits(text.lower())
    for verb, own in _vocabulary().items():
        cues = [hit for hit in hits.get(verb, ()) if not _inside(hit, verb, hits)]
        shared = [word for word in asked if word in own]
        score = sum(own[word] for word in shared) + _CUED * len(cues)
        if score >= _LEAST:
            rest = [word for word in _whole(shared) if not any(word in cue for cue in cues)]
            found.append(Match(verb, (*cues, *rest), score))
    found.sort(key=lambda match: (-match.score, match.verb))
    best = found[0].score if found else 0.0
    return [match for match in found if match.score >= best / 2][:_SHOWN]


def outside(text: str) -> Words | None:
    """Return what a question is about that no shop's data holds; None where it is about nothing such.

    Parameters
    ----------
    text
        The question.

    Examples
    --------
    >>> outside("扣掉成本赚了多少利润").en
    'costs and profit'
    >>> outside("Who comes back?") is None
    True
    """
    low = text.lower()
    latin = {*_LATIN.findall(low)}
    for subject, names in OUTSIDE:
        if any(name in (latin if name.isascii() and " " not in name else low) for name in names):
            return subject
    return None


def period_of(text: str) -> str:
    """Return the length of period that a question names; empty where it names none.

    Examples
    --------
    >>> period_of("sales by week"), period_of("每天的销售额"), period_of("GMV")
    ('week', 'day', '')
    """
    low = text.lower()
    latin = set(_LATIN.findall(low))
    for period, names in _PERIODS.items():
        if any(name in latin if name.isascii() else name in low for name in names):
            return period
    return ""


def sentence_of(text: str) -> str:
    """Return the part of a question that draws a circle around customers; empty where none does.

    Examples
    --------
    >>> sentence_of("三个月没买的老客有多少"), sentence_of("新客和老客哪个花得多")
    ('三个月没买的老客', '')
    """
    low = text.lower()
    found = (re.search(cue, low) for cue in SENTENCES)
    return max((hit[0] for hit in found if hit), key=len, default="")


def metrics_of(text: str) -> list[Metric]:
    """Return the metrics that a question names by their titles, or by what shopkeepers call them.

    Examples
    --------
    >>> (
    ...     [metric.name for metric in metrics_of("复购率多少")],
    ...     [m.name for m in metrics_of("revenue?")],
    ... )
    (['repeat_rate'], ['paid'])
    """
    low = text.lower()
    return [
        one
        for one in METRICS
        if one.title.en.lower() in low
        or one.title.zh.partition("（")[0] in text
        or any(name in low for name in CALLED.get(one.name, ()))
    ]


def _hits(text: str) -> dict[str, list[str]]:
    """Return the turns of phrase that stand in a text, by verb."""
    found = {
        verb: [hit[0] for cue in cues if (hit := cue.search(text))]
        for verb, cues in _cues().items()
    }
    return {verb: [*dict.fromkeys(hits)] for verb, hits in found.items() if hits}


def _inside(hit: str, verb: str, hits: dict[str, list[str]]) -> bool:
    """Say whether a turn of phrase is only a part of a longer one that names another verb."""
    return any(
        hit in one and hit != one for other, more in hits.items() for one in more if other != verb
    )


@cache
def _cues() -> dict[str, list[re.Pattern[str]]]:
    """Return the turns of phrase of every verb."""
    return {verb.name: [re.compile(cue) for cue in CUES.get(verb.name, ())] for verb in VERBS}


@cache
def _vocabulary() -> dict[str, dict[str, float]]:
    """Return the words of every verb with their weights."""
    own: dict[str, dict[str, float]] = {}
    for verb in VERBS:
        question = question_of(verb)
        named = " ".join([verb.name.replace("_", " "), verb.title.en, verb.title.zh])
        own[verb.name] = {
            **dict.fromkeys(_words(f"{question.told.en} {question.told.zh}"), _TOLD),
            **dict.fromkeys(_words(named), _NAMED),
            **dict.fromkeys(_words(SAID.get(verb.name, "")), _SPOKEN),
        }
    verbs = len(own)
    having: dict[str, int] = {}
    for words in own.values():
        for word in words:
            having[word] = having.get(word, 0) + 1
    return {
        verb: {
            word: weight * math.log(1 + verbs / having[word]) / math.log(1 + verbs)
            for word, weight in words.items()
        }
        for verb, words in own.items()
    }


def _words(text: str) -> Iterator[str]:
    """Yield English words without their plural, and Chinese pairs of characters."""
    low = text.lower()
    for word in _LATIN.findall(low):
        stem = _stem(word)
        if word not in _COMMON and stem not in _COMMON:
            yield stem
    for run in _CHINESE.findall(low):
        pairs = (run[at : at + 2] for at in range(len(run) - 1))
        yield from (pair for pair in pairs if pair not in _PLAIN and not _PARTICLES & {*pair})


def _stem(word: str) -> str:
    """Return a word without the endings that English verbs and plurals take.

    Examples
    --------
    >>> [_stem(word) for word in ("complaining", "reviews", "delivered", "process")]
    ['complain', 'review', 'deliver', 'process']
    """
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word.removesuffix(ending)
    return word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word


def _whole(pieces: list[str]) -> list[str]:
    """Return Chinese pairs that overlap as one word again."""
    found: list[str] = []
    for piece in pieces:
        joined = next((at for at, word in enumerate(found) if _overlap(word, piece)), None)
        if joined is None:
            found.append(piece)
        else:
            found[joined] = _overlap(found[joined], piece)
    return found


def _overlap(word: str, piece: str) -> str:
    if word.isascii() or piece.isascii():
        return ""
    if word[-1] == piece[0]:
        return word + piece[1:]
    return piece[:-1] + word if piece[-1] == word[0] else ""
