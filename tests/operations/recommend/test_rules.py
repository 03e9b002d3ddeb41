"""The rules file: each rule holds at serving time and is counted; each slip in the file is told."""

import functools
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import SettingsError, UsageError
from shopkeeper.operations.recommend import reading, rulebook, stored
from shopkeeper.operations.recommend.ask import recommend, similar_products
from shopkeeper.operations.recommend.rule_names import RULES
from shopkeeper.operations.recommend.rulebook import FILE, KEYS, VERBS, load_rules
from shopkeeper.operations.recommend.viewer import LOG
from shopkeeper.settings import Settings

START = datetime(2025, 1, 1)
PRODUCTS, CUSTOMERS = 24, 120
NAMES = [f"p{n:02d}" for n in range(PRODUCTS)]
Asking = Callable[..., Answer]


def tables() -> dict[str, pa.Table]:
    """Everybody goes around a ring of products; c000 looked at p00, bought p01, has p02 in the cart."""
    draw = np.random.default_rng(4)
    rows = [("c000", "p00", 0, "Product Viewed"), ("c000", "p02", 9, "Product Added"),
            ("c000", "p03", 3, "Product Added"), ("c000", "p03", 4, "Product Removed")]  # fmt: skip
    for who in range(1, CUSTOMERS):
        at, minute = int(draw.integers(PRODUCTS)), int(draw.integers(50_000))
        for step in range(4 + who % 5):
            rows.append((f"c{who:03d}", NAMES[at], minute + step, "Product Viewed"))
            at = (at + 1 + int(draw.random() < 0.4)) % PRODUCTS
    ids, number = [f"e{n}" for n in range(len(rows))], range(PRODUCTS)
    return {
        "events": pa.table({
            "event_id": ids, "customer_id": [row[0] for row in rows], "product_id": [row[1] for row in rows],
            "happened_at": [START + timedelta(minutes=row[2]) for row in rows], "name": [row[3] for row in rows]}),
        "orders": pa.table({"order_id": ["o"], "customer_id": ["c000"], "ordered_at": [START + timedelta(minutes=2)]}),
        "order_items": pa.table({
            "order_id": ["o"], "line": [1], "product_id": ["p01"], "quantity": [1], "price": [11.0]}),
        "products": pa.table({
            "product_id": NAMES, "title": [f"杯子 cup {n}" for n in number],
            "category": [f"k{n % 4}" for n in number], "brand": ["甲", "乙", None] * (PRODUCTS // 3),
            "seller_id": ["c000" if n == 5 else f"s{n % 2}" for n in number],
            "price": [10.0 + n for n in number], "cost": [5.0 if n % 2 else 9.0 for n in number],
            "currency": ["CNY"] * PRODUCTS, "stock": [0 if n == 4 else 3 for n in number]}),
    }  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _reads_once() -> Iterator[None]:
    """Count what came after what once for each shop: rules hold for lists, not for what is learned."""
    read = functools.cache(lambda key: reading.read_touched(key.to_expr()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "read_touched", lambda touched: read(touched.op()))
        yield


def made_of(some: dict[str, pa.Table]) -> Shop:
    """Make a shop in which too few customers are known for anything to be judged."""
    return shop_from_tables(some, settings=Settings(minimum_count=1_000))


@pytest.fixture(scope="module")
def shop() -> Shop:
    return made_of(tables())


@pytest.fixture
def rules(shop: Shop) -> Iterator[Callable[[str], Path]]:
    """Write the rules of the shop; they are gone after the test."""

    def write(text: str) -> Path:
        (shop.path / FILE).write_text(text, encoding="utf-8")
        return shop.path

    yield write
    for name in (FILE, LOG):
        (shop.path / name).unlink(missing_ok=True)


def shown(answer: Answer) -> list[str]:
    column = "similar_id" if answer.verb == "similar_products" else "product_id"
    return answer.table[column].to_pylist()


def for_one(shop: Shop, **more: Any) -> Answer:
    return recommend(shop, customers="c000", k=PRODUCTS, **more)


def beside_one(shop: Shop, **more: Any) -> Answer:
    return similar_products(shop, product="p06", customer="c000", k=PRODUCTS, **more)


ASKED = pytest.mark.parametrize(
    "asked", [for_one, beside_one], ids=["recommend", "similar_products"]
)


def counts(answer: Answer) -> dict[str, tuple[int, int]]:
    rows = answer.evidence["ruled_out"].to_pylist()
    return {row["rule"]: (row["products"], row["removed"]) for row in rows}


@pytest.mark.parametrize(
    ("text", "rule", "gone"),
    [
        ("exclude.bought = true", "bought", {"p01"}),
        ("exclude.viewed = true", "viewed", {"p00", "p02", "p03"}),
        ("exclude.in_cart = true", "in_cart", {"p02"}),
        ("exclude.own = true", "own", {"p05"}),
        ("exclude.out_of_stock = true", "out_of_stock", {"p04"}),
        ('exclude.products = ["p07", "p08"]', "product", {"p07", "p08"}),
        ('exclude.brands = ["甲"]', "brand", set(NAMES[::3])),
        ('exclude.sellers = ["s0"]', "seller", set(NAMES[::2])),
        ('exclude.categories = ["k3"]', "category", set(NAMES[3::4])),
        ("price.min = 12\nprice.max = 30", "price", {*NAMES[:2], *NAMES[21:]}),
        ("margin.min = 0.3", "margin", {name for n, name in enumerate(NAMES)
                                         if (5 + n if n % 2 else 1 + n) / (10 + n) < 0.3}),
    ],
)  # fmt: skip
@ASKED
def test_a_rule_removes_what_it_says_counts_it_and_nothing_else(
    shop: Shop, rules: Any, asked: Asking, text: str, rule: str, gone: set[str]
) -> None:
    free = dict.fromkeys((key for key, kind in KEYS.items() if kind == "switch"), "false")
    free["personalisation.everyone"] = "true"
    own = dict(line.split(" = ", 1) for line in text.splitlines())
    rules("\n".join(f"{key} = {value}" for key, value in (free | own).items()))
    answer = asked(shop)
    rules("\n".join(f"{key} = {value}" for key, value in free.items()))
    before = asked(shop)
    assert set(shown(before)) - set(shown(answer)) == gone & set(shown(before))
    assert gone & set(shown(before)), "the rule has something to remove"
    products, removed = counts(answer)[rule]
    assert products == len(gone) and removed == len(gone & set(shown(before)))
    assert f"{removed:,} {RULES[rule].en}" in " ".join(words.en for words in answer.summary)
    assert f"{RULES[rule].zh} {removed:,} 次" in "".join(words.zh for words in answer.summary)


@ASKED
def test_caps_hold_in_every_list(shop: Shop, rules: Any, asked: Asking) -> None:
    rules("most = {brand = 2, category = 1}")
    answer = asked(shop)
    product = {row["product_id"]: row for row in tables()["products"].to_pylist()}
    brands = Counter(product[name]["brand"] for name in shown(answer))
    assert max(brands[brand] for brand in ("甲", "乙")) <= 2
    assert max(Counter(product[name]["category"] for name in shown(answer)).values()) == 1
    assert counts(answer)["category_most"][1] > 0


def test_what_has_no_brand_is_not_capped(shop: Shop, rules: Any) -> None:
    rules("most.brand = 1")
    got = shown(for_one(shop))
    without = [name for n, name in enumerate(NAMES) if n % 3 == 2]
    assert len(set(got) & set(without)) > 2 and len(set(got) - set(without)) <= 2


def test_pinned_products_stand_first_but_not_where_they_are_forbidden(
    shop: Shop, rules: Any
) -> None:
    rules('pinned.products = ["p20", "p04", "p01", "p19"]')
    answer = for_one(shop)
    assert shown(answer)[:2] == ["p20", "p19"]
    row = answer.table.to_pylist()[0]
    assert row["score"] is None and row["reason_zh"] == "店铺精选"
    assert row["reason_en"] == "Chosen by the shop"
    assert "p04" not in shown(answer) and "p01" not in shown(answer)
    assert any(
        "Pinned but never shown" in words.en and "p04" in words.en for words in answer.limits
    )
    beside = shown(beside_one(shop))
    assert "p20" not in beside or beside[0] == "p20"


def test_a_boosted_product_rises_and_its_score_shows_by_how_much(shop: Shop, rules: Any) -> None:
    before = {row["similar_id"]: row for row in beside_one(shop).table.to_pylist()}
    last = next(row for row in before.values() if row["rank"] == 6)
    rules(f"boost.products = {{{last['similar_id']} = 50}}")
    after = {row["similar_id"]: row for row in beside_one(shop).table.to_pylist()}[
        last["similar_id"]
    ]
    assert after["rank"] == 1
    assert after["score"] == pytest.approx(50 * last["score"], rel=1e-3)


def test_diversity_puts_other_things_into_the_first_places(shop: Shop, rules: Any) -> None:
    def kinds(answer: Answer) -> int:
        first = shown(answer)[:6]
        return len(
            {int(name[1:]) % 4 for name in first} | {int(name[1:]) % 3 + 9 for name in first}
        )

    before = beside_one(shop)
    rules("diversity.weight = 0.95")
    after = beside_one(shop)
    assert set(shown(before)) == set(shown(after)) and shown(before) != shown(after)
    assert kinds(after) >= kinds(before)


@ASKED
def test_a_channel_shows_only_its_categories(shop: Shop, rules: Any, asked: Asking) -> None:
    rules('channels = {app = ["k1", "k2"], web = ["k0"]}')
    answer = asked(shop, channel="app")
    assert {int(name[1:]) % 4 for name in shown(answer)} == {1, 2}
    assert counts(answer)["channel"][0] == PRODUCTS // 2
    assert {int(name[1:]) % 4 for name in shown(asked(shop))} == {0, 1, 2, 3}
    with pytest.raises(UsageError, match="no channel 'ap'; there are app, web"):
        asked(shop, channel="ap")


def test_a_verb_may_have_rules_of_its_own(shop: Shop, rules: Any) -> None:
    rules('exclude.products = ["p07"]\n[similar_products]\nexclude.products = ["p08"]')
    assert "p07" not in shown(for_one(shop)) and "p08" in shown(for_one(shop))
    assert "p08" not in shown(beside_one(shop)) and "p07" in shown(beside_one(shop))


def test_the_callers_list_and_everything_excluded(shop: Shop, rules: Any) -> None:
    rules("price.min = 500")
    for answer in (for_one(shop), beside_one(shop)):
        assert shown(answer) == []
        assert any("Shorter than asked" in words.en for words in answer.limits)
        assert counts(answer)["price"][0] == PRODUCTS


@pytest.mark.parametrize("who", ["request", "rules", "everyone"])
@ASKED
def test_without_personalisation_nothing_of_the_customer_is_looked_at_and_it_is_logged(
    shop: Shop, rules: Any, asked: Asking, who: str
) -> None:
    told = {"rules": 'opted_out = ["c000"]', "everyone": "everyone = false"}
    rules(
        f"[exclude]\nin_cart = true\nbought = true\nown = true\n[personalisation]\n{told.get(who, '')}"
    )
    answer = asked(shop, opted_out="c000" if who == "request" else "")
    nobody = similar_products(shop, product="p06", k=PRODUCTS) if asked is beside_one else recommend(
        shop, opted_out="*", k=PRODUCTS)  # fmt: skip
    assert shown(answer) == shown(nobody)
    assert any("Without personalisation" in words.en for words in answer.limits)
    assert any("不作个性化" in words.zh for words in answer.limits)
    first = (shop.path / LOG).read_text(encoding="utf-8").splitlines()[0]
    assert f'"verb": "{answer.verb}", "lists": 1, "by_request": {int(who == "request")}' in first
    assert "c000" not in first


def test_the_log_only_grows_and_where_it_cannot_be_written_it_is_said(
    shop: Shop, rules: Any
) -> None:
    rules("")
    for _ in range(2):
        recommend(shop, customers="c000,c001", opted_out="c000,c001", k=1)
    lines = (shop.path / LOG).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 and all('"lists": 2, "by_request": 2' in line for line in lines)
    (shop.path / LOG).unlink()
    (shop.path / LOG).mkdir()
    answer = recommend(shop, customers="c000", opted_out="c000", k=1)
    (shop.path / LOG).rmdir()
    assert any(f"could not be written to {LOG}" in words.en for words in answer.limits)
    recommend(shop.as_of("2025-01-20"), customers="c000", opted_out="c000", k=1)
    assert not (shop.path / LOG).exists(), "nobody is served from the past"


@pytest.mark.parametrize(
    ("text", "found", "do"),
    [
        ("exclude.bougt = true", "exclude.bougt is no key", "exclude.bought"),
        ("[prices]\nmin = 3", "prices is no key", "price.min"),
        ("[price]\nminimum = 3", "price.minimum is no key", "price.min"),
        ("[similar_product]\nprice.min = 3", "similar_product is no key", "similar_products"),
        ("[recommend]\npriced = 3", "recommend.priced is no key", "recommend.price"),
        ("zzzzzz = 1", "zzzzzz is no key", "There are exclude.bought"),
        ("exclude.bought = 1", "exclude.bought = 1 should be true or false", ""),
        ("exclude.products = 'p01'", "should be a list of names", ""),
        ("exclude.products = [1]", "should be a list of names", ""),
        ("price.min = 'ten'", "price.min = ten should be a number", ""),
        ("price.min = nan", "price.min = nan should be a number", ""),
        ("most.brand = 0", "most.brand = 0 should be a whole number", ""),
        ("most.brand = true", "most.brand = True should be a whole number", ""),
        ("boost.products.p01 = 0", "should be a table of factors", ""),
        ("channels.app = 'k1'", "should be a table of lists", ""),
        ("exclude = true", "exclude is no table", ""),
        ("recommend = 3", "recommend is no table", ""),
        ("price = {min = 9, max = 2}", "price.min = 9 is above price.max = 2", "one of the two"),
        ("diversity.weight = 2", "diversity.weight = 2 is not between 0 and 1", ""),
        ("margin.min = 1.5", "a margin is a share of the price below 1", ""),
        ("pinned.products = ['p1']\nexclude.products = ['p1']", "p1 is in pinned.products and in", ""),
        ("boost.products.p1 = 2\nexclude.products = ['p1']", "p1 is in boost.products and in", ""),
        ("price = ", "it is no TOML", ""),
    ],
)  # fmt: skip
def test_a_slip_in_the_file_is_told_with_the_nearest_key(
    shop: Shop, rules: Any, text: str, found: str, do: str
) -> None:
    path = rules(text)
    for verb in VERBS:
        with pytest.raises(SettingsError) as caught:
            load_rules(path, verb)
        assert found in caught.value.found.en and do in caught.value.do.en
        assert FILE in caught.value.asked.zh
    with pytest.raises(SettingsError):
        for_one(shop)


def test_every_key_can_be_written_and_does_something(tmp_path: Path) -> None:
    values = {"switch": "true", "names": '["a"]', "number": "0.5", "count": "2", "factors": "{b = 2}",
              "lists": '{app = ["a"]}'}  # fmt: skip
    for key, kind in KEYS.items():
        default = load_rules(tmp_path / "none", "recommend")
        value = "false" if kind == "switch" and key != "exclude.own" else values[kind]
        (tmp_path / FILE).write_text(f"{key} = {value}", encoding="utf-8")
        read = load_rules(tmp_path, "recommend")
        assert read.given == {key} and read != default


def test_the_example_of_the_documentation_can_be_used(tmp_path: Path) -> None:
    example = (rulebook.__doc__ or "").split("::\n")[1].split("\nEvery key")[0]
    (tmp_path / FILE).write_text(textwrap.dedent(example), encoding="utf-8")
    read = load_rules(tmp_path, "search_products")
    assert {key.partition(".")[0] for key in KEYS} == {key.partition(".")[0] for key in read.given}
    assert "bought" not in read.exclude and "bought" in load_rules(tmp_path, "recommend").exclude
    assert (read.most, read.pinned, read.price_max) == ({"brand": 3}, ("P2",), 500)


def test_who_is_unknown_is_no_error_and_still_not_shown_what_they_sell(
    shop: Shop, rules: Any
) -> None:
    rules("exclude.own = true")
    for answer in (recommend(shop, customers="s0", k=PRODUCTS), similar_products(
            shop, product="p06", customer="s0", k=PRODUCTS)):  # fmt: skip
        assert shown(answer) and not set(shown(answer)) & {*NAMES[::2]}
    assert shown(recommend(shop, customers="nobody", k=3))


def test_a_rule_without_its_column_and_names_that_nobody_has_are_told() -> None:
    bare = tables() | {"products": tables()["products"].select(["product_id", "title"])}
    made = made_of({name: bare[name] for name in ("events", "products")})
    (made.path / FILE).write_text(
        "price.min = 3\nmargin.min = 0.1\nmost = {brand = 1, seller = 1}\nchannels.app = ['k']\n"
        "[exclude]\nout_of_stock = true\nown = true\nbought = true\nproducts = ['nowhere']\nbrands = ['x']\n",
        encoding="utf-8",
    )
    told = [words.en for words in for_one(made, channel="app").limits]
    for key in ("price.min", "margin.min", "most.brand", "most.seller", "channels", "exclude.out_of_stock",
                "exclude.own", "exclude.brands"):  # fmt: skip
        assert any(f"The rule {key} cannot hold: no product has" in line for line in told), key
    assert any("exclude.bought cannot hold: there are no lines of orders" in line for line in told)
    assert any(
        "Rules name products that no product here is of: 1, such as nowhere" in line
        for line in told
    )
    told = [words.en for words in similar_products(made, product="p06").limits]
    assert any("Without a customer these rules have nobody to hold for" in line for line in told)


def test_products_of_which_a_rule_knows_nothing_stay_and_are_counted(
    shop: Shop, rules: Any
) -> None:
    some = tables()
    column = some["products"].schema.get_field_index("price")
    prices = pa.array([None if n == 7 else 10.0 + n for n in range(PRODUCTS)])
    some["products"] = some["products"].set_column(column, "price", prices)
    made = made_of(some)
    (made.path / FILE).write_text("price.min = 30", encoding="utf-8")
    answer = for_one(made)
    assert set(shown(answer)) == {"p07", *NAMES[20:]}
    assert any("knows nothing of 1 product without price" in words.en for words in answer.limits)


@pytest.mark.parametrize("which", ["given", "exclude"])
def test_a_listed_product_that_nobody_touched_is_no_error(shop: Shop, which: str) -> None:
    some = tables()
    listed = some["products"].select(["product_id", "title"])
    new = pa.table({"product_id": ["new"], "title": ["新品"]})
    made = made_of({"events": some["events"], "products": pa.concat_tables([listed, new])})
    answer = recommend(made, k=5, **{which: "new, p06"})
    assert len(shown(answer)) >= 5 and "p06" not in shown(answer)
    told = any("nobody has touched it yet" in words.en for words in answer.limits)
    assert told == (which == "given")
    only = recommend(made, k=5, **{which: "new"})
    assert len(shown(only)) >= 5
    assert (only.table["score"].null_count == 5) == (which == "given")
