"""What columns, tables and cells of answers about customers are called in Chinese on a terminal.

They belong to `headings`, which is the one that others read.
"""

from __future__ import annotations

COLUMNS = {
    "accepts_marketing": "同意营销信息",
    "condition": "条件",
    "criterion": "准则",
    "draws": "抽样次数",
    "frequency": "频次评分",
    "from": "从",
    "habit": "习惯",
    "jaccard": "Jaccard 相似度",
    "label": "取值",
    "left": "累计符合",
    "measure": "度量",
    "migration": "流动",
    "monetary": "金额评分",
    "other_name": "另一分群",
    "precision_high": "精确率上限",
    "precision_low": "精确率下限",
    "reachable": "可触达",
    "recall_high": "召回率上限",
    "recall_low": "召回率下限",
    "recency": "最近评分",
    "segment": "分群",
    "segment_set": "分群方式",
    "segments": "分群数",
    "share_high": "占比上限",
    "share_low": "占比下限",
    "stability": "稳定度",
    "stable": "稳定",
    "to": "到",
    "value_share": "占净额",
}
OF_TABLE = {
    ("overlap", "other"): "另一分群编号",
    ("rule", "words"): "原话",
    ("cuts", "score"): "评分",
}
EVIDENCE = {
    "choices": "分群数的选择",
    "cuts": "评分分界",
    "habits": "各分群的习惯",
    "members": "成员",
    "migration": "逐月流动",
    "overlap": "重叠",
    "rule": "读出的规则",
    "stability": "稳定度",
}
METHODS = {
    "rfm": "RFM 评分（rfm）",
    "behaviour": "行为类别（behaviour）",
    "embedding": "商品向量聚类（embedding）",
    "rule": "按规则（rule）",
}
SEGMENTS = {
    "champions": "核心顾客（champions）",
    "loyal": "忠实顾客（loyal）",
    "cannot_lose": "重点挽回（cannot_lose）",
    "at_risk": "流失风险（at_risk）",
    "new": "新客（new）",
    "promising": "潜力顾客（promising）",
    "attention": "需要关注（attention）",
    "asleep": "沉睡顾客（asleep）",
    "not_yet": "尚未购买（not_yet）",
    "own": "自定义（own）",
    "untold": "商品无名称（untold）",
}
CELLS: dict[str, dict[str, str]] = {
    "from": SEGMENTS,
    "to": SEGMENTS,
    "segment": SEGMENTS,
    "other": SEGMENTS,
    "criterion": {"bic": "施瓦茨准则（bic）", "silhouette": "轮廓系数（silhouette）"},
    "measure": {
        "days_since": "距上次购买天数",
        "purchases": "购买次数",
        "value_so_far": "至今净额",
    },
    "habit": {
        "category": "类目",
        "price": "价格",
        "discount": "优惠",
        "returned": "退货",
        "sentiment": "评价",
        "visit": "来访",
        "topic": "话题",
        "rhythm": "购买次数",
        "silence": "未购买时长",
        "gap": "购买间隔",
    },
    "segment_set": {
        "rfm": "RFM",
        "behaviour": "行为",
        "embedding": "商品向量",
        "own": "自定义",
    },
}
