"""A Map of JavaScript as a dict."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from reprlib import recursive_repr
from typing import Any, Generic, TypeVar

from .keyed import is_value, token, untoken

K = TypeVar("K")
V = TypeVar("V")


class JSMap(dict[K, V], Generic[K, V]):
    """A Map: an ordinary dict to use, but no two keys of JavaScript ever merge, and any object can be a key.

    ``dict(a_map)`` makes an ordinary dict, and merges what Python takes for equal.
    """

    def __init__(self, entries: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        super().__init__()
        self.update(entries)

    def __getitem__(self, key: K) -> V:
        try:
            return super().__getitem__(token(key))
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(token(key), value)

    def __delitem__(self, key: K) -> None:
        try:
            super().__delitem__(token(key))
        except KeyError:
            raise KeyError(key) from None

    def __contains__(self, key: object) -> bool:
        return super().__contains__(token(key))

    def __iter__(self) -> Iterator[K]:
        return map(untoken, super().__iter__())

    def __reversed__(self) -> Iterator[K]:
        return map(untoken, super().__reversed__())

    def keys(self) -> KeysView[K]:  # type: ignore[override]
        """Return a view of the keys."""
        return KeysView(self)

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        """Return a view of the entries."""
        return ItemsView(self)

    def values(self) -> ValuesView[V]:  # type: ignore[override]
        """Return a view of the values."""
        return ValuesView(self)

    def get(self, key: K, default: Any = None) -> Any:
        """Return the value of `key`, or `default`."""
        return super().get(token(key), default)

    def setdefault(self, key: K, default: Any = None) -> Any:
        """Return the value of `key`, which is `default` from now on if there was none."""
        return super().setdefault(token(key), default)

    def pop(self, key: K, *default: Any) -> Any:
        """Remove `key` and return its value, or `default`."""
        if key not in self and not default:
            raise KeyError(key)
        return super().pop(token(key), *default)

    def popitem(self) -> tuple[K, V]:
        """Remove and return the last entry."""
        key, value = super().popitem()
        return untoken(key), value

    def update(self, entries: Any = (), /, **more: Any) -> None:
        """Set every entry of a mapping or of pairs."""
        pairs = ((key, entries[key]) for key in entries.keys()) if hasattr(entries, "keys") else entries  # noqa: SIM118
        for key, value in pairs:
            self[key] = value
        for name, value in more.items():
            self[name] = value  # type: ignore[index]

    def copy(self) -> JSMap[K, V]:
        """Return a shallow copy."""
        return JSMap(self)

    __copy__ = copy

    @classmethod
    def fromkeys(cls, keys: Iterable[Any], value: Any = None) -> JSMap[Any, Any]:
        """Return a map of these keys, each with `value`."""
        return cls((key, value) for key in keys)

    def __or__(self, other: Any) -> JSMap[Any, Any]:
        merged: JSMap[Any, Any] = JSMap(self)
        merged.update(other)
        return merged

    def __ror__(self, other: Any) -> JSMap[Any, Any]:
        return JSMap(other) | self

    def __ior__(self, other: Any) -> JSMap[K, V]:  # type: ignore[override]
        self.update(other)
        return self

    def __eq__(self, other: object) -> bool:
        """Compare primitive keys as JavaScript does, and objects as keys by ``==``, in any order."""
        if not isinstance(other, Mapping):
            return NotImplemented
        theirs: JSMap[Any, Any] = other if isinstance(other, JSMap) else JSMap(other)
        if len(self) != len(theirs):
            return False
        rest = [(key, value) for key, value in theirs.items() if not is_value(token(key))]
        for key, value in self.items():
            if is_value(token(key)):
                if key not in theirs or theirs[key] != value:
                    return False
            elif (key, value) in rest:
                rest.remove((key, value))
            else:
                return False
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # mutable, as every dict

    def __reduce__(self) -> tuple[Any, ...]:
        return JSMap, (), None, None, iter(list(self.items()))

    @recursive_repr("…")
    def __repr__(self) -> str:
        return "JSMap({" + ", ".join(f"{key!r}: {value!r}" for key, value in self.items()) + "})"
