"""The stored model: it answers as the verb does, is swapped whole, and is told when it is damaged."""

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import sparse

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, open_shop, shop_from_tables
from shopkeeper.data.store import Version, writing
from shopkeeper.errors import ArtifactError, MissingDataError, UsageError
from shopkeeper.operations.recommend.ask import (
    recommend,
    recommend_at_once,
    recommend_everyone,
    similar_products,
)
from shopkeeper.operations.recommend.everyone import Wish, written
from shopkeeper.operations.recommend.histories import Histories, unseen
from shopkeeper.operations.recommend.listing import known_customers, lists
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.model import Model, model_of
from shopkeeper.operations.recommend.pairs import Kernel
from shopkeeper.operations.recommend.rulebook import Rules
from shopkeeper.operations.recommend.ruling import Ruling
from shopkeeper.operations.recommend.shelf import shelf_of
from shopkeeper.operations.recommend.standing import standing
from shopkeeper.operations.recommend.stored import NAME, current, load, prepared, save
from shopkeeper.operations.recommend.viewer import LOG
from shopkeeper.surfaces.running import run
from shopkeeper.surfaces.verbs import BY_NAME
from tests.operations.recommend.test_recommend import catalogue, orders_of, ringed

ASKED = {"customers": "客003,客117,nobody,客003", "k": 7}


def shop_of(rows: list[tuple[str, str, int]], stock: int = 5) -> Shop:
    products = catalogue(stock=[stock] + [5] * 23)
    return shop_from_tables({**orders_of(rows), "products": products})


def kept(shop: Shop) -> Shop:
    """Store the model of a shop as `run` does."""
    model = prepared(shop)
    assert model is not None
    with writing(shop.path) as writer:
        folder = writer.folder("models", NAME)
        model.save(folder)
        version = Version(writer.relative(folder), model.rows, model.mark)
        writer.commit(writer.manifest.replaced(models={NAME: version}))
    return replace(open_shop(shop.path), _keeps=shop._keeps)


def said(answer: Answer | None) -> str:
    assert answer is not None
    return answer.to_json("zh")


@pytest.fixture(scope="module")
def fresh() -> Shop:
    return shop_of(ringed())


@pytest.fixture(scope="module")
def stored() -> Shop:
    return kept(shop_of(ringed()))


@pytest.mark.parametrize(
    "asked",
    [{}, ASKED, {"given": "p03,p11", "exclude": "p12"}, {"opted_out": "客003", **ASKED},
     {"opted_out": "*"}, {"method": "last_item", **ASKED}, {"seed": 9, **ASKED}],
    ids=str,
)  # fmt: skip
def test_a_stored_model_answers_as_one_that_was_just_fitted(
    fresh: Shop, stored: Shop, asked: dict[str, str]
) -> None:
    assert current(stored) is not None and current(fresh) is None
    assert said(recommend(stored, **asked)) == said(recommend(fresh, **asked))


def test_similar_products_reads_what_was_stored(
    fresh: Shop, stored: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = said(similar_products(fresh, product="p05"))
    monkeypatch.setattr("shopkeeper.operations.recommend.stored.read_touched", None)
    assert said(similar_products(stored, product="p05")) == expected


def test_an_answer_at_once_is_the_answer_of_the_verb(fresh: Shop, stored: Shop) -> None:
    for asked in (ASKED, {"given": "p03,p11"}, {"customers": "客003", "exclude": "p12"},
                  {"method": "popular", **ASKED}, {"opted_out": "*", **ASKED}):  # fmt: skip
        assert said(recommend_at_once(stored, **asked)) == said(recommend(fresh, **asked))
    assert recommend_at_once(fresh, **ASKED) is None
    assert recommend_at_once(stored) is None
    assert recommend_at_once(stored, customers="客003", method="last_item") is None
    assert recommend_at_once(stored, customers="客003", seed=3) is None
    with pytest.raises(UsageError, match="nearest known one is p"):
        recommend_at_once(stored, given="p99x")


def made(seed: int = 0, products: int = 300, customers: int = 120) -> Model:
    """A model with a product that leads to all others, and weights that come twice."""
    model, draw = current(kept(shop_of(ringed(60)))), np.random.default_rng(seed)
    assert model is not None
    dense = draw.integers(0, 4, (products, products)) * (draw.random((products, products)) < 0.1)
    dense[7] = 1
    method = Transitions(Kernel(profile=0.7))
    method.weights_ = sparse.csr_matrix((dense / 3).astype(np.float32))
    lengths = draw.integers(0, 40, customers)
    held = [draw.permutation(products)[:n] for n in lengths]
    histories = Histories(np.append(0, np.cumsum(lengths)), np.concatenate(held))
    touched = replace(
        model.touched, histories=histories, bought=draw.random(len(histories.products)) < 0.5,
        customers=pa.array([f"客{n}" for n in range(customers)]), products=pa.array([f"p{n}" for n in range(products)]),
    )  # fmt: skip
    rows = pa.Table.from_pylist([
        {
            "product_id": f"p{n}", "stock": int(draw.random() < 0.8), "brand": f"b{draw.integers(9)}",
            "category": f"k{draw.integers(5)}", "seller_id": f"客{draw.integers(customers)}", "price": 10.0 + n,
            "cost": 5.0, "currency": ""}
        for n in range(products)])  # fmt: skip
    known = replace(
        model.known, titles=[f"t{n}" for n in range(products)], shelf=shelf_of(rows, touched.products),
        traits=sparse.identity(products, np.float32, format="csr"),
    )  # fmt: skip
    fitted = replace(model.fitted, method=method, popularity=draw.permutation(products))
    held = [np.sort(draw.permutation(products)[: n % 3]) for n in range(customers)]
    carts = Histories(np.append(0, np.cumsum([len(one) for one in held])), np.concatenate(held))
    return replace(model_of(touched, known, fitted, "transitions"), carts=carts)


RULES = {
    "none": Rules(exclude=frozenset({"out_of_stock", "bought", "viewed", "in_cart", "own"})),
    "walked": Rules(
        exclude=frozenset({"out_of_stock", "bought", "in_cart"}), most={"brand": 2, "category": 3}, diversity=0.3,
        pinned=("p40", "p7", "p200"), boost={"brands": {"b3": 4.0}, "products": {"p9": 0.1}}, price_max=280.0,
        opted_out=frozenset({"客4", "客77"})),
    "capped": Rules(exclude=frozenset({"viewed"}), most={"seller": 1, "category": 1}),
}  # fmt: skip


def shown(model: Model, rules: Rules, numbers: list[int], k: int = 9) -> list[list[str]]:
    """What the rules show each of some customers, row by row."""
    personal = np.array([f"客{n}" not in rules.opted_out for n in numbers])
    whom = known_customers(model, np.array(numbers), personal)
    ruling = Ruling(
        standing(rules, model.known.shelf), asked_for=np.array([11]), traits=model.known.traits
    )
    made = lists(model, whom, ruling, k)
    columns = (made.rank, made.product, made.score, made.source, made.share, made.pinned)
    rows = list(zip(made.row.tolist(), *(column.tolist() for column in columns), strict=True))
    return [[str(row[1:]) for row in rows if row[0] == at] for at in range(len(numbers))]


def test_one_history_is_scored_to_the_bit_as_many_are() -> None:
    model = made()
    method, histories = model.fitted.method, model.touched.histories
    assert isinstance(method, Transitions)
    whole = unseen(method.score(histories), histories)
    for row in range(len(histories)):
        products, scores = method.follow(histories.row(row))
        one = dict(zip(products.tolist(), scores.tolist(), strict=True))
        for product in histories.row(row).tolist():
            one.pop(product, None)
        expected = dict(zip(whole[row].indices.tolist(), whole[row].data.tolist(), strict=True))
        assert one == expected
    assert not method._sums().any()


@pytest.mark.parametrize("name", RULES)
def test_one_list_is_the_same_as_among_many(name: str) -> None:
    model, numbers = made(1), list(range(120))
    every = shown(model, RULES[name], numbers)
    for number in numbers:
        assert shown(model, RULES[name], [number]) == [every[number]]
    assert len(every) == 120 and sum(map(len, every)) >= 120 * (5 if name == "capped" else 9)


@pytest.mark.parametrize(
    ("name", "processes", "at_once"),
    [*((name, 1, at_once) for name in RULES for at_once in (1000, 50)), ("walked", 2, 50)],
)
def test_the_file_for_everyone_holds_what_the_verb_lists(
    tmp_path: Path, name: str, processes: int, at_once: int
) -> None:
    model, rules = made(2), RULES[name]
    save(model, tmp_path / "model")
    out = model.customers.those(rules.opted_out)
    wish = Wish(tmp_path / "model", 9, rules, "", np.array([11]), out)
    output = tmp_path / "all.parquet"
    count = written(wish, output, processes=processes, at_once=at_once)
    rows = pq.read_table(output).to_pylist()
    assert len(rows) == count > 0
    for number in (0, 3, 4, 77, 119):
        own = [row for row in rows if row["customer_id"] == f"客{number}"]
        expected = shown(model, rules, [number])[0]
        assert len(own) == len(expected)
        for rank, (row, one) in enumerate(zip(own, expected, strict=True), start=1):
            place, product, score, source, _, _ = one.strip("()").split(", ")
            assert row["rank"] == rank == int(place) and row["product_id"] == f"p{product}"
            assert row["because"] == (f"p{source}" if source != "-1" else None)
            assert row["personalised"] == (f"客{number}" not in rules.opted_out)
            assert (row["score"] is None) == (score == "nan")
            assert row["score"] is None or row["score"] == pytest.approx(float(score))
    assert not list(tmp_path.glob(".*"))


def test_everyone_needs_a_stored_model_and_products_that_are_known(
    fresh: Shop, stored: Shop, tmp_path: Path
) -> None:
    with pytest.raises(MissingDataError, match="shopkeeper run SHOP"):
        recommend_everyone(fresh, tmp_path / "a")
    with pytest.raises(UsageError, match="No customer has touched"):
        recommend_everyone(stored, tmp_path / "a", exclude="nothing")
    made = recommend_everyone(stored, tmp_path / "a", k=3, opted_out="*", processes=1)
    assert (made.customers, made.rows, made.without) == (240, 720, 240)
    log = (stored.path / LOG).read_text(encoding="utf-8").splitlines()[-1]
    assert '"lists": 240, "by_request": 240, "by_rules": 0' in log
    rows = pq.read_table(tmp_path / "a").to_pylist()
    assert not any(row["personalised"] for row in rows)
    assert len({row["product_id"] for row in rows}) == 3


def test_a_product_that_has_run_out_is_not_shown_and_nothing_is_fitted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = kept(shop_of(ringed()))
    shown = recommend(shop, customers="客003", k=23).table["product_id"].to_pylist()
    assert "p00" in shown
    other = shop_of(ringed()[:3], stock=0)
    with writing(shop.path) as writer:
        folder = writer.folder("tables", "products")
        pq.write_table(other.products.to_pyarrow(), folder / "a.parquet")
        tables = writer.manifest.tables | {"products": Version(writer.relative(folder), 24)}
        writer.commit(writer.manifest.replaced(tables=tables))
    monkeypatch.setattr("shopkeeper.operations.recommend.stored.fit", None)
    after = open_shop(shop.path)
    assert prepared(after) is None
    assert set(shown) - set(recommend(after, customers="客003", k=23).table["product_id"].to_pylist()) == {"p00"}  # fmt: skip


def test_a_reader_sees_one_model_or_the_other_and_never_half_of_one() -> None:
    shop = kept(shop_of(ringed()))
    models = [current(shop), current(kept(shop_of(ringed(100))))]
    told = {said(recommend(one, customers="客003")) for one in (shop, shop_of(ringed(100)))}
    assert len(told) == 2 and None not in models
    before, mark = listed(models[0]), shop.manifest.models[NAME].fingerprint
    over, heard, failed = threading.Event(), [], []

    def read() -> None:
        while not over.is_set():
            try:
                heard.append(said(recommend_at_once(open_shop(shop.path), customers="客003")))
            except (ArtifactError, AssertionError, OSError) as error:
                failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(40):
        with writing(shop.path) as writer:
            folder = writer.folder("models", NAME)
            save(replace(models[turn % 2], listed=models[0].listed), folder)
            version = Version(writer.relative(folder), 24, mark)
            writer.commit(writer.manifest.replaced(models={NAME: version}))
    over.set()
    reader.join()
    assert not failed
    assert set(heard) == told
    # What is open stays as it was when its files have gone.
    assert not (shop.path / shop.manifest.models[NAME].folder).exists()
    assert listed(models[0]) == before


def listed(model: Model | None) -> list[list[str]]:
    assert model is not None
    return shown(model, Rules(exclude=frozenset({"bought", "viewed"})), list(range(60)), 5)


def test_a_damaged_model_is_told_and_mended_by_running_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = shop_of(ringed())
    verbs = [BY_NAME[name] for name in ("recommend", "similar_products")]
    monkeypatch.setattr("shopkeeper.surfaces.running.VERBS", verbs)
    assert [step.outcome for step in run(shop.path)] == ["answered", "answered"]
    version = open_shop(shop.path).manifest.models[NAME]
    assert version.rows == 24
    path = shop.path / version.folder / "weights_values.npy"
    path.write_bytes(path.read_bytes()[:-4])
    monkeypatch.setattr("shopkeeper.operations.recommend.stored._open", OrderedDict())
    with pytest.raises(ArtifactError, match="another weights_values") as raised:
        recommend(open_shop(shop.path), customers="客003")
    assert "run 店铺 --again" in raised.value.text("zh")
    head = shop.path / version.folder / "artifact.json"
    text = head.read_text(encoding="utf-8")
    head.write_text(text.replace('"learned"', '"forgotten"'), encoding="utf-8")
    with pytest.raises(ArtifactError):
        load(head.parent)
    assert [step.outcome for step in run(shop.path)] == ["unchanged", "unchanged"]
    assert [step.outcome for step in run(shop.path, again=True)] == ["answered", "answered"]
    assert recommend(open_shop(shop.path), customers="客003").table.num_rows == 10


def test_a_product_is_shown_the_moment_that_it_is_listed_and_without_a_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new one is like p19 alone, so it stands beside p19 and leads where p19 leads."""
    names, titles = ([f"{stem}{n:02d}" for n in range(24)] for stem in ("p", "tent"))
    old = pa.table({"product_id": names, "title": titles})
    shop = kept(shop_from_tables({**orders_of(ringed()), "products": old}))
    before = recommend(shop, given="p17,p18", k=20).table
    with writing(shop.path) as writer:
        folder = writer.folder("tables", "products")
        new = {"product_id": [*names, "new", "odd"], "title": [*titles, "tent19 blue", "竹席"]}
        other = shop_from_tables({"products": pa.table(new)})
        pq.write_table(other.products.to_pyarrow(), folder / "a.parquet")
        tables = writer.manifest.tables | {"products": Version(writer.relative(folder), 26)}
        writer.commit(writer.manifest.replaced(tables=tables))
    monkeypatch.setattr("shopkeeper.operations.recommend.stored.fit", None)
    after = open_shop(shop.path)
    assert prepared(after) is None
    around = recommend(after, given="p17,p18", k=25).table.to_pylist()
    place = {row["product_id"]: row for row in around}
    assert place["p19"]["rank"] <= 2 and place["new"]["rank"] <= 2
    assert place["new"]["reason_en"] == "New, for those who chose tent18"
    assert place["new"]["reason_zh"] == "新品，适合选过「tent18」的顾客"
    # What is like nothing fills the end of a list.
    assert (place["odd"]["score"], place["odd"]["reason_en"]) == (None, "New in the shop")
    others = [row["product_id"] for row in around if row["product_id"] not in ("new", "odd")]
    assert others[:18] == before["product_id"].to_pylist()[:18]
    led, own = (
        recommend(after, given=one, k=5).table["product_id"].to_pylist() for one in ("new", "p19")
    )
    assert led[0] == "p19" and own[:2] == ["p20", "new"]
    assert led[1:3] == [own[0], own[2]]
    parts = dict(zip(*recommend(after, k=1).evidence["parts"].to_pydict().values(), strict=True))
    assert (parts["new"], parts["products_touched"]) == (2, 24)
    assert similar_products(after, product="p19", k=3).table.num_rows == 3
    # Whoever gets a file gets what the shop lists now, not what it listed when the model was stored.
    recommend_everyone(after, tmp_path / "all", k=25, processes=1)
    filed = [
        row for row in pq.read_table(tmp_path / "all").to_pylist() if row["customer_id"] == "客003"
    ]
    told = recommend(after, customers="客003", k=25).table.to_pylist()
    assert [row["product_id"] for row in filed] == [row["product_id"] for row in told]
    assert "new" in {row["product_id"] for row in filed}
    assert [path.name for path in tmp_path.iterdir()] == ["all"]
