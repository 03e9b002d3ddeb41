"""Verbatim quotes: a text and two offsets, from which the quote follows.

A `Quote` stores no words of its own, so that a quote that is not in its text cannot be made. Clauses
are quotes too. Every text is written by a stranger: nothing here fails on any string, and of a text
longer than 5,000 characters the first and last 2,500 are read. This module knows no aspect and no
model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shopkeeper.errors import UsageError
from shopkeeper.language.text import CHARACTERS
from shopkeeper.words import Words

LONGEST = 300
"""Characters of a clause at most; a longer one is cut where a space allows."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The part of a text between two offsets.

    Parameters
    ----------
    text
        The whole text, as it was written.
    start, end
        Offsets in it; 0 ≤ start < end ≤ length of the text.

    Raises
    ------
    UsageError
        The offsets do not lie in the text, or hold nothing between them.

    Examples
    --------
    >>> Quote("物流很快，质量差", 5, 8).quote
    '质量差'
    """

    text: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.text):
            length = len(self.text)
            raise UsageError(
                Words(
                    f"Asked to quote characters {self.start} to {self.end} of a text.",
                    f"要引用文本的第 {self.start} 到 {self.end} 个字符。",
                ),
                Words(f"The text has {length} characters.", f"该文本共 {length} 个字符。"),
                Words(
                    "Give a start below the end, both within the text.",
                    "请给出位于文本之内、且起点小于终点的位置。",
                ),
            )

    @property
    def quote(self) -> str:
        """The words between the offsets."""
        return self.text[self.start : self.end]

    def within(self, start: int, end: int) -> Quote:
        """Return a quote of the same text, its offsets counted from the start of this one."""
        return Quote(self.text, self.start + start, self.start + end)


def find_quote(text: str, term: str) -> Quote:
    """Return the first place in `text` that is `term`.

    Raises
    ------
    UsageError
        The term is empty or not in the text.

    Examples
    --------
    >>> find_quote("a good battery", "battery").start
    7
    """
    start = text.find(term) if term else -1
    if start < 0:
        raise UsageError(
            Words("Asked for a term of a text.", "要在文本中找一个词。"),
            Words("The term is empty or does not occur in the text.", "该词为空，或文本中没有它。"),
            Words("Give a term as the text spells it.", "请按文本中的写法给出该词。"),
        )
    return Quote(text, start, start + len(term))


class _Folded(dict[int, str]):
    """One character for each character: compatibility forms, capitals and variants become plain."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = plain if len(plain) == 1 else chr(code)
        return self[code]


_TRADITIONAL = (
    "質质貨货顏颜發发慢慢壞坏服服裝装務务態态價价錢钱貴贵尺尺碼码聲声電电無无沒没這这個个們们來来時时"
    "還还對对嗎吗實实際际輕轻滿满歡欢買买賣卖點点過过說说話话寬宽緊紧鬆松顯显麗丽場场運运輸输遞递達达"
    "遲迟問问題题維维護护廢废損损爛烂軟软膩腻乾干淨净鮮鲜鹹咸濃浓腫肿癢痒過过敏敏穩稳連连線线訊讯號号"
    "畫画屏屏驗验證证標标籤签偽伪處处換换貼贴補补償偿認认真真虧亏騙骗煩烦難难簡简單单實实惠惠"
)
_FOLDED = _Folded(
    {ord(old): new for old, new in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)}
    | {ord("’"): "'", ord("‘"): "'", ord("`"): "'", ord("´"): "'"}
)


def folded(text: str) -> str:
    """Return the text in small, plain characters, each in the place where it stood.

    Examples
    --------
    >>> folded("ＱＵＡＬＩＴＹ isn’t 質量")
    "quality isn't 质量"
    """
    return text.translate(_FOLDED)


_HAN = "\u3400-\u9fff\uf900-\ufaff"
_CONTRAST = (
    r"but|however|although|though|yet|whereas|except|unfortunately|sadly|luckily|"
    r"mas|porém|porem|contudo|entretanto|embora"
)
_BOUNDARY = re.compile(
    "|".join(
        [
            # What stands for somebody's address or number says nothing of the shop.
            r"\[(?:email|phone|ip|id|account)\]",
            r"[。！？!?；;…\n\r~～|]+",
            r"\.(?![0-9a-z])|\.{2,}",
            r"(?<![0-9])[,，]|[,，](?![0-9])",
            r"[()（）【】\[\]]+",
            rf"(?<=[^\s][{_HAN}])\s+(?=[{_HAN}][^\s])",
            rf"(?=(?<=[^\s{_HAN}])\s+(?:{_CONTRAST})\b)",
            r"(?<=\w)\s(?=(?:and|plus|e)\s+(?:the|it|its|it's|they|i|my|we|this|that|also|even|o|a|"
            r"os|as|chegou|veio|não)\b)",
            rf"(?<=[{_HAN}])(?=但是|但|不过(?!如此|分|期|关)|可是|然而|而且|另外|虽然|尽管|只可惜|可惜|美中不足)",
        ]
    )
)
_EDGE = " \t\u3000\u00a0\ufeff\"'“”‘’「」『』-—–:：、·*"


def clauses(text: str) -> list[Quote]:
    """Cut a text into clauses, each a quote of it.

    A clause ends at punctuation, at a line, at a blank between Chinese characters, and before words
    that turn or join (`but`, `however`, `and the`, 但是, 不过, 而且). A decimal point or a thousands
    comma ends none. What is only punctuation is none.

    Examples
    --------
    >>> [clause.quote for clause in clauses("Fits well, but the zip broke after 1.5 days!")]
    ['Fits well', 'but the zip broke after 1.5 days']
    >>> [clause.quote for clause in clauses("物流很快，但是质量差。价格1,200元 颜色好看")]
    ['物流很快', '但是质量差', '价格1,200元', '颜色好看']
    """
    found: list[Quote] = []
    for low, high in _windows(len(text)):
        plain = folded(text[low:high])
        begin = 0
        for match in _BOUNDARY.finditer(plain):
            _keep(found, text, low + begin, low + match.start())
            begin = match.end()
        _keep(found, text, low + begin, high)
    return found


def _windows(length: int) -> Iterator[tuple[int, int]]:
    half = CHARACTERS // 2
    if length <= CHARACTERS:
        yield 0, length
        return
    yield 0, half
    yield length - half, length


def _keep(found: list[Quote], text: str, start: int, end: int) -> None:
    while start < end and (text[start].isspace() or text[start] in _EDGE):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _EDGE):
        end -= 1
    while end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        cut = space if space > start else start + LONGEST
        _add(found, text, start, cut)
        start = cut + (space > start)
    _add(found, text, start, end)


def _add(found: list[Quote], text: str, start: int, end: int) -> None:
    if any(character.isalnum() for character in text[start:end]):
        found.append(Quote(text, start, end))
