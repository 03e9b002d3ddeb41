"""The rules of a shop held at serving time, whichever verb answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.model import Model
from shopkeeper.operations.recommend.reading import read_catalogue
from shopkeeper.operations.recommend.rule_words import (
    check_channel,
    not_logged,
    pinned_but_out,
    rule_limits,
)
from shopkeeper.operations.recommend.rulebook import VERBS, Rules, Verb, load_rules
from shopkeeper.operations.recommend.ruling import Placed, Ruling
from shopkeeper.operations.recommend.shelf import Shelf
from shopkeeper.operations.recommend.standing import Standing, standing
from shopkeeper.operations.recommend.viewer import barred_for, logged, may_be_read
from shopkeeper.words import Words


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is shown the lists, where, and whose history may not be used.

    Parameters
    ----------
    customer
        The customer; empty for anybody.
    channel
        The channel whose allowed categories hold; empty for all categories.
    opted_out
        Customers whose history may not be used; `*` for everyone.
    """

    customer: str = ""
    channel: str = ""
    opted_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Served:
    """The rules on the products of a shop, for one viewer.

    Parameters
    ----------
    verb
        The verb that answers.
    viewer
        Whom it answers.
    ruling
        The rules on the products.
    barred
        What the viewer may not be shown, by rule.
    """

    verb: Verb
    viewer: Viewer
    ruling: Ruling
    barred: dict[str, Numbers]

    def choose(
        self,
        found: Numbers,
        scores: NDArray[np.floating],
        k: int,
        *,
        popularity: Numbers,
        given: Numbers | None = None,
    ) -> list[Placed]:
        """Return one list, best first; `given` are products of the request itself."""
        barred = self.barred if given is None else self.barred | {"given": given}
        chosen = self.ruling.choose(found, scores, k, barred=barred, popularity=popularity)
        return chosen.placed()

    def table(self) -> pa.Table:
        """Return each rule with the products that it covers and what it removed."""
        return self.ruling.table(tuple(sorted(self.barred)))

    def limits(self, shop: Shop, *, lists: int) -> Iterator[Words]:
        """Yield which rules cannot hold here, and log what was made without personalisation.

        Parameters
        ----------
        shop
            The shop.
        lists
            Lists that were made.
        """
        rules, who = self.ruling.rules, self.viewer
        has: frozenset[str] = frozenset({"customer"} if who.customer else ())
        yield from rule_limits(shop, rules, self.ruling.shelf, has)
        yield from pinned_but_out(self.ruling)
        if counts := self.logged(lists=lists):
            yield Words(
                "Without personalisation, as asked: nothing that this customer did was looked at.",
                "按要求不作个性化：未使用该顾客的任何行为。",
            )
            yield from not_logged(logged(shop, self.verb, **counts))

    def logged(self, *, lists: int) -> dict[str, int]:
        """Return what is logged of lists: how many were made without personalisation; empty where none."""
        rules, who = self.ruling.rules, self.viewer
        asked_so = "*" in who.opted_out or (who.customer != "" and who.customer in who.opted_out)
        if asked_so or (who.customer and not may_be_read(rules, who.customer)):
            return {"lists": lists, "by_request": lists if asked_so else 0}
        return {}


def serve(
    shop: Shop,
    verb: Verb,
    viewer: Viewer,
    shelf: Shelf,
    *,
    asked_for: Numbers,
    asked: Words,
    traits: sparse.csr_matrix | None = None,
    filtered: NDArray[np.bool_] | None = None,
) -> Served:
    """Read the rules of a shop and hold them on its products.

    Parameters
    ----------
    shop
        The shop.
    verb
        The verb that answers.
    viewer
        Whom it answers.
    shelf
        The products.
    asked_for
        Products that the caller does not want.
    asked
        What was asked, for errors.
    traits
        Products × traits, for diversity; read where they are needed and not given.
    filtered
        Products that the request itself rules out by what they are.

    Raises
    ------
    SettingsError
        The file of rules cannot be used.
    UsageError
        The rules name no such channel.
    """
    rules = load_rules(shop.path, verb, shop.opted_out).without(viewer.opted_out)
    check_channel(rules, viewer.channel, asked)
    if rules.diversity and traits is None:
        traits = read_catalogue(shop, shelf.number.names).traits
    ruling = Ruling(
        standing(rules, shelf, viewer.channel),
        asked_for=asked_for,
        traits=traits,
        filtered=filtered,
    )
    return Served(verb, viewer, ruling, barred_for(shop, rules, shelf, viewer.customer))


@dataclass(frozen=True, slots=True)
class Held:
    """The rules of a shop on the products of a model, for every request alike.

    Parameters
    ----------
    standing
        What the rules say of every product.
    limits
        Which of them cannot hold here.
    """

    standing: Standing
    limits: tuple[Words, ...]


_KEPT = 8


def given_again(shop: Shop, answer: Answer) -> tuple[Answer, bool]:
    """Log that lists without personalisation that were made before are given once more.

    Parameters
    ----------
    shop
        The shop.
    answer
        The answer that holds them.

    Returns
    -------
    tuple
        The answer, which says so where that could not be logged, and whether it was.
    """
    verb = next(name for name in VERBS if name == answer.verb)
    if logged(shop, verb, **answer.logged):
        return answer, True
    return replace(answer, limits=(*answer.limits, *not_logged(False))), False


def held(shop: Shop, model: Model, rules: Rules, channel: str) -> Held:
    """Return the rules on the products of a model; worked out once for each rules and channel.

    Parameters
    ----------
    shop
        The shop.
    model
        The model; it keeps what was worked out.
    rules
        The rules, as `load_rules` returned them.
    channel
        Whose allowed categories hold; all where it is empty.
    """
    there: tuple[tuple[Rules, str, Held], ...] = model.kept.get("rules", ())
    for known, where, made in there:
        if known is rules and where == channel:
            return made
    shelf = model.known.shelf
    limits = tuple(rule_limits(shop, rules, shelf, frozenset({"customer"})))
    found = Held(standing(rules, shelf, channel), limits)
    model.kept["rules"] = (*there[1 - _KEPT :], (rules, channel, found))
    return found
