"""A first mapping for a file that no platform writes, to be checked and corrected by its owner.

Tables and columns are guessed from header words in English and Chinese, then from the look of the
cells. No cell is written into the suggestion except words for a sentiment that are listed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set

import pyarrow as pa

from shopkeeper.data.sources.kinds import Header
from shopkeeper.data.sources.mapping import MADE_FROM_ROW, NUMBERED
from shopkeeper.data.tables import BY_NAME, Table, Type
from shopkeeper.settings_files import toml_string
from shopkeeper.words import Words

Readable = Mapping[str, Set[Type]]
"""Column of a file → the types as which most of its cells can be read."""

_SYNONYMS: dict[str, str] = {
    "review_id": "review id|评价id|评价编号|评论id|评论编号",
    "order_id": "ord|transaction id|transaction no|tx id|txn id|order id|order no|order number|order|订单号|订单编号|主订单编号|订单id|交易号",
    "customer_id": "cust|customer id|customer|user id|user|uid|buyer id|buyer|member id|client id|"
    "客户编号|客户id|顾客编号|顾客id|用户id|用户编号|会员id|会员编号|会员号|买家id|买家编号|买家账号|买家|顾客|客户|会员|买家昵称|买家会员名|会员名|用户名",
    "product_id": "prod|product id|product|sku|item id|item|goods id|asin|spu|商品id|商品编号|商品编码|货号|商品货号|宝贝id|商家编码",
    "text": "text|review|review text|comment|comments|content|body|message|feedback|review body|"
    "评价内容|评论内容|评论|评价|内容|正文|留言|反馈|反馈内容|消息|消息内容|初评内容",
    "rating": "rating|stars|star|score|star rating|overall|review score|评分|星级|打分|得分|评价星级|评分星级",
    "label": "label|sentiment|polarity|class|情感|情感标签|标签|标注|评价类型|好中差评|评价结果",
    "title": "title|name|product name|item name|subject|summary|headline|商品名称|商品标题|宝贝标题|标题|品名|名称",
    "category": "category|cat|type|product type|department|类目|分类|品类|商品分类|类别",
    "reviewed_at": "reviewed at|review date|review time|评价时间|评论时间|评价日期|评论日期",
    "ordered_at": "datetime|transaction date|transaction time|ordered at|order date|order time|purchase date|purchased at|下单时间|下单日期|订单创建时间|订单时间|交易时间|购买时间",
    "paid_at": "paid at|payment date|payment time|付款时间|支付时间|订单付款时间",
    "happened_at": "when|happened at|timestamp|event time|时间戳|发生时间|访问时间|行为时间",
    "searched_at": "searched at|search time|搜索时间",
    "sent_at": "sent at|sent time|message time|发送时间|消息时间",
    "created_at": "created at|created|registered at|signup date|date|time|创建时间|注册时间|上架时间|日期|时间",
    "updated_at": "updated at|updated|更新时间|修改时间",
    "status": "status|order status|state|订单状态|状态",
    "total": "total|amount|order total|total amount|grand total|总金额|订单金额|实付金额|实付款|应付金额|金额|成交金额",
    "quantity": "quantity|qty|units|count|数量|购买数量|件数|订购数量|商品数量",
    "price": "price|unit price|item price|单价|价格|商品单价|售价|标价",
    "cost": "cost|unit cost|成本|成本价",
    "discount": "discount|discount amount|优惠|优惠金额|折扣金额",
    "shipping": "shipping|shipping fee|freight|运费|邮费",
    "refunded": "refund|refunded|refund amount|退款金额|退款",
    "email": "email|e mail|mail|邮箱|电子邮箱|电子邮件",
    "phone": "phone|mobile|telephone|tel|手机|手机号|电话|联系电话|联系手机|手机号码",
    "address": "address|street|收货地址|地址|详细地址",
    "city": "city|城市",
    "region": "region|state name|province|省份|省|地区",
    "country": "country|国家",
    "brand": "brand|vendor|品牌|供应商",
    "description": "description|desc|details|描述|商品描述|详情",
    "stock": "stock|inventory|库存|库存数量",
    "query": "query|search|search term|keyword|keywords|搜索词|关键词|搜索关键词",
    "name": "姓名|客户姓名|full name|customer name",
    "currency": "currency|currency code|cur|ccy|币种|货币|币别",
    "visitor_id": "visitor id|visitor|cookie|device id|anonymous id|访客id|设备id|访客",
    "session_id": "session id|session|sess|会话id|会话",
    "conversation_id": "conversation id|conversation|ticket id|chat id|会话编号|工单号",
    "sender": "sender|role|from|speaker|发送者|发送方|角色",
    "verified": "verified|verified purchase|已购买",
    "helpful_votes": "helpful|helpful votes|votes|likes|点赞数|有用数",
    "reply": "reply|response|answer text|商家回复|回复|回复内容",
    "seller_id": "seller id|seller|merchant id|卖家id|店铺id|商家id",
    "channel": "channel|source channel|渠道|来源",
}
_EVENT_NAME = "event|event name|action|behavior|behaviour|what|行为|事件|事件名称|行为类型"
_TELLING: dict[str, tuple[str, ...]] = {
    "reviews": ("text", "rating", "label", "reviewed_at", "review_id", "helpful_votes"),
    "order_items": ("order_id", "product_id", "quantity", "price"),
    "orders": ("order_id", "ordered_at", "status", "total", "paid_at"),
    "messages": ("conversation_id", "sender", "sent_at", "text"),
    "searches": ("query", "searched_at"),
    "events": ("visitor_id", "session_id", "happened_at", "name", "event_id"),
    "products": ("title", "price", "brand", "stock", "description", "cost"),
    "customers": ("email", "phone", "address", "customer_id", "city"),
}
_SENTIMENT = {
    "positive": "1|pos|positive|good|好评|正面|积极|满意",
    "neutral": "neu|neutral|中评|中性|一般",
    "negative": "0|-1|neg|negative|bad|差评|负面|消极|不满意",
}
_MEANING = {word: name for name, words in _SENTIMENT.items() for word in words.split("|")}
_KNOWN = {word for words in (*_SYNONYMS.values(), _EVENT_NAME) for word in words.split("|")} | {
    name.replace("_", " ") for table in BY_NAME.values() for name in table.names
}
_DATE = re.compile(r"\s*[\"=']*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4})")
_TRANSACTION = re.compile(r"^(tx|txn|transaction) ")
_CELL_IN_HEADER = re.compile(r"@|^[\d\s.,:/+()-]+$|\d{7,}|.{50}")
NOTHING = Words(
    "No column of this file is known here. Fill in the lines below; totals by day or product cannot be used.",
    "文件里没有能认出的列。请填写下面各行；按日或按商品汇总的报表（如生意参谋）无法使用，请导出明细。",
)
_NEEDS = {"en": "needs a column of the file", "zh": "请填写文件里的列名"}


def suggested_mapping(
    file: str,
    header: Header,
    sample: pa.Table,
    few: dict[str, list[str]] | None = None,
    readable: Readable | None = None,
) -> str:
    """Return a TOML mapping for a file, with what to check, in both languages.

    Parameters
    ----------
    file
        The file's name.
    header
        Its columns.
    sample
        Some of its rows.
    few
        Column → every different cell of the whole file, for columns that have few.
    readable
        Column → the types as which its cells can be read; where it is not given, headings alone decide.

    Examples
    --------
    >>> sample = pa.table({"评论": ["很好", "太差了"], "星级": ["5", "1"]})
    >>> text = suggested_mapping("a.csv", Header(dict.fromkeys(sample.column_names, "VARCHAR")), sample)
    >>> print("\\n".join(line for line in text.splitlines() if line[:4] in ("tabl", "rati", "text")))
    table = "reviews"
    rating = "星级"  # Stars, 1 to 5 星级，1 到 5
    text = "评论"  # Text 正文
    """
    names = shown_columns(header, sample)
    cells = {name: [*_cells(sample, name), *(few or {}).get(name, [])] for name in names}
    table, columns = _best(names, cells, readable)
    if not _fits(table, columns):
        return "\n".join([*_head(file, table, names, header, nothing=True), *_blanks(table), *_rest(names, {}, table)])
    values = _meanings(cells[columns["label"]]) if "label" in columns else {}
    return "\n".join([*_head(file, table, names, header), *_body(table, columns), *_values(values), *_rest(names, columns, table)])


def is_a_form(suggested: str) -> bool:
    """Say whether a suggestion is no more than a form to fill in."""
    return NOTHING.en in suggested


def shown_columns(header: Header, sample: pa.Table) -> list[str]:
    """Return the column names that may be repeated: none where the first line may be no header.

    A first line of cells may hold anybody's name. It is taken for a header where more of it is known here,
    or is a word above numbers, than looks like a cell itself.

    Examples
    --------
    >>> sample = pa.table({"rating": ["5"], "colour": ["red"], "2024": ["1"], "Menge": ["12"]})
    >>> shown_columns(Header(dict.fromkeys(sample.column_names, "VARCHAR")), sample)
    ['rating', 'colour', 'Menge']
    >>> sample = pa.table({"Jane Doe": ["Ann Li", "Jo Wu"], "London": ["Paris", "Rome"]})
    >>> shown_columns(Header(dict.fromkeys(sample.column_names, "VARCHAR")), sample)
    []
    """
    names = [name for name in header.columns if not _CELL_IN_HEADER.search(name)]
    above = sum(_is_known(name) or _is_above_numbers(_cells(sample, name)) for name in names)
    return names if above > len(header.columns) - len(names) else []


def _is_known(name: str) -> bool:
    return _plain(name) in _KNOWN or any(_plain(part) in _KNOWN for part in re.split(r"[^\w ]", name))


def _is_above_numbers(cells: list[str]) -> bool:
    return len(cells) > 0 and all(re.search(r"\d", cell) and not re.search(r"[^\W\d_]{4}", cell) for cell in cells)


def _fits(table: Table, columns: dict[str, str]) -> bool:
    # A date says when, and nothing of what.
    return any(name in columns for name in _TELLING[table.name] if name != table.time)


def _best(
    names: list[str], cells: dict[str, list[str]], readable: Readable | None
) -> tuple[Table, dict[str, str]]:
    guesses = {table: _guess(BY_NAME[table], names, cells, readable) for table in _TELLING}
    scores = {table: _score(table, guess) for table, guess in guesses.items()}
    best = max(scores, key=lambda table: scores[table])
    return BY_NAME[best], guesses[best]


def _score(table: str, columns: dict[str, str]) -> float:
    telling = sum(name in columns for name in _TELLING[table])
    needed = {item.name for item in BY_NAME[table].columns if item.required and item.name not in _makes(table)}
    if table == "reviews" and not {"text", "rating", "label"} & columns.keys():
        return -len(BY_NAME)
    return telling + 0.1 * len(columns) - 2 * len(needed - columns.keys())


def _guess(
    table: Table, names: list[str], cells: dict[str, list[str]], readable: Readable | None
) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in table.columns:
        free = [name for name in names if name not in found.values()]
        # A heading promises a number or a time; only the cells below it can keep that.
        fitting = [name for name in free if _reads(column.type, name, readable)]
        match = _first(_words_for(table, column.name), fitting)
        if match:
            found[column.name] = match
    free = [name for name in names if name not in found.values()]
    # What has a price or an amount and no column named as a review is a sale or a product.
    sold = any(_first(_SYNONYMS[name].split("|"), names) for name in ("price", "total", "quantity"))
    for column_name, shape in _shapes(table).items():
        if column_name in found or (column_name in ("text", "label") and sold):
            continue
        match = next((name for name in free if shape(cells[name])), None)
        if match:
            found[column_name] = match
            free.remove(match)
    return found


def _words_for(table: Table, column: str) -> list[str]:
    said = _EVENT_NAME if (table.name, column) == ("events", "name") else _SYNONYMS.get(column, "")
    return [column.replace("_", " "), *said.split("|")]


def _reads(kind: Type, name: str, readable: Readable | None) -> bool:
    return kind == "string" or readable is None or kind in readable.get(name, ())


def _first(words: list[str], names: list[str]) -> str | None:
    plain = {_TRANSACTION.sub("", _plain(name)): name for name in reversed(names)}
    plain |= {_plain(name): name for name in reversed(names)}
    return next((plain[word] for word in words if word in plain), None)


def _plain(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"[\s_\-./:（）()]+", " ", spaced).strip().lower()


def _shapes(table: Table) -> dict[str, Callable[[list[str]], bool]]:
    shapes: dict[str, Callable[[list[str]], bool]] = {}
    if table.name == "reviews":
        shapes |= {"text": _is_prose, "rating": _is_stars, "label": _is_label}
    if table.time in table.names:
        shapes[str(table.time)] = _is_date
    return shapes


def _is_prose(cells: list[str]) -> bool:
    return bool(cells) and sum(map(len, cells)) / len(cells) >= 12 and len(set(cells)) > 0.5 * len(cells) and not _is_date(cells)


def _is_stars(cells: list[str]) -> bool:
    stars = {"1", "2", "3", "4", "5"}
    return bool(cells) and {cell.removesuffix(".0") for cell in cells} <= stars and len(set(cells)) > 2


def _is_label(cells: list[str]) -> bool:
    meanings = {_MEANING.get(cell.removesuffix(".0").lower()) for cell in cells}
    return bool(cells) and None not in meanings and len(meanings) > 1


def _is_date(cells: list[str]) -> bool:
    return bool(cells) and all(_DATE.match(cell) for cell in cells)


def _cells(sample: pa.Table, name: str) -> list[str]:
    if name not in sample.column_names:
        return []
    written = (str(value).strip() for value in sample[name].to_pylist() if value is not None)
    return [cell for cell in written if cell]


def _meanings(cells: list[str]) -> dict[str, str]:
    seen = {cell.removesuffix(".0") for cell in cells}
    return {cell: _MEANING[cell.lower()] for cell in sorted(seen) if cell.lower() in _MEANING}


def _makes(table: str) -> tuple[str, ...]:
    if table in MADE_FROM_ROW:
        return BY_NAME[table].key
    return ("line",) if table in NUMBERED else ()


def _head(file: str, table: Table, names: list[str], header: Header, *, nothing: bool = False) -> list[str]:
    lines = [
        f"# Suggested mapping for {file}. 为 {file} 建议的列映射。",
        "# It is a guess: check every line, then import again with --mapping and this file.",
        "# 这是猜测：请逐行核对，然后用 --mapping 指定本文件重新导入。",
    ]
    if len(names) < len(header.columns):
        lines += [
            "# Column names that may be cells are left out; does the file lack a header line?",
            "# 可能是数据的列名没有列出；文件是否缺少表头？",
        ]
    if nothing:
        lines += [f"# {NOTHING.en}", f"# {NOTHING.zh}"]
    return [
        *lines,
        "",
        f"# One row is {table.en}. 一行是{table.zh}。",
        f"# Tables: {', '.join(BY_NAME)}. 可用的表见左。",
        f'table = "{table.name}"',
        '# time_zone = "Asia/Shanghai"  # zone of times that name none 时间未写时区时的时区',
        '# currency = "CNY"  # currency of the amounts 金额的币种',
        "",
        '# canonical column = "column of the file" 标准列 = "文件里的列名"',
        "[columns]",
    ]


def _body(table: Table, columns: dict[str, str]) -> list[str]:
    lines = []
    for column in table.columns:
        if column.name in columns:
            lines.append(f"{column.name} = {toml_string(columns[column.name])}  # {column.en} {column.zh}")
        elif column.required and column.name not in _makes(table.name):
            lines.append(f'{column.name} = ""  # {_NEEDS["en"]} {_NEEDS["zh"]}: {column.en} {column.zh}')
    return lines


def _blanks(table: Table) -> list[str]:
    return [f'# {column.name} = ""  # {column.en} {column.zh}' for column in table.columns]


def _values(values: dict[str, str]) -> list[str]:
    if not values:
        return []
    lines = ["", "# Which label means what? 每个标注是什么意思？", "[values.label]"]
    return lines + [f'{toml_string(cell)} = "{meaning}"' for cell, meaning in values.items()]


def _rest(names: list[str], columns: dict[str, str], table: Table) -> list[str]:
    unused = [name for name in names if name not in columns.values()]
    spare = [name for name in table.names if name not in columns and name not in ("source", "time_zone", "currency")]
    return [
        "",
        f"# Columns of the file that are not used: {_listed(unused)}",
        f"# 文件里未用到的列：{_listed(unused)}",
        f"# Further columns of {table.name}: {', '.join(spare)}",
        "",
    ]


def _listed(names: list[str]) -> str:
    return ", ".join(toml_string(name) for name in names) or "–"
