"""Real shops: value and churn foretold month after month, and how stable the segments are.

`python benchmarks/segments_real.py`. Nothing is chosen on these figures; every cut is judged on the days after it.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
from machine import data_folder, keep

from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import Shop, open_shop, shop_from_tables
from shopkeeper.errors import ShopkeeperError
from shopkeeper.intervals import proportion
from shopkeeper.language.metrics import polarity_auc
from shopkeeper.operations.segments.ask import segment
from shopkeeper.operations.segments.ask_ahead import churn, lifetime_value
from shopkeeper.operations.segments.lifetime.learning import fit
from shopkeeper.operations.segments.methods.classes import fit_classes
from shopkeeper.operations.segments.methods.rfm import SEGMENTS, fit_cuts, place

Row = dict[str, Any]
HORIZON = 30
MEASURES = (
    "value_rmse", "value_mae", "value_ratio", "purchases_rmse", "purchases_mae", "purchases_ratio",
    "purchases_coverage", "value_coverage",
)  # fmt: skip


def chained(shop: Shop, name: str, cuts: list[date]) -> list[Row]:
    """Judge value and churn at each cut, on the days before it that were kept aside."""
    errors: dict[tuple[str, str], list[tuple[float, int]]] = {}
    tenths: dict[int, list[tuple[float, float, int]]] = {}
    rows = []
    for cut in cuts:
        past = shop.as_of(datetime(cut.year, cut.month, cut.day, 23, 59, 59))
        try:
            value = lifetime_value(past, horizon_days=HORIZON)
            gone_by = churn(past, horizon_days=HORIZON)
        except ShopkeeperError as error:
            rows.append({"figure": f"{name}: to {cut}", "declined": error.found.en})
            continue
        for row in value.evidence["quality"].to_pylist():
            errors.setdefault((row["method"], row["metric"]), []).append((row["value"], row["n"]))
        for row in value.evidence["value_calibration"].to_pylist():
            tenths.setdefault(row["tenth"], []).append(
                (row["expected"], row["happened"], row["customers"])
            )
        gone = {
            (row["method"], row["metric"]): row for row in gone_by.evidence["quality"].to_pylist()
        }
        rows.append({
            "figure": f"{name}: churn within {HORIZON} days to {cut}",
            **{f"{method} {metric}": round(row["value"], 4) for (method, metric), row in gone.items() if metric != "log_loss"},
            **{f"difference {end}": round(gone["own_minus_recency", "auc"][end], 4)
               for end in ("low", "high") if ("own_minus_recency", "auc") in gone}})  # fmt: skip
    rows += [
        {"figure": f"{name}: {metric}, mean of {len(cuts)} cuts",
         **{method: round(float(np.average([v for v, _ in found], weights=[n for _, n in found])), 4)
            for (method, one), found in errors.items() if one == metric}}
        for metric in MEASURES
        if errors
    ]  # fmt: skip
    for tenth, found in sorted(tenths.items()):
        weights = [n for *_, n in found]
        rows.append({
            "figure": f"{name}: value by tenths", "tenth": tenth,
            "expected": round(float(np.average([one for one, *_ in found], weights=weights)), 2),
            "happened": round(float(np.average([one for _, one, _ in found], weights=weights)), 2)})  # fmt: skip
    return rows


def grouped(shop: Shop, name: str) -> list[Row]:
    """Say how many segments each method finds, how stable they are, and how long it takes."""
    rows = []
    for method in ("rfm", "behaviour", "embedding"):
        start = time.perf_counter()
        try:
            found = segment(shop, method=method)
        except ShopkeeperError as error:
            rows.append({"figure": f"{name}: {method}", "declined": error.found.en})
            continue
        told = [row for row in found.table.to_pylist() if row["customers"] is not None]
        rows.append({
            "figure": f"{name}: {method}", "customers": sum(row["customers"] for row in told), "segments": len(told),
            "stable": sum(bool(row["stable"]) for row in told),
            "mean stability": round(float(np.mean([row["stability"] for row in told])), 3),
            "rule precision": round(float(np.nanmean([row["precision"] or np.nan for row in told])), 3),
            "rule recall": round(float(np.nanmean([row["recall"] or np.nan for row in told])), 3),
            "seconds": round(time.perf_counter() - start, 2)})  # fmt: skip
    return rows


def retailrocket() -> Shop:
    """Make the buys of RetailRocket orders of one thing each; it tells no prices."""
    rows = pv.read_csv(data_folder() / "retailrocket" / "events_train.csv").to_pylist()
    bought = [row for row in rows if row["event"] in ("buy", "transaction")]
    return shop_from_tables({
        "orders": pa.table({
            "order_id": [str(n) for n in range(len(bought))],
            "customer_id": [str(row["user"]) for row in bought],
            "ordered_at": [datetime.fromtimestamp(row["ts"] / (1000 if row["ts"] > 10**11 else 1)) for row in bought],
            "total": [1.0] * len(bought)}),
        "order_items": pa.table({
            "order_id": [str(n) for n in range(len(bought))], "line": [1] * len(bought), "quantity": [1] * len(bought),
            "product_id": [str(row["item"]) for row in bought], "price": [1.0] * len(bought)}),
        "events": pa.table({
            "event_id": [str(n) for n in range(len(rows))],
            "name": [{"view": "Product Viewed", "cart": "Product Added"}.get(row["event"], "Order Completed") for row in rows],
            "happened_at": [datetime.fromtimestamp(row["ts"] / (1000 if row["ts"] > 10**11 else 1)) for row in rows],
            "customer_id": [str(row["user"]) for row in rows], "product_id": [str(row["item"]) for row in rows]}),
    })  # fmt: skip


def campaign() -> list[Row]:
    """Group the customers of marketing_campaign and say how their answer to the last campaign differs."""
    file = data_folder() / "marketing_campaign" / "marketing_campaign.csv"
    table = pv.read_csv(file, parse_options=pv.ParseOptions(delimiter=";"))
    frame = {
        name.lstrip("\ufeff"): table[name].to_numpy(zero_copy_only=False)
        for name in table.column_names
    }
    channels = ("NumDealsPurchases", "NumWebPurchases", "NumCatalogPurchases", "NumStorePurchases")
    goods = [name for name in frame if name.startswith("Mnt")]
    often = sum(frame[name] for name in channels[1:]).astype(float)
    spent = sum(frame[name] for name in goods).astype(float)
    since, answered = frame["Recency"].astype(float), frame["Response"].astype(float)
    codes = place(fit_cuts(since, often, spent).scores(since, often, spent), often)
    # Money in tenths of a hundred, so that one thing bought counts about as one act.
    counts = np.column_stack(
        [frame[name] for name in channels] + [frame[name] / 50 for name in goods]
    ).astype(float)
    blocks = [slice(0, len(channels)), slice(len(channels), counts.shape[1])]
    fits = {k: fit_classes(counts, blocks, k, seed=0, starts=6) for k in range(2, 9)}
    k = min(fits, key=lambda one: fits[one].icl(counts))
    classes = fits[k].probabilities(counts).argmax(axis=1)
    rows = []
    for name, groups, labels in (
        ("rfm", codes, SEGMENTS),
        ("classes", classes, [f"c{n + 1}" for n in range(k)]),
    ):
        for code, label in enumerate(labels):
            mine = groups == code
            if mine.sum() >= 20:
                share = proportion(answered[mine].sum(), mine.sum())
                rows.append({
                    "figure": f"marketing_campaign: {name} {label}", "customers": int(mine.sum()),
                    "answered": round(share.value, 3), "low": round(share.low, 3), "high": round(share.high, 3)})  # fmt: skip
    return rows


def expected_of_campaign() -> list[Row]:
    """Hold what BG/NBD expects of marketing_campaign's customers against who answered the last campaign.

    The data names the first and the last day of each customer and how often they bought, no other day, so
    that nothing can be kept aside: the answer to the campaign is the only thing that came after.
    """
    file = data_folder() / "marketing_campaign" / "marketing_campaign.csv"
    table = pv.read_csv(file, parse_options=pv.ParseOptions(delimiter=";"))
    frame = {name.lstrip("\ufeff"): table[name].to_pylist() for name in table.column_names}
    joined = [_day(text) for text in frame["Dt_Customer"]]
    since, answered = np.array(frame["Recency"], float), np.array(frame["Response"]) == 1
    # Nobody bought after the data ends, and it names no end: the latest day that anybody bought on.
    end = max(day + timedelta(days=int(days)) for day, days in zip(joined, since, strict=True))
    age = np.array([(end - day).days for day in joined], float)
    often = sum(np.array(frame[f"Num{one}Purchases"]) for one in ("Web", "Catalog", "Store"))
    repeats = np.maximum(often - 1, 0).astype(float)
    # Who bought once bought on their first day.
    recency = np.where(repeats > 0, np.maximum(age - since, 1), 0)
    spent = sum(np.array(frame[name], float) for name in frame if name.startswith("Mnt"))
    made = fit(
        pa.table({
            "repeats": repeats.astype(int), "recency": recency.astype(int), "age": age.astype(int),
            "spent": spent, "spent_again": spent * repeats / np.maximum(often, 1)}),
        HORIZON,
    )  # fmt: skip
    scores = {
        "expected value": made.expected * made.each, "expected purchases": made.expected,
        "active": made.alive, "recency alone": -since, "spent so far": spent}  # fmt: skip
    return [{
        "figure": "marketing_campaign: AUC of who answered the last campaign", "customers": len(age),
        "answered": int(answered.sum()),
        **{name: round(polarity_auc(answered, score), 4) for name, score in scores.items()}}]  # fmt: skip


def _day(text: str | date) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)


def last_days(shop: Shop, count: int) -> list[date]:
    """Return the ends of the last 30-day spans of the data, so many, the latest last."""
    last = shop.orders.ordered_at.max().to_pyarrow().as_py().date()
    return [last - timedelta(days=HORIZON * back) for back in range(count - 1, -1, -1)]


def main() -> None:
    """Import, judge and keep the figures."""
    with TemporaryDirectory() as folder:
        places = {}
        for name in ("online_retail", "olist"):
            places[name] = Path(folder) / name
            import_files([data_folder() / name], places[name])
        retail = open_shop(places["online_retail"])
        ends = [date(2011, month + 1, 1) - timedelta(days=1) for month in range(6, 12)]
        keep("segments", chained(retail, "online_retail", ends))
        keep("segments", grouped(retail, "online_retail"))
        olist = open_shop(places["olist"])
        ends = [date(2018, month + 1, 1) - timedelta(days=1) for month in range(3, 9)]
        keep("segments", chained(olist, "olist", ends))
        keep("segments", grouped(olist, "olist"))
    rocket = retailrocket()
    keep("segments", chained(rocket, "retailrocket", last_days(rocket, 2)))
    keep("segments", grouped(rocket, "retailrocket"))
    keep("segments", [*campaign(), *expected_of_campaign()])


if __name__ == "__main__":
    main()
