"""What a word after a number means: a kind of measure and how much of its base unit.

A unit may mean several things (寸 is a Chinese or an English inch); each is listed. This module knows
no number.
"""

from __future__ import annotations

import re
from fractions import Fraction

Measure = tuple[str, Fraction]

_TABLE = (
    ("mass", 1000, "kg kgs kilo kilos kilogram kilograms 公斤 千克"),
    ("mass", 1, "g gram grams gramme grammes 克"),
    ("mass", Fraction(1, 1000), "mg milligram milligrams 毫克"),
    ("mass", 500, "斤 市斤"),
    ("mass", 1_000_000, "t tonne tonnes 吨"),
    ("mass", Fraction("453.59237"), "lb lbs pound-mass 磅"),
    ("mass", Fraction("28.349523125"), "oz ounce ounces 盎司"),
    ("length", 1000, "mm millimetre millimetres millimeter millimeters 毫米"),
    ("length", 10_000, "cm centimetre centimetres centimeter centimeters 厘米 公分"),
    ("length", 1_000_000, "m metre metres meter meters 米"),
    ("length", 1_000_000_000, "km kilometre kilometres kilometer kilometers 公里 千米"),
    ("length", 25_400, "in inch inches 英寸 吋"),
    ("length", 304_800, "ft foot feet 英尺"),
    ("length", Fraction(1_000_000, 30), "寸 市寸"),
    ("length", 25_400, "寸"),
    ("length", Fraction(1_000_000, 3), "尺"),
    ("length", 914_400, "yd yard yards"),
    ("volume", 1, "ml millilitre millilitres milliliter milliliters 毫升"),
    ("volume", 1000, "l litre litres liter liters 升"),
    ("volume", Fraction("29.5735295625"), "floz"),
    ("volume", Fraction("3785.411784"), "gal gallon gallons 加仑"),
    ("time", 1, "s sec second seconds 秒 秒钟"),
    ("time", 60, "min mins minute minutes 分钟"),
    ("time", 3600, "h hr hrs hour hours 小时 钟头 个小时"),
    ("time", 86_400, "day days 天 日"),
    ("time", 604_800, "week weeks wk 周 星期 个星期 礼拜"),
    ("time", 86_400 * 30, "month months 个月"),
    ("time", 86_400 * 365, "year years yr yrs 年"),
    ("months", 1, "month months 个月"),
    ("months", 12, "year years yr yrs 年"),
    ("power", 1, "w watt watts 瓦"),
    ("power", 1000, "kw kilowatt kilowatts 千瓦"),
    ("charge", 1, "mah 毫安 毫安时"),
    ("charge", 1000, "ah 安时"),
    ("voltage", 1, "v volt volts 伏"),
    ("light", 1, "lm lumen lumens 流明"),
    ("bytes", 1, "mb"),
    ("bytes", 1000, "gb g"),
    ("bytes", 1_000_000, "tb"),
    ("frequency", 1, "hz hertz 赫兹"),
    ("celsius", 1, "°c ℃ 度 摄氏度"),
    ("fahrenheit", 1, "°f"),
    ("yuan", 1, "yuan rmb cny ¥ 元 块 块钱 元钱 人民币"),
    ("dollar", 1, "$ usd us$ dollar dollars 美元 美金"),
    ("euro", 1, "€ eur euro euros 欧元"),
    ("pound", 1, "£ gbp pound pounds quid 英镑"),
    ("real", 1, "r$ brl reais 雷亚尔"),
    ("count", 1, "个 件 条 只 双 把 张 台 部 本 瓶 罐 盒 箱 袋 包 套 款 种 支 根 块 片 颗 粒 杯 碗 人 位 名 笔 单"
     " 次 遍 家 码 号 篇 项 piece pieces pcs item items unit units people persons customers"),
)  # fmt: skip
UNITS: dict[str, tuple[Measure, ...]] = {}
for _dimension, _factor, _words in _TABLE:
    for _word in _words.split():
        UNITS[_word] = (*UNITS.get(_word, ()), (_dimension, Fraction(_factor)))

_ORDERED = sorted(UNITS, key=len, reverse=True)
_LATIN = "|".join(re.escape(word) for word in _ORDERED if re.fullmatch(r"[a-z$°]+", word))
_OTHER = "|".join(re.escape(word) for word in _ORDERED if not re.fullmatch(r"[a-z$°]+", word))
AFTER = re.compile(
    rf"(?:business |working |工作|個|个)?(?:(?:{_LATIN})(?![a-z])|(?:{_OTHER}))", re.I
)
BEFORE = re.compile(r"(?:us|r)?\$|[¥€£]|\b(?:usd|eur|gbp|rmb|cny) ?", re.I)
