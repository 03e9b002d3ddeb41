"""Stored: what was read and learned, kept in the shop as arrays that are looked at where they lie.

Fitted by `run`, read by every verb of the capability: nothing is read or learned twice from the same
data. A new one takes the place of the old one by the manifest, so whoever reads sees one or the other,
whole; whoever has the old one open goes on with it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pyarrow as pa
from scipy import sparse

from shopkeeper.artifacts import Arrays, load_mapped, save_mapped
from shopkeeper.data.shop import Shop
from shopkeeper.errors import ArtifactError
from shopkeeper.operations.recommend.borrowing import alike, extended
from shopkeeper.operations.recommend.counting import Counts
from shopkeeper.operations.recommend.features import touches
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.judging import FITTED, RANKING_QUALITY, Fitted, fit
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.names import Index, Texts, arrays_of_texts, texts_of_arrays
from shopkeeper.operations.recommend.pairs import Kernel
from shopkeeper.operations.recommend.reading import (
    Catalogue,
    Touched,
    newcomers,
    read_catalogue,
    read_touched,
    ruled_out,
)
from shopkeeper.operations.recommend.wording import sentences
from shopkeeper.words import Words

NAME = "recommendations"
_TOUCHES, _CATALOGUE = ("orders", "order_items", "events"), ("order_items", "products")
_OPEN_AT_ONCE = 2
_WAY = 1
"""Counts the ways of reading, learning and storing: a model of another way is fitted anew."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that a list of recommendations is made of.

    Parameters
    ----------
    touched
        Who touched what, and what came after what.
    known
        What is known of the products.
    fitted
        The method that has learned from it, and how good it was.
    customers, products
        The number of each name.
    learned
        How many products somebody has touched; those after them are new.
    wanted
        How many customers touched each product.
    popular
        Products, the most touched first.
    summary
        What a shopkeeper should know of it.
    ruled_out
        How many products are kept from being shown.
    """

    touched: Touched
    known: Catalogue
    fitted: Fitted
    customers: Index
    products: Index
    learned: int
    wanted: Numbers
    popular: Numbers
    summary: tuple[Words, ...]
    ruled_out: pa.Table


def model_of(touched: Touched, known: Catalogue, fitted: Fitted, how: str) -> Model:
    """Return the model of what was read and learned, by that method."""
    wanted = np.bincount(touched.histories.products, minlength=len(touched.products))
    return Model(
        touched,
        known,
        fitted,
        Index(touched.customers),
        Index(touched.products),
        len(touched.products),
        wanted,
        np.argsort(fitted.popularity),
        tuple(sentences(fitted.quality, learned_from(touched, len(touched.products)), how)),
        ruled_out(known, 0),
    )


def with_new(model: Model, shop: Shop, known: Catalogue | None = None) -> Model:
    """Return the model with the products of the catalogue as it is now that nobody has touched.

    Parameters
    ----------
    model
        The model; new products that it has are let go.
    shop
        The shop.
    known
        What is known of the products that were touched; read where it is not given.
    """
    base = _without_new(model)
    names = newcomers(shop, base.touched.products)
    method = base.fitted.method
    if not names or not isinstance(method, Transitions):
        known = known or read_catalogue(shop, base.touched.products)
        return replace(base, known=known, ruled_out=ruled_out(known, 0))
    kind = base.touched.products.type
    products = pa.concat_arrays([base.touched.products, pa.array(names, kind)])
    known = read_catalogue(shop, products)
    wider = Transitions(method.kernel, method.most)
    wider.weights_ = extended(method.weights_, alike(known.traits, base.learned, known.kinds))
    last = np.arange(base.learned, len(products))
    return replace(
        base,
        touched=replace(base.touched, products=products),
        known=known,
        fitted=replace(
            base.fitted, method=wider, popularity=np.append(base.fitted.popularity, last)
        ),
        products=Index(products),
        wanted=np.append(base.wanted, np.zeros(len(names), np.int64)),
        popular=np.append(base.popular, last),
        ruled_out=ruled_out(known, 0),
    )


def _without_new(model: Model) -> Model:
    """Return the model with nothing but what somebody has touched."""
    learned, method = model.learned, model.fitted.method
    if learned == len(model.products) or not isinstance(method, Transitions):
        return model
    narrower = Transitions(method.kernel, method.most)
    narrower.weights_ = sparse.csr_matrix(method.weights_[:learned, :learned])
    products = model.touched.products[:learned]
    return replace(
        model,
        touched=replace(model.touched, products=products),
        fitted=replace(model.fitted, method=narrower, popularity=model.fitted.popularity[:learned]),
        products=Index(products),
        wanted=model.wanted[:learned],
        popular=model.popular[:learned],
    )


def learned_from(touched: Touched, learned: int) -> dict[str, int]:
    """Return of how much everything was learned."""
    return {
        "customers": len(touched.customers),
        "products_touched": learned,
        "touches": len(touched.histories.products),
    }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model to be stored in a shop.

    Parameters
    ----------
    model
        The model, with transitions as its method.
    mark
        What it was made from.
    listed
        What its catalogue was made from.
    """

    model: Model
    mark: str
    listed: str

    @property
    def rows(self) -> int:
        """Number of products."""
        return len(self.model.products)

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        save(self.model, folder, listed=self.listed)


def prepared(shop: Shop) -> Prepared | None:
    """Return the model of a shop as it is now; None where it is stored already, or nothing is there.

    Parameters
    ----------
    shop
        The shop.
    """
    try:
        stored = current(shop)
    except ArtifactError:
        # Damaged on the disk: fitted anew, which is what the error tells one to do.
        stored = None
    if stored is not None:
        return None
    touched = read_touched(touches(shop))
    if not len(touched.products):
        return None
    known = read_catalogue(shop, touched.products)
    settings = shop.settings
    fitted = fit(
        touched, known.traits, "transitions", least=settings.minimum_count, seed=settings.seed
    )
    return Prepared(
        model_of(touched, known, fitted, "transitions"),
        _mark(shop, _TOUCHES),
        _mark(shop, _CATALOGUE),
    )


_open: OrderedDict[tuple[str, str], Model] = OrderedDict()
_opening = threading.Lock()
_last: list[tuple[ref[Shop], Model | None]] = []
"""The shop that was asked for last, and its model: a server asks of the same one for every request."""


def current(shop: Shop) -> Model | None:
    """Return the stored model where it was made from what the shop holds now; else None.

    Parameters
    ----------
    shop
        The shop; one that looks at the past has none.

    Raises
    ------
    ArtifactError
        The stored model is damaged.
    """
    for last, model in _last[:]:
        if last() is shop:
            return model
    found = _found(shop)
    _last[:] = [(ref(shop), found)]
    return found


def _found(shop: Shop) -> Model | None:
    version = shop.manifest.models.get(NAME)
    if version is None or shop.cut is not None or version.fingerprint != _mark(shop, _TOUCHES):
        return None
    listed = _mark(shop, _CATALOGUE)
    key = (f"{shop.path.resolve()}/{version.folder} {version.fingerprint}", listed)
    with _opening:
        if key not in _open:
            model, own = load(shop.path / version.folder)
            if own != listed:
                model = with_new(model, shop)
            _open[key] = model
            while len(_open) > _OPEN_AT_ONCE:
                _open.popitem(last=False)
        _open.move_to_end(key)
        return _open[key]


def touched_of(shop: Shop) -> Touched:
    """Return who touched what: as stored where that is current, else read now."""
    stored = current(shop)
    return _without_new(stored).touched if stored is not None else read_touched(touches(shop))


def _mark(shop: Shop, names: Iterable[str]) -> str:
    """Return a hash of everything that decides what is read of these tables and learned from it."""
    versions = shop.manifest.tables
    made_from = {
        "tables": {
            name: versions[name].fingerprint or versions[name].folder
            for name in names
            if name in versions
        },
        "seed": shop.settings.seed,
        "least": shop.settings.minimum_count,
        "way": _WAY,
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def save(model: Model, folder: Path, *, listed: str = "") -> None:
    """Write a model whose method is transitions into a folder.

    Parameters
    ----------
    model
        The model.
    folder
        Where to write.
    listed
        What its catalogue was made from.
    """
    touched, known, fitted = model.touched, model.known, model.fitted
    assert isinstance(fitted.method, Transitions)
    arrays = {
        "count_keys": touched.counts.key,
        "count_pairs": touched.counts.pairs,
        "history_starts": touched.histories.starts,
        "history_products": touched.histories.products,
        "bought": touched.bought,
        "customer_order": model.customers.order,
        "product_order": model.products.order,
        "popularity": fitted.popularity,
        "popular": model.popular,
        "wanted": model.wanted,
        "buyable": known.buyable,
        "listed": known.listed,
        "category": known.category,
        "kinds": known.kinds,
        **arrays_of_texts("customer", touched.customers),
        **arrays_of_texts("product", touched.products),
        **arrays_of_texts("title", pa.array(list(known.titles), pa.large_string())),
        **_arrays_of("weights", fitted.method.weights_),
        **_arrays_of("traits", known.traits),
    }
    meta = {
        "catalogue": listed,
        "every": touched.every,
        "learned": model.learned,
        "kernel": asdict(fitted.method.kernel),
        "traits": known.traits.shape[1],
        "quality": fitted.quality.to_pylist(),
        "fitted": fitted.fitted.to_pylist(),
    }
    save_mapped(folder, kind=NAME, arrays=arrays, meta=meta)


def load(folder: Path) -> tuple[Model, str]:
    """Open what `save` wrote; return the model, and what its catalogue was made from.

    Raises
    ------
    ArtifactError
        It is missing or damaged.
    """
    arrays, meta = load_mapped(folder, kind=NAME)
    customers, products = (texts_of_arrays(name, arrays) for name in ("customer", "product"))
    touched = Touched(
        Counts(arrays["count_keys"], arrays["count_pairs"]),
        meta["every"],
        Histories(arrays["history_starts"], arrays["history_products"]),
        arrays["bought"],
        customers,
        products,
    )
    width = len(products)
    known = Catalogue(
        Texts(texts_of_arrays("title", arrays)),
        _matrix_of("traits", arrays, (width, meta["traits"])),
        *(arrays[name] for name in ("buyable", "listed", "category", "kinds")),
    )
    method = Transitions(Kernel(**meta["kernel"]))
    method.weights_ = _matrix_of("weights", arrays, (width, width))
    fitted = Fitted(
        method,
        arrays["popularity"],
        pa.Table.from_pylist(meta["quality"], schema=RANKING_QUALITY),
        pa.Table.from_pylist(meta["fitted"], schema=FITTED),
    )
    model = Model(
        touched,
        known,
        fitted,
        Index(customers, arrays["customer_order"]),
        Index(products, arrays["product_order"]),
        meta["learned"],
        arrays["wanted"],
        arrays["popular"],
        tuple(sentences(fitted.quality, learned_from(touched, meta["learned"]), "transitions")),
        ruled_out(known, 0),
    )
    return model, meta["catalogue"]


def _arrays_of(name: str, matrix: sparse.csr_matrix) -> Arrays:
    return {
        f"{name}_begins": matrix.indptr,
        f"{name}_columns": matrix.indices,
        f"{name}_values": matrix.data,
    }


def _matrix_of(name: str, arrays: Arrays, shape: tuple[int, int]) -> sparse.csr_matrix:
    parts: tuple[Any, ...] = tuple(
        arrays[f"{name}_{part}"] for part in ("values", "columns", "begins")
    )
    return sparse.csr_matrix(parts, shape=shape, copy=False)
