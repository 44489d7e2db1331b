"""Permissions for synchronous code."""

from __future__ import annotations

from swnb.lab.caller import Caller
from swnb.lab.permissions import AsyncPermissions


class Permissions:
    """What the lab's pages may do without asking the user; see `AsyncPermissions`."""

    def __init__(self, caller: Caller, permissions: AsyncPermissions) -> None:
        self._caller = caller
        self._permissions = permissions

    def set(self, name: str, setting: str, origin: str | None = None) -> None:
        """Set a permission: ``lab.permissions.set("notifications", "denied")``; see `AsyncPermissions.set`."""
        self._caller.run(self._permissions.set, name, setting, origin)

    def get(self, name: str, origin: str | None = None) -> str | None:
        """Return a permission's setting; see `AsyncPermissions.get`."""
        return self._caller.run(self._permissions.get, name, origin)

    def told(self, origin: str | None = None) -> dict[str, dict[str, str]]:
        """Return what was set, by origin and by permission; see `AsyncPermissions.told`."""
        return self._permissions.told(origin)

    def reset(self) -> None:
        """Take back all that was set; see `AsyncPermissions.reset`."""
        self._caller.run(self._permissions.reset)
