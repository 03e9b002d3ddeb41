"""Verbs of segments: who the customers are; validate, fit, answer."""

from __future__ import annotations

from typing import Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import UsageError
from shopkeeper.words import Words

MOST_SEGMENTS = 12


def segment(
    shop: Shop,
    *,
    method: Literal["rfm", "behaviour", "embedding"] = "rfm",
    sentence: str = "",
    segments: int = 0,
    currency: str = "",
    opted_out: str = "",
    minimum_count: int | None = None,
    seed: int | None = None,
) -> Answer:
    """Tell the customers apart: who they are, how many, by which plain rule, and how they move.

    By recency, frequency and money with stated cuts, by what they do, by what the things that they
    bought are called, or by a sentence in English or Chinese that becomes a rule you can read.

    Parameters
    ----------
    shop
        The shop.
    method
        `rfm`: scores of recency, frequency and money; `behaviour`: classes of what customers do
        (categories, prices, discounts, returns, reviews, visits, hours, devices, channels, payment,
        rhythm); `embedding`: clusters of what was bought by its words.
    sentence
        A segment in words, such as "bought at least twice but not in three months"; the method is
        then the rule that is read in it.
    segments
        How many classes or clusters, 2 to 12; 0 to choose by the data. RFM has its own eight.
    currency
        Orders of this currency count; empty for the one with the most orders.
    opted_out
        Customers with commas between them who must not be profiled, besides those that shop.toml
        names; they are left out altogether.
    minimum_count
        A segment of fewer customers is not told; 20 at least. The shop's own setting when not given.
    seed
        Seed of starts and draws; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a segment: customers and share, how many agreed to messages, purchases, days since,
        value, the plain rule with its precision and recall, and stability. Evidence: `members` (who
        is where, read by other verbs), `stability`, `migration` from month to month, `cuts`,
        `choices` (why so many), `habits`, `overlap` with RFM, `rule` of a sentence, and `own`: the
        segments that shop.toml names under `[segments]`, asked anew in every run. Members of the ways
        that shop.toml names as `kept_segments` are among the members.

    Raises
    ------
    MissingDataError
        Nobody has a paid order in the currency, or every segment is too small to be told.
    UsageError
        The sentence is blank, asks for what is never inferred or holds a part that cannot be read, nobody or
        too few meet its rule, or `segments` or `minimum_count` is out of range.

    Limits
    ------
    A segment says what customers did, not why. Ids of classes hold while the data does: after an
    import the classes are learned anew. Who bought once shows little of their habits.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> rows = [(f"c{n}", n % 50 + 40 * step) for n in range(100) for step in range(1 + n % 2 * 2)]
    >>> orders = pa.table(
    ...     {
    ...         "order_id": [str(number) for number in range(len(rows))],
    ...         "customer_id": [who for who, _ in rows],
    ...         "ordered_at": [
    ...             f"{date(2025, 1, 1) + timedelta(days=at)} 10:00:00" for _, at in rows
    ...         ],
    ...         "total": [20] * len(rows),
    ...     }
    ... )
    >>> shop = shop_from_tables({"orders": orders})
    >>> answer = segment(shop, sentence="买过两次以上", minimum_count=20)
    >>> answer.table["rule_en"].to_pylist(), answer.table["customers"].to_pylist()
    (['purchases ≥ 2'], [50])
    """
    from shopkeeper.operations.segments import refusals
    from shopkeeper.operations.segments.grouping.finding import Plan, with_kept
    from shopkeeper.operations.segments.grouping.finding import answer as groups
    from shopkeeper.operations.segments.left_out import who_opted_out
    from shopkeeper.operations.segments.spoken.finding import answer as spoken
    from shopkeeper.operations.segments.spoken.finding import with_own

    asked = Words("Asked to tell the customers apart.", "要给顾客分群。")
    if segments and not 2 <= segments <= MOST_SEGMENTS:
        raise UsageError(
            asked,
            Words(f"segments is {segments}.", f"分群数（segments）为 {segments}。"),
            Words(f"Give 2 to {MOST_SEGMENTS}, or 0 to choose by the data.",
                  f"请给 2 到 {MOST_SEGMENTS}，或给 0 由数据决定。"),
        )  # fmt: skip
    if sentence and not sentence.strip():
        raise UsageError(
            asked,
            Words("The sentence holds nothing but blanks.", "句子里只有空白。"),
            Words("Say whom you mean, such as “bought at least twice”, or give no sentence at all.",
                  "请说明是哪些顾客，例如“买过两次以上”；或者不要给句子。"),
        )  # fmt: skip
    plan = Plan(
        method, segments, currency.strip(),
        who_opted_out(shop, opted_out),
        shop.settings.least_count(minimum_count), shop.settings.seed if seed is None else seed,
    )  # fmt: skip
    made = spoken(shop, plan, sentence) if sentence else groups(shop, plan)
    if made is None:
        raise refusals.nobody(shop, asked, plan.currency)
    if sentence:
        return made
    made = with_kept(shop, plan, made)
    made = with_own(shop, plan, made) if shop.settings.segments else made
    if not made.evidence["members"].num_rows:
        raise refusals.all_small(asked, plan.fewest)
    return made


def profile(
    shop: Shop,
    *,
    customer: str = "",
    segment: str = "",
    method: Literal["rfm", "behaviour", "embedding"] = "rfm",
    currency: str = "",
    opted_out: str = "",
    minimum_count: int | None = None,
    seed: int | None = None,
) -> Answer:
    """Write one card a segment, or of one customer: what they buy, when, at which price, and what next.

    Every sentence stands beside the statistic that it states. The persona is written by the language
    model of the environment where one is set, from these sentences alone, and kept only where all that
    it says is in them; from a template otherwise, and always for one customer.

    Parameters
    ----------
    shop
        The shop.
    customer
        One customer, whose card is written instead of those of the segments.
    segment
        One segment instead: `set:segment` of a stored answer, such as `rfm:loyal`, or who is lost in a
        funnel, `funnel_lost(view > cart > order):cart`.
    method
        How the segments are made: `rfm`, `behaviour` or `embedding`, as `segment` does.
    currency
        Orders of this currency count; empty for the one with the most orders.
    opted_out
        Customers with commas between them who must not be profiled, besides those that shop.toml
        names; they are left out altogether.
    minimum_count
        A segment of fewer customers has no card; 20 at least. The shop's own setting when not given.
    seed
        Seed of starts and draws; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a sentence: card, part, statistic, the sentence, its number, interval and count.
        Evidence: `personas`, and who wrote each.

    Raises
    ------
    MissingDataError
        Nobody has a paid order in the currency, the customer has none or opted out, or every segment
        is too small.
    UsageError
        `minimum_count` is out of range, there is no such segment or fewer than 20 are in it, or a customer
        and a segment are asked for at once.
    ProviderError
        A language model is set and could not be reached.

    Limits
    ------
    A card says what most of them do. What to do next is a rule of thumb, not a tested effect. Names of
    things that speak of health, religion, pregnancy, ethnicity or orientation are left out.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> orders = pa.table(
    ...     {
    ...         "order_id": ["1", "2"],
    ...         "customer_id": ["甲", "甲"],
    ...         "ordered_at": ["2025-01-03 10:00:00", "2025-01-23 10:00:00"],
    ...         "total": [20, 30],
    ...     }
    ... )
    >>> answer = profile(shop_from_tables({"orders": orders}), customer="甲")
    >>> answer.table["said_en"].to_pylist()[0]
    'This customer bought twice.'
    """
    from shopkeeper.language.generate import generator_from_environment
    from shopkeeper.operations.behaviour.stepping.dropping import members_of
    from shopkeeper.operations.segments import refusals
    from shopkeeper.operations.segments.cards.finding import Of, answer
    from shopkeeper.operations.segments.grouping.finding import Plan
    from shopkeeper.operations.segments.left_out import who_opted_out

    asked = Words("Asked for cards of the customers.", "要写顾客名片。")
    plan = Plan(
        method, 0, currency.strip(), who_opted_out(shop, opted_out),
        shop.settings.least_count(minimum_count),
        shop.settings.seed if seed is None else seed,
    )  # fmt: skip
    if customer.strip() and segment.strip():
        raise UsageError(
            asked,
            Words("One customer and one segment are asked for.", "同时指定了一位顾客和一个分群。"),
            Words("Give one of the two.", "请只给其中一项。"),
        )
    members = members_of(shop, segment) if segment.strip() else ()
    of = Of(customer.strip(), segment.strip(), members)
    made = answer(shop, plan, of, generator_from_environment())
    if made is None:
        raise refusals.not_there(shop, asked, plan.currency, one=bool(customer.strip()))
    if not made.table.num_rows:
        raise refusals.all_small(asked, plan.fewest)
    return made
