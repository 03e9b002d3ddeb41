"""Model: everything that a list of recommendations is made of, whether it was stored or just fitted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.borrowing import described, extended
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.judging import FITTED, Fitted
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.names import Index
from shopkeeper.operations.recommend.reading import Catalogue, Touched, newcomers, read_catalogue
from shopkeeper.operations.recommend.viewer import read_carts
from shopkeeper.operations.recommend.wording import sentences
from shopkeeper.words import Words


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
    carts
        What lies in the cart of each customer.
    learned
        How many products somebody has touched; those after them are new.
    wanted
        How many customers touched each product.
    popular
        Products, the most touched first.
    summary
        What a shopkeeper should know of it.
    listed
        What its catalogue was made from.
    kept
        What was worked out of it once for many requests.
    """

    touched: Touched
    known: Catalogue
    fitted: Fitted
    customers: Index
    products: Index
    carts: Histories
    learned: int
    wanted: Numbers
    popular: Numbers
    summary: tuple[Words, ...]
    listed: str = ""
    kept: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)


def model_of(touched: Touched, known: Catalogue, fitted: Fitted, how: str) -> Model:
    """Return the model of what was read and learned by that method, before the carts were looked at."""
    wanted = touched.histories.customers(len(touched.products))
    learned = len(touched.products)
    return Model(
        touched,
        known,
        fitted,
        Index(touched.customers),
        known.shelf.number,
        Histories(np.zeros(len(touched.customers) + 1, np.int64), np.zeros(0, np.int64)),
        learned,
        wanted,
        np.argsort(fitted.popularity),
        tuple(sentences(fitted.quality, learned_from(touched, learned), how)),
    )


def with_new(model: Model, shop: Shop, known: Catalogue | None = None) -> Model:
    """Return the model with the catalogue and the carts as they are now.

    Parameters
    ----------
    model
        The model; new products that it has are let go.
    shop
        The shop.
    known
        What is known of the products that were touched; read where it is not given.

    Notes
    -----
    Products of the catalogue that nobody has touched stand last. With transitions they have the scores
    of what is like them; with another method they have none, and fill what is too short.
    """
    base = without_new(model)
    names, news = newcomers(shop, base.touched.products)
    products, method = base.touched.products, base.fitted.method
    if names or known is None:
        products = pa.concat_arrays([products, pa.array(names, products.type)])
        known = read_catalogue(shop, products)
    if names and isinstance(method, Transitions):
        wider = Transitions(method.kernel, method.most)
        wider.weights_ = extended(
            method.weights_, described(known.traits, known.kinds), base.touched.histories,
            method.kernel.profile, news=news,
        )  # fmt: skip
        method = wider
    last = np.arange(base.learned, len(products))
    return replace(
        base,
        touched=replace(base.touched, products=products),
        known=known,
        fitted=replace(
            base.fitted, method=method, popularity=np.append(base.fitted.popularity, last)
        ),
        products=known.shelf.number,
        carts=read_carts(shop, base.touched.customers, products),
        wanted=np.append(base.wanted, np.zeros(len(names), np.int64)),
        popular=np.append(base.popular, last),
    )


def without_new(model: Model) -> Model:
    """Return the model with nothing but what somebody has touched, its catalogue still the whole."""
    learned, method = model.learned, model.fitted.method
    if learned == len(model.products):
        return model
    if isinstance(method, Transitions):
        narrower = Transitions(method.kernel, method.most)
        narrower.weights_ = sparse.csr_matrix(method.weights_[:learned, :learned])
        method = narrower
    products = model.touched.products[:learned]
    return replace(
        model,
        touched=replace(model.touched, products=products),
        fitted=replace(model.fitted, method=method, popularity=model.fitted.popularity[:learned]),
        products=Index(products),
        wanted=model.wanted[:learned],
        popular=model.popular[:learned],
    )


def unpersonal(model: Model) -> Model:
    """Return the model of the popular products, with what was judged of them; made once and kept."""
    if "unpersonal" not in model.kept:
        model.kept["unpersonal"] = _unpersonal(model)
    made: Model = model.kept["unpersonal"]
    return made


def _unpersonal(model: Model) -> Model:
    fitted, learned = model.fitted, model.learned
    known = pc.is_in(fitted.quality["method"], pa.array(["popular", "last_item"]))
    quality = fitted.quality.filter(known)
    return replace(
        model,
        fitted=Fitted(
            Popular().of(model.wanted[:learned]),
            fitted.popularity,
            quality,
            pa.Table.from_pylist([], schema=FITTED),
        ),
        summary=tuple(sentences(quality, learned_from(model.touched, learned), "popular")),
    )


def learned_from(touched: Touched, learned: int) -> dict[str, int]:
    """Return of how much everything was learned."""
    return {
        "customers": len(touched.customers),
        "products_touched": learned,
        "touches": len(touched.histories.products),
    }
