"""Covariates: what customers were told apart by from the beginning, and what it makes of their rates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.segments.beginnings import COVARIATES
from shopkeeper.operations.segments.cells import Floats
from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.operations.segments.methods.purchases import Purchases
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.operations.segments.lifetime.learning import Models

Row = dict[str, Any]
MOST, AGAIN, REST, WEEKS_A_YEAR = 8, 5, "*", 365 / 7
"""Values of one covariate that stand alone, the commonest; customers of each who bought again, at least;
what the others are called."""

_ENDS = ("", "_low", "_high")
COLUMNS = pa.schema(
    [(name, pa.string()) for name in ("covariate", "value_en", "value_zh")]
    + [("customers", pa.int64()), ("is_base", pa.bool_())]
    + [
        (f"{name}{end}", pa.float64())
        for name in ("orders_a_year", "times_base", "leaves", "predicted_number_of_orders", "predicted_clv")
        for end in _ENDS
    ]
)  # fmt: skip
_ASKED = Words("Asked for the value of customers.", "要估计顾客的未来价值。")
_CALLED = {
    "": Words("not known", "未知"),
    REST: Words("all others", "其余"),
    ("discount", "yes"): Words("with a discount", "有优惠"),
    ("discount", "no"): Words("without a discount", "无优惠"),
}


@dataclass(frozen=True, slots=True)
class Levels:
    """The values of one covariate, and which of them each customer has.

    Parameters
    ----------
    name
        The covariate.
    values
        Its values, the commonest first: the others are told against it.
    code
        Place of each customer's value.
    joined
        Whether values too rare to stand alone are counted with the first.
    """

    name: str
    values: tuple[str, ...]
    code: NDArray[np.int64]
    joined: bool


def named_covariates(typed: str) -> tuple[str, ...]:
    """Return the covariates that were typed with commas between them.

    Raises
    ------
    UsageError
        One of them is unknown.
    """
    chinese = {words.zh: name for name, words in COVARIATES.items()}
    chinese |= {words.zh.removeprefix("首单"): name for name, words in COVARIATES.items()} | {
        "省份": "region"
    }
    parts = [part.strip() for part in re.split("[,，、;；]", typed) if part.strip()]
    names = [chinese.get(part, part.lower()) for part in parts]
    for name in names:
        if name not in COVARIATES:
            raise UsageError(
                _ASKED,
                Words(f"{name[:60]!r} is no covariate.", f"没有协变量“{name[:60]}”。"),
                Words(
                    f"Choose from {', '.join(COVARIATES)}.",
                    f"请从 {'、'.join(f'{words.zh}（{name}）' for name, words in COVARIATES.items())} 中选择。",
                ),
            )
    return tuple(dict.fromkeys(names))


def with_beginnings(table: pa.Table, begun: pa.Table | None) -> pa.Table:
    """Return histories with the covariates of each customer beside them."""
    if begun is None:
        return table
    place = pc.index_in(table["customer_id"], begun["customer_id"].combine_chunks())
    for name in begun.column_names:
        if name != "customer_id":
            table = table.append_column(name, begun[name].take(place))
    return table


def levels_of(table: pa.Table, names: Sequence[str]) -> tuple[Levels, ...]:
    """Return the values of each covariate that enough customers have; the rest are one, or the base.

    A covariate without two such values is left out.
    """
    found = (_levels(table, name) for name in names)
    return tuple(one for one in found if len(one.values) > 1)


def require_levels(found: Sequence[Levels], names: Sequence[str]) -> None:
    """Refuse covariates that tell nobody apart.

    Raises
    ------
    MissingDataError
        One of the names has no two values of enough customers.
    """
    for name in names:
        if all(one.name != name for one in found):
            called = COVARIATES[name]
            raise MissingDataError(
                _ASKED,
                Words(
                    f"No two values of {called.en} have {LEAST} customers each, {AGAIN} of whom bought again.",
                    f"{called.zh}没有两个取值各有 {LEAST} 位顾客、且其中 {AGAIN} 位复购。",
                ),
                Words("Leave that covariate out.", "请去掉这个协变量。"),
            )


def _levels(table: pa.Table, name: str) -> Levels:
    known = pc.fill_null(table[name], "").combine_chunks().dictionary_encode()
    values, code = known.dictionary.to_pylist(), known.indices.to_numpy().astype(np.int64)
    again = table["repeats"].to_numpy(zero_copy_only=False) > 0
    customers = np.bincount(code, minlength=len(values))
    back = np.bincount(code[again], minlength=len(values))
    enough = (customers >= LEAST) & (back >= AGAIN)
    ranked = sorted(np.flatnonzero(enough).tolist(), key=lambda n: (-customers[n], values[n]))
    kept, left = ranked[:MOST], np.ones(len(values), bool)
    left[kept] = False
    rest = customers[left].sum() >= LEAST and back[left].sum() >= AGAIN
    place = np.zeros(len(values), np.int64)
    place[kept] = np.arange(len(kept))
    place[left] = len(kept) if rest else 0
    names = (*(values[n] for n in kept), *([REST] if rest else []))
    return Levels(name, names, place[code], joined=bool(customers[left].sum()) and not rest)


def design(codes: Sequence[NDArray[np.int64]], levels: Sequence[Levels]) -> Floats:
    """Return a column for each value but the first of each covariate: 1 where it holds, else 0."""
    columns = [
        code == place
        for code, one in zip(codes, levels, strict=True)
        for place in range(1, len(one.values))
    ]
    return np.column_stack(columns).astype(np.float64)


def covariate_rows(models: Models, value: Floats) -> list[Row]:
    """Return what each value of a covariate makes of the rates, the others at their commonest.

    The rate of buying is r ÷ α a week, the chance of leaving after a purchase a ÷ (a + b); intervals
    are of their logarithm and log odds, which are linear in the logarithms that were fitted.
    """
    rows, column = [], 0
    for one in models.levels:
        for place, name in enumerate(one.values):
            own = -1 if not place else column + place - 1
            mine = one.code == place
            called = _CALLED.get((one.name, name)) or _CALLED.get(name) or Words(name, name)
            if one.joined and not place:
                called = Words(f"{called.en}, and rare ones", f"{called.zh}及少见的取值")
            rows.append(
                {"covariate": one.name, "value_en": called.en, "value_zh": called.zh,
                 "customers": int(mine.sum()), "is_base": not place, **_rates(models.purchases, own),
                 **_mean("predicted_number_of_orders", models.expected[mine]),
                 **_mean("predicted_clv", value[mine])}
            )  # fmt: skip
        column += len(one.values) - 1
    return rows


def _rates(model: Purchases, column: int) -> Row:
    """Return the yearly rate, the rate against that of the base, and the chance of leaving."""
    wide = len(model.effects[0])
    spread, logs = np.array(model.spread), np.log([model.r, model.alpha, model.a, model.b])
    centre = np.concatenate([logs, *model.effects])
    weights: dict[str, Mapping[int, float]] = {
        "orders_a_year": {0: 1.0, 1: -1.0},
        "times_base": {},
        "leaves": {2: 1.0, 3: -1.0},
    }
    row: Row = {}
    for name, of_base in weights.items():
        way = np.zeros(len(centre))
        way[list(of_base)] = list(of_base.values())
        if column >= 0:
            by_rate, by_a, by_b = (4 + part * wide + column for part in range(3))
            way[by_rate] -= name != "leaves"
            way[by_a] += name == "leaves"
            way[by_b] -= name == "leaves"
        middle, half = float(way @ centre), float(np.sqrt(max(way @ spread @ way, 0.0)))
        for end, sign in zip(_ENDS, (0, -1, 1), strict=True):
            at = middle + sign * float(ndtri(0.975)) * half
            row[f"{name}{end}"] = float(expit(at)) if name == "leaves" else float(np.exp(at))
            if name == "orders_a_year":
                row[f"{name}{end}"] *= WEEKS_A_YEAR
    return row


def _mean(name: str, values: Floats) -> Row:
    # In an order that names of customers have no part in, for sums of floats depend on it.
    values = np.sort(values)
    mean = float(values.mean())
    half = float(ndtri(0.975)) * float(values.std(ddof=1)) / np.sqrt(len(values))
    return {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}


def apart(rows: Sequence[Row]) -> list[Row]:
    """Return the values whose rate of buying surely differs from the base, the farthest first."""
    sure = [
        row for row in rows
        if not row["is_base"] and (row["times_base_low"] > 1 or row["times_base_high"] < 1)
    ]  # fmt: skip
    return sorted(sure, key=lambda row: -abs(np.log(row["times_base"])))
