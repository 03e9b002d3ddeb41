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
    method: Literal["majority", "ngrams", "encoder", "cascade"] = "ngrams",
    encoder: str = "",
    accuracy: float = 0.9,
    seed: int | None = None,
) -> Answer:
    """Read each review as negative, neutral or positive, and say how far to trust it.

    Learned from the shop's own labels, and from its stars (1–2, 3, 4–5) where there is no label, in
    any language. Every text is read by a model that has not learned from it. The sentiment of a review
    is its label, else its stars, else what its text is read as; where text and stars are opposites it
    says so.

    Parameters
    ----------
    shop
        The shop.
    method
        How texts are read: `majority` says the commonest class, `ngrams` counts words and pieces of
        words, `encoder` fine-tunes a BERT encoder (English; needs the extra `encoder`), `cascade`
        asks that encoder only where n-grams taught by it are unsure.
    encoder
        Folder or hub id of another encoder for `encoder` and `cascade`; empty for MiniLM.
    accuracy
        Accuracy that the reviews not abstained from shall reach, from 0 (never abstain) to 1.
    seed
        Seed of everything random; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a review: its sentiment and where that comes from, what its text is read as with the
        probabilities, and whether the model abstains. Evidence: `quality` and `classes` on held-out reviews beside the baseline,
        `calibration`, `disagreements` of text and stars, `words` that decided, `speed`, `shares` by
        month, `parts`, `fitted`, and `cascade`: macro-F1 and speed by the share that the encoder
        reads.

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
    return answer(shop, reviews, Plan(method, encoder, accuracy, chosen))


def review_aspects(
    shop: Shop,
    *,
    method: Literal["words", "learned"] = "learned",
    minimum_count: int | None = None,
    seed: int | None = None,
) -> Answer:
    """Say what each review speaks of, what it thinks of it, and quote it.

    Quality, size, colour, material, taste, smell, function, price, delivery, packaging, service and
    more, in Chinese, English and Portuguese, with the shop's own aspects from `shop.toml`. Every
    quote is a part of the text, given by its offsets.

    Parameters
    ----------
    shop
        The shop.
    method
        How a clause is judged: `words` by a list of opinion words, `learned` also by what the shop's
        own rated reviews teach.
    minimum_count
        Below this count no percentage is shown; the shop's own setting when not given.
    seed
        Seed of everything random; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a mention: review, aspect, polarity, probabilities, quote, field and offsets.
        Evidence: `aspects` with shares, `products` and `months` with more complaints, `stars`,
        `together`, `quotes`, `quality` beside the baseline, `parts`.

    Raises
    ------
    MissingDataError
        No review has a text.
    UsageError
        `minimum_count` is below 1.

    Limits
    ------
    An aspect is found by its words, not by what is implied. A clause has one polarity. Below 50
    different rated texts the opinion words decide alone. Of a text longer than 5,000 characters the
    first and last 2,500 are read.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> reviews = pa.table({"review_id": ["a"], "text": ["质量很好, but delivery was slow."]})
    >>> answer = review_aspects(shop_from_tables({"reviews": reviews}))
    >>> for row in answer.table.to_pylist():
    ...     print(row["aspect"], row["polarity"], row["quote"], row["start"], row["end"])
    quality positive 质量很好 0 4
    delivery negative but delivery was slow 6 27
    """
    from shopkeeper.operations.reviews.aspects.compose import Plan, answer

    plan = Plan(
        method,
        shop.settings.least_count(minimum_count),
        shop.settings.seed if seed is None else seed,
    )
    made = answer(shop, plan)
    if made is None:
        raise MissingDataError(
            Words("Asked what the reviews speak of.", "要查看评价谈到了什么。"),
            Words("No review has a text.", "没有评价带有文字。"),
            Words("Import an export that holds texts of reviews.", "请导入含评价文字的文件。"),
        )
    return made


def sentiment_effect(
    shop: Shop, *, minimum_count: int | None = None, seed: int | None = None
) -> Answer:
    """Show how sales, conversion, returns, repeat purchase and delivery differ by sentiment.

    For the people who wrote the reviews, the products that carry them and the visitors who saw
    them: plainly, among what is otherwise alike, and before and after a burst of bad reviews. Also
    what goes with bad reviews: delivery, freight, basket, price, category and seller. The sentiment
    is the shop's label, else the stars, else what the stored answer of review_sentiment read in the
    text (its column `read`).

    Parameters
    ----------
    shop
        The shop.
    minimum_count
        Below this count no percentage is shown; the shop's own setting when not given.
    seed
        Seed of everything random; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a comparison: difference, interval, number matched and overlap. Evidence:
        `by_sentiment`, `matched`, `panel` by week around a burst, `drivers`, `balance`, `origins`.

    Raises
    ------
    MissingDataError
        No review with a sentiment can be joined with an order or a product view.
    UsageError
        `minimum_count` is below 1.

    Limits
    ------
    Differences are associated with the reviews, not caused by them: what the shop does not record
    may differ too. Reviews that are misread make differences look smaller.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> shop = shop_from_tables(
    ...     {
    ...         "orders": pa.table({"order_id": ["a", "b"], "customer_id": ["甲", "乙"]}),
    ...         "reviews": pa.table(
    ...             {
    ...                 "review_id": ["r"],
    ...                 "order_id": ["a"],
    ...                 "rating": [1],
    ...                 "reviewed_at": ["2024-05-01 10:00:00"],
    ...             }
    ...         ),
    ...     }
    ... )
    >>> sentiment_effect(shop).table["n_negative"].to_pylist()
    []
    """
    from shopkeeper.operations.reviews.effect.finding import effect

    least = shop.settings.least_count(minimum_count)
    answer = effect(shop, least=least, seed=shop.settings.seed if seed is None else seed)
    if answer is None:
        raise MissingDataError(
            Words("Asked what goes with the sentiment of reviews.", "要查看与评价情感相关的行为。"),
            Words(
                "No review with a sentiment belongs to an order or to a product that was viewed.",
                "没有带情感的评价能对应到订单或被浏览的商品。",
            ),
            Words(
                "Import orders that the reviews name, or page views of the reviewed products.",
                "请导入评价所对应的订单，或被评价商品的浏览记录。",
            ),
        )
    return answer


def review_topics(
    shop: Shop,
    *,
    source: Literal["reviews", "searches", "messages"] = "reviews",
    method: Literal["ngrams", "encoder"] = "ngrams",
    encoder: str = "",
    topics: int = 20,
    minimum_count: int | None = None,
    seed: int | None = None,
) -> Answer:
    """Find what texts speak of, what is new this week, and what has changed since when.

    Texts become vectors, vectors fall into topics, each language apart; a topic is named by its most
    telling words and shown by a text in its own words. The same texts give the same topics: nothing
    is drawn at random but the deals that a change is tested against.

    Parameters
    ----------
    shop
        The shop.
    source
        Which texts: `reviews`, `searches`, or the customers' `messages`.
    method
        Who makes the vectors: `ngrams` counts words and signs and finds what goes together,
        `encoder` reads English with a BERT encoder (needs the extra `encoder`) and other
        languages as `ngrams` does.
    encoder
        Folder or hub id of another encoder for the method `encoder`, then taken for every language;
        empty for MiniLM.
    topics
        Topics at most, without the new ones, shared among the languages by their texts; 2 to 200.
    minimum_count
        Texts of a topic at least, unless it is new; below this count no percentage is shown; the
        shop's own setting when not given.
    seed
        Seed of the test of changes; the shop's own seed when not given.

    Returns
    -------
    Answer
        One row a topic, new ones first: name, texts, share, share this week and before, the week of
        a change, share of negative reviews, a quote. Evidence: `texts` (the topic of each),
        `weeks`, `words`, `products` that a topic is about, `parts` and `fitted`.

    Raises
    ------
    MissingDataError
        There are no such texts, or no language has 50 different ones.
    UsageError
        `topics` or `minimum_count` is out of range.

    Limits
    ------
    One topic a text. A language with fewer than 50 different texts has no topics. Sentiment is the
    shop's label, else the stars, else what the stored answer of review_sentiment read in the text
    (its column `read`). The encoder reads about a hundred reviews a second on two cores; its vectors
    are kept beside the shop.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> said = ["the zipper broke {}", "delivery was slow {}", "lovely colour {}"]
    >>> words = "a b c d e f g h i j k l m n o p q r s t".split()
    >>> texts = [text.format(f"{word}{word}") for text in said for word in words]
    >>> ids = [f"r{number}" for number in range(60)]
    >>> shop = shop_from_tables({"reviews": pa.table({"review_id": ids, "text": texts})})
    >>> answer = review_topics(shop, topics=3, minimum_count=10)
    >>> answer.table["texts"].to_pylist()
    [20, 20, 20]
    """
    from shopkeeper.operations.reviews.topics.finding import Plan, answer, read_texts
    from shopkeeper.operations.reviews.topics.grouping import NEEDED, enough
    from shopkeeper.operations.reviews.topics.sentences import SPOKEN

    least = shop.settings.minimum_count if minimum_count is None else minimum_count
    if least < 1 or not 2 <= topics <= 200:
        raise UsageError(
            Words("Asked for topics.", "要归纳话题。"),
            Words(
                f"topics is {topics}, minimum_count {least}.",
                f"话题数（topics）为 {topics}，最小计数（minimum_count）为 {least}。",
            ),
            Words(
                "Give topics from 2 to 200 and a minimum_count of 1 or more.",
                "话题数请给 2 到 200，最小计数请给不小于 1 的数。",
            ),
        )
    texts = read_texts(shop, source)
    if not enough(texts.texts, texts.languages):
        raise MissingDataError(
            Words(f"Asked what {source} speak of.", f"要归纳{SPOKEN[source].zh}的话题。"),
            Words(
                f"Of {texts.read} rows {len(texts.ids)} have a text, and no language has {NEEDED} "
                "different ones.",
                f"{texts.read} 行中有 {len(texts.ids)} 条文字，没有一种语言有 {NEEDED} 条不同的文本。",
            ),
            Words(
                "Import more reviews, searches or messages with their text.",
                "请导入更多带文字的评价、搜索或客服消息。",
            ),
        )
    chosen = shop.settings.seed if seed is None else seed
    return answer(shop, texts, Plan(source, method, encoder, topics, least, chosen))
