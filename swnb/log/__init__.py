"""The append-only log, and the ways to read it: as a sequence, filtered, as messages, live."""

from __future__ import annotations

from .acts import Act
from .follow import Follower
from .listing import Events
from .log import Handler, Log, Mark

__all__ = ["Act", "Events", "Follower", "Handler", "Log", "Mark"]
