"""Which reviews fit what is asked, counted and listed; every value is bound by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.answer import Answer
from shopkeeper.data.facts import reviews, with_family
from shopkeeper.data.shop import Shop
from shopkeeper.surfaces.rest.problems import too_long

if TYPE_CHECKING:
    import ibis.expr.types as ir

SENTIMENTS = ("negative", "neutral", "positive")
NAMES = (
    "sentiment", "stars", "aspect", "said", "topic", "product", "q", "from", "to", "days", "reply", "page",
)  # fmt: skip
PAGE_ROWS = 20
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reviews are wanted; what cannot be used is taken as not asked for.

    Parameters
    ----------
    sentiment, said
        Sentiment of the review, and what it says of the aspect; empty for any.
    stars
        1 to 5; 0 for any.
    aspect, product, text
        An aspect, a product, letters of the text; empty for any.
    topic
        A topic's number; 0 for any.
    since, until
        Days; None for any.
    days
        The newest so many days of the reviews; 0 for all.
    unanswered
        Only those without a reply.
    page
        From 1.
    """

    sentiment: str = ""
    said: str = ""
    stars: int = 0
    aspect: str = ""
    product: str = ""
    text: str = ""
    topic: int = 0
    since: date | None = None
    until: date | None = None
    days: int = 0
    unanswered: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of the reviews; None where it was not.

    Parameters
    ----------
    aspects, topics
        Stored answers.
    """

    aspects: Answer | None
    topics: Answer | None


def _short(asked: dict[str, str], name: str) -> str:
    text = asked.get(name, "")
    if len(text) > _LONGEST:
        raise too_long(name, _LONGEST)
    return text


def wanted(asked: dict[str, str]) -> Wanted:
    """Read what a query asks.

    Raises
    ------
    Refused
        A text is longer than 200 characters.

    Examples
    --------
    >>> wanted({"sentiment": "negative", "stars": "9", "q": " 质量 ", "from": "2026-01-31"})
    Wanted(sentiment='negative', said='', stars=0, aspect='', product='', text='质量', topic=0,
    since=datetime.date(2026, 1, 31), until=None, days=0, unanswered=False, page=1)
    """
    return Wanted(
        sentiment=_one_of(asked.get("sentiment", ""), SENTIMENTS),
        said=_one_of(asked.get("said", ""), SENTIMENTS),
        stars=_whole(asked.get("stars", ""), 5),
        aspect=_short(asked, "aspect"),
        product=_short(asked, "product"),
        text=_short(asked, "q").strip(),
        topic=_whole(asked.get("topic", ""), 10**6),
        since=_date(asked.get("from", "")),
        until=_date(asked.get("to", "")),
        days=_whole(asked.get("days", ""), 36_500),
        unanswered=asked.get("reply") == "none",
        page=max(1, _whole(asked.get("page", ""), 10**6)),
    )


def fitting(shop: Shop, want: Wanted, read: Read) -> ir.Table:
    """Return the reviews that fit, each with its text and its product, newest first.

    Columns: review_id, on, sentiment, origin, rating, product_id, product, title, text, reply.
    """
    said = shop.reviews.select("review_id", "title", "text", "reply")
    fact = reviews(shop).drop("category", "order_id", "customer_id", "reviewed_at", "clear")
    table = with_family(shop, fact.inner_join(said, "review_id"))
    named = shop.products.select(named="product_id", product="title")
    table = table.left_join(named, table.product_id == named.named).drop("named")
    table = _kept(table, want)
    if want.days:
        newest = reviews(shop)["on"].max().to_pyarrow().as_py()
        since = (newest or date.max) - timedelta(days=want.days - 1)
        table = table.filter(table.on >= ibis.literal(since))
    for ids in _ids(want, read):
        table = table.semi_join(ibis.memtable(pa.table({"review_id": ids})), "review_id")
    return table.drop("family").order_by([ibis.desc("on"), "review_id"])


def counted(table: ir.Table) -> dict[str, int]:
    """Return how many reviews there are, in all and by sentiment."""
    sentiment = table.sentiment
    sums = {name: (sentiment == name).cast("int64").sum() for name in SENTIMENTS}
    row = table.aggregate(total=table.count(), **sums).to_pyarrow().to_pylist()[0]
    return {name: int(count or 0) for name, count in row.items()}


def spans(read: Read, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what these reviews say of which aspect, and where, by review."""
    found: dict[str, list[dict[str, Any]]] = {}
    if read.aspects is not None:
        table = read.aspects.table
        mine = table.filter(pc.is_in(table["review_id"], pa.array(ids, pa.string())))
        for row in mine.to_pylist():
            found.setdefault(row["review_id"], []).append(row)
    return found


def _kept(table: ir.Table, want: Wanted) -> ir.Table:
    tests = []
    if want.sentiment:
        tests.append(table.sentiment == want.sentiment)
    if want.stars:
        tests.append(table.rating.round() == want.stars)
    if want.product:
        tests.append((table.family == want.product) | (table.product_id == want.product))
    if want.text:
        low = want.text.lower()
        whole = ibis.coalesce(table.title, "") + " " + ibis.coalesce(table.text, "")
        tests.append(whole.lower().contains(low))
    if want.since:
        tests.append(table.on >= ibis.literal(want.since))
    if want.until:
        tests.append(table.on <= ibis.literal(want.until))
    if want.unanswered:
        tests.append(table.reply.isnull())
    return table.filter(tests) if tests else table


def _ids(want: Wanted, read: Read) -> list[pa.Array]:
    """Return, for each thing that was read in the texts and is asked for, the reviews of it."""
    found = []
    if want.aspect:
        found.append(_of_aspect(want, read))
    if want.topic:
        texts = read.topics.evidence["texts"] if read.topics else None
        chosen = [] if texts is None else texts.filter(pc.equal(texts["topic"], want.topic))["id"]
        found.append(pa.array(chosen, pa.string()) if isinstance(chosen, list) else chosen)
    return found


def _of_aspect(want: Wanted, read: Read) -> pa.Array:
    if read.aspects is None:
        return pa.array([], pa.string())
    table = read.aspects.table
    keep = pc.equal(table["aspect"], want.aspect)
    if want.said:
        keep = pc.and_(keep, pc.equal(table["polarity"], want.said))
    return pc.unique(table.filter(keep)["review_id"])


def _one_of(value: str, among: tuple[str, ...]) -> str:
    return value if value in among else ""


def _whole(value: str, most: int) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 8 else 0
    return number if number <= most else 0


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
