"""What the shop's own categories and places are called in a sentence, and the phrases that name them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from shopkeeper.language.folding import folded
from shopkeeper.operations.segments.rules import Condition
from shopkeeper.operations.segments.spoken.places import place_names

Names = Mapping[str, tuple[str, ...]]
"""By each name, as it is folded, what it can mean: one value, or several where it is not clear."""
_SHORT_CODE = re.compile(r"[a-z]{1,3}")
_WORDS = frozenset(
    ["am", "an", "as", "at", "be", "by", "do", "in", "is", "it", "me", "my", "no", "so", "to", "us"]
)
"""Codes of countries and states that are English words too: “bought from us” speaks of no country."""
_CHINESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_QUOTE = r"[\"'“”‘’「」《》]?"
_BOUGHT = r"(?:buy|bought|purchased?|ordered|order|shopped (?:for|in))"
_EN_BEFORE = r"(?:(?:any|some|from|in|of|things?|products?|items?|goods|something|anything) )*(?:the )?(?:category )?"
_EN_AFTER = r"(?: (?:category|products?|items?|goods|things)(?![a-z]))?"
_ZH_BOUGHT = r"(?:购买|选购|入手|买)\s?(?:过|了)?"
_ZH_BEFORE = r"\s?(?:类目|品类|类别)?\s?(?:为|是|[::])?\s?"
_ZH_AFTER = r"\s?(?:这个|这一)?(?:类目|品类|类别|类)?(?:商品|产品)?"
_NOT = (
    r"(?:从来|从|至今|都)*(?:没有|没|未曾|不曾|未)\s?{zh}|(?:从来不|从不|不)\s?{zh}"
    r"|(?:(?:have|has|had|did|do|does)(?: not|n['’]t)|never|(?<![a-z])not)(?: (?:ever|yet|have|has))* {en} "
    r"|{en} no |(?<![a-z])without (?:having )?(?:bought|buying|purchasing|ordering) |(?<=but )not |(?<=and )not "
)
_BUYS = r"(?:曾经|曾|有)?{zh}|(?:(?:have|has|had) )?{en} |buyers of |buying "
_IN = (
    r"来自|住在|居住在|(?<!不)(?<!没)在"
    r"|(?:(?:who )?(?:are |is )?(?:living|live|lives|based|located) )?(?<!not )(?<!n't )(?<!outside )(?:in|from) (?:the )?"
)


def names_of(trait: str, values: Iterable[str], spelt: Mapping[str, Iterable[str]]) -> Names:
    """Return what a trait's values can be called.

    Parameters
    ----------
    trait
        `category`, `region`, `city` or `country`.
    values
        What the shop's customers have bought, or where they live.
    spelt
        Further names of each category, in whatever language.

    Examples
    --------
    >>> names_of("category", ["food"], {"food": ["Food", "食品"]})
    {'food': ('food',), '食品': ('food',)}
    """
    found: dict[str, set[str]] = {}
    known = set(values)
    for value in sorted(known):
        further = spelt.get(value, ()) if trait == "category" else place_names(value)
        for name in (value, value.replace("_", " "), *further):
            found.setdefault(" ".join(folded(name).text.split()), set()).add(value)
    # A place that is written so is that place, even where another is so called for short.
    exact = {} if trait == "category" else {folded(one).text: {one} for one in sorted(known)}
    return {name: tuple(sorted(meant)) for name, meant in (found | exact).items() if name}


def patterns(trait: str, name: str, value: str) -> Iterator[tuple[re.Pattern[str], Condition]]:
    """Yield the patterns in which a name is said, and the condition that each of them stands for."""
    first, last = (not _CHINESE.match(one) for one in (name[0], name[-1]))
    word = f"{'(?<![a-z0-9])' if first else ''}{re.escape(name)}{'(?![a-z0-9])' if last else ''}"
    if trait != "category":
        maybe = "" if _SHORT_CODE.fullmatch(name) else "?"
        inside = _IN.replace("(?:the )?", "the ") if name in _WORDS else _IN
        yield _p(rf"(?:{inside}){maybe}{word}(?:省|市|地区)?"), Condition(trait, "is", value)
        return
    thing = rf"(?:{_ZH_BEFORE}|{_EN_BEFORE}){_QUOTE}{word}{_QUOTE}(?:{_EN_AFTER}{_ZH_AFTER})"
    for sign, said in (("not", _NOT), ("is", _BUYS)):
        before = said.replace("{zh}", _ZH_BOUGHT).replace("{en}", _BOUGHT)
        yield _p(rf"(?:{before}){thing}"), Condition(trait, sign, value)


def _p(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)
