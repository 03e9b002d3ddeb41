"""Words of shopping: what a review speaks of, and what it thinks of it; one file a language.

Written for this project. A term is a word or a phrase in small letters; `*` at its end stands for
any further letters. The longest term that fits wins, and terms under `""` speak of nothing: they
are there to keep a shorter term from being seen in them.
"""


def terms(text: str) -> tuple[str, ...]:
    """Cut a block of terms at its bars; line breaks and their indentation are dropped.

    Examples
    --------
    >>> terms("packag*|the box")
    ('packag*', 'the box')
    """
    joined = "".join(line.lstrip() for line in text.split("\n"))
    return tuple(term for term in joined.split("|") if term)
