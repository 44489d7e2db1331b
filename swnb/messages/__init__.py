"""Messages: what was sent and what arrived of it, put together from the log's events when somebody looks."""

from __future__ import annotations

from .listing import Messages
from .message import Message
from .pairs import Pairs
from .payloads import preview
from .wanted import Wanted, two_names

__all__ = ["Message", "Messages", "Pairs", "Wanted", "preview", "two_names"]
