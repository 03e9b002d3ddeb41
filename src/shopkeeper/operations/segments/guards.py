"""What is never inferred of a customer, and the least group that may leave.

Health, religion, pregnancy, ethnicity and sexual orientation are not read from what people buy or
write: no sentence asks for them, no name of a group, card or persona holds them. The list names the
words of such labels in English and Chinese; it cannot know every way to say them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.folding import folded
from shopkeeper.operations.behaviour.small_cells import SMALLEST, withheld_in_table
from shopkeeper.words import Words

LEAST = SMALLEST
"""Customers of a group at least, for anything of it to leave: k of k-anonymity."""

_LATIN = {
    "health": (
        r"health|ill(?:ness(?:es)?)?|sick(?:ness)?|diseas\w*|diabet\w*|cancer\w*|hiv|aids|depress(?:ed|ion|ive)"
        r"|anxiety|disab\w+|autis\w+|obes\w+|alzheimer\w*|dementia|medicat\w+|infertil\w+|menopaus\w+"
        r"|incontinen\w+|addict\w*|alcoholic\w*|mental(?:ly)?|hepatitis|asthma\w*|epilep\w+|allerg\w+"
    ),
    "religion": (
        r"religio\w*|christian\w*|catholic\w*|protestant\w*|muslim\w*|moslem\w*|islam\w*|jew(?:s|ish)?|judaism"
        r"|buddhis\w+|hindu\w*|sikh\w*|atheis\w+|taois\w+|halal|kosher|church(?:goers?)?|mosque|faith|believers?"
    ),
    "pregnancy": r"pregnan\w*|expectant|expecting|maternity|trimester\w*|prenatal|antenatal|mothers?-to-be|abortions?",
    "ethnicity": (
        r"ethnic\w*|racial\w*|black people|white people|caucasian\w*|african\w*|asians?|latin[oax]s?|hispanic\w*"
        r"|arabs?|uyghurs?|uighurs?|tibetans?|han chinese|roma|gyps(?:y|ies)|immigrants?|refugees?|nationalit\w+"
    ),
    "orientation": (
        r"gays?|lesbians?|homosexual\w*|bisexual\w*|heterosexual\w*|lgbt\w*|queers?|transgender\w*|transsexual\w*"
        r"|sexual(?:ity| orientation)?|straight (?:men|women|people)"
    ),
}
_CHINESE = {
    "health": (
        "健康状况|患病|生病|有病|病人|病史|患者|疾病|慢性病|糖尿病|高血压|癌|肿瘤|艾滋|抑郁|焦虑症|残疾|残障|自闭症"
        "|肥胖|痴呆|不孕|不育|更年期|失禁|成瘾|酗酒|精神病|肝炎|哮喘|癫痫|过敏体质|过敏人群"
    ),
    "religion": "宗教|信仰|信教|基督徒|基督教|天主教|穆斯林|回教|伊斯兰|清真|佛教|佛系信众|信佛|道教|印度教|犹太|教徒|信徒|礼拜",
    "pregnancy": "怀孕|孕妇|孕期|备孕|孕妈|准妈妈|产妇|孕产|妊娠|待产|流产|堕胎",
    "ethnicity": "种族|民族|族裔|人种|黑人|白人|汉族|藏族|维吾尔|维族|回族|蒙古族|少数民族|移民|难民|国籍",
    "orientation": "同性恋|双性恋|异性恋|性取向|男同|女同|拉拉|同志群体|跨性别|变性|出柜|性少数",
}
NAMES = {
    "health": Words("health", "健康状况"),
    "religion": Words("religion", "宗教信仰"),
    "pregnancy": Words("pregnancy", "怀孕"),
    "ethnicity": Words("ethnicity", "种族或民族"),
    "orientation": Words("sexual orientation", "性取向"),
}
_SOUGHT = {
    kind: re.compile(rf"(?<![a-z])(?:{_LATIN[kind]})(?![a-z])|{_CHINESE[kind]}", re.I)
    for kind in NAMES
}
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])[\s·._*-]+(?=[\u4e00-\u9fff])")


def withheld_beside(
    counts: NDArray[np.int64], rows: Collection[int], columns: Collection[int], *, least: int
) -> NDArray[np.bool_]:
    """Return which cells of a table are not told where whole lines of it are not told already.

    Parameters
    ----------
    counts
        Customers, rows × columns; nobody is in two cells.
    rows, columns
        Places of the lines of which nothing is told.
    least
        Fewest that are told.

    Examples
    --------
    >>> withheld_beside(np.array([[90, 40], [30, 50], [25, 60]]), [1, 2], [], least=20).astype(int)
    array([[0, 0],
           [1, 1],
           [1, 1]])
    """
    # As large as they may be and still hidden: they guard the others by no more than they surely hold.
    few = counts.copy()
    few[list(rows)] = np.minimum(few[list(rows)], least - 1)
    few[:, list(columns)] = np.minimum(few[:, list(columns)], least - 1)
    return withheld_in_table(few, least=least)


def refused(text: str) -> tuple[str, str] | None:
    """Return the kind of label that a text holds and the words that say so; None where there is none.

    Examples
    --------
    >>> refused("customers who may be pregnant"), refused("可能怀 孕的顾客")
    (('pregnancy', 'pregnant'), ('pregnancy', '怀孕'))
    >>> refused("bought twice") is None
    True
    """
    plain = _BETWEEN.sub("", folded(text).text)
    for kind, sought in _SOUGHT.items():
        match = sought.search(plain)
        if match:
            return kind, match[0]
    return None
