"""shopkeeper: language models applied to the data of an online shop.

What customers say and what they do, joined in tables and answered with evidence.

Examples
--------
>>> import pyarrow as pa
>>> import shopkeeper
>>> shop = shopkeeper.shop_from_tables({"sellers": pa.table({"seller_id": ["s1"]})})
>>> shop.rows("sellers")
1
>>> "overview" in dir(shopkeeper)
True

Every name is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shopkeeper.answer import Answer
    from shopkeeper.data.checks import check
    from shopkeeper.data.demo import build_demo
    from shopkeeper.data.importing import ImportSummary, import_files
    from shopkeeper.data.shop import Shop, open_shop, shop_from_tables
    from shopkeeper.errors import (
        ArtifactError,
        DataError,
        MissingDataError,
        MissingExtraError,
        SettingsError,
        ShopBusyError,
        ShopkeeperError,
        ShopNotFoundError,
        SourceNotFoundError,
        StorageError,
        UnreadableFileError,
        UnrecognisedFileError,
        UsageError,
    )
    from shopkeeper.operations.behaviour.ask import funnel, overview, retention, sessions
    from shopkeeper.operations.behaviour.ask_further import baskets, explain_change, paths, searches
    from shopkeeper.operations.recommend.ask import recommend, similar_products
    from shopkeeper.operations.recommend.complements_ask import complements
    from shopkeeper.operations.recommend.search_ask import search_products
    from shopkeeper.operations.reviews.ask import (
        review_aspects,
        review_sentiment,
        review_topics,
        sentiment_effect,
    )
    from shopkeeper.operations.segments.ask import profile, segment
    from shopkeeper.operations.segments.ask_ahead import churn, lifetime_value
    from shopkeeper.proof.ask import compare_methods
    from shopkeeper.settings import Settings
    from shopkeeper.surfaces.report import write_report
    from shopkeeper.surfaces.running import Step, run
    from shopkeeper.words import Words

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "ArtifactError",
    "DataError",
    "ImportSummary",
    "MissingDataError",
    "MissingExtraError",
    "Settings",
    "SettingsError",
    "Shop",
    "ShopBusyError",
    "ShopNotFoundError",
    "ShopkeeperError",
    "SourceNotFoundError",
    "Step",
    "StorageError",
    "UnreadableFileError",
    "UnrecognisedFileError",
    "UsageError",
    "Words",
    "baskets",
    "build_demo",
    "check",
    "churn",
    "compare_methods",
    "complements",
    "explain_change",
    "funnel",
    "import_files",
    "lifetime_value",
    "open_shop",
    "overview",
    "paths",
    "profile",
    "recommend",
    "retention",
    "review_aspects",
    "review_sentiment",
    "review_topics",
    "run",
    "search_products",
    "searches",
    "segment",
    "sentiment_effect",
    "sessions",
    "shop_from_tables",
    "similar_products",
    "write_report",
]

_HOMES = {
    "answer": ("Answer",),
    "data.checks": ("check",),
    "data.demo": ("build_demo",),
    "data.importing": ("ImportSummary", "import_files"),
    "data.shop": ("Shop", "open_shop", "shop_from_tables"),
    "operations.behaviour.ask": ("funnel", "overview", "retention", "sessions"),
    "operations.behaviour.ask_further": ("baskets", "explain_change", "paths", "searches"),
    "operations.recommend.ask": ("recommend", "similar_products"),
    "operations.recommend.complements_ask": ("complements",),
    "operations.recommend.search_ask": ("search_products",),
    "operations.reviews.ask": (
        "review_aspects",
        "review_sentiment",
        "review_topics",
        "sentiment_effect",
    ),
    "operations.segments.ask": ("profile", "segment"),
    "operations.segments.ask_ahead": ("churn", "lifetime_value"),
    "proof.ask": ("compare_methods",),
    "settings": ("Settings",),
    "surfaces.report": ("write_report",),
    "surfaces.running": ("Step", "run"),
    "words": ("Words",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'shopkeeper' has no attribute {name!r}")
    home = importlib.import_module(f"shopkeeper.{_HOME_OF.get(name, 'errors')}")
    globals()[name] = getattr(home, name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
