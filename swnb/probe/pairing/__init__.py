"""Which message that arrived is which message that was sent. TODO theory."""

from __future__ import annotations

from swnb.probe.pairing.pairing import Pairing
from swnb.probe.pairing.party import Party

__all__ = ["Pairing", "Party"]
