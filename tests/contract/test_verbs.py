"""Laws of every verb: it changes nothing it is given, and answers by what it reads and nothing else."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
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
Usual = Callable[[Verb], list[Answer]]
# By default it reads with encoders, which takes minutes.
QUICK: dict[str, dict[str, Any]] = {
    "compare_methods": {"methods": "majority,ngrams"},
    # Of so few products most have been touched long before the last days.
    "judge_recommendations": {"days": 90},
}
SOURCES: dict[str, list[dict[str, Any]]] = {
    "review_topics": [{"source": name} for name in ("reviews", "searches", "messages")],
    "funnel": [{}, {"breakdown": "category,city", "per": "customer", "order": "any"}],
    "segment": [{}, {"method": "behaviour", "segments": 2}, {"method": "embedding", "segments": 2}],
    "profile": [{}, {"method": "behaviour"}],
    "retention": [{}, {"since": "visit", "period": "week"}, {"by": "city"}],
    "lifetime_value": [{}, {"covariates": "category,city"}],
    "explain_change": [{}, {"metric": "conversion"}],
    "search_products": [{}, {"query": "thing 物件 7"}],
}
IDS = ("customer_id", "product_id", "clicked_product_id", "order_id", "session_id", "visitor_id",
       "seller_id", "review_id", "search_id", "message_id", "event_id")  # fmt: skip
CUT = datetime(2025, 5, 1)

# All laws of a verb in one process, where what it answers to the usual shop is worked out once.
every_verb = pytest.mark.parametrize(
    "verb",
    [pytest.param(verb, id=verb.name, marks=pytest.mark.xdist_group(verb.name)) for verb in VERBS],
)


@pytest.fixture(scope="session")
def stored(tables: Tables) -> Answer:
    return review_sentiment(made(tables))


@pytest.fixture(scope="session")
def usual(tables: Tables, stored: Answer) -> Usual:
    """What a verb answers to the usual shop, from each kind of text that it can read."""
    shop, known = made(tables, {"review_sentiment": stored}), {}

    def answers(verb: Verb) -> list[Answer]:
        if verb.name not in known:
            known[verb.name] = every_source(verb, shop)
        return known[verb.name]

    return answers


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
    # Torch names the folder of its own cache when it is first imported.
    variables = os.environ.keys() - {"TORCHINDUCTOR_CACHE_DIR"}
    return repr((sorted(files.items()), random.getstate(), [list(state[1]), state[2:]],
                 sorted((name, os.environ[name]) for name in variables), Path.cwd()))  # fmt: skip


def test_the_small_shop_has_rows_in_every_table(tables: Tables) -> None:
    assert set(tables) == set(TABLES)
    assert all(table.num_rows for table in tables.values())
    assert {name for verb in VERBS for name in verb.answers} == {
        "review_sentiment", "review_topics", "review_aspects"}  # fmt: skip


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


def renamed(table: pa.Table) -> pa.Table:
    """Give everything another name. Reversed ids sort differently, so no ranking by id goes unnoticed."""
    columns = {column: table[column] for column in table.column_names}
    for column in set(IDS) & set(columns):
        columns[column] = pc.binary_join_element_wise(pc.utf8_reverse(table[column]), "号", "-")
    return pa.table(columns)


def old_names(tables: Tables) -> dict[str, str]:
    """Return the first name of everything by its other one."""
    return {
        new: old
        for table in tables.values()
        for column in set(IDS) & set(table.column_names)
        for new, old in zip(
            renamed(table)[column].to_pylist(), table[column].to_pylist(), strict=True
        )
    }


def every_source(verb: Verb, shop: Shop) -> list[Answer]:
    """Return the answers of a verb from each kind of text that it can read."""
    return [
        verb.load()(shop, **QUICK.get(verb.name, {}), **source)
        for source in SOURCES.get(verb.name, ({},))
    ]


def by_name(said: str) -> list[Any]:
    """Return what was said, its rows of one review, text or customer in the order of their names."""
    head, words, document = json.loads(said)
    for name in {"table", "texts", "members"} & set(document):
        document[name].sort(
            key=lambda row: row.get("review_id") or row.get("id") or row.get("customer_id") or ""
        )
    return [head, words, document]


@every_verb
def test_the_names_of_things_change_no_number(
    verb: Verb, tables: Tables, stored: Answer, usual: Usual, told: Told
) -> None:
    back = old_names(tables)
    assert sorted(back) != sorted(back.values())
    other = replace(stored, table=renamed(stored.table))
    again = every_source(
        verb,
        made(
            {name: renamed(table) for name, table in tables.items()},
            {"review_sentiment": other},
        ),
    )
    for one, same in zip(usual(verb), again, strict=True):
        assert by_name(told(same, back)) == by_name(told(one))


@every_verb
def test_the_order_of_the_rows_changes_nothing(
    verb: Verb, tables: Tables, stored: Answer, usual: Usual, told: Told
) -> None:
    draw = np.random.default_rng(5)
    mixed = {name: table.take(draw.permutation(len(table))) for name, table in tables.items()}
    again = every_source(verb, made(mixed, {"review_sentiment": stored}))
    for one, same in zip(usual(verb), again, strict=True):
        assert told(same) == told(one)


@every_verb
def test_what_was_written_later_changes_nothing_in_the_past(
    verb: Verb, tables: Tables, told: Told
) -> None:
    moments = {"reviews": "reviewed_at", "searches": "searched_at", "messages": "sent_at",
               "events": "happened_at", "orders": "ordered_at"}  # fmt: skip
    known = dict(tables)
    for name, moment in moments.items():
        known[name] = tables[name].filter(pc.less_equal(tables[name][moment], pa.scalar(CUT)))
        assert known[name].num_rows > 0
    assert known["reviews"].num_rows < tables["reviews"].num_rows
    past = every_source(verb, made(tables).as_of(CUT))
    alone = every_source(verb, made(known).as_of(CUT))
    for one, same in zip(past, alone, strict=True):
        assert one.as_of == CUT.isoformat()
        assert told(same) == told(one)


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
    assert {"review_sentiment", "review_aspects", "review_topics"} <= set(names)
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
