"""What the routes take and give, as models: the source of the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Optional

from pydantic import BaseModel, ConfigDict, Field, create_model

from shopkeeper.settings import LARGEST
from shopkeeper.surfaces.asking.questions import Field as Asked
from shopkeeper.surfaces.asking.questions import Question

LONGEST_TEXT = 8000
"""A list of ids with commas between them is one text."""

MOST_ROWS = 10_000
# No control character and nothing that reverses the direction of reading.
_PLAIN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
Lang = Annotated[
    Literal["en", "zh"] | None,
    Field(description="Language of texts; by default Accept-Language, else the shop's own."),
]
PAGE: dict[str, Any] = {
    "lang": (Lang, None),
    "table": (
        Annotated[
            str,
            Field(
                max_length=60,
                pattern="^[a-z0-9_]+$",
                description="`table` for the answer itself, or the name of a table of evidence.",
            ),
        ],
        "table",
    ),
    "offset": (
        Annotated[int, Field(ge=0, le=LARGEST, description="Rows left out at the beginning.")],
        0,
    ),
    "limit": (
        Annotated[
            int | None,
            Field(
                ge=1,
                le=MOST_ROWS,
                description="Rows at the most; in JSON 100 when not given, else all.",
            ),
        ],
        None,
    ),
    "chart": (
        Annotated[bool, Field(description="Whether the Vega-Lite specification comes too.")],
        False,
    ),
}
"""What may be chosen of every answer, besides what its verb lets one choose."""


class Closed(BaseModel):
    """A document with these members and no other."""

    model_config = ConfigDict(extra="forbid")


class Strict(Closed):
    """The same, in which `false` is no number and `"1"` neither."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Column(Closed):
    """A column of a table."""

    name: str
    type: str = Field(description="Type, as Arrow calls it.", examples=["double"])


class AnswerPage(Closed):
    """What a verb answers: sentences, and one page of one of its tables."""

    verb: str
    title: str
    method: str = Field(description="The method that made it.")
    as_of: str = Field(
        description="Instant (ISO 8601, UTC) up to which data was used; empty for all."
    )
    summary: list[str] = Field(description="Sentences; every number in them stands in a table.")
    limits: list[str] = Field(description="What the answer cannot say.")
    definitions: dict[str, str] = Field(description="Meaning of columns and metrics, by name.")
    evidence: dict[str, int] = Field(
        description="Further tables and their rows; ask for one with `table`."
    )
    table: str = Field(description="Which table the rows are of.")
    columns: list[Column]
    rows: list[dict[str, Any]] = Field(
        description="One object a row. Instants are ISO 8601 in UTC, shares go from 0 to 1, money "
        "is in the currency of its row."
    )
    total: int = Field(description="Rows of the table in all.")
    offset: int
    limit: int
    chart: dict[str, Any] | None = Field(None, description="A Vega-Lite specification.")


class Problem(BaseModel):
    """What went wrong (RFC 9457), and what to do."""

    type: str = Field(examples=["urn:shopkeeper:problem:missing-data"])
    title: str
    status: int
    detail: str
    asked: str
    found: str
    do: str
    request_id: str = ""


class JobDocument(Closed):
    """Work on one question."""

    id: str
    verb: str
    arguments: dict[str, Any]
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    doing: str | None = Field(description="What is being done.")
    share: float | None = Field(
        description="The share of it that is done, 0 to 1; null when unknown."
    )
    made_at: str = Field(description="ISO 8601, UTC.")
    started_at: str | None
    ended_at: str | None
    answer: str | None = Field(description="Where the answer is; null until it is there.")
    problem: dict[str, Any] | None = Field(description="Why it failed; null unless it did.")


class JobList(Closed):
    """Jobs that run, wait, or were over within the last hour; newest last."""

    jobs: list[JobDocument]


class VerbState(Closed):
    """A verb and whether it can answer."""

    verb: str
    address: str
    title: str
    told: str
    state: Literal["answered", "not asked yet", "missing data"] = Field(
        description="Of its default arguments."
    )
    reason: str | None
    enable: str | None = Field(description="What would let it answer.")


class Index(Closed):
    """The shop and what may be asked of it."""

    shop: str
    version: int = Field(description="Counts the commits to the shop.")
    package: str = Field(description="Version of shopkeeper.")
    verbs: list[VerbState]


class Health(Closed):
    """Whether the server answers."""

    status: Literal["ok"]


class Ready(Closed):
    """Whether the shop can be read."""

    status: Literal["ready"]
    version: int
    pages: Literal["made", "being made"] = Field(
        description="Whether what the first readers would wait for after a start is made already."
    )


def asked_model(question: Question) -> type[BaseModel]:
    """Return the model of a verb's arguments.

    Examples
    --------
    >>> from shopkeeper.surfaces.asking.questions import question_of
    >>> from shopkeeper.surfaces.verbs import BY_NAME
    >>> asked_model(question_of(BY_NAME["overview"]))(period="week")
    OverviewArguments(period='week')
    """
    return create_model(f"{_camel(question)}Arguments", __base__=Strict, **_declared(question))


def query_model(question: Question) -> type[BaseModel]:
    """Return the model of a verb's query: its arguments and what is wanted of its answer."""
    fields = _declared(question) | PAGE
    return create_model(f"{_camel(question)}Query", __base__=Closed, **fields)


def form_model(question: Question) -> type[BaseModel]:
    """Return the model of a verb's arguments as a form sends them, every one a text.

    Examples
    --------
    >>> from shopkeeper.surfaces.asking.questions import question_of
    >>> from shopkeeper.surfaces.verbs import BY_NAME
    >>> form_model(question_of(BY_NAME["recommend"])).model_validate({"k": "3"}).k
    3
    """
    return create_model(f"{_camel(question)}Form", __base__=Closed, **_declared(question))


def _declared(question: Question) -> dict[str, Any]:
    return {
        field.name: (Annotated[_kind(field), Field(**_bounds(field))], field.default)
        for field in question.fields
    }


def _kind(field: Asked) -> Any:
    kind: Any = Literal[field.choices] if field.choices else field.kind
    return Optional[kind] if field.optional else kind  # noqa: UP045 — made at run time


def _bounds(field: Asked) -> dict[str, Any]:
    """Return what a value is held to before any verb sees it."""
    settings: dict[str, Any] = {"description": field.words.en}
    if field.kind is int:
        settings |= {"ge": 0 if field.name == "seed" else -LARGEST, "le": LARGEST}
    elif field.kind is float:
        settings |= {"ge": -1e12, "le": 1e12, "allow_inf_nan": False}
    elif field.kind is str and not field.choices:
        settings |= {"max_length": LONGEST_TEXT, "pattern": _PLAIN}
    return settings


def _camel(question: Question) -> str:
    return "".join(part.capitalize() for part in question.path.split("-"))
