"""Names: what each number stands for, and the number of each name, without anything built first.

A million names lie sorted on the disk and are found by halving, so that they are there at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
_FEW = 100
"""Names up to which each is found by halving, which needs no table of all."""


class Texts(Sequence[str]):
    """Texts by number, each made when it is asked for.

    Parameters
    ----------
    array
        Arrow texts without nulls.

    Examples
    --------
    >>> texts = Texts(pa.array(["kettle", "杯子"]))
    >>> texts[1], len(texts), list(texts)
    ('杯子', 2, ['kettle', '杯子'])
    """

    def __init__(self, array: pa.Array) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return Texts(self.array[at])
        text: str = self.array[at].as_py()
        return text

    def __iter__(self) -> Iterator[str]:
        return iter(self.array.to_pylist())


class Index(Mapping[str, int]):
    """The number of each name.

    Parameters
    ----------
    names
        Names by number, all different.
    order
        Numbers in the order of names; worked out when not given.

    Examples
    --------
    >>> index = Index(pa.array(["mug", "杯子", "kettle"]))
    >>> index["杯子"], "cup" in index, index.get("kettle"), list(index)
    (1, False, 2, ['mug', '杯子', 'kettle'])
    """

    def __init__(self, names: pa.Array, order: NDArray[np.integer] | None = None) -> None:
        self.names, self.order = names, sorted_numbers(names) if order is None else order

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return (name.as_py() for name in self.names)

    def __getitem__(self, name: str) -> int:
        low, high = 0, len(self.names)
        while low < high:
            middle = (low + high) // 2
            if self.names[int(self.order[middle])].as_py() < name:
                low = middle + 1
            else:
                high = middle
        if low < len(self.names):
            number = int(self.order[low])
            if self.names[number].as_py() == name:
                return number
        raise KeyError(name)

    def those(self, names: Iterable[str]) -> NDArray[np.int64]:
        """Return the numbers of those names that are there, in their order, each once.

        Examples
        --------
        >>> Index(pa.array(["mug", "cup"])).those(["cup", "pan", "mug", "cup"]).tolist()
        [1, 0]
        """
        asked = pa.array(list(dict.fromkeys(names)), self.names.type)
        if len(asked) > _FEW:
            found = pc.index_in(asked, value_set=self.names).drop_null()
            numbers: NDArray[np.int64] = found.to_numpy().astype(np.int64)
            return numbers
        return np.array([self[name] for name in asked.to_pylist() if name in self], np.int64)


def sorted_numbers(names: pa.Array) -> NDArray[np.int64]:
    """Return the numbers of names in the order of the names."""
    numbers: NDArray[np.int64] = pc.array_sort_indices(names).to_numpy().astype(np.int64)
    return numbers


def arrays_of_texts(name: str, texts: pa.Array) -> Arrays:
    """Return texts as two arrays, of which the names begin with `name`: letters, and where each begins."""
    large = texts.cast(pa.large_string())
    if isinstance(large, pa.ChunkedArray):
        large = large.combine_chunks()
    large = pa.concat_arrays([large]) if large.offset else large
    _, starts, letters = large.buffers()
    begins = np.frombuffer(starts, np.int64)[: len(large) + 1] if starts else np.zeros(1, np.int64)
    end = int(begins[-1])
    said = np.frombuffer(letters, np.uint8)[:end] if end else np.zeros(0, np.uint8)
    return {f"{name}_starts": begins, f"{name}_letters": said}


def texts_of_arrays(name: str, arrays: Arrays) -> pa.Array:
    """Return the texts that `arrays_of_texts` took apart, without copying them.

    Examples
    --------
    >>> texts_of_arrays(
    ...     "title", arrays_of_texts("title", pa.array(["mug", "", "杯子"]))
    ... ).to_pylist()
    ['mug', '', '杯子']
    """
    starts, letters = arrays[f"{name}_starts"], arrays[f"{name}_letters"]
    buffers = [None, pa.py_buffer(starts), pa.py_buffer(letters)]
    return pa.Array.from_buffers(pa.large_string(), len(starts) - 1, buffers)
