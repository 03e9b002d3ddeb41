"""The validator agrees with the reference on every schema that it accepts."""

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.errors import UsageError
from shopkeeper.language.schema import DEPTH, check_schema, faults, parsed

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.0, 1.0, 0.5, -2.5]),
    st.text("ab好", max_size=3),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
TYPES = st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"])
SIZES = st.integers(0, 3)


def schemas() -> st.SearchStrategy[dict[str, object]]:
    leaf = st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True),
            "enum": st.lists(SCALARS, min_size=1, max_size=3),
            "const": SCALARS,
            "minimum": st.integers(-2, 2), "maximum": st.integers(-2, 2),
            "minLength": SIZES, "maxLength": SIZES, "minItems": SIZES, "maxItems": SIZES,
            "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        },
    )  # fmt: skip
    return st.recursive(
        leaf,
        lambda inner: st.fixed_dictionaries(
            {},
            optional={
                "type": TYPES,
                "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
                "additionalProperties": st.booleans() | inner,
                "items": inner,
                "anyOf": st.lists(inner, min_size=1, max_size=2),
            },
        ),
        max_leaves=6,
    )


@given(schemas(), VALUES)
def test_a_value_passes_exactly_when_the_reference_lets_it_pass(
    schema: dict[str, object], value: object
) -> None:
    check_schema(schema)
    reference = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (next(faults(value, schema), None) is None) == reference


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"$ref": "https://example.com/x"}, r"keyword '\$ref' is not known"),
        ({"properties": {"a": {"format": "date"}}}, r"\$\.a: the keyword 'format'"),
        ({"type": "text"}, "no type 'text'"),
        ({"type": [["string"]]}, "no type"),
        ({"required": "a"}, "required is no list"),
        ({"minimum": "1"}, "minimum is no number"),
        ({"items": 5}, "it is no object"),
        (True, "it is no object"),
    ],
)
def test_a_schema_that_would_not_be_checked_whole_is_refused(schema: object, found: str) -> None:
    with pytest.raises(UsageError, match=found):
        check_schema(schema)


def test_a_value_nested_too_deep_is_refused_and_not_followed() -> None:
    value: object = 1
    for _ in range(5 * DEPTH):
        value = [value]
    schema: dict[str, object] = {"type": ["array", "integer"]}
    for _ in range(2 * DEPTH):
        schema = {"items": schema}
    assert "levels deep" in next(faults(value, schema))


@given(st.text(st.characters(exclude_categories=[]), max_size=200))
def test_any_reply_is_read_or_refused(reply: str) -> None:
    try:
        parsed(reply)
    except ValueError:
        return
