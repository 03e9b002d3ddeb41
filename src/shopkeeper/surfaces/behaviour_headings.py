"""What columns, tables and cells of the further answers on behaviour are called in Chinese."""

from __future__ import annotations

from shopkeeper.operations.behaviour.vocabulary import EVENTS, PROPERTIES

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
    "distance_low": "距离下限",
    "distance_high": "距离上限",
    "recurs": "重现比例",
    "customers_in": "分群内顾客",
    "customers_out": "分群外顾客",
    # explain_change
    "slice": "部分",
    "change": "变化",
    "volume": "数量",
    "mix": "结构",
    "price": "价格",
    "rate": "自身比率",
    "share_of_change": "占全店变化",
    "dimension": "维度",
    "factor": "因素",
    "effect": "对应变化",
    "from": "从",
    "to": "到",
    "source": "来源",
    "texts_before": "前一期提及",
    "all_before": "前一期文本",
    "texts_after": "后一期提及",
    "all_after": "后一期文本",
    "segment_set": "分群集合",
    "segment": "分群",
    "auc": "区分度 AUC",
    "expected_rate": "预期占比",
    "happened_rate": "实际占比",
    # paths
    "target": "下一步",
    "transitions": "次数",
    "loop": "重复",
    "reverse": "反方向次数",
    "path": "路径",
    "node": "步骤",
    "events": "事件数",
    "mean_place": "平均位置",
    **{
        f"{rate}_{end}": f"{name}{side}"
        for rate, name in (
            ("entry", "进入"),
            ("exit", "离开"),
            ("loop", "重复"),
            ("purchase", "之后下单"),
        )
        for end, side in (("share", "占比"), ("low", "下限"), ("high", "上限"))
    },
}
"""Column or definition → its Chinese name."""

EVIDENCE = {
    "whole": "合计",
    "against": "分群内外对比",
    "by_group": "按起点分组",
    "intents": "意图",
    "not_sold": "有人搜而店里没有",
    "misspelt": "可能打错",
    "rewordings": "换词再搜",
    "cross_shop": "交叉购买",
    "decisions": "购买决策层次",
    "by_dimension": "按维度",
    "tree": "支付金额的收入树",
    "gain_loss": "支付金额变化：按顾客增减",
    "known": "已知事件",
    "said": "新出现的说法",
    "periods": "时期",
    "nodes": "各步骤",
    "members": "成员",
    "chance": "下单概率的检验",
    "likely": "按下单概率的十组",
    "to_purchase": "下单路径",
    "to_leaving": "未下单离开的路径",
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
    "all_events": "全部事件",
    "nodes": "步骤种类",
    "rare_nodes": "合并的少见步骤",
    "sessions": "会话",
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
    "period": {"before": "前一期", "after": "后一期"},
    "source": {"reviews": "评价", "messages": "消息"},
    "slice": {"the whole shop": "全店"},
    "segment": {name: f"止于{words.zh}（{name}）" for name, words in EVENTS.items()},
    "segment_set": {"funnel_lost": "漏斗流失（funnel_lost）"},
    "dimension": {name: words.zh for name, words in PROPERTIES.items()},
    "factor": {
        "customers": "顾客数",
        "orders_per_customer": "每位顾客订单数",
        "units_per_order": "每单件数",
        "price_per_unit": "每件金额",
    },
    "why": {"no_results": "无结果", "no_words": "无此词"},
}
"""Column → cell → what it says in Chinese."""

OF_TABLE = {
    **{
        (table, column): name
        for table in ("explain_change", "by_dimension", "tree", "gain_loss", "known")
        for column, name in (("before", "前一期"), ("after", "后一期"), ("other", "其他"))
    },
    ("cross_shop", "other"): "另一分组",
    ("decisions", "other"): "另一个",
    ("parts", "baskets"): "数量",
}
"""(evidence, column) → its Chinese name, where it is another than elsewhere."""

KINDS = {
    "slice": "部分", "rest": "其余", "whole": "全店", "new": "新顾客", "more": "多买", "same": "不变", "less": "少买",
    "lost": "流失", "others": "其余顾客", "unknown": "未知顾客", "campaign": "营销活动", "sold_out": "已缺货", "stopped_selling": "停售",
    "broken_week": "下单埋点异常的周", "no_orders": "没有订单的日子",
}  # fmt: skip
"""Cell of a column `kind` → what it says in Chinese."""
