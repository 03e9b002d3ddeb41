"""Names and postal addresses of persons in Chinese and English text, by what surrounds them.

A name alone is never recognised: a word before it or a title after it must say that it is one.
This module reads text whose full-width forms are already plain; offsets are those of that text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopkeeper.language.spans import Span

_HAN = "\u4e00-\u9fff"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜"
    "肖詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜"
    "吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇"
    "敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|端木|南宫"
# Characters that stand in ordinary words beside a surname's character and hardly ever in a name.
_UNLIKELY = "号码话机的了是在不我你他她它们这那个一二三四五六日末何身端贵档级尚便时常子年领牌位每各有没还也都很就啊吧呢吗"
_GIVEN = f"[{_HAN}]"
_COMMON = f"[{_SURNAMES[:240]}]"
_LABEL = re.compile(
    "(?:收货人|收件人|联系人|签收人|户名|持卡人|姓名|名字叫|真实姓名)(?:姓名)?"
    "(?:[:： ]|是|写|叫|改成|改为|换成|为){1,4}"
    f"(?P<it>(?:(?:{_COMPOUND}){_GIVEN}{{1,2}}|{_COMMON}{_GIVEN}{{1,2}}?)(?=[^{_HAN}]|$|就|收|的|吧|手机|电话)"
    f"|(?:{_COMPOUND}|{_COMMON}){_GIVEN}{{1,2}})"
)
_I_AM = re.compile(
    "(?:我叫|我的名字[是叫]|我是|本人|鄙人)"
    f"(?P<it>(?:{_COMPOUND}){_GIVEN}{{1,2}}|{_COMMON}{_GIVEN}{{1,2}})(?=[,，。.!！、;； \n]|$)"
)
_TITLE = re.compile(
    f"(?P<it>(?:{_COMPOUND}){_GIVEN}{{0,2}}?|{_COMMON}{_GIVEN}{{0,2}}?)(?=先生|女士|小姐(?!姐)|太太)"
)
_BESIDE = re.compile(
    f"(?P<it>{_COMMON}{_GIVEN}{{1,2}}) ?(?=\\[?(?:\\d{{17}}[\\dXx]|1[3-9]\\d{{9}})(?!\\d))"
)
_WORDS = re.compile(
    "任何|携程|蒙牛|单身|方便|[对关由用属合至在]于|白领|高[端贵档级]|时[尚髦]|[^姓]向|成[年熟]|万[千能]"
)

_CAPITAL = r"[A-Z][a-zà-ÿ]*(?:['’-][A-Z][a-zà-ÿ]+)*[a-zà-ÿ]"
_FULL = rf"{_CAPITAL}(?: {_CAPITAL}){{0,2}}"
_CALLED = re.compile(
    rf"(?:\b(?i:my name is|my name's|i am called|(?:customer|full|recipient) name:?"
    rf"|recipient:?|receiver:?|consignee:?|attn:?|attention:)|(?:^|[\n,.;] ?)(?i:name|contact):) ?(?P<it>{_FULL})"
)
_I_AM_EN = re.compile(rf"\b(?:[Ii] am|[Ii]['’]m) (?P<it>{_CAPITAL} {_CAPITAL})\b(?! [A-Z])")
_SPEAKING = re.compile(
    rf"\b(?i:this is) (?P<it>{_FULL})(?=,? (?:speaking|calling|here|from|writing)\b)"
)
_HONORIFIC = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?(?: (?:and|&) Mrs\.?)? (?P<it>(?!(?:Coffee|Pac|Martens|Martins|Nobody"
    rf"|Pepper|Clean|Potato|Beast|Robot|Bean|Bubble|Right|Meyer|Brown['’]s|Scholl|Fix|Who|Seuss|Pro)\b){_FULL})"
)
_SIGNED = re.compile(
    r"(?:^|[.!?\n] ?)(?:(?:Kind |Best |Warm )?[Rr]egards|Best wishes|Best|Sincerely|Yours(?: truly)?"
    rf"|Thanks|Thank you|Cheers)[,\n]\s{{0,3}}(?P<it>{_FULL})\.?\s*$",
    re.M,
)
_DEAR = re.compile(
    rf"\b(?:Dear) (?P<it>(?!(?:Sirs?|Madam|Customers?|Seller|Amazon|Team|Support|Friends?|All|Shop|Store"
    rf"|Santa|God|Lord|Diary|Manager|Vendor|Mr|Mrs|Ms|Miss|Dr|Prof)\b){_FULL})(?=[,:!\n])"
)

_STREET_ZH = re.compile(
    f"[{_HAN}]{{0,24}}(?:路|街|大道|道|巷|弄|胡同|村|镇|段)(?:[东南西北中]段)?"
    r"\d{1,5}(?:号|弄)(?:[^\s,，。;；、!！?？:：]{0,12}?\d{1,5}(?:号楼|号院|号|栋|幢|座|单元|室|楼|层|户)){0,4}"
)
_LEAD = re.compile(
    f"^[{_HAN}]*(?:寄到|送到|发到|寄往|寄给|地址|住址|住在|换成|改成|改为|位于|我家在|家住|我住|在|是|到)"
)
_STREET_EN = re.compile(
    r"(?<![\w.$€£-])\d{1,5}[A-Z]?,? (?:[NSEW]\.? )?(?!GB|TB|MB|HP|USB|Solid|Flash|Hard)(?:[A-Z][\w'’.-]{1,20} |\d{1,3}(?:st|nd|rd|th) ){1,3}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Square|Sq|Terrace"
    r"|Highway|Hwy|Parkway|Pkwy|Close|Crescent)\b\.?"
    r"(?:,? ?(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|#)\.? ?\w{1,6})?"
    r"(?:, [A-Z][a-z]+(?: [A-Z][a-z]+){0,2})?(?:,? [A-Z]{2})?(?: \d{5}(?:-\d{4})?)?"
    r"|\bP\.? ?O\.? ?Box \d{1,6}"
    r"|\b(?:Rua|Avenida|Av\.|Travessa|Alameda) [A-ZÀ-Ú][\wÀ-ÿ ]{2,40}?,? (?:[nN][º°o.]? ?)?\d{1,5}\b"
)


def name_spans(plain: str) -> Iterator[Span]:
    """Yield the places of names.

    Examples
    --------
    >>> [span.text for span in name_spans("My name is Ada Byron. 李先生您好，我先生很喜欢")]
    ['李', 'Ada Byron']
    """
    if not plain.isascii():
        for pattern in (_LABEL, _I_AM, _TITLE, _BESIDE):
            yield from (span for span in _named(pattern, plain) if _likely(span, plain))
    for pattern in (_CALLED, _I_AM_EN, _SPEAKING, _HONORIFIC, _SIGNED, _DEAR):
        yield from _named(pattern, plain)


def address_spans(plain: str) -> Iterator[Span]:
    """Yield the places of postal addresses that have a street and a number.

    Examples
    --------
    >>> [span.text for span in address_spans("寄到杭州市文三路138号2栋，not 221 Baker Street")]
    ['杭州市文三路138号2栋', '221 Baker Street']
    """
    for match in _STREET_ZH.finditer(plain):
        lead = _LEAD.match(match[0])
        start = match.start() + (lead.end() if lead else 0)
        yield Span(start, match.end(), "address", plain[start : match.end()])
    for match in _STREET_EN.finditer(plain):
        yield Span(match.start(), match.end(), "address", match[0])


def _named(pattern: re.Pattern[str], plain: str) -> Iterator[Span]:
    for match in pattern.finditer(plain):
        yield Span(match.start("it"), match.end("it"), "name", match["it"])


def _likely(span: Span, plain: str) -> bool:
    given = span.text[1:]
    around = plain[max(0, span.start - 1) : span.end]
    return not any(letter in _UNLIKELY for letter in given) and not _WORDS.search(around)
