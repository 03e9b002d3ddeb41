"""The words of the section of data quality, in both languages."""

from __future__ import annotations

from shopkeeper.words import Words

QUALITY = Words("Data quality", "数据质量")
QUALITY_LAWFUL = Words(
    "No row breaks a rule that this data can be held to.",
    "就现有数据能核对的规则而言，没有不合规的行。",
)
QUALITY_BROKEN = Words("Rows that break a rule", "不合规的行")
QUALITY_TOUCHES = Words("touches {metrics}", "影响：{metrics}")
QUALITY_FILES = Words("Files that were imported", "导入的文件")
QUALITY_REJECTED = Words("Why rows were rejected", "未导入的原因")
QUALITY_OTHER = Words("Other reasons", "其他原因")
QUALITY_TABLES = Words("What is in the shop", "店里有什么")
COLUMN_FINDING = Words("What is wrong", "问题")
COLUMN_BROKEN = Words("Rows", "行数")
COLUMN_TOTAL = Words("Of all rows", "总行数")
COLUMN_FILE = Words("File", "文件")
COLUMN_READ = Words("Read", "读取")
COLUMN_KEPT = Words("Kept", "保留")
COLUMN_DUPLICATES = Words("Duplicates", "重复")
COLUMN_REJECTED = Words("Rejected", "未导入")
COLUMN_REASON = Words("Reason", "原因")
COLUMN_TABLE = Words("Table", "表")
COLUMN_ROWS = Words("Rows", "行数")
COLUMN_FIRST = Words("First", "最早")
COLUMN_LAST = Words("Last", "最晚")
