"""Verbs of recommend: validate, read, answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.operations.recommend.answering import Plan
    from shopkeeper.operations.recommend.everyone import Written
    from shopkeeper.operations.recommend.judging import How
    from shopkeeper.operations.recommend.stored import Prepared

_ASKED = Words("Asked for recommendations.", "要推荐商品。")


def recommend(  # noqa: PLR0913 — each is an option of the command
    shop: Shop,
    *,
    customers: str = "",
    given: str = "",
    k: int = 10,
    method: Literal["transitions", "routed", "similar", "last_item", "popular"] = "transitions",
    opted_out: str = "",
    exclude: str = "",
    channel: str = "",
    seed: int | None = None,
) -> Answer:
    """Recommend products to each customer, each with the reason that gives most of its score.

    Learned from the order in which customers came upon products, and judged on the newest product of
    each customer beside the popular products. What a customer has touched, what is out of stock or
    no longer listed, and what you exclude is not shown; `recommend.toml` in the shop changes this.

    Parameters
    ----------
    shop
        The shop.
    customers
        Customers with commas between them; empty for the 1,000 with the most products. An unknown
        one gets popular products.
    given
        Products of a visit with commas between them, oldest first, for a visitor without a history.
    k
        Products for each, 1 to 1,000.
    method
        How products are ranked: `transitions` by what came after each product of the history,
        `routed` by whichever method did best for histories of that length, trees included (slower),
        `similar` by category, brand and title, `last_item` by what came after the newest product,
        `popular` by how many touched it.
    opted_out
        Customers with commas between them whose own history must not decide what they are shown:
        they get popular products, the same for all of them; `*` for everyone, in one list where no
        customer is named. What they did still counts among everybody's.
    exclude
        Products with commas between them that are not to be shown.
    channel
        Channel where it is shown: only the categories that the shop's rules allow there; empty for
        all.
    seed
        Seed of samples, trees and intervals; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a customer and rank: product, score, reason, the product that it rests on and its
        part of the score. Evidence: `ranking_quality` on held-out products beside the popular and
        the last item, by length of history; `ruled_out`, `parts`, `fitted`.

    Raises
    ------
    MissingDataError
        No known customer has bought or viewed a product.
    SettingsError
        The shop's rules have an unknown key or a value that cannot be used.
    UsageError
        `k` is out of range, a product or channel is unknown, or `customers` and `given` are both there.

    Limits
    ------
    It predicts what comes next, not what recommending changes. A product that nobody has touched is
    shown with `transitions` by what products described like it follow. All such products together
    have as many of the first ten places as they are of the products, a fifth at most, which they take
    from known ones. With another method, or listed over 180 days before the latest, one is shown only
    where a list is too short; of more than 2,000 such, the latest listed. Rules hold for lists, not
    for what is learned.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> bought = [("a", "kettle"), ("a", "cup"), ("b", "kettle"), ("b", "cup"), ("c", "kettle")]
    >>> ids = [f"o{number}" for number in range(5)]
    >>> shop = shop_from_tables(
    ...     {
    ...         "orders": pa.table(
    ...             {
    ...                 "order_id": ids,
    ...                 "customer_id": [customer for customer, _ in bought],
    ...                 "ordered_at": [f"2025-05-0{number + 1} 10:00:00" for number in range(5)],
    ...             }
    ...         ),
    ...         "order_items": pa.table(
    ...             {
    ...                 "order_id": ids,
    ...                 "line": [1] * 5,
    ...                 "product_id": [product for _, product in bought],
    ...                 "quantity": [1] * 5,
    ...                 "price": [1.0] * 5,
    ...             }
    ...         ),
    ...     }
    ... )
    >>> row = recommend(shop, customers="c").table.to_pylist()[0]
    >>> row["product_id"], row["reason_en"], row["reason_zh"]
    ('cup', 'Because you bought kettle', '因为您买过「kettle」')
    """
    from shopkeeper.operations.recommend.answering import answer

    plan = _plan(
        shop, customers=customers, given=given, k=k, method=method, opted_out=opted_out, exclude=exclude,
        channel=channel, seed=seed,
    )  # fmt: skip
    made = answer(shop, plan)
    if made is None:
        raise _nothing_touched(_ASKED)
    return made


def recommend_at_once(  # noqa: PLR0913 — each is an option of the command
    shop: Shop,
    *,
    customers: str = "",
    given: str = "",
    k: int = 10,
    method: Literal["transitions", "routed", "similar", "last_item", "popular"] = "transitions",
    opted_out: str = "",
    exclude: str = "",
    channel: str = "",
    seed: int | None = None,
) -> Answer | None:
    """Answer as `recommend` does, where that takes milliseconds; else None.

    Parameters
    ----------
    shop, customers, given, k, method, opted_out, exclude, channel, seed
        As of `recommend`.

    Returns
    -------
    Answer or None
        The answer of `recommend`, from the stored model; None where it has to be worked out: for more
        than a few customers or products, and where no model of the data as it is now is stored.

    Raises
    ------
    SettingsError, UsageError
        As of `recommend`.
    """
    from shopkeeper.operations.recommend.answering import answer_at_once

    plan = _plan(
        shop, customers=customers, given=given, k=k, method=method, opted_out=opted_out, exclude=exclude,
        channel=channel, seed=seed,
    )  # fmt: skip
    return answer_at_once(shop, plan)


def recommend_everyone(
    shop: Shop,
    output: Path,
    *,
    k: int = 20,
    opted_out: str = "",
    exclude: str = "",
    channel: str = "",
    processes: int = 2,
) -> Written:
    """Write the recommendations of every customer into one file, from the stored model.

    Parameters
    ----------
    shop
        The shop.
    output
        The Parquet file; it appears whole, or not at all.
    k
        Products for each, 1 to 1,000.
    opted_out, exclude, channel
        As of `recommend`.
    processes
        How many work at once.

    Returns
    -------
    Written
        Customers, rows, lists that were made without personalisation, and limits.

    Raises
    ------
    UsageError
        `k` is out of range, or a product or channel is unknown.
    SettingsError
        The shop's rules have an unknown key or a value that cannot be used.
    MissingDataError
        No model of the data as it is now is stored.
    """
    from shopkeeper.operations.recommend.everyone import Plan, write_everyone
    from shopkeeper.operations.recommend.request import check_count, names_of

    check_count(_ASKED, k)
    plan = Plan(k, frozenset(names_of(opted_out)), names_of(exclude), channel.strip())
    made = write_everyone(shop, plan, output, processes=processes)
    if made is None:
        raise MissingDataError(
            _ASKED,
            Words("No model of the data as it is now is stored.", "还没有用现有数据训练好的模型。"),
            Words("Run `shopkeeper run SHOP` first.", "请先运行 `shopkeeper run 店铺`。"),
        )
    return made


def fit_recommendations(shop: Shop) -> Prepared | None:
    """Fit what `recommend` reads, to be stored in the shop; None where it is there already.

    Parameters
    ----------
    shop
        The shop.
    """
    from shopkeeper.operations.recommend.stored import prepared

    return prepared(shop)


def similar_products(  # noqa: PLR0913 — each is an option of the command
    shop: Shop,
    *,
    product: str = "",
    k: int = 10,
    method: Literal["combined", "transitions", "similar", "popular"] = "combined",
    exclude: str = "",
    customer: str = "",
    opted_out: str = "",
    channel: str = "",
    seed: int | None = None,
) -> Answer:
    """Find what stands beside a product, each with the reason: what customers chose, or what is alike.

    Learned from what customers came upon before and after each product, and from category, brand and
    title; judged on the newest product of each customer, found by the one before it alone, beside
    the popular products of the category. What is out of stock or no longer listed is not shown;
    `recommend.toml` in the shop changes this.

    Parameters
    ----------
    shop
        The shop.
    product
        Products with commas between them; empty for the 1,000 that most customers touched. One that
        nobody has touched yet is enough if it is in the catalogue.
    k
        Products for each, 1 to 1,000.
    method
        How products are ranked: `combined` by what came before and after and by likeness,
        `transitions` by what came before and after alone, `similar` by category, brand and title
        alone, `popular` by how many touched it of the same category.
    exclude
        Products with commas between them that are not to be shown.
    customer
        Customer who is shown the lists, for rules on what they bought, looked at or have in the cart.
    opted_out
        Customers with commas between them whose own history must not be looked at; `*` for everyone.
    channel
        Channel where it is shown: only the categories that the shop's rules allow there; empty for
        all.
    seed
        Seed of samples and intervals; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a product and rank: the similar product, score, reason, and how many customers chose
        it after and before. Evidence: `ranking_quality` on held-out products beside the popular ones
        of the category; `ruled_out`, `parts`, `fitted`.

    Raises
    ------
    MissingDataError
        No known customer has bought or viewed a product.
    SettingsError
        The shop's rules have an unknown key or a value that cannot be used.
    UsageError
        `k` is out of range, or a product or channel is unknown.

    Limits
    ------
    What replaces a product and what goes with it are not told apart. Judged by what customers did
    next, which is more than likeness.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> seen = [("a", "kettle"), ("a", "cup"), ("b", "kettle"), ("b", "cup"), ("c", "pan")]
    >>> events = pa.table(
    ...     {
    ...         "event_id": [f"e{number}" for number in range(5)],
    ...         "name": ["Product Viewed"] * 5,
    ...         "customer_id": [customer for customer, _ in seen],
    ...         "product_id": [product for _, product in seen],
    ...         "happened_at": [f"2025-05-0{number + 1} 10:00:00" for number in range(5)],
    ...     }
    ... )
    >>> answer = similar_products(shop_from_tables({"events": events}), product="kettle")
    >>> row = answer.table.to_pylist()[0]
    >>> row["similar_id"], row["reason_en"], row["reason_zh"]
    ('cup', 'Chosen after this one by 2 customers', '2 位顾客在此商品之后选了它')
    """
    from shopkeeper.operations.recommend.request import check_count, names_of
    from shopkeeper.operations.recommend.serving_rules import Viewer
    from shopkeeper.operations.recommend.similar import Wanted, answer

    asked = Words("Asked for similar products.", "要查相近的商品。")
    check_count(asked, k)
    wanted = Wanted(
        names_of(product), k, method, names_of(exclude), shop.settings.seed if seed is None else seed,
        Viewer(customer.strip(), channel.strip(), frozenset(names_of(opted_out))),
    )  # fmt: skip
    made = answer(shop, wanted)
    if made is None:
        raise _nothing_touched(asked)
    return made


def _plan(  # noqa: PLR0913 — as the verb takes them
    shop: Shop, *, customers: str, given: str, k: int, method: How, opted_out: str, exclude: str,
    channel: str, seed: int | None,
) -> Plan:  # fmt: skip
    """Return what was asked of `recommend`, once it is known to make sense."""
    from shopkeeper.operations.recommend.answering import Plan
    from shopkeeper.operations.recommend.request import check_count, names_of

    check_count(_ASKED, k)
    if customers and given:
        raise UsageError(
            _ASKED,
            Words("Both customers and the products of a visit are given.",
                  "同时给出了顾客（customers）和访问中的商品（given）。"),
            Words("Give one of them.", "请只给其中一项。"),
        )  # fmt: skip
    return Plan(
        names_of(customers), names_of(given), k, method, frozenset(names_of(opted_out)), names_of(exclude),
        shop.settings.seed if seed is None else seed, channel.strip(),
    )  # fmt: skip


def _nothing_touched(asked: Words) -> MissingDataError:
    return MissingDataError(
        asked,
        Words(
            "No known customer has bought or viewed a product.",
            "没有可识别的顾客买过或浏览过商品。",
        ),
        Words(
            "Import orders with their lines and customers, or events with customers and products.",
            "请导入含明细与顾客的订单，或含顾客与商品的行为事件。",
        ),
    )
