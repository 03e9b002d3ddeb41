"""Column mappings: what they do, what is refused, and what is suggested for an unknown file."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from shopkeeper.data.sources.kinds import Header
from shopkeeper.data.sources.mapping import load_mapping, read_mapping
from shopkeeper.data.sources.suggestion import suggested_mapping
from shopkeeper.errors import SettingsError, UnrecognisedFileError

ZH_REVIEWS = """\
table = "reviews"
time_zone = "Asia/Shanghai"
platform = "my_shop"
[columns]
category = "cat"
text = "review"
label = "label"
[values.label]
"1" = "positive"
"0" = "negative"
"""


@pytest.fixture
def mapping(tmp_path: Path):
    def write(text: str, name: str = "m.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def header(*names: str) -> Header:
    return Header(dict.fromkeys(names, "VARCHAR"))


def test_labels_become_words_and_equal_rows_are_duplicates(load, mapping):
    imported = load(
        mapping=mapping(ZH_REVIEWS),
        a_csv="cat,label,review\n书籍,1,很好看\n水果,0,坏了一半\n水果,0.0,没熟\n书籍,1,很好看\n酒店,NEUTRAL,还行\n",
    )
    file = imported.file
    assert (file.kind, file.rows_read, file.kept, file.duplicates) == ("mapping_reviews", 5, 4, 1)
    rows = imported.rows("reviews", "category", "label", "text", "source")
    assert sorted(rows, key=lambda row: row["text"]) == [
        {"category": "水果", "label": "negative", "text": "坏了一半", "source": "my_shop"},
        {"category": "书籍", "label": "positive", "text": "很好看", "source": "my_shop"},
        {"category": "水果", "label": "negative", "text": "没熟", "source": "my_shop"},
        {"category": "酒店", "label": "neutral", "text": "还行", "source": "my_shop"},
    ]


def test_orders_and_numbered_lines_come_from_two_mappings_of_one_shop(load, mapping):
    orders = mapping(
        'table = "orders"\ntime_zone = "Asia/Shanghai"\ncurrency = "CNY"\n[columns]\norder_id = "单号"\n'
        'ordered_at = "下单时间"\ncustomer_id = "买家昵称"\ntotal = "金额"\n',
        "orders.toml",
    )
    lines = mapping(
        'table = "order_items"\n[columns]\norder_id = "单号"\nproduct_id = "货号"\nquantity = "数量"\nprice = "单价"\n',
        "lines.toml",
    )
    load("olist_sellers.csv")
    imported = load(
        mapping=orders,
        o_csv="单号,下单时间,买家昵称,金额\n1,2024/6/18 0:05,小雨,¥1,".replace("¥1,", '"¥1,280.00"')
        + "\n",
    )
    order = imported.rows("orders")[0]
    assert order.pop("customer_id").startswith("c")
    assert order == {
        "order_id": "1",
        "ordered_at": datetime(2024, 6, 17, 16, 5),
        "ordered_on": date(2024, 6, 18),
        "time_zone": "Asia/Shanghai",
        "total": Decimal(1280),
        "currency": "CNY",
    }
    imported = load(mapping=lines, l_csv="单号,货号,数量,单价\n1,a,2,3.5\n1,b,1,4\n2,a,1,3.5\n")
    assert imported.rows("order_items", "order_id", "line", "product_id") == [
        {"order_id": "1", "line": 1, "product_id": "a"},
        {"order_id": "1", "line": 2, "product_id": "b"},
        {"order_id": "2", "line": 1, "product_id": "a"},
    ]


def test_a_mapping_kept_in_the_shop_is_used_without_being_named(load, mapping):
    load("olist_sellers.csv")
    shop = load("olist_sellers.csv").path
    (shop / "mappings").mkdir(exist_ok=True)
    (shop / "mappings" / "mine.toml").write_text(ZH_REVIEWS, encoding="utf-8")
    assert load(a_csv="cat,label,review\n书籍,1,很好看\n").file.kind == "mapping_reviews"


def test_customers_without_an_id_are_known_by_their_e_mail(load, mapping):
    path = mapping('table = "customers"\n[columns]\nemail = "邮箱"\ncity = "城市"\n')
    imported = load("shopify_orders.csv")
    imported = load(mapping=path, c_csv="邮箱,城市\njane.doe@example.com,上海\n,北京\n")
    assert (imported.file.kept, imported.file.rejected) == (1, 1)
    jane = next(row for row in imported.rows("orders") if row["order_id"] == "#1001")
    assert (
        next(
            row for row in imported.rows("customers") if row["customer_id"] == jane["customer_id"]
        )["city"]
        == "上海"
    )


@pytest.mark.parametrize(
    ("text", "found", "found_zh"),
    [
        ("table = ", "it cannot be read as TOML", "无法按 TOML 读取"),
        ("[columns]\ntext = 'a'", "table is missing; there are customers", "缺少 table"),
        ("table = 'review'\n[columns]\ntext = 'a'", "there is no table 'review'", "没有名为 'review' 的表"),
        ("table = 'reviews'", r"\[columns\] is missing or empty", r"缺少 \[columns\]"),
        ("table = 'reviews'\ncolour = 'red'\n[columns]\ntext = 'a'", "'colour' is no part of a mapping", "没有 'colour' 这一项"),
        ("table = 'reviews'\n[columns]\ntxt = 'a'", r"no column 'txt' \(did you mean text\?\)", "是否为 text"),
        ("table = 'reviews'\n[columns]\nqqqq = 'a'", "no column 'qqqq'; there are review_id", "没有 'qqqq' 这一列；"),
        ("table = 'reviews'\n[columns]\ntext = ''", "text = '' should be a text", "text = '' 应为文本"),
        ("table = 'orders'\n[columns]\nordered_at = 'a'", "the table orders needs a column for order_id", "表 orders 还需要这些列：order_id"),
        ("table = 'order_items'\n[columns]\nquantity = 'a'", "needs a column for order_id, line, price", "还需要这些列"),
        ("table = 'reviews'\ntime_zone = 'Beijing'\n[columns]\ntext = 'a'", "'Beijing' is no IANA zone", "不是 IANA 时区"),
        ("table = 'reviews'\ncurrency = 'rmb'\n[columns]\ntext = 'a'", "'rmb' is no ISO 4217 code", "不是 ISO 4217 币种代码"),
        ("table = 'reviews'\nvalues = 3\n[columns]\ntext = 'a'", r"\[values\] is no table of cells", r"\[values\] 的写法不对"),
        ("table = 'reviews'\n[columns]\ntext = 'a'\n[values.label]\n'1' = 'positive'", r"\[values.label\] has no column", "没有对应的列"),
        ("table = 'reviews'\n[columns]\nlabel = 'a'\n[values.label]\n'1' = 1", r"\[values.label\] should hold lines", r"\[values.label\] 应为"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_used_says_why(mapping, text, found, found_zh):
    with pytest.raises(SettingsError, match=found) as caught:
        load_mapping(mapping(text))
    assert caught.value.asked.en == "Asked to use the mapping m.toml."
    assert re.search(found_zh, caught.value.text("zh"))


def test_a_column_that_the_file_lacks_is_named_with_its_likeness(load, mapping):
    path = mapping(ZH_REVIEWS.replace('"review"', '"reviews"'))
    assert read_mapping(path, header("cat", "label", "review")) is None
    file = load(mapping=path, a_csv="cat,label,review\n书籍,1,好\n").file
    assert (file.outcome, type(file.error)) == ("unrecognised", UnrecognisedFileError)
    assert "The file has no column 'reviews'." in file.error.text("en")
    assert "'reviews' → 'review'?" in file.error.text("zh")
    assert "文件里没有这些列：'reviews'。" in file.error.text("zh")


def test_a_mapping_leaves_files_that_a_platform_writes_alone(load, mapping):
    sellers = mapping(
        'table = "customers"\n[columns]\ncustomer_id = "seller_id"\ncity = "seller_city"\n'
    )
    alone, told = load("olist_sellers.csv"), load("olist_sellers.csv", mapping=sellers)
    assert (told.file.kind, told.rows("customers")) == (alone.file.kind, [])


def test_a_mapping_for_another_file_is_not_to_be_corrected(load, mapping):
    file = load(mapping=mapping(ZH_REVIEWS), stock_csv="depot,pieces\na,1\n").file
    assert file.outcome == "unrecognised"
    assert "This mapping is not for this file" in file.error.text("en")
    assert "Correct the names" not in file.error.text("en")


def suggested(columns: dict[str, list[str]]) -> dict:
    text = suggested_mapping("file.csv", header(*columns), pa.table(columns))
    return tomllib.loads(text)


@pytest.mark.parametrize(
    ("columns", "table", "expected"),
    [
        ({"cat": ["书籍", "水果"], "label": ["1", "0"], "review": ["很好", "坏了"]}, "reviews",
         {"category": "cat", "label": "label", "text": "review"}),
        ({"评价内容": ["很好", "差"], "星级": ["5", "1"], "评价时间": ["2024-01-01", "2024-01-02"], "商品编号": ["a", "b"]},
         "reviews", {"text": "评价内容", "rating": "星级", "reviewed_at": "评价时间", "product_id": "商品编号"}),
        ({"Order No": ["1", "2"], "Order Date": ["2024-01-01", "2024-01-02"], "Total Amount": ["3", "4"], "Buyer ID": ["x", "y"]},
         "orders", {"order_id": "Order No", "ordered_at": "Order Date", "total": "Total Amount", "customer_id": "Buyer ID"}),
        ({"订单号": ["1"], "货号": ["a"], "数量": ["1"], "单价": ["2.5"]}, "order_items",
         {"order_id": "订单号", "product_id": "货号", "quantity": "数量", "price": "单价"}),
        ({"会员号": ["1"], "手机号": ["2"], "邮箱": ["3"], "城市": ["4"]}, "customers",
         {"customer_id": "会员号", "phone": "手机号", "email": "邮箱", "city": "城市"}),
        ({"TRANSACTION_ID": ["1", "2"], "TX_DATETIME": ["2024-01-01", "2024-01-02"], "CUSTOMER_ID": ["7", "8"],
          "TX_AMOUNT": ["1.5", "2"], "TX_FRAUD": ["0", "1"]}, "orders",
         {"order_id": "TRANSACTION_ID", "ordered_at": "TX_DATETIME", "total": "TX_AMOUNT", "customer_id": "CUSTOMER_ID"}),
        ({"title": ["a summer dress", "a winter coat"], "title_orig": ["robe d'été pour femme", "manteau d'hiver"],
          "price": ["8", "9"], "uses_ad_boosts": ["0", "1"], "rating": ["3.5", "4"], "product_id": ["a", "b"]},
         "products", {"product_id": "product_id", "title": "title", "price": "price"}),
        ({"a": ["the parcel came late and wet", "lovely tea, will order again"], "b": ["1", "5"], "c": ["2", "4"],
          "d": ["2024-05-01", "2024-05-02"]}, "reviews", {"text": "a", "reviewed_at": "d"}),
    ],
)  # fmt: skip
def test_a_suggestion_guesses_table_and_columns(columns, table, expected):
    found = suggested(columns)
    assert found["table"] == table
    assert expected.items() <= found["columns"].items()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("深度,宽度\n", "Its first line holds no column name that is known here (2 columns)"),
        ("统计日期,商品访客数,下单转化率\n2024-01-01,12,3%\n", "Nothing in it is known here"),
    ],
)
def test_a_file_in_which_nothing_is_known_says_so(load, written, told):
    file = load(unknown_csv=written).file
    assert told in file.error.text("en")
    text = file.mapping.read_text(encoding="utf-8")
    assert "No column of this file is known here" in text
    assert tomllib.loads(text)["columns"] == {}


def test_a_suggestion_maps_labels_that_it_knows(load):
    found = suggested({"评论": ["很好", "坏了", "一般"], "评价类型": ["好评", "差评", "中评"]})
    assert found["values"]["label"] == {"好评": "positive", "差评": "negative", "中评": "neutral"}


def test_an_unknown_file_gets_a_suggestion_that_works_as_it_is(load):
    written = "cat,label,review\n" + "".join(f"水果,{i % 2},这是第 {i} 条评价\n" for i in range(30))
    first = load(unknown_csv=written)
    assert (first.file.outcome, first.summary.changed) == ("unrecognised", False)
    assert (
        "No platform known here writes this header: cat, label, review."
        in first.file.error.text("en")
    )
    second = load(unknown_csv=written, mapping=first.file.mapping)
    assert (second.file.outcome, second.file.kept) == ("imported", 30)
    assert {row["label"] for row in second.rows("reviews", "label")} == {"negative", "positive"}


def test_a_suggestion_knows_labels_that_stand_below_the_first_rows(load):
    rows = [f"书籍,{int(i < 500)},这是第 {i} 条评价" for i in range(600)]
    first = load(sorted_csv="cat,label,review\n" + "\n".join(rows) + "\n")
    found = tomllib.loads(first.file.mapping.read_text(encoding="utf-8"))
    assert found["values"]["label"] == {"0": "negative", "1": "positive"}


def test_many_labels_without_a_meaning_are_refused_and_named(load, mapping):
    one = mapping(ZH_REVIEWS.replace('"0" = "negative"\n', ""))
    rows = [f"书籍,{int(i % 4 > 0)},第 {i} 条" for i in range(40)]
    file = load(mapping=one, a_csv="cat,label,review\n" + "\n".join(rows) + "\n").file
    assert file.outcome == "failed"
    assert "does not say what these cells of label mean: '0'." in file.error.text("en")
    assert "[values.label]" in file.error.text("zh")


def test_a_few_labels_without_a_meaning_are_left_empty_and_counted(load, mapping):
    rows = [f"书籍,{i % 2 if i else 'x'},第 {i} 条" for i in range(40)]
    written = "cat,label,review\n" + "\n".join(rows) + "\n"
    imported = load(mapping=mapping(ZH_REVIEWS), a_csv=written)
    assert imported.file.repaired == {"label": 1}
    assert {row.get("label") for row in imported.rows("reviews")} == {"negative", "positive", None}


def test_a_suggestion_repeats_no_cell_even_where_a_header_is_missing(load):
    first = load(contacts_csv="jane@example.com,13800001111,Jane\nbo@example.com,13900002222,Bo\n")
    text = first.file.mapping.read_text(encoding="utf-8")
    assert "does the file lack a header line?" in text
    assert not any(cell in text for cell in ("jane@", "bo@", "138", "139"))


def test_the_real_chinese_reviews_come_in_through_a_mapping(load, mapping, real_data):
    imported = load(
        str(real_data / "zh_reviews" / "online_shopping_10_cats.csv"), mapping=mapping(ZH_REVIEWS)
    )
    file = imported.file
    assert (file.rows_read, file.rejected) == (62_774, 0)
    assert file.kept + file.duplicates == 62_774
    reviews = imported.shop.reviews
    assert reviews.category.nunique().execute() == 10
    assert set(reviews.label.value_counts().to_pyarrow()["label"].to_pylist()) == {
        "negative",
        "positive",
    }
