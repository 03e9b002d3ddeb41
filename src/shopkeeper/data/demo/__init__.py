"""A seeded, bilingual shop of any size, with planted truths written beside it.

`plan` holds sizes, calendar and seeds, `effects` the planted probabilities, `world` customers and
products, `history` the year of orders and reviews, `sessions` what visitors do on the site. The
other modules give these numbers words and write them: `exports/` is what a shop would have,
`truth/` what only the maker of the shop can know. No verb reads the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopkeeper.errors import UsageError
from shopkeeper.words import Words

SMALLEST, LARGEST = 2_000, 1_000_000
EVENTS_PER_CUSTOMER = 40
FEWEST_EVENTS, MOST_EVENTS = 25, 400
"""Events per customer: below the first the orders alone would make more."""


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was written.

    Parameters
    ----------
    folder
        Holds `exports/` and `truth/`.
    rows
        Rows of each exported file.
    effects
        The planted effects, as in `truth/truth.json`.
    """

    folder: Path
    rows: dict[str, int]
    effects: dict[str, Any]


def build_demo(
    folder: Path, *, customers: int = SMALLEST, events: int | None = None, seed: int = 0
) -> DemoSummary:
    """Build a demo shop: a year of a shop that sells to Chinese and English speakers.

    The same sizes and seed give the same bytes. Events are streamed, so that memory does not grow
    with their number.

    Parameters
    ----------
    folder
        Where `exports/` and `truth/` are written; files of an earlier demo shop are replaced.
    customers
        Number of customers, 2,000 to 1,000,000.
    events
        Number of events on the site, about; 40 per customer when not given.
    seed
        Seed of everything random.

    Returns
    -------
    DemoSummary
        Rows written and effects planted.

    Raises
    ------
    UsageError
        A size or the seed is out of range, or `folder` is a file.

    Limits
    ------
    Invented data: good for trying and proving, not for learning how shoppers behave. The number of
    events is met within three in a hundred.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     summary = build_demo(Path(folder), customers=2000, seed=1)
    >>> summary.rows["customers.parquet"]
    2000
    """
    wanted = customers * EVENTS_PER_CUSTOMER if events is None else events
    _check(folder, customers, wanted, seed)
    from shopkeeper.data.demo.build import build

    return build(folder, customers=customers, events=wanted, seed=seed)


def _check(folder: Path, customers: int, events: int, seed: int) -> None:
    if not SMALLEST <= customers <= LARGEST:
        raise _refused(customers, "customers", "顾客", SMALLEST, LARGEST)
    low, high = customers * FEWEST_EVENTS, customers * MOST_EVENTS
    if not low <= events <= high:
        raise _refused(
            events, f"events for {customers} customers", f"事件（{customers} 位顾客）", low, high
        )
    if seed < 0:
        raise UsageError(
            Words(f"Asked for a demo shop with seed {seed}.", f"要用种子 {seed} 生成演示店铺。"),
            Words("A seed is 0 or more.", "种子不能小于 0。"),
            Words("Give another seed.", "请换一个种子。"),
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            Words(f"Asked to build a demo shop in {folder}.", f"要在 {folder} 生成演示店铺。"),
            Words("That is a file.", "那是一个文件。"),
            Words("Name a folder.", "请给出一个文件夹。"),
        )


def _refused(number: int, what: str, what_zh: str, low: int, high: int) -> UsageError:
    return UsageError(
        Words(
            f"Asked for a demo shop of {number} {what}.",
            f"要生成有 {number} 个{what_zh}的演示店铺。",
        ),
        Words(f"It can have {low} to {high}.", f"可以是 {low} 到 {high}。"),
        Words("Give a number in that range.", "请给出这个范围内的数。"),
    )


__all__ = ["DemoSummary", "build_demo"]
