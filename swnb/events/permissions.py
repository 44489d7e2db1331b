"""Facts about what origins may do without asking the user."""

from __future__ import annotations

from swnb.events.base import Event


class PermissionSet(Event, frozen=True, kw_only=True, gc=False, tag="permission.set"):
    """The lab set a permission. What it grants its sites from the start is not told.

    Attributes
    ----------
    name
        As in the Permissions API.
    setting
        ``granted``, ``denied`` or ``prompt``.
    origin
        Of that origin; ``""`` for all sites of the lab.
    """

    name: str
    setting: str
    origin: str = ""


class PermissionsReset(Event, frozen=True, kw_only=True, gc=False, tag="permission.reset"):
    """The lab took back all permissions that were set, of every origin."""
