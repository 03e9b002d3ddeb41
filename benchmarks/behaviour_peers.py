"""Baskets and accounts of change beside openretailscience 0.48, on the lines of Online Retail.

`python benchmarks/behaviour.py openretailscience` runs it. What both answer must be equal: the
support, confidence and lift of every pair, the revenue tree's sums, what was gained and lost, who
bought of both of two things, and who came back. Its decision hierarchy leaves out more than ours (a
thing that a customer ever bought beside another one, whichever), so the trees are not held against each
other. Its switching between groups of customers and its plots have no counterpart here; intervals, corrections for
the number of pairs and what chance would do have none there.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import ibis
import numpy as np
from machine import data_folder

LEAST, TOGETHER = 30, 5
BEFORE, AFTER = "2011-10", "2011-11"


def figures() -> list[dict[str, Any]]:
    """Ask both, hold the answers against each other, and return the seconds."""
    from shopkeeper.data.importing import import_files
    from shopkeeper.data.shop import open_shop

    with tempfile.TemporaryDirectory() as folder:
        import_files([data_folder() / "online_retail"], Path(folder) / "shop")
        shop = open_shop(Path(folder) / "shop")
        lines = _lines(shop)
        return [
            _association(shop, lines),
            *_accounts(shop, lines),
            _cross_shop(shop, lines),
            _decisions(shop, lines),
            _cohorts(shop, lines),
        ]


def intention() -> dict[str, Any]:
    """Return the AUC of both ways on Online Shoppers Intention, by tenfold cross-validation."""
    import csv

    from sklearn.model_selection import StratifiedKFold

    from shopkeeper.language.metrics import polarity_auc
    from shopkeeper.operations.behaviour.methods.boosted import BoostedTrees
    from shopkeeper.operations.behaviour.methods.entry_rate import EntryRate

    (file,) = (data_folder() / "online_shoppers_intention").glob("*.csv")
    with file.open(encoding="utf-8") as opened:
        lines = list(csv.DictReader(opened, delimiter=";"))
    bought = np.array([line.pop("Revenue").upper() == "TRUE" for line in lines])
    # Who visits stands for the entry, which these sessions do not name.
    names = ["VisitorType", *(name for name in lines[0] if name != "VisitorType")]
    rows = np.stack([_numbers([line[name] for line in lines]) for name in names], axis=1)
    chance = {"entry_rate": np.zeros(len(rows)), "boosted": np.zeros(len(rows))}
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    for taught, unseen in folds.split(rows, bought):
        for name, way in (("entry_rate", EntryRate()), ("boosted", BoostedTrees(seed=0))):
            made = way.fit(rows[taught], bought[taught]).predict(rows[unseen])
            chance[name][unseen] = made
    areas = {name: round(polarity_auc(bought, made), 4) for name, made in chance.items()}
    return {"figure": "purchase intention, AUC", "sessions": len(rows), **areas}


def _numbers(values: list[str]) -> Any:
    try:
        return np.array([float(value) for value in values])
    except ValueError:
        # A column of names.
        return np.unique(values, return_inverse=True)[1].astype(float)


def _lines(shop: Any) -> Any:
    """Return the paid lines as openretailscience wants them, a pandas frame."""
    import pandas as pd

    from shopkeeper.data import facts

    order = facts.orders(shop).filter(ibis._.paid).select("order_id", "customer_id", "on")
    line = shop.order_items.filter((ibis._.quantity > 0) & ibis._.product_id.notnull())
    frame = line.inner_join(order, "order_id").to_pyarrow().to_pandas()
    return pd.DataFrame(
        {
            "transaction_id": frame["order_id"],
            "customer_id": frame["customer_id"],
            "product_id": frame["product_id"],
            "unit_spend": (frame["quantity"] * frame["price"]).astype(float),
            "unit_quantity": frame["quantity"],
            "month": pd.to_datetime(frame["on"]).dt.strftime("%Y-%m"),
            "transaction_date": pd.to_datetime(frame["on"]),
        }
    )


def _association(shop: Any, lines: Any) -> dict[str, Any]:
    from openretailscience.analysis.product_association import ProductAssociation

    from shopkeeper.operations.behaviour.together.measures import lift
    from shopkeeper.operations.behaviour.together.rows import (
        LARGEST,
        bought,
        item_sums,
        pair_sums,
        sized,
        whole_sums,
    )

    held = lines[["transaction_id", "product_id"]].drop_duplicates()
    size = held.groupby("transaction_id")["product_id"].transform("size")
    start = time.perf_counter()
    theirs = ProductAssociation(
        held[size <= LARGEST],
        value_col="product_id",
        group_col="transaction_id",
        min_occurrences=LEAST,
        min_cooccurrences=TOGETHER,
    ).df
    middle = time.perf_counter()
    with sized(bought(shop, "product")).cache() as kept:
        (whole,) = whole_sums(kept).to_pyarrow().to_pylist()
        items = item_sums(kept).to_pyarrow()
        pairs = pair_sums(kept, least=LEAST, together=TOGETHER).order_by("item", "other")
        found = pairs.to_pyarrow()
    often = dict(zip(items["item"].to_pylist(), items["baskets"].to_pylist(), strict=True))
    one, other = (np.array([often[n] for n in found[c].to_pylist()]) for c in ("item", "other"))
    value, _, _ = lift(found["both"].to_numpy(), one, other, whole["baskets"])
    end = time.perf_counter()
    same = theirs[theirs["product_id_1"] < theirs["product_id_2"]]
    same = same.sort_values(["product_id_1", "product_id_2"])
    assert len(same) == found.num_rows
    assert np.allclose(same["uplift"], value)
    assert np.allclose(same["support"], found["both"].to_numpy() / whole["baskets"])
    return {
        "figure": "product association",
        "pairs": found.num_rows,
        "ours_seconds": round(end - middle, 2),
        "openretailscience_seconds": round(middle - start, 2),
        "times_faster": round((middle - start) / (end - middle), 1),
    }


def _accounts(shop: Any, lines: Any) -> list[dict[str, Any]]:
    import pandas as pd
    from openretailscience.analysis.gain_loss import GainLoss
    from openretailscience.analysis.revenue_tree import RevenueTree

    from shopkeeper.operations.behaviour.accounting.plan import make_plan
    from shopkeeper.operations.behaviour.accounting.tree import customer_tables
    from shopkeeper.operations.behaviour.ask_further import explain_change

    two = lines[lines["month"].isin([BEFORE, AFTER])]
    start = time.perf_counter()
    tree = RevenueTree(two, period_col="month", p1_value=BEFORE, p2_value=AFTER).df.iloc[0]
    every = pd.Series(True, index=two.index)
    lost = GainLoss(
        two,
        p1_index=two["month"] == BEFORE,
        p2_index=two["month"] == AFTER,
        focus_group_index=every,
        focus_group_name="all",
        comparison_group_index=~every,
        comparison_group_name="none",
    ).gain_loss_df.sum()
    middle = time.perf_counter()
    answer = explain_change(shop, metric="paid", before=BEFORE, after=AFTER)
    end = time.perf_counter()
    plan = make_plan(
        shop, metric="paid", before=BEFORE, after=AFTER, by="channel", currency="", least=LEAST
    )
    planned = time.perf_counter()
    customer_tables(shop, plan)
    same = time.perf_counter() - planned
    whole = answer.table.to_pylist()[-1]
    assert np.isclose(float(whole["change"]), tree["spend_diff"])
    ours = {row["kind"]: float(row["change"]) for row in answer.evidence["gain_loss"].to_pylist()}
    names = {"new": "new", "lost": "lost", "more": "increased_focus", "less": "decreased_focus"}
    for kind, name in names.items():
        assert np.isclose(ours[kind], lost[name]), kind
    return [
        {
            "figure": "revenue tree, gain and loss",
            "change": round(float(whole["change"]), 2),
            "ours_seconds": round(same, 2),
            "openretailscience_seconds": round(middle - start, 2),
            "ours_seconds_with_slices_events_and_texts": round(end - middle, 2),
        }
    ]


def _most_bought(lines: Any, count: int) -> list[str]:
    known = lines[lines["customer_id"].notna()]
    return list(known.groupby("product_id")["customer_id"].nunique().nlargest(count).index)


def _cross_shop(shop: Any, lines: Any) -> dict[str, Any]:
    """Count who bought of both, or of one alone, for every pair of ten things; theirs takes a pair at a time."""
    from itertools import combinations

    from openretailscience.analysis.cross_shop import CrossShop

    from shopkeeper.operations.behaviour.together.finding import _crossed
    from shopkeeper.operations.behaviour.together.rows import bought, shoppers

    top = sorted(_most_bought(lines, 10))
    known = lines[lines["customer_id"].notna()]
    start = time.perf_counter()
    theirs = {}
    for one, other in combinations(top, 2):
        found = CrossShop(
            known, group_1_col="product_id", group_1_val=one, group_2_val=other
        ).cross_shop_df
        sides = found[["group_1", "group_2"]].to_numpy().astype(bool)
        theirs[one, other] = int(sides.all(axis=1).sum())
    middle = time.perf_counter()
    customers = shoppers(bought(shop, "product")).filter(ibis._.item.isin(top))
    rows = _crossed(customers, LEAST)
    end = time.perf_counter()
    ours = {(row["group"], row["other"]): row["both"] for row in rows}
    assert all(ours.get(pair, 0) == both for pair, both in theirs.items())
    return {
        "figure": "cross shop of ten things",
        "pairs": len(theirs),
        "ours_seconds_with_intervals": round(end - middle, 2),
        "openretailscience_seconds": round(middle - start, 2),
    }


def _decisions(shop: Any, lines: Any) -> dict[str, Any]:
    from openretailscience.analysis.customer_decision_hierarchy import CustomerDecisionHierarchy

    from shopkeeper.operations.behaviour.together.rows import bought
    from shopkeeper.operations.behaviour.together.tree import MOST, decision_rows

    top = _most_bought(lines, MOST)
    known = lines[lines["customer_id"].notna() & lines["product_id"].isin(top)]
    start = time.perf_counter()
    CustomerDecisionHierarchy(known, "product_id")._compute_linkage_matrix()
    theirs = time.perf_counter() - start
    # Theirs begins with a table in memory; so does ours, which `baskets` makes once for all of its parts.
    with bought(shop, "product").cache() as held:
        start = time.perf_counter()
        joins = decision_rows(held, {}, LEAST, 0)
        ours = time.perf_counter() - start
    assert len(joins) == len(top) - 1
    return {
        "figure": f"decision hierarchy of {len(top)} things",
        "ours_seconds": round(ours, 2),
        "openretailscience_seconds": round(theirs, 2),
    }


def _cohorts(shop: Any, lines: Any) -> dict[str, Any]:
    from openretailscience.analysis.cohort import CohortAnalysis

    from shopkeeper.operations.behaviour.ask import retention
    from shopkeeper.operations.behaviour.features import active_periods, beginnings, returns

    known = lines[lines["customer_id"].notna()]
    start = time.perf_counter()
    theirs = CohortAnalysis(known, "customer_id", "nunique", "month").df
    middle = time.perf_counter()
    active = active_periods(shop, "order", "month")
    counts = returns(beginnings(active), active).to_pyarrow()
    same = time.perf_counter() - middle
    answer = retention(shop, since="order", period="month", minimum_count=1)
    end = time.perf_counter()
    assert sum(counts["returned"].to_pylist()) == theirs.to_numpy().sum()
    # Ours counts an order without a line that names its product, theirs does not.
    ours = sum(row["returned"] or 0 for row in answer.table.to_pylist())
    return {
        "figure": "cohorts by month, customers and money",
        "active customer months, ours": ours,
        "theirs": int(theirs.to_numpy().sum()),
        "ours_seconds": round(same, 2),
        "openretailscience_seconds": round(middle - start, 2),
        "ours_seconds_with_value_and_intervals": round(end - middle - same, 2),
    }
