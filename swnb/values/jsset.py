"""A Set of JavaScript as a set."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from reprlib import recursive_repr
from typing import Any, Generic, TypeVar

from .keyed import is_value, token

K = TypeVar("K")


def _hashable(member: Any) -> Any:
    """Return what the underlying set holds: the member, or what stands for it where it has no hash."""
    try:
        hash(member)
    except TypeError:
        return token(member)
    return member


def _matched(mine: AbstractSet[Any], theirs: AbstractSet[Any]) -> bool:
    """Tell whether each of `mine` has its equal in `theirs`: primitives as in JavaScript, objects by ``==``."""
    whole = theirs if isinstance(theirs, JSSet) else JSSet(theirs)
    rest = [member for member in whole if not is_value(token(member))]
    for member in mine:
        if is_value(token(member)):
            if member not in whole:
                return False
        elif member in rest:
            rest.remove(member)
        else:
            return False
    return True


class JSSet(set[K], Generic[K]):
    """A Set: an ordinary set to use, in order of insertion, but no two members of JavaScript ever merge.

    ``list(a_set)`` gives every member; ``set(a_set)`` merges what Python takes for equal.
    """

    def __init__(self, members: Iterable[K] = ()) -> None:
        super().__init__()
        self._order: dict[Hashable, K] = {}
        self.update(members)

    def _rebuild(self) -> None:
        super().clear()
        super().update(map(_hashable, self._order.values()))

    def add(self, member: K) -> None:
        """Add a member, at the end if it is new."""
        mark = token(member)
        if mark not in self._order:
            self._order[mark] = mark if isinstance(member, float) and member == 0 else member
            super().add(_hashable(member))

    def discard(self, member: object) -> None:
        """Remove a member if it is there."""
        mark = token(member)
        if mark in self._order:
            merged = super().__len__() != len(self._order)
            found = self._order.pop(mark)
            self._rebuild() if merged else super().discard(_hashable(found))

    def remove(self, member: Any) -> None:
        """Remove a member; KeyError if it is not there."""
        if member not in self:
            raise KeyError(member)
        self.discard(member)

    def pop(self) -> K:
        """Remove and return the first member."""
        if not self._order:
            raise KeyError("pop from an empty JSSet")
        first = next(iter(self._order.values()))
        self.discard(first)
        return first

    def clear(self) -> None:
        """Remove every member."""
        self._order.clear()
        super().clear()

    def update(self, *others: Iterable[Any]) -> None:
        """Add every member of the others."""
        for other in others:
            for member in list(other):
                self.add(member)

    def __contains__(self, member: object) -> bool:
        return token(member) in self._order

    def __iter__(self) -> Iterator[K]:
        return iter(self._order.values())

    def __len__(self) -> int:
        return len(self._order)

    def __bool__(self) -> bool:
        return bool(self._order)

    def copy(self) -> JSSet[K]:
        """Return a shallow copy."""
        return JSSet(self)

    __copy__ = copy

    def __reduce__(self) -> tuple[Any, ...]:
        return JSSet, (), list(self)

    def __setstate__(self, members: list[K]) -> None:
        self.update(members)

    @recursive_repr("…")
    def __repr__(self) -> str:
        return "JSSet([" + ", ".join(map(repr, self)) + "])"

    # ---- comparison --------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AbstractSet):
            return NotImplemented
        return len(self) == len(other) and _matched(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # mutable, as every set

    def __le__(self, other: AbstractSet[object]) -> bool:
        return len(self) <= len(other) and _matched(self, other)

    def __lt__(self, other: AbstractSet[object]) -> bool:
        return len(self) < len(other) and _matched(self, other)

    def __ge__(self, other: AbstractSet[object]) -> bool:
        return len(self) >= len(other) and _matched(other, self)

    def __gt__(self, other: AbstractSet[object]) -> bool:
        return len(self) > len(other) and _matched(other, self)

    def issubset(self, other: Iterable[object]) -> bool:
        """Tell whether every member is in `other`."""
        return self <= JSSet(other)

    def issuperset(self, other: Iterable[object]) -> bool:
        """Tell whether every member of `other` is here."""
        return self >= JSSet(other)

    def isdisjoint(self, other: Iterable[object]) -> bool:
        """Tell whether no member is in `other`."""
        return not any(member in self for member in other)

    # ---- algebra: objects by identity, as everywhere in JavaScript ---------------------------------------------

    def union(self, *others: Iterable[Any]) -> JSSet[Any]:
        """Return the members of all."""
        found: JSSet[Any] = JSSet(self)
        found.update(*others)
        return found

    def intersection(self, *others: Iterable[Any]) -> JSSet[K]:
        """Return the members that all have."""
        wholes = [JSSet(other) for other in others]
        return JSSet(member for member in self if all(member in whole for whole in wholes))

    def difference(self, *others: Iterable[Any]) -> JSSet[K]:
        """Return the members that no other has."""
        wholes = [JSSet(other) for other in others]
        return JSSet(member for member in self if not any(member in whole for whole in wholes))

    def symmetric_difference(self, other: Iterable[Any]) -> JSSet[Any]:
        """Return the members of either that the other lacks."""
        whole: JSSet[Any] = JSSet(other)
        return self.difference(whole).union(whole.difference(self))

    def _become(self, members: JSSet[Any]) -> JSSet[K]:
        order = dict(members._order)
        self._order.clear()
        self._order.update(order)
        self._rebuild()
        return self

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """Keep only what all have."""
        self._become(self.intersection(*others))

    def difference_update(self, *others: Iterable[Any]) -> None:
        """Remove what any other has."""
        self._become(self.difference(*others))

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        """Keep what only one of both has."""
        self._become(self.symmetric_difference(other))

    def __or__(self, other: AbstractSet[Any]) -> JSSet[Any]:
        return self.union(other)

    def __ror__(self, other: AbstractSet[Any]) -> JSSet[Any]:
        return JSSet(other).union(self)

    def __and__(self, other: AbstractSet[Any]) -> JSSet[K]:
        return self.intersection(other)

    def __rand__(self, other: AbstractSet[Any]) -> JSSet[Any]:
        return JSSet(other).intersection(self)

    def __sub__(self, other: AbstractSet[Any]) -> JSSet[K]:
        return self.difference(other)

    def __rsub__(self, other: AbstractSet[Any]) -> JSSet[Any]:
        return JSSet(other).difference(self)

    def __xor__(self, other: AbstractSet[Any]) -> JSSet[Any]:
        return self.symmetric_difference(other)

    def __rxor__(self, other: AbstractSet[Any]) -> JSSet[Any]:
        return JSSet(other).symmetric_difference(self)

    def __ior__(self, other: AbstractSet[Any]) -> JSSet[K]:  # type: ignore[override]
        self.update(other)
        return self

    def __iand__(self, other: AbstractSet[Any]) -> JSSet[K]:
        return self._become(self.intersection(other))

    def __isub__(self, other: AbstractSet[Any]) -> JSSet[K]:
        return self._become(self.difference(other))

    def __ixor__(self, other: AbstractSet[Any]) -> JSSet[K]:  # type: ignore[override]
        return self._become(self.symmetric_difference(other))
