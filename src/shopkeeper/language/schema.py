"""JSON that satisfies a schema: a small validator that refuses every schema it would not check whole.

It knows the keywords that a label, a row or an answer needs. A keyword that it does not know is an
error of the schema, never ignored, so what passes has been checked. No reference is followed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shopkeeper.errors import UsageError
from shopkeeper.words import Words

Schema = Mapping[str, Any]
DEPTH = 64
"""Levels of a value that are checked; a deeper one is refused."""

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer())
    ),
}  # fmt: skip
_KNOWN = frozenset(
    [
        "type",
        "enum",
        "const",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "anyOf",
        "title",
        "description",
    ]
)

_KINDS: dict[str, type] = {"properties": dict, "required": list, "enum": list, "anyOf": list}
_SIZES = ("minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum")


def check_schema(schema: Any, at: str = "$") -> None:
    """Refuse a schema that `faults` could not check whole.

    Raises
    ------
    UsageError
        It has an unknown keyword, or a keyword with a value of the wrong kind.
    """
    if not isinstance(schema, Mapping):
        raise _unusable(at, "it is no object", "不是对象")
    for unknown in sorted(set(schema) - _KNOWN):
        raise _unusable(at, f"the keyword {unknown!r} is not known", f"不认识关键字 {unknown!r}")
    _check_keywords(schema, at)
    for name, inner in schema.get("properties", {}).items():
        check_schema(inner, f"{at}.{name}")
    for place, inner in enumerate(schema.get("anyOf", ())):
        check_schema(inner, f"{at}.anyOf[{place}]")
    for name in ("items", "additionalProperties"):
        if not isinstance(schema.get(name, True), bool):
            check_schema(schema[name], f"{at}.{name}")


def _check_keywords(schema: Schema, at: str) -> None:
    types = schema.get("type", "object")
    for name in types if isinstance(types, list) else [types]:
        if not isinstance(name, str) or name not in _TYPES:
            raise _unusable(at, f"there is no type {name!r}", f"没有 {name!r} 这种类型")
    for name, kind in _KINDS.items():
        if not isinstance(schema.get(name, kind()), kind):
            raise _unusable(at, f"{name} is no {kind.__name__}", f"{name} 的类型不对")
    for name in _SIZES:
        if not _TYPES["number"](schema.get(name, 0)):
            raise _unusable(at, f"{name} is no number", f"{name} 不是数字")


def faults(value: Any, schema: Schema | bool, at: str = "$", depth: int = 0) -> Iterator[str]:
    """Yield what keeps a JSON value from satisfying a schema, one line each.

    Examples
    --------
    >>> label = {"type": "string", "enum": ["good", "bad"]}
    >>> schema = {"type": "object", "properties": {"label": label}, "required": ["label"]}
    >>> list(faults({"label": "fine"}, schema))
    ['$.label: "fine" is not one of "good", "bad"']
    >>> list(faults({"label": "bad"}, schema))
    []
    """
    if isinstance(schema, bool):
        yield from () if schema else (f"{at}: nothing may stand here",)
        return
    if depth > DEPTH:
        yield f"{at}: nested more than {DEPTH} levels deep"
        return
    types = schema.get("type", list(_TYPES))
    types = types if isinstance(types, list) else [types]
    if not any(_TYPES[name](value) for name in types):
        yield f"{at}: {_shown(value)} is not of type {' or '.join(types)}"
        return
    yield from _choice_faults(value, schema, at, depth)
    yield from _size_faults(value, schema, at)
    if isinstance(value, dict):
        yield from _object_faults(value, schema, at, depth)
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from faults(item, schema.get("items", True), f"{at}[{place}]", depth + 1)


def _choice_faults(value: Any, schema: Schema, at: str, depth: int) -> Iterator[str]:
    if "enum" in schema and not any(_equal(value, one) for one in schema["enum"]):
        yield f"{at}: {_shown(value)} is not one of {', '.join(map(_shown, schema['enum'][:20]))}"
    if "const" in schema and not _equal(value, schema["const"]):
        yield f"{at}: {_shown(value)} is not {_shown(schema['const'])}"
    options = schema.get("anyOf")
    if options is not None and not any(
        next(faults(value, option, at, depth + 1), None) is None for option in options
    ):
        yield f"{at}: {_shown(value)} satisfies none of the {len(options)} alternatives"


def _size_faults(value: Any, schema: Schema, at: str) -> Iterator[str]:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    for low, high, size in (
        ("minimum", "maximum", value if number else None),
        ("minLength", "maxLength", len(value) if isinstance(value, str) else None),
        ("minItems", "maxItems", len(value) if isinstance(value, list) else None),
    ):
        if size is None:
            continue
        if low in schema and not size >= schema[low]:
            yield f"{at}: {low} is {schema[low]}, found {size}"
        if high in schema and not size <= schema[high]:
            yield f"{at}: {high} is {schema[high]}, found {size}"


def _object_faults(value: dict[str, Any], schema: Schema, at: str, depth: int) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}: {name!r} is missing"
    inner = schema.get("properties", {})
    for name, item in value.items():
        rest = schema.get("additionalProperties", True)
        if name not in inner and rest is False:
            yield f"{at}: {name[:60]!r} may not stand here"
        else:
            yield from faults(item, inner.get(name, rest), f"{at}.{name[:60]}", depth + 1)


def parsed(reply: str) -> Any:
    """Return the JSON value in a reply; a code fence or reasoning around it is left aside.

    Raises
    ------
    ValueError
        There is no JSON, more than one meaning (a key twice), or a number that JSON does not know.

    Examples
    --------
    >>> parsed('<think>hm</think>Here: ```json {"a": [1]} ```')
    {'a': [1]}
    """
    reply = re.sub(r"\A\s*<think>.*?</think>", "", reply, flags=re.S)
    start = re.search(r"[{\[]", reply)
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_unknown)
    try:
        if start is None:
            return json.loads(reply, parse_constant=_unknown)
        return decoder.raw_decode(reply, start.start())[0]
    except RecursionError:
        raise ValueError("nested too deep") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return made


def _unknown(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _equal(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is not 1, but 1.0 is."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    return bool(one == other)


def _shown(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    try:
        written = json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        written = type(value).__name__
    return written if len(written) <= 60 else f"{written[:57]}…"


def _unusable(at: str, en: str, zh: str) -> UsageError:
    return UsageError(
        Words("Asked for JSON that satisfies a schema.", "要求输出符合模式的 JSON。"),
        Words(f"The schema cannot be used at {at}: {en}.", f"模式在 {at} 处不能使用：{zh}。"),
        Words(
            f"Use only these keywords: {', '.join(sorted(_KNOWN))}.",
            f"只能使用这些关键字：{', '.join(sorted(_KNOWN))}。",
        ),
    )
