"""Laws of every verb: it changes nothing it is given, and answers by what it reads and nothing else."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.data.tables import BY_NAME as TABLES
from shopkeeper.operations.reviews.ask import review_sentiment
from shopkeeper.settings import Settings
from shopkeeper.surfaces.verbs import VERBS, Verb
from shopkeeper.words import Words

Tables = dict[str, pa.Table]
Told = Callable[..., str]
# By default it reads with encoders, which takes minutes.
QUICK: dict[str, dict[str, Any]] = {"compare_methods": {"methods": "majority,ngrams"}}
SOURCES = {"review_topics": [{"source": name} for name in ("reviews", "searches", "messages")]}
IDS = ("customer_id", "product_id", "clicked_product_id", "order_id", "session_id", "visitor_id",
       "seller_id")  # fmt: skip

every_verb = pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)


@pytest.fixture(scope="module")
def stored(tables: Tables) -> Answer:
    return review_sentiment(made(tables))


def made(tables: Tables, answers: dict[str, Answer] | None = None) -> Shop:
    return shop_from_tables(tables, settings=Settings(minimum_count=5), answers=answers)


def asked(verb: Verb, shop: Shop) -> Answer:
    return verb.load()(shop, **QUICK.get(verb.name, {}))


def reads(verb: Verb, tables: Tables, stored: Answer) -> Shop:
    answers = dict.fromkeys(verb.answers, stored)
    return made({name: tables[name] for name in verb.reads}, answers)


def around(shop: Shop) -> str:
    """Everything that a verb could change by the way."""
    files = {str(file): file.read_bytes() for file in shop.path.rglob("*") if file.is_file()}
    state = np.random.get_state(legacy=True)  # noqa: NPY002 — it is read, not drawn from
    return repr((sorted(files.items()), random.getstate(), [list(state[1]), state[2:]],
                 sorted(os.environ.items()), Path.cwd()))  # fmt: skip


def test_the_small_shop_has_rows_in_every_table(tables: Tables) -> None:
    assert set(tables) == set(TABLES)
    assert all(table.num_rows for table in tables.values())
    assert {name for verb in VERBS for name in verb.answers} == {"review_sentiment"}


@every_verb
def test_a_verb_changes_nothing_that_it_is_given(
    verb: Verb, tables: Tables, stored: Answer, told: Told
) -> None:
    shop = made(tables, {"review_sentiment": stored})
    # A state of its own, which no seed that a verb could set would lead back to.
    random.seed()
    np.random.seed()  # noqa: NPY002 — it is this state that must not be touched
    given, files = deepcopy((shop.settings, shop.manifest)), around(shop)
    first = told(asked(verb, shop))
    assert around(shop) == files
    assert (shop.settings, shop.manifest) == given
    # The same shop once more, with whatever the first time left in memory.
    assert told(asked(verb, shop)) == first
    assert json.loads(first)[2]["table"], "an empty answer would equal any other"


@every_verb
def test_what_a_verb_does_not_read_changes_nothing_in_its_answer(
    verb: Verb, tables: Tables, stored: Answer, told: Told
) -> None:
    other = Answer("check", Words("Other", "其他"), pa.table({"a": [1]}), "none")
    unrelated = {one.name: other for one in VERBS if one.name not in (*verb.answers, verb.name)}
    whole = made(tables, {**unrelated, **dict.fromkeys(verb.answers, stored)})
    assert told(asked(verb, whole)) == told(asked(verb, reads(verb, tables, stored)))


@every_verb
def test_a_verb_reads_every_table_that_it_declares_and_no_other(
    verb: Verb, tables: Tables, stored: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()
    original = Shop.table

    def watched(shop: Shop, name: str) -> Any:
        read.add(name)
        return original(shop, name)

    monkeypatch.setattr(Shop, "table", watched)
    shop = made(tables, {"review_sentiment": stored})
    for source in SOURCES.get(verb.name, ({},)):
        verb.load()(shop, **QUICK.get(verb.name, {}), **source)
    assert read == set(verb.reads)


@every_verb
def test_the_names_of_things_change_no_number(
    verb: Verb, tables: Tables, stored: Answer, told: Told
) -> None:
    back: dict[str, str] = {}
    renamed: Tables = {}
    for name, table in tables.items():
        columns = {column: table[column] for column in table.column_names}
        for column in set(IDS) & set(columns):
            # Reversed ids sort differently, so that no ranking by id can go unnoticed.
            columns[column] = pc.binary_join_element_wise(pc.utf8_reverse(table[column]), "号", "-")
            back |= dict(zip(columns[column].to_pylist(), table[column].to_pylist(), strict=True))
        renamed[name] = pa.table(columns)
    assert sorted(back) != sorted(back.values())
    answers = {"review_sentiment": stored}
    given = told(asked(verb, made(tables, answers)))
    assert told(asked(verb, made(renamed, answers)), back) == given


# Asks verbs of a shop and prints everything that they say but for its speed.
ASKS = """
import json, sys
from shopkeeper.data.shop import open_shop
from shopkeeper.surfaces.verbs import BY_NAME

shop = open_shop(sys.argv[1])
for name in sys.argv[2:]:
    said = BY_NAME[name].load()(shop, seed=3).to_dict(max_rows=10**6)
    said["evidence"].pop("speed", None)
    print(json.dumps(said, default=str))
"""


@pytest.mark.slow
def test_the_same_seed_answers_the_same_bytes_in_another_process(
    tables: Tables, stored: Answer
) -> None:
    shop = made(tables, {"review_sentiment": stored})
    names = [verb.name for verb in VERBS if not verb.by_hand and "seed" in verb.defaults()]
    assert {"review_sentiment", "sentiment_effect"} <= set(names)
    said = [
        subprocess.run(
            [sys.executable, "-c", ASKS, str(shop.path), *names],
            env=os.environ | {"PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    ]
    assert len(said[0].splitlines()) == len(names)
    assert said[0] == said[1]
