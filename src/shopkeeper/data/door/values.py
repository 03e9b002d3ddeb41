"""Which columns of a text file may be read as values at once, without a text in between."""

from __future__ import annotations

from shopkeeper.data.door.staged import quoted
from shopkeeper.data.sources.kinds import FileKind, Header
from shopkeeper.data.tables import Type

_TYPES = ("int64", "float64", "money", "timestamp")


def value_columns(kind: FileKind, header: Header) -> dict[str, Type]:
    """Return the columns of the file that mean one value and nothing else, with its type.

    Parameters
    ----------
    kind
        The kind of file. A column that any of its expressions takes for a text is left out.
    header
        The file's columns.

    Examples
    --------
    >>> from shopkeeper.data.sources.online_retail import KINDS
    >>> value_columns(KINDS[0], Header(dict.fromkeys(KINDS[0].required, "VARCHAR")))
    {'Quantity': 'int64', 'InvoiceDate': 'timestamp', 'UnitPrice': 'money'}
    """
    bare: dict[str, set[Type]] = {}
    spoken = [kind.rows, kind.numbered_within, *(item.when for item in kind.refusals)]
    names = {quoted(name): name for name in header.columns}
    for extract in (kind.grain, *kind.others):
        spoken += [extract.where, extract.each]
        for column, raw in extract.columns.items():
            if raw in names:
                bare.setdefault(names[raw], set()).add(extract.table.column(column).type)
            else:
                spoken.append(raw)
    return {
        name: next(iter(bare[name]))
        for name in header.columns
        if len(bare.get(name, ())) == 1
        and bare[name] <= set(_TYPES)
        and not any(name in text for text in spoken)
    }
