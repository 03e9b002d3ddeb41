"""How identifiers and addresses of the demo shop are spelled: prefix and number of digits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from shopkeeper.data.demo.columns import named
from shopkeeper.data.demo.plan import Ints

CUSTOMER = ("C", 7)
PRODUCT = ("P", 5)
SELLER = ("S", 4)
ORDER = ("O", 8)
REVIEW = ("R", 8)
EVENT = ("E", 9)
SESSION = ("SN", 9)
VISITOR = ("V", 9)
SEARCH_ID = ("Q", 9)
CONVERSATION = ("CV", 7)
CAMPAIGNS = ("K-winback", "K-newsletter")


def addresses(numbers: Ints, index: Ints | None = None) -> pa.DictionaryArray:
    """Return a private address for each visitor number, one of a ring's for its negative number."""
    spread, code = np.unique(
        np.where(numbers < 0, numbers, numbers * 2_654_435_761 % 2**24), return_inverse=True
    )
    spelled = [
        f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" if n >= 0 else f"198.18.{-n >> 8}.{-n & 255}"
        for n in spread.tolist()
    ]
    return named(code if index is None else code[index], spelled)
