"""What people type into the search box, in both languages, with the odd misspelling."""

from __future__ import annotations

import itertools

import numpy as np

from shopkeeper.data.demo.plan import Flags, Ints

# For each category the English and the Chinese words: qualities, then things.
_PARTS: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = (
    (
        (
            "|cotton|black|loose|women's|men's|summer|warm|cheap",
            "t-shirt|shirt|dress|jeans|hoodie|jaket",
        ),
        ("|纯棉|黑色|宽松|女|男|夏季|加绒|显瘦", "T恤|衬衫|连衣裙|牛仔裤|卫衣|短袖"),
    ),
    (
        (
            "|white|leather|size 42|size 38|women's|kids|light|non slip",
            "sneakers|boots|sandals|running shoes|slipers",
        ),
        ("|小白|真皮|42码|38码|女士|儿童|轻便|防滑", "运动鞋|靴子|凉鞋|跑步鞋|拖鞋"),
    ),
    (
        (
            "|wireless|bluetooth|fast|portable|noise cancelling|usb-c|gaming|mini",
            "earphones|charger|power bank|keyboard|earphnes",
        ),
        ("|无线|蓝牙|快充|便携|降噪|Type-C|游戏|迷你", "耳机|充电器|充电宝|键盘|音箱"),
    ),
    (
        (
            "|gentle|sensitive skin|vitamin c|travel size|men's|refill|spf50|matte",
            "face cream|sunscreen|lipstick|shampoo|serum",
        ),
        ("|温和|敏感肌|维C|旅行装|男士|补充装|高倍|哑光", "面霜|防晒霜|口红|洗发水|精华"),
    ),
    (
        (
            "|large|foldable|cotton|nordic|stainless|set of 4|soft|storage",
            "towel|pillow|lamp|frying pan|bed sheets",
        ),
        ("|大号|折叠|全棉|北欧风|不锈钢|四件套|柔软|收纳", "毛巾|枕头|台灯|平底锅|床单"),
    ),
    (
        (
            "|organic|sugar free|spicy|gift box|family pack|roasted|fresh|low fat",
            "nuts|green tea|coffee|noodles|snacks",
        ),
        ("|有机|无糖|麻辣|礼盒|家庭装|原味|新鲜|低脂", "坚果|绿茶|咖啡|面条|零食"),
    ),
    (
        (
            "|newborn|safe|soft|size m|anti colic|wooden|6 months|cotton",
            "diapers|baby bottle|wipes|stroller|toys",
        ),
        ("|新生儿|安全|柔软|M码|防胀气|木制|6个月|纯棉", "纸尿裤|奶瓶|湿巾|婴儿车|玩具"),
    ),
    (
        (
            "|thick|non slip|adjustable|outdoor|beginner|waterproof|light|men's",
            "yoga mat|dumbbell|tent|backpack|swim goggles",
        ),
        ("|加厚|防滑|可调节|户外|入门|防水|轻量|男", "瑜伽垫|哑铃|帐篷|双肩包|泳镜"),
    ),
)


def _spelled(qualities: str, things: str) -> list[str]:
    pairs = itertools.product(qualities.split("|"), things.split("|"))
    return [f"{quality} {thing}".strip() for quality, thing in pairs]


_LISTS = [[_spelled(*language) for language in category] for category in _PARTS]
QUERIES = list(dict.fromkeys(query for pair in _LISTS for words in pair for query in words))
_PLACE = {query: number for number, query in enumerate(QUERIES)}
_CODES = [[np.array([_PLACE[query] for query in words]) for words in pair] for pair in _LISTS]


def draw_queries(rng: np.random.Generator, category: Ints, chinese: Flags) -> Ints:
    """Draw a query about each category in each language; a few queries are much more frequent."""
    query = np.zeros(len(category), np.int64)
    level = rng.random(len(category)) ** 1.7
    for code, pair in enumerate(_CODES):
        for language, codes in enumerate(pair):
            mine = np.flatnonzero((category == code) & (chinese == language))
            query[mine] = codes[(level[mine] * len(codes)).astype(np.int64)]
    return query
