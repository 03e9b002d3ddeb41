"""Text in both languages of the project, side by side so that neither is an afterthought.

This module knows nothing of shops; it only holds and picks words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Words:
    """One text in English and in Chinese.

    Examples
    --------
    >>> Words("orders", "订单").get("zh")
    '订单'
    """

    en: str
    zh: str

    def get(self, lang: str) -> str:
        """Return the text in `lang`; English for any language but `zh`."""
        return self.zh if lang == "zh" else self.en

    def to_dict(self) -> dict[str, str]:
        """Return `{"en": …, "zh": …}`, the form used in JSON."""
        return {"en": self.en, "zh": self.zh}


def counted(number: int, one: str, many: str = "") -> str:
    """Return a count with its English noun, in the plural where it is not one.

    Examples
    --------
    >>> counted(1, "review"), counted(1200, "review"), counted(2, "reply", "replies")
    ('1 review', '1,200 reviews', '2 replies')
    """
    noun = one if number == 1 else many or f"{one}s"
    return f"{number:,} {noun}"


def localised(value: Any, lang: str) -> Any:
    """Replace every `{"en": …, "zh": …}` inside a JSON-like value by its text in `lang`.

    Examples
    --------
    >>> localised({"title": {"en": "Orders", "zh": "订单"}, "size": [1]}, "zh")
    {'title': '订单', 'size': [1]}
    """
    if isinstance(value, Words):
        return value.get(lang)
    if isinstance(value, dict):
        if value.keys() == {"en", "zh"}:
            return value["zh" if lang == "zh" else "en"]
        return {key: localised(item, lang) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [localised(item, lang) for item in value]
    return value
