"""The shape of a language's phrases; the phrases themselves stand beside it, one file per language."""

from __future__ import annotations

from dataclasses import dataclass

ASPECTS = (
    "quality",
    "size",
    "colour",
    "material",
    "price",
    "delivery",
    "packaging",
    "service",
    "function",
    "authenticity",
    "taste",
)
ASPECTS_BY_CATEGORY: dict[str, tuple[str, ...]] = {
    "apparel": (
        "quality",
        "size",
        "colour",
        "material",
        "price",
        "delivery",
        "packaging",
        "service",
    ),
    "shoes": (
        "quality",
        "size",
        "colour",
        "material",
        "price",
        "delivery",
        "service",
        "authenticity",
    ),
    "electronics": (
        "quality",
        "function",
        "function",
        "price",
        "delivery",
        "packaging",
        "service",
        "authenticity",
    ),
    "beauty": ("quality", "price", "delivery", "packaging", "service", "authenticity"),
    "home": ("quality", "size", "colour", "material", "price", "delivery", "packaging", "service"),
    "food": (
        "taste",
        "taste",
        "quality",
        "price",
        "delivery",
        "packaging",
        "service",
        "authenticity",
    ),
    "baby": (
        "quality",
        "material",
        "size",
        "price",
        "delivery",
        "packaging",
        "service",
        "authenticity",
    ),
    "sports": ("quality", "size", "material", "function", "price", "delivery", "service"),
}


@dataclass(frozen=True, slots=True)
class Phrases:
    """Everything that a review in one language is made of; triples go negative, neutral, positive."""

    bad: dict[str, tuple[str, ...]]
    good: dict[str, tuple[str, ...]]
    mild: dict[str, tuple[str, ...]]
    openers: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    closers: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    shorts: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    lukewarm: tuple[str, ...]
    fillers: tuple[str, ...]
    but: tuple[str, ...]
    though: tuple[str, ...]
    joiners: tuple[str, ...]
    endings: tuple[str, ...]
    very: tuple[str, ...]
    bit: tuple[str, ...]
    days: tuple[str, ...]
    spans: tuple[str, ...]
    emoji: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    titles: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    spam: tuple[str, ...]
    fakes: tuple[str, ...]
    contacts: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]
    replies: tuple[str, ...]
    spaced: bool


def cut(text: str) -> tuple[str, ...]:
    """Cut a block of phrases at its bars; only line breaks and their indentation are dropped.

    Examples
    --------
    >>> cut("good|, and |fine")
    ('good', ', and ', 'fine')
    """
    return tuple("".join(line.lstrip() for line in text.split("\n")).split("|"))
