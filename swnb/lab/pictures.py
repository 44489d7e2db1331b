"""What shows a lab. Pictures stand above it, and import it; so the package's ``__init__``, which stands above both, gives them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab


def views_of(lab: AsyncLab) -> Any:
    """Return the live views of a lab: `swnb.views.live.views.Views`."""
    return sys.modules["swnb"].views_of(lab)
