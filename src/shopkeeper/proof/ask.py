"""Verbs of proof: what is worth its price on this shop's own data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import UsageError
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.proof.contenders import Answering

_MOST_DAYS = 365
_NAMED_IN = 24
"""Tokens of a reply that names a class, at most."""


def compare_methods(
    shop: Shop,
    *,
    methods: str = "",
    encoder: str = "",
    held_out: int = 2000,
    hour_price: float = 0.1,
    token_price: float = 0.0,
    seed: int | None = None,
) -> Answer:
    """Show which way of reading reviews is worth it here, and with how many labels.

    Every method learns from 8, 16, 64, 256 and all labels a class and reads the same held-out
    reviews. It takes minutes, so `run` leaves it out.

    Parameters
    ----------
    shop
        The shop.
    methods
        Names with commas between them: majority, ngrams, embeddings, few_shot, fine_tuned, cascade,
        llm; empty for every one that can be used here.
    encoder
        Folder or hub id of another encoder; empty for MiniLM.
    held_out
        Held-out reviews at most; more give narrower intervals and take longer.
    hour_price
        Price of an hour of this machine, in any currency.
    token_price
        Price of a million tokens of the language model that is prompted, in the same currency; where
        it is 0, that of a prompt in SHOPKEEPER_LLM_PRICE_PROMPT.
    seed
        Seed of everything random; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a method and number of labels: macro-F1 with its interval, calibration error, seconds
        of training, rows read a second, price of 1,000 rows. Evidence: `gaps`, the best language
        model minus the best of n-grams and majority at each number of labels; `cascade`, what the
        cascade does at other shares escalated; `skipped`, what was left out and why.

    Raises
    ------
    MissingDataError
        There are fewer than 50 different labelled texts, or all have one class.
    UsageError
        A method is unknown, or `held_out` or a price cannot be used.

    SettingsError
        The environment names a language model in a way that cannot be used.

    Limits
    ------
    Nothing is sent anywhere unless SHOPKEEPER_LLM_URL names a server; then up to 200 reviews are,
    and in every prompt eight examples of each class, masked as they are stored. Stars are taken as the truth of the text. One split is judged. Calibration is that of each method
    as it comes; `review_sentiment` corrects it. MiniLM knows English. Seconds are those of this
    machine while it did whatever else it did.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> reviews = {
    ...     "review_id": [str(n) for n in range(120)],
    ...     "text": [f"{word} {n}" for n in range(60) for word in ("bom", "ruim")],
    ...     "rating": [5.0, 1.0] * 60,
    ... }
    >>> shop = shop_from_tables({"reviews": pa.table(reviews)})
    >>> answer = compare_methods(shop, methods="majority,ngrams")
    >>> rows = answer.table.to_pylist()
    >>> [(row["method"], row["macro_f1"]) for row in rows if row["labels"] == "all"]
    [('majority', 0.31), ('ngrams', 1.0)]
    """
    from shopkeeper.proof.comparison import Plan, compare
    from shopkeeper.proof.contenders import ContenderName

    known = get_args(ContenderName)
    named = [name.strip() for name in methods.split(",") if name.strip()]
    unknown = sorted(set(named) - set(known))
    if unknown:
        listed = ", ".join(known)
        raise UsageError(
            Words("Asked to compare methods.", "要比较各种方法。"),
            Words(
                f"There is no method {unknown[0][:40]!r}.", f"没有名为 {unknown[0][:40]!r} 的方法。"
            ),
            Words(f"Name some of: {listed}.", f"可选：{'、'.join(known)}。"),
        )
    _check("held_out", held_out, 30)
    _check("hour_price", hour_price, 0)
    _check("token_price", token_price, 0)
    chosen = shop.settings.seed if seed is None else seed
    wanted = tuple(name for name in known if name in named) if named else known
    answering, price = _language_model() if "llm" in wanted else (None, 0.0)
    plan = Plan(wanted, encoder, held_out, hour_price, token_price or price, chosen)
    return compare(shop, plan, answering=answering)


def judge_recommendations(
    shop: Shop, *, days: int = 28, log: Path | None = None, seed: int | None = None
) -> Answer:
    """Show how good the recommendations are on the last days, and what of the shop they show to whom.

    Everything is learned from what was there before those days and judged on the first new product
    that each customer came upon in them, all products ranked. It takes up to minutes, so `run` leaves it out.

    Parameters
    ----------
    shop
        The shop.
    days
        How many of the last days are held out, 1 to 365.
    log
        CSV or Parquet file of what was shown in those days, one row a showing: customer_id, product_id,
        propensity (the probability with which it was chosen) and reward; with it the answer says what
        each method would have earned.
    seed
        Seed of samples and intervals; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a method and slice of customers: NDCG and recall of the first ten, ahead of the popular
        products and of what followed the newest product, with intervals. Evidence: `beyond`, coverage,
        novelty, evenness, the gap between user groups; `exposure` by seller, brand and price;
        `off_policy`, from the log; `fitted`.

    Raises
    ------
    MissingDataError
        Nobody who was known before those days came upon a further product in them.
    UsageError
        `days` is out of range, or the log cannot be read.

    Limits
    ------
    What customers come upon is not what recommending would change; only a log with propensities says
    something of that, and only of what it shows by chance. One split is judged, on 5,000 customers at the most.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> rows = [
    ...     (f"c{n}", f"p{(n + step) % 7}", f"2025-0{1 + step}-01 10:00:00")
    ...     for n in range(60)
    ...     for step in range(4)
    ... ]
    >>> events = pa.table(
    ...     {
    ...         "event_id": [f"e{n}" for n in range(240)],
    ...         "name": ["Product Viewed"] * 240,
    ...         "customer_id": [row[0] for row in rows],
    ...         "product_id": [row[1] for row in rows],
    ...         "happened_at": [row[2] for row in rows],
    ...     }
    ... )
    >>> answer = judge_recommendations(shop_from_tables({"events": events}))
    >>> [(row["method"], round(row["recall"], 2)) for row in answer.table.to_pylist()[:4]]
    [('popular', 1.0), ('last_item', 1.0), ('similar', 1.0), ('transitions', 1.0)]
    """
    from shopkeeper.proof.recommending_answer import Wanted, answer

    if not 1 <= days <= _MOST_DAYS:
        raise UsageError(
            Words("Asked how good the recommendations are.", "要检验推荐的效果。"),
            Words(f"days is {days}.", f"天数 days 为 {days}。"),
            Words(f"Give a number from 1 to {_MOST_DAYS}.", f"请给出 1 到 {_MOST_DAYS} 之间的数。"),
        )
    return answer(shop, Wanted(days, log, shop.settings.seed if seed is None else seed))


def _language_model() -> tuple[Answering | None, float]:
    """Return what answers prompts, if the environment names it, and the price of a million tokens."""
    from shopkeeper.language.generate import generator_from_environment
    from shopkeeper.language.prompts import Prompt

    generator = generator_from_environment()
    if generator is None:
        return None, 0.0
    # No reply is kept: one that is read from a disk would say nothing of the model's speed.

    def answering(asked: Sequence[str]) -> list[str]:
        return generator.texts([Prompt(one) for one in asked], tokens=_NAMED_IN)

    return answering, float(generator.meter.prices.prompt)


def _check(name: str, value: float, least: int) -> None:
    if not least <= value < 1e9:
        raise UsageError(
            Words(f"Asked to compare methods with {name}.", f"比较各种方法时设置了 {name}。"),
            Words(f"It is {value}.", f"其值为 {value}。"),
            Words(f"Give a number of {least} or more.", f"请给出不小于 {least} 的数。"),
        )
