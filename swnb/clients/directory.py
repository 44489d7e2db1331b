"""What the mirror of the Clients API has to know of the lab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from swnb.browser.service_workers import Version
from swnb.vocab import ClientId


class KnownWindow(Protocol):
    """What the mirror has to know of a window of the lab."""

    name: str
    creation_url: str | None
    """URL its document was created with, which is its client's ``url``; None where that is not known for certain."""

    @property
    def has_opener(self) -> bool:
        """Whether a page's script opened it."""

    @property
    def client_id(self) -> ClientId | None:
        """The browser's id of its document's client, where a worker's agent and the page's have found it out."""


class Directory(Protocol):
    """Names of windows, and when a client was last seen."""

    def windows(self) -> Sequence[KnownWindow]:
        """Return the open windows, those that scripts opened included."""

    def window(self, name: str) -> KnownWindow | None:
        """Return the window of that name."""

    async def identify(self) -> None:
        """Wait a moment for ids that are about to be found out.

        Raises
        ------
        NeedsLoop
            If there are such, and the calling thread drives.
        """

    def visited(self, version: Version) -> None:
        """Note that a worker that is otherwise left alone is attached for one call."""

    def strangers(self) -> bool:
        """Tell whether the browser has pages that are none of these windows: a client could be one of theirs."""

    def act(self, verb: str) -> None:
        """An acting verb begins: events are waited for from here on."""

    def saw(self, rows: Sequence[Sequence[Any]]) -> None:
        """Note that these clients were there just now; a row begins with id and URL."""

    def last_seen(self, client_id: str) -> tuple[str, str]:
        """Return URL and local time of day of when a client was last seen; empty strings if never."""
