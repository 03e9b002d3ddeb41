"""What a data law is: an Ibis expression for the rows that break it, in words, with what they corrupt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shopkeeper.data.shop import Shop
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

Broken = Callable[[Shop], "ir.Table"]
Told = Callable[[Shop], Words]


@dataclass(frozen=True, slots=True)
class Law:
    """One law.

    Parameters
    ----------
    name
        Its name, e.g. `order_items.orphans`; the part before the dot is the table whose rows it judges.
    title
        What is wrong with a row that breaks it, in words.
    needs
        Tables without which it says nothing.
    broken
        Shop → expression for the rows that break it.
    corrupts
        Names of the metrics in `data.metrics` that such rows make wrong; empty where none is.
    told
        Shop → what is said after the title where some row breaks it: which, or in which proportion.
    """

    name: str
    title: Words
    needs: tuple[str, ...]
    broken: Broken
    corrupts: tuple[str, ...] = ()
    told: Told | None = None

    @property
    def table(self) -> str:
        """The table whose rows it judges."""
        return self.name.partition(".")[0]

    def said(self, shop: Shop) -> Words:
        """Return what is wrong with the rows of a shop in which some break it."""
        more = self.told(shop) if self.told else Words("", "")
        return Words(f"{self.title.en}{more.en}", f"{self.title.zh}{more.zh}")
