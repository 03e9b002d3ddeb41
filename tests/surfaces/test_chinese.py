"""A terminal that speaks Chinese: headings, names, codes and messages, and no English among them."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from shopkeeper.data.importing import import_files
from shopkeeper.data.tables import TABLES

# What a Chinese analyst writes in Latin letters too, and what is typed at this program.
ALLOWED = {
    "shopkeeper", "Newcombe", "RetailRocket", "BG", "NBD", "Gamma", "RFM", "Hennig", "Jaccard", "BIC", "GMV", "AOV", "NDCG", "F1", "AUC", "CNY", "UTC", "n", "gram",
    "Wilson", "Holm", "log", "delta", "q", "Yule", "Q", "Ward", "Shapley", "LMDI", "Bonferroni", "Tarone", "IPS", "SNIPS",
    "Benjamini", "Hochberg", "Yekutieli", "BM25", "MiniLM", "BERT", "P", "A", "f", "p", "csv", "max_fit_rows", "review_sentiment",
    "App", "CSV", "JSON", "lines", "Parquet", "xlsx", "Online", "Retail", "Olist", "Shopify", "Judge", "me", "Yelp",
}  # fmt: skip
SAID = {
    1: ["质量太差，用了两天就坏了", "物流太慢，等了半个月", "客服态度不好，没人回复", "颜色和图片不一样，很失望"],
    3: ["一般般，没有想象的好", "还可以，价格有点贵", "包装普通，东西凑合"],
    5: ["质量很好，非常喜欢", "物流很快，包装完好", "客服耐心，下次再来", "颜色漂亮，家人都喜欢"],
}  # fmt: skip


def rows() -> dict[str, list[dict[str, object]]]:
    """Make the exports of a shop in which nothing is written in Latin letters but names of columns."""
    made: dict[str, list[dict[str, object]]] = {name: [] for name in (
        "reviews", "orders", "order_items", "shipments", "products", "events", "searches")}  # fmt: skip
    for n in range(360):
        day = f"2025-{1 + n // 60:02d}-{1 + n % 28:02d}"
        late = n % 5 == 0
        stars = 1 if late or n % 11 == 0 else 3 if n % 7 == 0 else 5
        said = SAID[stars]
        order, product = f"{5000 + n}", f"{100 + n % 6}"
        made["orders"].append({
            "order_id": order, "customer_id": f"{n % 150}", "ordered_at": f"{day} 10:00:00",
            "status": "delivered", "total": f"{20 + n % 50}.00", "currency": "CNY"})  # fmt: skip
        made["order_items"].append({
            "order_id": order, "line": 1, "product_id": product, "quantity": 1,
            "price": f"{20 + n % 50}.00"})  # fmt: skip
        if n % 4 == 0:
            # Another product of the same order, which makes it a basket.
            made["order_items"].append(
                {**made["order_items"][-1], "line": 2, "product_id": f"{100 + (n + 1) % 6}"}
            )
        made["shipments"].append({
            "order_id": order, "line": 1, "promised_at": f"{day} 20:00:00",
            "delivered_at": f"2025-{1 + n // 60:02d}-{1 + n % 28:02d} {23 if late else 18}:30:00"})  # fmt: skip
        made["reviews"].append({
            "review_id": f"{9000 + n}", "order_id": order, "product_id": product, "rating": stars,
            "text": f"{said[n % len(said)]}，{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'子丑寅卯辰巳午未'[n % 8]}",
            "reviewed_at": f"{day} 23:50:00"})  # fmt: skip
    made["orders"].append({**made["orders"][0], "order_id": "1", "ordered_at": "昨天"})
    made["orders"].append({**made["orders"][0], "order_id": "2", "total": "很多"})
    made["order_items"].append({**made["order_items"][0], "order_id": "77"})
    made["products"] = [
        {
            "product_id": f"{100 + n}",
            "title": f"茶{'壶杯盘叶巾针'[n]}",
            "category": "茶具",
        }
        for n in range(6)
    ]
    made["searches"] = [
        {"search_id": f"{n}", "query": ("茶壶", "茶杯", "茶糊")[n % 3], "searched_at": f"2025-05-{1 + n % 28:02d} 12:00:00",
         "clicked_product_id": f"{100 + n % 6}"}
        for n in range(60)
    ]  # fmt: skip
    names = ("Product Viewed", "Product Viewed", "Product Added", "Order Completed")
    made["events"] = [
        {"event_id": f"{n}", "name": names[n % 4], "happened_at": f"2025-05-{1 + n % 28:02d} 12:00:00",
         "session_id": f"{n // 4}", "product_id": f"{100 + n // 4 % 6}"}
        for n in range(400)
    ]  # fmt: skip
    made["searches"] = [
        {"search_id": f"{n}", "query": f"茶{'壶杯盘叶巾针碗'[n % 7]}{'大小'[n % 2]}", "session_id": f"{n}",
         "searched_at": f"2025-05-{1 + n % 28:02d} 11:59:00", "results": n % 7 % 6,
         "clicked_product_id": f"{100 + n % 6}" if n % 3 else ""}
        for n in range(200)
    ]  # fmt: skip
    return made


def exported(folder: Path, names: Sequence[str]) -> list[Path]:
    """Write some of the exports under Chinese names."""
    files = []
    for number, name in enumerate(names, start=1):
        files.append(folder / f"导出{number}.csv")
        with files[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows()[name][0]))
            writer.writeheader()
            writer.writerows(rows()[name])
    return files


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("店")
    import_files(exported(folder, list(rows())), folder / "店铺")
    return folder / "店铺"


@pytest.fixture(scope="module")
def orders_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("单")
    import_files(exported(folder, ["orders"]), folder / "店铺")
    return folder / "店铺"


def foreign(text: str) -> set[str]:
    """Return the Latin words outside the allowed ones; what is typed stands in brackets or ticks."""
    text = re.sub(r"（[\w.=|<> -]+）|`[^`]*`|--[\w-]+|/\S+|\{.*?\}|\d[\d.]*e-\d+", " ", text)
    return set(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", text)) - ALLOWED


# The data check names tables and columns as mappings do.
NAMES = {table.name for table in TABLES} | {name for table in TABLES for name in table.names}
COMMANDS = {
    "check": "check",
    "run": "run",
    "overview": "overview",
    "funnel": "funnel --rows 60",
    "retention": "retention --rows 60",
    "sessions": "sessions --rows 60",
    "churn": "churn --rows 60",
    "profile": "profile --rows 60",
    "profile of one": "profile --customer 5",
    "segment": "segment --rows 60",
    "segment by behaviour": "segment --method behaviour --segments 2",
    "segment by taste": "segment --method embedding --segments 2",
    "segment in words": "segment --sentence 买过两次以上",
    "paths": "paths --rows 60",
    "searches": "searches --rows 60",
    "explain-change": "explain-change --rows 60",
    "explain-change of orders": "explain-change --metric orders --before 2025-03 --after 2025-05 --by device",
    "baskets": "baskets --rows 60",
    "lifetime-value": "lifetime-value --horizon-days 30",
    "retention of visits": "retention --since order --returning order --period week",
    "funnel split": "funnel --steps 浏览,下单 --cohort category=茶具 --breakdown category",
    "review-sentiment": "review-sentiment --rows 60",
    "sentiment-effect": "sentiment-effect --rows 60",
    "review-aspects": "review-aspects --rows 60",
    "review-topics": "review-topics",
    "recommend": "recommend --rows 60",
    "similar-products": "similar-products --rows 60",
    "judge-recommendations": "judge-recommendations --days 60 --rows 60",
    "complements": "complements --rows 60",
    "search-products": "search-products --rows 60",
    "search a query": "search-products --query 茶壶",
    "compare-methods": "compare-methods --methods majority,ngrams",
}


@pytest.mark.parametrize("line", COMMANDS.values(), ids=COMMANDS)
def test_an_answer_in_chinese_holds_no_english(command, shop: Path, line: str) -> None:
    name, *options = line.split()
    done = command(name, shop, *options, "--lang", "zh")
    assert done.code == 0, done.err
    assert not foreign(done.out) - (NAMES if name == "check" else set())
    assert not foreign(done.err)


@pytest.mark.parametrize("name", ["check", "run", "overview"])
def test_what_is_missing_is_told_without_english(command, orders_only: Path, name: str) -> None:
    done = command(name, orders_only, "--lang", "zh")
    assert done.code == 0
    assert not foreign(done.out) - (NAMES if name == "check" else set())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", ""),
        ("sell x", "没有名为 sell 的命令"),
        ("check", "缺少参数 SHOP（店铺文件夹）"),
        ("import x", "缺少参数 --shop"),
        ("demo", "缺少参数 FOLDER（文件夹）"),
        ("run x --agian", "没有选项 --agian。是否想用 --again"),
        ("check x y z", "多出了参数：y z"),
        ("check x --rows", "选项 --rows 后面缺少值"),
        ("run x --again=3", "选项 --again 后面不带值"),
        ("overview x --period year", "--period 只能是 month、week、day 之一"),
        ("check x --rows none", "应为整数，最小 1"),
        ("review-sentiment x --accuracy high", "应为数字"),
        ("check nowhere", "那里没有店铺"),
    ],
)
def test_a_slip_at_the_command_line_is_told_in_chinese(command, line: str, said: str) -> None:
    done = command("--lang", "zh", *line.split())
    assert done.code == 2
    assert said in done.err
    shown = {"zh", "shopkeeper", "SHOP", "FOLDER", "manifest", "json", "month", "week", "day"}
    assert foreign(done.err) <= set(re.findall(r"\w+", line)) | shown


@pytest.mark.parametrize("name", ["demo", "import", "report", "compare-methods"])
def test_help_in_chinese_names_kinds_and_defaults_in_chinese(command, name: str) -> None:
    told = command(name, "--help", "--lang", "zh").out
    assert "选项：" in told
    assert not re.search(r"INTEGER|FLOAT|TEXT|PATH|RANGE|默认：］", told)


def test_english_counts_agree_with_their_nouns(command, tmp_path: Path) -> None:
    one = {name: table[:1] for name, table in rows().items()}
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(one["reviews"][0]))
        writer.writeheader()
        writer.writerows(one["reviews"])
    assert command("import", path, "--shop", tmp_path / "shop", "--lang", "en").code == 0
    told = command("review-sentiment", tmp_path / "shop", "--lang", "en").out
    assert "Of 1 review, 1 has a text." in told
