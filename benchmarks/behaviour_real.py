"""Every verb of behaviour on real shops: what it says first, how much it lists, and how long it takes.

Run `python benchmarks/behaviour_real.py`. Online Retail and Olist are imported from their files, RetailRocket's events
are put into tables. Beside them stands what covariates do to the error of customer value on the days kept aside.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from machine import data_folder, keep
from segments_real import HORIZON, retailrocket

from shopkeeper.answer import Answer
from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import Shop, open_shop
from shopkeeper.errors import ShopkeeperError
from shopkeeper.operations.behaviour.ask import funnel, retention, sessions
from shopkeeper.operations.behaviour.ask_further import baskets, explain_change, paths, searches
from shopkeeper.operations.segments.ask import profile
from shopkeeper.operations.segments.ask_ahead import lifetime_value

Row = dict[str, Any]
VERBS: dict[str, tuple[Callable[..., Answer], dict[str, Any]]] = {
    "funnel": (funnel, {}),
    "retention by first order": (retention, {}),
    "retention by first visit": (retention, {"since": "visit", "returning": "visit"}),
    "retention by country or region": (retention, {"by": "country"}),
    "sessions": (sessions, {}),
    "paths": (paths, {}),
    "searches": (searches, {}),
    "baskets": (baskets, {}),
    "explain_change": (explain_change, {}),
    "profile": (profile, {}),
}
COVARIATES = {"online_retail": "country", "olist": "region"}


def asked(shop: Shop, name: str) -> list[Row]:
    """Ask every verb, and return what each says first or why it declines."""
    rows = []
    for title, (verb, given) in VERBS.items():
        start = time.perf_counter()
        try:
            answer = verb(shop, **given)
        except ShopkeeperError as error:
            rows.append({"figure": f"{name}: {title}", "declined": error.found.en})
            continue
        rows.append({
            "figure": f"{name}: {title}", "seconds": round(time.perf_counter() - start, 2),
            "rows": answer.table.num_rows,
            "says": next((one.en for one in answer.summary if one.en.startswith("By ")), answer.summary[0].en),
        })  # fmt: skip
    return rows


def with_covariates(shop: Shop, name: str) -> list[Row]:
    """Return the error of value and purchases with covariates, without them, and the difference."""
    answer = lifetime_value(shop, horizon_days=HORIZON, covariates=COVARIATES[name])
    told = {(row["method"], row["metric"]): row for row in answer.evidence["quality"].to_pylist()}
    return [
        {"figure": f"{name}: {metric} by {COVARIATES[name]}", "with": round(told["bg_nbd", metric]["value"], 4),
         "without": round(told["bg_nbd_alone", metric]["value"], 4),
         **{end: round(told["bg_nbd_minus_alone", metric][end], 4) for end in ("low", "high")}}
        for metric in ("purchases_rmse", "value_rmse")
    ]  # fmt: skip


def main() -> None:
    """Import, ask and keep the figures."""
    with TemporaryDirectory() as folder:
        for name in COVARIATES:
            import_files([data_folder() / name], Path(folder) / name)
            shop = open_shop(Path(folder) / name)
            keep("behaviour_real", asked(shop, name) + with_covariates(shop, name))
    keep("behaviour_real", asked(retailrocket(), "retailrocket"))


if __name__ == "__main__":
    main()
