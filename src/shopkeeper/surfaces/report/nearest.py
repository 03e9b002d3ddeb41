"""Which reviews stand for a topic: the one that the answer quotes, and the nearest bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shopkeeper.surfaces.report.queries import judged_reviews

if TYPE_CHECKING:
    from shopkeeper.answer import Answer
    from shopkeeper.data.shop import Shop

_LOOKED_AT = 60
_READABLE = (12, 200)

Row = dict[str, Any]


def nearest(shop: Shop, answer: Answer | None) -> tuple[dict[str, Row], dict[int, Row]]:
    """Return what stands for each topic.

    Parameters
    ----------
    shop
        The shop.
    answer
        The stored answer of `review_topics`; None where there is none.

    Returns
    -------
    tuple
        Stars and day of each quoted review by its id; and by topic the negative review with a
        readable text that is nearest to its middle.
    """
    if answer is None:
        return {}, {}
    near = _near(answer)
    quoted = {one for one in answer.table["quote_id"].to_pylist() if one is not None}
    ids = sorted(quoted.union(*near.values()))
    known = judged_reviews(shop).select("review_id", "sentiment", "rating", "on")
    known = known.filter(known.review_id.isin(ids))
    written = known.inner_join(shop.reviews.select("review_id", "text"), "review_id")
    rows = {row["review_id"]: row for row in written.to_pyarrow().to_pylist()}
    low, high = _READABLE
    bad: dict[int, Row] = {}
    for topic, likeness in near.items():
        fit = [
            (-similarity, rows[one]["text"], one)
            for one, similarity in likeness.items()
            if one in rows
            and rows[one]["sentiment"] == "negative"
            and low <= len(rows[one]["text"] or "") <= high
        ]
        if fit:
            bad[topic] = rows[min(fit)[-1]]
    return {one: rows[one] for one in quoted if one in rows}, bad


def _near(answer: Answer) -> dict[int, dict[str, float]]:
    """Return the texts nearest to the middle of each topic, with their cosine."""
    found: dict[int, dict[str, float]] = {}
    table = answer.evidence["texts"].sort_by([("similarity", "descending"), ("id", "ascending")])
    for row in table.to_pylist():
        near = found.setdefault(row["topic"], {})
        if row["topic"] is not None and len(near) < _LOOKED_AT:
            near[row["id"]] = row["similarity"]
    found.pop(None, None)  # type: ignore[call-overload]
    return found
