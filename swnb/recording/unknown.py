"""Events of a kind that this swnb does not know, as a later one of the same format may write."""

from __future__ import annotations

from typing import Any

from swnb.events import Event


class UnknownEvent(Event, frozen=True, kw_only=True, gc=True, tag="unknown"):
    """An event of a kind that is not known here; what each event has is known of it all the same.

    Attributes
    ----------
    raw
        All of it, as plain JSON.
    """

    raw: dict[str, Any]

    @property
    def kind(self) -> str:
        """What happened, as its writer calls it."""
        return str(self.raw["kind"])
