"""Places by more than one name: provinces and large cities of China in Chinese and in pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PINYIN = """
北京 Beijing|天津 Tianjin|河北 Hebei|山西 Shanxi|内蒙古 Inner Mongolia|辽宁 Liaoning|吉林 Jilin
黑龙江 Heilongjiang|上海 Shanghai|江苏 Jiangsu|浙江 Zhejiang|安徽 Anhui|福建 Fujian|江西 Jiangxi
山东 Shandong|河南 Henan|湖北 Hubei|湖南 Hunan|广东 Guangdong|广西 Guangxi|海南 Hainan|重庆 Chongqing
四川 Sichuan|贵州 Guizhou|云南 Yunnan|西藏 Tibet|陕西 Shaanxi|甘肃 Gansu|青海 Qinghai|宁夏 Ningxia
新疆 Xinjiang|台湾 Taiwan|香港 Hong Kong|澳门 Macau|广州 Guangzhou|深圳 Shenzhen|东莞 Dongguan
佛山 Foshan|珠海 Zhuhai|杭州 Hangzhou|宁波 Ningbo|温州 Wenzhou|南京 Nanjing|苏州 Suzhou|无锡 Wuxi
成都 Chengdu|武汉 Wuhan|西安 Xi'an|西安 Xian|长沙 Changsha|济南 Jinan|青岛 Qingdao|沈阳 Shenyang
大连 Dalian|哈尔滨 Harbin|长春 Changchun|郑州 Zhengzhou|石家庄 Shijiazhuang|太原 Taiyuan|合肥 Hefei
南昌 Nanchang|福州 Fuzhou|厦门 Xiamen|泉州 Quanzhou|南宁 Nanning|海口 Haikou|三亚 Sanya|贵阳 Guiyang
昆明 Kunming|拉萨 Lhasa|兰州 Lanzhou|西宁 Xining|银川 Yinchuan|乌鲁木齐 Urumqi|新加坡 Singapore
吉隆坡 Kuala Lumpur|伦敦 London|悉尼 Sydney|奥克兰 Auckland|英格兰 England
"""
_PAIRS = [one.split(" ", 1) for one in _PINYIN.strip().replace("\n", "|").split("|")]
_KIND = re.compile(r"(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市)$")


def place_names(value: str) -> Iterator[str]:
    """Yield what a place of the shop can be called.

    Examples
    --------
    >>> list(place_names("上海市")), list(place_names("Hong Kong")), list(place_names("Leeds"))
    (['上海市', '上海', 'Shanghai'], ['Hong Kong', '香港'], ['Leeds'])
    """
    yield value
    short = _KIND.sub("", value)
    if short and short != value:
        yield short
    for chinese, latin in _PAIRS:
        if chinese == short:
            yield latin
        elif latin.casefold() == value.casefold():
            yield chinese
