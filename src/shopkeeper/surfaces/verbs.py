"""The list of verbs: where each one is, what it reads and what would enable it.

Every surface is derived from this list and from the signatures that it leads to. Nothing is imported
before a verb is asked for.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from shopkeeper.answer import Answer
from shopkeeper.data.store import Manifest
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop


@dataclass(frozen=True, slots=True)
class Need:
    """Tables of which one must have rows, and what to import when none has.

    Parameters
    ----------
    tables
        Canonical tables; any of them is enough.
    enable
        What to import, in words.
    """

    tables: tuple[str, ...]
    enable: Words


class Model(Protocol):
    """What was fitted and is to be stored."""

    @property
    def mark(self) -> str:
        """What it was made from."""
        ...

    @property
    def rows(self) -> int:
        """How much it holds."""
        ...

    def save(self, folder: Path) -> None:
        """Write it into a folder."""
        ...


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb.

    Parameters
    ----------
    name
        Its name, as Python spells it.
    module
        The `ask` module that holds it.
    title
        What it answers, in words.
    needs
        What must be there before it is asked.
    reads
        Every canonical table that it may read; a new version of one of them makes the stored
        answer out of date.
    answers
        Verbs whose stored answers it reads; they stand earlier in the list.
    by_hand
        Asked only by its own command: `run` leaves it out, for it takes minutes.
    model
        What `run` fits and stores in the shop before it asks, where it is not stored from the same
        data already: the function `fit_` and this name of the same module does it.
    quick
        The function of the same module that gives the same answer at once, or None where it cannot.
    files
        Files of the shop's folder that it obeys; a change of one makes the stored answer out of date.
    """

    name: str
    module: str
    title: Words
    needs: tuple[Need, ...]
    reads: tuple[str, ...]
    answers: tuple[str, ...] = ()
    by_hand: bool = False
    model: str = ""
    quick: str = ""
    files: tuple[str, ...] = ()

    def at_once(self, shop: Shop, arguments: Mapping[str, Any]) -> Answer | None:
        """Return the verb's answer where it takes milliseconds; None where it has to be worked out."""
        if not self.quick:
            return None
        function = getattr(importlib.import_module(self.module), self.quick)
        answer: Answer | None = function(shop, **arguments)
        return answer

    def again(self, shop: Shop, answer: Answer) -> tuple[Answer, bool]:
        """Return an answer that was made before and is given once more, and whether what it logs is logged."""
        if not answer.logged:
            return answer, True
        from shopkeeper.operations.recommend.serving_rules import given_again

        return given_again(shop, answer)

    def prepare(self, shop: Shop) -> Model | None:
        """Return the model that is to be stored before the verb is asked; None where there is none."""
        if not self.model:
            return None
        fit = getattr(importlib.import_module(self.module), f"fit_{self.model}")
        model: Model | None = fit(shop)
        return model

    def load(self) -> Callable[..., Answer]:
        """Import the verb and return it."""
        function: Callable[..., Answer] = getattr(importlib.import_module(self.module), self.name)
        return function

    def defaults(self) -> dict[str, Any]:
        """Return the arguments that the verb takes when none are given."""
        return dict(_defaults(self.load()))

    def missing(self, manifest: Manifest) -> tuple[Need, ...]:
        """Return the needs that a shop does not meet."""
        there = {name for name, version in manifest.tables.items() if version.rows}
        return tuple(need for need in self.needs if not there.intersection(need.tables))


@functools.cache
def _defaults(function: Callable[..., Answer]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {item.name: item.default for item in parameters if item.name != "shop"}


_REVIEWS = Need(
    ("reviews",),
    Words(
        "Import reviews: Olist, Judge.me, Amazon, Yelp, or any table with a text or stars.",
        "请导入评价：Olist、Judge.me、亚马逊、Yelp，或任何含评价文字或星级的表格。",
    ),
)
_BEHAVIOUR = Need(
    ("orders", "events"),
    Words(
        "Import orders or events: Olist, Shopify, Taobao, Online Retail, or an event log.",
        "请导入订单或行为事件：Olist、Shopify、淘宝、Online Retail，或事件日志。",
    ),
)
_TOUCHES = Need(
    ("order_items", "events"),
    Words(
        "Import orders with their lines, or events with customers and products.",
        "请导入含商品明细的订单，或含顾客与商品的行为事件。",
    ),
)
_EVENTS = Need(
    ("events",),
    Words(
        "Import events: an event log, Taobao, RetailRocket, or any table through a mapping.",
        "请导入行为事件：事件日志、淘宝、RetailRocket，或用列映射导入任何表格。",
    ),
)
_SEARCHES = Need(
    ("searches", "events"),
    Words(
        "Import searches, or events named Products Searched with their query.",
        "请导入搜索记录，或带搜索词的搜索事件（Products Searched）。",
    ),
)
_LINES = Need(
    ("order_items",),
    Words("Import orders with all their lines.", "请导入含全部商品明细的订单。"),
)
_ORDERS = Need(
    ("orders",),
    Words(
        "Import orders: Olist, Shopify, Taobao, Online Retail, or any table through a mapping.",
        "请导入订单：Olist、Shopify、淘宝、Online Retail，或用列映射导入任何表格。",
    ),
)
_ANYTHING = Need(
    ("orders", "events", "reviews"),
    Words("Import orders, events or reviews.", "请导入订单、行为事件或评价。"),
)
_BASKETS = Need(
    ("order_items",),
    Words("Import orders with all their lines.", "请导入含全部明细的订单。"),
)
_CATALOGUE = Need(
    ("products",),
    Words(
        "Import products with their titles: a catalogue, or any table through a mapping.",
        "请导入含标题的商品表：平台商品导出，或用列映射导入任何表格。",
    ),
)
_RULES = ("recommend.toml",)

VERBS: tuple[Verb, ...] = (
    Verb(
        "review_sentiment",
        "shopkeeper.operations.reviews.ask",
        Words("What reviews feel", "评价的情感"),
        needs=(_REVIEWS,),
        reads=("reviews",),
    ),
    Verb(
        "review_aspects",
        "shopkeeper.operations.reviews.ask",
        Words("What reviews speak of", "评价谈到的方面"),
        needs=(_REVIEWS,),
        reads=("reviews", "products", "order_items"),
    ),
    Verb(
        "overview",
        "shopkeeper.operations.behaviour.ask",
        Words("The shop's numbers by period", "店铺各时期的经营指标"),
        needs=(_ANYTHING,),
        reads=("orders", "order_items", "shipments", "events", "reviews"),
        answers=("review_sentiment",),
    ),
    Verb(
        "funnel",
        "shopkeeper.operations.behaviour.ask",
        Words("Where customers are lost on the way to an order", "转化漏斗：顾客在哪一步流失"),
        needs=(_EVENTS,),
        reads=("events", "products", "categories", "customers"),
    ),
    Verb(
        "retention",
        "shopkeeper.operations.behaviour.ask",
        Words("Who comes back, and what they have brought", "顾客留存与累计贡献"),
        needs=(_BEHAVIOUR,),
        reads=("orders", "order_items", "events", "customers"),
    ),
    Verb(
        "sessions",
        "shopkeeper.operations.behaviour.ask",
        Words("What becomes of sessions", "会话概况"),
        needs=(_EVENTS,),
        reads=("events",),
    ),
    Verb(
        "paths",
        "shopkeeper.operations.behaviour.ask_further",
        Words("Which ways visitors take", "访客走过的路径"),
        needs=(_EVENTS,),
        reads=("events",),
    ),
    Verb(
        "searches",
        "shopkeeper.operations.behaviour.ask_further",
        Words("What people look for, and what they find", "顾客搜什么、搜到什么"),
        needs=(_SEARCHES,),
        reads=("searches", "events", "orders", "products", "categories"),
    ),
    Verb(
        "baskets",
        "shopkeeper.operations.behaviour.ask_further",
        Words("What is bought together", "哪些商品常一起买"),
        needs=(_LINES,),
        reads=("orders", "order_items", "events", "products"),
    ),
    Verb(
        "explain_change",
        "shopkeeper.operations.behaviour.ask_further",
        Words("Why a metric moved", "指标为何变化"),
        needs=(_ORDERS,),
        reads=("orders", "order_items", "events", "products", "categories", "campaigns", "reviews", "messages"),
    ),
    Verb(
        "lifetime_value",
        "shopkeeper.operations.segments.ask_ahead",
        Words("What customers are expected to buy and to spend", "顾客未来价值"),
        needs=(_ORDERS,),
        reads=("orders", "order_items", "products", "customers"),
    ),
    Verb(
        "sentiment_effect",
        "shopkeeper.operations.reviews.ask",
        Words("How behaviour differs by sentiment", "不同情感评价下的顾客行为"),
        needs=(_REVIEWS, _BEHAVIOUR),
        reads=("reviews", "products", "orders", "order_items", "shipments", "events"),
        answers=("review_sentiment",),
    ),
    Verb(
        "review_topics",
        "shopkeeper.operations.reviews.ask",
        Words("What texts are about, and what is new", "评价在谈论什么"),
        needs=(_REVIEWS,),
        reads=("reviews", "searches", "messages", "products", "order_items"),
        answers=("review_sentiment",),
    ),
    Verb(
        "churn",
        "shopkeeper.operations.segments.ask_ahead",
        Words("Who is overdue, and who is leaving", "谁该来没来、谁可能流失"),
        needs=(_ORDERS,),
        reads=("orders", "order_items", "customers"),
    ),
    Verb(
        "segment",
        "shopkeeper.operations.segments.ask",
        Words("Who the customers are", "顾客分群"),
        needs=(_ORDERS,),
        reads=(
            "orders", "order_items", "payments", "products", "categories", "customers", "events", "reviews",
        ),
        answers=("review_sentiment", "review_topics"),
    ),
    Verb(
        "profile",
        "shopkeeper.operations.segments.ask",
        Words("One card a segment", "分群名片"),
        needs=(_ORDERS,),
        reads=(
            "orders", "order_items", "payments", "products", "categories", "customers", "events",
            "reviews",
        ),
        answers=("review_sentiment", "review_aspects", "review_topics"),
    ),
    Verb(
        "recommend",
        "shopkeeper.operations.recommend.ask",
        Words("What to show each customer next", "给每位顾客推荐什么"),
        needs=(_TOUCHES,),
        reads=("orders", "order_items", "events", "products"),
        model="recommendations",
        quick="recommend_at_once",
        files=_RULES,
    ),
    Verb(
        "similar_products",
        "shopkeeper.operations.recommend.ask",
        Words("What stands beside each product", "与每件商品相近或相连的商品"),
        needs=(_TOUCHES,),
        reads=("orders", "order_items", "events", "products"),
        files=_RULES,
    ),
    Verb(
        "complements",
        "shopkeeper.operations.recommend.complements_ask",
        Words("What goes with what, and what is due again", "搭配与补货"),
        needs=(_BASKETS,),
        reads=("orders", "order_items", "events", "products"),
        files=_RULES,
    ),
    Verb(
        "search_products",
        "shopkeeper.operations.recommend.search_ask",
        Words("What a search finds", "搜索结果"),
        needs=(_CATALOGUE,),
        reads=("products", "categories", "orders", "order_items", "events", "searches"),
        files=_RULES,
    ),
    Verb(
        "judge_recommendations",
        "shopkeeper.proof.ask",
        Words("How good the recommendations are, and what they show", "推荐的效果与曝光"),
        needs=(_TOUCHES,),
        reads=("orders", "order_items", "events", "products"),
        by_hand=True,
    ),
    Verb(
        "compare_methods",
        "shopkeeper.proof.ask",
        Words("Which way of reading reviews is worth it", "哪种评价读取方法值得用"),
        needs=(_REVIEWS,),
        reads=("reviews",),
        by_hand=True,
    ),
)  # fmt: skip
BY_NAME: dict[str, Verb] = {verb.name: verb for verb in VERBS}
