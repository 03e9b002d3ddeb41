"""The words of the products: names, colours, materials and descriptions in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from shopkeeper.data.demo.columns import Export, at, constant, ids, money, named
from shopkeeper.data.demo.plan import CATEGORIES, CURRENCY, ZONE, Ints, Plan
from shopkeeper.data.demo.spelling import PRODUCT, SELLER
from shopkeeper.data.demo.world import World

CATEGORY_NAMES = {
    "apparel": ("Apparel", "服饰"),
    "shoes": ("Shoes", "鞋靴"),
    "electronics": ("Electronics", "数码"),
    "beauty": ("Beauty", "美妆"),
    "home": ("Home", "家居"),
    "food": ("Food", "食品"),
    "baby": ("Mother & baby", "母婴"),
    "sports": ("Sports", "运动户外"),
}
THINGS: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("T-shirt", "T恤"),
        ("shirt", "衬衫"),
        ("dress", "连衣裙"),
        ("jeans", "牛仔裤"),
        ("hoodie", "卫衣"),
        ("jacket", "夹克"),
        ("sweater", "毛衣"),
        ("skirt", "半身裙"),
    ),
    (
        ("sneakers", "运动鞋"),
        ("boots", "靴子"),
        ("sandals", "凉鞋"),
        ("slippers", "拖鞋"),
        ("loafers", "乐福鞋"),
        ("running shoes", "跑步鞋"),
        ("canvas shoes", "帆布鞋"),
        ("heels", "高跟鞋"),
    ),
    (
        ("earphones", "耳机"),
        ("charger", "充电器"),
        ("power bank", "充电宝"),
        ("keyboard", "键盘"),
        ("speaker", "音箱"),
        ("mouse", "鼠标"),
        ("phone case", "手机壳"),
        ("desk lamp", "台灯"),
    ),
    (
        ("face cream", "面霜"),
        ("sunscreen", "防晒霜"),
        ("lipstick", "口红"),
        ("shampoo", "洗发水"),
        ("serum", "精华液"),
        ("face mask", "面膜"),
        ("cleanser", "洗面奶"),
        ("perfume", "香水"),
    ),
    (
        ("towel", "毛巾"),
        ("pillow", "枕头"),
        ("frying pan", "平底锅"),
        ("bed sheets", "床单"),
        ("storage box", "收纳箱"),
        ("thermos", "保温杯"),
        ("curtain", "窗帘"),
        ("chair", "椅子"),
    ),
    (
        ("nuts", "坚果"),
        ("green tea", "绿茶"),
        ("coffee", "咖啡"),
        ("noodles", "面条"),
        ("biscuits", "饼干"),
        ("chocolate", "巧克力"),
        ("honey", "蜂蜜"),
        ("dried mango", "芒果干"),
    ),
    (
        ("diapers", "纸尿裤"),
        ("baby bottle", "奶瓶"),
        ("wet wipes", "湿巾"),
        ("stroller", "婴儿车"),
        ("toy", "玩具"),
        ("bib", "围兜"),
        ("blanket", "盖毯"),
        ("high chair", "餐椅"),
    ),
    (
        ("yoga mat", "瑜伽垫"),
        ("dumbbells", "哑铃"),
        ("tent", "帐篷"),
        ("backpack", "双肩包"),
        ("goggles", "泳镜"),
        ("skipping rope", "跳绳"),
        ("racket", "球拍"),
        ("water bottle", "运动水壶"),
    ),
)
_QUALITIES = (
    ("light", "轻便"),
    ("classic", "经典"),
    ("soft", "柔软"),
    ("sturdy", "耐用"),
    ("everyday", "日常"),
    ("compact", "小巧"),
    ("new", "新款"),
    ("handmade", "手工"),
    ("natural", "天然"),
    ("premium", "优选"),
)
_COLOURS = (
    ("white", "白色"),
    ("black", "黑色"),
    ("navy", "藏青"),
    ("green", "绿色"),
    ("beige", "米色"),
    ("pink", "粉色"),
    ("grey", "灰色"),
    ("red", "红色"),
)
_SIZES = (
    ("30 ml", "30毫升"),
    ("50 ml", "50毫升"),
    ("100 ml", "100毫升"),
    ("150 ml", "150毫升"),
    ("200 ml", "200毫升"),
    ("twin pack", "两支装"),
    ("travel size", "旅行装"),
    ("refill", "补充装"),
)
_PACKS = (
    ("100 g", "100克"),
    ("250 g", "250克"),
    ("500 g", "500克"),
    ("1 kg", "1千克"),
    ("box of 12", "12袋装"),
    ("box of 24", "24袋装"),
    ("gift box", "礼盒装"),
    ("family pack", "家庭装"),
)
_VARIANTS = (*(_COLOURS,) * 3, _SIZES, _COLOURS, _PACKS, _COLOURS, _COLOURS)
_VARIANT_NAMES = (
    *(("colour", "颜色"),) * 3,
    ("size", "规格"),
    ("colour", "颜色"),
    ("size", "规格"),
    *(("colour", "颜色"),) * 2,
)
_CLOTH = (("cotton", "棉"), ("linen", "亚麻"), ("wool", "羊毛"), ("recycled fibre", "再生纤维"))
_UPPERS = (("leather", "牛皮"), ("canvas", "帆布"), ("mesh", "网布"), ("rubber", "橡胶"))
_CASES = (("aluminium", "铝合金"), ("plastic", "塑料"), ("glass", "玻璃"), ("silicone", "硅胶"))
_SKINS = (
    ("dry skin", "干性肤质"),
    ("oily skin", "油性肤质"),
    ("sensitive skin", "敏感肌"),
    ("all skins", "各类肤质"),
)
_HOMES = (("steel", "不锈钢"), ("bamboo", "竹"), ("cotton", "棉"), ("ceramic", "陶瓷"))
_TASTES = (
    ("original", "原味"),
    ("lightly salted", "淡盐"),
    ("sugar free", "无糖"),
    ("spicy", "香辣"),
)
_BABIES = (
    ("cotton", "棉"),
    ("silicone", "硅胶"),
    ("beech wood", "榉木"),
    ("bamboo fibre", "竹纤维"),
)
_SPORTS = (
    ("nylon", "尼龙"),
    ("natural rubber", "天然橡胶"),
    ("carbon fibre", "碳纤维"),
    ("steel", "不锈钢"),
)
_MATERIALS = (_CLOTH, _UPPERS, _CASES, _SKINS, _HOMES, _TASTES, _BABIES, _SPORTS)
_MATERIAL_NAMES = (
    *(("material", "材质"),) * 3,
    ("suits", "适用"),
    ("material", "材质"),
    ("taste", "口味"),
    *(("material", "材质"),) * 2,
)
_BRANDS = (
    ("Yunwu", "云坞"),
    ("Hollowbrook", "禾洛"),
    ("Qingwei", "青蔚"),
    ("Tallowood", "陶木"),
    ("Manya", "满芽"),
    ("Fernlight", "蕨光"),
    ("Xiayu", "夏屿"),
    ("Northlane", "北巷"),
    ("Fenyou", "分柚"),
    ("Pebbleway", "石径"),
)
_CARE = (
    ("Questions? Ask our service desk.", "有疑问请咨询客服。"),
    ("Keep in a dry place.", "请置于干燥处保存。"),
    ("Exchange within 7 days without a reason.", "七天无理由退换。"),
    ("Made for daily use.", "日常使用皆宜。"),
    ("Ships in recyclable packaging.", "采用可回收包装发货。"),
    ("One year of warranty.", "质保一年。"),
)


class Catalogue:
    """Title, description and attributes of every product, drawn once."""

    def __init__(self, plan: Plan, world: World) -> None:
        rng = plan.generator("products")
        count = world.products
        self.thing = (np.arange(count) % plan.products_per_cell + rng.integers(0, 8, count)) % 8
        draws = {
            "quality": rng.integers(0, len(_QUALITIES), count),
            "colour": rng.integers(0, len(_COLOURS), count),
            "material": rng.integers(0, len(_CLOTH), count),
            "brand": rng.integers(0, len(_BRANDS), count),
            "care": rng.integers(0, len(_CARE), count),
        }
        self.titles: list[str] = []
        self.descriptions: list[str] = []
        self.attributes: list[str] = []
        self.brands = [" ".join(_BRANDS[code][::-1]) for code in draws["brand"]]
        for product in range(count):
            pick = {name: int(values[product]) for name, values in draws.items()}
            self._write(int(world.category[product]), int(self.thing[product]), pick)

    def _write(self, category: int, thing: int, pick: dict[str, int]) -> None:
        thing_en, thing_zh = THINGS[category][thing]
        quality_en, quality_zh = _QUALITIES[pick["quality"]]
        variant_en, variant_zh = _VARIANTS[category][pick["colour"]]
        material_en, material_zh = _MATERIALS[category][pick["material"]]
        (kind_en, kind_zh), (trait_en, trait_zh) = (
            _VARIANT_NAMES[category],
            _MATERIAL_NAMES[category],
        )
        brand_en, brand_zh = _BRANDS[pick["brand"]]
        care_en, care_zh = _CARE[pick["care"]]
        self.titles.append(
            f"{brand_zh}{quality_zh}{thing_zh} {variant_zh} | "
            f"{brand_en} {quality_en} {thing_en}, {variant_en}"
        )
        self.descriptions.append(
            f"{quality_zh}{thing_zh}，{kind_zh}：{variant_zh}，{trait_zh}：{material_zh}。{care_zh}\n"
            f"{quality_en.capitalize()} {thing_en}, {kind_en}: {variant_en}, {trait_en}: {material_en}. "
            f"{care_en}"
        )
        attributes = {
            kind_en: variant_en,
            kind_zh: variant_zh,
            trait_en: material_en,
            trait_zh: material_zh,
        }
        self.attributes.append(json.dumps(attributes, ensure_ascii=False))


def write_products(folder: Path, plan: Plan, world: World, catalogue: Catalogue) -> None:
    """Write `products`, `categories` and `sellers`."""
    rng = np.random.default_rng(plan.seed)
    count = world.products
    with Export(folder, "products", plain=("product_id", "title", "description")) as products:
        products.write(
            {
                "product_id": ids(PRODUCT, np.arange(count)),
                "title": catalogue.titles,
                "description": catalogue.descriptions,
                "category": named(world.category, CATEGORIES),
                "brand": catalogue.brands,
                "seller_id": ids(SELLER, world.seller),
                "attributes": catalogue.attributes,
                "price": money(world.price),
                "cost": money(_costs(world)),
                "currency": constant(CURRENCY, count),
                "stock": rng.integers(0, 900, count),
                "weight_grams": np.round(rng.gamma(2.0, 220.0, count) + 20),
                "photos": rng.integers(1, 9, count),
                "created_at": at(world.listed),
                "time_zone": constant(ZONE, count),
            }
        )
    with Export(folder, "categories") as categories:
        categories.write(
            {
                "category": [name for name in CATEGORIES for _ in ("en", "zh")],
                "language": ["en", "zh"] * len(CATEGORIES),
                "name": [text for name in CATEGORIES for text in CATEGORY_NAMES[name]],
            }
        )
    sellers = np.unique(world.seller)
    with Export(folder, "sellers") as export:
        export.write(
            {
                "seller_id": ids(SELLER, sellers),
                "city": named(sellers % len(_SELLER_CITIES), _SELLER_CITIES),
            }
        )


_SELLER_CITIES = ("杭州", "广州", "义乌", "上海", "深圳")


def _costs(world: World) -> Ints:
    margin = np.array([0.62, 0.55, 0.48])[world.band]
    return np.asarray(np.round(world.price * margin).astype(np.int64))
