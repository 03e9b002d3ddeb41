"""SQL macro that reads the currency of a cell: its ISO 4217 code where the cell can mean only one."""

from __future__ import annotations

from shopkeeper.data.currencies import AMBIGUOUS, MEANT
from shopkeeper.data.door.staged import literal


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(map(literal, words))


def _arms() -> str:
    surely = [f"WHEN upper(x) IN ({_listed(words)}) THEN '{code}'" for code, words in MEANT.items()]
    own = [
        f"WHEN x IN ({_listed(signs)}) AND own IN ({_listed(codes)}) THEN own"
        for signs, codes in AMBIGUOUS
    ]
    return " ".join(surely + own)


MACROS = (
    # Nearly every cell is a code already, and comparisons cost least.
    f"""CREATE OR REPLACE TEMP MACRO currency_code(x, own) AS CASE
        WHEN strlen(x) = 3 AND x[3] BETWEEN 'A' AND 'Z' AND x = upper(x) AND x <> 'RMB' THEN x
        {_arms()} WHEN regexp_full_match(x, '[A-Za-z]+') THEN upper(x) ELSE x END""",
)
"""`currency_code(x, own)`: `own` is the currency that the shop or the mapping states, which alone can tell
what `$` and `¥` mean; where it cannot, a cell stays as it is written."""
