"""The rules of a shop on every path: worked out, at once, and in everybody's file it is one answer."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, open_shop
from shopkeeper.errors import SettingsError, UsageError
from shopkeeper.operations.recommend import rulebook, stored
from shopkeeper.operations.recommend.ask import recommend, recommend_at_once, recommend_everyone
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.rulebook import FILE, Rules, load_rules
from shopkeeper.operations.recommend.standing import standing
from shopkeeper.operations.recommend.stored import NAME, current, prepared
from shopkeeper.operations.recommend.viewer import LOG, barred_for
from shopkeeper.surfaces.running import run
from shopkeeper.surfaces.verbs import BY_NAME
from tests.operations.recommend.test_rules import made_of, tables
from tests.operations.recommend.test_stored import RULES, kept, made, shown

WHO = "c000,c001,c007,nobody,c031,s0"
FILES = {
    "none": "",
    "switched": "exclude = {own = true, viewed = false}\nprice.min = 12\n"
                "personalisation.opted_out = ['c001', 'c031']",
    "walked": "most = {brand = 3, category = 2}\ndiversity.weight = 0.4\npinned.products = ['p20', 'p04', 'p01']\n"
              "boost.brands.\"甲\" = 3\nchannels = {app = ['k0', 'k1', 'k2']}\n[recommend]\nexclude.products = ['p09']",
    "nobody": "personalisation.everyone = false\nboost.products.p13 = 9",
    "everything": "price.min = 500",
}  # fmt: skip
ASKED: list[dict[str, object]] = [
    {"customers": WHO}, {"customers": WHO, "k": 23, "exclude": "p06,new"}, {"given": "p03,p11,new", "k": 23},
    {"customers": WHO, "opted_out": "c007,nobody"}, {"customers": WHO, "opted_out": "*"},
    {"customers": "c002", "method": "popular", "k": 24},
]  # fmt: skip


def shop_of() -> Shop:
    """The shop of the rules, with a product that nobody touched and one that lies in a cart alone."""
    some = tables()
    new = {
        "product_id": ["new", "put"],
        "title": ["新品 new", "杯子 put"],
        "category": ["k9", "k1"],
        "stock": [3, 3],
    }
    some["products"] = pa.concat_tables(
        [some["products"], pa.table(new)], promote_options="default"
    )
    event = some["events"].slice(0, 1).to_pylist()[0]
    put = event | {"event_id": "put", "product_id": "put", "name": "Wishlist Product Added to Cart"}
    some["events"] = pa.concat_tables(
        [some["events"], pa.Table.from_pylist([put], schema=some["events"].schema)]
    )
    return made_of(some)


@pytest.fixture(scope="module")
def fresh() -> Shop:
    return shop_of()


@pytest.fixture(scope="module")
def opened() -> Shop:
    return kept(shop_of())


@pytest.fixture(autouse=True)
def _no_file(fresh: Shop, opened: Shop) -> Iterator[None]:
    yield
    for shop in (fresh, opened):
        for name in (FILE, LOG):
            (shop.path / name).unlink(missing_ok=True)


def ruled(text: str, *shops: Shop) -> None:
    for shop in shops:
        (shop.path / FILE).write_text(text, encoding="utf-8")


def logs(shop: Shop) -> list[str]:
    path = shop.path / LOG
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line.partition('"verb"')[2] for line in lines]


@pytest.fixture(scope="module")
def fitted(fresh: Shop) -> Iterator[None]:
    """Count what came after what once: rules hold for lists, not for what is learned."""
    touched = stored.read_touched(stored.touches(fresh))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "read_touched", lambda _: touched)
        yield


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("fitted")
def test_worked_out_stored_and_at_once_are_one_answer(fresh: Shop, opened: Shop, name: str) -> None:
    ruled(FILES[name], fresh, opened)
    for asked in [*ASKED, *([{"customers": WHO, "channel": "app"}] if name == "walked" else [])]:
        expected, at_once = recommend(fresh, **asked), recommend_at_once(opened, **asked)
        assert at_once is not None
        assert at_once.to_json("zh") == expected.to_json("zh"), asked
        assert recommend(opened, **asked).to_json("zh") == expected.to_json("zh"), asked
        # Each path writes that lists were made without personalisation.
        assert logs(opened) == [line for line in logs(fresh) for _ in range(2)]
    assert bool(logs(fresh))


def test_what_lies_in_the_cart_alone_is_left_out_at_once_too(opened: Shop) -> None:
    def of(answer: Answer | None) -> set[str]:
        assert answer is not None
        return set(answer.table["product_id"].to_pylist())

    assert "put" not in of(recommend_at_once(opened, customers="c000", k=30))
    ruled("exclude.in_cart = false", opened)
    assert "put" in of(recommend_at_once(opened, customers="c000", k=30))


@pytest.mark.parametrize("name", FILES)
def test_the_file_of_everybody_holds_what_is_answered_at_once(
    opened: Shop, tmp_path: Path, name: str
) -> None:
    ruled(FILES[name], opened)
    channel = "app" if name == "walked" else ""
    made = recommend_everyone(opened, tmp_path / "all", k=9, exclude="p06", opted_out="c007", channel=channel, processes=1)  # fmt: skip
    without = {"none": 1, "switched": 3, "nobody": made.customers}.get(name, 1)
    assert made.without == without
    assert logs(opened)[-1].startswith(f': "recommend", "lists": {without}, "by_request": 1')
    rows = pq.read_table(tmp_path / "all").to_pylist()
    assert len(rows) == made.rows
    for who in ("c000", "c001", "c007", "c031", "c077"):
        answer = recommend_at_once(
            opened, customers=who, k=9, exclude="p06", opted_out="c007", channel=channel
        )
        assert answer is not None
        own = [row for row in rows if row["customer_id"] == who]
        expected = answer.table.to_pylist()
        for column in ("rank", "product_id", "because", "personalised"):
            assert [row[column] for row in own] == [row[column] for row in expected], (who, column)
        for row, one in zip(own, expected, strict=True):
            assert (row["score"] is None) == (one["score"] is None)
            assert row["score"] is None or row["score"] == pytest.approx(one["score"], abs=1e-5)


def test_limits_of_the_file_of_everybody_and_an_unknown_channel(
    opened: Shop, tmp_path: Path
) -> None:
    ruled("pinned.products = ['p04']\nexclude.brands = ['nowhere']", opened)
    told = [words.en for words in recommend_everyone(opened, tmp_path / "a", processes=1).limits]
    assert any("Pinned but never shown" in line and "p04" in line for line in told)
    assert any("Rules name brands that no product here is of" in line for line in told)
    for asking in (lambda: recommend_at_once(opened, customers="c000", channel="x"),
                   lambda: recommend_everyone(opened, tmp_path / "a", channel="x")):  # fmt: skip
        with pytest.raises(UsageError, match="names no channels"):
            asking()


def test_rules_are_read_again_when_they_change_and_only_then(
    opened: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruled("price.min = 20", opened)
    os.utime(opened.path / FILE, (1_000_000_000, 1_000_000_000))
    first = load_rules(opened.path, "recommend")
    recommend_at_once(opened, customers="c000")
    with monkeypatch.context() as patch:
        for name in ("rulebook.read_toml", "serving_rules.standing", "serving_rules.rule_limits"):
            patch.setattr(f"shopkeeper.operations.recommend.{name}", None)
        assert load_rules(opened.path, "recommend") is first
        assert recommend_at_once(opened, customers="c001,c002") is not None
    ruled("price.min = 30", opened)
    assert load_rules(opened.path, "recommend").price_min == 30
    ruled("price.min = 31", opened)
    assert load_rules(opened.path, "recommend").price_min == 31
    ruled("price.mini = 31", opened)
    with pytest.raises(SettingsError, match=r"price\.mini is no key"):
        recommend_at_once(opened, customers="c000")
    (opened.path / FILE).unlink()
    assert load_rules(opened.path, "recommend") is load_rules(opened.path, "recommend")
    assert rulebook.DEFAULT_EXCLUDED["recommend"] == load_rules(opened.path, "recommend").exclude


def test_a_change_of_the_rules_makes_answers_out_of_date_and_not_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = shop_of()
    monkeypatch.setattr("shopkeeper.surfaces.running.VERBS", [BY_NAME["recommend"]])
    assert [step.outcome for step in run(shop.path)] == ["answered"]
    folder = open_shop(shop.path).manifest.models[NAME].folder
    assert [step.outcome for step in run(shop.path)] == ["unchanged"]
    ruled("price.min = 20", shop)
    monkeypatch.setattr(stored, "fit", None)
    assert prepared(open_shop(shop.path)) is None
    assert [step.outcome for step in run(shop.path)] == ["answered"]
    assert open_shop(shop.path).manifest.models[NAME].folder == folder
    answer = open_shop(shop.path).answer("recommend")
    assert answer is not None
    numbers = {
        int(name[1:]) for name in answer.table["product_id"].to_pylist() if name[1:].isdigit()
    }
    assert min(numbers) >= 10


def test_carts_of_everybody_are_those_of_one_after_the_other(opened: Shop) -> None:
    model = current(opened)
    assert model is not None
    rules = Rules(exclude=frozenset({"in_cart", "own", "bought", "viewed"}))
    for number, name in enumerate(model.customers):
        one = (
            barred_for(opened, rules, model.known.shelf, name)
            if number < 8 or name == "c000"
            else None
        )
        if one is not None:
            assert one["in_cart"].tolist() == model.carts.row(number).tolist()
            start, end = model.touched.histories.starts[number : number + 2]
            own, bought = (
                model.touched.histories.products[start:end],
                model.touched.bought[start:end],
            )
            assert one["bought"].tolist() == np.sort(own[bought]).tolist()
            assert one["viewed"].tolist() == np.sort(own[~bought]).tolist()
    assert sum(model.carts.lengths.tolist()) >= 2


@pytest.mark.parametrize("name", RULES)
def test_a_list_is_what_a_plain_loop_over_everything_in_order_makes(name: str) -> None:
    model, rules = (
        made(3),
        replace(RULES[name], diversity=0.0, exclude=RULES[name].exclude | {"own"}),
    )
    shelf, method = model.known.shelf, model.fitted.method
    assert isinstance(method, Transitions)
    factor = standing(rules, shelf).factor
    for number in range(0, 120, 7):
        own = set(model.touched.histories.row(number).tolist())
        bought = set(
            model.touched.histories.row(number)[
                model.touched.bought[model.touched.histories.starts[number] :][: len(own)]
            ].tolist()
        )
        personal = f"客{number}" not in rules.opted_out
        out = {11} | (
            {n for n in range(300) if shelf.stock[n] <= 0}
            if "out_of_stock" in rules.exclude
            else set()
        )
        out |= {n for n in range(300) if shelf.price[n] > rules.price_max}
        if personal:
            out |= set(model.carts.row(number).tolist()) if "in_cart" in rules.exclude else set()
            out |= set(shelf.sold_by(f"客{number}").tolist())
            out |= (bought if "bought" in rules.exclude else set()) | (
                own - bought if "viewed" in rules.exclude else set()
            )
        products, scores = (
            method.follow(model.touched.histories.row(number))
            if personal
            else (np.zeros(0, int), np.zeros(0))
        )
        worth = scores if factor is None else scores * factor[products]
        place = model.fitted.popularity
        found = [
            n
            for _, _, n in sorted(
                (-w, place[n], n) for n, w in zip(products.tolist(), worth.tolist(), strict=True)
            )
        ]
        pinned = [shelf.number[name] for name in rules.pinned]
        taken: list[int] = []
        for one in [*pinned, *found, *model.popular.tolist()]:
            kinds = {group: shelf.groups[group] for group in rules.most}
            held = {group: sum(of[t] == of[one] for t in taken) for group, of in kinds.items()}
            if (
                one in out
                or one in taken
                or any(held[group] >= rules.most[group] for group in held)
            ):
                continue
            taken = [*taken, one][:9]
        names = [row.split(", ")[1] for row in shown(model, rules, [number])[0]]
        assert names == [str(n) for n in taken], number
