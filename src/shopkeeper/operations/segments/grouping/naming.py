"""What a class of customers is called: by the habits in which it is furthest from all others."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from shopkeeper.operations.segments.base import Floats
from shopkeeper.operations.segments.clock import PART_NAMES
from shopkeeper.operations.segments.counts import OTHER, Habits
from shopkeeper.operations.segments.guards import refused
from shopkeeper.operations.segments.methods.classes import Classes
from shopkeeper.operations.segments.vocabulary import Categories, filled, label_words
from shopkeeper.words import Words

Row = dict[str, Any]
_TOLD = 2
_LABELS = {
    ("price", "low"): Words("low prices", "低价"),
    ("price", "middle"): Words("middle prices", "中价"),
    ("price", "high"): Words("high prices", "高价"),
    ("discount", "yes"): Words("with discounts", "常用优惠"),
    ("discount", "no"): Words("without discounts", "少用优惠"),
    ("returned", "yes"): Words("many returns", "退货较多"),
    ("returned", "no"): Words("few returns", "退货较少"),
    ("sentiment", "negative"): Words("critical reviews", "差评较多"),
    ("sentiment", "neutral"): Words("neutral reviews", "中评较多"),
    ("sentiment", "positive"): Words("good reviews", "好评较多"),
    ("visit", "viewed"): Words("looks around", "多看少买"),
    ("visit", "added"): Words("leaves carts", "加购未付"),
    ("visit", "bought"): Words("comes to buy", "来了就买"),
    ("source", "direct"): Words("comes directly", "直接来访"),
    **{
        ("hour", label): Words(f"comes {part.en}", f"{part.zh}来访")
        for label, part in PART_NAMES.items()
    },
    ("depth", "1"): Words("looks at 1 product a visit", "每次看 1 件商品"),
    ("depth", "2"): Words("looks at 2 products a visit", "每次看 2 件商品"),
    ("depth", "3"): Words("looks at 3 products a visit", "每次看 3 件商品"),
    ("depth", "4"): Words("looks at 4 products a visit or more", "每次看 4 件以上商品"),
}
_OF = {
    "category": Words("…", "…"),
    "topic": Words("writes of …", "谈论…"),
    "looked": Words("looks at …", "常看…"),
    "device": Words("comes on …", "用…来访"),
    "source": Words("comes from …", "来自…"),
    "sold": Words("orders through …", "通过…下单"),
    "payment": Words("pays by …", "用…付款"),
}
_RHYTHM = (
    Words("bought once", "只买过一次"),
    Words("2 purchases", "买过 2 次"),
    Words("3 purchases", "买过 3 次"),
    Words("4–5 purchases", "买过 4–5 次"),
    Words("6–8 purchases", "买过 6–8 次"),
    Words("9 purchases or more", "买过 9 次以上"),
)
_SILENT = ("30", "30–59", "60–89", "90–119", "120–179", "180–239", "240")
_APART = ("10", "10–19", "20–39", "40–69", "70–109", "110–159", "160")


def label_of(block: str, label: str, categories: Categories) -> Words | None:
    """Return what a column is called; None where it must not or cannot be named.

    Examples
    --------
    >>> label_of("looked", "tea", {"tea": Words("Tea", "茶")}), label_of("sold", "web", {}).zh
    (Words(en='looks at Tea', zh='常看茶'), '通过网页下单')
    """
    if (block, label) in _LABELS:
        return _LABELS[block, label]
    if block in _OF:
        said = label_words(block, label, categories)
        unsaid = label == OTHER or any(refused(one) for one in (label, said.en, said.zh))
        return None if unsaid else filled(_OF[block], said)
    if block == "rhythm":
        return _RHYTHM[int(label)]
    if block == "silence":
        return _span(int(label), _SILENT, Words("silent for", "未购买"))
    return (
        _span(int(label), _APART, Words("between purchases", "购买间隔"))
        if block == "gap"
        else None
    )


def _span(place: int, spans: tuple[str, ...], of: Words) -> Words:
    first, last = place == 0, place == len(spans) - 1
    en = (
        f"under {spans[place]} days"
        if first
        else f"{spans[place]} days{' or more' if last else ''}"
    )
    zh = f"不到 {spans[place]} 天" if first else f"{spans[place]} 天{'以上' if last else ''}"
    if of.en == "between purchases":
        return Words(f"{en} {of.en}", f"{of.zh}{'' if first else ' '}{zh}")
    return Words(f"{of.en} {en}", f"{zh}{of.zh}")


def named_classes(
    classes: Classes, habits: Habits, counts: Floats, categories: Categories
) -> tuple[tuple[str, ...], tuple[Words, ...], list[Row]]:
    """Return ids and names of classes, and the share of each habit in each of them and in all."""
    rows: list[Row] = []
    ids, names = [], []
    whole = counts.sum(axis=0)
    for number, logs in enumerate(classes.logs, start=1):
        told: list[tuple[float, Words]] = []
        for block in habits.blocks:
            inside = np.exp(logs[block])
            usual = whole[block] / max(whole[block].sum(), 1.0)
            for at in range(block.start, block.stop):
                share, base = float(inside[at - block.start]), float(usual[at - block.start])
                name = label_of(*habits.names[at], categories)
                if name is None:
                    continue
                rows.append(
                    {"segment": f"c{number}", "habit": habits.names[at][0], "label_en": name.en,
                     "label_zh": name.zh, "share": share, "usual": base}
                )  # fmt: skip
                # What a class has that others have not, by how much it says of one act of the class.
                told.append((share * math.log(max(share, 1e-9) / max(base, 1e-9)), name))
        told.sort(key=lambda one: -one[0])
        best = [name for _, name in told[:_TOLD]]
        ids.append(f"c{number}")
        names.append(
            Words(", ".join(one.en for one in best) or f"class {number}",
                  "、".join(one.zh for one in best) or f"第 {number} 类")
        )  # fmt: skip
    return tuple(ids), tuple(names), rows
