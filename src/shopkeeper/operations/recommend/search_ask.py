"""The verb `search_products`: validate, read, answer."""

from __future__ import annotations

from typing import Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.recommend.request import check_count, names_of
from shopkeeper.words import Words

LONGEST_QUERY = 500


def search_products(  # noqa: PLR0913 — each is an option of the command
    shop: Shop,
    *,
    query: str = "",
    k: int = 10,
    method: Literal["hybrid", "keyword", "meaning"] = "hybrid",
    category: str = "",
    brand: str = "",
    price_min: float | None = None,
    price_max: float | None = None,
    in_stock: bool = False,
    exclude: str = "",
    customer: str = "",
    opted_out: str = "",
    channel: str = "",
    seed: int | None = None,
) -> Answer:
    """Search the catalogue by words, spelling and meaning, each product with what it has of the query.

    Chinese and English alike, forgiving slips of the pen; without a query the commonest searches of
    the shop are answered. Judged by what was clicked, and then bought, after the shop's own searches.

    Parameters
    ----------
    shop
        The shop.
    query
        What is searched for; empty for the 50 commonest searches of the shop.
    k
        Products for each, 1 to 1,000.
    method
        How products are ranked: `hybrid` by words, spelling and meaning, `keyword` by BM25 alone,
        `meaning` by likeness of meaning alone.
    category
        Only products of this category.
    brand
        Only products of this brand.
    price_min
        Only products of this price or more.
    price_max
        Only products of this price or less.
    in_stock
        Only products that are known to be in stock.
    exclude
        Products with commas between them that are not to be shown.
    customer
        Customer who searches, for rules on what they bought, looked at or have in the cart.
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
        One row a query and rank: product, score, reason, price, whether it is in stock. Evidence:
        `queries`, `corrections`, `ruled_out`, `parts`, and without a query `search_quality` by what was
        clicked and bought.

    Raises
    ------
    MissingDataError
        No product is listed, or there is no query and no search is known.
    SettingsError
        The shop's rules have an unknown key or a value that cannot be used.
    UsageError
        `k` is out of range, the query too long, the price band empty, or a product or channel unknown.

    Limits
    ------
    Meaning is read where the encoder is installed and the text is English; other texts are matched by
    words and spelling. Weights come from judged pairs of another shop. Nobody's history decides the
    order: a customer only matters for what the shop's rules exclude.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> products = pa.table({"product_id": ["1", "2"], "title": ["wireless earphones", "无线键盘"]})
    >>> shop = shop_from_tables({"products": products})
    >>> for query in ("earphnes", "键盘"):
    ...     row = search_products(shop, query=query, method="keyword").table.to_pylist()
    ...     print(query, [one["product_id"] for one in row])
    earphnes []
    键盘 ['2']
    """
    from shopkeeper.operations.recommend.searching import Filters, Wanted, answer
    from shopkeeper.operations.recommend.serving_rules import Viewer

    asked = Words("Asked to search for products.", "要搜索商品。")
    check_count(asked, k)
    query = " ".join(query.split())
    _check(asked, query, price_min, price_max)
    made = answer(
        shop,
        Wanted(
            query,
            k,
            method,
            Filters(category.strip(), brand.strip(), price_min, price_max, in_stock),
            names_of(exclude),
            Viewer(customer.strip(), channel.strip(), frozenset(names_of(opted_out))),
            shop.settings.seed if seed is None else seed,
        ),
    )
    if made is None and shop.has("products"):
        raise MissingDataError(
            asked,
            Words("No search of the shop is known.", "没有本店的搜索记录。"),
            Words("Give a query, or import searches.", "请给出搜索词（query），或导入搜索记录。"),
        )
    if made is None:
        raise MissingDataError(
            asked,
            Words("No product is listed.", "商品表是空的。"),
            Words(
                "Import products with their titles: a catalogue, or any table through a mapping.",
                "请导入含标题的商品表：平台商品导出，或用列映射导入任何表格。",
            ),
        )
    return made


def _check(asked: Words, query: str, low: float | None, high: float | None) -> None:
    if len(query) > LONGEST_QUERY:
        raise UsageError(
            asked,
            Words(f"The query has {len(query):,} characters.", f"搜索词有 {len(query):,} 个字符。"),
            Words(f"Give at most {LONGEST_QUERY}.", f"请不要超过 {LONGEST_QUERY} 个字符。"),
        )
    if low is not None and high is not None and low > high:
        raise UsageError(
            asked,
            Words(
                f"The lowest price {low:g} is above the highest {high:g}.",
                f"最低价 {low:g} 高于最高价 {high:g}。",
            ),
            Words("Swap them, or leave one out.", "请对调，或只给其中一项。"),
        )
