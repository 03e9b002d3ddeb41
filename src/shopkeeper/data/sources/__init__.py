"""Platforms, one file each: which header is whose, and what each column says.

`recognise` looks at columns only; a file's name decides nothing.
"""

from __future__ import annotations

from shopkeeper.data.sources import (
    amazon_reviews,
    canonical,
    events,
    judgeme,
    olist,
    online_retail,
    retailrocket,
    shopify_customers,
    shopify_orders,
    shopify_products,
    taobao,
    yelp,
)
from shopkeeper.data.sources.kinds import FileKind, Header

KINDS: tuple[FileKind, ...] = (
    *amazon_reviews.KINDS,
    *events.KINDS,
    *judgeme.KINDS,
    *olist.KINDS,
    *online_retail.KINDS,
    *retailrocket.KINDS,
    *shopify_customers.KINDS,
    *shopify_orders.KINDS,
    *shopify_products.KINDS,
    *taobao.KINDS,
    *yelp.KINDS,
)


def recognise(header: Header) -> FileKind | None:
    """Return the kind of file that has this header; None where no platform writes it.

    Parameters
    ----------
    header
        The file's columns.

    Returns
    -------
    FileKind or None
        Of the kinds whose required columns are all there, the one that requires most. A file whose
        columns are all columns of one canonical table is canonical, whatever else it looks like.

    Examples
    --------
    >>> recognise(Header(dict.fromkeys(("seller_id", "city", "region"), "VARCHAR"))).name
    'canonical_sellers'
    >>> recognise(Header({"colour": "VARCHAR"})) is None
    True
    """
    own = canonical.kind(header)
    if own is not None:
        return own
    fitting = [kind for kind in KINDS if header.has(*kind.required)]
    return max(fitting, key=lambda kind: len(kind.required), default=None)
