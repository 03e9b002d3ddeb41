"""What a review can speak of: one list of aspects for every language.

Each aspect has a name, a title and a definition in both languages of the project, and its terms by
language. A shop adds its own aspects, or further terms to these. This module knows words; it reads
no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopkeeper.language.lexicon.aspects_en import ASPECTS_EN
from shopkeeper.language.lexicon.aspects_pt import ASPECTS_PT
from shopkeeper.language.lexicon.aspects_zh import ASPECTS_ZH
from shopkeeper.words import Words


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that reviews speak of.

    Parameters
    ----------
    name
        Its name, as columns spell it.
    title
        Its name in words.
    meaning
        What belongs to it.
    terms
        Words and phrases in small letters, `*` for any further letters.
    """

    name: str
    title: Words
    meaning: Words
    terms: tuple[str, ...] = field(repr=False)


_MEANINGS: dict[str, tuple[Words, Words]] = {
    "quality": (
        Words("Quality", "质量"),
        Words("How well it is made and how long it lasts.", "做工好坏、是否耐用、有无瑕疵。"),
    ),
    "size": (
        Words("Size and fit", "尺码与合身"),
        Words("Whether size, length and fit are right.", "尺码、长短、大小是否合适。"),
    ),
    "colour": (
        Words("Colour", "颜色"),
        Words("Colour, and whether it stays.", "颜色、色差与掉色。"),
    ),
    "material": (
        Words("Material and comfort", "材质与舒适"),
        Words(
            "Fabric and other material, how it feels and washes.",
            "面料等材质、手感、舒适度与洗后情况。",
        ),
    ),
    "taste": (
        Words("Taste and freshness", "味道与新鲜"),
        Words("Taste, texture and freshness of food and drink.", "食品饮料的味道、口感与新鲜程度。"),
    ),
    "smell": (Words("Smell", "气味"), Words("Scent, or an unpleasant smell.", "香味或异味。")),
    "function": (
        Words("Function and performance", "功能与性能"),
        Words(
            "Whether it does what it is for, how fast and how reliably.",
            "能否起到应有的作用，速度与稳定性如何。",
        ),
    ),
    "ease": (
        Words("Ease of use", "易用性"),
        Words("Setting up, using, carrying and cleaning it.", "安装、使用、携带与清洁是否方便。"),
    ),
    "battery": (
        Words("Battery and charging", "电池与充电"),
        Words("How long the battery lasts, how it charges.", "续航与充电。"),
    ),
    "sound": (
        Words("Sound and noise", "声音与噪音"),
        Words("How it sounds, how loud it is.", "音质与噪音大小。"),
    ),
    "display": (
        Words("Screen and picture", "屏幕与画面"),
        Words("Screen, brightness, sharpness.", "屏幕、亮度与清晰度。"),
    ),
    "appearance": (
        Words("Looks and design", "外观与设计"),
        Words("Looks, design, shape and weight.", "外观、设计、造型与轻重。"),
    ),
    "price": (
        Words("Price and value", "价格与性价比"),
        Words("What it costs and whether it is worth that.", "价格高低、是否值、优惠与降价。"),
    ),
    "delivery": (
        Words("Delivery", "物流配送"),
        Words("Sending, speed, courier, arrival.", "发货、速度、快递员与送达。"),
    ),
    "packaging": (
        Words("Packaging", "包装"),
        Words("Box, padding, seal, state on opening.", "包装、防护、密封与开箱状态。"),
    ),
    "service": (
        Words("Service and returns", "服务与售后"),
        Words("Seller, support, refunds, exchanges, repairs.", "卖家、客服、退换货与维修。"),
    ),
    "authenticity": (
        Words("Authenticity", "真伪"),
        Words("Whether it is genuine.", "是否正品。"),
    ),
    "description": (
        Words("As described", "与描述相符"),
        Words(
            "Whether it is what page and pictures promised.", "是否与页面、图片和宣传一致。"
        ),
    ),
    "quantity": (
        Words("Quantity and completeness", "数量与齐全"),
        Words("Amount, missing parts, extras.", "份量、缺件与赠品。"),
    ),
    "safety": (
        Words("Safety and hygiene", "安全与卫生"),
        Words("Skin, allergies, cleanliness, danger.", "过敏、刺激、清洁与安全。"),
    ),
}  # fmt: skip

ASPECTS: dict[str, Aspect] = {
    name: Aspect(name, title, meaning, (*ASPECTS_EN[name], *ASPECTS_ZH[name], *ASPECTS_PT[name]))
    for name, (title, meaning) in _MEANINGS.items()
}
SILENT = (*ASPECTS_EN[""], *ASPECTS_ZH[""], *ASPECTS_PT[""])
"""Terms that speak of nothing and hide the shorter terms inside them."""


def with_own(own: Mapping[str, Mapping[str, tuple[str, ...]]]) -> dict[str, Aspect]:
    """Return the aspects, with a shop's own added and its further terms put to those known.

    Parameters
    ----------
    own
        Name → language → terms, as `shop.toml` holds them; the first term of a language is the
        title of a new aspect.

    Examples
    --------
    >>> with_own({"noise": {"en": ("noise", "loud"), "zh": ("噪音",)}})["noise"].title.zh
    '噪音'
    """
    made = dict(ASPECTS)
    for name, by_language in own.items():
        added = tuple(term for terms in by_language.values() for term in terms)
        if name in made:
            known = made[name]
            made[name] = Aspect(name, known.title, known.meaning, (*known.terms, *added))
        else:
            made[name] = _own_aspect(name, by_language, added)
    return made


def _own_aspect(
    name: str, by_language: Mapping[str, tuple[str, ...]], terms: tuple[str, ...]
) -> Aspect:
    en, zh = (by_language.get(lang, ()) for lang in ("en", "zh"))
    english = en[0] if en else name
    title = Words(english.rstrip("*").capitalize(), zh[0].rstrip("*") if zh else english)
    listed = ", ".join(terms[:8])
    meaning = Words(f"The shop's own aspect: {listed}.", f"店铺自定义方面：{listed}。")
    return Aspect(name, title, meaning, terms)
