"""Which columns of a table are shown at first, and what columns are called in English.

An answer has every number that a program may want: intervals, codes, checks. A page shows what a
shopkeeper reads first, and the rest when it is asked for. Downloads always hold everything.
"""

from __future__ import annotations

from collections.abc import Sequence

LEADING: dict[str, tuple[str, ...]] = {
    "review_sentiment": ("review_id", "sentiment", "origin", "rating", "p_negative", "p_positive"),
    "review_aspects": ("review_id", "aspect", "polarity", "quote"),
    "review_topics": ("name", "texts", "share", "negative_share", "changed_in", "quote"),
    "check": ("table", "rows", "total", "share", "what", "corrupts"),
    "overview": ("metric", "value", "low", "high", "base"),
    "funnel": ("cohort", "group", "step", "count", "share", "share_of_previous", "lost"),
    "retention": ("since", "age", "customers", "returned", "share"),
    "sessions": ("by", "group", "metric", "value", "sessions"),
    "paths": ("source", "target", "transitions", "sessions", "share"),
    "searches": (
        "query", "searches", "searchers", "zero_share", "clicked_share", "bought_share", "suggestion",
    ),
    "baskets": ("title", "other_title", "together", "expected", "size_lift", "relation"),
    "explain_change": ("kind", "slice", "before", "after", "change", "share_of_change"),
    "sentiment_effect": ("part", "outcome", "comparison", "difference", "low", "high", "n_matched"),
    "lifetime_value": (
        "customer_id", "predicted_clv", "p_active", "predicted_number_of_orders",
        "expected_date_of_next_order", "historic_clv", "historic_number_of_orders", "days_since", "currency",
    ),
    "churn": (
        "customer_id", "value_so_far", "churn_probability", "days_since", "days_between", "due_on",
        "purchases", "accepts_marketing", "currency",
    ),
    "segment": (
        "name", "customers", "share", "value_share", "value_so_far", "days_since", "currency", "rule",
    ),
    "profile": ("name", "part", "said"),
    "recommend": ("customer_id", "rank", "title", "reason"),
    "similar_products": ("product_id", "rank", "title", "reason"),
    "complements": ("product_id", "rank", "title", "baskets", "reason"),
    "search_products": ("query", "rank", "title", "price", "in_stock", "reason"),
}  # fmt: skip
"""Verb → the columns of its answer that are read first, in this order."""

_NEEDLESS = frozenset([("check", "imports", "kind")])
"""Verb, table and column that says again what another column of the table says."""

_MOST = 8
"""Columns up to which a table without a line above is shown whole."""

ENGLISH: dict[str, str] = {
    "accepts_marketing": "Agreed to messages",
    "age": "Periods later",
    "average_days_between_orders": "Days between orders",
    "average_order_value": "Value of an order",
    "because": "Because of",
    "bought_share": "With an order",
    "by": "Split by",
    "changed_in": "Changed in",
    "churn_probability": "Chance of leaving",
    "clicked_share": "With a click",
    "corrupts": "Touches",
    "customer_id": "Customer",
    "days_between": "Usual days between",
    "days_since": "Days since last order",
    "expected_date_of_next_order": "Next order about",
    "historic_clv": "Value so far",
    "historic_number_of_orders": "Orders so far",
    "intents": "Intents",
    "lift": "Lift",
    "size_lift": "Times chance",
    "not_sold": "Looked for, not sold",
    "other_item": "Other product number",
    "other_title": "Other product",
    "p_active": "Still active",
    "predicted_clv": "Value expected",
    "predicted_number_of_orders": "Orders expected",
    "product_id": "Product number",
    "review_id": "Review",
    "said": "What is known",
    "share_of_change": "Share of the change",
    "share_of_previous": "Of the step before",
    "texts": "Texts",
    "title": "Product",
    "zero_share": "Nothing found",
}
"""Column or table → what it is called in English, where its name in words says too little."""

_SHARES = frozenset(
    ["accuracy", "back", "confidence", "overlap", "precision", "recall", "stability", "support", "churn"]
)  # fmt: skip
_MONEY = frozenset(
    ["average_order_value", "clv", "cumulative", "historic_clv", "net", "per_customer", "predicted_clv",
     "price", "total", "total_clv", "value_of_one", "value_so_far"]
)  # fmt: skip


def leading(verb: str, table: str, columns: Sequence[str]) -> list[str]:
    """Return the columns that are shown at first, in their order.

    Parameters
    ----------
    verb
        Whose answer it is.
    table
        The table of evidence; empty for the answer itself.
    columns
        All of them.

    Examples
    --------
    >>> leading("profile", "", ["card", "name", "place", "part", "said"])
    ['name', 'part', 'said']
    >>> leading("churn", "quality", ["method", "value", "low", "high"])
    ['method', 'value', 'low', 'high']
    """
    first = LEADING.get(verb, ()) if not table else ()
    kept = [name for name in first if name in columns]
    if kept:
        return kept
    columns = [name for name in columns if (verb, table, name) not in _NEEDLESS]
    if len(columns) <= _MOST:
        return columns
    return [name for name in columns if not (_stem(name) != name and _has_stem(name, columns))]


def is_share(column: str) -> bool:
    """Say whether a column holds shares or chances, by its name.

    Examples
    --------
    >>> is_share("p_active"), is_share("churn_high"), is_share("lift")
    (True, True, False)
    """
    stem = _stem(column)
    return (
        "share" in column
        or stem.startswith("p_")
        or stem.endswith(("_rate", "_probability"))
        or stem in _SHARES
    )


def is_money(column: str) -> bool:
    """Say whether a column holds money in the currency that its table names.

    Examples
    --------
    >>> is_money("clv_low"), is_money("predicted_clv"), is_money("purchases")
    (True, True, False)
    """
    return _stem(column) in _MONEY


def _stem(column: str) -> str:
    return column.removesuffix("_low").removesuffix("_high")


def _has_stem(column: str, columns: Sequence[str]) -> bool:
    stem = _stem(column)
    return any(name.startswith(stem) and _stem(name) == name for name in columns)
