"""A plain rule: at most three conditions that tell a group of customers from all others.

Looked for with a beam on half of the customers and judged on the other half, so that its precision
and recall are those of customers that it has not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopkeeper.intervals import Interval, proportion
from shopkeeper.operations.segments.clock import PART_NAMES
from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.operations.segments.vocabulary import Categories, filled, label_words
from shopkeeper.words import Words

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MOST_CONDITIONS, BEAM, CUTS, WORTH = 3, 6, 24, 0.01

TRAITS: dict[str, Words] = {
    "purchases": Words("purchases", "购买次数"),
    "days_since": Words("days since the last purchase", "距上次购买天数"),
    "age_days": Words("days since the first purchase", "距首次购买天数"),
    "value_so_far": Words("net value so far", "至今净额"),
    "value_of_one": Words("net value of a purchase", "单次购买净额"),
    "days_between": Words("days between purchases", "购买间隔天数"),
    "share_reduced": Words("share of orders with a discount", "用优惠的订单占比"),
    "share_returned": Words("share of orders with a return", "有退货的订单占比"),
    "returned_orders": Words("orders with a return", "有退货的订单数"),
    "reduced_orders": Words("orders with a discount", "用优惠的订单数"),
    "value_top": Words("place by net value so far, from the top", "至今净额的名次（从高到低）"),
    "bad_reviews": Words("negative reviews written", "写过的差评数"),
    "good_reviews": Words("positive reviews written", "写过的好评数"),
    "share_negative": Words("share of negative reviews", "差评占所写评价"),
    "share_high": Words("share of lines in the highest third of prices", "高价商品占比"),
    "share_low": Words("share of lines in the lowest third of prices", "低价商品占比"),
    "region": Words("region", "省/州"),
    "city": Words("city", "城市"),
    "country": Words("country", "国家"),
    "accepts_marketing": Words("agreed to messages", "同意接收营销信息"),
}
SHARES: dict[str, Words] = {
    "category": Words("share of lines in …", "…占所购商品"),
    "looked": Words("share of what is looked at in …", "…占所看类目"),
    "hour": Words("share of visits and orders …", "…来访和下单的占比"),
    "device": Words("share of visits on …", "用…来访的占比"),
    "source": Words("share of visits that come from …", "来自…的来访占比"),
    "sold": Words("share of orders through …", "通过…下单的占比"),
    "payment": Words("share of orders paid by …", "用…付款的订单占比"),
}
"""Traits with a label: which share they are."""
_NONE: dict[str, Words] = {
    "category": Words("has bought no …", "没买过…"),
    "looked": Words("looks at no … when only looking", "只逛不买时没看过…"),
    "hour": Words("never comes …", "从不在…来访或下单"),
    "device": Words("never comes on …", "从不用…来访"),
    "source": Words("never comes from …", "从不来自…"),
    "sold": Words("never orders through …", "从不通过…下单"),
    "payment": Words("never pays by …", "从不用…付款"),
    "share_reduced": Words("has had no discount", "没用过优惠"),
    "reduced_orders": Words("has had no discount", "没用过优惠"),
    "share_returned": Words("has returned nothing", "没退过货"),
    "returned_orders": Words("has returned nothing", "没退过货"),
    "share_negative": Words("has written no negative review", "没写过差评"),
    "bad_reviews": Words("has written no negative review", "没写过差评"),
    "share_high": Words("has bought nothing in the highest third of prices", "没买过高价商品"),
    "share_low": Words("has bought nothing in the lowest third of prices", "没买过低价商品"),
}
"""What it is that a trait is nought."""
_DIRECT = ("source", "direct")
_SIGNS = {"ge": "≥", "le": "≤", "above": ">", "below": "<", "is": "=", "not": "≠"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a trait, a sign (`ge`, `le`, `above`, `below`, `is`, `not`) and a value."""

    trait: str
    sign: str
    value: float | str

    def text(self, categories: Categories | None = None) -> Words:
        """Return the condition as it is shown, with the names of categories where they are known."""
        named = categories or {}
        kind, _, label = self.trait.partition(":")
        if kind == "category" and isinstance(self.value, str):
            bought = Words("has bought …", "买过…") if self.sign == "is" else _NONE[kind]
            return filled(bought, label_words(kind, self.value, named))
        if self.value == 0 and self.sign in ("le", "is") and kind in _NONE:
            none = _NONE[kind]
            return _of_label(none, kind, label, named) if label else none
        share = _of_label(SHARES[kind], kind, label, named) if label else TRAITS[kind]
        value = self.value if isinstance(self.value, str) else _number(self.value, self.trait)
        return Words(
            f"{share.en} {_SIGNS[self.sign]} {value}", f"{share.zh} {_SIGNS[self.sign]} {value}"
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that all must hold, and how well they tell the group from others.

    Precision and recall are None where too few customers were there to judge them on.
    """

    conditions: tuple[Condition, ...]
    precision: Interval | None
    recall: Interval | None

    def text(self, categories: Categories | None = None) -> Words:
        """Return the rule in words."""
        return joined(self.conditions, categories)


def joined(conditions: tuple[Condition, ...], categories: Categories | None = None) -> Words:
    """Return conditions in words, with the names of categories where they are known."""
    said = [one.text(categories) for one in _merged(conditions)]
    chinese = [one.zh for one in said]
    apart = [" " if one[:1].isascii() else "" for one in chinese]
    further = [f"，且{gap}{one}" for gap, one in zip(apart[1:], chinese[1:], strict=True)]
    return Words(" and ".join(one.en for one in said), "".join([*chinese[:1], *further]))


def _merged(conditions: tuple[Condition, ...]) -> list[Condition]:
    """Return conditions with two ends that meet as one."""
    ends = {(one.trait, one.sign, one.value) for one in conditions}
    made = []
    for one in conditions:
        if one.sign == "ge" and (one.trait, "le", one.value) in ends:
            made.append(Condition(one.trait, "is", one.value))
        elif one.sign != "le" or (one.trait, "ge", one.value) not in ends:
            made.append(one)
    return made


def _of_label(pattern: Words, kind: str, label: str, categories: Categories) -> Words:
    if (kind, label) == _DIRECT:
        chinese = pattern.zh.replace("来自…的", "直接").replace("来自…", "直接来访")
        return Words(pattern.en.replace("from …", "directly"), chinese)
    part = PART_NAMES.get(label) if kind == "hour" else None
    return filled(pattern, part or label_words(kind, label, categories))


def _number(value: float, trait: str) -> str:
    if trait.startswith("share_") or ":" in trait or trait == "value_top":
        return f"{value:.0%}"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def _share(both: float, of: int) -> Interval | None:
    return proportion(both, float(of)) if of >= LEAST else None


class Conditions:
    """Every condition that could be part of a rule, and for whom it holds.

    Parameters
    ----------
    traits
        Value of each trait by customer; NaN where there is none, for which no condition holds.
    """

    def __init__(self, traits: Mapping[str, Floats]) -> None:
        self.all: list[Condition] = []
        held: list[Flags] = []
        for name, values in traits.items():
            known = values[~np.isnan(values)]
            if not len(known):
                continue
            cuts = np.unique(
                np.quantile(known, np.linspace(0.04, 0.96, CUTS), method="inverted_cdf")
            )
            for cut in cuts.tolist():
                if cut > known.min():
                    self.all.append(Condition(name, "ge", float(cut)))
                    held.append(values >= cut)
                if cut < known.max():
                    self.all.append(Condition(name, "le", float(cut)))
                    held.append(values <= cut)
        rows = len(next(iter(traits.values())))
        self.held = np.column_stack(held) if held else np.zeros((rows, 0), bool)

    def rule(self, target: Flags) -> Rule:
        """Return the rule of the highest F1 on every other customer, judged on the rest."""
        learns = np.arange(len(target)) % 2 == 0
        chosen = self._search(target[learns], self.held[learns])
        judged = np.ones(int((~learns).sum()), bool)
        for place in chosen:
            judged &= self.held[~learns, place]
        truth = target[~learns]
        both = float((judged & truth).sum())
        conditions = tuple(self.all[place] for place in sorted(chosen))
        return Rule(conditions, *(_share(both, int(of.sum())) for of in (judged, truth)))

    def _search(self, target: Flags, held: Flags) -> tuple[int, ...]:
        wanted = float(target.sum())
        if not wanted or not held.shape[1]:
            return ()
        dense = held.astype(np.float32)
        best: tuple[float, tuple[int, ...]] = (-1.0, ())
        beam: list[tuple[int, ...]] = [()]
        for _ in range(MOST_CONDITIONS):
            found: dict[tuple[int, ...], float] = {}
            for had in beam:
                now = np.ones(len(target), bool)
                for place in had:
                    now &= held[:, place]
                both = (now & target).astype(np.float32) @ dense
                said = now.astype(np.float32) @ dense
                f1 = 2 * both / np.maximum(said + wanted, 1)
                for place in np.argsort(-f1, kind="stable")[:BEAM].tolist():
                    if place not in had:
                        found.setdefault(tuple(sorted((*had, place))), float(f1[place]))
            ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:BEAM]
            if not ranked or ranked[0][1] < best[0] + WORTH:
                break
            best = (ranked[0][1], ranked[0][0])
            beam = [conditions for conditions, _ in ranked]
        return best[1]
