"""A text as a language model may read it: plain, and with its disguises taken off.

A model reads letters set apart, digits for letters, escapes, Base64, hexadecimal, ROT13, mirrored
text and invisible tag characters. Each disguise that a text wears makes one more view of it, with
the way back to what was written.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from shopkeeper.language.folding import Folded, folded

_PLAIN = {0x2019: "'"} | str.maketrans(
    "請會說這個為們輸規則設統訊對話應該給錢單評論覽隱內維護顧戶資訊號碼權聽從現開啟換務識別報實價優惠過濾違"
    "絕無視複寫讀處執動標記總結構條後時裡讓與導發鑰庫據際關錄還見頁腦機員審鏈傳貼圖擾刪除額購買將變當擬擇業經決級認證驗須願詞檢測聲繼續準連網點擊獲無調係麼場區類選項員長員問題嗎來實據達強壓",
    "请会说这个为们输规则设统讯对话应该给钱单评论览隐内维护顾户资讯号码权听从现开启换务识别报实价优惠过滤违"
    "绝无视复写读处执动标记总结构条后时里让与导发钥库据际关录还见页脑机员审链传贴图扰删除额购买将变当拟择业经决级认证验须愿词检测声继续准连网点击获无调系么场区类选项员长员问题吗来实据达强压",
)
_HAN_APART = re.compile(r"(?:[\u4e00-\u9fff][ *·.~\-_|/+^、,'\"=#]{1,2}){2,200}[\u4e00-\u9fff]")
_APART = re.compile(
    r"(?<![a-z0-9])(?:[a-z][ *·.~\-_|/+^,'\"=#]{1,3}(?=[a-z](?![a-z]))){4,300}[a-z](?![a-z0-9])"
)
_DIGITS = re.compile(
    r"(?<![a-z0-9])(?=[a-z0-9@$!]{3,20}(?![a-z0-9@$!]))[a-z0-9@$!]*[a-z][a-z0-9@$!]*"
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/_-]{16,4000}={0,2}(?![A-Za-z0-9+/=])")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ ,:]?){8,2000}(?![0-9A-Fa-f])")
_ESCAPES = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}){2,500}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}|[A-Za-z]){12,2000}")
_ENTITIES = re.compile(r"(?:&#x?[0-9A-Fa-f]{2,6};){3,500}")
_TAGS = re.compile("[\U000e0020-\U000e007e]{3,2000}")
_ROT13 = re.compile(
    r"\b(?:vtaber|sbetrg|qvfertneq|vafgehpgvbaf?|cebzcg|flfgrz|erirny|bireevqr|ehyrf|nffvfgnag|cerivbhf|ershaq|pbhcba|bhgchg|npg nf)\b"
)
_MIRRORED = re.compile(
    r"snoitcurtsni|noitcurtsni|tpmorp|erongi|metsys|laever|tegrof|dragersid|tnatsissa|dnufer|selur"
    "|略忽|视无|掉忘|记忘|令指|词示提|则规|定设|出输|款退"
)
_DECODED_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a text.

    Parameters
    ----------
    seen
        What is read, folded.
    disguised
        Whether a disguise was taken off for it.
    mirrored
        Whether it reads from the end, so that its places cannot be followed back.
    """

    seen: Folded
    disguised: bool = False
    mirrored: bool = False


def views(text: str) -> Iterator[View]:
    """Yield the plain view of a text and one for every disguise that it wears.

    Parameters
    ----------
    text
        Any text.

    Yields
    ------
    View
        The plain one first.

    Limits
    ------
    Encodings inside one another stay closed. Morse, acrostics and words of other
    alphabets are not read.

    Examples
    --------
    >>> [view.seen.text for view in views("1gn0re SGVsbG8gdGhlcmUsIGJvdA==")]
    ['1gn0re sgvsbg8gdghlcmusigjvda==', '1gn0re hello there, bot', 'ignore hello there, bot']
    """
    raw = folded(text)
    plain = simple(raw)
    yield View(plain)
    opened = _opened(text) or raw
    bare = simple(_closed(opened) or opened)
    if bare.text != plain.text:
        yield View(bare, disguised=True)
    if any(letter in bare.text for letter in "013457@$!"):
        letters = _DIGITS.sub(_spelled, bare.text)
        if letters != bare.text:
            yield View(Folded(letters, bare.origin), disguised=True)
    if _ROT13.search(plain.text):
        yield View(Folded(codecs.encode(plain.text, "rot13"), plain.origin), disguised=True)
    if _MIRRORED.search(plain.text):
        yield View(Folded(plain.text[::-1], plain.origin), disguised=True, mirrored=True)


def simple(seen: Folded) -> Folded:
    """Return the text on one line for each paragraph of blanks, in simplified characters.

    Examples
    --------
    >>> simple(folded("請忽略  規則")).text
    '请忽略 规则'
    """
    text = seen.text if seen.text.isascii() else seen.text.translate(_PLAIN)
    return Folded(text, seen.origin) if "  " not in text else _one_blank(text, seen)


def _one_blank(text: str, seen: Folded) -> Folded:
    """Return the text with single blanks, its line ends kept."""
    kept = [at for at in range(len(text)) if text[at] != " " or text[at - 1 : at] != " "]
    return Folded(
        "".join(text[at] for at in kept), (*(seen.origin[at] for at in kept), seen.origin[-1])
    )


def _closed(seen: Folded) -> Folded | None:
    """Return the text with letters set apart closed up, or None where there are none."""
    letters: list[str] = []
    origin: list[int] = []
    done = 0
    apart = (*_HAN_APART.finditer(seen.text), *_APART.finditer(seen.text))
    for match in sorted(apart, key=lambda one: one.start()):
        letters += seen.text[done : match.start()]
        origin += seen.origin[done : match.start()]
        for at, letter in _letters(match[0]):
            letters.append(letter)
            origin.append(seen.origin[match.start() + at])
        done = match.end()
    if not done:
        return None
    letters += seen.text[done:]
    return Folded("".join(letters), (*origin, *seen.origin[done:]))


def _letters(apart: str) -> Iterator[tuple[int, str]]:
    """Yield the letters of a stretch, and a blank for each gap that parts words."""
    pieces = list(re.finditer(r"[^\W_]|[\W_]+", apart))
    shortest = min(len(piece[0]) for piece in pieces[1::2])
    part: list[re.Match[str]] = []
    for piece in (*pieces, None):
        if piece and (piece[0].isalnum() or len(piece[0]) == shortest):
            part.append(piece)
            continue
        # The commonest gap parts letters, any other parts words.
        gaps = Counter(one[0] for one in part if not one[0].isalnum())
        common = gaps.most_common(1)[0][0] if gaps else ""
        for one in part:
            if one[0].isalnum() or one[0] != common:
                yield one.start(), one[0] if one[0].isalnum() else " "
        if piece:
            yield piece.start(), " "
        part = []


def _spelled(match: re.Match[str]) -> str:
    word = match[0]
    return word if word.isalpha() or word[-1] == "!" else word.translate(_LEET)


def _opened(text: str) -> Folded | None:
    """Return the text with its encoded pieces decoded in place, or None where there are none."""
    pieces = sorted(_pieces(text))
    if not pieces:
        return None
    letters: list[str] = []
    origin: list[int] = []
    done = 0
    for start, end, decoded in pieces:
        if start < done:
            continue
        letters += text[done:start] + decoded
        origin += range(done, start)
        origin += (start + at * (end - start) // len(decoded) for at in range(len(decoded)))
        done = end
    letters += text[done:]
    raw = (*origin, *range(done, len(text) + 1))
    seen = folded("".join(letters))
    return Folded(seen.text, tuple(raw[at] for at in seen.origin))


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    ways: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
        ("", _BASE64, from_base64),
        ("", _HEX, _from_hex),
        ("\\", _ESCAPES, _from_escapes),
        ("%", _PERCENT, unquote),
        ("&#", _ENTITIES, html.unescape),
        ("", _TAGS, _from_tags),
    )
    for sign, pattern, decode in ways:
        if sign not in text:
            continue
        for count, match in enumerate(pattern.finditer(text)):
            if count == _DECODED_AT_MOST:
                break
            decoded = decode(match[0])
            if decoded != match[0] and _readable(decoded):
                yield match.start(), match.end(), decoded


def _readable(text: str) -> bool:
    return len(text) >= 2 and sum(one.isalpha() or one in " ,.!?，。" for one in text) > 0.8 * len(
        text
    )


def from_base64(written: str) -> str:
    """Return the text that Base64 of either alphabet holds, or an empty one."""
    padded = written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4)
    try:
        return base64.b64decode(
            padded, altchars=b"-_" if set(written) & set("-_") else None
        ).decode()
    except (binascii.Error, ValueError):
        return ""


def _from_hex(written: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"0x|\\x|[ ,:]", "", written)).decode()
    except ValueError:
        return ""


def _from_escapes(written: str) -> str:
    return re.sub(r"\\[ux]([0-9A-Fa-f]{2,4})", lambda match: chr(int(match[1], 16)), written)


def _from_tags(written: str) -> str:
    return " " + "".join(chr(ord(one) - 0xE0000) for one in written)
