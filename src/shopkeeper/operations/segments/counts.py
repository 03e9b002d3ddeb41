"""What customers do as one matrix: customers × columns, in blocks that each are one habit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.operations.segments.base import Base, Floats, Ints
from shopkeeper.operations.segments.clock import part_of_day
from shopkeeper.operations.segments.traits import BLOCKS, traits

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

MOST_LABELS = 12
"""Labels of a block that stand alone, the commonest; the others are one."""
_GAPS = (10, 20, 40, 70, 110, 160)
_SILENCE = (30, 60, 90, 120, 180, 240)
_PURCHASES = (2, 3, 4, 6, 9)
OTHER = "*"


@dataclass(frozen=True, slots=True)
class Habits:
    """Counts by day, ready to be added up to any day.

    Parameters
    ----------
    names
        Block and label of each column.
    blocks
        Which columns share one distribution.
    who, day, column, n
        One entry a customer, day and column.
    """

    names: tuple[tuple[str, str], ...]
    blocks: tuple[slice, ...]
    who: Ints
    day: Ints
    column: Ints
    n: Floats

    def matrix(self, base: Base, end: int) -> Floats:
        """Return the counts up to the end of a day, customers × columns."""
        known = self.day <= end
        width = len(self.names)
        flat = self.who[known] * width + self.column[known]
        whole = np.bincount(flat, self.n[known], minlength=base.customers * width)
        made = whole.reshape(base.customers, width).astype(np.float64)
        state = base.state(end)
        there = np.flatnonzero(state.purchases > 0)
        self._add(made, "rhythm", there, np.digitize(state.purchases[there], _PURCHASES))
        self._add(made, "silence", there, np.digitize(state.days_since[there], _SILENCE))
        days = base.day[base.day <= end]
        who = base.who[base.day <= end]
        again = np.flatnonzero(np.diff(who) == 0)
        gaps = np.diff(days)[again]
        self._add(made, "gap", who[again], np.digitize(gaps, _GAPS))
        return made

    def _add(self, made: Floats, block: str, who: Ints, code: Ints) -> None:
        first = next(place for place, (name, _) in enumerate(self.names) if name == block)
        np.add.at(made, (who, first + code), 1.0)


def read_habits(shop: Shop, base: Base, topics: pa.Table | None) -> Habits:
    """Read what the customers of the base do; topics of reviews where they are known."""
    rows = traits(shop, base.currency).to_pyarrow()
    if topics is not None and topics.num_rows:
        rows = pa.concat_tables([rows, topics.select(rows.column_names).cast(rows.schema)])
    rows = rows.append_column("who", pc.index_in(rows["customer_id"], base.ids))
    rows = rows.filter(pc.is_valid(rows["who"]))
    names: list[tuple[str, str]] = []
    blocks: list[slice] = []
    columns = np.full(rows.num_rows, -1, np.int64)
    for block in (*BLOCKS, "topic"):
        mine = np.flatnonzero(pc.equal(rows["block"], block).to_numpy(zero_copy_only=False))
        part = rows.take(pa.array(mine))
        if block == "hour":
            part = _by_part_of_day(part, shop.settings.time_zone)
        labels = _labels(part)
        if len(labels) < 2:
            continue
        code = pc.index_in(part["label"], pa.array(labels)).fill_null(
            labels.index(OTHER) if OTHER in labels else 0
        )
        columns[mine] = code.to_numpy() + len(names)
        blocks.append(slice(len(names), len(names) + len(labels)))
        names += [(block, label) for label in labels]
    for block, cuts in (("rhythm", _PURCHASES), ("silence", _SILENCE), ("gap", _GAPS)):
        blocks.append(slice(len(names), len(names) + len(cuts) + 1))
        names += [(block, str(at)) for at in range(len(cuts) + 1)]
    used = np.flatnonzero(columns >= 0)
    epoch = date(1970, 1, 1).toordinal()
    return Habits(
        tuple(names), tuple(blocks),
        rows["who"].to_numpy().astype(np.int64)[used],
        rows["on"].cast(pa.int32()).to_numpy().astype(np.int64)[used] + epoch,
        columns[used], rows["n"].cast(pa.float64()).to_numpy()[used],
    )  # fmt: skip


def _by_part_of_day(part: pa.Table, zone: str) -> pa.Table:
    coded = part["label"].combine_chunks().dictionary_encode()
    parts = pa.array([part_of_day(text, zone) for text in coded.dictionary.to_pylist()])
    return part.set_column(part.column_names.index("label"), "label", parts.take(coded.indices))


def _labels(part: pa.Table) -> list[str]:
    """Return the commonest labels, those of equal count by what they are called."""
    counted = part.group_by("label").aggregate([("n", "sum")])
    counted = counted.sort_by([("n_sum", "descending"), ("label", "ascending")])
    labels: list[str] = counted["label"].to_pylist()
    return labels if len(labels) <= MOST_LABELS else [*labels[: MOST_LABELS - 1], OTHER]
