"""Model: what was read and learned, with the products that are new, ready to make lists of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from scipy import sparse

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.borrowing import alike, extended
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.judging import Fitted
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.names import Index
from shopkeeper.operations.recommend.reading import (
    Catalogue,
    Touched,
    newcomers,
    read_catalogue,
    ruled_out,
)
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
    base = without_new(model)
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


def without_new(model: Model) -> Model:
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
