"""Clients as values: what a worker answered at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from swnb.text import text_table
from swnb.vocab import ClientId, ClientType, FrameType, VisibilityState


@dataclass(frozen=True)
class ClientData:
    """``Client`` of the specification, as a worker saw it when it was asked; it does not follow what happens later.

    Attributes
    ----------
    id
        ``Client.id``. A window gets another one when it navigates or reloads.
    url
        ``Client.url``: the URL it was created with, after redirects, with its fragment; ``history.pushState`` changes nothing.
    type
        ``Client.type``.
    frame_type
        ``Client.frameType``. Chromium answers ``top-level`` for a pop-up, never ``auxiliary``.
    controlled
        Whether the worker that was asked controls it (that very worker, not another version of its registration).
    name
        Name of the window it lives in (`Lab.open`), where that is certain; otherwise None.
    """

    id: ClientId
    url: str
    type: ClientType
    frame_type: FrameType
    controlled: bool
    name: str | None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table: name, type, URL, controlled, visibility, focus, id."""
        return (self.name or "", self.kind, self.url, "yes" if self.controlled else "no", "", "", self.id)

    @property
    def kind(self) -> str:
        """Type and, for a frame or a pop-up, what of."""
        return self.type if self.type is not ClientType.WINDOW else f"{self.type} ({self.frame_type})"

    def __str__(self) -> str:
        name = f"{self.name} " if self.name else ""
        state = "controlled" if self.controlled else "uncontrolled"
        return f"{name}{self.url} [{self.kind}, {state}] {self.id}"


@dataclass(frozen=True)
class WindowClientData(ClientData):
    """``WindowClient`` of the specification.

    Attributes
    ----------
    visibility_state
        ``WindowClient.visibilityState``.
    focused
        ``WindowClient.focused``.
    ancestor_origins
        ``WindowClient.ancestorOrigins``, parent first; None where the browser has no such attribute (Chromium 156 has none).
    """

    visibility_state: VisibilityState
    focused: bool
    ancestor_origins: tuple[str, ...] | None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table: name, type, URL, controlled, visibility, focus, id."""
        controlled = "yes" if self.controlled else "no"
        focused = "focused" if self.focused else ""
        return (self.name or "", self.kind, self.url, controlled, self.visibility_state, focused, self.id)


__all__ = ["HEADINGS", "ClientData", "ClientList", "WindowClientData", "text_table"]

HEADINGS = ("name", "type", "url", "controlled", "visibility", "focus", "id")

C = TypeVar("C", bound=ClientData)


class ClientList(tuple[C, ...]):
    """What ``matchAll()`` answered, in its order: last focused first, then by creation; windows before workers."""

    __slots__ = ()

    def __str__(self) -> str:
        if not self:
            return "no clients"
        return text_table(HEADINGS, [client.cells for client in self])

    def __repr__(self) -> str:
        return str(self)
