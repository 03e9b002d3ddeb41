"""A verb as a form: what may be asked of it from afar, read from its signature and docstring.

Parameters that name something on the machine (a folder, a file, a model of a hub) are left out, for
whoever asks from afar shall neither probe the disk nor make the machine fetch anything. This module
asks nothing.
"""

from __future__ import annotations

import functools
import inspect
import re
import types
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shopkeeper.surfaces import wording
from shopkeeper.surfaces.commands import described
from shopkeeper.surfaces.verbs import Verb
from shopkeeper.words import Words

_OF_THE_MACHINE = re.compile(r"\b(folders?|files?|paths?|hub|urls?|director(y|ies))\b", re.I)
_SECTION = r"^{}\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be chosen when a verb is asked.

    Parameters
    ----------
    name
        The parameter's name.
    kind
        `bool`, `int`, `float` or `str`.
    words
        What it means.
    default
        What is taken when nothing is given.
    choices
        The only values; empty where there is no such list.
    optional
        Whether nothing at all may be given.
    """

    name: str
    kind: type
    words: Words
    default: Any = None
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a verb answers and what may be chosen.

    Parameters
    ----------
    verb
        The verb.
    path
        Its name in addresses.
    told
        What it answers: the first paragraph of its docstring, and Chinese.
    returns, limits
        These sections of its docstring, each as one paragraph of English.
    fields
        What may be chosen.
    """

    verb: Verb
    path: str
    told: Words
    returns: str
    limits: str
    fields: tuple[Field, ...]

    def arguments(self, given: typing.Mapping[str, Any]) -> dict[str, Any]:
        """Return every argument of the verb: what is given, and else its default."""
        names = {field.name for field in self.fields}
        return self.verb.defaults() | {name: given[name] for name in names & given.keys()}


@functools.cache
def question_of(verb: Verb) -> Question:
    """Read a verb as a question.

    Parameters
    ----------
    verb
        The verb.

    Limits
    ------
    A parameter is known to name something on the machine by its annotation or by the words folder,
    file, path, directory, hub and URL in its description.

    Examples
    --------
    >>> from shopkeeper.surfaces.verbs import BY_NAME
    >>> asked = question_of(BY_NAME["review_sentiment"])
    >>> asked.path, [field.name for field in asked.fields]
    ('review-sentiment', ['method', 'accuracy', 'seed'])
    """
    function = verb.load()
    docstring = inspect.getdoc(function) or ""
    path = verb.name.replace("_", "-")
    english = " ".join(docstring.split("\n\n")[0].split())
    said, hints = described(docstring), typing.get_type_hints(function)
    fields = tuple(
        _field(path, item, hints[item.name], said.get(item.name, ""))
        for item in inspect.signature(function).parameters.values()
        if item.name != "shop" and not _of_the_machine(hints[item.name], said.get(item.name, ""))
    )
    return Question(
        verb,
        path,
        Words(english, wording.CHINESE.get(path, verb.title.zh)),
        _section(docstring, "Returns"),
        _section(docstring, "Limits"),
        fields,
    )


def _of_the_machine(annotation: Any, description: str) -> bool:
    named = Path in (annotation, *typing.get_args(annotation))
    free = _arm(annotation) is str
    return named or (free and bool(_OF_THE_MACHINE.search(description)))


def _field(path: str, item: inspect.Parameter, annotation: Any, english: str) -> Field:
    chinese = wording.CHINESE
    arm = _arm(annotation)
    choices = typing.get_args(arm) if typing.get_origin(arm) is Literal else ()
    return Field(
        item.name,
        str if choices else arm,
        Words(english, chinese.get(f"{path} {item.name}") or chinese.get(item.name) or english),
        item.default,
        tuple(choices),
        type(None) in typing.get_args(annotation),
    )


def _arm(annotation: Any) -> Any:
    """Return the plain arm of an annotation: the words to choose from where there are several."""
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return annotation
    arms = [arm for arm in typing.get_args(annotation) if arm is not type(None)]
    literal = [arm for arm in arms if typing.get_origin(arm) is Literal]
    return (literal or arms)[0]


def _section(docstring: str, name: str) -> str:
    found = re.search(_SECTION.format(name), docstring, re.M | re.S)
    return " ".join(found[1].split()) if found else ""
