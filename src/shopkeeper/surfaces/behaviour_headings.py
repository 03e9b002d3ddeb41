"""What columns, tables and cells of the further answers on behaviour are called in Chinese."""

from __future__ import annotations

COLUMNS = {
    "query": "搜索词",
    "searches": "搜索次数",
    "searchers": "搜索人数",
    "intent": "意图",
    "queries": "搜索词数",
    "chinese": "中文占比",
    "suggestion": "建议更正",
    "in_catalogue": "商品用词占比",
    "next_query": "换成的词",
    "examples": "例子",
    **{
        f"{rate}_{end}": f"{name}{side}"
        for rate, name in (
            ("zero", "无结果"),
            ("clicked", "有点击"),
            ("reformulated", "换词再搜"),
            ("bought", "之后下单"),
        )
        for end, side in (("share", "占比"), ("low", "下限"), ("high", "上限"))
    },
    "o_bought": "下单",
    "o_clicked": "只点击",
    "o_zero": "无结果",
    "o_reformulated": "换词再搜",
    "o_nothing": "无后续",
}
"""Column or definition → its Chinese name."""

EVIDENCE = {
    "whole": "合计",
    "intents": "意图",
    "not_sold": "有人搜而店里没有",
    "misspelt": "可能打错",
    "rewordings": "换词再搜",
}
"""Table of evidence → its Chinese name."""

PARTS = {
    "by_machines": "机器所搜",
    "people": "由人所搜",
    "queries": "不同的搜索词",
    "rare": "不足两人搜过",
    "not_read": "未分组",
    "linked": "可知后续",
    "with_results": "已知结果数",
}
"""Cell of a column `part` → what it says in Chinese."""

CELLS: dict[str, dict[str, str]] = {
    "why": {"no_results": "无结果", "no_words": "无此词"},
}
"""Column → cell → what it says in Chinese."""
