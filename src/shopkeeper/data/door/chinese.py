"""Which of the two double-byte encodings of Chinese a text is written in.

Nearly every pair of bytes is a character in both, so what decides is whether the characters are common
ones: read in the wrong encoding, half of them are rare.
"""

from __future__ import annotations

from functools import cache

_LOOK = 1 << 17
_SURE, _MARGIN, _FEW = 0.9, 0.1, 0.6


def chinese_encoding(start: bytes) -> str:
    """Return `gb18030` or `cp950` (Big5); empty where neither is clearly the better.

    Parameters
    ----------
    start
        The first bytes of a text that is not UTF-8, up to the end of a line.

    Examples
    --------
    >>> said = "這個茶壺很漂亮，品質也很好，下次還會再來買"
    >>> chinese_encoding(said.encode("big5")), chinese_encoding("这个茶壶很漂亮".encode("gbk"))
    ('cp950', 'gb18030')
    """
    simplified = _share_of_common(start, "gb18030")
    traditional = _share_of_common(start, "cp950")
    if traditional >= _SURE and traditional > simplified + _MARGIN:
        return "cp950"
    in_doubt = simplified < _SURE and traditional >= _FEW and traditional > simplified - _MARGIN
    return "" if in_doubt else "gb18030"


def _share_of_common(start: bytes, encoding: str) -> float:
    cut = start[:_LOOK]
    text = cut[: cut.rfind(b"\n") + 1 or len(cut)].decode(encoding, errors="replace")
    wide = [letter for letter in text if letter > "\x7f" and not _is_mark(letter)]
    return sum(letter in _common(encoding) for letter in wide) / max(1, len(wide))


def _is_mark(letter: str) -> bool:
    return "\u3000" <= letter <= "\u303f" or "\uff00" <= letter <= "\uffef"


@cache
def _common(encoding: str) -> frozenset[str]:
    """Return the common characters, which both standards put first."""
    first, last, seconds = (
        (0xB0, 0xD7, range(0xA1, 0xFF))
        if encoding == "gb18030"
        else (0xA4, 0xC6, (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    )
    pairs = (bytes((one, two)) for one in range(first, last + 1) for two in seconds)
    return frozenset("".join(pair.decode(encoding, errors="ignore") for pair in pairs))
