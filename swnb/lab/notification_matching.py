"""Which of the notifications that a desktop shows is which that a script has shown. Pure; it may hear of either first.

A desktop is told title, body and buttons; tag, data and the actions' names only the script has. What is the same in all that both
have is told apart by its order.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from swnb.events import NotificationShown

if TYPE_CHECKING:
    from swnb.desktop.notices import Notice

T = TypeVar("T")

PATIENCE_NS: Final = 30_000_000_000
"""How long the one may be heard before the other, in nanoseconds. A script's notification may never come to the desktop."""

MOST_KEYS: Final = 1_000
"""How many origins and titles wait before those that are too old are thrown away."""

MOST_BUTTONS: Final = 2
"""``Notification.maxActions`` of Chromium: of more it shows the first ones."""

LOST: Final = "\N{REPLACEMENT CHARACTER}"


def as_shown(text: str) -> str:
    """Return a script's text as a desktop gets it: up to the first U+0000, and without halves of surrogate pairs."""
    text = text.partition("\0")[0]
    if text.isascii():
        return text
    return "".join(LOST if "\ud800" <= character <= "\udfff" else character for character in text)


@dataclass(eq=False)
class Display:
    """One state of a notification on the desktop, until another one takes its place.

    Attributes
    ----------
    notice
        What the desktop was told.
    said
        What the script said, once that is known.
    seq
        Of the `NotificationDisplayed`.
    """

    notice: Notice
    said: Said | None = None
    seq: int = -1


@dataclass(eq=False)
class Said:
    """What a script said of a notification that it shows."""

    event: NotificationShown
    key: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.key = (self.event.origin, as_shown(self.event.title))

    @cached_property
    def options(self) -> dict[str, Any]:
        """The script's options, as far as they were kept; its `data` with JavaScript's values as Python's."""
        from swnb import values

        try:
            decoded = values.decode(json.loads(self.event.options)) if self.event.options else {}
        except Exception:  # what an agent said may be damaged
            return {}
        return dict(decoded) if isinstance(decoded, dict) else {}

    @property
    def actions(self) -> list[dict[str, Any]]:
        """The script's actions."""
        found = self.options.get("actions")
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    def likeness(self, notice: Notice) -> int:
        """Tell how well it fits a notification of the same origin and title: 0 not at all, 2 in all that is known."""
        body = self.options.get("body")
        if isinstance(body, str) and as_shown(body).rstrip("\n") != notice.body.rstrip("\n"):
            return 0
        labels = [as_shown(str(action.get("title", ""))) for action in self.actions]
        buttons = [button.label for button in notice.buttons]
        return 2 if labels[:MOST_BUTTONS] == buttons else 1


class Matching:
    """Brings both together as they come."""

    def __init__(self) -> None:
        self._said: _Waiting[Said] = _Waiting()
        self._displays: _Waiting[Display] = _Waiting()

    def displayed(self, display: Display) -> None:
        """A notification came to the desktop: find what a script said of it, if that was heard already."""
        notice = display.notice
        key = (notice.origin, notice.title)
        display.said = self._said.take(key, notice.t_mono_ns, lambda said: said.likeness(notice))
        if display.said is None:
            self._displays.add(key, notice.t_mono_ns, display)

    def heard(self, said: Said) -> Display | None:
        """A script has shown a notification; return what it is on the desktop, if it came there already."""
        when_ns = said.event.t_mono_ns
        found = self._displays.take(said.key, when_ns, lambda display: said.likeness(display.notice))
        if found is None:
            self._said.add(said.key, when_ns, said)
        else:
            found.said = said
        return found


class _Waiting(Generic[T]):
    """Those that wait for their other half, by origin and title, the oldest first."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], deque[tuple[int, T]]] = {}

    def add(self, key: tuple[str, str], when_ns: int, one: T) -> None:
        if len(self._by_key) >= MOST_KEYS:
            for other in [k for k, queue in self._by_key.items() if when_ns - queue[-1][0] > PATIENCE_NS]:
                del self._by_key[other]
        self._by_key.setdefault(key, deque()).append((when_ns, one))

    def take(self, key: tuple[str, str], when_ns: int, likeness: Callable[[T], int]) -> T | None:
        """Return the one that is most alike, of equals the first; None where none fits."""
        queue = self._by_key.get(key)
        while queue and when_ns - queue[0][0] > PATIENCE_NS:
            queue.popleft()
        if not queue:
            self._by_key.pop(key, None)
            return None
        found = max(queue, key=lambda entry: likeness(entry[1]))
        if not likeness(found[1]):
            return None
        queue.remove(found)
        if not queue:
            del self._by_key[key]
        return found[1]
