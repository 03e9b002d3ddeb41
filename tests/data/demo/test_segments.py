"""The planted segments differ in what any shop sees, and `segment` finds them without their labels."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from shopkeeper.data.demo import habits
from shopkeeper.data.demo.plan import HOURS, SEGMENTS
from shopkeeper.data.demo.sessions import CHANNELS, DEVICES
from shopkeeper.data.demo.world import SEGMENT_SHARE
from shopkeeper.data.shop import shop_from_tables
from shopkeeper.language.topics import adjusted_rand
from shopkeeper.operations.segments.ask import segment

TABLES = ("orders", "order_items", "payments", "products", "events", "reviews")


@pytest.fixture(scope="module")
def read(demo):
    return {name: pq.read_table(demo.exports / f"{name}.parquet") for name in TABLES}


def test_habits_are_shares_and_mix_to_what_the_shop_has():
    for table in (habits.DEVICE, habits.CHANNEL, habits.SOLD_THROUGH, habits.PAYMENT, habits.HOUR):
        assert np.allclose(table.sum(axis=1), 1)
        assert table.min() > 0
    mixed = SEGMENT_SHARE @ habits.HOUR
    assert np.abs(mixed - HOURS / HOURS.sum()).max() < 0.03
    assert habits.DEVICE.shape == (len(SEGMENTS), len(DEVICES))
    assert habits.CHANNEL.shape == (len(SEGMENTS), len(CHANNELS))


def test_visits_of_a_segment_are_on_its_devices(demo, read):
    truth = pq.read_table(demo.truth / "customer_truth.parquet").to_pylist()
    of = {row["customer_id"]: SEGMENTS.index(row["segment"]) for row in truth}
    events = read["events"].select(["session_id", "customer_id", "device"]).to_pylist()
    visits = {row["session_id"]: row for row in events if row["customer_id"] in of}
    counted = np.zeros_like(habits.DEVICE)
    for row in visits.values():
        counted[of[row["customer_id"]], DEVICES.index(row["device"])] += 1
    count = counted.sum(axis=1, keepdims=True)
    error = np.sqrt(habits.DEVICE * (1 - habits.DEVICE) / count)
    assert (np.abs(counted / count - habits.DEVICE) < 4 * error).all()


def test_nothing_that_the_shop_has_names_a_segment(demo):
    said = json.dumps([path.name for path in demo.exports.iterdir()])
    for path in demo.exports.glob("*.parquet"):
        table = pq.read_table(path)
        said += json.dumps(table.column_names)
        assert "segment" not in said
        for name in table.column_names:
            if table[name].type == "string" and len(table[name].unique()) < 50:
                assert not set(table[name].to_pylist()) & {"bargain", "premium", "occasional"}


def test_planted_segments_are_recovered_and_rfm_and_chance_do_not(demo, read):
    shop = shop_from_tables(read)
    truth = pq.read_table(demo.truth / "customer_truth.parquet").to_pylist()
    of = {row["customer_id"]: SEGMENTS.index(row["segment"]) for row in truth}

    def agreement(found):
        rows = found.evidence["members"].to_pylist()
        names = sorted({row["segment"] for row in rows})
        return adjusted_rand(
            np.array([names.index(row["segment"]) for row in rows]),
            np.array([of[row["customer_id"]] for row in rows]),
        )

    found = segment(shop, method="behaviour")
    assert found.evidence["members"].num_rows > 1_500
    assert agreement(found) >= 0.85
    assert agreement(segment(shop, method="rfm")) < 0.3
    right = np.array(list(of.values()))
    chance = np.random.default_rng(0).integers(0, len(SEGMENTS), len(right))
    assert abs(adjusted_rand(chance, right)) < 0.02
