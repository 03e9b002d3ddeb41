"""What columns, tables and cells of searches, complements, rules and proofs of them are called in Chinese."""

from __future__ import annotations

from shopkeeper.operations.recommend.rule_names import RULES

COLUMNS = {
    "again": "再次购买的顾客",
    "brand": "品牌",
    "buyers": "购买顾客",
    "complement_id": "搭配商品编号",
    "due_from": "最早应补货日",
    "due_until": "最晚应补货日",
    "found": "找到的商品",
    "in_stock": "有库存",
    "last_on": "上次购买日",
    "meant": "应为",
    "other_id": "替代商品编号",
    "product_ids": "商品编号",
    "removed": "移除次数",
    "size": "件数",
    "titles": "标题",
    "usual_days": "通常间隔天数",
    "visits": "同时浏览的会话",
}
"""Column or definition → its Chinese name."""

OF_TABLE = {
    **{(table, "baskets"): "同单数" for table in ("complements", "bundles", "substitutes")},
    **{(table, "price"): "标价" for table in ("search_products", "bundles")},
    ("due", "due_on"): "应补货日",
    ("recommend", "part"): "占得分比例",
    ("refills", "share"): "再次购买占比",
    ("search_quality", "target"): "检验对象",
}
"""(evidence, column) → its Chinese name, where it is another than elsewhere."""

EVIDENCE = {
    "bundles": "组合",
    "corrections": "拼写更正",
    "due": "应补货的顾客",
    "queries": "搜索词",
    "refills": "会再次购买的商品",
    "search_quality": "搜索质量",
    "substitutes": "替代品",
}
"""Table of evidence → its Chinese name."""

PARTS = {
    "given_unknown": "给出而无人接触过的商品", "listed": "商品", "with_meaning": "读取了含义的商品",
    "unread": "未读取含义的商品", "queries": "搜索词", "nothing_found": "没有结果的搜索词",
    "pairs_tested": "检验的商品对", "pairs_sure": "确实同单的商品对",
    "triples_tried": "检验的三件组合", "empty_cart": "空购物车", "refills": "会再次购买的商品",
    "rebuyers": "再次购买的顾客与商品", "due": "应补货", "due_opted_out": "应补货但不作个性化",
    "lapsed": "已过补货期",
}  # fmt: skip
"""Part of an answer → its Chinese name."""

CELLS = {
    "name": {
        "temperature": "温度",
        "threshold": "阈值",
        "decay": "每隔一件的权重",
        "backward": "反向的权重",
        "source_power": "来源归一指数",
        "target_power": "去向归一指数",
        "profile": "历史每早一件的权重",
        "likeness": "相似的权重",
    },
    "history": {"all": "全部"},
    "slice": {
        "all": "全部",
        "much wanted": "接触的是热门商品",
        "little wanted": "接触的是冷门商品",
        "new": "接触的是新品",
        "older": "接触的是老品",
    },
    "estimate": {
        "logged": "实际",
        "ips": "IPS",
        "snips": "SNIPS",
        "doubly_robust": "双重稳健",
        "none": "未作估计",
    },
    "value": {
        "transitions": "前后关系",
        "similar": "相似商品",
        "last_item": "最新一件之后",
        "popular": "热门",
        "blended": "树模型",
    },
    "rule": {name: words.zh for name, words in RULES.items()},
    "target": {"clicked": "点击", "bought": "购买"},
}
"""Column → cell → what it says in Chinese."""

METHODS = {
    "transitions": "前后关系（transitions）",
    "routed": "按历史长短选用（routed）",
    "similar": "相似商品（similar）",
    "last_item": "最新一件之后（last_item）",
    "popular": "热门（popular）",
    "together": "同单购买（together）",
    "hybrid": "混合（hybrid）",
    "keyword": "关键词（keyword）",
    "meaning": "含义（meaning）",
    "blended": "树模型（blended）",
    "combined": "前后关系加相似（combined）",
}
"""Method → what it is called in Chinese."""
