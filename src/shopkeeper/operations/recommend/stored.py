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

import pyarrow as pa
from scipy import sparse

from shopkeeper.artifacts import Arrays, load_mapped, save_mapped
from shopkeeper.data.engines import give_back_memory
from shopkeeper.data.shop import Shop
from shopkeeper.errors import ArtifactError
from shopkeeper.operations.recommend.counting import Counts
from shopkeeper.operations.recommend.features import touches
from shopkeeper.operations.recommend.histories import Histories
from shopkeeper.operations.recommend.judging import FITTED, RANKING_QUALITY, Fitted, fit
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.model import (
    Model,
    learned_from,
    model_of,
    with_new,
    without_new,
)
from shopkeeper.operations.recommend.names import Index, Texts, arrays_of_texts, texts_of_arrays
from shopkeeper.operations.recommend.pairs import Kernel
from shopkeeper.operations.recommend.reading import (
    Catalogue,
    Touched,
    read_catalogue,
    read_touched,
)
from shopkeeper.operations.recommend.shelf import NAMED, Shelf
from shopkeeper.operations.recommend.wording import sentences
from shopkeeper.words import Words

NAME = "recommendations"
_TOUCHES, _CATALOGUE = ("orders", "order_items", "events"), ("order_items", "products")
_OPEN_AT_ONCE = 2
_WAY = 3
"""Counts the ways of reading, learning and storing: a model of another way is fitted anew."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model to be stored in a shop.

    Parameters
    ----------
    model
        The model, with transitions as its method.
    mark
        What it was made from.
    """

    model: Model
    mark: str

    @property
    def rows(self) -> int:
        """Number of products."""
        return len(self.model.products)

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        save(self.model, folder)


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
    touched = _read(shop)
    if not len(touched.products):
        return None
    known, settings = read_catalogue(shop, touched.products), shop.settings
    fitted = fit(
        touched, known.traits, "transitions", least=settings.minimum_count, seed=settings.seed
    )
    model = model_of(touched, known, fitted, "transitions")
    return Prepared(_listed_now(model, shop, known), _mark(shop, _TOUCHES))


def _listed_now(model: Model, shop: Shop, known: Catalogue | None = None) -> Model:
    return replace(with_new(model, shop, known), listed=_mark(shop, _CATALOGUE))


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
            model = load(shop.path / version.folder)
            _open[key] = model if model.listed == listed else _listed_now(model, shop)
            while len(_open) > _OPEN_AT_ONCE:
                _open.popitem(last=False)
        _open.move_to_end(key)
        return _open[key]


def touched_of(shop: Shop) -> Touched:
    """Return who touched what: as stored where that is current, else read now."""
    stored = current(shop)
    return without_new(stored).touched if stored is not None else _read(shop)


def _read(shop: Shop) -> Touched:
    touched = read_touched(touches(shop))
    give_back_memory(shop.connection, shop.settings)
    return touched


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


def save(model: Model, folder: Path) -> None:
    """Write a model whose method is transitions into a folder.

    Parameters
    ----------
    model
        The model.
    folder
        Where to write.
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
        "cart_starts": model.carts.starts,
        "cart_products": model.carts.products,
        "kinds": known.kinds,
        "other_order": known.others.order,
        **arrays_of_texts("customer", touched.customers),
        **arrays_of_texts("product", touched.products),
        **arrays_of_texts("title", pa.array(list(known.titles), pa.large_string())),
        **arrays_of_texts("other", known.others.names),
        **_arrays_of_shelf(known.shelf),
        **_arrays_of("weights", fitted.method.weights_),
        **_arrays_of("traits", known.traits),
    }
    meta = {
        "catalogue": model.listed,
        "every": touched.every,
        "learned": model.learned,
        "kernel": asdict(fitted.method.kernel),
        "traits": known.traits.shape[1],
        "currencies": known.shelf.currencies,
        "quality": fitted.quality.to_pylist(),
        "fitted": fitted.fitted.to_pylist(),
    }
    save_mapped(folder, kind=NAME, arrays=arrays, meta=meta)


def load(folder: Path) -> Model:
    """Open what `save` wrote.

    Raises
    ------
    ArtifactError
        It is missing or damaged.
    """
    arrays, meta = load_mapped(folder, kind=NAME)
    try:
        return _made_of(arrays, meta)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(
            Words(
                f"Asked to load {NAME} from {folder.name}.", f"要从 {folder.name} 载入推荐模型。"
            ),
            Words("Parts of it are missing or do not fit.", "其中有部分缺失或不相符。"),
            Words(
                "Fit it again with `shopkeeper run SHOP --again`.",
                "请用 `shopkeeper run 店铺 --again` 重新训练。",
            ),
        ) from error


def _made_of(arrays: Arrays, meta: dict[str, Any]) -> Model:
    customers, products = (texts_of_arrays(name, arrays) for name in ("customer", "product"))
    touched = Touched(
        Counts(arrays["count_keys"], arrays["count_pairs"]),
        meta["every"],
        Histories(arrays["history_starts"], arrays["history_products"]),
        arrays["bought"],
        customers,
        products,
    )
    width, number = len(products), Index(products, arrays["product_order"])
    known = Catalogue(
        Texts(texts_of_arrays("title", arrays)),
        _matrix_of("traits", arrays, (width, meta["traits"])),
        arrays["kinds"],
        _shelf_of(arrays, number, meta["currencies"]),
        Index(texts_of_arrays("other", arrays), arrays["other_order"]),
    )
    method = Transitions(Kernel(**meta["kernel"]))
    method.weights_ = _matrix_of("weights", arrays, (width, width))
    fitted = Fitted(
        method,
        arrays["popularity"],
        pa.Table.from_pylist(meta["quality"], schema=RANKING_QUALITY),
        pa.Table.from_pylist(meta["fitted"], schema=FITTED),
    )
    return Model(
        touched,
        known,
        fitted,
        Index(customers, arrays["customer_order"]),
        number,
        Histories(arrays["cart_starts"], arrays["cart_products"]),
        meta["learned"],
        arrays["wanted"],
        arrays["popular"],
        tuple(sentences(fitted.quality, learned_from(touched, meta["learned"]), "transitions")),
        meta["catalogue"],
    )


_OF_SHELF = ("listed", "stock", "price", "cost")


def _arrays_of_shelf(shelf: Shelf) -> Arrays:
    arrays = {name: getattr(shelf, name) for name in _OF_SHELF}
    for group, numbers in shelf.groups.items():
        said = pa.array(list(shelf.said[group]), pa.large_string())
        arrays |= {group: numbers, **arrays_of_texts(group, said)}
    return arrays


def _shelf_of(arrays: Arrays, number: Index, currencies: list[str]) -> Shelf:
    return Shelf(
        number,
        **{name: arrays[name] for name in _OF_SHELF},
        groups={group: arrays[group] for group in NAMED},
        said={group: Texts(texts_of_arrays(group, arrays)) for group in NAMED},
        currencies=tuple(currencies),
    )


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
