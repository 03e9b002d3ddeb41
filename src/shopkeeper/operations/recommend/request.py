"""What the verbs of this capability read of a request alike: how many, and lists of names."""

from __future__ import annotations

from shopkeeper.errors import UsageError
from shopkeeper.words import Words

MOST_SHOWN = 1_000


def check_count(asked: Words, k: int) -> None:
    """Refuse a length of lists that is out of range.

    Raises
    ------
    UsageError
        It is below 1 or above 1,000.
    """
    if not 1 <= k <= MOST_SHOWN:
        raise UsageError(
            asked,
            Words(f"k is {k}.", f"每份的件数 k 为 {k}。"),
            Words(f"Give a number from 1 to {MOST_SHOWN}.", f"请给出 1 到 {MOST_SHOWN} 之间的数。"),
        )


def names_of(text: str) -> tuple[str, ...]:
    """Return the names between commas, Chinese ones included.

    Examples
    --------
    >>> names_of("a，b, ,c")
    ('a', 'b', 'c')
    """
    return tuple(filter(None, (name.strip() for name in text.replace("，", ",").split(","))))
