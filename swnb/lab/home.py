"""What a window has to know of its lab."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Protocol

from swnb.browser.targets import Target
from swnb.log import Log
from swnb.vocab import ClientId

if TYPE_CHECKING:
    from pyppeteer.page import Page


class Home(Protocol):
    """What a window asks of it."""

    log: Log

    def timeout_s(self) -> float:
        """Return the longest wait for an answer, in seconds."""

    def absolute(self, url: str) -> str:
        """Return a path or URL as a whole URL of the lab's site."""

    def is_open(self, target: Target) -> bool:
        """Tell whether the browser still has it."""

    def client_id_of(self, target: Target) -> ClientId | None:
        """Return the id of the client that a window's document is, where it was found out."""

    async def close_target(self, target: Target, timeout_s: float) -> bool:
        """Close it and wait until it is gone; False if it was gone before, or still is there after `timeout_s` seconds."""

    def page_of(self, target: Target) -> Awaitable[Page]:
        """Return the pyppeteer page of a target."""
