"""What was found becomes the tables of the answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import pyarrow as pa

from shopkeeper.operations.reviews.effect.drivers import Driver
from shopkeeper.operations.reviews.effect.matching import Matched
from shopkeeper.operations.reviews.effect.panel import PanelDifference
from shopkeeper.operations.reviews.effect.plain import Plain

MAIN = pa.schema([
    ("part", pa.string()), ("outcome", pa.string()), ("comparison", pa.string()),
    ("difference", pa.float64()), ("low", pa.float64()), ("high", pa.float64()),
    ("n_negative", pa.int64()), ("n_matched", pa.int64()), ("overlap", pa.float64()),
    ("unit", pa.string())])  # fmt: skip
_MATCHED = pa.schema([
    ("part", pa.string()), ("outcome", pa.string()), ("negative", pa.float64()),
    ("positive", pa.float64()), ("difference", pa.float64()), ("low", pa.float64()),
    ("high", pa.float64()), ("n_negative", pa.int64()), ("n_matched", pa.int64()),
    ("overlap", pa.float64()), ("unit", pa.string())])  # fmt: skip
_PANEL = pa.schema([
    ("outcome", pa.string()), ("week", pa.int64()), ("difference", pa.float64()),
    ("low", pa.float64()), ("high", pa.float64()), ("expected", pa.float64()),
    ("products", pa.int64()), ("product_weeks", pa.int64()), ("views", pa.int64())])  # fmt: skip
_DRIVERS = pa.schema([
    ("kind", pa.string()), ("level", pa.string()), ("against", pa.string()),
    ("negative_share", pa.float64()), ("alike_negative_share", pa.float64()),
    ("difference", pa.float64()), ("low", pa.float64()), ("high", pa.float64()),
    ("attributable_share", pa.float64()), ("n", pa.int64()), ("n_matched", pa.int64()),
    ("overlap", pa.float64()), ("sure", pa.bool_())])  # fmt: skip
_PLAIN = pa.schema([
    ("part", pa.string()), ("sentiment", pa.string()), ("metric", pa.string()),
    ("unit", pa.string()), ("value", pa.float64()), ("low", pa.float64()),
    ("high", pa.float64()), ("count", pa.int64())])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found.

    Parameters
    ----------
    plain
        Numbers by sentiment.
    writers, visitors
        Matched differences by outcome; empty where they could not be made.
    panel
        The change in the weeks of a burst, or None without page views.
    weeks
        The same for single weeks, counted from the burst.
    drivers
        What goes with bad reviews, the largest share first.
    balance
        covariate, before, after: standardised differences of negative and positive.
    origins
        Number of reviews by where their sentiment comes from.
    currency
        Currency in which money is compared.
    least
        Smallest number matched for which a percentage is shown.
    """

    plain: list[Plain]
    writers: Mapping[str, Matched]
    visitors: Mapping[str, Matched]
    panel: PanelDifference | None
    weeks: Mapping[int, PanelDifference]
    drivers: list[Driver]
    balance: list[tuple[str, float, float]]
    origins: Mapping[str, int]
    currency: str
    least: int

    def unit(self, outcome: str) -> str:
        """Return the unit of an outcome."""
        return self.currency if outcome == "spend_90d" else "share"

    def shown(self, found: Matched) -> bool:
        """Say whether enough was matched to show a difference with an interval."""
        return found.matched_n >= self.least and not math.isnan(found.low)

    def panel_shown(self) -> bool:
        """Say whether the panel has enough products and views to show a change."""
        panel = self.panel
        return panel is not None and panel.products > 1 and panel.base >= self.least


def main_table(findings: Findings) -> pa.Table:
    """Return one row a comparison."""
    rows = [
        {"part": part, "outcome": outcome, "comparison": "negative vs positive",
         **_bounds(found, shown=findings.shown(found)), "n_negative": found.exposed_n,
         "n_matched": found.matched_n, "overlap": _known(found.overlap),
         "unit": findings.unit(outcome)}
        for part, group in (("writers", findings.writers), ("visitors", findings.visitors))
        for outcome, found in group.items()
    ]  # fmt: skip
    panel = findings.panel
    if panel is not None:
        rows.append({
            "part": "panel", "outcome": "conversion", "comparison": "burst vs other weeks",
            **_bounds(panel, shown=findings.panel_shown()), "n_negative": panel.products,
            "n_matched": panel.weeks, "overlap": None, "unit": "share",
        })  # fmt: skip
    rows += [
        {"part": "drivers", "outcome": "negative_review",
         "comparison": f"{item.reason.level} vs {item.reason.against}",
         **_bounds(item.found, shown=True), "n_negative": item.found.exposed_n,
         "n_matched": item.found.matched_n, "overlap": _known(item.found.overlap),
         "unit": "share"}
        for item in findings.drivers
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=MAIN)


def evidence(findings: Findings) -> dict[str, pa.Table]:
    """Return the tables behind the main one."""
    matched = [
        {"part": part, "outcome": outcome, **_bounds(found, shown=findings.shown(found)),
         "negative": _known(found.exposed_mean) if findings.shown(found) else None,
         "positive": _known(found.control_mean) if findings.shown(found) else None,
         "n_negative": found.exposed_n, "n_matched": found.matched_n,
         "overlap": _known(found.overlap), "unit": findings.unit(outcome)}
        for part, group in (("writers", findings.writers), ("visitors", findings.visitors))
        for outcome, found in group.items()
    ]  # fmt: skip
    whole = [] if findings.panel is None else [(None, findings.panel)]
    panel = [
        {"outcome": "conversion", "week": week, **_bounds(found, shown=found.base >= findings.least),
         "expected": _known(found.expected) if found.base >= findings.least else None,
         "products": found.products, "product_weeks": found.weeks, "views": int(found.base)}
        for week, found in (*whole, *findings.weeks.items())
    ]  # fmt: skip
    balance = [dict(zip(("covariate", "before", "after"), row, strict=True))
               for row in findings.balance]  # fmt: skip
    return {
        "by_sentiment": pa.Table.from_pylist([asdict(row) for row in findings.plain], _PLAIN),
        "matched": pa.Table.from_pylist(matched, _MATCHED),
        "panel": pa.Table.from_pylist(panel, _PANEL),
        "drivers": pa.Table.from_pylist(_driver_rows(findings.drivers), _DRIVERS),
        "balance": pa.Table.from_pylist(
            balance,
            pa.schema([("covariate", pa.string()), ("before", pa.float64()),
                       ("after", pa.float64())]),
        ),
        "origins": pa.table({
            "origin": pa.array(list(findings.origins), pa.string()),
            "reviews": pa.array(list(findings.origins.values()), pa.int64()),
        }),
    }  # fmt: skip


def _driver_rows(drivers: Iterable[Driver]) -> list[dict[str, object]]:
    return [
        {"kind": item.reason.kind, "level": item.reason.level, "against": item.reason.against,
         "negative_share": item.found.exposed_mean,
         "alike_negative_share": item.found.control_mean, **_bounds(item.found, shown=True),
         "attributable_share": item.share, "n": item.found.exposed_n,
         "n_matched": item.found.matched_n, "overlap": _known(item.found.overlap),
         "sure": item.sure}
        for item in drivers
    ]  # fmt: skip


def _bounds(found: Matched | PanelDifference, *, shown: bool) -> dict[str, float | None]:
    return {
        name: _known(getattr(found, name)) if shown else None
        for name in ("difference", "low", "high")
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
