"""The rules of a shop for what it shows, read from one file: `recommend.toml` in the shop's folder.

::

    [exclude]                         # true or false; by default as DEFAULT_EXCLUDED says
    bought = true                     # what the customer bought, looked at, has in the cart, or sells
    viewed = true
    in_cart = true
    own = false
    out_of_stock = true
    not_listed = true
    products = ["P1"]                 # never shown; so brands, sellers, categories
    brands = ["Acme"]

    [price]                           # the list price, both ends included
    min = 10
    max = 500

    [margin]                          # (price - cost) / price
    min = 0.2

    [most]                            # places of one list; so category, seller
    brand = 3

    [diversity]                       # 0 ranks by score alone, 1 by being unlike the rest alone
    weight = 0.3

    [pinned]                          # first in every list of recommend, elsewhere where they are found
    products = ["P2"]

    [boost]                           # factors on scores; so sellers
    products = {P3 = 1.5}
    brands = {Acme2 = 1.2}
    categories = {tea = 1.1}

    [channels]                        # allowed categories, for `--channel app`
    app = ["tea", "cups"]

    [personalisation]                 # nobody's history, or not that of these customers
    everyone = true
    opted_out = ["C7"]

    [search_products.exclude]         # a verb's own table replaces single keys for that verb
    bought = false

Every key is checked before anything is answered: a slip of the pen is told with the nearest known
key. This module reads the rules; it does not look at products.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from shopkeeper.errors import SettingsError
from shopkeeper.settings_files import read_toml, unusable
from shopkeeper.words import Words

FILE = "recommend.toml"
Verb = Literal["recommend", "similar_products", "complements", "search_products"]
VERBS: tuple[Verb, ...] = ("recommend", "similar_products", "complements", "search_products")
MOST_NAMES, LARGEST_FACTOR = 100_000, 100.0

Kind = Literal["switch", "names", "number", "count", "factors", "lists"]
_SWITCHES = ("bought", "viewed", "in_cart", "own", "out_of_stock", "not_listed")
_LISTED = ("products", "brands", "sellers", "categories")
KEYS: dict[str, Kind] = {
    **{f"exclude.{name}": "switch" for name in _SWITCHES},
    **{f"exclude.{name}": "names" for name in _LISTED},
    "price.min": "number",
    "price.max": "number",
    "margin.min": "number",
    **{f"most.{name}": "count" for name in ("brand", "category", "seller")},
    "diversity.weight": "number",
    "pinned.products": "names",
    **{f"boost.{name}": "factors" for name in _LISTED},
    "channels": "lists",
    "personalisation.everyone": "switch",
    "personalisation.opted_out": "names",
}
"""Every key of the file and what it takes."""

_SECTIONS = frozenset(key.partition(".")[0] for key in KEYS if "." in key)
_HAVING = frozenset({"out_of_stock", "not_listed"})
DEFAULT_EXCLUDED: dict[str, frozenset[str]] = {
    "recommend": _HAVING | {"bought", "viewed", "in_cart"},
    "similar_products": _HAVING,
    "complements": _HAVING | {"in_cart"},
    "search_products": frozenset({"not_listed"}),
}
"""What each verb leaves out where the file says nothing."""

_TOLD: dict[Kind, tuple[str, str]] = {
    "switch": ("true or false", "true 或 false"),
    "names": ('a list of names, such as ["a", "b"]', '名称列表，如 ["a", "b"]'),
    "number": ("a number", "数字"),
    "count": ("a whole number of 1 or more", "不小于 1 的整数"),
    "factors": (
        f"a table of factors above 0 and up to {LARGEST_FACTOR:.0f}, such as a = 1.5",
        f"倍数表，大于 0 且不超过 {LARGEST_FACTOR:.0f}，如 a = 1.5",
    ),
    "lists": ('a table of lists of categories, such as app = ["tea"]', '类目列表的表，如 app = ["茶"]'),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be shown, by one verb.

    Parameters
    ----------
    exclude
        What is left out: bought, viewed, in_cart, own (what the customer sells), out_of_stock,
        not_listed.
    products, brands, sellers, categories
        Names that are never shown.
    price_min, price_max
        Band of the list price, both ends included.
    margin_min
        Least (price − cost) ÷ price.
    most
        Places of one list at most for one brand, category or seller.
    diversity
        Weight of being unlike what is already in the list, 0 to 1.
    pinned
        Products that stand first, in this order.
    boost
        Factors on scores by products, brands, sellers or categories.
    channels
        Allowed categories by channel.
    everyone
        Whether anybody's own history may be used.
    opted_out
        Customers whose own history may not be used; `*` for everybody's.
    given
        Keys that the file holds.
    """

    exclude: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    sellers: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    price_min: float = -math.inf
    price_max: float = math.inf
    margin_min: float = -math.inf
    most: Mapping[str, int] = field(default_factory=dict)
    diversity: float = 0.0
    pinned: tuple[str, ...] = ()
    boost: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    channels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    everyone: bool = True
    opted_out: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()

    def without(self, customers: frozenset[str]) -> Rules:
        """Return the rules with further customers whose history may not be used; `*` for all."""
        if customers <= self.opted_out:
            return self
        everyone = self.everyone and "*" not in customers
        return replace(self, everyone=everyone, opted_out=self.opted_out | customers)


def load_rules(folder: Path, verb: Verb, opted_out: tuple[str, ...] = ()) -> Rules:
    """Read the rules of a shop for one verb; its defaults where there is no file.

    A file that has not changed since is not read again, and its rules are the same object.

    Parameters
    ----------
    folder
        The shop's folder.
    verb
        Whose rules: a table of its name replaces keys of the whole file.
    opted_out
        Further customers whose history may not be used: those that the shop's settings name.

    Raises
    ------
    SettingsError
        A key is unknown, a value is of the wrong type, or two of them contradict each other.

    Examples
    --------
    >>> rules = load_rules(Path("nowhere"), "search_products")
    >>> sorted(rules.exclude), rules.everyone
    (['not_listed'], True)
    """
    rules = _of_file(folder)[verb]
    if not opted_out:
        return rules
    known = _joined.get((rules.opted_out, opted_out, verb))
    if known is None or known[0] is not rules:
        known = rules, rules.without(frozenset(opted_out))
        if len(_joined) >= _KEPT:
            _joined.clear()
        _joined[rules.opted_out, opted_out, verb] = known
    return known[1]


def _of_file(folder: Path) -> dict[Verb, Rules]:
    # Every request comes here, and a Path takes longer to make than the system to answer.
    name = f"{folder}/{FILE}"
    try:
        seen = os.stat(name)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return _DEFAULTS
    stamp = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
    known = _known.get(name)
    if known is None or known.stamp != stamp or not known.settled:
        made = _read(Path(name))
        if known is not None and made == known.rules:
            made = known.rules
        # Two changes within the grain of the clock look like one, so what is young is read again.
        known = _Known(stamp, time.time_ns() - seen.st_mtime_ns > _YOUNG, made)
        if len(_known) >= _KEPT:
            _known.clear()
        _known[name] = known
    return known.rules


_YOUNG, _KEPT = 2 * 10**9, 64
_DEFAULTS: dict[Verb, Rules] = {name: Rules(exclude=DEFAULT_EXCLUDED[name]) for name in VERBS}


@dataclass(frozen=True, slots=True)
class _Known:
    """A file of rules that was read: its stamp, whether that can be relied on, and what it says."""

    stamp: tuple[int, int, int]
    settled: bool
    rules: dict[Verb, Rules]


_known: dict[str, _Known] = {}
_joined: dict[tuple[frozenset[str], tuple[str, ...], Verb], tuple[Rules, Rules]] = {}


def _read(path: Path) -> dict[Verb, Rules]:
    """Return the rules of every verb; all of the file is checked, whichever verb is asked."""
    told = read_toml(path)
    own = {name: told.pop(name) for name in VERBS if name in told}
    whole = dict(_checked(path, told, ""))
    made = {}
    for name in VERBS:
        part = own.get(name, {})
        if not isinstance(part, dict):
            raise unusable(path, f"{name} is no table", f"{name} 不是一张表")
        made[name] = _rules(path, name, whole | dict(_checked(path, part, f"{name}.")))
    return made


def _checked(path: Path, table: dict[str, Any], within: str) -> Iterator[tuple[str, Any]]:
    """Yield every key with its value, sections written out; an error at the first that is none."""
    for name, value in table.items():
        if name in _SECTIONS and not isinstance(value, dict):
            raise unusable(path, f"{within}{name} is no table", f"{within}{name} 不是一张表")
        if name not in _SECTIONS:
            yield _value(path, within, name, value)
        else:
            for key, item in value.items():
                yield _value(path, within, f"{name}.{key}", item)


def _value(path: Path, within: str, key: str, value: Any) -> tuple[str, Any]:
    if key not in KEYS:
        raise _unknown(path, within, key)
    kind = KEYS[key]
    if not _FITS[kind](value):
        en, zh = _TOLD[kind]
        shown = str(value)[:60]
        raise unusable(
            path, f"{within}{key} = {shown} should be {en}", f"{within}{key} = {shown} 应为{zh}"
        )
    return key, value


def _unknown(path: Path, within: str, key: str) -> SettingsError:
    known = (*KEYS, *(VERBS if not within else ()))
    shown = key[:60]
    close = get_close_matches(key, known, 1, 0.5) or get_close_matches(
        key.rpartition(".")[2], [one.rpartition(".")[2] for one in known], 1, 0.5
    )
    near = next((one for one in known if close and one.endswith(close[0])), None)
    listed = ", ".join(KEYS)
    do = Words(f"There are {listed}.", f"可用：{listed}。")
    if near:
        do = Words(f"The nearest known key is {within}{near}.", f"最接近的键是 {within}{near}。")
    return unusable(path, f"{within}{shown} is no key", f"没有 {within}{shown} 这个键", do=do)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _are_names(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_NAMES
        and all(isinstance(name, str) and name.strip() for name in value)
    )


def _are_factors(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _is_number(factor) and 0 < factor <= LARGEST_FACTOR for factor in value.values()
    )


_FITS: dict[Kind, Any] = {
    "switch": lambda value: isinstance(value, bool),
    "names": _are_names,
    "number": _is_number,
    "count": lambda value: type(value) is int and value >= 1,
    "factors": _are_factors,
    "lists": lambda value: isinstance(value, dict) and all(map(_are_names, value.values())),
}


def _rules(path: Path, verb: Verb, told: dict[str, Any]) -> Rules:
    """Return the rules that checked keys make."""
    usual = DEFAULT_EXCLUDED[verb]
    listed = {name: frozenset(told.get(f"exclude.{name}", ())) for name in _LISTED}
    opted_out = frozenset(told.get("personalisation.opted_out", ()))
    rules = Rules(
        exclude=frozenset(n for n in _SWITCHES if told.get(f"exclude.{n}", n in usual)),
        **listed,
        price_min=float(told.get("price.min", -math.inf)),
        price_max=float(told.get("price.max", math.inf)),
        margin_min=float(told.get("margin.min", -math.inf)),
        most={n: told[f"most.{n}"] for n in ("brand", "category", "seller") if f"most.{n}" in told},
        diversity=float(told.get("diversity.weight", 0.0)),
        pinned=tuple(dict.fromkeys(told.get("pinned.products", ()))),
        boost={n: told[f"boost.{n}"] for n in _LISTED if f"boost.{n}" in told},
        channels={name: frozenset(some) for name, some in told.get("channels", {}).items()},
        everyone=told.get("personalisation.everyone", True) and "*" not in opted_out,
        opted_out=opted_out,
        given=frozenset(told),
    )
    for found in _contradictions(rules):
        raise unusable(
            path, found.en, found.zh, do=Words("Correct one of the two.", "请改正其中一项。")
        )
    return rules


def _contradictions(rules: Rules) -> Iterator[Words]:
    if rules.price_min > rules.price_max:
        yield Words(
            f"price.min = {rules.price_min:g} is above price.max = {rules.price_max:g}",
            f"price.min = {rules.price_min:g} 大于 price.max = {rules.price_max:g}",
        )
    if not 0 <= rules.diversity <= 1:
        yield Words(
            f"diversity.weight = {rules.diversity:g} is not between 0 and 1",
            f"diversity.weight = {rules.diversity:g} 不在 0 与 1 之间",
        )
    if rules.margin_min >= 1:
        yield Words(
            f"margin.min = {rules.margin_min:g} leaves nothing, for a margin is a share of the price below 1",
            f"margin.min = {rules.margin_min:g} 会排除一切商品：毛利率是小于 1 的比例",
        )
    both = [name for name in rules.pinned if name in rules.products]
    if both:
        yield Words(
            f"{both[0]} is in pinned.products and in exclude.products",
            f"{both[0]} 同时在 pinned.products 与 exclude.products 中",
        )
    forbidden = [name for name in rules.boost.get("products", ()) if name in rules.products]
    if forbidden:
        yield Words(
            f"{forbidden[0]} is in boost.products and in exclude.products",
            f"{forbidden[0]} 同时在 boost.products 与 exclude.products 中",
        )
