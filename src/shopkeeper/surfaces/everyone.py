"""The command that writes the recommendations of every customer."""

from __future__ import annotations

import sys
from pathlib import Path

from shopkeeper.data.damage import damage_told
from shopkeeper.data.shop import open_shop
from shopkeeper.data.store import storage_errors
from shopkeeper.errors import UsageError
from shopkeeper.progress import heard_by
from shopkeeper.surfaces.commands import Asked
from shopkeeper.words import Words

_MOST = 64


def recommend_to_everyone(
    asked: Asked,
    shop: Path,
    *,
    output: Path,
    k: int = 20,
    opted_out: str = "",
    exclude: str = "",
    channel: str = "",
    processes: int = 2,
) -> int:
    """Write the recommendations of every customer into one Parquet file.

    Parameters
    ----------
    output
        Parquet file to write.
    k
        Products for each, 1 to 1,000.
    opted_out
        Customers with commas between them whose own history must not decide what they are shown; `*`
        for everyone.
    exclude
        Products with commas between them that are not to be shown.
    channel
        Channel where it is shown: only the categories that the shop's rules allow there; empty for
        all.
    processes
        How many processes work at once, 1 to 64.
    """
    from shopkeeper.operations.recommend.ask import recommend_everyone
    from shopkeeper.surfaces.console import Screen, json_text, told

    asked.speak_for(shop)
    if not 1 <= processes <= _MOST:
        raise UsageError(
            Words("Asked to recommend to everyone.", "要为每位顾客推荐。"),
            Words(f"processes is {processes}.", f"进程数 processes 为 {processes}。"),
            Words(f"Give a number from 1 to {_MOST}.", f"请给出 1 到 {_MOST} 之间的数。"),
        )
    writing = Words(f"Asked to write {output}.", f"要写入 {output}。")
    with (
        told(asked.language) as progress,
        heard_by(progress),
        damage_told(shop),
        storage_errors(output, writing),
    ):
        made = recommend_everyone(
            open_shop(shop), output,
            k=k, opted_out=opted_out, exclude=exclude, channel=channel, processes=processes,
        )  # fmt: skip
    if asked.json:
        document = {
            "output": str(output), "customers": made.customers, "rows": made.rows,
            "not_personalised": made.without, "limits": [words.get(asked.language) for words in made.limits],
        }  # fmt: skip
        print(json_text(document))
    else:
        screen = Screen(sys.stdout, asked.language)
        line = Words(
            f"The lists of {made.customers:,} customers, {made.rows:,} rows, are in {output}",
            f"{made.customers:,} 位顾客的推荐共 {made.rows:,} 行，已写入 {output}",
        )
        for words in (line, *made.limits):
            screen.line(words)
    return 0
