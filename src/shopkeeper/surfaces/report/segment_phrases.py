"""The words of the section of who the customers are, in both languages."""

from __future__ import annotations

from shopkeeper.words import Words

SEGMENTS = Words("Who the customers are", "顾客分群")
SEGMENTS_LEAD = Words(
    "Groups of customers by how recently, how often and for how much they bought, who is overdue, and what to "
    "do next. It says what they did, not why.",
    "按最近购买、频次和金额给顾客分群，谁该来没来，下一步做什么。这里只说他们做过什么，不解释原因。",
)
SEGMENTS_TABLE = Words("Segments", "分群")
SEGMENTS_FIGURE = Words("How recently and how often customers bought", "最近购买时间与购买频次")
SEGMENTS_READING = Words(
    "Customers by their two scores, 5 is best; where the data is long enough, beneath it where those of each segment "
    "were a month later.",
    "按两项得分看顾客数，5 分最好；数据足够长时，下图为各分群的顾客一个月后在哪里。",
)
OVERDUE_FIGURE = Words("Who bought no more, foretold and happened", "不再购买：预测与实际")
OVERDUE_READING = Words(
    "Tenths of customers by the chance that was foretold. Bars and the lines on them: the share that bought no more in the "
    "days kept aside, with the 95 % interval. Red: the chance.",
    "按预测概率把顾客分成十组。柱与竖线：留出期内没有再买的占比及其 95% 区间；红线：预测概率。",
)
SEGMENTS_NOTE = Words(
    "Segments that are too small are not listed. A rule is at most three conditions; how well it tells the segment "
    "from others stands in the answer.",
    "过小的分群不列出。规则至多三个条件；它区分得多准，见分群结果。",
)
MOVES_TABLE = Words("The largest moves of the month to {month}", "截至{month}的一个月里最大的流动")
COLUMN_SEGMENT = Words("Segment", "分群")
COLUMN_CUSTOMERS = Words("Customers", "顾客数")
COLUMN_SHARE = Words("Of all customers", "占顾客")
COLUMN_VALUE_SHARE = Words("Of the net value", "占净额")
COLUMN_REACHABLE = Words("Agreed to messages", "可触达")
COLUMN_RULE = Words("Plain rule", "规则")
COLUMN_FROM = Words("From", "从")
COLUMN_TO = Words("To", "到")
COLUMN_OF_FROM = Words("Of those who were there", "占原分群")
