"""Verbs of reviews: validate, read, answer."""

from __future__ import annotations

from typing import Literal

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.words import Words


def review_sentiment(
    shop: Shop,
    *,
    method: Literal["majority", "ngrams"] = "ngrams",
    accuracy: float = 0.9,
    seed: int | None = None,
) -> Answer:
    """Read each review as negative, neutral or positive, and say how far to trust it.

    Learned from the shop's own labels, and from its stars (1–2, 3, 4–5) where there is no label, in
    any language. A review that has a text is read by a model that has not learned from that text.

    Parameters
    ----------
    shop
        The shop.
    method
        How texts are read: `majority` says the commonest class, `ngrams` counts words and pieces of
        words.
    accuracy
        Accuracy that the reviews not abstained from shall reach, from 0 (never abstain) to 1.
    seed
        Seed of everything random; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a review: class, probabilities, whether the model abstains, and where the class comes
        from. Evidence: `quality` and `classes` on held-out reviews beside the baseline,
        `calibration`, `disagreements` of text and stars, `words` that decided, `speed`, `shares` by
        month, `parts` and `fitted`.

    Raises
    ------
    MissingDataError
        There are no reviews, or none has stars or a label.
    UsageError
        `accuracy` is not between 0 and 1.

    Limits
    ------
    Stars are taken as the truth of the text. Below 50 different labelled texts no text is read. Of a
    text longer than 5,000 characters the first and last 2,500 are read.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> reviews = pa.table({"review_id": ["a", "b"], "rating": [1.0, 5.0], "text": ["坏了", None]})
    >>> answer = review_sentiment(shop_from_tables({"reviews": reviews}))
    >>> [(row["sentiment"], row["origin"]) for row in answer.table.to_pylist()]
    [('negative', 'stars'), ('positive', 'stars')]
    """
    from shopkeeper.operations.reviews.sentiment import Plan, answer, read_reviews

    if not 0 <= accuracy <= 1:
        raise UsageError(
            Words("Asked for an accuracy to abstain below.", "设置了弃权所要求的准确率。"),
            Words(f"It is {accuracy}.", f"其值为 {accuracy}。"),
            Words("Give a number from 0 to 1.", "请给出 0 到 1 之间的数。"),
        )
    asked = Words("Asked for the sentiment of the reviews.", "要读取评价的情感。")
    if not shop.has("reviews"):
        raise MissingDataError(
            asked,
            Words("The shop has no reviews.", "店里没有评价。"),
            Words("Import an export that holds reviews.", "请导入含评价的导出文件。"),
        )
    reviews = read_reviews(shop)
    if reviews["target"].null_count == reviews.num_rows:
        raise MissingDataError(
            asked,
            Words(
                f"None of {reviews.num_rows} reviews has stars or a label to learn from.",
                f"{reviews.num_rows} 条评价都没有可供学习的星级或标注。",
            ),
            Words(
                "Import stars, or label at least 50 different reviews in the column `label`.",
                "请导入星级，或在 `label` 列标注至少 50 条不同的评价。",
            ),
        )
    chosen = shop.settings.seed if seed is None else seed
    return answer(shop, reviews, Plan(method, accuracy, chosen))
