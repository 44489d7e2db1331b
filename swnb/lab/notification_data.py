"""What a notification is, read from memory: what the desktop shows of it, and what its script said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from swnb.text import mono_moment, short, text_table, time_of_day

if TYPE_CHECKING:
    from swnb.desktop.notices import Notice, Picture
    from swnb.lab.notification_matching import Display, Said

HEADINGS: Final = ("number", "since", "shown", "title", "body", "actions", "tag", "data", "origin", "by")

MOST_STATES: Final = 50
"""How many former states of one notification are remembered."""

WHY_GONE: Final = {
    "dismissed": "dismissed by the user",
    "closed": "closed by a script or the browser",
    "expired": "expired",
    "undefined": "gone",
    "ended": "its browser ended",
}


class NotificationAction(NamedTuple):
    """A button of a notification, or its field for a reply.

    Attributes
    ----------
    name
        ``NotificationEvent.action`` of it; None where the script's own words were not heard.
    label
        What it says.
    takes_text
        Whether it is a field for a reply.
    key
        What the desktop calls it; it changes when the notification is replaced.
    """

    name: str | None
    label: str
    takes_text: bool
    key: str

    def __str__(self) -> str:
        name = self.label if self.name in (None, self.label) else f"{self.name} ({self.label!r})"
        return f"{name} …" if self.takes_text else name


@dataclass(eq=False)
class Record:
    """One notification from its first appearance on.

    Attributes
    ----------
    number
        From 1, in the order of their appearance.
    states
        What stood at its place, the oldest first.
    removed
        Why it is gone, as `NotificationRemoved.reason`; ``""`` as long as it is not.
    removed_ns
        When, by the monotonic clock.
    alive
        Tells whether its desktop is still there.
    """

    number: int
    states: list[Display]
    alive: Callable[[], bool]
    replaced: int = 0
    removed: str = ""
    removed_ns: int = 0
    first_ns: int = field(init=False)

    def __post_init__(self) -> None:
        self.first_ns = self.notice.t_mono_ns

    @property
    def notice(self) -> Notice:
        """What the desktop shows, or showed last."""
        return self.states[-1].notice

    @property
    def said(self) -> Said | None:
        """What the script said of that; None where it was not heard."""
        return self.states[-1].said

    @property
    def tag(self) -> str | None:
        """The script's tag, None where it is not known."""
        return None if self.said is None else self.said.event.tag

    @property
    def shown(self) -> bool:
        """Whether it is still there."""
        return not self.removed and self.alive()

    @property
    def why_gone(self) -> str:
        """In words; ``""`` as long as it is there."""
        return "" if self.shown else WHY_GONE.get(self.removed or "ended", self.removed)

    def replace(self, display: Display) -> None:
        """Another state takes the place of the last one, whose pictures are not kept."""
        import msgspec

        last = self.states[-1]
        last.notice = msgspec.structs.replace(last.notice, icon=None, image=None)
        self.replaced += 1
        self.states = [*self.states[1 - MOST_STATES :], display]

    def actions(self) -> tuple[NotificationAction, ...]:
        """Return the page's own actions, as far as they are shown."""
        from swnb.desktop.notices import INLINE_REPLY

        notice, said = self.notice, [] if self.said is None else self.said.actions
        found = []
        for place, button in enumerate(notice.buttons):
            name = str(said[place].get("action", "")) if place < len(said) else None
            found.append(NotificationAction(name, button.label, button.key == INLINE_REPLY, button.key))
        return tuple(found)


class NotificationData:
    """A notification, still shown or gone. One that replaced another by its tag is the same one, with the same number."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @property
    def number(self) -> int:
        """Its number on the lab's desktop, from 1, as events have it."""
        return self._record.number

    @property
    def title(self) -> str:
        """``Notification.title``, as it is shown."""
        return self._record.notice.title

    @property
    def body(self) -> str:
        """``Notification.body``, as it is shown."""
        return self._record.notice.body

    @property
    def actions(self) -> tuple[NotificationAction, ...]:
        """Its buttons, and its field for a reply, in the page's order; Chromium shows the first two."""
        return self._record.actions()

    @property
    def tag(self) -> str | None:
        """``Notification.tag``; None where the script that showed it was not heard (in `detached`)."""
        return self._record.tag

    @property
    def data(self) -> Any:
        """``Notification.data`` as a Python value; None where it has none, or it was not heard or not kept."""
        return self.options.get("data")

    @property
    def options(self) -> dict[str, Any]:
        """What else the script gave to ``showNotification``; empty where it was not heard."""
        said = self._record.said
        return {} if said is None else dict(said.options)

    @property
    def icon(self) -> Picture | None:
        """The icon that is shown, a PNG; None without one."""
        return self._record.notice.icon

    @property
    def image(self) -> Picture | None:
        """The image that is shown, a PNG; None without one."""
        return self._record.notice.image

    @property
    def origin(self) -> str:
        """Whose it is."""
        return self._record.notice.origin

    @property
    def since(self) -> datetime:
        """When it came to the desktop, in UTC; when it was replaced, it came before that."""
        return mono_moment(self._record.first_ns)

    @property
    def shown(self) -> bool:
        """Whether it is still there to be clicked."""
        return self._record.shown

    @property
    def why_gone(self) -> str:
        """Why it is no longer there, in words; ``""`` as long as it is."""
        return self._record.why_gone

    @property
    def replaced(self) -> int:
        """How often another one with its tag took its place."""
        return self._record.replaced

    @property
    def actor(self) -> str:
        """Who showed it: a window's name, ``c2``, ``w1``; ``""`` where that was not heard."""
        return "" if self._record.said is None else self._record.said.event.actor

    @property
    def persistent(self) -> bool | None:
        """Whether its events go to a worker; False for ``new Notification`` of a page, None where it was not heard."""
        return None if self._record.said is None else self._record.said.event.persistent

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table, as `HEADINGS` says."""
        replaced = f", replaced {self.replaced}×" if self.replaced else ""
        data = "" if self.data is None else short(repr(self.data), 200)
        return (
            str(self.number),
            time_of_day(self.since),
            f"{self.why_gone or 'yes'}{replaced}",
            self.title,
            self.body,
            ", ".join(map(str, self.actions)),
            self.tag or "",
            data,
            self.origin,
            self.actor,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotificationData) and self._record is other._record

    def __hash__(self) -> int:
        return hash(id(self._record))

    def __repr__(self) -> str:
        return text_table(HEADINGS, [self.cells])
