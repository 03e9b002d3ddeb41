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
    # baskets
    "item": "商品或分组",
    "other_item": "另一个",
    "other_title": "另一个标题",
    "together": "同时含两者的订单",
    **{
        f"{name}{end}": f"{called}{side}"
        for name, called in (
            ("support", "支持度"),
            ("confidence", "置信度"),
            ("back", "反向置信度"),
            ("lift", "提升度"),
            ("size_lift", "偶然倍数"),
            ("view_lift", "浏览偶然倍数"),
        )
        for end, side in (("", ""), ("_low", "下限"), ("_high", "上限"))
    },
    "q": "校正概率",
    "view_q": "浏览校正概率",
    "viewed_together": "同时浏览的会话",
    "relation": "关系",
    "both": "两者都买的顾客",
    "baskets": "订单数",
    "share_low": "占比下限",
    "share_high": "占比上限",
    "items": "合并件数",
    "distance": "距离",
}
"""Column or definition → its Chinese name."""

EVIDENCE = {
    "whole": "合计",
    "intents": "意图",
    "not_sold": "有人搜而店里没有",
    "misspelt": "可能打错",
    "rewordings": "换词再搜",
    "cross_shop": "交叉购买",
    "decisions": "购买决策层次",
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
    "baskets": "已支付订单",
    "several": "含两件以上的订单",
    "too_large": "过大的订单",
    "view_sessions": "有浏览的会话",
    "views_too_large": "浏览过多的会话",
    "tests": "可能的组合",
    "pairs": "看过的组合",
    "complement": "互补",
    "substitute": "替代",
    "undecided": "不确定",
}
"""Cell of a column `part` → what it says in Chinese."""

CELLS: dict[str, dict[str, str]] = {
    "relation": {"complement": "互补", "substitute": "替代", "undecided": "不确定"},
    "why": {"no_results": "无结果", "no_words": "无此词"},
}
"""Column → cell → what it says in Chinese."""
