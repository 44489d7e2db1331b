"""How windows are created so that nothing runs in them before what is posted to them has come there."""

from __future__ import annotations

from enum import Enum, auto

import msgspec

from swnb.browser.protocol import Message

NOWHERE = ":"
"""What windows are created with that are sent on: it is no URL, so it leaves no entry in a window's history."""


class Way(Enum):
    """A window that is created with a URL is not held: now and then its first line runs before what was posted comes there."""

    SENT_ON = auto()
    """It is created nowhere, and navigated once all was posted. That takes some 30 ms more than to create it with its URL."""
    KEPT_BACK = auto()
    """It is created with its URL: whoever gives its document waits until all has come there."""
    AT_ONCE = auto()
    """It is created with its URL: no page has a first line there."""


AT_ONCE = ("about", "javascript")
"""Schemes of such URLs."""


class Creation(msgspec.Struct, frozen=True, eq=False):
    """A window that is being created; two at one URL are two."""

    url: str
    way: Way
    background: bool

    @property
    def params(self) -> Message:
        """Parameters of ``Target.createTarget``."""
        url = NOWHERE if self.way is Way.SENT_ON else self.url
        return {"url": url, "newWindow": True, "background": self.background}

    def may_be(self, url: str) -> bool:
        """Tell whether a new window at `url`, as the browser tells it at its beginning, may be this one."""
        if self.way is Way.KEPT_BACK:  # it may be told in other letters, and no worker opens windows yet
            return True
        return url in ("", self.url)


def way_of(url: str, *, kept_back: bool) -> Way:
    """Return how a window is best created, with or without somebody who keeps its document back."""
    if url.partition(":")[0].lower() in AT_ONCE:
        return Way.AT_ONCE
    return Way.KEPT_BACK if kept_back else Way.SENT_ON
